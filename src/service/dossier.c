/* A dossier as the fold of its events: found, judged, moved. Every change passes dossier_move(), so that no state can be
 * reached that the table does not know, no decision comes twice in a generation, and none is made on an old view.
 * tested by: src/service/test/dossier_test.c */
#include "service/inside.h"

#include <stdatomic.h>
#include <string.h>

enum { STRIPES = 16, STRIPE_STEP = 100 };

/* --- who may -------------------------------------------------------------------------------------------------------------- */

bool dossier_is_own(const struct ctx *cx, const struct dossier *d)
{
    return (cx->actor.roles & ROLE_CITIZEN) && cx->actor.person.v && cx->actor.person.v == d->row.applicant;
}

bool dossier_is_held(const struct ctx *cx, const struct dossier *d)
{
    return (cx->actor.roles & ROLE_OFFICER) && cx->actor.organisation.len > 0 && str_eq(cx->actor.organisation, d->row.organisation);
}

/* NĐ 118/2025/NĐ-CP: received regardless of the place within the province. A draft is only the one's who makes it. */
bool dossier_is_near(const struct ctx *cx, const struct dossier *d)
{
    const struct defs *defs = cx->app->defs;
    if (!(cx->actor.roles & ROLE_OFFICER) || !cx->actor.unit.v)
        return false;
    if (d->row.state == DOSSIER_DRAFT)
        return d->row.account == cx->actor.account.v;
    return defs_unit_province(defs, cx->actor.unit).v == defs_unit_province(defs, (unit_id){ d->row.unit }).v;
}

/* A dossier that began a life event is moved by that alone: its legs are where officers decide. */
static bool led_by_event(enum dossier_command c)
{
    return c != COMMAND_SAVE && c != COMMAND_SUBMIT && c != COMMAND_SUPPLY && c != COMMAND_PAY && c != COMMAND_TIME_OUT;
}

bool dossier_may(const struct ctx *cx, const struct dossier *d, enum dossier_command command)
{
    if (d->procedure->begin_count && led_by_event(command))
        return cx->actor.roles & ROLE_OPERATOR;
    switch (command) {
    case COMMAND_SAVE:
        if (cx->actor.roles & ROLE_OPERATOR) /* prepared for the family from a hospital's notice */
            return true;
        __attribute__((fallthrough));
    case COMMAND_SUBMIT: return dossier_is_own(cx, d) || (d->row.account == cx->actor.account.v && (cx->actor.roles & ROLE_OFFICER));
    case COMMAND_SUPPLY:
    case COMMAND_WITHDRAW: return dossier_is_own(cx, d) || dossier_is_near(cx, d);
    case COMMAND_ACCEPT:
    case COMMAND_DECLINE:
    case COMMAND_DELIVER: return dossier_is_near(cx, d);
    case COMMAND_PAY: return dossier_is_near(cx, d) || (cx->actor.roles & ROLE_OPERATOR);
    case COMMAND_TIME_OUT: return cx->actor.roles & ROLE_OPERATOR;
    case COMMAND_TAKE:
    case COMMAND_ASK_SUPPLEMENT:
    case COMMAND_CHARGE:
    case COMMAND_STOP:
    case COMMAND_FORWARD:
    case COMMAND_APOLOGISE:
    case COMMAND_GRANT:
    case COMMAND_REFUSE:
    case COMMAND_REOPEN: return dossier_is_held(cx, d);
    case DOSSIER_COMMAND_COUNT: break;
    }
    return false;
}

/* --- finding -------------------------------------------------------------------------------------------------------------- */

STATUS dossier_find(struct ctx *cx, int64_t id, struct dossier *ret)
{
    bool found;
    memset(ret, 0, sizeof *ret);
    TRY(dossier_get(cx, SHARD, id, &ret->row, &found));
    if (!found)
        return FAIL(DOSSIER_MISSING);
    if (!dossier_is_own(cx, ret) && !dossier_is_held(cx, ret) && !dossier_is_near(cx, ret) && !(cx->actor.roles & ROLE_OPERATOR))
        return FAIL(DOSSIER_MISSING);
    ret->procedure = defs_procedure(cx->app->defs, ret->row.procedure_key, (day){ ret->row.procedure_day });
    if (!ret->procedure)
        return FAIL_WITH(PROCEDURE_UNKNOWN, STR("procedure"), ret->row.procedure_key);
    return dossier_events(cx, SHARD, id, &ret->events, &ret->event_count);
}

void dossier_purpose(struct ctx *cx, const struct dossier *d)
{
    cx->purpose = (struct purpose){ STR("dossier"), arena_printf(cx->arena, "%lld", (long long)d->row.id) };
}

void dossier_now(const struct dossier *d, struct dossier_now *ret)
{
    *ret = (struct dossier_now){
        .dossier = d->row.id, .version = d->row.version, .state = d->row.state, .portal_code = state_portal_code((enum dossier_state)d->row.state),
        .code = d->row.code, .has_due = d->row.due_us > 0, .due = d->row.due_us,
    };
}

