/* Flaws that a unit was asked to mend. An issue is known by register, row and rule, so that finding the flaw again opens nothing
 * new; it closes by itself when the rule holds, and opens again when the flaw comes back and somebody asks once more.
 *
 * Refuses to ask for what is no flaw now, and to waive without a reason.
 * tested by: src/quality/test/quality_test.c */
#include "quality/inside.h"

#include <stdlib.h>

#include "messages/messages.h"
#include "viet/viet.h"

enum { DUE_DAYS = 10, PAGE_ISSUES = 200, SCAN_PAGES = 20 };

static int check_place(const struct sector_register *r, str code)
{
    for (size_t i = 0; i < r->check_count; i++)
        if (str_eq(r->checks[i].code, code))
            return (int)i;
    return -1;
}

/* May this officer speak for rows of the unit? A coordinator for all. */
static bool speaks_for(const struct ctx *cx, unit_id unit)
{
    return (cx->actor.roles & ROLE_COORDINATOR) || (cx->actor.unit.v && unit.v && defs_unit_covers(cx->app->defs, cx->actor.unit, unit));
}

static STATUS issue_open(struct ctx *cx, const struct quality_assign_in *in, unit_id unit, struct quality_assign_out *ret)
{
    struct quality_issue_row old;
    bool known;
    int64_t changed = 1;
    day due = calendar_add_days(defs_calendar(cx->app->defs), cx->today, in->has_due_in ? (int)in->due_in : DUE_DAYS);
    TRY(quality_issue_find(cx, QUALITY_SHARD, in->code, in->row, in->check, &old, &known));
    if (known && old.state == ISSUE_ASSIGNED) {
        *ret = (struct quality_assign_out){ old.id, old.version, { old.due } };
        return OK;
    }
    int32_t version = known ? old.version + 1 : 1;
    int64_t id = known ? old.id : id_fresh(cx->now_us);
    if (known)
        TRY(quality_issue_set(cx, &(struct quality_issue_set_params){ .shard = QUALITY_SHARD, .id = id, .expected = old.version, .version = version,
                                                                      .state = ISSUE_ASSIGNED, .unit = unit.v, .opened_us = cx->now_us, .due = due.ymd,
                                                                      .asked_by = cx->actor.organisation }, &changed));
    else
        TRY(quality_issue_add(cx, &(struct quality_issue_add_params){ .shard = QUALITY_SHARD, .id = id, .version = version, .state = ISSUE_ASSIGNED,
                                                                      .code = in->code, .row_id = in->row, .check_code = in->check, .unit = unit.v,
                                                                      .opened_us = cx->now_us, .due = due.ymd, .asked_by = cx->actor.organisation }, NULL));
    *ret = (struct quality_assign_out){ id, version, due };
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS quality_assign(struct ctx *cx, const struct quality_assign_in *in, struct quality_assign_out *ret)
{
    const struct sector_register *r;
    struct sector_judged j;
    bool known;
    TRY(register_of(cx, in->code, &r));
    int place = check_place(r, in->check);
    if (place < 0)
        return FAIL_WITH(ENUM_UNKNOWN, STR("check"), in->check);
    TRY(sector_row_judged_as(cx, r, in->row, &j, &known));
    if (!known || !speaks_for(cx, j.unit) || !(j.broken >> place & 1))
        return FAIL_AT(ROW_MISSING, STR("row"));
    return issue_open(cx, in, j.unit, ret);
}

static STATUS issue_end(struct ctx *cx, const struct quality_issue_row *i, enum issue_state state, str reason)
{
    int64_t changed;
    TRY(quality_issue_set(cx, &(struct quality_issue_set_params){ .shard = QUALITY_SHARD, .id = i->id, .expected = i->version, .version = i->version + 1,
                                                                  .state = (int16_t)state, .unit = i->unit, .opened_us = i->opened_us, .due = i->due,
                                                                  .ended_us = cx->now_us, .reason = reason, .asked_by = i->asked_by }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

STATUS quality_waive(struct ctx *cx, const struct quality_waive_in *in, struct quality_waive_out *ret)
{
    struct quality_issue_row i;
    bool known;
    TRY(quality_issue_get(cx, QUALITY_SHARD, in->issue, &i, &known));
    if (!known || !speaks_for(cx, (unit_id){ i.unit }))
        return FAIL_AT(ROW_MISSING, STR("issue"));
    if (i.version != in->expected_version || i.state != ISSUE_ASSIGNED)
        return FAIL(VERSION_CONFLICT);
    if (str_is_empty(str_trim(in->reason)))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    TRY(issue_end(cx, &i, ISSUE_WAIVED, in->reason));
    *ret = (struct quality_waive_out){ i.id, i.version + 1 };
    return OK;
}

/* Does the row still fail the rule? A rule that was taken back fails nowhere. */
static STATUS issue_stands(struct ctx *cx, const struct quality_issue_row *i, bool *ret)
{
    const struct sector_register *r = defs_sector(cx->app->defs, i->code, cx->today);
    int place = r ? check_place(r, i->check_code) : -1;
    struct sector_judged j = { 0 };
    bool known = false;
    if (place >= 0)
        TRY(sector_row_judged_as(cx, r, i->row_id, &j, &known));
    *ret = known && j.broken >> place & 1;
    return OK;
}

STATUS issues_verify(struct ctx *cx, int64_t after, int64_t most, int64_t *ret_next, int64_t *ret_closed)
{
    struct quality_issue_row *list;
    size_t n;
    TRY(quality_issues_after(cx, QUALITY_SHARD, ISSUE_ASSIGNED, after, most, &list, &n));
    *ret_next = (int64_t)n == most ? list[n - 1].id : 0;
    for (size_t i = 0; i < n; i++) {
        bool stands;
        TRY(issue_stands(cx, &list[i], &stands));
        if (stands)
            continue;
        TRY(issue_end(cx, &list[i], ISSUE_CLOSED, STR("")));
        ++*ret_closed;
    }
    return OK;
}

STATUS quality_verify(struct ctx *cx, const struct quality_verify_in *in, struct quality_verify_out *ret)
{
    struct quality_issue_row i;
    bool known, stands = false;
    TRY(quality_issue_get(cx, QUALITY_SHARD, in->issue, &i, &known));
    if (!known || !speaks_for(cx, (unit_id){ i.unit }))
        return FAIL_AT(ROW_MISSING, STR("issue"));
    if (i.state == ISSUE_ASSIGNED)
        TRY(issue_stands(cx, &i, &stands));
    bool closes = i.state == ISSUE_ASSIGNED && !stands;
    if (closes)
        TRY(issue_end(cx, &i, ISSUE_CLOSED, STR("")));
    *ret = (struct quality_verify_out){ i.id, i.version + closes, (closes ? ISSUE_CLOSED : i.state) - ISSUE_ASSIGNED };
    return OK;
}

/* --- showing -------------------------------------------------------------------------------------------------------------- */

static str office_name(struct ctx *cx, str code)
{
    struct organisation o;
    if (!defs_organisation(cx->arena, cx->app->defs, code, &o))
        return code;
    return cx->lang == LANG_EN ? o.name_en : o.name_vi;
}

static void item_fill(struct ctx *cx, const struct quality_issue_row *i, struct quality_issue_item *ret)
{
    const struct sector_register *r = defs_sector(cx->app->defs, i->code, cx->today);
    int place = r ? check_place(r, i->check_code) : -1;
    *ret = (struct quality_issue_item){
        .issue = i->id, .version = i->version, .state = i->state - ISSUE_ASSIGNED, .code = i->code, .name = r ? (cx->lang == LANG_EN ? r->en : r->vi) : i->code,
        .row = i->row_id, .check = i->check_code, .says = place >= 0 ? sector_check_says(cx, r, &r->checks[place]) : i->check_code,
        .has_unit = i->unit != 0, .unit = { i->unit }, .unit_name = defs_unit_path(cx->arena, cx->app->defs, (unit_id){ i->unit }, cx->today, cx->lang),
        .opened = i->opened_us, .asked_by = office_name(cx, i->asked_by), .due = { i->due }, .late = i->state == ISSUE_ASSIGNED && i->due < cx->today.ymd, .reason = i->reason };
}

static bool wanted(const struct ctx *cx, const struct quality_issues_in *in, const struct quality_issue_row *i)
{
    if (in->has_late && in->late && (i->state != ISSUE_ASSIGNED || i->due >= cx->today.ymd))
        return false;
    return !in->has_unit || (i->unit && defs_unit_covers(cx->app->defs, in->unit, (unit_id){ i->unit }));
}

STATUS quality_issues(struct ctx *cx, const struct quality_issues_in *in, struct quality_issues_out *ret)
{
    int64_t after = in->has_after ? in->after : 0;
    int16_t state = (int16_t)(in->has_state ? in->state + ISSUE_ASSIGNED : ISSUE_ASSIGNED);
    struct quality_issue_row *list;
    size_t n = PAGE_ISSUES;
    ret->issues = ARENA_ARRAY(cx->arena, struct quality_issue_item, PAGE_ISSUES);
    for (int pages = 0; pages < SCAN_PAGES && n == PAGE_ISSUES; pages++) {
        TRY(quality_issues_after(cx, QUALITY_SHARD, state, after, PAGE_ISSUES, &list, &n));
        for (size_t i = 0; i < n; i++) {
            if (ret->issues_count == PAGE_ISSUES) {
                ret->next = after;
                return OK;
            }
            after = list[i].id;
            if (wanted(cx, in, &list[i]))
                item_fill(cx, &list[i], &ret->issues[ret->issues_count++]);
        }
    }
    ret->next = n == PAGE_ISSUES ? after : 0;
    return OK;
}

/* Most late first. */
static int debt_order(const void *a, const void *b)
{
    const struct quality_debt *x = a, *y = b;
    if (x->late != y->late)
        return x->late > y->late ? -1 : 1;
    if (x->oldest.ymd != y->oldest.ymd)
        return x->oldest.ymd < y->oldest.ymd ? -1 : 1;
    return (x->unit.v > y->unit.v) - (x->unit.v < y->unit.v);
}

STATUS quality_owed(struct ctx *cx, const struct quality_owed_in *in, struct quality_owed_out *ret)
{
    struct quality_debts_cursor cursor DEFER(quality_debts_done) = { 0 };
    struct quality_debts_row row;
    bool more = true;
    ret->units = ARENA_ARRAY(cx->arena, struct quality_debt, DEBTS_MAX);
    TRY(quality_debts_each(cx, QUALITY_SHARD, ISSUE_ASSIGNED, cx->today.ymd, &cursor));
    while (more && ret->units_count < DEBTS_MAX) {
        unit_id unit;
        TRY(quality_debts_next(&cursor, &row, &more));
        unit = (unit_id){ more ? row.unit : 0 };
        if (!more || (in->has_unit && !(unit.v && defs_unit_covers(cx->app->defs, in->unit, unit))))
            continue;
        ret->units[ret->units_count++] = (struct quality_debt){
            .has_unit = unit.v != 0, .unit = unit, .owed = row.owed, .late = row.late, .oldest = { row.oldest },
            .unit_name = unit.v ? defs_unit_path(cx->arena, cx->app->defs, unit, cx->today, cx->lang) : msg_quality_mending_no_unit(cx->lang) };
    }
    qsort(ret->units, ret->units_count, sizeof *ret->units, debt_order);
    return OK;
}
