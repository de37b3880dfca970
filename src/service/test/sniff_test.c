/* What is taken and what is refused, whatever the name says; no cut of a good file is taken for whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "service/file/sniff.h"

#define BYTES(text) ((str){ text, sizeof(text) - 1 })

static const char pdf[] = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n45\n%%EOF\n";
static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\0IEND\xae\x42\x60\x82";
static const char jpeg[] = "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\1\0\1\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\x12\x34\xff\0\xff\xd9";
static const char tiff[] = "II*\0\x08\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/* An archive of empty stored files of these names. */
static str archive(struct arena *a, const char *const *names, const char *first)
{
    struct buf b, directory;
    size_t count = 0;
    buf_init(&b, 1 << 16);
    buf_init(&directory, 1 << 16);
    for (; names[count]; count++) {
        size_t n = strlen(names[count]), at = b.len, body = count == 0 ? strlen(first) : 0;
        char head[30] = "PK\3\4", entry[46] = "PK\1\2";
        head[26] = entry[28] = (char)n;
        head[18] = head[22] = entry[20] = entry[24] = (char)body;
        entry[42] = (char)at;
        entry[43] = (char)(at >> 8);
        buf_bytes(&b, head, sizeof head);
        buf_bytes(&b, names[count], n);
        buf_bytes(&b, first, body);
        buf_bytes(&directory, entry, sizeof entry);
        buf_bytes(&directory, names[count], n);
    }
    char end[22] = "PK\5\6";
    end[8] = end[10] = (char)count;
    end[12] = (char)directory.len;
    end[13] = (char)(directory.len >> 8);
    end[16] = (char)b.len;
    end[17] = (char)(b.len >> 8);
    buf_add(&b, buf_str(&directory));
    buf_bytes(&b, end, sizeof end);
    str out = arena_str(a, buf_str(&b));
    buf_done(&b);
    buf_done(&directory);
    return out;
}

static str docx(struct arena *a) { return archive(a, (const char *const[]){ "[Content_Types].xml", "word/document.xml", NULL }, ""); }

static void takes(str bytes, enum media expected)
{
    enum media m;
    status st = media_sniff(bytes, &m);
    assert_int_equal(st.code, ERR_OK);
    assert_int_equal(m, expected);
}

static void refuses(str bytes, enum error_code expected)
{
    enum media m;
    assert_int_equal(media_sniff(bytes, &m).code, expected);
}

static void good_files(void **state)
{
    struct arena *a = arena_new(1 << 20);
    (void)state;
    takes(BYTES(pdf), MEDIA_PDF);
    takes(BYTES(png), MEDIA_PNG);
    takes(BYTES(jpeg), MEDIA_JPEG);
    takes(BYTES(tiff), MEDIA_TIFF);
    takes(docx(a), MEDIA_DOCX);
    takes(archive(a, (const char *const[]){ "[Content_Types].xml", "xl/workbook.xml", NULL }, ""), MEDIA_XLSX);
    takes(archive(a, (const char *const[]){ "mimetype", "content.xml", NULL }, "application/vnd.oasis.opendocument.text"), MEDIA_ODT);
    takes(arena_join(a, BYTES(jpeg), STR("what a camera leaves")), MEDIA_JPEG);
    arena_free(a);
}

static void programs_and_pages(void **state)
{
    struct arena *a = arena_new(1 << 20);
    (void)state;
    refuses(STR(""), ERR_ATTACHMENT_EMPTY);
    refuses(BYTES("MZ\x90\0\3\0\0\0"), ERR_FILE_PROGRAM);
    refuses(BYTES("\x7f" "ELF\2\1\1"), ERR_FILE_PROGRAM);
    refuses(STR("#!/bin/sh\nrm"), ERR_FILE_PROGRAM);
    refuses(STR("<html><body>hello"), ERR_FILE_PROGRAM);
    refuses(STR("just text"), ERR_FILE_PROGRAM);
    refuses(STR(" %PDF-1.4"), ERR_FILE_PROGRAM); /* something in front of it */
    refuses(arena_join(a, STR("%PDF-1.4\n<script>x</script>"), BYTES(pdf)), ERR_FILE_PROGRAM);
    refuses(arena_join(a, BYTES(pdf), docx(a)), ERR_FILE_PROGRAM);
    refuses(arena_join(a, arena_join(a, STR("%PDF-1.4 %%EOF startxref "), docx(a)), STR("")), ERR_FILE_PROGRAM);
    refuses(arena_join(a, BYTES(jpeg), docx(a)), ERR_FILE_PROGRAM);
    refuses(arena_join(a, BYTES(png), STR("<script>")), ERR_FILE_PROGRAM);
    refuses(arena_join(a, BYTES(png), BYTES(pdf)), ERR_FILE_PROGRAM);
    static const char *const acts[] = { "/JavaScript", "/JS (app)", "/Launch", "/EmbeddedFile", "/XFA" };
    for (size_t i = 0; i < 5; i++)
        refuses(arena_join(a, arena_printf(a, "%%PDF-1.4\n<< %s >>\n", acts[i]), BYTES(pdf)), ERR_FILE_PROGRAM);
    refuses(arena_join(a, STR("%PDF-1.4\n<< /Encrypt 1 0 R >>\n"), BYTES(pdf)), ERR_ATTACHMENT_LOCKED);
    refuses(archive(a, (const char *const[]){ "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin", NULL }, ""), ERR_FILE_PROGRAM);
    refuses(archive(a, (const char *const[]){ "setup.exe", NULL }, ""), ERR_FILE_PROGRAM);
    refuses(archive(a, (const char *const[]){ "a.txt", "b.txt", NULL }, ""), ERR_FILE_PROGRAM);
    arena_free(a);
}

static void no_cut_is_whole(void **state)
{
    struct arena *a = arena_new(1 << 20);
    const str files[] = { BYTES(png), BYTES(jpeg), docx(a), str_slice(BYTES(pdf), 0, sizeof pdf - 2) };
    enum media m;
    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        for (size_t cut = 0; cut < files[f].len; cut++)
            assert_false(status_ok(media_sniff(str_slice(files[f], 0, cut), &m)));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(good_files), cmocka_unit_test(programs_and_pages), cmocka_unit_test(no_cut_is_whole) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
