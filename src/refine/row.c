/* Cleaning of one row; see row.h. The rules of reading stand in viet/field, here is only what follows from a reading.
 * tested by: src/refine/test/row_test.c */
#include "refine/row.h"

#include <string.h>

enum { CELL_TEXT_BYTES_MAX = 1024, NAME_PROPOSALS_MAX = 8 };

#define WORDS_REASON(word) #word,
#define WORDS_NONE(word)

static const char *const reasons[] = {
#define REASON WORDS_REASON
#define REPAIR WORDS_NONE
#define WARNING WORDS_NONE
#include "refine/word.def"
#undef REASON
#undef REPAIR
#undef WARNING
};
static const char *const mends[] = {
#define REASON WORDS_NONE
#define REPAIR WORDS_REASON
#define WARNING WORDS_NONE
#include "refine/word.def"
#undef REASON
#undef REPAIR
#undef WARNING
};
static const char *const warnings[] = {
#define REASON WORDS_NONE
#define REPAIR WORDS_NONE
#define WARNING WORDS_REASON
#include "refine/word.def"
#undef REASON
#undef REPAIR
#undef WARNING
};

const char *reason_word(enum row_reason r) { return reasons[r < REASON_COUNT ? r : REASON_none]; }
const char *repair_word(int place) { return mends[place]; }
const char *warning_word(int place) { return warnings[place]; }

static void repaired(struct list_person *p, int place) { p->repairs |= 1u << place; }
static void warned(struct list_person *p, int place) { p->warnings |= 1u << place; }

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

/* A remark stands apart, "(đã chết)", "- con bà Lan": a word that merely follows may be a given name. */
static bool remark_stands_apart(str name, str rest)
{
    str cut = str_trim(str_from(name, rest.len));

    return str_starts(name, rest) && cut.len && strchr("(-,;/[", cut.ptr[0]);
}

/* With its diacritics: "Chú" is a form of address, "Chu" a family name. */
static bool is_form_of_address(struct arena *a, str name)
{
    static const str forms[] = { STR("ông"), STR("bà"), STR("anh"), STR("chị"), STR("cụ"), STR("cô"), STR("chú"), STR("bác"), STR("em"), STR("cháu") };
    str word = viet_lower(a, str_slice(name, 0, str_find_char(name, ' ')));

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_eq(word, forms[i]))
            return true;
    return false;
}

/* Takes off what is no part of a name (a form of address, a remark) and the residue of typing; a name itself is never
 * corrected. Each pass takes the surest proposal. */
static str name_mend(struct arena *a, str name, struct list_person *p)
{
    struct repair proposals[NAME_PROPOSALS_MAX];
    bool changed = name.len > 0;

    if (typing_repair(a, name, &name, proposals, NAME_PROPOSALS_MAX))
        repaired(p, MEND_name_typing);
    for (int pass = 0; pass < 2 && changed; pass++) {
        size_t n = name_repairs(a, name, proposals, NAME_PROPOSALS_MAX);
        changed = false;
        for (size_t i = 0; i < n && i < NAME_PROPOSALS_MAX && !changed; i++) {
            enum repair_rule rule = proposals[i].rule;
            changed = ((rule == REPAIR_HONORIFIC && is_form_of_address(a, name)) || (rule == REPAIR_REMARK && remark_stands_apart(name, proposals[i].after))) &&
                      proposals[i].confidence >= 0.8 && proposals[i].after.len > 0;
            if (changed) {
                name = proposals[i].after;
                repaired(p, rule == REPAIR_HONORIFIC ? MEND_name_honorific : MEND_name_remark);
            }
        }
    }
    return name;
}

static void name_take(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *p)
{
    str raw = sheet_cell(s, a, row, COLUMN_NAME), text, family;
    enum row_reason bad = text_take(a, raw, &text);

    if (!bad && !text.len && s->of_role[COLUMN_FAMILY] >= 0) {
        bad = text_take(a, sheet_cell(s, a, row, COLUMN_FAMILY), &family);
        if (!bad)
            bad = text_take(a, sheet_cell(s, a, row, COLUMN_GIVEN), &text);
        if (!bad && family.len)
            text = text.len ? arena_join(a, arena_join(a, family, STR(" ")), text) : family;
        raw = text;
    }
    if (bad || text.len > ROW_NAME_BYTES_MAX) {
        p->reason = bad ? bad : REASON_name_too_long;
        return;
    }
    if (str_find(raw, STR("  ")) < raw.len || str_trim(raw).len != raw.len)
        repaired(p, MEND_name_spaces);
    p->name = name_mend(a, text, p);
    if (name_plausibility(p->name) & (NAME_DIGITS | NAME_LOST_LETTERS)) {
        warned(p, WARNING_name_strange);
        p->name = (str){ 0 };
    }
}

static void number_take(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *p)
{
    struct number_reading r;
    str text;

    p->reason = text_take(a, sheet_cell(s, a, row, COLUMN_NUMBER), &text);
    if (p->reason || !text.len)
        return;
    if (!number_read(text, &r)) {
        p->number_wrong = true;
        warned(p, WARNING_number_unreadable);
        return;
    }
    for (int i = 0; i < 4; i++)
        if (r.repairs & 1u << i)
            repaired(p, MEND_number_separators + i);
    if (r.kind == NUMBER_OLD) {
        p->old_number = r.number;
        warned(p, WARNING_number_old);
        return;
    }
    p->number = r.number;
    p->number_doubtful = r.kind == NUMBER_SUGGESTED;
}

