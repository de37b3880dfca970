/* The name of a row. A name is what the birth certificate says: what is no part of it (a form of address, a remark, residue
 * of typing) is taken off with a record; anything more, its case among it, is a proposal beside the name and never replaces
 * it. Doubts come back as questions.
 * tested by: src/refine/test/row_test.c */
#include "refine/row.h"

#include <string.h>

#include "viet/mend/cell.h"

enum { PROPOSALS_MAX = 8 };

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

static bool takes_off(struct arena *a, str name, const struct repair *r)
{
    if (r->confidence < 0.8 || !r->after.len)
        return false;
    return (r->rule == REPAIR_HONORIFIC && is_form_of_address(a, name)) || (r->rule == REPAIR_REMARK && remark_stands_apart(name, r->after));
}

enum { LADIES_MIN = 3 };

/* "Ông Lầu A Páo": before names of minorities too, in a list that writes so. "Ông" is a rare family name; a list whose women
 * have no "Bà" is left alone. */
static bool listed_form(struct row_work *w, str name, str *ret_rest)
{
    str rest = name, first, second;

    if (w->by->evidence->ladies < LADIES_MIN || !str_cut(&rest, ' ', &first) || !rest.len || str_find_char(rest, ' ') == rest.len)
        return false;
    *ret_rest = rest;
    first = viet_lower(w->arena, first);
    return str_cut(&rest, ' ', &second) && (str_eq(first, STR("ông")) || str_eq(first, STR("bà")));
}

/* Each pass takes the surest proposal. */
static str name_mend(struct row_work *w, str name)
{
    struct repair proposals[PROPOSALS_MAX];
    bool changed = name.len > 0, taken = false;

    for (int pass = 0; pass < 2 && changed; pass++) {
        size_t n = name_additions(name, proposals, PROPOSALS_MAX);
        changed = false;
        for (size_t i = 0; i < n && i < PROPOSALS_MAX && !changed; i++) {
            changed = takes_off(w->arena, name, &proposals[i]);
            if (!changed)
                continue;
            row_repaired(w, COLUMN_NAME, proposals[i]);
            name = proposals[i].after;
            taken = true;
        }
    }
    str rest;
    if (listed_form(w, name, &rest)) {
        row_repaired(w, COLUMN_NAME, (struct repair){ REPAIR_HONORIFIC, name, rest, 0.9 });
        name = rest;
        taken = true;
    }
    if (taken) { /* "Ông Lee Như Trực": the family name shows only now */
        size_t n = words_remend(w->arena, &name, proposals, PROPOSALS_MAX);

        for (size_t i = 0; i < n; i++)
            row_repaired(w, COLUMN_NAME, proposals[i]);
    }
    return name;
}

/* Written in capitals or in small letters only. */
static bool is_one_case(struct arena *a, str name)
{
    str upper = viet_upper(a, name), lower = viet_lower(a, name);

    return !str_eq(upper, lower) && (str_eq(name, upper) || str_eq(name, lower));
}

/* For whoever wants to see the name as it might be written; a comparison does not. */
static void propose(struct row_work *w)
{
    struct list_person *p = w->person;
    struct repair proposals[PROPOSALS_MAX];

    p->proposal = p->name;
    if (!w->by->journal)
        return;
    size_t n = name_repairs(w->arena, p->name, proposals, PROPOSALS_MAX);
    for (size_t i = 0; i < n && i < PROPOSALS_MAX; i++)
        if ((proposals[i].rule == REPAIR_CASE || proposals[i].rule == REPAIR_ABBREVIATION) && proposals[i].confidence >= 0.9) {
            row_repaired(w, COLUMN_NAME, proposals[i]);
            p->proposal = proposals[i].after;
        }
    if (!is_one_case(w->arena, p->proposal))
        return;
    str title = viet_title(w->arena, p->proposal);
    row_repaired(w, COLUMN_NAME, (struct repair){ REPAIR_CASE, p->proposal, title, 0.95 });
    p->proposal = title;
}

/* "An Nguyễn Văn": the given name in front. */
static bool order_is_doubtful(str name)
{
    str rest = name, first, second;

    if (!str_cut(&rest, ' ', &first) || !str_cut(&rest, ' ', &second))
        return false;
    if (rest.len && (str_ends(name, STR(" Thị")) || str_ends(name, STR(" Văn"))))
        return true; /* these stand in the middle */
    return !name_is_family(first) && (name_is_family(second) || (rest.len && name_is_family(rest))) && syllable_is_valid(first);
}

/* "Phan Van Toan": the family name stands as it is, but "Văn" and "Thị" in the middle always have their marks. */
static bool lacks_marks(str name)
{
    str rest = name, word;

    if (!text_is_ascii(name) || !str_cut(&rest, ' ', &word))
        return false;
    while (str_cut(&rest, ' ', &word) && rest.len)
        if (str_eq(word, STR("Van")) || str_eq(word, STR("Thi")))
            return true;
    return false;
}

static void doubts_tell(struct row_work *w)
{
    static const struct {
        uint32_t bit;
        enum row_warning why;
    } told[] = { { NAME_NO_MARKS, WARNING_name_no_marks }, { NAME_ABBREVIATED, WARNING_name_abbreviated }, { NAME_LOST_LETTERS, WARNING_name_lost_letters },
                 { NAME_OTHER_WORDS, WARNING_name_other_words } };
    struct list_person *p = w->person;
    uint32_t bits = name_plausibility(p->proposal);

    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (bits & told[i].bit)
            row_warned(w, COLUMN_NAME, told[i].why, (str){ 0 });
    if (!(bits & NAME_NO_MARKS) && lacks_marks(p->proposal))
        row_warned(w, COLUMN_NAME, WARNING_name_no_marks, (str){ 0 });
    if (!(bits & (NAME_CLAN_ORDER | NAME_OTHER_WORDS)) && order_is_doubtful(p->proposal))
        row_warned(w, COLUMN_NAME, WARNING_name_order, (str){ 0 });
    if (bits & (NAME_DIGITS | NAME_LOST_LETTERS)) {
        row_warned(w, COLUMN_NAME, WARNING_name_strange, (str){ 0 });
        p->name = p->proposal = (str){ 0 };
    }
}

/* From one column, or from those of family and given name. */
static bool name_take(struct row_work *w, str *ret_text)
{
    str family, raw;

    if (!row_take(w, COLUMN_NAME, &raw, ret_text))
        return false;
    if (ret_text->len || w->by->sheet->of_role[COLUMN_FAMILY] < 0)
        return true;
    if (!row_take(w, COLUMN_FAMILY, &raw, &family) || !row_take(w, COLUMN_GIVEN, &raw, ret_text))
        return false;
    if (family.len)
        *ret_text = ret_text->len ? arena_join(w->arena, arena_join(w->arena, family, STR(" ")), *ret_text) : family;
    return true;
}

void row_name(struct row_work *w)
{
    struct list_person *p = w->person;
    str text;

    if (!name_take(w, &text))
        return;
    if (text.len > ROW_NAME_BYTES_MAX) {
        p->reason = REASON_name_too_long;
        return;
    }
    p->name = name_mend(w, text);
    propose(w);
    doubts_tell(w);
}
