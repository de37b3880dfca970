/* What the templates write with: no byte of a value can leave its place in the HTML. */
#include "base/base.h"
#include "web/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct buf out;
static struct page pg;

static void expect(void (*write)(struct page *, str), str value, const char *expected)
{
    buf_clear(&out);
    write(&pg, value);
    if (!str_eq(buf_str(&out), str_of(expected)))
        print_error("got “%.*s”, expected “%s”\n", STR_ARG(buf_str(&out)), expected);
    assert_true(str_eq(buf_str(&out), str_of(expected)));
}

static void text_stays_text(void **state)
{
    (void)state;
    expect(page_text, STR("Nguyễn Văn Đức"), "Nguyễn Văn Đức");
    expect(page_text, STR("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page_text, STR("a&b \"c\" 'd'\n"), "a&amp;b &quot;c&quot; &#39;d&#39;\n");
    expect(page_attr, STR("\" onclick=\"x"), "&quot; onclick=&quot;x");
    expect(page_text, STR("a\x01\x7f\0b"), "ab");
    expect(page_text, STR("a\xc2\x85" "b"), "ab");
    expect(page_text, STR("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
}

static void addresses_stay_here(void **state)
{
    (void)state;
    expect(page_url, STR("/a/b?c=d&e=f#g"), "/a/b?c=d&amp;e=f#g");
    expect(page_url, STR("?lang=en"), "?lang=en");
    expect(page_url, STR("https://example.test/a"), "https://example.test/a");
    expect(page_url, STR("/a b\"<>\\'ễ"), "/a%20b%22%3C%3E%5C%27%E1%BB%85");
    const char *bad[] = { "javascript:alert(1)", " javascript:alert(1)", "\tjavascript:1", "JaVaScRiPt:1", "//host/a", "/\\host/a",
                          "http://host/", "data:text/html,x", "vbscript:x", "a/b", "", "\x01/a" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect(page_url, str_of(bad[i]), "#");
    expect(page_url_part, STR("a/b?c&d=é"), "a%2Fb%3Fc%26d%3D%C3%A9");
    expect(page_url_part, STR("../.."), "..%2F..");
    expect(page_url_part, STR("javascript:1"), "javascript%3A1");
}

/* Whatever bytes come, what is written has no character that could leave its place. */
static void no_byte_leaves_its_place(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 20261121, 1);
    for (int round = 0; round < 2000; round++) {
        char bytes[40];
        size_t len = rng_below(&rng, sizeof bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)rng_below(&rng, rng_chance(&rng, 0.5) ? 128 : 256);
        void (*writers[])(struct page *, str) = { page_text, page_attr, page_url, page_url_part };
        for (size_t w = 0; w < 4; w++) {
            buf_clear(&out);
            writers[w](&pg, (str){ bytes, len });
            str made = buf_str(&out);
            assert_true(text_is_utf8(made));
            for (size_t i = 0; i < made.len; i++)
                assert_null(memchr("<>\"'", made.ptr[i], 4));
        }
    }
}

static void values_of_all_kinds(void **state)
{
    (void)state;
    int16_t small = -7;
    size_t large = 18446744073709551615u;
    assert_true(str_eq(PAGE_OF(&pg, STR("a")), STR("a")));
    assert_true(str_eq(PAGE_OF(&pg, "z"), STR("z")));
    assert_true(str_eq(PAGE_OF(&pg, (const char *)NULL), STR("")));
    assert_true(str_eq(PAGE_OF(&pg, small), STR("-7")));
    assert_true(str_eq(PAGE_OF(&pg, INT64_MIN), STR("-9223372036854775808")));
    assert_true(str_eq(PAGE_OF(&pg, large), STR("18446744073709551615")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_stays_text),
        cmocka_unit_test(addresses_stay_here),
        cmocka_unit_test(no_byte_leaves_its_place),
        cmocka_unit_test(values_of_all_kinds),
    };
    arena = arena_new(16 << 20);
    buf_init(&out, 4096);
    pg = (struct page){ .out = &out, .arena = arena };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