static void old_number_take(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *p)
{
    struct number_reading r;
    str text;

    if (text_take(a, sheet_cell(s, a, row, COLUMN_OLD_NUMBER), &text) || !text.len || !number_read(text, &r))
        return;
    if (r.kind == NUMBER_OLD)
        p->old_number = r.number;
    else if (r.kind == NUMBER_PERSONAL && !p->number)
        p->number = r.number;
}

static void birth_rule_tell(const struct date_reading *r, struct list_person *p)
{
    static const struct {
        uint32_t flag;
        int repair, warning;
    } told[] = {
        { DATE_CENTURY_GUESSED, MEND_birth_century, -1 },      { DATE_ZERO_PARTS, MEND_birth_zero_parts, -1 },
        { DATE_ZERO_RESTORED, MEND_birth_zero_restored, -1 },  { DATE_TIME_DROPPED, MEND_birth_time_dropped, -1 },
        { DATE_SWAP_POSSIBLE, -1, WARNING_birth_swap_possible }, { DATE_FIRST_OF_JANUARY, -1, WARNING_birth_first_of_january },
        { DATE_LONG_AGO, -1, WARNING_birth_long_ago },           { DATE_NO_SUCH_DAY, -1, WARNING_birth_no_such_day },
        { DATE_MAYBE_LUNAR, -1, WARNING_birth_maybe_lunar },     { DATE_IN_FUTURE, -1, WARNING_birth_in_future },
    };

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (r->flags & told[i].flag && told[i].repair >= 0)
            repaired(p, told[i].repair);
        if (r->flags & told[i].flag && told[i].warning >= 0)
            warned(p, told[i].warning);
    }
    if (r->rule == DATE_WORDS)
        repaired(p, MEND_birth_words);
    else if (r->rule == DATE_SERIAL)
        repaired(p, MEND_birth_serial);
    else if (r->rule == DATE_COMPACT)
        repaired(p, MEND_birth_compact);
    else if (r->rule == DATE_MONTH_FIRST)
        repaired(p, MEND_birth_month_first);
}

static void birth_take(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *p)
{
    struct date_reading r;
    str text;

    p->reason = text_take(a, sheet_cell(s, a, row, COLUMN_BIRTH), &text);
    if (p->reason || !text.len)
        return;
    bool read = date_read(text, &s->habits, &r);
    birth_rule_tell(&r, p);
    if (!read || (r.flags & DATE_IN_FUTURE)) {
        p->birth_wrong = true;
        if (!read)
            warned(p, WARNING_birth_unreadable);
        return;
    }
    p->birth = r.day;
    p->birth_other = r.other;
    if (r.flags & DATE_FIRST_OF_JANUARY && day_precision(r.day) == DAY_FULL)
        p->birth_other = (day){ day_year(r.day) * 10000 };
}

static void sex_take(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *p)
{
    str text;

    if (text_take(a, sheet_cell(s, a, row, COLUMN_SEX), &text) || !text.len)
        return;
    if (!sex_read(text, s->sex_code, &p->sex)) {
        p->sex = SEX_UNKNOWN;
        warned(p, WARNING_sex_unreadable);
    }
}

static void number_judge(struct list_person *p)
{
    uint32_t bits = p->number ? number_plausibility(p->number, p->birth, p->sex) : 0;

    for (int i = 0; i < 6; i++)
        if (bits & 1u << i)
            warned(p, WARNING_number_not_twelve + i);
}

/* Who is meant must follow from a number, or from name and birth. */
static enum row_reason somebody(const struct list_person *p)
{
    bool in_future = p->warnings & 1u << WARNING_birth_in_future;

    if (p->number || p->old_number || (p->name.len && !day_is_none(p->birth)))
        return REASON_none;
    if (p->birth_wrong)
        return in_future ? REASON_birth_in_future : REASON_birth_unreadable;
    if (p->number_wrong)
        return REASON_number_unreadable;
    if (p->warnings & 1u << WARNING_name_strange)
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

void row_clean(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *ret)
{
    static void (*const steps[])(struct arena *, const struct sheet *, const struct sheet_row *, struct list_person *) = {
        number_take, birth_take, name_take, old_number_take, sex_take,
    };

    *ret = (struct list_person){ .row = row->number, .reason = reason_of_bad(row->bad) };
    for (size_t i = 0; i < sizeof steps / sizeof *steps && ret->reason == REASON_none; i++)
        steps[i](a, s, row, ret);
    if (ret->reason == REASON_none) {
        number_judge(ret);
        ret->reason = somebody(ret);
    }
    if (ret->reason != REASON_none && row->bad == ERR_OK && is_header_again(s, row))
        ret->reason = REASON_header_repeated;
    if (s->columns[s->of_role[COLUMN_NAME] >= 0 ? s->of_role[COLUMN_NAME] : 0].form.set > ENCODING_UTF16BE && ret->name.len && !text_is_ascii(ret->name))
        repaired(ret, MEND_encoding);
}
