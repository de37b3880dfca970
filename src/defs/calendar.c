/* The calendar of working days, from the rules of the law and the years' own decisions, worked out once for all years at
 * load so that asking costs a search. Refuses a calendar without working days, unknown or doubled keys, and a year's
 * decision about a holiday that has no rule.
 * tested by: src/defs/defs_test.c */
#include "defs/inside.h"

#include <stdlib.h>
#include <string.h>

#include "messages/messages.h"

enum { YEAR_FIRST = 2021, YEAR_LAST = 2100, RULES_MAX = 40, DAYS_A_YEAR_MAX = 120, LISTED_MAX = 2000 };

struct reading {
    struct defs *d;
    struct yaml_file *f;
    struct calendar *c;
    struct holiday_rule rules[RULES_MAX];
    str keys[RULES_MAX];
    size_t rule_count;
    int8_t before[YEAR_LAST - YEAR_FIRST + 1][RULES_MAX]; /* a year's own, -1: as the rule says */
    day off[LISTED_MAX], work[LISTED_MAX];
    size_t off_count, work_count;
};

/* "MM-DD" */
static bool month_day_read(struct yaml_file *f, struct yaml_node *node, struct holiday_rule *rule)
{
    str text = { 0 };
    int64_t month = 0, day_number = 0;
    if (!yaml_str(f, node, &text))
        return false;
    if (text.len != 5 || text.ptr[2] != '-' || !str_i64(str_slice(text, 0, 2), &month) || !str_i64(str_from(text, 3), &day_number) ||
        month < 1 || month > 12 || day_number < 1 || day_number > 31) {
        yaml_problem(f, node, msg_defs_year_day(text), msg_defs_fix_year_day_written());
        return false;
    }
    rule->month = (int)month;
    rule->day = (int)day_number;
    return true;
}

static void rule_read(struct reading *r, struct yaml_node *node)
{
    struct holiday_rule rule = { .days = 1 };
    int64_t days = 1, before = 0;
    day from = { 0 }, to = { 0 };
    str key = { 0 }, vi, en;
    struct yaml_node *lunar = yaml_get(node, "lunar"), *solar = yaml_get(node, "solar");
    bool whole = yaml_str(r->f, yaml_need(r->f, node, "key"), &key) && yaml_texts(r->f, node, "label", &vi, &en);
    if (!lunar == !solar) {
        yaml_problem(r->f, node, msg_defs_holiday_unclear(), msg_defs_fix_solar_lunar());
        return;
    }
    rule.kind = lunar ? HOLIDAY_LUNAR : HOLIDAY_SOLAR;
    whole = month_day_read(r->f, lunar ? lunar : solar, &rule) && whole;
    if (yaml_get(node, "days"))
        whole = yaml_i64(r->f, yaml_get(node, "days"), 1, 15, &days) && whole;
    if (yaml_get(node, "before"))
        whole = yaml_i64(r->f, yaml_get(node, "before"), 0, 10, &before) && whole;
    if (yaml_get(node, "from"))
        whole = yaml_day(r->f, yaml_get(node, "from"), &from) && whole;
    if (yaml_get(node, "to"))
        whole = yaml_day(r->f, yaml_get(node, "to"), &to) && whole;
    yaml_end(r->f, node);
    for (size_t i = 0; i < r->rule_count; i++)
        if (str_eq(r->keys[i], key))
            yaml_problem(r->f, node, msg_defs_holiday_twice(key), msg_defs_fix_another_key());
    if (!whole || r->rule_count == RULES_MAX)
        return;
    rule.days = (int)days;
    rule.before = (int)before;
    rule.first_year = day_is_none(from) ? 0 : day_year(from);
    rule.last_year = day_is_none(to) ? 0 : day_year(to);
    r->keys[r->rule_count] = key;
    r->rules[r->rule_count++] = rule;
}

static void listed_read(struct reading *r, struct yaml_node *node, const char *key, int64_t year, day *out, size_t *count)
{
    struct yaml_node **list = NULL;
    size_t n = yaml_list(r->f, node, key, &list);
    for (size_t i = 0; i < n && *count < LISTED_MAX; i++) {
        day d;
        if (!yaml_day(r->f, list[i], &d))
            continue;
        if (day_year(d) != (int)year)
            yaml_problem(r->f, list[i], msg_defs_year_other(arena_printf(r->f->problem_arena, "%d", (int)year)), msg_defs_fix_own_year());
        out[(*count)++] = d;
    }
}

static void year_holiday_read(struct reading *r, struct yaml_node *node, int64_t year)
{
    str key = { 0 };
    int64_t before = 0;
    if (!yaml_str(r->f, yaml_need(r->f, node, "key"), &key) || !yaml_i64(r->f, yaml_need(r->f, node, "before"), 0, 10, &before))
        return;
    yaml_end(r->f, node);
    for (size_t i = 0; i < r->rule_count; i++)
        if (str_eq(r->keys[i], key)) {
            r->before[year - YEAR_FIRST][i] = (int8_t)before;
            return;
        }
    yaml_problem(r->f, node, msg_defs_holiday_unknown(key), msg_defs_fix_holiday_above());
}

