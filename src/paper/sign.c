/* Signs a paper: an incremental update of our own PDF with a signature field and a PAdES signature with time stamp, level B-T
 * (ETSI EN 319 142-1; ISO 32000-1 sections 7.5.6 and 12.8). The bytes before stay as they were, so that a second signature may
 * follow. Only PDFs of paper_render() are read: one page tree without inheritance, a classic table of objects.
 * tested by: src/paper/test/sign_test.c */
#include "paper/sign.h"

#include <stdio.h>
#include <string.h>

enum { CMS_BYTES_MAX = 10240, ENTRY_BYTES = 20, OBJECTS_MAX = 200000, SPAN_DIGITS = 10 };

struct pdf {
    str bytes;
    size_t table;    /* where its table of objects begins */
    size_t entries;  /* the first entry in it */
    int64_t objects; /* their number, the free one counted */
    int64_t catalog, info, page;
    str catalog_text, page_text; /* inside << and >> */
};

static status broken(const char *why)
{
    status st = FAIL(INTERNAL);
    fault_detail("pdf: %s", why);
    return st;
}

/* The whole number behind `key` in a dictionary. */
static bool number_after(str text, str key, int64_t *ret)
{
    size_t at = str_find(text, key), end;
    if (at >= text.len)
        return false;
    str rest = str_trim(str_from(text, at + key.len));
    for (end = 0; end < rest.len && rest.ptr[end] >= '0' && rest.ptr[end] <= '9';)
        end++;
    return str_i64(str_slice(rest, 0, end), ret);
}

static size_t find_last(str text, str needle)
{
    for (size_t i = text.len; i-- > 0;)
        if (str_starts(str_from(text, i), needle))
            return i;
    return text.len;
}

/* What stands between the outermost << and >> of an object. */
static STATUS object_text(const struct pdf *p, int64_t number, str *ret)
{
    int64_t at;
    if (number <= 0 || number >= p->objects)
        return broken("no such object");
    str entry = str_slice(p->bytes, p->entries + (size_t)number * ENTRY_BYTES, p->entries + (size_t)number * ENTRY_BYTES + SPAN_DIGITS);
    if (!str_i64(entry, &at) || at <= 0 || (size_t)at >= p->bytes.len)
        return broken("place of an object");
    str rest = str_from(p->bytes, (size_t)at);
    size_t end = str_find(rest, STR("endobj")), open = str_find(rest, STR("<<"));
    size_t close = find_last(str_slice(rest, 0, end), STR(">>"));
    if (end >= rest.len || open >= end || close <= open || close >= end)
        return broken("an object");
    *ret = str_slice(rest, open + 2, close);
    return OK;
}

static STATUS pdf_read(str bytes, struct pdf *ret)
{
    int64_t at, first, pages;
    str trailer, line, tree;
    *ret = (struct pdf){ .bytes = bytes };
    size_t start = find_last(bytes, STR("startxref"));
    if (!str_starts(bytes, STR("%PDF-1.")) || !number_after(str_from(bytes, start), STR("startxref"), &at) || at <= 0 || (size_t)at >= start)
        return broken("no table");
    ret->table = (size_t)at;
    str rest = str_from(bytes, ret->table);
    if (!str_cut(&rest, '\n', &line) || !str_eq(str_trim(line), STR("xref")) || !str_cut(&rest, '\n', &line))
        return broken("not a classic table");
    str first_text, count_text = str_trim(line);
    if (!str_cut(&count_text, ' ', &first_text) || !str_i64(first_text, &first) || first != 0 || !str_i64(str_trim(count_text), &ret->objects) ||
        ret->objects < 2 || ret->objects > OBJECTS_MAX)
        return broken("table");
    ret->entries = (size_t)(rest.ptr - bytes.ptr);
    trailer = str_slice(bytes, ret->entries + (size_t)ret->objects * ENTRY_BYTES, start);
    if (!number_after(trailer, STR("/Root"), &ret->catalog) || !number_after(trailer, STR("/Info"), &ret->info))
        return broken("trailer");
    TRY(object_text(ret, ret->catalog, &ret->catalog_text));
    if (!number_after(ret->catalog_text, STR("/Pages"), &pages))
        return broken("no pages");
    TRY(object_text(ret, pages, &tree));
    if (!number_after(tree, STR("/Kids ["), &ret->page))
        return broken("no first page");
    TRY(object_text(ret, ret->page, &ret->page_text));
    bool used = str_find(ret->page_text, STR("/Annots")) < ret->page_text.len || str_find(ret->catalog_text, STR("/AcroForm")) < ret->catalog_text.len;
    return used ? broken("signed already") : OK;
}

/* --- writing -------------------------------------------------------------------------------------------------------------- */

struct update {
    const struct pdf *pdf;
    struct buf *out;
    size_t places[4]; /* of catalog, page, field, signature */
    size_t range, contents;
};

static void object_begin(struct update *u, int which, int64_t number)
{
    u->places[which] = u->out->len;
    buf_printf(u->out, "%lld 0 obj\n", (long long)number);
}

