/* One case as the officer in charge sees it: both sides, whom it may mean and how much each field speaks for it, what the matrix
 * proposes, what happened, who holds the person, and who else has the case open. Every value was noted, with the case as ground.
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"
#include "register/register_sql.h"

enum { SIDES_MAX = 2, OFFERS_MAX = 20 };
#define SIDE_FIELDS (FIELDS_NUMBER | FIELDS_NAME | FIELDS_BIRTH | FIELDS_SEX | FIELDS_RESIDENCE | FIELDS_STATE)

static STATUS person_show(struct ctx *cx, person_id id, struct case_person *ret)
{
    struct person p;
    bool known;
    *ret = (struct case_person){ .name = STR("") };
    TRY(person_by_id(cx, id, &p, &known));
    if (!known)
        return OK;
    TRY(disclosure_note(cx, (struct subject){ p.id, p.unit }, SIDE_FIELDS));
    *ret = (struct case_person){ .has_number = p.number != 0, .number = p.number, .name = p.name, .has_birth = !day_is_none(p.birth), .birth = p.birth,
                                 .sex = (enum sex)p.sex, .state = p.state, .unit_name = defs_unit_path(cx->arena, cx->app->defs, p.unit, cx->today, cx->lang) };
    return OK;
}

static STATUS listed_show(struct ctx *cx, const struct sector_register *s, int64_t row_id, struct case_person *ret)
{
    struct sector_row_row row;
    struct sector_content c;
    bool known;
    *ret = (struct case_person){ .name = STR("") };
    TRY(sector_row_get(cx, 0, s->code, row_id, &row, &known));
    if (!known)
        return OK;
    TRY(sector_content_read(s, row.doc, &c));
    TRY(disclosure_note(cx, (struct subject){ { row.person }, { row.unit } }, FIELDS_SHARED));
    *ret = (struct case_person){ .has_number = c.listed.number != 0, .number = c.listed.number, .name = c.listed.name, .has_birth = !day_is_none(c.listed.birth),
                                 .birth = c.listed.birth, .sex = c.listed.sex,
                                 .unit_name = defs_unit_path(cx->arena, cx->app->defs, (unit_id){ row.unit }, cx->today, cx->lang) };
    return OK;
}

static STATUS sides_show(struct ctx *cx, const struct case_row *r, const struct sector_register *s, struct case_show_out *ret)
{
    ret->sides = ARENA_ARRAY(cx->arena, struct case_person, SIDES_MAX);
    ret->listed = ARENA_ARRAY(cx->arena, struct case_person, SIDES_MAX);
    if (r->person)
        TRY(person_show(cx, (person_id){ r->person }, &ret->sides[ret->sides_count++]));
    if (r->other_person)
        TRY(person_show(cx, (person_id){ r->other_person }, &ret->sides[ret->sides_count++]));
    if (s && r->row_id)
        TRY(listed_show(cx, s, r->row_id, &ret->listed[ret->listed_count++]));
    if (s && r->other_row)
        TRY(listed_show(cx, s, r->other_row, &ret->listed[ret->listed_count++]));
    return OK;
}

static STATUS candidates_show(struct ctx *cx, const struct case_candidate *list, size_t n, struct case_show_out *ret)
{
    ret->candidates = ARENA_ARRAY(cx->arena, struct case_person, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct case_person *p = &ret->candidates[ret->candidates_count++];
        TRY(person_show(cx, list[i].person, p));
        p->percent = list[i].percent;
        p->weights = ARENA_ARRAY(cx->arena, struct case_weight_item, CASE_WEIGHTS_MAX);
        for (size_t w = 0; w < list[i].weight_count; w++)
            p->weights[p->weights_count++] = (struct case_weight_item){ .field = list[i].weights[w].field, .scale = list[i].weights[w].scale,
                                                                        .level = list[i].weights[w].level, .bits = list[i].weights[w].bits };
    }
    return OK;
}

static STATUS sources_show(struct ctx *cx, const struct case_row *r, struct case_show_out *ret)
{
    struct held held;
    str value;
    int bit;
    ret->said_raw = r->said;
    ret->held_raw = r->held;
    ret->said_source = fact_source_def(case_said_source(cx, r))->key;
    if (!r->person || !person_field_by_name(r->attribute, &bit))
        return OK;
    TRY(case_held_now(cx, (person_id){ r->person }, bit, &value, &held));
    if (held.known)
        ret->held_source = fact_source_def((enum fact_source)held.fact.source)->key;
    return OK;
}

static void events_show(struct ctx *cx, const struct case_file *c, struct case_show_out *ret)
{
    ret->events = ARENA_ARRAY(cx->arena, struct case_event, c->event_count + 1);
    for (size_t i = 0; i < c->event_count; i++) {
        const struct case_event_row *e = &c->events[i];
        ret->events[ret->events_count++] = (struct case_event){ .seq = e->seq, .command = e->command, .state = e->state, .at = e->at_us, .actor = e->actor,
                                                                .organisation = e->organisation, .note = e->note };
    }
}

static STATUS holders_show(struct ctx *cx, const struct case_row *r, struct case_show_out *ret)
{
    struct case_holder_row *rows;
    size_t n;
    TRY(case_holders(cx, CASE_SHARD, r->id, &rows, &n));
    ret->holders = ARENA_ARRAY(cx->arena, struct case_holder, n + 1);
    for (size_t i = 0; i < n; i++)
        case_holder_show(cx, &rows[i], r, &ret->holders[ret->holders_count++]);
    return OK;
}

/* So that the officer who has the person's record open settles all that waits about it. */
static STATUS offers_show(struct ctx *cx, const struct case_row *r, struct case_show_out *ret)
{
    struct case_row *rows;
    size_t n = 0;
    ret->offers = ARENA_ARRAY(cx->arena, struct case_offer, OFFERS_MAX);
    if (r->person)
        TRY(cases_of_person(cx, CASE_SHARD, r->person, &rows, &n));
    for (size_t i = 0; i < n && ret->offers_count < OFFERS_MAX; i++)
        if (rows[i].kind == CASE_OFFER && rows[i].queue != QUEUE_DONE && rows[i].queue != QUEUE_HOLDERS && rows[i].id != r->id)
            ret->offers[ret->offers_count++] = (struct case_offer){ .id = rows[i].id, .label = offer_label(cx, rows[i].field), .value = rows[i].said,
                                                                    .evidence = rows[i].source, .due = rows[i].due_us };
    if (ret->offers_count > 0)
        TRY(disclosure_note(cx, (struct subject){ { r->person }, { r->unit } }, FIELDS_SHARED));
    return OK;
}

