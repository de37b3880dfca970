/* Questions to agencies: queued by whoever looks for a record, leased to the thread that asks, settled by what came of it. A lease
 * that ran out (a crash) is given again; an agency that fails some times in a row is left alone for a while, longer each time, and
 * then tried with one question.
 * tested by: tests/origin/two_agencies.py, tests/scenario/sector.scn */
#include "register/sector/inside.h"
#include "register/sector/origin.h"

#include "gate/worker.h"

#include <stdatomic.h>
#include <unistd.h>

enum { FAILURES_MAX = 5, PAUSE_FIRST_S = 30, PAUSE_DOUBLINGS = 5, BACKOFF_FIRST_MS = 250, LEASE_SPARE_MS = 10000 };
#define NEVER INT64_MAX
#define SAFE_ID_MASK ((UINT64_C(1) << 53) - 1) /* whole numbers that every reader of JSON keeps */

str origin_mark(struct arena *a)
{
    static _Atomic uint64_t mark;
    uint64_t none = 0, mine = (random_u64() ^ (uint64_t)getpid() << 32) | 1;
    (void)atomic_compare_exchange_strong(&mark, &none, mine);
    return arena_printf(a, "dancu-%016llx", (unsigned long long)atomic_load(&mark));
}

STATUS origin_line_paused(struct ctx *cx, str code, bool *ret)
{
    struct origin_line_row line;
    bool known;
    TRY(origin_line_get(cx, 0, code, &line, &known));
    *ret = known && line.open_until_us > cx->now_us;
    return OK;
}

STATUS origin_ask_queue(struct ctx *cx, const struct sought *s, int64_t *ret_ask)
{
    struct origin_ask_row known;
    struct buf doc;
    bool found;
    TRY(origin_ask_get(cx, 0, s->scope.def->code, s->key, &known, &found));
    *ret_ask = found ? known.id : (int64_t)(random_u64() & SAFE_ID_MASK); /* nobody can guess another's question */
    buf_init(&doc, SECTOR_DOC_BYTES_MAX);
    sector_content_write(s->scope.def, &s->put.content, &doc);
    str bytes = arena_str(cx->arena, buf_str(&doc));
    buf_done(&doc);
    str ground = arena_printf(cx->arena, "%.*s/%.*s", STR_ARG(cx->purpose.kind), STR_ARG(cx->purpose.reference));
    TRY(origin_ask_put(cx, &(struct origin_ask_put_params){
        .shard = 0, .code = s->scope.def->code, .ask_key = s->key, .id = *ret_ask, .by_key = s->by_key, .due_us = cx->now_us, .asked_us = cx->now_us,
        .account = cx->actor.account.v, .organisation = cx->actor.organisation, .ground = ground, .via = cx->via, .doc = bytes }, NULL));
    worker_wake_after(cx, app_state(cx->app, "origin"));
    return OK;
}

/* --- taking ------------------------------------------------------------------------------------------------------------------ */

