/* Finding rows by personal number or by key, in any register. One that lives elsewhere answers from the copy while that is fresh;
 * else its agency is asked, and the caller comes back for the answer: no transaction waits for a network. While the agency is
 * silent the definition decides between the old copy, with its age, and a refusal.
 *
 * Refuses to pass on a question that has been here before, and to ask about a number that the population register does not have.
 * tested by: tests/origin/two_agencies.py, tests/scenario/sector.scn */
#include "register/sector/inside.h"
#include "register/sector/origin.h"

enum { RETRY_MS = 200, AGAIN_S = 10, REFRESH_DEFAULT = 200, FOUND_MAX = 200 };

/* --- what is sought ---------------------------------------------------------------------------------------------------------- */

static STATUS key_read(struct ctx *cx, const struct sector_find_in *in, struct sought *s)
{
    const struct sector_register *r = s->scope.def;
    uint64_t all = 0;
    for (size_t i = 0; i < r->key_count; i++)
        all |= UINT64_C(1) << r->key[i];
    for (size_t i = 0; i < in->cells_count; i++) {
        int f = sector_field_find(r, in->cells[i].field);
        if (f < 0 || !(all >> f & 1))
            return FAIL_WITH(FIELDS_UNKNOWN, STR("cells"), in->cells[i].field);
        TRY(sector_value_read(cx, &r->fields[f], in->cells[i].value, &s->put.content.values[f]));
    }
    for (size_t i = 0; i < r->key_count; i++)
        if (!s->put.content.values[r->key[i]].known)
            return FAIL_AT(FIELD_MISSING, r->fields[r->key[i]].key);
    s->by_key = true;
    return sector_put_key(cx, r, &s->put, &s->key);
}

static STATUS sought_read(struct ctx *cx, const struct sector_find_in *in, struct sought *s)
{
    const struct sector_register *r = s->scope.def;
    bool key_wants_number = r->key_subject && in->cells_count > 0;
    if (!in->has_number && (in->cells_count == 0 || key_wants_number))
        return FAIL_AT(FIELD_MISSING, STR("number"));
    s->put.content.listed.number = in->has_number ? in->number : 0;
    TRY(sector_subject_find(cx, r, s->put.content.listed.number, &s->put));
    if (in->cells_count > 0)
        return key_read(cx, in, s);
    s->key = arena_printf(cx->arena, "n%012lld", (long long)in->number);
    return OK;
}

static STATUS sought_again(struct ctx *cx, int64_t ask, struct sought *s)
{
    struct origin_ask_row a;
    bool known;
    TRY(origin_ask_by_id(cx, 0, ask, &a, &known));
    if (!known || !str_eq(a.code, s->scope.def->code))
        return FAIL_AT(ROW_MISSING, STR("ask"));
    s->by_key = a.by_key;
    s->key = a.ask_key;
    TRY(sector_content_read(s->scope.def, a.doc, &s->put.content));
    return sector_subject_find(cx, s->scope.def, s->put.content.listed.number, &s->put);
}

/* --- what is here ------------------------------------------------------------------------------------------------------------ */

static STATUS rows_of_person(struct ctx *cx, const struct sought *s, struct sector_row_row *rows, size_t *count)
{
    struct sector_row_of_person_row *list;
    size_t n;
    TRY(sector_rows_of_person(cx, 0, s->put.person.id.v, &list, &n));
    for (size_t i = 0; i < n && *count < FOUND_MAX; i++) {
        bool known;
        if (!str_eq(list[i].code, s->scope.def->code))
            continue;
        TRY(sector_row_get(cx, 0, list[i].code, list[i].id, &rows[*count], &known));
        *count += known && rows[*count].state == SECTOR_LIVE;
    }
    return OK;
}

