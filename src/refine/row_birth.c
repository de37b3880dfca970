/* The date of birth of a row. A wrong choice between day and month makes another person, so a date that reads in two ways is
 * in doubt unless the column as a whole proves its order; a year of two digits takes its century from the personal number
 * of the row, or from the years of the column.
 * tested by: src/refine/test/row_test.c */
#include "refine/row.h"

static void say(struct row_work *w, enum column_role role, enum row_warning why, day one, day other)
{
    struct arena *a = w->arena;
    str choices = day_is_none(one) ? (str){ 0 } : day_is_none(other) ? day_vi(a, one)
                  : arena_printf(a, "%.*s; %.*s", STR_ARG(day_vi(a, one)), STR_ARG(day_vi(a, other)));

    row_warned(w, role, why, w->by->journal ? choices : (str){ 0 });
}

static day with_year(day d, int year)
{
    day made;

    return day_make(year, day_month(d), day_of_month(d), &made) ? made : d;
}

/* Two digits of a year. */
static void century_settle(struct row_work *w, struct date_reading *r)
{
    const struct list_person *p = w->person;
    int two = day_year(r->day) % 100, year;

    if (p->number && !number_plausibility(p->number, (day){ 0 }, SEX_UNKNOWN) && number_year(p->number) % 100 == two) {
        year = number_year(p->number);
    } else if (!evidence_century(w->by->evidence, w->by->sheet->habits.today, two, &year)) {
        year = day_year(r->day);
        say(w, COLUMN_BIRTH, WARNING_birth_century, with_year(r->day, year), with_year(r->day, year > 1999 ? year - 100 : year + 100));
    }
    r->day = with_year(r->day, year);
    if (!day_is_none(r->other))
        r->other = with_year(r->other, year);
    if (day_first(r->day) <= day_first(w->by->sheet->habits.today))
        r->flags &= ~(uint32_t)DATE_IN_FUTURE;
}

/* Compact digits: the personal number may say which of two years is meant. */
static void readings_settle(struct row_work *w, struct date_reading *r)
{
    int64_t number = w->person->number;

    if (number && day_year(r->day) != number_year(number) && day_year(r->other) == number_year(number)) {
        r->day = r->other;
        r->other = (day){ 0 };
    } else if (!number || day_year(r->day) != number_year(number) || day_year(r->day) == day_year(r->other)) {
        say(w, COLUMN_BIRTH, WARNING_birth_two_readings, r->day, r->other);
    }
}

static void repairs_tell(struct row_work *w, const struct date_reading *r, str before, str text)
{
    static const struct {
        uint32_t flag;
        enum repair_rule rule;
        double confidence;
    } by_flag[] = { { DATE_CENTURY_GUESSED, REPAIR_DATE_CENTURY, 0.95 }, { DATE_ZERO_PARTS, REPAIR_DATE_ZERO_PARTS, 0.99 },
                    { DATE_ZERO_RESTORED, REPAIR_LEADING_ZERO, 0.95 }, { DATE_TIME_DROPPED, REPAIR_DATE_TIME, 0.99 } };
    static const enum repair_rule by_rule[] = {
        [DATE_WORDS] = REPAIR_DATE_WORDS, [DATE_SERIAL] = REPAIR_DATE_SERIAL, [DATE_COMPACT] = REPAIR_DATE_COMPACT, [DATE_MONTH_FIRST] = REPAIR_DATE_MONTH_FIRST,
        [DATE_YEAR_ONLY] = REPAIR_NONE,
    };
    str after = day_vi(w->arena, r->day);
    bool told = false;

    for (size_t i = 0; i < sizeof by_flag / sizeof *by_flag; i++)
        if (r->flags & by_flag[i].flag) {
            row_repaired(w, COLUMN_BIRTH, (struct repair){ by_flag[i].rule, before, after, by_flag[i].confidence });
            told = true;
        }
    if (by_rule[r->rule] != REPAIR_NONE) {
        row_repaired(w, COLUMN_BIRTH, (struct repair){ by_rule[r->rule], before, after, r->flags & DATE_SWAP_POSSIBLE ? 0.8 : 0.99 });
        told = true;
    }
    if (!told && !str_eq(text, after))
        row_repaired(w, COLUMN_BIRTH, (struct repair){ REPAIR_DATE_FORM, before, after, 0.99 });
}

