/* Cleaning of one row; see row.h. The rules of reading stand in viet/field, here is only what follows from a reading.
 * tested by: src/refine/test/row_test.c */
#include "refine/row.h"

#include <string.h>

enum { CELL_TEXT_BYTES_MAX = 1024, WORD_REPAIRS_MAX = 12 };

#define WORDS_TAKEN(word) #word,
#define WORDS_NONE(word)

static const char *const reasons[] = {
#define REASON WORDS_TAKEN
#define WARNING WORDS_NONE
#include "refine/word.def"
#undef REASON
#undef WARNING
};
static const char *const warnings[] = {
#define REASON WORDS_NONE
#define WARNING WORDS_TAKEN
#include "refine/word.def"
#undef REASON
#undef WARNING
};

const char *reason_word(enum row_reason r) { return reasons[r < REASON_COUNT ? r : REASON_none]; }
const char *repair_word(int rule) { return repair_name((enum repair_rule)rule) + strlen("repair_"); }
const char *warning_word(int place) { return warnings[place]; }

void row_repaired(struct row_work *w, enum column_role role, struct repair r)
{
    struct row_journal *j = w->by->journal;

    w->person->repairs |= UINT64_C(1) << r.rule;
    if (j && j->repair_count < ROW_REPAIRS_MAX)
        j->repairs[j->repair_count++] = (struct cell_repair){ role, r };
}

void row_warned(struct row_work *w, enum column_role role, enum row_warning why, str choices)
{
    struct row_journal *j = w->by->journal;

    w->person->warnings |= UINT64_C(1) << why;
    if (j && j->question_count < ROW_QUESTIONS_MAX)
        j->questions[j->question_count++] = (struct cell_question){ role, why, choices };
}

static enum row_reason reason_of_bad(enum error_code bad)
{
    switch (bad) {
    case ERR_OK: return REASON_none;
    case ERR_TEXT_NOT_UTF8: return REASON_text_not_utf8;
    case ERR_TEXT_CONTROL: return REASON_text_control;
    case ERR_CELL_TOO_LARGE: return REASON_cell_too_large;
    case ERR_CSV_QUOTE: return REASON_csv_quote;
    default: return REASON_csv_columns;
    }
}

/* A cell as one clean line; REASON_… when its bytes cannot be taken. */
static enum row_reason text_take(struct arena *a, str raw, str *ret)
{
    *ret = (str){ 0 };
    if (raw.ptr == xlsx_formula)
        return REASON_formula;
    if (!raw.len)
        return REASON_none;
    status st = viet_enter_cell(a, (str){ 0 }, raw, CELL_TEXT_BYTES_MAX, ret);
    if (status_ok(st))
        return REASON_none;
    fault_clear();
    *ret = (str){ 0 };
    return status_is(st, ERR_TEXT_NOT_UTF8) ? REASON_text_not_utf8 : status_is(st, ERR_TEXT_CONTROL) ? REASON_text_control : REASON_cell_too_large;
}

/* Encoding done twice and hidden characters are mended on the way in; in names and addresses typing and lookalikes too. */
static bool cell_take(struct row_work *w, enum column_role role, str raw, str *ret)
{
    bool words = role == COLUMN_NAME || role == COLUMN_FAMILY || role == COLUMN_GIVEN || role == COLUMN_ADDRESS;
    struct repair repairs[WORD_REPAIRS_MAX];
    struct cell_mending m = { .arena = w->arena, .words = words, .bytes_max = CELL_TEXT_BYTES_MAX, .repairs = repairs, .cap = WORD_REPAIRS_MAX };

    if (!status_ok(cell_mend(&m, (str){ 0 }, raw, ret))) {
        fault_clear();
        return false; /* what is wrong, text_take() says */
    }
    for (size_t i = 0; i < m.count && i < m.cap; i++)
        row_repaired(w, role, repairs[i]);
    return true;
}

bool row_take(struct row_work *w, enum column_role role, str *ret_raw, str *ret_text)
{
    *ret_raw = sheet_cell(w->by->sheet, w->arena, w->row, role);
    if (ret_raw->len && ret_raw->ptr != xlsx_formula && cell_take(w, role, *ret_raw, ret_text))
        return true;
    enum row_reason bad = text_take(w->arena, *ret_raw, ret_text);
    if (bad && !w->person->reason)
        w->person->reason = bad;
    return !bad;
}

/* --- numbers --------------------------------------------------------------------------------------------------------- */

static str number_text(struct arena *a, const struct number_reading *r)
{
    return arena_printf(a, r->kind == NUMBER_OLD ? "%09lld" : "%012lld", (long long)r->number);
}

