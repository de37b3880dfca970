/* Values of sector registers: read strictly from operations, leniently from lists, shown, and kept as bytes. A row's bytes are a
 * version, what the list said of the subject, then for each known value the tag of its field, a kind and the value; they are
 * opaque to SQL. What a list has but nobody can read is kept as it was sent, marked, so that nothing is lost.
 *
 * Refuses as corrupt what does not read back whole.
 * tested by: src/register/test/sector_test.c */
#include "register/sector/sector.h"

#include <string.h>

enum { DOC_VERSION = 1, TAG_BYTES = 4, DOC_TEXT_MAX = 4000 };
enum value_kind { KIND_NUMBER = 1, KIND_TEXT, KIND_RAW };

static bool is_text(enum sector_type type) { return type == SECTOR_TEXT || type == SECTOR_CODE || type == SECTOR_DOCUMENT; }

/* --- bytes ------------------------------------------------------------------------------------------------------------ */

static void put_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_char(b, (char)(v | 0x80));
    buf_char(b, (char)v);
}

static void put_signed(struct buf *b, int64_t v) { put_varint(b, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63)); }

static void put_text(struct buf *b, str s)
{
    put_varint(b, s.len);
    buf_add(b, s);
}

static void put_value(struct buf *b, const struct sector_field *f, const struct sector_value *v)
{
    for (int shift = 0; shift < 32; shift += 8)
        buf_char(b, (char)(f->tag >> shift));
    enum value_kind kind = v->raw ? KIND_RAW : is_text(f->type) ? KIND_TEXT : KIND_NUMBER;
    buf_char(b, (char)kind);
    if (kind == KIND_NUMBER)
        put_signed(b, v->number);
    else
        put_text(b, v->text);
}

void sector_content_write(const struct sector_register *r, const struct sector_content *c, struct buf *out)
{
    buf_char(out, DOC_VERSION);
    put_signed(out, c->listed.number);
    put_text(out, c->listed.name);
    put_varint(out, (uint64_t)c->listed.birth.ymd);
    buf_char(out, (char)c->listed.sex);
    for (size_t i = 0; i < r->field_count; i++)
        if (c->values[i].known || c->values[i].raw)
            put_value(out, &r->fields[i], &c->values[i]);
    buf_add(out, c->rest);
}

struct taking {
    str doc;
    size_t at;
    bool bad;
};

static uint8_t take_byte(struct taking *t)
{
    t->bad = t->bad || t->at >= t->doc.len;
    return t->bad ? 0 : (uint8_t)t->doc.ptr[t->at++];
}

static uint64_t take_varint(struct taking *t)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t byte = take_byte(t);
        v |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return v;
    }
    t->bad = true;
    return 0;
}