STATUS sought_rows(struct ctx *cx, const struct sought *s, struct sector_row_row **ret, size_t *ret_count)
{
    str key = s->key;
    bool known;
    *ret = ARENA_ARRAY(cx->arena, struct sector_row_row, FOUND_MAX + 1);
    *ret_count = 0;
    if (!s->by_key && s->put.link == LINK_LINKED)
        return rows_of_person(cx, s, *ret, ret_count);
    if (!s->by_key && (!s->scope.def->key_subject || s->scope.def->key_count > 0))
        return OK;
    if (!s->by_key)
        TRY(sector_put_key(cx, s->scope.def, &s->put, &key));
    TRY(sector_row_by_key(cx, 0, s->scope.def->code, key, &(*ret)[0], &known));
    *ret_count = known && (*ret)[0].state == SECTOR_LIVE;
    return OK;
}

static STATUS rows_show(struct ctx *cx, const struct sought *s, struct sector_find_out *ret)
{
    struct sector_row_row *rows;
    size_t n;
    TRY(sought_rows(cx, s, &rows, &n));
    ret->rows = ARENA_ARRAY(cx->arena, struct sector_item, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool allowed;
        TRY(sector_item_show(cx, &s->scope, &rows[i], &ret->rows[ret->rows_count], &allowed));
        ret->rows_count += allowed;
    }
    return OK;
}

/* --- what its agency says ---------------------------------------------------------------------------------------------------- */

/* Nobody answers: what the definition says about that. */
static STATUS silent(struct ctx *cx, const struct sought *s, const struct origin_ask_row *a, struct sector_find_out *ret)
{
    const struct sector_register *r = s->scope.def;
    bool final = a->reason == ORIGIN_REFUSAL || a->reason == ORIGIN_UNREADABLE || a->reason == ORIGIN_ROUND;
    if (r->origin->silent == ORIGIN_REFUSE || a->answered_us == 0)
        return final ? FAIL_WITH(ORIGIN_REFUSED, STR("code"), r->owner) : FAIL_WITH(ORIGIN_SILENT, STR("code"), r->owner);
    ret->state = SECTOR_FIND_OUT_STATE_STALE;
    return rows_show(cx, s, ret);
}

static STATUS ask(struct ctx *cx, const struct sought *s, struct sector_find_out *ret)
{
    const struct sector_origin *o = s->scope.def->origin;
    if (!(s->by_key ? o->by_key.count : o->by_number.count))
        return FAIL_AT(FIELD_MISSING, s->by_key ? STR("number") : STR("cells"));
    if (s->put.link == LINK_LINKED)
        TRY(disclosure_note(cx, (struct subject){ s->put.person.id, s->put.person.unit }, (FIELDS_NUMBER & cx->journal->grant.fields) | SECTOR_MASK));
    ret->state = SECTOR_FIND_OUT_STATE_ASKING;
    ret->retry_ms = RETRY_MS;
    return origin_ask_queue(cx, s, &ret->ask);
}

static STATUS elsewhere(struct ctx *cx, const struct sought *s, struct sector_find_out *ret)
{
    struct origin_ask_row a = { 0 };
    bool known, paused;
    TRY(origin_ask_get(cx, 0, s->scope.def->code, s->key, &a, &known));
    ret->ask = a.id;
    ret->has_as_of = a.answered_us != 0;
    ret->as_of = a.answered_us;
    if (ret->has_as_of && cx->now_us - a.answered_us <= s->scope.def->origin->fresh_us) {
        ret->state = SECTOR_FIND_OUT_STATE_FRESH;
        return rows_show(cx, s, ret);
    }
    if (cx->via.len && str_find(cx->via, origin_mark(cx->arena)) < cx->via.len)
        return FAIL_WITH(ORIGIN_LOOP, STR("code"), s->scope.def->code);
    if (a.state == ORIGIN_WAITING || a.state == ORIGIN_ASKING) {
        ret->state = SECTOR_FIND_OUT_STATE_ASKING;
        ret->retry_ms = RETRY_MS;
        return OK;
    }
    TRY(origin_line_paused(cx, s->scope.def->code, &paused));
    if (paused || (a.state == ORIGIN_FAILED && cx->now_us - a.ended_us < AGAIN_S * INT64_C(1000000)))
        return silent(cx, s, &a, ret);
    return ask(cx, s, ret);
}

