/* Reads the small parts of a workbook once. Their number and size are bounded; a part beyond is a bomb.
 * tested by: src/refine/file/test/xlsx_test.c */
#include "refine/file/workbook.h"

#include "refine/file/xml.h"
#include "viet/encoding/encoding.h"

#include <stdlib.h>
#include <string.h>

enum { SHEETS_MAX = 512, STYLES_MAX = 65536, FORMATS_MAX = 4096, FONTS_MAX = 4096, TEXTS_MAX = 8 << 20 };
#define TEXT_BYTES_ALL ((size_t)256 << 20)

struct sheet_entry_of {
    str name, relation;
    bool hidden;
};

struct reading {
    struct xml_guard guard; /* first */
    struct workbook *book;
    struct sheet_entry_of sheets[SHEETS_MAX];
    size_t sheet_count;
    str wanted_relation;
    struct { int id; bool date; } formats[FORMATS_MAX];
    size_t format_count;
    bool font_capitals[FONTS_MAX]; /* in the order of the fonts */
    size_t font_count;
    bool in_cell_styles, in_fonts, in_text, in_phonetic, run_ruled, run_capitals;
    size_t run_from;
    size_t style_cap, text_cap, text_bytes;
    struct buf text;
    bool over;
};

bool workbook_format_is_date(int id, str code)
{
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58)
        return true;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == '"' || c == '[') {
            str rest = str_from(code, i + 1);
            i += 1 + str_find_char(rest, c == '"' ? '"' : ']');
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == 'd' || c == 'D' || c == 'y' || c == 'Y') {
            return true;
        }
    }
    return false;
}

static str reading_str(struct reading *r, const char *z) { return arena_str(r->book->arena, str_of(z)); }

static void over(struct reading *r)
{
    r->over = true;
    XML_StopParser(r->guard.parser, XML_FALSE);
}

/* --- workbook.xml and its relations ---------------------------------------------------------------------------------- */

static void XMLCALL book_start(void *with, const char *name, const char **attributes)
{
    struct reading *r = with;
    const char *const *list = (const char *const *)attributes;
    const char *value;

    name = xml_local(name);
    if (strcmp(name, "workbookPr") == 0) {
        value = xml_attribute(list, "date1904");
        r->book->epoch_1904 = value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
    } else if (strcmp(name, "sheet") == 0) {
        if (r->sheet_count == SHEETS_MAX) {
            over(r);
            return;
        }
        value = xml_attribute(list, "state");
        r->sheets[r->sheet_count++] = (struct sheet_entry_of){
            .name = reading_str(r, xml_attribute(list, "name")),
            .relation = reading_str(r, xml_attribute(list, "id")),
            .hidden = value && strcmp(value, "visible") != 0,
        };
    }
}

static void XMLCALL relation_start(void *with, const char *name, const char **attributes)
{
    struct reading *r = with;
    const char *const *list = (const char *const *)attributes;
    const char *id = xml_attribute(list, "Id"), *target = xml_attribute(list, "Target");
    str path = str_of(target);

    if (strcmp(xml_local(name), "Relationship") != 0 || !id || !target || !str_eq(str_of(id), r->wanted_relation))
        return;
    if (str_starts(path, STR("/")))
        r->book->sheet_entry = arena_str(r->book->arena, str_from(path, 1));
    else
        r->book->sheet_entry = arena_join(r->book->arena, STR("xl/"), path);
}

static STATUS sheet_choose(struct reading *r, str wanted)
{
    for (size_t i = 0; i < r->sheet_count; i++) {
        const struct sheet_entry_of *s = &r->sheets[i];
        if (wanted.len ? str_eq(s->name, wanted) : !s->hidden) {
            r->book->sheet = s->name;
            r->wanted_relation = s->relation;
            return OK;
        }
    }
    return wanted.len ? FAIL_WITH(ENUM_UNKNOWN, STR("sheet"), wanted) : FAIL(FILE_BROKEN);
}

/* --- styles.xml ------------------------------------------------------------------------------------------------------ */

static int number_of(const char *z)
{
    int64_t n;

    return z && str_i64(str_of(z), &n) && n >= 0 && n < INT32_MAX ? (int)n : 0;
}

static bool font_is_capitals(const char *name)
{
    struct encoding_form form;

    return name && encoding_of_font(str_of(name), &form) && form.upper_font;
}

static void style_add(struct reading *r, int format, int font)
{
    struct workbook *b = r->book;
    bool date = workbook_format_is_date(format, (str){ 0 });

    if (b->style_count == STYLES_MAX) {
        over(r);
        return;
    }
    for (size_t i = 0; i < r->format_count; i++)
        date |= r->formats[i].id == format && r->formats[i].date;
    if (b->style_count == r->style_cap) {
        size_t cap = r->style_cap ? r->style_cap * 4 : 64;
        bool *grown = ARENA_ARRAY(b->arena, bool, cap), *capitals = ARENA_ARRAY(b->arena, bool, cap);
        if (b->style_count) {
            memcpy(grown, b->date_styles, b->style_count);
            memcpy(capitals, b->capital_styles, b->style_count);
        }
        b->date_styles = grown;
        b->capital_styles = capitals;
        r->style_cap = cap;
    }
    b->capital_styles[b->style_count] = (size_t)font < r->font_count && font < FONTS_MAX && r->font_capitals[font];
    b->date_styles[b->style_count++] = date;
}

