/* What each encoding cannot hold, found by writing and reading every letter and sign; docs/encodings.md must say the same.
 * With WRITE_DOCS set the page is written anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "viet/encoding/encoding.h"
#include "viet/enter.h"
#include "viet/letter.h"

#define PAGE "docs/encodings.md"
enum { PAGE_BYTES_MAX = 1 << 16, LETTERS = 134 };

static struct arena *arena;
static uint32_t letters[LETTERS];

static const char head[] =
    "# The encodings that lists come in\n"
    "\n"
    "Every letter of the Vietnamese alphabet that is not plain Latin (67, in two cases: 134) was written in each encoding and read\n"
    "back; so were the 95 printable signs of ASCII between letters. The table says what did not come back as it was: these are losses\n"
    "of the encoding itself. What is written anew from what was read gives the same bytes in each case. The test `viet_losses` makes\n"
    "this page and fails when it differs.\n"
    "\n"
    "Where capitals share the bytes of small letters, the case is restored from the font (`.VnTimeH` is all capitals), from the\n"
    "plain letters of the same word and text, and from the column; each guessed letter is counted.\n"
    "\n"
    "| encoding | bytes a letter | capitals read as small letters | letters read as another | ASCII signs that are taken for letters |\n"
    "|---|---|---|---|---|\n";

static void letters_gather(void)
{
    size_t n = 0;
    for (uint32_t cp = 0xC0; cp < 0x1F00; cp++) {
        struct letter l;
        if (letter_take(cp, &l))
            letters[n++] = cp;
    }
    assert_int_equal(n, LETTERS);
}

static str text_of(uint32_t code, char out[static 4])
{
    return (str){ out, text_put(out, code) };
}

static void letters_tell(struct encoding_form form, struct buf *page)
{
    size_t least = 9, most = 0, lost = 0;
    struct buf capitals, others;
    buf_init(&capitals, 4096);
    buf_init(&others, 4096);
    for (size_t i = 0; i < LETTERS; i++) {
        char bytes[4], lower[4];
        str letter = text_of(letters[i], bytes);
        struct encoded e, again;
        struct decoding d;
        viet_encode(arena, form, letter, &e);
        viet_decode(arena, form, e.bytes, &d);
        viet_encode(arena, form, d.text, &again);
        assert_int_equal(e.lost + d.bad, 0);
        assert_true(str_eq(again.bytes, e.bytes));
        least = e.bytes.len < least ? e.bytes.len : least;
        most = e.bytes.len > most ? e.bytes.len : most;
        if (str_eq(d.text, letter))
            continue;
        if (e.merged) {
            buf_printf(&others, "%s%.*s as %.*s", others.len ? ", " : "", STR_ARG(letter), STR_ARG(d.text));
            continue;
        }
        assert_true(str_eq(d.text, text_of(letter_lower(letters[i]), lower)));
        buf_add(&capitals, letter);
        lost++;
    }
    buf_printf(page, least == most ? " %zu |" : " %zu to %zu |", least, most);
    buf_printf(page, lost ? " %zu: %.*s |" : " none |", lost, STR_ARG(buf_str(&capitals)));
    buf_printf(page, others.len ? " %.*s |" : " none |", STR_ARG(buf_str(&others)));
    buf_done(&capitals);
    buf_done(&others);
}

static void signs_tell(struct encoding_form form, struct buf *page)
{
    size_t lost = 0;
    for (char c = ' '; c < 0x7F; c++) {
        char text[] = { 'x', c, 'x', 0 };
        struct encoded e;
        struct decoding d;
        viet_encode(arena, form, str_of(text), &e);
        viet_decode(arena, form, e.bytes, &d);
        if (str_eq(d.text, str_of(text)))
            continue;
        assert_int_equal(e.lost, 1);
        buf_printf(page, " `` %c ``", c);
        lost++;
    }
    buf_printf(page, lost ? " |\n" : " none |\n");
}

static void page_says_what_is_lost(void **state)
{
    struct buf page;
    char old[PAGE_BYTES_MAX];
    (void)state;
    letters_gather();
    buf_init(&page, PAGE_BYTES_MAX);
    buf_add(&page, str_of(head));
    for (int set = ENCODING_UTF8; set < ENCODING_COUNT; set++) {
        struct encoding_form form = { .set = (enum encoding)set };
        arena_reset(arena);
        buf_printf(&page, "| %s |", encoding_name(form.set));
        letters_tell(form, &page);
        signs_tell(form, &page);
    }
    FILE *f = fopen(PAGE, getenv("WRITE_DOCS") ? "w+" : "r");
    assert_non_null(f);
    if (getenv("WRITE_DOCS")) {
        fwrite(page.ptr, 1, page.len, f);
        rewind(f);
    }
    str written = { old, fread(old, 1, sizeof old, f) };
    fclose(f);
    if (!str_eq(written, buf_str(&page)))
        fail_msg("%s is out of date: run this test with WRITE_DOCS=1", PAGE);
    buf_done(&page);
}

/* A word in form C, form D, with the tone before the mark, and in UTF-16 is one word. */
static void unicode_forms_are_one(void **state)
{
    char both[64];
    size_t len;
    (void)state;
    letters_gather();
    for (size_t i = 0; i < LETTERS; i++) {
        struct letter l;
        char bytes[4];
        arena_reset(arena);
        str letter = text_of(letters[i], bytes), apart = viet_decompose(arena, letter);
        assert_true(letter_take(letters[i], &l));
        assert_true(str_eq(viet_compose(arena, apart), letter));
        enum mark mark = (enum mark)l.mark;
        uint32_t tone = letter_tone_combining((enum tone)l.tone);
        static const uint16_t marks[MARK_COUNT] = { 0, 0x0306, 0x0302, 0x031B, 0 };
        if (!tone || !marks[mark])
            continue;
        len = text_put(both, (uint32_t)(l.upper ? l.base - 0x20 : l.base));
        len += text_put(both + len, tone);
        len += text_put(both + len, marks[mark]);
        assert_true(str_eq(viet_compose(arena, (str){ both, len }), letter));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(page_says_what_is_lost), cmocka_unit_test(unicode_forms_are_one) };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
