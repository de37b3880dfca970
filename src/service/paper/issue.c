/* Issuing: a paper is written, signed, time-stamped and kept when it is first wanted, and stays as it is from then on. Its digest
 * is in the ledger entry of the same transaction, so that a paper that the ledger does not know is not ours.
 *
 * Refuses a paper of an event that has not happened.
 * tested by: src/service/test/paper_test.c */
#include "gate/prepare.h"
#include "service/paper/inside.h"

#include <string.h>

static const char *const kind_words[PAPER_KIND_COUNT] = { "receipt", "supplement", "refusal", "apology", "result" };
/* Behind the dossier's code in the number of the paper (NĐ 30/2020/NĐ-CP annex III: abbreviations of kinds). */
static const char *const kind_marks[PAPER_KIND_COUNT] = { "TNHS", "YCBS", "TC", "XL", "KQ" };
const char *paper_kind_word(enum paper_kind k) { return kind_words[k]; }

static bool tells_of(enum paper_kind kind, enum dossier_command c)
{
    switch (kind) {
    case PAPER_RECEIPT: return c == COMMAND_ACCEPT;
    case PAPER_SUPPLEMENT: return c == COMMAND_ASK_SUPPLEMENT;
    case PAPER_REFUSAL: return c == COMMAND_DECLINE;
    case PAPER_APOLOGY: return c == COMMAND_APOLOGISE;
    case PAPER_RESULT: return c == COMMAND_GRANT || c == COMMAND_REFUSE;
    case PAPER_KIND_COUNT: break;
    }
    return false;
}

const struct dossier_event_row *paper_event(const struct dossier *d, enum paper_kind kind)
{
    for (size_t i = d->event_count; i > 0; i--) {
        enum dossier_command c = (enum dossier_command)d->events[i - 1].command;
        if (tells_of(kind, c))
            return &d->events[i - 1];
        if (kind == PAPER_RESULT && c == COMMAND_REOPEN)
            return NULL; /* what was decided before is not the result any more */
    }
    return NULL;
}

STATUS writing_begin(struct ctx *cx, const struct dossier *d, uint64_t fields, struct writing *ret)
{
    bool known;
    *ret = (struct writing){ .cx = cx, .d = d };
    TRY(person_by_id(cx, (person_id){ d->row.applicant }, &ret->applicant, &known));
    if (!known)
        return FAIL_AT(PERSON_MISSING, STR("applicant"));
    TRY(disclosure_note(cx, (struct subject){ { d->row.applicant }, ret->applicant.unit }, fields));
    if (!defs_organisation(cx->arena, cx->app->defs, d->row.organisation, &ret->office))
        return FAIL_WITH(OFFICE_UNKNOWN, STR("dossier"), d->row.organisation);
    return OK;
}

static str code_new(struct arena *a)
{
    uint8_t bytes[PAPER_CODE_BYTES];
    struct buf b;
    random_bytes(bytes, sizeof bytes);
    buf_init(&b, PAPER_CODE_CHARS);
    buf_hex(&b, bytes, sizeof bytes);
    str out = arena_str(a, buf_str(&b));
    buf_done(&b);
    return out;
}

static STATUS pdf_make(struct writing *w, enum paper_kind kind, str *ret)
{
    struct ctx *cx = w->cx;
    const struct service_keys *keys;
    struct paper_about about = { .at_us = cx->now_us, .author = w->office.name_vi };
    str label = { 0 };
    struct buf out;
    TRY(keys_of(cx->app, &keys));
    (void)msg_find(arena_printf(cx->arena, "paper_kind_%s", kind_words[kind]), LANG_VI, &label);
    about.title.vi = label; /* the kind alone: a title bar is seen by others */
    w->paper = paper_new(cx->arena, &about);
    TRY(paper_write(w, kind));
    buf_init(&out, PAPER_BYTES_MAX);
    status st = paper_render(w->paper, &out);
    str pdf = status_ok(st) ? arena_str(cx->arena, buf_str(&out)) : (str){ 0 };
    buf_done(&out);
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    struct paper_signature how = { .authority = keys->authority, .at_us = cx->now_us, .name = w->office.name_vi, .reason = label };
    TRY(authority_signer(keys->authority, w->office.code, w->office.name_vi, &how.signer));
    return paper_sign(cx->arena, pdf, &how, ret);
}

