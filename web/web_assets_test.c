/* What pages rely on: each ASSET_ path is found, its bytes are what the type says, and near misses are not found. */
#include "web/web_assets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool holds(str haystack, const char *needle)
{
    return memmem(haystack.ptr, haystack.len, needle, strlen(needle)) != NULL;
}

static bool equals(str s, const char *text) { return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0; }

static void finds_style_and_script(void **state)
{
    (void)state;
    const struct web_asset *css = web_asset_find(STR(ASSET_APP_CSS));
    const struct web_asset *js = web_asset_find(STR(ASSET_APP_JS));

    assert_non_null(css);
    assert_true(equals(css->type, "text/css; charset=utf-8"));
    assert_true(holds(css->bytes, ".app-header"));
    assert_true(holds(css->bytes, ".app-bar--100"));
    assert_non_null(js);
    assert_true(equals(web_asset_find(STR(ASSET_ICON_SVG))->type, "image/svg+xml"));
    assert_true(equals(js->type, "text/javascript; charset=utf-8"));
    assert_true(holds(js->bytes, "data-poll-ms"));
}

static void finds_letters(void **state)
{
    (void)state;
    const struct web_asset *font = web_asset_find(STR(ASSET_BE_VIETNAM_PRO_VIETNAMESE_400_NORMAL_WOFF2));

    assert_non_null(font);
    assert_true(equals(font->type, "font/woff2"));
    assert_true(font->bytes.len > 4 && memcmp(font->bytes.ptr, "wOF2", 4) == 0);
    assert_int_equal(font->gzip.len, 0);
}

static void style_names_letters_by_hashed_path(void **state)
{
    (void)state;
    const struct web_asset *css = web_asset_find(STR(ASSET_APP_CSS));

    assert_true(holds(css->bytes, ASSET_BE_VIETNAM_PRO_VIETNAMESE_400_NORMAL_WOFF2));
    assert_true(holds(css->bytes, ASSET_BE_VIETNAM_PRO_LATIN_700_NORMAL_WOFF2));
    assert_false(holds(css->bytes, "asset:"));
    assert_false(holds(css->bytes, "GDS Transport"));
}

static void packs_smaller(void **state)
{
    (void)state;
    const struct web_asset *css = web_asset_find(STR(ASSET_APP_CSS));

    assert_true(css->gzip.len > 0 && css->gzip.len < css->bytes.len);
    assert_true(memcmp(css->gzip.ptr, "\x1f\x8b", 2) == 0);
    assert_int_equal(css->etag.len, 36);
    assert_true(memcmp(css->etag.ptr, "W/\"", 3) == 0 && css->etag.ptr[35] == '"');
}

static void misses_what_is_not_there(void **state)
{
    (void)state;
    str exact = STR(ASSET_APP_CSS);

    assert_null(web_asset_find((str){ 0 }));
    assert_null(web_asset_find(STR("/")));
    assert_null(web_asset_find(STR("/assets/app.css")));
    assert_null(web_asset_find(STR(ASSET_APP_CSS "x")));
    assert_null(web_asset_find((str){ exact.ptr, exact.len - 1 }));
    assert_null(web_asset_find(STR("/zzz")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_style_and_script), cmocka_unit_test(finds_letters),
        cmocka_unit_test(style_names_letters_by_hashed_path), cmocka_unit_test(packs_smaller),
        cmocka_unit_test(misses_what_is_not_there),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
