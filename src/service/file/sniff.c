/* Which documents and pictures are taken, told by content alone: a program or a page that is named .pdf is neither. A file that is
 * two kinds at once (a picture with an archive behind it, a PDF that begins as a page) is refused, because different readers
 * would see different things in it; so are documents with macros, scripts or start-up actions.
 *
 * It is a gate, not a doctor: it opens nothing, unpacks nothing, and reads within bounds whatever the bytes are.
 * Formats: ISO 32000-1 7.5, ISO/IEC 10918-1 annex B, PNG (W3C) 5, TIFF 6.0, ISO/IEC 29500-2, ODF 1.3 part 2, APPNOTE 6.3.
 * tested by: src/service/test/sniff_test.c */
#include "service/file/sniff.h"

#include <string.h>

enum { HEAD_BYTES = 1024, TAIL_BYTES = 2048, ZIP_END_BYTES = 22, ZIP_COMMENT_MAX = 65535, ZIP_ENTRY_BYTES = 46, ENTRIES_MAX = 10000, TRAILER_MAX = 1 << 20 };

static const char *const types[MEDIA_COUNT] = { "application/pdf", "image/jpeg", "image/png", "image/tiff",
                                                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                                                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                                "application/vnd.oasis.opendocument.text" };
static const char *const endings[MEDIA_COUNT] = { "pdf", "jpg", "png", "tif", "docx", "xlsx", "odt" };
const char *media_type(enum media m) { return types[m]; }
const char *media_ending(enum media m) { return endings[m]; }

static bool holds(str s, const char *word) { return str_find(s, str_of(word)) < s.len; }

static status program(const char *why) { return FAIL_WITH(FILE_PROGRAM, STR("file"), str_of(why)); }

static uint32_t little(str s, size_t at, int bytes)
{
    uint32_t n = 0;
    for (int i = bytes - 1; i >= 0; i--)
        n = n << 8 | (uint8_t)s.ptr[at + (size_t)i];
    return n;
}

static uint32_t big(str s, size_t at, int bytes)
{
    uint32_t n = 0;
    for (int i = 0; i < bytes; i++)
        n = n << 8 | (uint8_t)s.ptr[at + (size_t)i];
    return n;
}

/* Markup that a browser would run if it were led to guess. */
static bool has_markup(str s)
{
    static const char *const words[] = { "<html", "<script", "<svg", "<!doctype", "<iframe", "<?php", "javascript:" };
    char low[HEAD_BYTES + 1];
    size_t n = s.len < HEAD_BYTES ? s.len : HEAD_BYTES;
    for (size_t i = 0; i < n; i++)
        low[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (holds((str){ low, n }, words[i]))
            return true;
    return false;
}

/* Where the archive's end record begins, if the bytes end as an archive does; else s.len. */
static size_t zip_end(str s)
{
    size_t lowest = s.len > ZIP_END_BYTES + ZIP_COMMENT_MAX ? s.len - ZIP_END_BYTES - ZIP_COMMENT_MAX : 0;
    for (size_t at = s.len >= ZIP_END_BYTES ? s.len - ZIP_END_BYTES + 1 : 0; at-- > lowest;)
        if (memcmp(s.ptr + at, "PK\5\6", 4) == 0 && at + ZIP_END_BYTES + little(s, at + 20, 2) == s.len)
            return at;
    return s.len;
}

/* --- PDF ------------------------------------------------------------------------------------------------------------------- */

static STATUS pdf_check(str s)
{
    static const char *const acts[] = { "/JavaScript", "/JS ", "/JS(", "/Launch", "/OpenAction<</S/JavaScript", "/EmbeddedFile", "/RichMedia", "/XFA" };
    str tail = str_from(s, s.len > TAIL_BYTES ? s.len - TAIL_BYTES : 0);
    if (s.len < 16 || (s.ptr[5] != '1' && s.ptr[5] != '2') || s.ptr[6] != '.')
        return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
    if (!holds(tail, "%%EOF") || !holds(tail, "startxref"))
        return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
    if (zip_end(s) < s.len)
        return program("PDF + ZIP");
    if (holds(s, "/Encrypt"))
        return FAIL_AT(ATTACHMENT_LOCKED, STR("file"));
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (holds(s, acts[i]))
            return program(acts[i]);
    return OK;
}

/* --- pictures --------------------------------------------------------------------------------------------------------------- */

/* Behind a picture's end only what cameras leave there: no archive, page, document or program. */
static STATUS trailer_check(str rest)
{
    static const char *const begins[] = { "%PDF-", "MZ", "\177ELF", "PK\3\4", "#!", "Rar!", "7z\xbc\xaf" };
    if (rest.len > TRAILER_MAX)
        return program("trailer");
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(rest, str_of(begins[i])))
            return program("trailer");
    return has_markup(rest) || zip_end(rest) < rest.len ? program("trailer") : OK;
}

static size_t jpeg_scan_end(str s, size_t at)
{
    while (at + 1 < s.len) {
        uint8_t next = (uint8_t)s.ptr[at + 1];
        if ((uint8_t)s.ptr[at] == 0xFF && next != 0 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7))
            return at;
        at++;
    }
    return s.len;
}

