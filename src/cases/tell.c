/* What is told of a case, so that nobody has to look for what has come to him: a case that another opened for a commune, the answer to
 * one's own move, a decision to be taken over, and what is late. A case that a run opened is told when it is late and not before: a
 * run opens thousands, and the queue shows them.
 *
 * A notice names the kind of the case or the unit, never a person or a value.
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"
#include "messages/messages.h"
#include "notice/notice.h"

/* Of an offer it is told what became of it. */
static const char *event_word(const struct case_row *r, enum case_command command)
{
    if (r->kind == CASE_OFFER && command == DO_ADJUDICATE && r->choice == CHOICE_ACCEPT)
        return "accept";
    if (r->kind == CASE_OFFER && (command == DO_ADJUDICATE || command == DO_WAIVE))
        return "refuse";
    return case_command_word(command);
}

/* Holders are chased again and again, and told of it once for each decision. */
static int32_t event_seq(const struct case_file *c, enum case_command command)
{
    size_t at = c->event_count;
    while (command == DO_CHASE && at > 1 && c->events[at - 1].command != DO_PROPAGATE)
        at--;
    return (int32_t)at;
}

/* Who made the move that this one answers, unless it was the same. */
static account_id answered(const struct ctx *cx, const struct case_file *c)
{
    int64_t before = c->event_count > 1 ? c->events[c->event_count - 2].account : 0;
    return (account_id){ before == cx->actor.account.v ? 0 : before };
}

static str kind_label(struct ctx *cx, const struct case_row *r, enum lang lang)
{
    str label = case_kind_word(r);
    (void)msg_find(arena_printf(cx->arena, "case_kind_%.*s", STR_ARG(label)), lang, &label);
    return label;
}

STATUS case_tell(struct ctx *cx, const struct case_file *c, enum case_command command)
{
    return notice_make(cx, &(struct notice_event){
        .name = arena_printf(cx->arena, "case.%s", event_word(&c->row, command)), .about = c->row.id, .seq = event_seq(c, command), .code = STR(""),
        .subject_vi = kind_label(cx, &c->row, LANG_VI), .subject_en = kind_label(cx, &c->row, LANG_EN), .assignee = answered(cx, c),
        .applicant = { c->row.kind == CASE_OFFER ? c->row.person : 0 }, .unit = { c->row.unit } });
}

/* The cases of a unit that were due on one day are told together. */
static STATUS late_tell(struct ctx *cx, const struct cases_late_row *row)
{
    unit_id unit = { row->unit };
    return notice_make(cx, &(struct notice_event){
        .name = STR("case.late"), .about = row->unit, .seq = day_of_us(row->due_us).ymd, .code = STR(""), .unit = unit,
        .subject_vi = defs_unit_path(cx->arena, cx->app->defs, unit, cx->today, LANG_VI),
        .subject_en = defs_unit_path(cx->arena, cx->app->defs, unit, cx->today, LANG_EN) });
}

STATUS case_late_tell(struct ctx *cx, enum case_queue queue, int64_t most, int64_t *ret_count)
{
    struct case_watch_get_row at = { 0 };
    struct cases_late_row *rows;
    size_t n;
    bool known;
    TRY(case_watch_get(cx, CASE_SHARD, (int16_t)queue, &at, &known));
    TRY(cases_late(cx, &(struct cases_late_params){ .shard = CASE_SHARD, .queue = (int16_t)queue, .after_due = at.due_us, .after_unit = at.unit,
                       .now_us = cx->now_us, .most = most }, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(late_tell(cx, &rows[i]));
    *ret_count = (int64_t)n;
    return n ? case_watch_set(cx, CASE_SHARD, (int16_t)queue, rows[n - 1].due_us, rows[n - 1].unit, NULL) : OK;
}
