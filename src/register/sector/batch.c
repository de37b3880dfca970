/* Writing rows: found by their key, or by the person when the person is the key; unchanged ones are only marked as seen. A change
 * appends an event with the whole content, so that any version can be read as it was; the row is the event that holds
 * latest (by its day, then by its place). Rows of a batch are written together, their counts moved once.
 * tested by: src/register/test/sector_test.c */
#include "register/sector/inside.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_ROWS_MAX = 2000 };
#define SINCE_2020_US INT64_C(1577836800000000)

struct sector_batch {
    struct ctx *cx;
    const struct sector_register *def;
    struct sector_moves *moves;
    struct sector_keys *all; /* NULL: they have to be asked for */
    struct table keys; /* of rows put since the last flush, unless `all` has them */
    struct sector_row_add_params *adds;
    struct sector_event_add_params *events;
    struct sector_row_seen_params *seen;
    size_t add_count, event_count, seen_count;
    int64_t next_id; /* 0: not asked yet */
    bool first; /* the register was empty until this batch */
};

void sector_batch_start(struct ctx *cx, const struct sector_register *r, struct sector_batch **ret)
{
    struct sector_batch *b = ARENA_NEW(cx->arena, struct sector_batch);
    *b = (struct sector_batch){ .cx = cx, .def = r };
    sector_moves_start(&b->moves);
    table_init(&b->keys);
    b->adds = ARENA_ARRAY(cx->arena, struct sector_row_add_params, BATCH_ROWS_MAX);
    b->events = ARENA_ARRAY(cx->arena, struct sector_event_add_params, BATCH_ROWS_MAX);
    b->seen = ARENA_ARRAY(cx->arena, struct sector_row_seen_params, BATCH_ROWS_MAX);
    *ret = b;
}

void sector_batch_done(struct sector_batch **b)
{
    if (!*b)
        return;
    sector_moves_done(&(*b)->moves);
    table_done(&(*b)->keys);
    *b = NULL;
}

static STATUS flush(struct sector_batch *b)
{
    status st = sector_row_add_bulk(b->cx, b->adds, b->add_count);
    if (status_is(st, ERR_ROW_EXISTS)) /* another process has just written the same row or id */
        return FAIL(VERSION_CONFLICT);
    TRY(st);
    TRY(sector_event_add_bulk(b->cx, b->events, b->event_count));
    TRY(sector_row_seen_bulk(b->cx, b->seen, b->seen_count));
    if (b->first && b->add_count > 0) {
        TRY(table_filled(b->cx, "sector_row"));
        b->first = false;
    }
    b->add_count = b->event_count = b->seen_count = 0;
    table_done(&b->keys);
    table_init(&b->keys);
    return OK;
}

STATUS sector_batch_end(struct sector_batch *b)
{
    TRY(flush(b));
    if (b->all && b->next_id)
        b->all->last = b->next_id - 1;
    return sector_moves_write(b->cx, b->moves, b->def->code);
}

/* --- keys that are known without asking ------------------------------------------------------------------------------------ */

static STATUS last_id(struct ctx *cx, const struct sector_register *r, int64_t *ret)
{
    struct sector_row_last_row *last;
    size_t n;
    TRY(sector_row_last(cx, 0, r->code, &last, &n));
    *ret = n ? last[0].id : 0;
    return OK;
}

STATUS sector_keys_start(struct ctx *cx, const struct sector_register *r, struct sector_keys *ret)
{
    *ret = (struct sector_keys){ 0 };
    table64_init(&ret->hashes, 1024);
    TRY(last_id(cx, r, &ret->last));
    ret->known = ret->last == 0;
    return OK;
}

void sector_keys_done(struct sector_keys *k) { table64_done(&k->hashes); }

STATUS sector_batch_keys(struct sector_batch *b, struct sector_keys *k)
{
    int64_t last;
    if (!k->known)
        return OK;
    TRY(last_id(b->cx, b->def, &last));
    k->known = last == k->last;
    b->all = k->known ? k : NULL;
    return OK;
}

static bool is_new(const struct sector_batch *b, uint64_t hash)
{
    uint64_t any;
    return !table64_get(&b->all->hashes, hash, &any);
}