/* A claim older than CASE_CLAIM_S says nothing any more. */
static bool claim_stands(const struct ctx *cx, const struct case_claim_row *k) { return cx->now_us - k->seen_us < (int64_t)CASE_CLAIM_S * 1000000; }

STATUS case_show(struct ctx *cx, const struct case_show_in *in, struct case_show_out *ret)
{
    struct case_candidate *candidates;
    struct case_claim_row claim;
    enum case_choice proposed;
    struct case_file c;
    size_t n;
    bool claimed;
    TRY(case_find(cx, in->id, &c));
    TRY(case_item_show(cx, &c.row, &ret->item));
    const struct sector_register *s = c.row.register_code.len ? defs_sector(cx->app->defs, c.row.register_code, cx->today) : NULL;
    TRY(sides_show(cx, &c.row, s, ret));
    TRY(case_candidates_read(cx, c.row.doc, &candidates, &n));
    TRY(candidates_show(cx, candidates, n, ret));
    TRY(sources_show(cx, &c.row, ret));
    if (c.row.queue == QUEUE_SETTLE || c.row.queue == QUEUE_EVIDENCE) {
        TRY(case_propose(cx, &c.row, candidates, n, &proposed));
        ret->choices_count = case_choices(cx, &c.row, n, proposed, &ret->choices);
    }
    ret->choice = c.row.choice;
    ret->chosen = c.row.chosen;
    ret->proposer_is_me = c.row.state == CASE_STATE_PROPOSED && c.row.decider == cx->actor.account.v;
    TRY(case_claim_get(cx, CASE_SHARD, in->id, &claim, &claimed));
    if (claimed && claim.account != cx->actor.account.v && claim_stands(cx, &claim)) {
        ret->claimed_by = claim.actor;
        ret->has_claimed_since = true;
        ret->claimed_since = claim.since_us;
    }
    events_show(cx, &c, ret);
    TRY(offers_show(cx, &c.row, ret));
    return holders_show(cx, &c.row, ret);
}

STATUS case_claim(struct ctx *cx, const struct case_claim_in *in, struct case_claim_out *ret)
{
    struct case_claim_row k = { 0 };
    struct case_file c;
    bool claimed;
    TRY(case_find(cx, in->id, &c));
    TRY(case_claim_get(cx, CASE_SHARD, in->id, &k, &claimed));
    claimed = claimed && claim_stands(cx, &k);
    bool mine = !claimed || k.account == cx->actor.account.v;
    if (mine && c.row.queue != QUEUE_DONE) {
        k = (struct case_claim_row){ cx->actor.account.v, cx->actor.name, cx->actor.organisation, claimed ? k.since_us : cx->now_us, cx->now_us };
        TRY(case_claim_set(cx, &(struct case_claim_set_params){ .shard = CASE_SHARD, .case_id = in->id, .account = k.account, .actor = k.actor,
                               .organisation = k.organisation, .since_us = k.since_us, .seen_us = k.seen_us }, NULL));
    }
    *ret = (struct case_claim_out){ .mine = mine, .claimed_by = k.actor, .claimed_since = k.since_us };
    return OK;
}
