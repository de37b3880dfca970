/* A bundle as those see it who are concerned: one line that says where it stands and who has it, the legs with their clocks, and what
 * happened. The applicant reads which office, never which officer.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

#include <string.h>

enum { PAGE_MOST = 50 };

static str organisation_name(struct ctx *cx, str code)
{
    struct organisation o;
    if (code.len == 0 || !defs_organisation(cx->arena, cx->app->defs, code, &o))
        return code;
    return lang_of(cx, o.name_vi, o.name_en);
}

static str leg_name(const struct ctx *cx, const struct bundle *b, int leg) { return lang_of(cx, b->event->legs[leg].name_vi, b->event->legs[leg].name_en); }

/* Who may act on a leg: the office that has it; of a person who is asked, himself. */
bool leg_may_work(const struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg_row *l = &b->legs[leg];
    if (!(b->held >> leg & 1) || !leg_is_owned((enum leg_state)l->state) || l->node.len)
        return false;
    if ((cx->actor.roles & ROLE_CITIZEN) && l->person && cx->actor.person.v == l->person)
        return true;
    return (cx->actor.roles & ROLE_OFFICER) && l->organisation.len && str_eq(l->organisation, cx->actor.organisation);
}

static bool leg_late(const struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg_row *l = &b->legs[leg];
    int64_t at = l->ended_us ? l->ended_us : cx->now_us;
    return b->event->legs[leg].counted && l->due_us && at > l->due_us;
}

static bool leg_unanswered(const struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg_row *l = &b->legs[leg];
    int64_t by = l->sent_us ? calendar_add_minutes(defs_calendar(cx->app->defs), l->sent_us, b->event->acknowledge_minutes) : 0;
    return l->state == LEG_SENT && by && cx->now_us >= by;
}

struct life_leg_item leg_item_of(struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg_row *l = &b->legs[leg];
    return (struct life_leg_item){
        .key = b->event->legs[leg].key, .name = leg_name(cx, b, leg), .state = l->state, .version = l->version, .owner = l->organisation,
        .owner_name = organisation_name(cx, l->organisation), .person_asked = l->person != 0, .node = l->node, .has_sent = l->sent_us > 0,
        .sent = l->sent_us, .has_due = l->due_us > 0, .due = l->due_us, .has_ended = l->ended_us > 0, .ended = l->ended_us,
        .late = leg_late(cx, b, leg), .unanswered = leg_unanswered(cx, b, leg), .reason = l->reason, .mine = leg_may_work(cx, b, leg),
    };
}

STATUS life_now_of(struct ctx *cx, const struct bundle *b, struct life_now *ret)
{
    enum leg_state states[LIFE_LEGS_MAX];
    *ret = (struct life_now){
        .bundle = b->row.id, .version = b->row.version, .state = b->row.state, .code = b->row.code, .event = b->row.event,
        .name = lang_of(cx, b->event->name_vi, b->event->name_en), .began = b->row.began_us, .has_ended = b->row.ended_us > 0, .ended = b->row.ended_us,
    };
    bundle_states(b, states);
    int awaited = b->row.state == BUNDLE_OPEN && bundle_is_home(b) ? leg_awaited(b->event, states) : LEG_NONE;
    if (awaited >= 0) {
        ret->awaited = leg_name(cx, b, awaited);
        ret->awaited_of = organisation_name(cx, b->legs[awaited].organisation);
    }
    return OK;
}

static STATUS answers_show(struct ctx *cx, const struct bundle *b, struct life_show_out *ret)
{
    const struct procedure *p = defs_procedure(cx->app->defs, b->event->procedure, (day){ b->row.event_day });
    size_t fields = p ? p->field_count : 0;
    ret->answers = ARENA_ARRAY(cx->arena, struct life_answer, fields + 1);
    for (size_t i = 0; i < fields; i++) {
        const struct procedure_field *f = &p->fields[i];
        const struct answer *a = bundle_known(b, arena_printf(cx->arena, "form.%.*s", STR_ARG(f->key)));
        if (a && a->value.len > 0)
            ret->answers[ret->answers_count++] = (struct life_answer){ f->key, lang_of(cx, f->label_vi, f->label_en), a->value, form_shown(cx, f, a->value, cx->lang) };
    }
    return disclosure_note(cx, (struct subject){ { b->row.applicant }, UNIT_NONE }, UINT64_C(1) << FIELD_NUMBER);
}