static void year_read(struct reading *r, struct yaml_node *node)
{
    struct yaml_node **list = NULL;
    int64_t year = 0;
    if (!yaml_i64(r->f, yaml_need(r->f, node, "year"), YEAR_FIRST, YEAR_LAST, &year))
        return;
    size_t count = yaml_list(r->f, node, "holidays", &list);
    for (size_t i = 0; i < count; i++)
        year_holiday_read(r, list[i], year);
    listed_read(r, node, "off", year, r->off, &r->off_count);
    listed_read(r, node, "work", year, r->work, &r->work_count);
    yaml_end(r->f, node);
}

static void hours_read(struct reading *r)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(r->f, r->f->root, "working_hours", &list);
    for (size_t i = 0; i < count && r->c->span_count < WORK_SPANS_MAX; i++) {
        int from = 0, to = 0;
        if (yaml_minute(r->f, yaml_need(r->f, list[i], "from"), &from) && yaml_minute(r->f, yaml_need(r->f, list[i], "to"), &to))
            r->c->spans[r->c->span_count++] = (struct work_span){ (int16_t)from, (int16_t)to };
        yaml_end(r->f, list[i]);
    }
}

static void week_read(struct reading *r)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(r->f, r->f->root, "weekly_rest", &list);
    for (size_t i = 0; i < count; i++) {
        int64_t weekday = 0;
        if (yaml_i64(r->f, list[i], 1, 7, &weekday))
            r->c->rest_days |= REST_DAY(weekday);
    }
}

static int day_order(const void *a, const void *b)
{
    int32_t x = ((const day *)a)->ymd, y = ((const day *)b)->ymd;
    return (x > y) - (x < y);
}

static size_t sorted_once(day *list, size_t count)
{
    size_t kept = 0;
    qsort(list, count, sizeof *list, day_order);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !day_eq(list[kept - 1], list[i]))
            list[kept++] = list[i];
    return kept;
}

/* All days off of all years, the computed and the decided ones, in one ascending list. */
static void years_work_out(struct reading *r)
{
    size_t most = (YEAR_LAST - YEAR_FIRST + 1) * DAYS_A_YEAR_MAX + LISTED_MAX, count = 0;
    day *off = ARENA_ARRAY(r->d->arena, day, most);
    for (int year = YEAR_FIRST; year <= YEAR_LAST; year++) {
        struct holiday_rule rules[RULES_MAX];
        memcpy(rules, r->rules, sizeof rules);
        for (size_t i = 0; i < r->rule_count; i++)
            if (r->before[year - YEAR_FIRST][i] >= 0)
                rules[i].before = r->before[year - YEAR_FIRST][i];
        size_t got = holiday_days(rules, r->rule_count, year, r->c->rest_days, off + count, DAYS_A_YEAR_MAX);
        count += got < DAYS_A_YEAR_MAX ? got : DAYS_A_YEAR_MAX;
    }
    memcpy(off + count, r->off, r->off_count * sizeof *off);
    r->c->off_count = sorted_once(off, count + r->off_count);
    r->c->off = off;
    day *work = ARENA_ARRAY(r->d->arena, day, r->work_count + 1);
    memcpy(work, r->work, r->work_count * sizeof *work);
    r->c->work_count = sorted_once(work, r->work_count);
    r->c->work = work;
}

void calendar_read(struct defs *d, struct yaml_file *f)
{
    struct reading *r = ARENA_NEW(d->arena, struct reading);
    struct yaml_node **list = NULL;
    str name = { 0 };
    *r = (struct reading){ .d = d, .f = f, .c = ARENA_NEW(d->arena, struct calendar) };
    memset(r->before, -1, sizeof r->before);
    yaml_str(f, yaml_need(f, f->root, "calendar"), &name);
    yaml_minute(f, yaml_need(f, f->root, "received_until"), &d->received_until);
    week_read(r);
    hours_read(r);
    size_t count = yaml_list(f, f->root, "holidays", &list);
    for (size_t i = 0; i < count; i++)
        rule_read(r, list[i]);
    count = yaml_list(f, f->root, "years", &list);
    for (size_t i = 0; i < count; i++)
        year_read(r, list[i]);
    yaml_end(f, f->root);
    years_work_out(r);
    if (!calendar_is_sound(r->c))
        yaml_problem(f, f->root, msg_defs_calendar_empty(), msg_defs_fix_calendar_hours());
    d->calendar = r->c;
}

const struct calendar *defs_calendar(const struct defs *d) { return d->calendar; }

int defs_received_until(const struct defs *d) { return d->received_until; }