static int64_t take_signed(struct taking *t)
{
    uint64_t v = take_varint(t);
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static str take_text(struct taking *t)
{
    uint64_t len = take_varint(t);
    t->bad = t->bad || len > DOC_TEXT_MAX || len > t->doc.len - t->at;
    if (t->bad)
        return (str){ 0 };
    str s = str_slice(t->doc, t->at, t->at + len);
    t->at += len;
    return s;
}

static void take_value(struct taking *t, const struct sector_register *r, struct sector_content *ret)
{
    size_t begin = t->at;
    uint32_t tag = 0;
    struct sector_value v = { .known = true };
    for (int shift = 0; shift < 32; shift += 8)
        tag |= (uint32_t)take_byte(t) << shift;
    int kind = take_byte(t), field = sector_field_of_tag(r, tag);
    if (kind == KIND_NUMBER)
        v.number = take_signed(t);
    else
        v.text = take_text(t);
    t->bad = t->bad || kind < KIND_NUMBER || kind > KIND_RAW;
    bool fits = field >= 0 && (kind == KIND_RAW || (kind == KIND_TEXT) == is_text(r->fields[field].type));
    if (!fits) {
        /* Of another version: kept as long as they stand in one piece at the end, where the writer puts them. */
        if (!ret->rest.len)
            ret->rest = str_slice(t->doc, begin, t->at);
        else if (ret->rest.ptr + ret->rest.len == t->doc.ptr + begin)
            ret->rest.len += t->at - begin;
        return;
    }
    v.raw = kind == KIND_RAW;
    v.known = !v.raw;
    ret->values[field] = v;
}

STATUS sector_content_read(const struct sector_register *r, str doc, struct sector_content *ret)
{
    struct taking t = { .doc = doc };
    *ret = (struct sector_content){ 0 };
    bool version_ok = take_byte(&t) == DOC_VERSION;
    ret->listed.number = take_signed(&t);
    ret->listed.name = take_text(&t);
    ret->listed.birth = (day){ (int32_t)take_varint(&t) };
    ret->listed.sex = (enum sex)take_byte(&t);
    while (!t.bad && t.at < doc.len)
        take_value(&t, r, ret);
    bool sound = version_ok && !t.bad && day_is_valid(ret->listed.birth) && ret->listed.sex <= SEX_OTHER;
    return sound ? OK : FAIL_AT(CORRUPT, STR("sector_row.doc"));
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

bool sector_form_fits(str form, str text)
{
    if (!form.len)
        return true;
    if (form.len != text.len)
        return false;
    for (size_t i = 0; i < form.len; i++) {
        char f = form.ptr[i], c = text.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'), digit = c >= '0' && c <= '9';
        if (f == '9' ? !digit : f == 'A' ? !letter : f != c)
            return false;
    }
    return true;
}

/* "-12.5" into a number scaled by 10^decimals. */
static bool decimal_read(str text, int decimals, int64_t *ret)
{
    size_t point = str_find_char(text, '.');
    str whole = str_slice(text, 0, point), part = point < text.len ? str_from(text, point + 1) : (str){ 0 };
    char digits[40];
    size_t n = whole.len;
    while (part.len > (size_t)decimals && part.ptr[part.len - 1] == '0')
        part.len--;
    if (point < text.len && (part.len > (size_t)decimals || (part.len && !str_is_digits(part))))
        return false;
    if (!whole.len || n + (size_t)decimals + 1 > sizeof digits)
        return false;
    memcpy(digits, whole.ptr, n);
    for (int i = 0; i < decimals; i++)
        digits[n++] = (size_t)i < part.len ? part.ptr[i] : '0';
    return str_i64((str){ digits, n }, ret);
}

static bool number_fits(const struct sector_field *f, str text, struct sector_value *ret)
{
    return decimal_read(text, f->type == SECTOR_NUMBER ? f->decimals : 0, &ret->number) && ret->number >= f->min && ret->number <= f->max;
}

STATUS sector_value_read(struct ctx *cx, const struct sector_field *f, str text, struct sector_value *ret)
{
    unit_id unit = UNIT_NONE;
    day when = { 0 };
    *ret = (struct sector_value){ .known = true };
    switch (f->type) {
    case SECTOR_TEXT:
    case SECTOR_DOCUMENT:
        TRY(viet_enter(cx->arena, f->key, text, SECTOR_TEXT_BYTES_MAX, &ret->text));
        return sector_form_fits(f->form, ret->text) ? OK : FAIL_WITH(FIELD_FORM, f->key, text);
    case SECTOR_CODE:
        if (!code_item_find(f->codes, text))
            return FAIL_WITH(ENUM_UNKNOWN, f->key, text);
        ret->text = code_item_find(f->codes, text)->code;
        return OK;
    case SECTOR_DAY:
        if (!status_ok(day_parse(text, &when)))
            return FAIL_WITH(DAY_FORMAT, f->key, text);
        ret->number = when.ymd;
        return OK;
    case SECTOR_UNIT:
        if (!status_ok(defs_unit_parse(cx->app->defs, text, cx->today, &unit)))
            return FAIL_WITH(UNIT_UNKNOWN, f->key, text);
        ret->number = unit.v;
        return OK;
    case SECTOR_PERSON:
        if (text.len != 12 || !str_is_digits(text) || !str_i64(text, &ret->number))
            return FAIL_AT(NUMBER_FORMAT, f->key);
        return OK;
    case SECTOR_NUMBER:
    case SECTOR_MONEY: break;
    }
    return number_fits(f, text, ret) ? OK : FAIL_WITH(VALUE_RANGE, f->key, text);
}

/* "1.234.567,5 m2" or "1,234,567 đ": digits with marks between groups of three; the last mark before one or two digits is a
 * decimal mark. */
static bool number_written(const struct sector_field *f, str text, struct sector_value *ret)
{
    char plain[40];
    size_t n = 0, last = text.len;
    while (text.len && !(text.ptr[text.len - 1] >= '0' && text.ptr[text.len - 1] <= '9'))
        text.len--;
    if (str_ends(text, STR("m2")))
        text = str_trim(str_slice(text, 0, text.len - 2));
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.' || text.ptr[i] == ',')
            last = i;
    bool decimal = last < text.len && f->type == SECTOR_NUMBER && f->decimals > 0 && text.len - last - 1 != 3;
    for (size_t i = 0; i < text.len && n + 1 < sizeof plain; i++) {
        char c = text.ptr[i];
        if (decimal && i == last)
            plain[n++] = '.';
        else if ((c >= '0' && c <= '9') || (c == '-' && i == 0))
            plain[n++] = c;
        else if (c != '.' && c != ',' && c != ' ')
            return false;
    }
    return n > 0 && number_fits(f, (str){ plain, n }, ret);
}

/* As lists have it most often: no folding. */
static const struct code_item *code_as_it_stands(const struct sector_field *f, str text)
{
    for (size_t i = 0; i < f->codes->count; i++) {
        const struct code_item *it = &f->codes->items[i];
        if (str_eq(it->code, text) || str_eq(it->vi, text) || str_eq(it->en, text))
            return it;
    }
    return NULL;
}

static bool code_written(struct arena *a, const struct sector_field *f, str text, struct sector_value *ret)
{
    const struct code_item *exact = code_as_it_stands(f, text);
    if (exact) {
        ret->text = exact->code;
        return true;
    }
    str folded = viet_fold(a, text);
    for (size_t i = 0; i < f->codes->count; i++) {
        const struct code_item *it = &f->codes->items[i];
        bool same = str_eq(it->code, text) || str_eq(viet_fold(a, it->vi), folded) || str_eq(viet_fold(a, it->en), folded);
        for (size_t k = 0; k < it->also_count && !same; k++)
            same = str_eq(viet_fold(a, it->also[k]), folded);
        if (same) {
            ret->text = it->code;
            return true;
        }
    }
    return false;
}

static bool unit_written(struct ctx *cx, str text, struct sector_value *ret)
{
    unit_id unit;
    if (!status_ok(defs_unit_written(cx->app->defs, text, cx->today, &unit))) {
        fault_clear();
        return false;
    }
    ret->number = unit.v;
    return true;
}

static bool day_written(const struct ctx *cx, str text, struct sector_value *ret)
{
    struct date_habits habits = { .today = cx->today };
    struct date_reading reading;
    if (!date_read(text, &habits, &reading) || day_is_none(reading.day))
        return false;
    ret->number = reading.day.ymd;
    return true;
}

static bool person_written(str text, struct sector_value *ret)
{
    struct number_reading n;
    if (!number_read(text, &n) || (n.kind != NUMBER_PERSONAL && n.kind != NUMBER_SUGGESTED))
        return false;
    ret->number = n.number;
    return true;
}

void sector_cell_read(struct ctx *cx, const struct sector_field *f, str text, struct sector_value *ret)
{
    bool good = false;
    *ret = (struct sector_value){ 0 };
    text = text_cut(str_trim(text), SECTOR_TEXT_BYTES_MAX);
    if (!text.len)
        return;
    switch (f->type) {
    case SECTOR_TEXT:
    case SECTOR_DOCUMENT:
        good = sector_form_fits(f->form, text);
        ret->text = text;
        break;
    case SECTOR_CODE: good = code_written(cx->arena, f, text, ret); break;
    case SECTOR_DAY: good = day_written(cx, text, ret); break;
    case SECTOR_UNIT: good = unit_written(cx, text, ret); break;
    case SECTOR_PERSON: good = person_written(text, ret); break;
    case SECTOR_NUMBER:
    case SECTOR_MONEY: good = number_written(f, text, ret); break;
    }
    if (good)
        ret->known = true;
    else
        *ret = (struct sector_value){ .raw = true, .text = arena_str(cx->arena, text) };
}

/* --- showing ---------------------------------------------------------------------------------------------------------- */

static str scaled(struct arena *a, int64_t n, int decimals, char point)
{
    int64_t scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    if (decimals == 0 || n % scale == 0)
        return arena_printf(a, "%lld", (long long)(n / scale));
    return arena_printf(a, "%s%lld%c%0*lld", n < 0 ? "-" : "", (long long)(n < 0 ? -n : n) / scale, point, decimals,
                        (long long)((n < 0 ? -n : n) % scale));
}

str sector_value_text(struct arena *a, const struct sector_field *f, const struct sector_value *v)
{
    if (v->raw || is_text(f->type))
        return v->text;
    if (!v->known)
        return (str){ 0 };
    switch (f->type) {
    case SECTOR_DAY: return day_iso_str(a, (day){ (int32_t)v->number });
    case SECTOR_UNIT: return defs_unit_text(a, (unit_id){ (int32_t)v->number });
    case SECTOR_PERSON: return arena_printf(a, "%012lld", (long long)v->number);
    case SECTOR_NUMBER: return scaled(a, v->number, f->decimals, '.');
    case SECTOR_MONEY:
    case SECTOR_TEXT:
    case SECTOR_CODE:
    case SECTOR_DOCUMENT: break;
    }
    return arena_printf(a, "%lld", (long long)v->number);
}

str sector_value_show(struct ctx *cx, const struct sector_field *f, const struct sector_value *v)
{
    if (v->raw || !v->known)
        return v->text;
    const struct code_item *item = f->type == SECTOR_CODE ? code_item_find(f->codes, v->text) : NULL;
    if (item)
        return cx->lang == LANG_EN ? item->en : item->vi;
    str measure = cx->lang == LANG_EN ? f->measure_en : f->measure_vi;
    switch (f->type) {
    case SECTOR_DAY: return day_vi(cx->arena, (day){ (int32_t)v->number });
    case SECTOR_UNIT: return defs_unit_path(cx->arena, cx->app->defs, (unit_id){ (int32_t)v->number }, cx->today, cx->lang);
    case SECTOR_MONEY: return arena_printf(cx->arena, "%.*s đ", STR_ARG(msg_number(cx->arena, cx->lang, v->number)));
    case SECTOR_NUMBER: {
        str n = f->decimals || !measure.len ? scaled(cx->arena, v->number, f->decimals, cx->lang == LANG_EN ? '.' : ',')
                                            : msg_number(cx->arena, cx->lang, v->number);
        return measure.len ? arena_printf(cx->arena, "%.*s %.*s", STR_ARG(n), STR_ARG(measure)) : n;
    }
    case SECTOR_TEXT:
    case SECTOR_CODE:
    case SECTOR_PERSON:
    case SECTOR_DOCUMENT: break;
    }
    return sector_value_text(cx->arena, f, v);
}