/* --- the clock ------------------------------------------------------------------------------------------------------------ */

/* Offices by the order in which they first held it. */
static int32_t holder_index(const struct dossier *d, size_t event)
{
    for (size_t i = 0; i < event; i++)
        if (str_eq(d->events[i].holder, d->events[event].holder))
            return (int32_t)i;
    return (int32_t)event;
}

void dossier_life(const struct ctx *cx, const struct dossier *d, struct clock_life *ret)
{
    struct clock_event *events = ARENA_ARRAY(cx->arena, struct clock_event, d->event_count + 1);
    for (size_t i = 0; i < d->event_count; i++)
        events[i] = (struct clock_event){ (enum dossier_command)d->events[i].command, (enum dossier_state)d->events[i].state,
                                          d->events[i].at_us, holder_index(d, i) };
    *ret = (struct clock_life){
        .calendar = defs_calendar(cx->app->defs), .received_until = defs_received_until(cx->app->defs),
        .deadline = { d->procedure->working_days, d->procedure->working_hours, d->procedure->restart },
        .events = events, .count = d->event_count, .now_us = cx->now_us,
    };
}

static void clock_keep(struct ctx *cx, struct dossier *d, enum dossier_state to)
{
    struct clock_life life;
    struct dossier_clock k;
    bool waits = to == DOSSIER_AWAITING_SUPPLEMENT || to == DOSSIER_AWAITING_PAYMENT;
    dossier_life(cx, d, &life);
    dossier_clock_fold(&life, &k);
    d->row.due_us = k.due_us;
    d->row.ended_us = k.ended_us;
    d->row.until_us = 0;
    if (waits) {
        day last = calendar_add_days(life.calendar, cx->today, d->procedure->supplement_days);
        d->row.until_us = working_day_end(life.calendar, last);
    }
}

/* --- writing -------------------------------------------------------------------------------------------------------------- */

/* What every command of an office touches is kept in stripes, so that transactions side by side seldom meet: one on SQLite, which has
 * one writer; on PostgreSQL one a thread, begun anywhere, since other processes have theirs. */
static int stripe_count(const struct ctx *cx) { return store_engine(cx->app->store) == STORE_SQLITE ? 1 : STRIPES; }

static int16_t stripe_own(const struct ctx *cx)
{
    static _Atomic uint64_t threads;
    static _Thread_local int16_t own = -1;
    if (stripe_count(cx) == 1)
        return 0;
    if (threads == 0)
        threads = random_u64();
    if (own < 0)
        own = (int16_t)(atomic_fetch_add(&threads, 1) % STRIPES);
    return own;
}

static STATUS figure_move(struct ctx *cx, str organisation, int16_t state, int64_t by)
{
    if (organisation.len == 0)
        return OK;
    return dossier_figure_add(cx, SHARD, organisation, (int16_t)(state + STRIPE_STEP * stripe_own(cx)), by, NULL);
}

