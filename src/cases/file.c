/* A case as the fold of its events: found, judged, moved. Every change passes case_move(), so that no state can be reached that
 * the table does not know and nobody decides on an old view.
 * tested by: src/cases/test/case_test.c */
#include "cases/inside.h"

#include <string.h>

bool case_is_near(const struct ctx *cx, unit_id unit)
{
    if (cx->actor.roles & (ROLE_COORDINATOR | ROLE_OPERATOR))
        return true;
    return (cx->actor.roles & ROLE_OFFICER) && cx->actor.unit.v && unit.v && defs_unit_covers(cx->app->defs, cx->actor.unit, unit);
}

STATUS case_find(struct ctx *cx, int64_t id, struct case_file *ret)
{
    bool found;
    memset(ret, 0, sizeof *ret);
    TRY(case_get(cx, CASE_SHARD, id, &ret->row, &found));
    if (!found || !case_is_near(cx, (unit_id){ ret->row.unit }))
        return FAIL(CASE_MISSING);
    return case_events(cx, CASE_SHARD, id, &ret->events, &ret->event_count);
}

void case_purpose(struct ctx *cx, int64_t id)
{
    cx->purpose = (struct purpose){ STR("case"), arena_printf(cx->arena, "%lld", (long long)id) };
}

void case_now(const struct case_file *c, struct case_now *ret)
{
    *ret = (struct case_now){ .id = c->row.id, .version = c->row.version, .state = c->row.state, .queue = c->row.queue, .due = c->row.due_us };
}

static const char *const kind_words[CASE_KIND_COUNT] = { "conflict", "ambiguous", "duplicate", "same_person", "deceased", "moved", "cancelled", "offer" };

str case_kind_word(const struct case_row *r) { return str_of(kind_words[r->kind]); }

/* A word without a number of days is refused when definitions are loaded (cases_check). */
int64_t case_due(const struct ctx *cx, str word)
{
    int days = defs_days(cx->app->defs, word);
    MUST(days >= 0);
    const struct calendar *c = defs_calendar(cx->app->defs);
    day from = calendar_receipt_day(c, cx->now_us, defs_received_until(cx->app->defs)), last = calendar_add_days(c, from, days);
    return day_start_us(last) + (int64_t)c->spans[c->span_count - 1].to_minute * 60 * 1000000;
}

STATUS case_figure_count(struct ctx *cx, const struct case_row *r, int by)
{
    return case_figure_move(cx, &(struct case_figure_move_params){ .shard = CASE_SHARD, .unit = r->unit, .kind = r->kind, .queue = r->queue, .by_count = by }, NULL);
}

/* Who was faster, and what came of it: "lan, 14:05 20/11/2026: adjudicated". */
static str faster(struct ctx *cx, const struct case_file *c)
{
    enum { SECOND_US = 1000000, DAY_S = 86400, EAST_S = 7 * 3600 };
    const struct case_event_row *e = &c->events[c->event_count - 1];
    int64_t second = (e->at_us / SECOND_US + EAST_S) % DAY_S;
    str on = day_vi(cx->arena, day_of_us(e->at_us));
    return arena_printf(cx->arena, "%.*s, %02d:%02d %.*s: %s", STR_ARG(e->actor), (int)(second / 3600), (int)(second / 60 % 60), STR_ARG(on),
                        case_command_word((enum case_command)e->command));
}

static STATUS event_add(struct ctx *cx, struct case_file *c, const struct case_move *m, enum case_state to)
{
    struct case_event_row *events = ARENA_ARRAY(cx->arena, struct case_event_row, c->event_count + 1);
    struct case_event_row e = { .seq = (int32_t)c->event_count + 1, .command = (int16_t)m->command, .state = (int16_t)to, .at_us = cx->now_us,
                                .account = cx->actor.account.v, .actor = cx->actor.name, .organisation = cx->actor.organisation, .note = m->note };
    if (c->event_count >= CASE_EVENTS_MAX)
        return FAIL(OVERLOADED);
    if (c->event_count)
        memcpy(events, c->events, c->event_count * sizeof *events);
    events[c->event_count++] = e;
    c->events = events;
    return case_event_add(cx, &(struct case_event_add_params){ .shard = CASE_SHARD, .case_id = c->row.id, .seq = e.seq, .command = e.command, .state = e.state,
                              .at_us = e.at_us, .account = e.account, .actor = e.actor, .organisation = e.organisation, .note = e.note }, NULL);
}

static STATUS row_write(struct ctx *cx, const struct case_row *r)
{
    int64_t changed = 0;
    TRY(case_set(cx, &(struct case_set_params){
        .shard = CASE_SHARD, .id = r->id, .expected = r->version - 1, .version = r->version, .state = r->state, .queue = r->queue,
        .said_hash = r->said_hash, .row_id = r->row_id, .person = r->person, .unit = r->unit, .said = r->said, .held = r->held, .choice = r->choice,
        .chosen = r->chosen, .decider = r->decider, .due_us = r->due_us, .ended_us = r->ended_us, .source = r->source, .doc = r->doc }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS case_fresh(struct ctx *cx, const struct case_file *c, int64_t version)
{
    return version == c->row.version ? OK : FAIL_WITH(CASE_SETTLED, STR("case"), faster(cx, c));
}

STATUS case_move(struct ctx *cx, struct case_file *c, const struct case_move *m)
{
    enum case_state to;
    if (m->expected_version >= 0)
        TRY(case_fresh(cx, c, m->expected_version));
    if (!case_state_move((enum case_state)c->row.state, m->command, &to))
        return FAIL_WITH(CASE_STATE, STR("case"), str_of(case_state_word((enum case_state)c->row.state)));
    enum case_queue queue = case_state_queue(to);
    if (queue != (enum case_queue)c->row.queue)
        TRY(case_figure_count(cx, &c->row, -1));
    bool moved = queue != (enum case_queue)c->row.queue;
    c->row.version++;
    c->row.state = (int16_t)to;
    c->row.queue = (int16_t)queue;
    c->row.ended_us = queue == QUEUE_DONE ? cx->now_us : 0;
    if (moved)
        TRY(case_figure_count(cx, &c->row, 1));
    TRY(event_add(cx, c, m, to));
    TRY(row_write(cx, &c->row));
    TRY(change_note(cx, (struct subject){ { c->row.person }, { c->row.unit } }, 0));
    return case_tell(cx, c, m->command);
}
