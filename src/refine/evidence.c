/* One pass over a list for what its columns say as a whole; see evidence.h. Nothing is decided by a bare majority: an order
 * of day and month counts as proven only when the swapped dates to be expected among the doubtful ones are fewer than half a
 * row, and a century only when the years around it are twenty times as many.
 * tested by: src/refine/test/row_test.c */
#include "refine/evidence.h"

#include <string.h>

enum { PROOF_MIN = 12, ORDER_RATIO = 4, CENTURY_RATIO = 20, CENTURY_WINDOW = 5, SEX_VOTES_MIN = 3, SEX_RATIO = 10, BATCH_ROWS = 1000 };

/* Separator, and whether a leading zero was left out: spreadsheets rewrite what they take for a date in a form of their own. */
static size_t form_of(str text)
{
    static const char separators[] = "/-. ";
    size_t first = 0, at = 0, digits = 0;
    bool bare = false;

    text = str_trim(text);
    while (first < text.len && text.ptr[first] >= '0' && text.ptr[first] <= '9')
        first++;
    const char *s = first < text.len ? strchr(separators, text.ptr[first]) : NULL;
    for (int part = 0; part < 2; part++, at++) {
        for (digits = 0; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
            digits++;
        bare |= digits == 1;
    }
    return (s ? (size_t)(s - separators) : 3) * 2 + bare;
}

static void birth_see(struct evidence *e, const struct sheet *s, str text)
{
    struct date_reading r;

    enum date_order order = date_order_of(text);
    size_t form = form_of(text);

    e->forms[form].day_first += order == DATE_ORDER_DAY;
    e->forms[form].month_first += order == DATE_ORDER_MONTH;
    e->forms[form].either += order == DATE_ORDER_EITHER;
    e->day_first += order == DATE_ORDER_DAY;
    e->month_first += order == DATE_ORDER_MONTH;
    e->either += order == DATE_ORDER_EITHER;
    if (!date_read(text, &s->habits, &r))
        return;
    e->births++;
    e->first_of_january += (r.flags & DATE_FIRST_OF_JANUARY) != 0;
    int year = day_year(r.day) - EVIDENCE_YEAR_FIRST;
    if (!(r.flags & DATE_CENTURY_GUESSED) && year >= 0 && year < EVIDENCE_YEARS)
        e->years[year]++;
}

static void sex_see(struct evidence *e, str text, str number)
{
    struct number_reading n;
    enum sex by_number = SEX_UNKNOWN;

    if (str_ends(text, STR(".0")))
        text = str_slice(text, 0, text.len - 2);
    if (text.len != 1 || text.ptr[0] < '0' || text.ptr[0] > '9')
        return;
    if (number_read(number, &n) && n.kind == NUMBER_PERSONAL && !number_plausibility(n.number, (day){ 0 }, SEX_UNKNOWN))
        by_number = number_sex(n.number);
    e->sex_digits[text.ptr[0] - '0'][by_number]++;
}

static bool begins_with_lady(str name)
{
    static const str forms[] = { STR("Bà "), STR("bà "), STR("BÀ ") };

    name = str_trim(name);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_starts(name, forms[i]))
            return true;
    return false;
}

static void row_see(struct evidence *e, struct arena *a, const struct sheet *s, const struct sheet_row *row)
{
    e->rows++;
    if (row->bad != ERR_OK)
        return;
    birth_see(e, s, sheet_cell(s, a, row, COLUMN_BIRTH));
    e->ladies += begins_with_lady(sheet_cell(s, a, row, COLUMN_NAME));
    sex_see(e, str_trim(sheet_cell(s, a, row, COLUMN_SEX)), sheet_cell(s, a, row, COLUMN_NUMBER));
}