static void number_repairs_tell(struct row_work *w, enum column_role role, const struct number_reading *r, str before)
{
    static const struct {
        uint32_t bit;
        enum repair_rule rule;
        double confidence;
    } told[] = { { NUMBER_SEPARATORS, REPAIR_NUMBER_SEPARATORS, 1 }, { NUMBER_ZEROS, REPAIR_LEADING_ZERO, 0.9 },
                 { NUMBER_LETTERS, REPAIR_NUMBER_LETTERS, 0.8 }, { NUMBER_FRACTION, REPAIR_NUMBER_FRACTION, 1 } };

    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (r->repairs & told[i].bit)
            row_repaired(w, role, (struct repair){ told[i].rule, before, number_text(w->arena, r), told[i].confidence });
}

static void number_take(struct row_work *w)
{
    struct list_person *p = w->person;
    struct number_reading r;
    str raw, text;

    if (!row_take(w, COLUMN_NUMBER, &raw, &text) || !text.len)
        return;
    if (!number_read(text, &r)) {
        p->number_wrong = true;
        row_warned(w, COLUMN_NUMBER, r.repairs & NUMBER_ROUNDED ? WARNING_number_rounded : WARNING_number_unreadable, (str){ 0 });
        return;
    }
    number_repairs_tell(w, COLUMN_NUMBER, &r, raw);
    if (r.kind == NUMBER_OLD) {
        p->old_number = r.number;
        row_warned(w, COLUMN_NUMBER, WARNING_number_old, (str){ 0 });
        return;
    }
    p->number = r.number;
    p->number_doubtful = r.kind == NUMBER_SUGGESTED;
}

static void old_number_take(struct row_work *w)
{
    struct list_person *p = w->person;
    struct number_reading r;
    str raw, text;
    enum row_reason was = p->reason;

    if (!row_take(w, COLUMN_OLD_NUMBER, &raw, &text) || !text.len || !number_read(text, &r)) {
        p->reason = was; /* a second number that cannot be taken does not refuse its row */
        return;
    }
    number_repairs_tell(w, COLUMN_OLD_NUMBER, &r, raw);
    if (r.kind == NUMBER_OLD)
        p->old_number = r.number;
    else if (r.kind == NUMBER_PERSONAL && !p->number)
        p->number = r.number;
}

/* A number that agrees with the birth and the sex of its row is as sure as if it had been written so: of numbers at random
 * one in two hundred would. */
static void number_judge(struct row_work *w)
{
    struct list_person *p = w->person;
    struct row_journal *j = w->by->journal;
    uint32_t bits = p->number ? number_plausibility(p->number, p->birth, p->sex) : 0;
    bool told = p->number && !day_is_none(p->birth);

    for (int i = 0; i < 6; i++)
        if (bits & 1u << i)
            row_warned(w, COLUMN_NUMBER, WARNING_number_not_twelve + i, (str){ 0 });
    for (size_t i = 0; j && i < j->repair_count; i++)
        if (j->repairs[i].role == COLUMN_NUMBER && j->repairs[i].is.confidence < 1 && told)
            j->repairs[i].is.confidence = bits & ~(uint32_t)NUMBER_TAIL_PATTERN ? 0.5 : 0.99;
}

/* --- sex and telephone ----------------------------------------------------------------------------------------------- */

static bool is_bit(str text)
{
    return text.len && (text.ptr[0] == '0' || text.ptr[0] == '1') && (text.len == 1 || str_eq(str_from(text, 1), STR(".0")));
}

/* "x" or any other mark in a column of men or of women. */
static enum sex sex_by_mark(struct row_work *w, enum column_role *ret_role)
{
    static const struct {
        enum column_role role;
        enum sex sex;
    } columns[] = { { COLUMN_MALE, SEX_MALE }, { COLUMN_FEMALE, SEX_FEMALE } };
    enum sex found = SEX_UNKNOWN;
    str raw, text;

    for (size_t i = 0; i < 2; i++) {
        if (!row_take(w, columns[i].role, &raw, &text) || !text.len || str_eq(text, STR("0")) || str_eq(text, STR("-")))
            continue;
        *ret_role = columns[i].role;
        found = found == SEX_UNKNOWN ? columns[i].sex : SEX_OTHER;
    }
    return found == SEX_OTHER ? SEX_UNKNOWN : found;
}

