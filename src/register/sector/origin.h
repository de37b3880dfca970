/* Questions to agencies whose registers live elsewhere, for whoever carries them (src/origin): a question is a row that waits, is
 * taken on a lease, and ends answered or failed. Nothing here does I/O; each function is a step of one transaction. */
#pragma once
#include "defs/sector/origin.h"
#include "register/sector/sector.h"

/* In the order of the enum `reason` of sector.origin; stored. */
enum origin_reason {
    ORIGIN_NO_REASON, ORIGIN_SILENCE, ORIGIN_UNTRUSTED, ORIGIN_REFUSAL, ORIGIN_UNREADABLE, ORIGIN_LATER, ORIGIN_PAUSED, ORIGIN_ROUND, ORIGIN_REASONS
};
struct origin_question {
    const struct sector_register *def;
    int64_t ask, lease;
    bool by_key;
    str via;
    struct sector_content content; /* the number and the fields of the key */
};
/* Questions that are due, at most `most`, leased to the caller for as long as their agency may take. */
STATUS origin_questions_take(struct ctx *cx, size_t most, struct origin_question **ret, size_t *ret_count);
/* The request's JSON, as the definition lays it down. */
void origin_request_write(struct arena *a, const struct origin_question *q, struct buf *out);
/* It was not answered: asked again later, or given up when the reason is final or it was tried often enough. */
STATUS origin_question_fail(struct ctx *cx, const struct origin_question *q, enum origin_reason reason);
/* This process among the nodes that a question passes. */
str origin_mark(struct arena *a);
