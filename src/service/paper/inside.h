/* Inside of service's papers: what issuing, writing and verifying share. */
#pragma once
#include "gate/document.h"
#include "paper/sign.h"
#include "service/file/vault.h"

enum { PAPER_CODE_BYTES = 16, PAPER_CODE_CHARS = 32, PAPER_VALID = 0, PAPER_REPLACED = 1, PAPER_REVOKED = 2 };
/* In the order of the operations' enum and of the store. */
enum paper_kind { PAPER_RECEIPT, PAPER_SUPPLEMENT, PAPER_REFUSAL, PAPER_APOLOGY, PAPER_RESULT, PAPER_KIND_COUNT };
const char *paper_kind_word(enum paper_kind k);

/* What a paper is written from. */
struct writing {
    struct ctx *cx;
    struct paper *paper;
    const struct dossier *d;
    const struct dossier_event_row *event; /* that it tells of */
    struct person applicant;
    struct organisation office;
    bool english;
    str number, url; /* of the paper; url empty: it is not verified by one */
};
/* Applicant and office; notes what the papers show of the applicant. */
STATUS writing_begin(struct ctx *cx, const struct dossier *d, uint64_t fields, struct writing *ret);
STATUS paper_write(struct writing *w, enum paper_kind kind); 
/* Issues the paper of that kind, if it is not there; *ret is its row. ERR_PAPER_EARLY. */
STATUS paper_issue(struct ctx *cx, const struct dossier *d, enum paper_kind kind, bool english, struct paper_row *ret);
/* What becomes of results when a dossier is reopened or decided anew. */
STATUS paper_results_end(struct ctx *cx, const struct dossier *d);
/* The event that a paper of this kind tells of, newest first; NULL: none yet. */
const struct dossier_event_row *paper_event(const struct dossier *d, enum paper_kind kind);