static void order_decide(struct evidence *e)
{
    e->month_is_first = e->month_first > 0 && e->month_first >= ORDER_RATIO * e->day_first;
    size_t all_told = e->day_first + e->month_first, all_contrary = e->month_is_first ? e->day_first : e->month_first;
    bool list_is_proven = 2 * all_contrary * e->either < all_told;
    e->order_is_proven = true;
    for (size_t i = 0; i < EVIDENCE_FORMS; i++) {
        size_t told = e->forms[i].day_first + e->forms[i].month_first;
        size_t contrary = e->month_is_first ? e->forms[i].day_first : e->forms[i].month_first;
        e->forms[i].proven = list_is_proven && told >= PROOF_MIN && 2 * contrary * e->forms[i].either < told;
        e->order_is_proven &= e->forms[i].proven || !e->forms[i].either;
    }
}

bool evidence_doubts(const struct evidence *e, str date) { return !e->forms[form_of(date)].proven; }

static size_t digit_count(const struct evidence *e, int digit)
{
    return e->sex_digits[digit][SEX_UNKNOWN] + e->sex_digits[digit][SEX_MALE] + e->sex_digits[digit][SEX_FEMALE];
}

/* Which sex has digit 1? Where only 0 and 1 stand, the digit of sex in the personal numbers of the same rows tells. */
static void sex_decide(struct evidence *e, const struct sheet *s)
{
    size_t as_male = e->sex_digits[1][SEX_MALE] + e->sex_digits[0][SEX_FEMALE];
    size_t as_female = e->sex_digits[1][SEX_FEMALE] + e->sex_digits[0][SEX_MALE];
    bool civil = s->sex_code == SEX_CODE_CIVIL || digit_count(e, 2) + digit_count(e, 3) + digit_count(e, 9) > 0;

    e->sex_code = civil ? SEX_CODE_CIVIL : SEX_CODE_BIT;
    e->sex_code_is_known = civil;
    if (civil || as_male + as_female < SEX_VOTES_MIN)
        return;
    if (as_male > SEX_RATIO * as_female || as_female > SEX_RATIO * as_male) {
        e->sex_code = as_male > as_female ? SEX_CODE_BIT : SEX_CODE_BIT_FEMALE;
        e->sex_code_is_known = true;
    }
}

STATUS evidence_gather(struct sheet *s, struct evidence *ret)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct sheet_row row;
    bool more = true;

    *ret = (struct evidence){ 0 };
    while (more) {
        if (!status_ok(sheet_next(s, &row, &more))) {
            fault_clear(); /* whoever reads the rows comes to the same place, and tells */
            break;
        }
        if (!more)
            break;
        row_see(ret, a, s, &row);
        if (ret->rows % BATCH_ROWS == 0)
            arena_reset(a);
    }
    arena_free(a);
    order_decide(ret);
    sex_decide(ret, s);
    return sheet_rewind(s);
}

void evidence_of_head(const struct sheet *s, struct evidence *ret)
{
    struct arena *a = arena_new((size_t)64 << 20);

    *ret = (struct evidence){ 0 };
    for (size_t i = 0; i < s->head_count; i++)
        if (s->head[i].number > s->data_after)
            row_see(ret, a, s, &s->head[i]);
    arena_free(a);
    order_decide(ret);
    sex_decide(ret, s);
}

double evidence_swapped(const struct evidence *e)
{
    size_t contrary = e->month_is_first ? e->day_first : e->month_first, told = e->day_first + e->month_first;

    return told ? (double)contrary / (double)told : 0.5;
}

static size_t births_around(const struct evidence *e, int year)
{
    size_t n = 0;

    for (int y = year - CENTURY_WINDOW; y <= year + CENTURY_WINDOW; y++)
        if (y >= EVIDENCE_YEAR_FIRST && y < EVIDENCE_YEAR_FIRST + EVIDENCE_YEARS)
            n += e->years[y - EVIDENCE_YEAR_FIRST];
    return n;
}

bool evidence_century(const struct evidence *e, day today, int two_digits, int *ret_year)
{
    int this_century = day_year(today) / 100 * 100 + two_digits, last = this_century - 100;
    size_t now = births_around(e, this_century), before = births_around(e, last);

    *ret_year = last;
    if (this_century > day_year(today) || (before > 0 && before >= CENTURY_RATIO * now))
        return true;
    *ret_year = this_century;
    return now > 0 && now >= CENTURY_RATIO * before;
}