STATUS life_show(struct ctx *cx, const struct life_show_in *in, struct life_show_out *ret)
{
    struct life_moment_row *moments;
    struct bundle b;
    size_t count;
    TRY(bundle_find(cx, in->bundle, &b));
    if (!bundle_may_see(cx, &b))
        return FAIL(LIFE_MISSING);
    TRY(life_now_of(cx, &b, &ret->now));
    ret->legs = ARENA_ARRAY(cx->arena, struct life_leg_item, LIFE_LEGS_MAX);
    for (size_t i = 0; i < b.event->leg_count; i++)
        if (b.held >> i & 1)
            ret->legs[ret->legs_count++] = leg_item_of(cx, &b, (int)i);
    TRY(life_moments(cx, SHARD, b.row.id, &moments, &count));
    ret->moments = ARENA_ARRAY(cx->arena, struct life_moment_item, count + 1);
    for (size_t i = 0; i < count; i++)
        ret->moments[ret->moments_count++] = (struct life_moment_item){
            leg_name(cx, &b, moments[i].leg), str_of(leg_command_word((enum leg_command)moments[i].command)),
            str_of(leg_state_word((enum leg_state)moments[i].state)), moments[i].at_us, organisation_name(cx, moments[i].actor), moments[i].note };
    if (cx->actor.person.v != b.row.applicant || !cx->actor.person.v)
        cx->purpose = (struct purpose){ STR("life"), arena_printf(cx->arena, "%lld", (long long)b.row.id) };
    return answers_show(cx, &b, ret);
}

static struct life_task task_of(struct ctx *cx, const struct bundle *b, int leg)
{
    struct life_leg_item item = leg_item_of(cx, b, leg);
    return (struct life_task){ .bundle = b->row.id, .leg = item.key, .name = item.name, .event = lang_of(cx, b->event->name_vi, b->event->name_en),
                               .code = b->row.code, .version = item.version, .state = item.state, .has_due = item.has_due, .due = item.due,
                               .late = item.late, .unanswered = item.unanswered,
                               .mine = b->legs[leg].assignee && b->legs[leg].assignee == cx->actor.account.v };
}

STATUS life_mine(struct ctx *cx, const struct life_mine_in *in, struct life_mine_out *ret)
{
    struct life_bundle_row *rows;
    struct life_leg_row *legs;
    struct bundle b;
    size_t count;
    (void)in;
    TRY(life_bundles_of(cx, SHARD, cx->actor.person.v, INT64_MAX, &rows, &count));
    ret->bundles = ARENA_ARRAY(cx->arena, struct life_now, count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(bundle_find(cx, rows[i].id, &b));
        TRY(life_now_of(cx, &b, &ret->bundles[ret->bundles_count++]));
    }
    TRY(life_legs_asked(cx, SHARD, cx->actor.person.v, &legs, &count));
    ret->asked = ARENA_ARRAY(cx->arena, struct life_task, count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(bundle_find(cx, legs[i].bundle, &b));
        ret->asked[ret->asked_count++] = task_of(cx, &b, legs[i].leg);
    }
    return OK;
}

STATUS life_queue(struct ctx *cx, const struct life_queue_in *in, struct life_queue_out *ret)
{
    static const enum leg_state states[] = { LEG_SENT, LEG_ACKNOWLEDGED, LEG_PROCESSING, LEG_DONE, LEG_REFUSED };
    struct life_leg_row *rows;
    struct bundle b;
    size_t count;
    if (cx->actor.organisation.len == 0)
        return OK;
    TRY(life_legs_queued(cx, &(struct life_legs_queued_params){ .shard = SHARD, .organisation = cx->actor.organisation, .state = (int16_t)states[in->state],
                                                                .after_due = in->has_after_due ? in->after_due : INT64_MIN,
                                                                .after_bundle = in->has_after_bundle ? in->after_bundle : 0, .most = PAGE_MOST + 1 }, &rows, &count));
    ret->tasks = ARENA_ARRAY(cx->arena, struct life_task, PAGE_MOST);
    ret->more = count > PAGE_MOST;
    for (size_t i = 0; i < count && i < PAGE_MOST; i++) {
        TRY(bundle_find(cx, rows[i].bundle, &b));
        ret->tasks[ret->tasks_count++] = task_of(cx, &b, rows[i].leg);
        ret->next_due = rows[i].due_us;
        ret->next_bundle = rows[i].bundle;
    }
    return OK;
}