static void doubts_tell(struct row_work *w, const struct date_reading *r, str text)
{
    struct list_person *p = w->person;

    if (r->flags & DATE_SWAP_POSSIBLE && evidence_doubts(w->by->evidence, text))
        say(w, COLUMN_BIRTH, WARNING_birth_swap_possible, r->day, r->other);
    if (r->flags & DATE_FIRST_OF_JANUARY && day_precision(r->day) == DAY_FULL) {
        p->birth_other = (day){ day_year(r->day) * 10000 };
        say(w, COLUMN_BIRTH, WARNING_birth_first_of_january, r->day, p->birth_other);
    }
    if (r->flags & DATE_LONG_AGO)
        say(w, COLUMN_BIRTH, WARNING_birth_long_ago, (day){ 0 }, (day){ 0 });
}

static void unread_tell(struct row_work *w, const struct date_reading *r)
{
    static const struct {
        uint32_t flag;
        enum row_warning why;
    } told[] = { { DATE_NO_SUCH_DAY, WARNING_birth_no_such_day }, { DATE_MAYBE_LUNAR, WARNING_birth_maybe_lunar } };

    w->person->birth_wrong = true;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (r->flags & told[i].flag)
            say(w, COLUMN_BIRTH, told[i].why, (day){ 0 }, (day){ 0 });
    say(w, COLUMN_BIRTH, WARNING_birth_unreadable, (day){ 0 }, (day){ 0 });
}

/* A day alone goes on in the columns of month and year; what is not known of it is left out: "3/1991". */
static bool birth_join(struct row_work *w, str *inout)
{
    static const enum column_role roles[] = { COLUMN_BIRTH_MONTH, COLUMN_BIRTH_YEAR };
    int64_t number;

    if (inout->len > 2 || (inout->len && !str_i64(*inout, &number)))
        return true;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        str raw, part;
        if (!row_take(w, roles[i], &raw, &part))
            return false;
        if (part.len)
            *inout = inout->len ? arena_printf(w->arena, "%.*s/%.*s", STR_ARG(*inout), STR_ARG(part)) : part;
    }
    return true;
}

/* Lists of two columns, one for men and one for women, often hold the year of birth in the one that fits. */
static bool birth_take(struct row_work *w, str *ret_raw, str *ret_text)
{
    static const enum column_role roles[] = { COLUMN_BIRTH, COLUMN_MALE, COLUMN_FEMALE };

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (!row_take(w, roles[i], ret_raw, ret_text))
            return false;
        if (i == 0 && w->by->sheet->of_role[COLUMN_BIRTH_YEAR] >= 0) {
            if (!birth_join(w, ret_text))
                return false;
            *ret_raw = *ret_text;
        }
        if (ret_text->len && (i == 0 || ret_text->len >= 4))
            return true;
    }
    return false;
}

void row_birth(struct row_work *w)
{
    struct date_habits habits = w->by->sheet->habits;
    struct list_person *p = w->person;
    struct date_reading r;
    str raw, text;

    if (!birth_take(w, &raw, &text))
        return;
    habits.month_first = w->by->evidence->month_is_first;
    if (!date_read(text, &habits, &r)) {
        unread_tell(w, &r);
        return;
    }
    if (r.flags & DATE_CENTURY_GUESSED)
        century_settle(w, &r);
    if (r.flags & DATE_TWO_READINGS)
        readings_settle(w, &r);
    if (r.flags & DATE_IN_FUTURE) {
        p->birth_wrong = true;
        say(w, COLUMN_BIRTH, WARNING_birth_in_future, r.day, (day){ 0 });
        return;
    }
    p->birth = r.day;
    p->birth_other = r.other;
    doubts_tell(w, &r, text);
    repairs_tell(w, &r, raw, text);
}