static STATUS row_by_key(struct sector_batch *b, str key, struct sector_row_row *row, bool *ret_known)
{
    *ret_known = false;
    if (b->all && is_new(b, str_hash(key)))
        return OK;
    if (b->all || table_get(&b->keys, key)) /* it may be among the rows that are not written yet */
        TRY(flush(b));
    return sector_row_by_key(b->cx, 0, b->def->code, key, row, ret_known);
}

/* --- which row ---------------------------------------------------------------------------------------------------------- */

static void key_add(struct buf *b, struct arena *a, str part)
{
    if (b->len)
        buf_char(b, '|');
    buf_add(b, viet_fold(a, part));
}

/* "p123" for a linked subject, else what the list said: the number, or name and birth. */
static void subject_add(struct sector_batch *b, const struct sector_put *put, struct buf *key)
{
    const struct sector_listed *l = &put->content.listed;
    struct arena *a = b->cx->arena;
    if (put->link == LINK_LINKED)
        key_add(key, a, arena_printf(a, "p%lld", (long long)put->person.id.v));
    else if (l->number)
        key_add(key, a, arena_printf(a, "%012lld", (long long)l->number));
    else
        key_add(key, a, arena_printf(a, "%.*s %d", STR_ARG(l->name), l->birth.ymd));
}

static STATUS key_make(struct sector_batch *b, const struct sector_put *put, bool as_linked, str *ret)
{
    struct sector_put listed = *put;
    struct buf key;
    buf_init(&key, SECTOR_KEY_BYTES_MAX);
    if (!as_linked)
        listed.link = LINK_NOT_FOUND;
    if (b->def->key_subject)
        subject_add(b, &listed, &key);
    for (size_t i = 0; i < b->def->key_count; i++) {
        int f = b->def->key[i];
        key_add(&key, b->cx->arena, sector_value_text(b->cx->arena, &b->def->fields[f], &put->content.values[f]));
    }
    *ret = arena_str(b->cx->arena, buf_str(&key));
    status st = buf_check(&key);
    buf_done(&key);
    return st;
}

STATUS sector_put_key(struct ctx *cx, const struct sector_register *r, const struct sector_put *put, str *ret)
{
    struct sector_batch b = { .cx = cx, .def = r };
    return key_make(&b, put, true, ret);
}

/* A row that came without a known person is the same row when the person is found later. */
static STATUS row_find(struct sector_batch *b, const struct sector_put *put, str *ret_key, struct sector_row_row *row, bool *ret_known)
{
    TRY(key_make(b, put, true, ret_key));
    TRY(row_by_key(b, *ret_key, row, ret_known));
    if (*ret_known || !b->def->key_subject || put->link != LINK_LINKED)
        return OK;
    str listed;
    TRY(key_make(b, put, false, &listed));
    return row_by_key(b, listed, row, ret_known);
}

/* --- what it becomes ------------------------------------------------------------------------------------------------------ */

/* `had`: of the row until now. The unit of whoever writes stands in where nothing else says; a wider one says no more than what the row has. */
static unit_id unit_of(const struct sector_batch *b, const struct sector_content *c, const struct sector_put *put, unit_id had)
{
    const struct sector_register *r = b->def;
    if (r->unit_field >= 0 && c->values[r->unit_field].known)
        return (unit_id){ (int32_t)c->values[r->unit_field].number };
    if (r->unit_field < 0 && put->link == LINK_LINKED && put->person.unit.v)
        return put->person.unit;
    return had.v && defs_unit_covers(b->cx->app->defs, put->unit, had) ? had : put->unit;
}

static void content_merge(const struct sector_register *r, const struct sector_put *put, const struct sector_content *before, struct sector_content *ret)
{
    *ret = put->content;
    ret->rest = before->rest;
    for (size_t i = 0; i < r->field_count; i++)
        if (!(put->given >> i & 1))
            ret->values[i] = before->values[i];
    if (!ret->listed.number)
        ret->listed.number = before->listed.number;
    if (!ret->listed.name.len)
        ret->listed.name = before->listed.name;
    if (day_is_none(ret->listed.birth))
        ret->listed.birth = before->listed.birth;
    if (ret->listed.sex == SEX_UNKNOWN)
        ret->listed.sex = before->listed.sex;
}