static void XMLCALL style_start(void *with, const char *name, const char **attributes)
{
    struct reading *r = with;
    const char *const *list = (const char *const *)attributes;
    int id = number_of(xml_attribute(list, "numFmtId"));

    name = xml_local(name);
    if (strcmp(name, "cellXfs") == 0)
        r->in_cell_styles = true;
    else if (strcmp(name, "fonts") == 0)
        r->in_fonts = true;
    else if (strcmp(name, "font") == 0 && r->in_fonts)
        r->font_count++;
    else if (strcmp(name, "name") == 0 && r->in_fonts && r->font_count > 0 && r->font_count <= FONTS_MAX)
        r->font_capitals[r->font_count - 1] = font_is_capitals(xml_attribute(list, "val"));
    else if (strcmp(name, "numFmt") == 0 && r->format_count < FORMATS_MAX) {
        r->formats[r->format_count].id = id;
        r->formats[r->format_count++].date = workbook_format_is_date(id, str_of(xml_attribute(list, "formatCode")));
    } else if (strcmp(name, "xf") == 0 && r->in_cell_styles)
        style_add(r, id, number_of(xml_attribute(list, "fontId")));
}

static void XMLCALL style_end(void *with, const char *name)
{
    struct reading *r = with;

    name = xml_local(name);
    if (strcmp(name, "cellXfs") == 0)
        r->in_cell_styles = false;
    else if (strcmp(name, "fonts") == 0)
        r->in_fonts = false;
}

/* --- sharedStrings.xml ----------------------------------------------------------------------------------------------- */

static void XMLCALL text_start(void *with, const char *name, const char **attributes)
{
    struct reading *r = with;

    name = xml_local(name);
    if (strcmp(name, "si") == 0) {
        buf_clear(&r->text);
        r->run_ruled = r->run_capitals = false;
    } else if (strcmp(name, "r") == 0) {
        r->run_capitals = false;
    } else if (strcmp(name, "rFont") == 0) {
        r->run_ruled = true;
        r->run_capitals = font_is_capitals(xml_attribute((const char *const *)attributes, "val"));
    }
    r->run_from = r->text.len;
    r->in_text = strcmp(name, "t") == 0;
    r->in_phonetic |= strcmp(name, "rPh") == 0;
}

static void text_add(struct reading *r)
{
    struct workbook *b = r->book;

    r->text_bytes += r->text.len + sizeof(str);
    if (b->text_count == TEXTS_MAX || r->text_bytes > TEXT_BYTES_ALL || r->text.full) {
        over(r);
        return;
    }
    if (b->text_count == r->text_cap) {
        size_t cap = r->text_cap ? r->text_cap * 2 : 1024;
        str *grown = ARENA_ARRAY(b->arena, str, cap);
        bool *ruled = ARENA_ARRAY(b->arena, bool, cap);
        if (b->text_count) {
            memcpy(grown, b->texts, b->text_count * sizeof *grown);
            memcpy(ruled, b->texts_ruled, b->text_count);
        }
        b->texts = grown;
        b->texts_ruled = ruled;
        r->text_cap = cap;
    }
    b->texts_ruled[b->text_count] = r->run_ruled;
    b->texts[b->text_count++] = arena_str(b->arena, buf_str(&r->text));
}

static void XMLCALL text_end(void *with, const char *name)
{
    struct reading *r = with;

    name = xml_local(name);
    if (strcmp(name, "t") == 0) {
        if (r->in_text && r->run_capitals && r->text.len > r->run_from)
            encoding_raise(r->text.ptr + r->run_from, r->text.len - r->run_from);
        r->in_text = false;
    } else if (strcmp(name, "rPh") == 0)
        r->in_phonetic = false;
    else if (strcmp(name, "si") == 0)
        text_add(r);
}

static void XMLCALL text_data(void *with, const char *bytes, int len)
{
    struct reading *r = with;

    if (r->in_text && !r->in_phonetic)
        buf_bytes(&r->text, bytes, (size_t)len);
}

static STATUS part_walk(struct archive *a, const char *name, struct reading *r, const struct xml_handlers *h)
{
    bool found;
    status st = xml_walk(a, str_of(name), &r->guard, h, &found);

    return r->over ? FAIL(FILE_BOMB) : st;
}

static STATUS parts_read(struct archive *a, str sheet, struct reading *r)
{
    static const struct xml_handlers book = { .start = book_start }, relations = { .start = relation_start },
                                     styles = { style_start, style_end, NULL }, texts = { text_start, text_end, text_data };

    if (!archive_has(a, STR("xl/workbook.xml")))
        return FAIL(FILE_KIND);
    TRY(part_walk(a, "xl/workbook.xml", r, &book));
    TRY(sheet_choose(r, sheet));
    TRY(part_walk(a, "xl/_rels/workbook.xml.rels", r, &relations));
    if (!r->book->sheet_entry.len)
        return FAIL(FILE_BROKEN);
    TRY(part_walk(a, "xl/styles.xml", r, &styles));
    return part_walk(a, "xl/sharedStrings.xml", r, &texts);
}

STATUS workbook_read(struct arena *arena, struct archive *a, str sheet, struct workbook *ret)
{
    struct reading *r = calloc(1, sizeof *r);
    status st;

    MUST(r);
    *ret = (struct workbook){ .arena = arena };
    r->book = ret;
    buf_init(&r->text, (size_t)1 << 24);
    st = parts_read(a, sheet, r);
    buf_done(&r->text);
    free(r);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

str workbook_text(struct workbook *b, size_t number, bool capitals)
{
    str text = b->texts[number];

    if (!capitals || !text.len || b->texts_ruled[number])
        return text;
    if (!b->texts_raised)
        b->texts_raised = ARENA_ARRAY(b->arena, str, b->text_count);
    if (!b->texts_raised[number].len) {
        char *bytes = arena_z(b->arena, text);
        encoding_raise(bytes, text.len);
        b->texts_raised[number] = (str){ bytes, text.len };
    }
    return b->texts_raised[number];
}