static void sex_take(struct row_work *w)
{
    struct list_person *p = w->person;
    const struct evidence *e = w->by->evidence;
    enum column_role role = COLUMN_SEX;
    enum row_reason was = p->reason;
    str raw, text;

    if (!row_take(w, COLUMN_SEX, &raw, &text) || !text.len) {
        p->reason = was;
        p->sex = sex_by_mark(w, &role);
        if (p->sex != SEX_UNKNOWN && w->by->journal)
            row_repaired(w, role, (struct repair){ REPAIR_SEX_WORD, STR("x"), sex_text(p->sex), 0.99 });
        return;
    }
    if (!sex_read(text, e->sex_code, &p->sex)) {
        p->sex = SEX_UNKNOWN;
        row_warned(w, COLUMN_SEX, WARNING_sex_unreadable, (str){ 0 });
        return;
    }
    if (is_bit(text) && !e->sex_code_is_known)
        row_warned(w, COLUMN_SEX, WARNING_sex_code, arena_printf(w->arena, "%.*s; %.*s", STR_ARG(sex_text(SEX_MALE)), STR_ARG(sex_text(SEX_FEMALE))));
    if (p->sex != SEX_UNKNOWN && !str_eq(text, sex_text(p->sex)))
        row_repaired(w, COLUMN_SEX, (struct repair){ REPAIR_SEX_WORD, raw, sex_text(p->sex), e->sex_code_is_known ? 0.99 : 0.7 });
}

static void phone_take(struct row_work *w)
{
    static const struct {
        uint32_t bit;
        enum repair_rule rule;
        double confidence;
    } told[] = { { PHONE_SEPARATORS, REPAIR_PHONE_SEPARATORS, 1 }, { PHONE_COUNTRY_CODE, REPAIR_PHONE_COUNTRY, 1 }, { PHONE_ZERO, REPAIR_LEADING_ZERO, 0.95 },
                 { PHONE_OLD_PREFIX, REPAIR_PHONE_PREFIX, 0.99 }, { PHONE_OLD_AREA, REPAIR_PHONE_AREA, 0.95 } };
    struct list_person *p = w->person;
    enum row_reason was = p->reason;
    str raw, text;

    if (!row_take(w, COLUMN_PHONE, &raw, &text) || !text.len) {
        p->reason = was;
        return;
    }
    if (!phone_read(text, &p->phone)) {
        row_warned(w, COLUMN_PHONE, WARNING_phone_unreadable, (str){ 0 });
        return;
    }
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (p->phone.repairs & told[i].bit)
            row_repaired(w, COLUMN_PHONE, (struct repair){ told[i].rule, raw, str_of(p->phone.digits), told[i].confidence });
}

/* --- the whole row ----------------------------------------------------------------------------------------------------- */

/* Who is meant must follow from a number, or from name and birth. */
static enum row_reason somebody(const struct list_person *p)
{
    bool in_future = p->warnings & UINT64_C(1) << WARNING_birth_in_future;

    if (p->number || p->old_number || (p->name.len && !day_is_none(p->birth)))
        return REASON_none;
    if (p->birth_wrong)
        return in_future ? REASON_birth_in_future : REASON_birth_unreadable;
    if (p->number_wrong)
        return REASON_number_unreadable;
    if (p->warnings & UINT64_C(1) << WARNING_name_strange)
        return REASON_name_strange;
    if (!p->name.len && day_is_none(p->birth))
        return REASON_nobody;
    return p->name.len ? REASON_birth_missing : REASON_name_missing;
}

static bool is_header_again(const struct sheet *s, const struct sheet_row *row)
{
    size_t same = 0;

    if (!s->header_row)
        return false;
    for (size_t i = 0; i < s->head_count; i++) {
        const struct sheet_row *h = &s->head[i];
        if (h->number != s->header_row)
            continue;
        for (size_t c = 0; c < h->count && c < row->count; c++)
            same += h->cells[c].len && str_eq(h->cells[c], row->cells[c]);
    }
    return same >= 2;
}

/* Names of a column in an old encoding were all converted; that is told once a row. */
static void encoding_tell(struct row_work *w)
{
    const struct sheet *s = w->by->sheet;
    int column = s->of_role[COLUMN_NAME];

    if (column >= 0 && s->columns[column].form.set > ENCODING_UTF16BE && w->person->name.len && !text_is_ascii(w->person->name))
        row_repaired(w, COLUMN_NAME, (struct repair){ REPAIR_ENCODING, (str){ 0 }, w->person->name, 0.99 });
}

void row_clean(struct arena *a, const struct refinery *f, const struct sheet_row *row, struct list_person *ret)
{
    static void (*const steps[])(struct row_work *) = { number_take, row_birth, row_name, old_number_take, sex_take, phone_take, row_place };
    struct row_work w = { a, f, row, ret };

    *ret = (struct list_person){ .row = row->number, .reason = reason_of_bad(row->bad) };
    if (f->journal)
        f->journal->repair_count = f->journal->question_count = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && ret->reason == REASON_none; i++)
        steps[i](&w);
    if (ret->reason == REASON_none) {
        number_judge(&w);
        ret->reason = somebody(ret);
    }
    if (ret->reason != REASON_none && row->bad == ERR_OK && is_header_again(f->sheet, row))
        ret->reason = REASON_header_repeated;
    encoding_tell(&w);
}