static STATUS doc_make(struct sector_batch *b, const struct sector_content *c, str *ret)
{
    struct buf doc;
    buf_init(&doc, SECTOR_DOC_BYTES_MAX);
    sector_content_write(b->def, c, &doc);
    *ret = arena_str(b->cx->arena, buf_str(&doc));
    status st = buf_check(&doc);
    buf_done(&doc);
    return st;
}

struct sector_judged sector_judged_of(const struct sector_row_row *row)
{
    return (struct sector_judged){ .rules = (uint64_t)row->rules, .broken = (uint64_t)row->broken, .state = (enum sector_state)row->state,
                                   .link = (enum sector_link)row->why_not, .unit = { row->unit } };
}

static void event_gather(struct sector_batch *b, const struct sector_row_row *row, enum sector_happening kind, const struct sector_put *put)
{
    b->events[b->event_count++] = (struct sector_event_add_params){
        .shard = 0, .code = b->def->code, .row_id = row->id, .seq = row->version, .kind = (int16_t)kind, .effective = row->effective,
        .recorded_us = row->recorded_us, .source = put->source, .actor = b->cx->actor.account.v, .person = row->person,
        .why_not = row->why_not, .unit = row->unit, .delivery = put->delivery, .doc = row->doc };
}

/* Ids of a register grow with time, by a microsecond a row at least, and stay below 2^53 for every reader of JSON. Two
 * processes that give the same one at once are told apart by the key: the later begins again. */
static STATUS id_new(struct sector_batch *b, int64_t *ret)
{
    int64_t last;
    if (!b->next_id) {
        TRY(last_id(b->cx, b->def, &last));
        b->next_id = b->cx->now_us - SINCE_2020_US;
        b->first = last == 0;
        if (last >= b->next_id)
            b->next_id = last + 1;
    }
    *ret = b->next_id++;
    return OK;
}

static STATUS row_new(struct sector_batch *b, struct sector_row_row *row)
{
    TRY(id_new(b, &row->id));
    row->version = 1;
    b->adds[b->add_count++] = (struct sector_row_add_params){
        .shard = 0, .code = b->def->code, .id = row->id, .version = 1, .state = row->state, .person = row->person, .why_not = row->why_not,
        .unit = row->unit, .row_key = row->row_key, .broken = row->broken, .rules = row->rules, .effective = row->effective,
        .recorded_us = row->recorded_us, .source = row->source, .delivery = row->delivery, .doc = row->doc };
    if (!b->all)
        table_set(&b->keys, row->row_key, b);
    return OK;
}