static STATUS jpeg_check(str s)
{
    size_t at = 2;
    bool frame = false;
    while (at + 4 <= s.len) {
        uint8_t marker = (uint8_t)s.ptr[at + 1];
        if ((uint8_t)s.ptr[at] != 0xFF)
            break;
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (marker == 0xD9)
            break;
        size_t len = big(s, at + 2, 2);
        if (len < 2 || at + 2 + len > s.len)
            return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
        if (marker == 0xFE && has_markup(str_slice(s, at + 4, at + 2 + len)))
            return program("comment");
        frame |= marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        at += 2 + len;
        if (marker == 0xDA)
            at = jpeg_scan_end(s, at);
    }
    if (!frame || at + 2 > s.len || (uint8_t)s.ptr[at] != 0xFF || (uint8_t)s.ptr[at + 1] != 0xD9)
        return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
    return trailer_check(str_from(s, at + 2));
}

static STATUS png_check(str s)
{
    size_t at = 8;
    bool first = true;
    while (at + 12 <= s.len) {
        size_t len = big(s, at, 4);
        str kind = str_slice(s, at + 4, at + 8);
        if (len > s.len || at + 12 + len > s.len || first != str_eq(kind, STR("IHDR")))
            return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
        first = false;
        if (str_ends(kind, STR("Xt")) && has_markup(str_slice(s, at + 8, at + 8 + len)))
            return program("text");
        at += 12 + len;
        if (str_eq(kind, STR("IEND")))
            return trailer_check(str_from(s, at));
    }
    return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
}

static STATUS tiff_check(str s)
{
    bool is_little = s.ptr[0] == 'I';
    size_t at = s.len >= 8 ? (is_little ? little(s, 4, 4) : big(s, 4, 4)) : 0;
    if (at < 8 || at + 2 > s.len || (is_little ? little(s, at, 2) : big(s, at, 2)) == 0)
        return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
    return zip_end(s) < s.len || holds(str_slice(s, 0, HEAD_BYTES), "%PDF-") ? program("TIFF +") : OK;
}

/* --- office documents --------------------------------------------------------------------------------------------------------- */

struct archive {
    bool types, word, sheet, macro, encrypted, text; /* text: the mimetype of ODF stands first */
};

static bool name_is(str name, const char *begin) { return str_starts(name, str_of(begin)); }

static void entry_note(struct archive *a, str name, uint32_t flags)
{
    a->types |= str_eq(name, STR("[Content_Types].xml"));
    a->word |= name_is(name, "word/");
    a->sheet |= name_is(name, "xl/");
    a->macro |= holds(name, "vbaProject") || holds(name, "vbaData") || holds(name, "activeX") || holds(name, "macrosheets") || name_is(name, "Basic/") ||
                name_is(name, "Scripts/") || str_ends(name, STR(".exe")) || str_ends(name, STR(".js")) || str_ends(name, STR(".vbs")) || holds(name, "oleObject");
    a->encrypted |= flags & 1;
}

static STATUS archive_read(str s, struct archive *ret)
{
    size_t end = zip_end(s);
    if (end == s.len)
        return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
    size_t count = little(s, end + 10, 2), size = little(s, end + 12, 4), at = little(s, end + 16, 4);
    if (count > ENTRIES_MAX || at > end || size != end - at)
        return FAIL_AT(ATTACHMENT_BROKEN, STR("file")); /* also an archive with something in front of it, or of the 64-bit kind */
    for (size_t i = 0; i < count; i++) {
        if (end - at < ZIP_ENTRY_BYTES || memcmp(s.ptr + at, "PK\1\2", 4) != 0)
            return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
        size_t name = little(s, at + 28, 2), more = little(s, at + 30, 2) + little(s, at + 32, 2);
        if (end - at - ZIP_ENTRY_BYTES < name + more)
            return FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
        entry_note(ret, str_slice(s, at + ZIP_ENTRY_BYTES, at + ZIP_ENTRY_BYTES + name), little(s, at + 8, 2));
        at += ZIP_ENTRY_BYTES + name + more;
    }
    ret->text = str_starts(str_from(s, 30), STR("mimetypeapplication/vnd.oasis.opendocument.text"));
    return at == end ? OK : FAIL_AT(ATTACHMENT_BROKEN, STR("file"));
}

static STATUS office_check(str s, enum media *ret)
{
    struct archive a = { 0 };
    TRY(archive_read(s, &a));
    if (a.encrypted)
        return FAIL_AT(ATTACHMENT_LOCKED, STR("file"));
    if (a.macro)
        return program("macro");
    if (a.types && a.word != a.sheet)
        *ret = a.word ? MEDIA_DOCX : MEDIA_XLSX;
    else if (a.text && !a.types)
        *ret = MEDIA_ODT;
    else
        return program("ZIP");
    return OK;
}

STATUS media_sniff(str s, enum media *ret)
{
    if (s.len == 0)
        return FAIL_AT(ATTACHMENT_EMPTY, STR("file"));
    if (str_starts(s, STR("%PDF-"))) {
        *ret = MEDIA_PDF;
        return has_markup(s) ? program("PDF + HTML") : pdf_check(s);
    }
    if (str_starts(s, STR("\xff\xd8\xff"))) {
        *ret = MEDIA_JPEG;
        return jpeg_check(s);
    }
    if (str_starts(s, STR("\x89PNG\r\n\x1a\n"))) {
        *ret = MEDIA_PNG;
        return png_check(s);
    }
    if (str_starts(s, (str){ "II*\0", 4 }) || str_starts(s, (str){ "MM\0*", 4 })) {
        *ret = MEDIA_TIFF;
        return tiff_check(s);
    }
    if (str_starts(s, STR("PK\3\4")))
        return office_check(s, ret);
    return program("");
}
