/* Showing dossiers: one with its course and who held it how long, an office's queue by what is due first, a citizen's own;
 * and the procedures. Every value of a person that leaves here was noted, with the dossier as its ground.
 * tested by: src/service/test/dossier_test.c */
#include "service/inside.h"

#include <string.h>

enum { QUEUE_MOST = 50, MINE_MOST = 20, MINUTE_US = 60 * 1000000 };

static STATUS item_of(struct ctx *cx, const struct dossier_row *r, struct dossier_item *ret)
{
    const struct procedure *p = defs_procedure(cx->app->defs, r->procedure_key, (day){ r->procedure_day });
    const struct calendar *c = defs_calendar(cx->app->defs);
    struct person applicant;
    bool known;
    TRY(person_by_id(cx, (person_id){ r->applicant }, &applicant, &known));
    TRY(disclosure_note(cx, (struct subject){ { r->applicant }, applicant.unit }, UINT64_C(1) << FIELD_NAME));
    *ret = (struct dossier_item){
        .dossier = r->id, .version = r->version, .state = r->state, .code = r->code, .procedure = r->procedure_key,
        .name = p ? lang_of(cx, p->name_vi, p->name_en) : r->procedure_key, .applicant = known ? applicant.name : STR(""),
        .has_submitted = r->submitted_us > 0, .submitted = r->submitted_us, .has_due = r->due_us > 0, .due = r->due_us,
        .mine = r->assignee && r->assignee == cx->actor.account.v,
    };
    int64_t until = r->ended_us ? r->ended_us : cx->now_us;
    ret->late = r->due_us && until > r->due_us;
    if (r->due_us)
        ret->left = calendar_days_between(c, day_of_us(until), day_of_us(r->due_us));
    return OK;
}

static STATUS answers_show(struct ctx *cx, const struct dossier *d, struct dossier_show_out *ret)
{
    uint64_t fields = UINT64_C(1) << FIELD_NUMBER;
    struct person_fact *facts = NULL;
    size_t count = 0;
    TRY(form_load(cx, d->row.answers, &ret->answers, &ret->answers_count));
    struct form_walk walk = { .procedure = d->procedure, .answers = { ret->answers, ret->answers_count } };
    struct procedure_place at;
    ret->form = ARENA_ARRAY(cx->arena, struct form_field, FORM_ANSWERS_MAX);
    while (form_next(&walk, &at))
        ret->form[ret->form_count++] = form_field_of(cx, &at);
    if (!dossier_is_held(cx, d) || !state_is_open((enum dossier_state)d->row.state))
        return OK;
    for (size_t i = 0; i < d->procedure->component_count; i++)
        fields |= d->procedure->components[i].fields;
    TRY(applicant_facts(cx, d, fields, &facts, &count));
    ret->fetched = ARENA_ARRAY(cx->arena, struct answer, count + 1);
    for (size_t i = 0; i < count; i++)
        if (str_eq(facts[i].field, STR("number")))
            ret->has_applicant_number = str_i64(facts[i].value, &ret->applicant_number);
        else
            ret->fetched[ret->fetched_count++] = (struct answer){ facts[i].field, facts[i].shown };
    return OK;
}

static void events_show(struct ctx *cx, const struct dossier *d, struct dossier_show_out *ret)
{
    ret->events = ARENA_ARRAY(cx->arena, struct dossier_event, d->event_count + 1);
    for (size_t i = 0; i < d->event_count; i++) {
        const struct dossier_event_row *e = &d->events[i];
        const struct procedure_step *step = (size_t)e->step < d->procedure->step_count ? &d->procedure->steps[e->step] : NULL;
        ret->events[ret->events_count++] = (struct dossier_event){
            .seq = e->seq, .command = str_of(command_word((enum dossier_command)e->command)), .state = str_of(state_word((enum dossier_state)e->state)),
            .step = step ? lang_of(cx, step->label_vi, step->label_en) : STR(""), .at = e->at_us, .holder = e->holder, .note = e->note, .amount = e->amount };
        if (e->command == COMMAND_APOLOGISE) { /* its amount is the promised day */
            struct dossier_event *shown = &ret->events[ret->events_count - 1];
            shown->amount = 0;
            shown->note = arena_printf(cx->arena, "%.*s (%.*s)", STR_ARG(e->note), STR_ARG(day_vi(cx->arena, (day){ (int32_t)e->amount })));
        }
    }
}

/* Who held it how long: lateness falls on the one whose turn it was. */
static void holders_show(struct ctx *cx, const struct dossier *d, struct dossier_show_out *ret)
{
    struct clock_life life;
    struct dossier_clock k;
    dossier_life(cx, d, &life);
    dossier_clock_fold(&life, &k);
    ret->holders = ARENA_ARRAY(cx->arena, struct holder_time, d->event_count + 1);
    for (size_t i = 0; i < d->event_count; i++) {
        struct organisation o;
        int64_t late_us;
        if (life.events[i].holder != (int32_t)i || !d->events[i].holder.len)
            continue; /* it held it before */
        int64_t held = dossier_clock_held_by(&life, (int32_t)i, k.due_us, &late_us);
        bool known = defs_organisation(cx->arena, cx->app->defs, d->events[i].holder, &o);
        ret->holders[ret->holders_count++] = (struct holder_time){
            .organisation = d->events[i].holder, .name = known ? lang_of(cx, o.name_vi, o.name_en) : d->events[i].holder,
            .minutes = held / MINUTE_US, .late_minutes = late_us / MINUTE_US };
    }
}