static STATUS row_change(struct sector_batch *b, const struct sector_row_row *row)
{
    int64_t changed = 0;
    TRY(sector_row_set(b->cx, &(struct sector_row_set_params){
        .shard = 0, .code = b->def->code, .id = row->id, .expected = row->version - 1, .version = row->version, .state = row->state,
        .person = row->person, .why_not = row->why_not, .unit = row->unit, .row_key = row->row_key, .broken = row->broken, .rules = row->rules,
        .effective = row->effective, .recorded_us = row->recorded_us, .source = row->source, .delivery = row->delivery, .doc = row->doc }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

static void row_seen(struct sector_batch *b, const struct sector_row_row *row, int64_t delivery)
{
    if (delivery && row->delivery != delivery)
        b->seen[b->seen_count++] = (struct sector_row_seen_params){ .shard = 0, .code = b->def->code, .id = row->id, .delivery = delivery };
}

/* The row after the put, not yet written. */
static STATUS row_make(struct sector_batch *b, const struct sector_put *put, const struct sector_row_row *before, bool known, struct sector_row_row *ret)
{
    struct sector_content was = { 0 }, now;
    bool linked = put->link == LINK_LINKED;
    if (known)
        TRY(sector_content_read(b->def, before->doc, &was));
    content_merge(b->def, put, &was, &now);
    *ret = (struct sector_row_row){
        .id = known ? before->id : 0, .version = known ? before->version + 1 : 1, .state = SECTOR_LIVE, .person = linked ? put->person.id.v : 0,
        .why_not = (int16_t)put->link, .unit = unit_of(b, &now, put, (unit_id){ known ? before->unit : 0 }).v, .effective = put->effective.ymd, .recorded_us = b->cx->now_us,
        .source = put->source, .delivery = put->delivery ? put->delivery : known ? before->delivery : 0,
        .rules = (int64_t)b->def->rules_hash, .row_key = ret->row_key };
    ret->broken = (int64_t)sector_check_row(b->cx, b->def, &now, linked ? &put->person : NULL);
    return doc_make(b, &now, &ret->doc);
}

/* What happened on an earlier day than the row already speaks of goes into the history only. */
static STATUS late_put(struct sector_batch *b, const struct sector_put *put, const struct sector_row_row *before, const struct sector_row_row *late)
{
    struct sector_row_row row = *before;
    row.version++;
    event_gather(b, late, MOMENT_PUT, put);
    return row_change(b, &row);
}

static STATUS row_added(struct sector_batch *b, const struct sector_put *put, struct sector_row_row *row)
{
    struct sector_judged is = sector_judged_of(row);
    TRY(change_note(b->cx, (struct subject){ { row->person }, { row->unit } }, SECTOR_MASK));
    TRY(row_new(b, row));
    event_gather(b, row, MOMENT_PUT, put);
    sector_moves_add(b->moves, &is, 1);
    return OK;
}

STATUS sector_draft_make(struct ctx *cx, const struct sector_register *r, const struct sector_put *put, struct sector_draft *ret)
{
    struct sector_batch b = { .cx = cx, .def = r };
    struct sector_content now;
    bool linked = put->link == LINK_LINKED;
    content_merge(r, put, &(struct sector_content){ 0 }, &now);
    *ret = (struct sector_draft){ .link = put->link, .person = linked ? put->person.id : PERSON_NONE, .unit = unit_of(&b, &now, put, UNIT_NONE),
                                  .broken = sector_check_row(cx, r, &now, linked ? &put->person : NULL) };
    TRY(key_make(&b, put, true, &ret->key));
    if (r->key_subject && linked)
        TRY(key_make(&b, put, false, &ret->listed));
    ret->key_hash = str_hash(ret->key);
    ret->listed_hash = str_hash(ret->listed);
    return doc_make(&b, &now, &ret->doc);
}

STATUS sector_batch_add(struct sector_batch *b, const struct sector_draft *d, const struct sector_put *put, struct sector_written_row *ret, bool *ret_added)
{
    *ret_added = d->doc.len && b->all && is_new(b, d->key_hash) && (!d->listed.len || is_new(b, d->listed_hash));
    if (!*ret_added)
        return OK;
    if (!sector_row_open(b->cx, d->unit))
        return FAIL(GROUND_PERSON);
    if (b->event_count == BATCH_ROWS_MAX)
        TRY(flush(b));
    table64_set(&b->all->hashes, d->key_hash, 1);
    struct sector_row_row row = {
        .version = 1, .state = SECTOR_LIVE, .person = d->person.v, .why_not = (int16_t)d->link, .unit = d->unit.v, .row_key = d->key,
        .broken = (int64_t)d->broken, .rules = (int64_t)b->def->rules_hash, .effective = put->effective.ymd, .recorded_us = b->cx->now_us,
        .source = put->source, .delivery = put->delivery, .doc = d->doc };
    TRY(row_added(b, put, &row));
    *ret = (struct sector_written_row){ .id = row.id, .version = 1, .broken = d->broken, .done = SECTOR_NEW };
    return OK;
}

static bool is_same(const struct sector_row_row *a, const struct sector_row_row *b)
{
    return a->state == b->state && a->person == b->person && a->why_not == b->why_not && a->unit == b->unit && str_eq(a->doc, b->doc);
}

static STATUS only_check(const struct sector_put *put, const struct sector_row_row *before, bool known)
{
    if (put->only == ONLY_NEW && known)
        return FAIL_AT(ROW_EXISTS, STR("rows"));
    bool own = known && before->state == SECTOR_LIVE && put->link == LINK_LINKED && before->person == put->person.id.v;
    return put->only == ONLY_CHANGE && !own ? FAIL_AT(ROW_MISSING, STR("rows")) : OK;
}

STATUS sector_batch_put(struct sector_batch *b, const struct sector_put *put, struct sector_written_row *ret)
{
    struct sector_row_row before = { 0 }, row;
    bool known;
    str key;
    if (b->event_count == BATCH_ROWS_MAX || b->seen_count == BATCH_ROWS_MAX)
        TRY(flush(b));
    TRY(row_find(b, put, &key, &before, &known));
    if (put->expected_version && put->expected_version != before.version)
        return FAIL(VERSION_CONFLICT);
    TRY(only_check(put, &before, known));
    TRY(row_make(b, put, &before, known, &row));
    row.row_key = key;
    *ret = (struct sector_written_row){ .id = row.id, .version = row.version, .broken = (uint64_t)row.broken, .done = known ? SECTOR_CHANGED : SECTOR_NEW };
    if (known && is_same(&before, &row)) {
        ret->done = SECTOR_SAME;
        ret->version = before.version;
        row_seen(b, &before, put->delivery);
        return OK;
    }
    unit_id unit = { row.unit };
    if (!sector_row_open(b->cx, unit) || (known && !sector_row_open(b->cx, (unit_id){ before.unit })))
        return FAIL(GROUND_PERSON);
    if (!known) {
        if (b->all)
            table64_set(&b->all->hashes, str_hash(key), 1);
        TRY(row_added(b, put, &row));
        ret->id = row.id;
        return OK;
    }
    TRY(change_note(b->cx, (struct subject){ { row.person }, unit }, SECTOR_MASK));
    if (row.effective < before.effective)
        return late_put(b, put, &before, &row);
    TRY(row_change(b, &row));
    event_gather(b, &row, MOMENT_PUT, put);
    struct sector_judged now = sector_judged_of(&row), was = sector_judged_of(&before);
    sector_moves_add(b->moves, &was, -1);
    sector_moves_add(b->moves, &now, 1);
    return OK;
}

/* The key that a row has once its content is what `now` says; taken by another row: ERR_ROW_EXISTS. */
static STATUS key_anew(struct sector_batch *b, const struct sector_put *put, const struct sector_content *now, const struct sector_row_row *before, str *ret)
{
    struct sector_put whole = *put;
    struct sector_row_row other;
    bool known;
    whole.content = *now;
    TRY(key_make(b, &whole, true, ret));
    if (str_eq(*ret, before->row_key))
        return OK;
    TRY(sector_row_by_key(b->cx, 0, b->def->code, *ret, &other, &known));
    return known && other.id != before->id ? FAIL_AT(ROW_EXISTS, b->def->code) : OK;
}

STATUS sector_batch_amend(struct sector_batch *b, int64_t id, const struct sector_put *put, struct sector_written_row *ret)
{
    struct sector_put later = *put;
    struct sector_row_row before, row;
    struct sector_content was, now;
    bool known;
    TRY(flush(b));
    TRY(sector_row_get(b->cx, 0, b->def->code, id, &before, &known));
    if (!known || before.state != SECTOR_LIVE)
        return FAIL_AT(ROW_MISSING, STR("row"));
    if (put->expected_version && put->expected_version != before.version)
        return FAIL(VERSION_CONFLICT);
    if (later.effective.ymd < before.effective)
        later.effective.ymd = before.effective;
    later.unit = (unit_id){ before.unit };
    TRY(row_make(b, &later, &before, true, &row));
    TRY(sector_content_read(b->def, before.doc, &was));
    content_merge(b->def, put, &was, &now);
    TRY(key_anew(b, put, &now, &before, &row.row_key));
    *ret = (struct sector_written_row){ .id = id, .version = before.version, .broken = (uint64_t)row.broken, .done = SECTOR_SAME };
    if (is_same(&before, &row))
        return OK;
    TRY(change_note(b->cx, (struct subject){ { row.person }, { row.unit } }, SECTOR_MASK));
    TRY(row_change(b, &row));
    event_gather(b, &row, row.person != before.person ? MOMENT_LINK : MOMENT_PUT, &later);
    struct sector_judged is = sector_judged_of(&row), had = sector_judged_of(&before);
    sector_moves_add(b->moves, &had, -1);
    sector_moves_add(b->moves, &is, 1);
    ret->version = row.version;
    ret->done = SECTOR_CHANGED;
    return OK;
}

STATUS sector_rows_left_in(struct ctx *cx, str code, int64_t delivery, int64_t *ret)
{
    struct sector_rows_left_row row = { 0 };
    bool found;
    TRY(sector_rows_left(cx, 0, code, delivery, &row, &found));
    *ret = found ? row.n : 0;
    return OK;
}
