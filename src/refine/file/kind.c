/* What a file is, by its first bytes and never by its name; and whether a text is UTF-8. A few bad bytes in a text that is
 * otherwise UTF-8 spoil their rows only.
 * tested by: src/refine/file/test/sheet_test.c */
#include "refine/file/inside.h"

#include <string.h>

enum { LOOK_BYTES = 65536, ENCRYPTED_LOOK_BYTES = 1 << 20, JUNK_SHARE = 100, JUNK_MIN = 4, CONTROL_PERCENT = 8, GOOD_PER_BAD = 3 };

/* "EncryptedPackage" in UTF-16, the stream in which a spreadsheet with a password lies (MS-OFFCRYPTO 2.3.4). */
static bool is_encrypted(str bytes)
{
    static const char name[] = "EncryptedPackage";
    char wide[2 * (sizeof name - 1)];

    for (size_t i = 0; i < sizeof name - 1; i++) {
        wide[2 * i] = name[i];
        wide[2 * i + 1] = 0;
    }
    return memmem(bytes.ptr, bytes.len < ENCRYPTED_LOOK_BYTES ? bytes.len : ENCRYPTED_LOOK_BYTES, wide, sizeof wide) != NULL;
}

static bool is_blank(str bytes)
{
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        bytes = str_from(bytes, 3);
    for (size_t i = 0; i < bytes.len; i++)
        if (!strchr(" \t\r\n,;", bytes.ptr[i]) || !bytes.ptr[i])
            return false;
    return true;
}

static bool is_other_format(str bytes)
{
    static const str starts[] = { STR("%PDF"), STR("{\\rtf"), STR("\x89PNG"), STR("\xFF\xD8\xFF"), STR("\x1F\x8B"), STR("Rar!"), STR("7z\xBC\xAF"),
                                  STR("\x7F" "ELF"), STR("SQLite format 3"), STR("<?xml"), STR("<html"), STR("<HTML"), STR("<!DOCTYPE"), STR("<table") };

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(bytes, starts[i]))
            return true;
    return false;
}

static bool is_utf16(str bytes)
{
    size_t zeros[2] = { 0 }, look = bytes.len < 512 ? bytes.len : 512, more, fewer;

    if (str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF")))
        return true;
    for (size_t i = 0; i < look; i++)
        zeros[i % 2] += bytes.ptr[i] == 0;
    more = zeros[0] > zeros[1] ? zeros[0] : zeros[1];
    fewer = zeros[0] + zeros[1] - more;
    /* The empty halves of letters all stand on one side; those of binary numbers do not. */
    return more * 4 > look && fewer * 8 < more && bytes.len % 2 == 0;
}

/* Old Vietnamese sets put rare capitals into 01 … 1F, but nothing into 00; bytes at random have a tenth there. */
static bool is_junk(str bytes)
{
    size_t look = bytes.len < LOOK_BYTES ? bytes.len : LOOK_BYTES, zeros = 0, controls = 0;

    for (size_t i = 0; i < look; i++) {
        uint8_t c = (uint8_t)bytes.ptr[i];
        zeros += c == 0;
        controls += c < 0x20 && c != '\t' && c != '\r' && c != '\n';
    }
    if (controls > 4 * JUNK_MIN && controls * 100 > look * CONTROL_PERCENT)
        return true;
    return zeros > JUNK_MIN && zeros * JUNK_SHARE > look;
}

STATUS kind_of(str bytes, enum file_kind *ret)
{
    if (is_blank(bytes))
        return FAIL(FILE_EMPTY);
    *ret = FILE_XLSX;
    if (str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("PK\x05\x06")))
        return OK;
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
        return is_encrypted(bytes) ? FAIL(FILE_ENCRYPTED) : FAIL(FILE_KIND);
    *ret = FILE_CSV;
    if (is_other_format(bytes) || (!is_utf16(bytes) && is_junk(bytes)))
        return FAIL(FILE_KIND);
    return OK;
}

/* Sequences of more than one byte that are UTF-8, and bytes that are none. */
static void utf8_count(str s, size_t *ret_good, size_t *ret_bad)
{
    size_t good = 0, bad = 0, at = 0;

    while (at < s.len) {
        size_t was = at;
        if ((uint8_t)s.ptr[at] < 0x80) {
            at++;
            continue;
        }
        text_next(s, &at);
        if (at == was + 1)
            bad++;
        else
            good++;
    }
    *ret_good = good;
    *ret_bad = bad;
}

static bool name_is(str given, const char *name)
{
    size_t k = 0;

    for (size_t i = 0; i < given.len; i++) {
        char c = given.ptr[i];
        if (c == '-' || c == '_' || c == ' ')
            continue;
        while (name[k] == '-')
            k++;
        if (!name[k] || (c | 32) != (name[k] | 32))
            return false;
        k++;
    }
    return given.len && !name[k];
}

static STATUS encoding_by_name(str name, enum encoding *ret)
{
    for (int i = ENCODING_UTF8; i < ENCODING_COUNT; i++)
        if (name_is(name, encoding_name(i))) {
            *ret = i;
            return OK;
        }
    if (name_is(name, "utf-16")) {
        *ret = ENCODING_UTF16LE;
        return OK;
    }
    return FAIL_WITH(ENUM_UNKNOWN, STR("encoding"), name);
}

STATUS text_prepare(struct sheet *s, str encoding)
{
    enum encoding asked = ENCODING_NONE;
    struct encoding_guess guess = { 0 };
    struct decoding decoded;
    size_t good, bad;
    str head = str_slice(s->bytes, 0, LOOK_BYTES);

    if (encoding.len)
        TRY(encoding_by_name(encoding, &asked));
    s->text = s->bytes;
    s->form = (struct encoding_form){ .set = asked };
    if (s->kind == FILE_XLSX) {
        s->utf8 = true;
        return OK;
    }
    if (is_utf16(s->bytes)) {
        viet_encoding_detect(&head, 1, &guess);
        if (guess.form.set != ENCODING_UTF16BE)
            guess.form.set = str_starts(s->bytes, STR("\xFE\xFF")) ? ENCODING_UTF16BE : ENCODING_UTF16LE;
        viet_decode(s->arena, (struct encoding_form){ .set = guess.form.set }, s->bytes, &decoded);
        s->text = decoded.text;
        s->form.set = guess.form.set;
        s->utf8 = true;
        return OK;
    }
    utf8_count(s->text, &good, &bad);
    s->utf8 = bad == 0 || good > bad * GOOD_PER_BAD;
    return OK;
}
