/* Right and wrong passwords, foreign and greedy hashes. */
#include "crypt/crypt.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static void right_and_wrong(void **state)
{
    char one[PASSWORD_HASH_BYTES], two[PASSWORD_HASH_BYTES];

    (void)state;
    assert_true(status_ok(password_hash(STR("Mật khẩu dài"), one)));
    assert_true(status_ok(password_hash(STR("Mật khẩu dài"), two)));
    assert_string_not_equal(one, two);
    assert_true(str_starts(str_of(one), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_true(status_ok(password_check(str_of(one), STR("Mật khẩu dài"))));
    assert_true(status_is(password_check(str_of(one), STR("Mật khẩu dàj")), ERR_SIGN_IN_FAILED));
    assert_true(status_is(password_check(str_of(one), STR("")), ERR_SIGN_IN_FAILED));
    assert_false(password_is_stale(str_of(one)));
}

static void foreign_hashes(void **state)
{
    static const char *const bad[] = {
        "", "plain", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$AAAA",
        "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2E$AAAAAAAAAAAAAAAAAAAAAA", /* 4 GiB */
        "$argon2id$v=19$m=19456,t=900,p=1$c2FsdHNhbHRzYWx0c2E$AAAAAAAAAAAAAAAAAAAAAA",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(status_is(password_check(str_of(bad[i]), STR("x")), ERR_SIGN_IN_FAILED));
    assert_true(password_is_stale(STR("$argon2id$v=19$m=8192,t=2,p=1$AAAA$AAAA")));
    assert_true(password_is_stale(STR("")));
}

static void too_long(void **state)
{
    char one[PASSWORD_HASH_BYTES], text[1025];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(status_is(password_hash((str){ text, sizeof text }, one), ERR_TEXT_TOO_LONG));
    assert_true(status_is(password_check(STR("x"), (str){ text, sizeof text }), ERR_SIGN_IN_FAILED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_and_wrong),
        cmocka_unit_test(foreign_hashes),
        cmocka_unit_test(too_long),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