static STATUS row_store(struct ctx *cx, const struct paper_row *r)
{
    TRY(paper_add(cx, &(struct paper_add_params){
        .shard = SHARD, .dossier = r->dossier, .kind = r->kind, .event = r->event, .lang = r->lang, .code = r->code, .number = r->number,
        .organisation = r->organisation, .issued_us = r->issued_us, .digest = r->digest, .file = r->file, .bytes = r->bytes, .subject = r->subject,
        .state = r->state, .ended_us = r->ended_us }, NULL));
    return paper_code_add(cx, r->code, SHARD, r->dossier, NULL);
}

/* "261121-0001/TNHS": day and number of the dossier, and the mark of the kind; the office stands beside it. */
static str number_of(struct arena *a, str code, enum paper_kind kind)
{
    str rest = code, part;
    (void)str_cut(&rest, '-', &part);
    return arena_printf(a, "%.*s/%s", STR_ARG(rest.len ? rest : code), kind_marks[kind]);
}

/* A paper that was written, signed and put into the vault, before anything is stored about it. */
struct made {
    struct paper_row row;
    uint8_t digest[SHA256_BYTES];
    str pdf;
};

static STATUS paper_make(struct writing *w, enum paper_kind kind, struct made *m)
{
    struct ctx *cx = w->cx;
    const struct service_keys *keys;
    struct paper_row *r = &m->row;
    r->code = code_new(cx->arena);
    r->number = number_of(cx->arena, w->d->row.code, kind);
    w->number = r->number;
    TRY(keys_of(cx->app, &keys));
    w->url = arena_printf(cx->arena, "%s/verify/%.*s", keys->public_url, STR_ARG(r->code));
    TRY(pdf_make(w, kind, &m->pdf));
    sha256_of(m->pdf.ptr, m->pdf.len, m->digest);
    r->digest = (str){ (const char *)m->digest, sizeof m->digest };
    r->bytes = (int64_t)m->pdf.len;
    r->organisation = w->d->row.organisation;
    r->issued_us = cx->now_us;
    r->subject = w->d->row.applicant;
    return OK;
}

/* Once in a call: what the dossier and its applicant are at that moment is the key. */
static STATUS paper_make_once(struct writing *w, enum paper_kind kind, const struct made **ret)
{
    struct ctx *cx = w->cx;
    const struct dossier_row *d = &w->d->row;
    str key = arena_printf(cx->arena, "%lld %lld %d %lld %d %d", (long long)d->id, (long long)d->version, (int)kind, (long long)w->event->seq, (int)w->english,
                           w->applicant.version);
    *ret = prepared_find(cx, "paper", key);
    if (*ret)
        return OK;
    struct made *m = ARENA_NEW(cx->arena, struct made);
    m->row = (struct paper_row){ .dossier = d->id, .kind = (int16_t)kind, .event = w->event->seq, .lang = w->english ? LANG_EN : LANG_VI };
    TRY(paper_make(w, kind, m));
    prepared_keep(cx, "paper", key, m);
    *ret = m;
    return OK;
}

static STATUS paper_issue_new(struct ctx *cx, const struct dossier *d, enum paper_kind kind, struct writing *w, struct paper_row *ret)
{
    struct vaulted v;
    const struct made *m;
    TRY(paper_make_once(w, kind, &m));
    TRY(vault_put(cx, (person_id){ d->row.applicant }, m->pdf, &v));
    *ret = m->row;
    ret->file = v.file;
    if (kind == PAPER_RESULT)
        TRY(paper_end(cx, &(struct paper_end_params){ .shard = SHARD, .dossier = d->row.id, .kind = PAPER_RESULT, .from_state = PAPER_REVOKED, .state = PAPER_REPLACED,
                                                     .ended_us = cx->now_us }, NULL));
    TRY(vault_enter(cx, (person_id){ d->row.applicant }, &v));
    TRY(row_store(cx, ret));
    if (!dossier_is_own(cx, d))
        dossier_purpose(cx, d);
    return document_note(cx, (struct subject){ (person_id){ d->row.applicant }, UNIT_NONE }, m->digest);
}

