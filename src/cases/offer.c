/* Enrichment. An offer is a case of its own kind: equal to what a sector register holds of the person, it is accepted in the same
 * transaction with that row as its provenance; else an officer decides on the evidence. What was refused is not asked again with
 * the same value. Nothing of a sector register is told to the one who offers but that it agrees.
 * tested by: src/cases/test/offer_test.c */
#include "cases/inside.h"
#include "register/register_sql.h"

enum { OFFERS_SHOWN_MAX = 100 };

str offer_label(const struct ctx *cx, str key)
{
    const struct offer_topic *t = defs_offer_topic(cx->app->defs, key);
    return !t ? key : cx->lang == LANG_EN ? t->en : t->vi;
}

static STATUS subject_of(struct ctx *cx, const struct offer_make_in *in, struct person *ret)
{
    enum number_state state = NUMBER_ISSUED;
    bool known;
    if (cx->actor.roles & ROLE_CITIZEN) {
        TRY(person_by_id(cx, cx->actor.person, ret, &known));
    } else {
        if (!in->has_number)
            return FAIL_AT(FIELD_MISSING, STR("number"));
        TRY(person_by_number(cx, in->number, ret, &state, &known));
        known = known && state == NUMBER_ISSUED && case_is_near(cx, ret->unit);
    }
    if (!known || ret->survives_as.v)
        return FAIL_AT(PERSON_MISSING, STR("number"));
    return ret->state == PERSON_DECEASED ? FAIL_AT(PERSON_DECEASED, STR("number")) : OK;
}

/* A live row of the person that says the same; *ret_row 0: none does. */
static STATUS row_that_agrees(struct ctx *cx, const struct offer_topic *t, person_id person, str value, int64_t *ret_row)
{
    const struct sector_register *s = t->register_code.len ? defs_sector(cx->app->defs, t->register_code, cx->today) : NULL;
    int field = s ? sector_field_find(s, t->field) : -1;
    struct sector_row_of_person_row *found;
    size_t n;
    *ret_row = 0;
    if (field < 0)
        return OK;
    TRY(sector_rows_of_person(cx, 0, person.v, &found, &n));
    for (size_t i = 0; i < n && !*ret_row; i++) {
        struct sector_row_row row;
        struct sector_content c;
        bool known;
        if (!str_eq(found[i].code, s->code))
            continue;
        TRY(sector_row_get(cx, 0, s->code, found[i].id, &row, &known));
        if (!known || row.state != SECTOR_LIVE)
            continue;
        TRY(sector_content_read(s, row.doc, &c));
        str held = sector_value_text(cx->arena, &s->fields[field], &c.values[field]);
        if (c.values[field].known && str_eq(viet_fold(cx->arena, held), viet_fold(cx->arena, value)))
            *ret_row = row.id;
    }
    return OK;
}

static STATUS accept_at_once(struct ctx *cx, struct case_file *c, const struct offer_topic *t, int64_t row)
{
    str from = arena_printf(cx->arena, "%.*s/%lld", STR_ARG(t->register_code), (long long)row);
    c->row.choice = CHOICE_ACCEPT;
    TRY(case_move(cx, c, &(struct case_move){ .command = DO_ADJUDICATE, .expected_version = -1, .note = from }));
    return case_move(cx, c, &(struct case_move){ .command = DO_CLOSE, .expected_version = -1, .note = from });
}

static void item_show(struct ctx *cx, const struct case_file *c, struct offer_item *ret)
{
    enum { WAITING, ACCEPTED, REFUSED };
    bool done = c->row.queue == QUEUE_DONE || c->row.queue == QUEUE_HOLDERS;
    *ret = (struct offer_item){ .id = c->row.id, .topic = c->row.field, .label = offer_label(cx, c->row.field), .value = c->row.said, .evidence = c->row.source,
                                .state = !done ? WAITING : c->row.choice == CHOICE_ACCEPT ? ACCEPTED : REFUSED, .offered = c->row.opened_us };
    for (size_t i = 0; i < c->event_count; i++)
        if (c->events[i].command == DO_ADJUDICATE || c->events[i].command == DO_WAIVE || c->events[i].command == DO_ASK)
            ret->reason = c->events[i].note;
}

STATUS offer_make(struct ctx *cx, const struct offer_make_in *in, struct offer_make_out *ret)
{
    const struct offer_topic *t = defs_offer_topic(cx->app->defs, in->topic);
    struct case_new offer = { .kind = CASE_OFFER };
    struct case_file c = { 0 };
    struct person p;
    int64_t id, row;
    bool found;
    if (!t)
        return FAIL_WITH(ENUM_UNKNOWN, STR("topic"), in->topic);
    TRY(subject_of(cx, in, &p));
    TRY(viet_enter(cx->arena, STR("value"), in->value, CASE_VALUE_BYTES_MAX, &offer.said));
    TRY(viet_enter(cx->arena, STR("evidence"), in->evidence, CASE_VALUE_BYTES_MAX, &offer.source));
    if (!offer.said.len || !offer.source.len)
        return FAIL_AT(FIELD_MISSING, offer.said.len ? STR("evidence") : STR("value"));
    offer.person = p.id;
    offer.field = t->key;
    offer.attribute = t->attribute.len ? t->attribute : t->key;
    TRY(row_that_agrees(cx, t, p.id, offer.said, &row));
    TRY(case_open(cx, &offer, &id));
    TRY(case_get(cx, CASE_SHARD, id, &c.row, &found));
    MUST(found);
    TRY(case_events(cx, CASE_SHARD, id, &c.events, &c.event_count));
    if (c.row.queue == QUEUE_DONE && c.row.choice != CHOICE_ACCEPT)
        return FAIL_AT(OFFER_REFUSED, STR("value"));
    if (row && c.row.state == CASE_STATE_OPEN)
        TRY(accept_at_once(cx, &c, t, row));
    else if (c.row.version == 1)
        TRY(case_tell(cx, &c, DO_OPEN));
    item_show(cx, &c, &ret->item);
    return OK;
}

STATUS offer_mine(struct ctx *cx, const struct offer_mine_in *in, struct offer_mine_out *ret)
{
    struct case_row *rows;
    size_t n;
    (void)in;
    if (!cx->actor.person.v)
        return FAIL(PERSON_MISSING);
    TRY(cases_of_person(cx, CASE_SHARD, cx->actor.person.v, &rows, &n));
    TRY(disclosure_note(cx, (struct subject){ cx->actor.person, UNIT_NONE }, FIELDS_SHARED));
    ret->offers = ARENA_ARRAY(cx->arena, struct offer_item, OFFERS_SHOWN_MAX);
    for (size_t i = 0; i < n && ret->offers_count < OFFERS_SHOWN_MAX; i++) {
        struct case_file c = { .row = rows[i] };
        if (rows[i].kind != CASE_OFFER)
            continue;
        TRY(case_events(cx, CASE_SHARD, rows[i].id, &c.events, &c.event_count));
        item_show(cx, &c, &ret->offers[ret->offers_count++]);
    }
    return OK;
}

STATUS offer_topics(struct ctx *cx, const struct offer_topics_in *in, struct offer_topics_out *ret)
{
    size_t n = defs_offer_topic_count(cx->app->defs);
    (void)in;
    ret->topics = ARENA_ARRAY(cx->arena, struct offer_topic_item, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct offer_topic *t = defs_offer_topic_nth(cx->app->defs, i);
        ret->topics[ret->topics_count++] = (struct offer_topic_item){ t->key, cx->lang == LANG_EN ? t->en : t->vi };
    }
    return OK;
}