static void moves_show(struct ctx *cx, const struct dossier *d, struct dossier_show_out *ret)
{
    bool last = (size_t)d->row.step + 1 >= d->procedure->step_count, mine = d->row.assignee == cx->actor.account.v;
    ret->moves = ARENA_ARRAY(cx->arena, str, DOSSIER_COMMAND_COUNT);
    for (int c = 0; c < DOSSIER_COMMAND_COUNT; c++) {
        enum dossier_command command = (enum dossier_command)c;
        enum dossier_state to;
        bool decides = command == COMMAND_GRANT || command == COMMAND_REFUSE;
        if (!state_move((enum dossier_state)d->row.state, command, &to) || !dossier_may(cx, d, command))
            continue;
        if ((decides && (!last || !mine)) || (command == COMMAND_FORWARD && (last || !mine)) || (command == COMMAND_TAKE && mine))
            continue;
        ret->moves[ret->moves_count++] = str_of(command_word(command));
    }
}

STATUS dossier_show(struct ctx *cx, const struct dossier_show_in *in, struct dossier_show_out *ret)
{
    struct dossier d;
    struct organisation o;
    TRY(dossier_find(cx, in->dossier, &d));
    const struct procedure *p = d.procedure;
    if (!dossier_is_own(cx, &d))
        dossier_purpose(cx, &d);
    dossier_now(&d, &ret->now);
    TRY(item_of(cx, &d.row, &ret->item));
    ret->law = p->law;
    ret->organisation = d.row.organisation;
    if (d.row.organisation.len && defs_organisation(cx->arena, cx->app->defs, d.row.organisation, &o))
        ret->organisation_name = lang_of(cx, o.name_vi, o.name_en);
    if ((size_t)d.row.step < p->step_count && state_is_open((enum dossier_state)d.row.state))
        ret->step = lang_of(cx, p->steps[d.row.step].label_vi, p->steps[d.row.step].label_en);
    ret->fee = d.row.fee;
    ret->paid = d.row.paid;
    ret->has_until = d.row.until_us > 0;
    ret->until = d.row.until_us;
    events_show(cx, &d, ret);
    holders_show(cx, &d, ret);
    moves_show(cx, &d, ret);
    return answers_show(cx, &d, ret);
}

STATUS dossier_queue(struct ctx *cx, const struct dossier_queue_in *in, struct dossier_queue_out *ret)
{
    static const enum dossier_state states[] = { DOSSIER_SUBMITTED, DOSSIER_ACCEPTED, DOSSIER_PROCESSING, DOSSIER_AWAITING_SUPPLEMENT, DOSSIER_AWAITING_PAYMENT,
                                                 DOSSIER_DECIDED, DOSSIER_DECLINED, DOSSIER_WITHDRAWN, DOSSIER_STOPPED, DOSSIER_RETURNED };
    int64_t most = in->has_limit ? in->limit : QUEUE_MOST;
    struct dossier_row *rows;
    struct dossier_figures_row *figures;
    size_t count, figure_count;
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    TRY(dossiers_queued(cx, &(struct dossiers_queued_params){ .shard = SHARD, .organisation = cx->actor.organisation, .state = (int16_t)states[in->state],
        .after_due = in->has_after_due ? in->after_due : -1, .after_id = in->has_after_dossier ? in->after_dossier : -1, .most = most + 1 }, &rows, &count));
    ret->more = count > (size_t)most;
    count -= ret->more;
    ret->dossiers = ARENA_ARRAY(cx->arena, struct dossier_item, count + 1);
    cx->purpose = (struct purpose){ STR("dossier"), STR("queue") };
    for (size_t i = 0; i < count; i++)
        TRY(item_of(cx, &rows[i], &ret->dossiers[ret->dossiers_count++]));
    if (ret->more) {
        ret->has_next_due = true;
        ret->next_due = rows[count - 1].due_us;
        ret->next_dossier = rows[count - 1].id;
    }
    TRY(dossier_figures(cx, SHARD, cx->actor.organisation, &figures, &figure_count));
    ret->counts = ARENA_ARRAY(cx->arena, struct state_count, figure_count + 1);
    for (size_t i = 0; i < figure_count; i++)
        ret->counts[ret->counts_count++] = (struct state_count){ str_of(state_word((enum dossier_state)figures[i].state)), figures[i].dossiers };
    return OK;
}

STATUS dossier_mine(struct ctx *cx, const struct dossier_mine_in *in, struct dossier_mine_out *ret)
{
    struct dossier_row *rows;
    size_t count;
    if (!cx->actor.person.v)
        return FAIL(PERSON_MISSING);
    TRY(dossiers_of(cx, &(struct dossiers_of_params){ .shard = SHARD, .applicant = cx->actor.person.v, .before_us = in->has_before ? in->before : INT64_MAX,
        .before_id = in->has_before_dossier ? in->before_dossier : 0, .most = MINE_MOST }, &rows, &count));
    ret->dossiers = ARENA_ARRAY(cx->arena, struct dossier_item, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(item_of(cx, &rows[i], &ret->dossiers[ret->dossiers_count++]));
    ret->has_next = count == MINE_MOST;
    if (ret->has_next) {
        ret->next = rows[count - 1].created_us;
        ret->next_dossier = rows[count - 1].id;
    }
    return OK;
}