/* Text of people: UTF-16BE with its mark, in hexadecimal. */
static void text_add(struct buf *out, str s)
{
    buf_add(out, STR("<FEFF"));
    for (size_t at = 0; at < s.len;) {
        uint32_t c = text_next(s, &at);
        if (c >= 0x10000)
            buf_printf(out, "%04X%04X", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
        else
            buf_printf(out, "%04X", c);
    }
    buf_char(out, '>');
}

static void time_add(struct buf *out, int64_t us)
{
    char t[28];
    clock_format(us, t);
    buf_printf(out, "(D:%.4s%.2s%.2s%.2s%.2s%.2sZ)", t, t + 5, t + 8, t + 11, t + 14, t + 17);
}

static void signature_add(struct update *u, const struct paper_signature *how, int64_t number)
{
    struct buf *out = u->out;
    object_begin(u, 3, number);
    buf_add(out, STR("<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange "));
    u->range = out->len;
    buf_printf(out, "%-*s\n/Contents ", 4 * (SPAN_DIGITS + 1) + 2, "[]");
    u->contents = out->len;
    buf_char(out, '<');
    for (int i = 0; i < CMS_BYTES_MAX; i++)
        buf_add(out, STR("00"));
    buf_add(out, STR(">\n/M "));
    time_add(out, how->at_us);
    buf_add(out, STR(" /Name "));
    text_add(out, how->name);
    buf_add(out, STR(" /Reason "));
    text_add(out, how->reason);
    if (how->place.len) {
        buf_add(out, STR(" /Location "));
        text_add(out, how->place);
    }
    buf_add(out, STR(" >>\nendobj\n"));
}

static void table_add(struct update *u, int64_t field)
{
    const struct pdf *p = u->pdf;
    struct buf *out = u->out;
    size_t table = out->len;
    int64_t numbers[] = { p->catalog, p->page, field, field + 1 };
    buf_add(out, STR("xref\n0 1\n0000000000 65535 f \n"));
    for (int i = 0; i < 4; i++) {
        buf_printf(out, "%lld 1\n", (long long)numbers[i]);
        buf_pad(out, u->places[i], SPAN_DIGITS);
        buf_add(out, STR(" 00000 n \n"));
    }
    buf_printf(out, "trailer\n<< /Size %lld /Root %lld 0 R /Info %lld 0 R /Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n", (long long)field + 2,
               (long long)p->catalog, (long long)p->info, p->table, table);
}

/* The update with room for the signature. */
static void update_write(struct update *u, const struct paper_signature *how)
{
    const struct pdf *p = u->pdf;
    int64_t field = p->objects;
    buf_add(u->out, p->bytes);
    buf_char(u->out, '\n');
    object_begin(u, 0, p->catalog);
    buf_printf(u->out, "<< %.*s /Lang (vi-VN) /AcroForm << /Fields [%lld 0 R] /SigFlags 3 >> >>\nendobj\n", STR_ARG(str_trim(p->catalog_text)), (long long)field);
    object_begin(u, 1, p->page);
    buf_printf(u->out, "<< %.*s /Annots [%lld 0 R] >>\nendobj\n", STR_ARG(str_trim(p->page_text)), (long long)field);
    object_begin(u, 2, field);
    buf_printf(u->out, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /Rect [0 0 0 0] /F 132 /P %lld 0 R /V %lld 0 R >>\nendobj\n",
               (long long)p->page, (long long)field + 1);
    signature_add(u, how, field + 1);
    table_add(u, field);
}

/* Everything but the signature itself is signed. */
static STATUS contents_fill(struct arena *a, struct update *u, const struct paper_signature *how)
{
    struct buf *out = u->out;
    struct sha256 h;
    uint8_t digest[SHA256_BYTES];
    char range[64];
    str der;
    size_t after = u->contents + 2 * CMS_BYTES_MAX + 2;
    int n = snprintf(range, sizeof range, "[0 %zu %zu %zu]", u->contents, after, out->len - after);
    MUST(n > 0 && n <= 4 * (SPAN_DIGITS + 1) + 2);
    memcpy(out->ptr + u->range, range, (size_t)n);
    sha256_begin(&h);
    sha256_add(&h, out->ptr, u->contents);
    sha256_add(&h, out->ptr + after, out->len - after);
    sha256_end(&h, digest);
    TRY(cms_sign(a, how->authority, how->signer, digest, &der));
    if (der.len > CMS_BYTES_MAX)
        return broken("the signature is larger than its room");
    struct buf hex;
    buf_init(&hex, 2 * CMS_BYTES_MAX);
    buf_hex(&hex, der.ptr, der.len);
    memcpy(out->ptr + u->contents + 1, hex.ptr, hex.len);
    buf_done(&hex);
    return OK;
}

STATUS paper_sign(struct arena *a, str pdf, const struct paper_signature *how, str *ret)
{
    struct pdf p;
    struct buf out;
    TRY(pdf_read(pdf, &p));
    buf_init(&out, PAPER_BYTES_MAX + (1 << 20));
    struct update u = { .pdf = &p, .out = &out };
    update_write(&u, how);
    status st = buf_check(&out);
    if (status_ok(st))
        st = contents_fill(a, &u, how);
    if (status_ok(st))
        *ret = arena_str(a, buf_str(&out));
    buf_done(&out);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}