STATUS sector_find(struct ctx *cx, const struct sector_find_in *in, struct sector_find_out *ret)
{
    struct sought s = { .put.link = LINK_NO_SUBJECT };
    TRY(sector_enter(cx, in->code, false, &s.scope));
    if (s.scope.def->people)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), in->code);
    TRY(in->has_ask ? sought_again(cx, in->ask, &s) : sought_read(cx, in, &s));
    bool linked = s.put.link == LINK_LINKED;
    if (linked && !sector_row_open(cx, s.put.person.unit))
        return OK; /* for this reader there is nobody */
    if (linked)
        TRY(disclosure_note(cx, (struct subject){ s.put.person.id, s.put.person.unit }, SECTOR_MASK)); /* "no row" says something too */
    if (!s.scope.def->origin || (!linked && !s.by_key))
        return rows_show(cx, &s, ret);
    return elsewhere(cx, &s, ret);
}

/* --- copies that are too old ------------------------------------------------------------------------------------------------- */

/* Asks about this row's subject, or about its key. */
static STATUS row_ask(struct ctx *cx, const struct sector_scope *scope, const struct sector_row_row *row, int64_t *asked)
{
    struct sought s = { .scope = *scope };
    struct origin_ask_row a = { 0 };
    struct sector_content c;
    int64_t id;
    bool known;
    TRY(sector_content_read(scope->def, row->doc, &c));
    s.by_key = !(scope->def->origin->by_number.count && c.listed.number);
    s.put.content = c;
    s.key = s.by_key ? row->row_key : arena_printf(cx->arena, "n%012lld", (long long)c.listed.number);
    if (s.by_key && !scope->def->origin->by_key.count)
        return OK;
    TRY(origin_ask_get(cx, 0, scope->def->code, s.key, &a, &known));
    if (a.state == ORIGIN_WAITING || a.state == ORIGIN_ASKING)
        return OK;
    TRY(disclosure_note(cx, (struct subject){ { row->person }, { row->unit } }, (FIELDS_NUMBER & cx->journal->grant.fields) | SECTOR_MASK));
    ++*asked;
    return origin_ask_queue(cx, &s, &id);
}

STATUS sector_refresh(struct ctx *cx, const struct sector_refresh_in *in, struct sector_refresh_out *ret)
{
    int64_t most = in->has_limit ? in->limit : REFRESH_DEFAULT;
    struct sector_scope s;
    struct sector_row_row *rows;
    size_t n;
    TRY(sector_enter(cx, in->code, false, &s));
    if (!s.def->origin)
        return OK;
    TRY(sector_rows_after(cx, 0, s.def->code, in->has_after ? in->after : 0, most, &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (rows[i].state == SECTOR_LIVE && sector_row_stale(cx, s.def, &rows[i]) && sector_row_open(cx, (unit_id){ rows[i].unit }))
            TRY(row_ask(cx, &s, &rows[i], &ret->asked));
    ret->next = n == (size_t)most ? rows[n - 1].id : 0;
    return OK;
}

STATUS sector_origin(struct ctx *cx, const struct sector_origin_in *in, struct sector_origin_out *ret)
{
    const struct sector_register *r = defs_sector(cx->app->defs, in->code, cx->today);
    struct origin_asks_waiting_row waiting = { 0 };
    struct origin_line_row line = { 0 };
    bool known;
    if (!r)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), in->code);
    if (!r->origin)
        return OK;
    TRY(origin_asks_waiting(cx, 0, r->code, INT64_MAX - 1, &waiting, &known));
    TRY(origin_line_get(cx, 0, r->code, &line, &known));
    *ret = (struct sector_origin_out){
        .elsewhere = true, .agreement = r->origin->agreement, .fresh_s = r->origin->fresh_us / 1000000, .silent = (int32_t)r->origin->silent,
        .waiting = waiting.n, .has_answered = line.answered_us != 0, .answered = line.answered_us, .has_failed = line.failed_us != 0, .failed = line.failed_us,
        .failures = line.failures, .has_open_until = line.open_until_us > cx->now_us, .open_until = line.open_until_us, .reason = line.reason };
    return OK;
}
