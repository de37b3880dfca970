/* Losses are told, never silent; round trips stand in decode_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/encoding/encoding.h"

static struct arena *arena;

static void gives(enum encoding set, const char *text, str bytes, size_t lost, size_t case_lost)
{
    struct encoded e;
    arena_reset(arena);
    viet_encode(arena, (struct encoding_form){ .set = set }, str_of(text), &e);
    assert_int_equal(e.bytes.len, bytes.len);
    if (bytes.len)
        assert_memory_equal(e.bytes.ptr, bytes.ptr, bytes.len);
    assert_int_equal(e.lost, lost);
    assert_int_equal(e.case_lost, case_lost);
}

static void writes_known_bytes(void **state)
{
    (void)state;
    gives(ENCODING_TCVN3, "Nguyễn", STR("Nguy\xD4n"), 0, 0);
    gives(ENCODING_VNI, "đế", STR("\xF1" "e\xE1"), 0, 0);
    gives(ENCODING_VNI, "ĐẾ ỵ", STR("\xD1" "E\xC1 \xEE"), 0, 0);
    gives(ENCODING_VISCII, "Ẳ", STR("\x02"), 0, 0);
    gives(ENCODING_CP1258, "ế", STR("\xEA\xEC"), 0, 0);
    gives(ENCODING_VIQR, "Nguyễn Đức", STR("Nguye^~n DDu+'c"), 0, 0);
    gives(ENCODING_UTF16LE, "ế", STR("\xBF\x1E"), 0, 0);
    gives(ENCODING_UTF16BE, "\U0001F600", STR("\xD8\x3D\xDE\x00"), 0, 0);
    gives(ENCODING_UTF8, "ế", STR("\xE1\xBA\xBF"), 0, 0);
    gives(ENCODING_TCVN3, "", STR(""), 0, 0);
}

static void tells_what_is_lost(void **state)
{
    (void)state;
    gives(ENCODING_TCVN3, "Ánh", STR("\xB8nh"), 0, 1);
    gives(ENCODING_TCVN3, "ĐÀO", STR("\xA7\xB5O"), 0, 1);
    gives(ENCODING_VPS, "Ạ", STR("\xE5"), 0, 1);
    gives(ENCODING_TCVN3, "Ñu", STR("?u"), 1, 0);
    gives(ENCODING_VNI, "李é", STR("?e\xF9"), 1, 0);
    gives(ENCODING_VISCII, "\x02", STR("?"), 1, 0); /* would read as a capital */
    gives(ENCODING_CP1258, "Š", STR("?"), 1, 0);
    gives(ENCODING_VIQR, "ñ", STR("?"), 1, 0);
}

static void escapes_mnemonics(void **state)
{
    (void)state;
    gives(ENCODING_VIQR, "Ba. dd", STR("Ba\\. \\dd"), 0, 0);
    gives(ENCODING_VIQR, "a\\", STR("a\\\\"), 0, 0);
    gives(ENCODING_VIQR, "B.", STR("B."), 0, 0);
}

static void wraps_bytes_in_unicode(void **state)
{
    struct encoded e;
    (void)state;
    viet_encode(arena, (struct encoding_form){ .set = ENCODING_TCVN3, .wrapped = true }, STR("Nguyễn"), &e);
    assert_true(str_eq(e.bytes, STR("NguyÔn")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_known_bytes),
        cmocka_unit_test(tells_what_is_lost),
        cmocka_unit_test(escapes_mnemonics),
        cmocka_unit_test(wraps_bytes_in_unicode),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
