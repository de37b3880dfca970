/* The cleaned copy of a list: every source cell as it came, the cleaned cells beside it, and two columns at the end that say
 * in words what was repaired and what is asked. CSV and TSV in UTF-8 with a mark, or XLSX, where all cells are text so that no
 * zero is lost again.
 * tested by: src/refine/test/clean_test.c */
#include "refine/clean.h"

#include "book/book.h"
#include "messages/messages.h"

#include <stdlib.h>
#include <string.h>

struct clean_copy {
    const struct clean_options *o;
    const struct sheet *s;
    struct book *book;
};

/* Without a column of sex, the two columns of men and women give one. */
static bool gives_sex(const struct sheet *s, enum column_role role)
{
    return role == COLUMN_SEX || (s->of_role[COLUMN_SEX] < 0 && (role == COLUMN_FEMALE || (role == COLUMN_MALE && s->of_role[COLUMN_FEMALE] < 0)));
}

static bool gives_birth(const struct sheet *s, enum column_role role)
{
    return role == COLUMN_BIRTH || (s->of_role[COLUMN_BIRTH] < 0 && role != COLUMN_SEX && gives_sex(s, role));
}

static bool gives_name(const struct sheet *s, enum column_role role)
{
    return role == COLUMN_NAME || (s->of_role[COLUMN_NAME] < 0 && role == COLUMN_GIVEN);
}

static void heads_put(struct clean_copy *c, enum column_role role)
{
    enum lang lang = c->o->lang;

    if (role == COLUMN_NUMBER || role == COLUMN_OLD_NUMBER)
        book_text(c->book, role == COLUMN_NUMBER ? msg_clean_head_number(lang) : msg_clean_head_old_number(lang));
    if (gives_name(c->s, role))
        book_text(c->book, msg_clean_head_name(lang));
    if (gives_birth(c->s, role))
        book_text(c->book, msg_clean_head_birth(lang));
    if (gives_sex(c->s, role))
        book_text(c->book, msg_clean_head_sex(lang));
    if (role == COLUMN_PHONE)
        book_text(c->book, msg_clean_head_phone(lang));
    if (role == COLUMN_ADDRESS) {
        book_text(c->book, msg_clean_head_rest(lang));
        book_text(c->book, msg_clean_head_unit(lang));
        book_text(c->book, msg_clean_head_unit_code(lang));
        book_text(c->book, msg_clean_head_unit_named(lang));
    }
}

static void head_write(struct clean_copy *c)
{
    book_table(c->book, (str){ 0 });
    for (size_t i = 0; i < c->s->column_count; i++) {
        book_text(c->book, c->s->columns[i].header);
        heads_put(c, c->s->columns[i].role);
    }
    book_text(c->book, msg_clean_head_repairs(c->o->lang));
    book_text(c->book, msg_clean_head_questions(c->o->lang));
    book_line(c->book);
}

STATUS clean_copy_open(const struct clean_options *o, const struct sheet *s, struct clean_copy **ret)
{
    struct clean_copy *c = calloc(1, sizeof *c);
    enum clean_format format;

    MUST(c);
    *ret = c;
    c->o = o;
    c->s = s;
    TRY(clean_format_of(o->out, UINT32_MAX, STR("out"), &format));
    TRY(book_open(o->out, format == CLEAN_XLSX ? BOOK_XLSX : format == CLEAN_TSV ? BOOK_TSV : BOOK_CSV, &c->book));
    head_write(c);
    return OK;
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

static str source_cell(const struct clean_copy *c, struct arena *a, const struct sheet_row *row, size_t column)
{
    if (column >= row->count || row->cells[column].ptr == xlsx_formula)
        return (str){ 0 };
    str text = sheet_decode(c->s, a, column, row->cells[column]);
    return text_is_utf8(text) && !memchr(text.ptr ? text.ptr : "", 0, text.len) ? text : (str){ 0 };
}

static str digits_text(struct arena *a, int64_t number, int digits) { return number ? arena_printf(a, "%0*lld", digits, (long long)number) : (str){ 0 }; }

static void place_put(struct clean_copy *c, struct arena *a, const struct list_person *p)
{
    const struct place_found *f = &p->place;
    const struct defs *d = c->o->defs;
    day old = defs_map_to(d, MAP_OLD);
    bool from_old = f->named.v && f->named.v != f->today.v;

    book_text(c->book, f->answer == PLACE_EMPTY ? (str){ 0 } : f->rest);
    book_text(c->book, f->today.v ? defs_unit_path(a, d, f->today, c->o->today, LANG_VI) : (str){ 0 });
    book_text(c->book, f->today.v ? arena_printf(a, "%05d", f->today.v % 100000) : (str){ 0 });
    book_text(c->book, from_old ? arena_printf(a, "%.*s (%05d)", STR_ARG(defs_unit_path(a, d, f->named, old, LANG_VI)), f->named.v % 100000) : (str){ 0 });
}

static void cells_put(struct clean_copy *c, struct arena *a, enum column_role role, const struct list_person *p)
{
    if (role == COLUMN_NUMBER)
        book_text(c->book, p->number ? digits_text(a, p->number, 12) : c->s->of_role[COLUMN_OLD_NUMBER] < 0 ? digits_text(a, p->old_number, 9) : (str){ 0 });
    if (role == COLUMN_OLD_NUMBER)
        book_text(c->book, digits_text(a, p->old_number, 9));
    if (gives_name(c->s, role))
        book_text(c->book, p->proposal);
    if (gives_birth(c->s, role))
        book_text(c->book, day_vi(a, p->birth));
    if (gives_sex(c->s, role))
        book_text(c->book, sex_text(p->sex));
    if (role == COLUMN_PHONE)
        book_text(c->book, p->phone.kind != PHONE_NONE ? str_of(p->phone.digits) : (str){ 0 });
    if (role == COLUMN_ADDRESS)
        place_put(c, a, p);
}

static void word_add(struct buf *b, str word)
{
    if (str_find(buf_str(b), word) < b->len)
        return;
    if (b->len)
        buf_add(b, STR("; "));
    buf_add(b, word);
}

static void words_put(struct clean_copy *c, struct arena *a, const struct list_person *p, const struct row_journal *j)
{
    struct buf b;

    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < j->repair_count; i++)
        word_add(&b, clean_word(a, c->o, "repair_", repair_word(j->repairs[i].is.rule)));
    book_text(c->book, buf_str(&b));
    buf_clear(&b);
    if (p->reason != REASON_none)
        word_add(&b, clean_word(a, c->o, "row_reason_", reason_word(p->reason)));
    for (size_t i = 0; i < j->question_count; i++)
        word_add(&b, clean_word(a, c->o, "row_warning_", warning_word(j->questions[i].why)));
    book_text(c->book, buf_str(&b));
    buf_done(&b);
}

STATUS clean_copy_row(struct clean_copy *c, struct arena *a, const struct sheet_row *row, const struct list_person *p, const struct row_journal *j)
{
    for (size_t i = 0; i < c->s->column_count; i++) {
        book_text(c->book, source_cell(c, a, row, i));
        cells_put(c, a, c->s->columns[i].role, p);
    }
    words_put(c, a, p, j);
    book_line(c->book);
    return book_check(c->book);
}

STATUS clean_copy_close(struct clean_copy **at, bool keep)
{
    struct clean_copy *c = *at;
    status st = OK;

    if (!c)
        return OK;
    if (keep && c->book)
        st = book_close(&c->book);
    book_drop(&c->book);
    free(c);
    *at = NULL;
    return st;
}