static STATUS move(struct ctx *cx, const struct origin_ask_row *a, enum origin_state state, enum origin_reason reason, int64_t due_us)
{
    int64_t changed = 0;
    TRY(origin_ask_move(cx, &(struct origin_ask_move_params){
        .shard = 0, .id = a->id, .lease_was = a->lease, .state = (int16_t)state, .reason = (int16_t)reason, .tries = a->tries + 1, .due_us = due_us,
        .ended_us = cx->now_us, .answered_us = a->answered_us }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

/* Half open: of an agency that has failed too often one question goes out, the others wait for what becomes of it. */
static bool one_of(const struct sector_register *def, const struct origin_question *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].def == def)
            return true;
    return false;
}

static STATUS question_take(struct ctx *cx, const struct origin_ask_row *a, struct origin_question *list, size_t *count)
{
    const struct sector_register *def = defs_sector(cx->app->defs, a->code, cx->today);
    struct origin_question *q = &list[*count];
    struct origin_line_row line = { 0 };
    bool known;
    int64_t changed = 0;
    if (!def || !def->origin) /* the definition has changed */
        return move(cx, a, ORIGIN_FAILED, ORIGIN_REFUSAL, NEVER);
    TRY(origin_line_get(cx, 0, a->code, &line, &known));
    if (line.open_until_us > cx->now_us)
        return move(cx, a, ORIGIN_FAILED, ORIGIN_PAUSED, NEVER);
    if (line.failures >= FAILURES_MAX && one_of(def, list, *count))
        return OK;
    *q = (struct origin_question){ .def = def, .ask = a->id, .lease = (int64_t)(random_u64() >> 1) | 1, .by_key = a->by_key, .via = a->via };
    TRY(sector_content_read(def, a->doc, &q->content));
    TRY(origin_ask_lease(cx, &(struct origin_ask_lease_params){
        .shard = 0, .id = a->id, .lease_was = a->lease, .lease = q->lease,
        .due_us = cx->now_us + INT64_C(1000) * (def->origin->timeout_ms + LEASE_SPARE_MS) }, &changed));
    *count += changed == 1;
    return OK;
}

STATUS origin_questions_take(struct ctx *cx, size_t most, struct origin_question **ret, size_t *ret_count)
{
    struct origin_ask_row *rows;
    size_t n;
    TRY(origin_asks_due(cx, 0, cx->now_us, (int64_t)most, &rows, &n));
    *ret = ARENA_ARRAY(cx->arena, struct origin_question, n + 1);
    *ret_count = 0;
    for (size_t i = 0; i < n; i++)
        TRY(question_take(cx, &rows[i], *ret, ret_count));
    return OK;
}

void origin_request_write(struct arena *a, const struct origin_question *q, struct buf *out)
{
    const struct origin_body *b = q->by_key ? &q->def->origin->by_key : &q->def->origin->by_number;
    for (size_t i = 0; i < b->count; i++) {
        int slot = b->parts[i].slot;
        buf_add(out, b->parts[i].text);
        if (slot == ORIGIN_SLOT_NUMBER)
            buf_printf(out, "\"%012lld\"", (long long)q->content.listed.number);
        else if (slot >= 0)
            buf_json(out, sector_value_text(a, &q->def->fields[slot], &q->content.values[slot]));
    }
}

/* --- settling ---------------------------------------------------------------------------------------------------------------- */

static STATUS line_failed(struct ctx *cx, str code, enum origin_reason reason)
{
    struct origin_line_row line = { 0 };
    bool known;
    TRY(origin_line_get(cx, 0, code, &line, &known));
    bool counts = reason == ORIGIN_SILENCE || reason == ORIGIN_LATER || reason == ORIGIN_UNTRUSTED;
    line.failures += counts;
    int beyond = line.failures - FAILURES_MAX;
    if (counts && beyond >= 0)
        line.open_until_us = cx->now_us + INT64_C(1000000) * (PAUSE_FIRST_S << (beyond < PAUSE_DOUBLINGS ? beyond : PAUSE_DOUBLINGS));
    return origin_line_put(cx, &(struct origin_line_put_params){ .shard = 0, .code = code, .failures = line.failures, .reason = (int16_t)reason,
                                                                 .open_until_us = line.open_until_us, .answered_us = line.answered_us, .failed_us = cx->now_us }, NULL);
}

STATUS origin_question_fail(struct ctx *cx, const struct origin_question *q, enum origin_reason reason)
{
    struct origin_ask_row a;
    bool known;
    TRY(origin_ask_by_id(cx, 0, q->ask, &a, &known));
    if (!known || a.lease != q->lease)
        return OK; /* somebody else has it now */
    TRY(line_failed(cx, q->def->code, reason));
    bool again = (reason == ORIGIN_SILENCE || reason == ORIGIN_LATER) && a.tries + 1 < q->def->origin->tries;
    int64_t pause_us = INT64_C(1000) * (BACKOFF_FIRST_MS << (2 * a.tries));
    return move(cx, &a, again ? ORIGIN_WAITING : ORIGIN_FAILED, reason, again ? cx->now_us + pause_us : NEVER);
}

/* --- an answer --------------------------------------------------------------------------------------------------------------- */

/* A row of the answer as a put, if it is about what was asked: an answer about somebody else is never written down. */
static STATUS answered_read(struct ctx *cx, const struct sector_register *r, const struct sought *asked, const struct sector_given *g, struct sector_put *put)
{
    str key;
    *put = (struct sector_put){ .effective = cx->today, .source = r->owner, .delivery = cx->now_us };
    put->content.listed = (struct sector_listed){ g->has_number ? g->number : 0, g->has_name ? g->name : (str){ 0 },
                                                  g->has_birth ? g->birth : (day){ 0 }, g->has_sex ? g->sex : SEX_UNKNOWN };
    for (size_t i = 0; i < r->field_count; i++)
        if (r->origin->fields[i].len)
            put->given |= UINT64_C(1) << i;
    for (size_t i = 0; i < g->cells_count; i++) {
        int f = sector_field_find(r, g->cells[i].field);
        if (f < 0 || !(put->given >> f & 1))
            return FAIL_WITH(FIELDS_UNKNOWN, STR("cells"), g->cells[i].field);
        sector_cell_read(cx, &r->fields[f], g->cells[i].value, &put->content.values[f]);
    }
    for (size_t i = 0; i < r->key_count; i++)
        if (!put->content.values[r->key[i]].known)
            return FAIL_AT(ORIGIN_ANSWER, r->fields[r->key[i]].key);
    TRY(sector_subject_find(cx, r, put->content.listed.number, put));
    if (!asked->by_key)
        return put->content.listed.number == asked->put.content.listed.number ? OK : FAIL_AT(ORIGIN_ANSWER, STR("number"));
    TRY(sector_put_key(cx, r, put, &key));
    return str_eq(key, asked->key) ? OK : FAIL_AT(ORIGIN_ANSWER, STR("cells"));
}

/* Live rows that the answer no longer has. */
static STATUS others_end(struct ctx *cx, const struct sector_register *r, const struct sought *asked, int64_t *ret_ended)
{
    struct sector_row_row *rows;
    size_t n;
    TRY(sought_rows(cx, asked, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct sector_content c;
        int32_t version;
        TRY(sector_content_read(r, rows[i].doc, &c));
        if (rows[i].delivery == cx->now_us || (!asked->by_key && c.listed.number != asked->put.content.listed.number))
            continue;
        day effective = { cx->today.ymd < rows[i].effective ? rows[i].effective : cx->today.ymd };
        TRY(sector_row_end(cx, r, rows[i].id, rows[i].version, effective, &version));
        ++*ret_ended;
    }
    return OK;
}

static STATUS answer_write(struct ctx *cx, const struct sector_register *r, const struct sought *asked, const struct sector_fetched_in *in,
                           struct sector_fetched_out *ret)
{
    struct sector_batch *b DEFER(sector_batch_done) = NULL;
    sector_batch_start(cx, r, &b);
    for (size_t i = 0; i < in->rows_count; i++) {
        struct sector_written_row w;
        struct sector_put put;
        TRY(answered_read(cx, r, asked, &in->rows[i], &put));
        TRY(sector_batch_put(b, &put, &w));
        ret->changed += w.done != SECTOR_SAME;
    }
    TRY(sector_batch_end(b));
    return others_end(cx, r, asked, &ret->ended);
}

STATUS sector_fetched(struct ctx *cx, const struct sector_fetched_in *in, struct sector_fetched_out *ret)
{
    struct sought asked = { 0 };
    struct origin_ask_row a;
    bool known;
    TRY(origin_ask_by_id(cx, 0, in->ask, &a, &known));
    if (!known || a.state != ORIGIN_ASKING || a.lease != in->lease || !str_eq(a.code, cx->purpose.reference))
        return FAIL(VERSION_CONFLICT);
    const struct sector_register *r = asked.scope.def = defs_sector(cx->app->defs, a.code, cx->today);
    if (!r || !r->origin)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), a.code);
    asked.by_key = a.by_key;
    asked.key = a.ask_key;
    TRY(sector_content_read(r, a.doc, &asked.put.content));
    TRY(sector_subject_find(cx, r, asked.put.content.listed.number, &asked.put));
    TRY(answer_write(cx, r, &asked, in, ret));
    a.answered_us = cx->now_us;
    a.tries = -1; /* of the next question */
    TRY(move(cx, &a, ORIGIN_ANSWERED, ORIGIN_NO_REASON, NEVER));
    return origin_line_put(cx, &(struct origin_line_put_params){ .shard = 0, .code = a.code, .answered_us = cx->now_us }, NULL);
}