STATUS paper_issue(struct ctx *cx, const struct dossier *d, enum paper_kind kind, bool english, struct paper_row *ret)
{
    const uint64_t fields = UINT64_C(1) << FIELD_NAME | UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_RESIDENCE | UINT64_C(1) << FIELD_BIRTH;
    const struct dossier_event_row *e = paper_event(d, kind);
    struct paper_row *rows;
    struct writing w;
    size_t count;
    if (!e)
        return FAIL_WITH(PAPER_EARLY, STR("kind"), str_of(kind_words[kind]));
    TRY(papers_of(cx, SHARD, d->row.id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == (int16_t)kind && rows[i].event == e->seq && rows[i].lang == (english ? LANG_EN : LANG_VI)) {
            *ret = rows[i];
            return OK;
        }
    TRY(writing_begin(cx, d, kind == PAPER_RESULT ? fields : fields & ~(UINT64_C(1) << FIELD_BIRTH), &w));
    w.event = e;
    w.english = english;
    return paper_issue_new(cx, d, kind, &w, ret);
}

STATUS paper_results_end(struct ctx *cx, const struct dossier *d)
{
    return paper_end(cx, &(struct paper_end_params){ .shard = SHARD, .dossier = d->row.id, .kind = PAPER_RESULT, .from_state = PAPER_VALID, .state = PAPER_REVOKED,
                                                    .ended_us = cx->now_us }, NULL);
}

/* --- operations ------------------------------------------------------------------------------------------------------------- */

static struct paper_item item_of(struct ctx *cx, const struct paper_row *r)
{
    struct buf hex;
    buf_init(&hex, 2 * SHA256_BYTES);
    buf_hex(&hex, r->digest.ptr, r->digest.len);
    struct paper_item out = { .kind = r->kind, .code = r->code, .number = r->number, .issued = r->issued_us, .english = r->lang == LANG_EN, .state = r->state,
                              .digest = arena_str(cx->arena, buf_str(&hex)), .bytes = r->bytes };
    buf_done(&hex);
    return out;
}

STATUS dossier_issue(struct ctx *cx, const struct dossier_issue_in *in, struct dossier_issue_out *ret)
{
    struct dossier d;
    struct paper_row row;
    TRY(dossier_find(cx, in->dossier, &d));
    if (!dossier_is_own(cx, &d))
        dossier_purpose(cx, &d);
    TRY(paper_issue(cx, &d, (enum paper_kind)in->kind, cx->lang == LANG_EN, &row));
    ret->paper = item_of(cx, &row);
    return OK;
}

STATUS dossier_papers(struct ctx *cx, const struct dossier_papers_in *in, struct dossier_papers_out *ret)
{
    struct dossier d;
    struct paper_row *rows;
    size_t count;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(papers_of(cx, SHARD, in->dossier, &rows, &count));
    ret->papers = ARENA_ARRAY(cx->arena, struct paper_item, count + 1);
    for (size_t i = 0; i < count; i++)
        ret->papers[ret->papers_count++] = item_of(cx, &rows[i]);
    ret->possible = ARENA_ARRAY(cx->arena, str, PAPER_KIND_COUNT);
    for (int k = 0; k < PAPER_KIND_COUNT; k++)
        if (paper_event(&d, (enum paper_kind)k))
            ret->possible[ret->possible_count++] = str_of(kind_words[k]);
    return OK;
}

STATUS dossier_paper(struct ctx *cx, const struct dossier_paper_in *in, struct dossier_paper_out *ret)
{
    const uint64_t fields = UINT64_C(1) << FIELD_NAME | UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_RESIDENCE;
    bool english = in->has_english ? in->english : cx->lang == LANG_EN;
    const struct paper_row *found = NULL;
    struct dossier d;
    struct paper_row *rows;
    size_t count;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(papers_of(cx, SHARD, in->dossier, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == in->kind && rows[i].lang == (english ? LANG_EN : LANG_VI))
            found = &rows[i]; /* the newest */
    if (!found)
        return FAIL_WITH(PAPER_MISSING, STR("kind"), str_of(kind_words[in->kind]));
    if (!dossier_is_own(cx, &d))
        dossier_purpose(cx, &d);
    TRY(disclosure_note(cx, (struct subject){ { found->subject }, UNIT_NONE }, fields | (in->kind == PAPER_RESULT ? UINT64_C(1) << FIELD_BIRTH : 0)));
    TRY(vault_read(cx, (person_id){ found->subject }, found->file, &ret->file));
    uint8_t digest[SHA256_BYTES];
    sha256_of(ret->file.ptr, ret->file.len, digest);
    return memcmp(digest, found->digest.ptr, SHA256_BYTES) == 0 ? OK : FAIL(CORRUPT);
}
