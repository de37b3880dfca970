/* Dates of birth as lists spoil them: other forms, lost days, swapped ones.
 * tested by: src/synth/test/synth_test.c */
#include "synth/spoil/spoil.h"

static str day_other_form(struct spoiling *s, day d)
{
    int y = day_year(d), m = day_month(d), dm = day_of_month(d);
    switch (rng_below(s->r, 6)) {
    case 0: return arena_printf(s->arena, "%04d-%02d-%02d", y, m, dm);
    case 1: return arena_printf(s->arena, "%02d-%02d-%04d", dm, m, y);
    case 2: return arena_printf(s->arena, "%02d.%02d.%04d", dm, m, y);
    case 3: return arena_printf(s->arena, "%d/%d/%04d", dm, m, y);
    case 4: return arena_printf(s->arena, "%02d%02d%04d", dm, m, y);
    default: return arena_printf(s->arena, "ngày %02d tháng %02d năm %04d", dm, m, y);
    }
}

static str digit_words(struct arena *a, int n)
{
    static const char *const digits[] = { "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín" };
    static const char *const last[] = { "", " mốt", " hai", " ba", " tư", " lăm", " sáu", " bảy", " tám", " chín" };
    if (n < 10)
        return str_of(digits[n]);
    if (n < 20)
        return arena_printf(a, "mười%s", n == 11 ? " một" : n == 14 ? " bốn" : last[n - 10]);
    return arena_printf(a, "%s mươi%s", digits[n / 10], last[n % 10]);
}

/* As the line of civil-status books that repeats the date in letters. */
static str day_words(struct arena *a, day d)
{
    int y = day_year(d);
    str tail = y % 100 == 0 ? (str){ 0 } : y % 100 < 10 ? arena_printf(a, " linh %.*s", STR_ARG(digit_words(a, y % 10))) : arena_printf(a, " %.*s", STR_ARG(digit_words(a, y % 100)));
    return arena_printf(a, "ngày %.*s tháng %.*s năm %.*s nghìn %.*s trăm%.*s", STR_ARG(digit_words(a, day_of_month(d))), STR_ARG(digit_words(a, day_month(d))),
                        STR_ARG(digit_words(a, y / 1000)), STR_ARG(digit_words(a, y / 100 % 10)), STR_ARG(tail));
}

/* One of the ways of writing that keep the day; false if none was drawn. */
static bool day_form_spoil(struct spoiling *s, day d)
{
    struct list_row *row = s->row;
    int y = day_year(d), m = day_month(d), dm = day_of_month(d);
    int32_t serial = day_first(d) - day_first((day){ 18991230 });
    if (ROLL(day_other_form)) {
        DID(row, day_other_form);
        cell_set(row, COLUMN_BIRTH, day_other_form(s, d));
    } else if (ROLL(day_month_first)) {
        DID(row, day_month_first);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "%02d/%02d/%04d", m, dm, y));
    } else if (serial >= 10000 && ROLL(day_serial)) {
        DID(row, day_serial);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "%d", serial));
    } else if (ROLL(day_short_year)) {
        DID(row, day_short_year);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "%02d/%02d/%02d", dm, m, y % 100));
    } else if (ROLL(day_words)) {
        DID(row, day_words);
        cell_set(row, COLUMN_BIRTH, day_words(s->arena, d));
    } else {
        return false;
    }
    return true;
}

void day_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    day d = row->birth;
    if (day_precision(d) != DAY_FULL) {
        cell_set(row, COLUMN_BIRTH, day_vi(s->arena, d));
        return;
    }
    if (ROLL(day_year_only)) {
        DID(row, day_year_only);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "%d", day_year(d)));
        return;
    }
    if (ROLL(day_zero_parts)) {
        DID(row, day_zero_parts);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "00/00/%d", day_year(d)));
        return;
    }
    if (ROLL(day_placeholder)) {
        DID(row, day_placeholder);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "01/01/%d", day_year(d)));
        return;
    }
    if (ROLL(day_wrong)) {
        DID(row, day_wrong);
        d = day_add(d, 1 + (int32_t)rng_below(s->r, 300));
    } else if (day_of_month(d) <= 12 && day_of_month(d) != day_month(d) && ROLL(day_swapped)) {
        DID(row, day_swapped);
        d.ymd = day_year(d) * 10000 + day_of_month(d) * 100 + day_month(d);
    }
    /* Who swaps the two writes them in the usual form. */
    if (row->faults >> SYNTH_FAULT_day_swapped & 1 || !day_form_spoil(s, d))
        cell_set(row, COLUMN_BIRTH, day_vi(s->arena, d));
}