static STATUS row_write(struct ctx *cx, const struct dossier *d)
{
    const struct dossier_row *r = &d->row;
    int64_t changed = 0;
    TRY(dossier_set(cx, &(struct dossier_set_params){
        .shard = SHARD, .id = r->id, .expected = r->version - 1, .version = r->version, .state = r->state, .generation = r->generation,
        .code = r->code, .organisation = r->organisation, .unit = r->unit, .assignee = r->assignee, .step = r->step,
        .submitted_us = r->submitted_us, .due_us = r->due_us, .ended_us = r->ended_us, .until_us = r->until_us, .fee = r->fee,
        .paid = r->paid, .granted = r->granted, .answers = r->answers }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

static STATUS event_add(struct ctx *cx, struct dossier *d, const struct move *m, enum dossier_state to)
{
    struct dossier_event_row *events = ARENA_ARRAY(cx->arena, struct dossier_event_row, d->event_count + 1);
    struct dossier_event_row e = { .seq = (int32_t)d->event_count + 1, .command = (int16_t)m->command, .state = (int16_t)to, .step = d->row.step,
                                   .at_us = cx->now_us, .account = cx->actor.account.v, .actor = cx->actor.organisation,
                                   .holder = d->row.organisation, .note = m->note, .amount = m->amount };
    if (d->event_count >= EVENTS_MAX)
        return FAIL(OVERLOADED);
    if (d->event_count)
        memcpy(events, d->events, d->event_count * sizeof *events);
    events[d->event_count++] = e;
    d->events = events;
    return dossier_event_add(cx, &(struct dossier_event_add_params){
        .shard = SHARD, .dossier = d->row.id, .seq = e.seq, .command = e.command, .state = e.state, .step = e.step, .at_us = e.at_us,
        .account = e.account, .actor = e.actor, .holder = e.holder, .note = e.note, .amount = e.amount }, NULL);
}

/* NĐ 61/2018/NĐ-CP Đ17, Đ19: what goes against the applicant, or asks something of him, is explained. */
static bool needs_reason(enum dossier_command c)
{
    return c == COMMAND_DECLINE || c == COMMAND_ASK_SUPPLEMENT || c == COMMAND_CHARGE || c == COMMAND_STOP || c == COMMAND_REFUSE || c == COMMAND_REOPEN ||
           c == COMMAND_APOLOGISE;
}

STATUS dossier_move(struct ctx *cx, struct dossier *d, const struct move *m)
{
    enum dossier_state from = (enum dossier_state)d->row.state, to;
    str holder = d->row.organisation;
    if (!dossier_may(cx, d, m->command))
        return FAIL(NOT_ALLOWED);
    if (needs_reason(m->command) && str_trim(m->note).len == 0)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    if (m->expected_version >= 0 && m->expected_version != d->row.version)
        return FAIL(VERSION_CONFLICT);
    if (!state_move(from, m->command, &to))
        return FAIL_WITH(DOSSIER_STATE, STR("dossier"), str_of(state_word(from)));
    d->row.version++;
    d->row.state = (int16_t)to;
    if (m->command == COMMAND_REOPEN) {
        d->row.generation++;
        d->row.granted = GRANTED_NOT_YET;
        d->row.step = 0;
    }
    if (m->to) {
        d->row.organisation = m->to->code;
        d->row.unit = m->to->unit.v;
    }
    if (m->command != COMMAND_SAVE)
        TRY(event_add(cx, d, m, to));
    clock_keep(cx, d, to);
    TRY(row_write(cx, d));
    bool moved = from != to || !str_eq(holder, d->row.organisation);
    if (moved && from != DOSSIER_DRAFT)
        TRY(figure_move(cx, holder, (int16_t)from, -1));
    if (moved)
        TRY(figure_move(cx, d->row.organisation, (int16_t)to, 1));
    if (!dossier_is_own(cx, d))
        dossier_purpose(cx, d);
    TRY(change_note(cx, (struct subject){ (person_id){ d->row.applicant }, UNIT_NONE }, 0));
    bool told_by_event = d->procedure->begin_count && m->command == COMMAND_GRANT; /* that all its legs are done says more */
    return m->command == COMMAND_SAVE || told_by_event ? OK : dossier_tell(cx, d, command_word(m->command), (int32_t)d->event_count);
}

STATUS dossier_tell(struct ctx *cx, const struct dossier *d, const char *what, int32_t seq)
{
    return notice_make(cx, &(struct notice_event){
        .name = arena_printf(cx->arena, "dossier.%s", what), .about = d->row.id, .seq = seq, .code = d->row.code, .subject_vi = d->procedure->name_vi,
        .subject_en = d->procedure->name_en, .applicant = { d->row.applicant }, .assignee = { d->row.assignee }, .organisation = d->row.organisation });
}

STATUS dossier_new(struct ctx *cx, const struct procedure *p, const struct person *applicant, struct dossier *ret)
{
    struct dossier_row *r = &ret->row;
    memset(ret, 0, sizeof *ret);
    ret->procedure = p;
    *r = (struct dossier_row){ .id = id_fresh(cx->now_us), .version = 1, .state = DOSSIER_DRAFT,
                               .generation = 1, .procedure_key = p->key, .procedure_day = cx->today.ymd, .applicant = applicant->id.v,
                               .account = cx->actor.account.v, .created_us = cx->now_us,
                               .channel = cx->actor.roles & ROLE_CITIZEN ? CHANNEL_ONLINE : CHANNEL_COUNTER };
    r->fee = r->channel == CHANNEL_ONLINE ? p->fee_online : p->fee_counter;
    TRY(form_store(cx, NULL, 0, &r->answers));
    return dossier_add(cx, &(struct dossier_add_params){
        .shard = SHARD, .id = r->id, .version = r->version, .state = r->state, .generation = r->generation, .procedure_key = r->procedure_key,
        .procedure_day = r->procedure_day, .applicant = r->applicant, .account = r->account, .channel = r->channel, .created_us = r->created_us,
        .fee = r->fee, .answers = r->answers }, NULL);
}

/* H08.12-260701-0001: the office, the day, a number of the day with four digits or more (TT 01/2018/TT-VPCP Đ19). Every stripe has
 * the numbers of its own remainder, so on PostgreSQL some of a day's numbers may be left out. */
STATUS dossier_code_new(struct ctx *cx, struct dossier *d)
{
    struct dossier_counter_get_row counter;
    bool found;
    int32_t on_day = stripe_count(cx) == 1 ? cx->today.ymd : cx->today.ymd * STRIPE_STEP + stripe_own(cx);
    TRY(dossier_counter_take(cx, SHARD, d->row.organisation, on_day, 2, NULL));
    TRY(dossier_counter_get(cx, SHARD, d->row.organisation, on_day, &counter, &found));
    MUST(found);
    int64_t number = (counter.next - 2) * stripe_count(cx) + stripe_own(cx) + 1;
    d->row.code = arena_printf(cx->arena, "%.*s-%06d-%04lld", STR_ARG(d->row.organisation), cx->today.ymd % 1000000, (long long)number);
    return dossier_code_add(cx, d->row.code, SHARD, d->row.id, NULL);
}
