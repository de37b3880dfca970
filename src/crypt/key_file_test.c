/* The key is made once and kept; what others could read or plant is refused. */
#include "crypt/crypt.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64], path[128], other[128];

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "%s/dancu-key-XXXXXX", P_tmpdir);
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/ledger.key", directory);
    snprintf(other, sizeof other, "%s/other.key", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    unlink(other);
    return rmdir(directory); /* fails if a draft was left behind */
}

static void made_once(void **state)
{
    uint8_t one[KEY_FILE_BYTES], two[KEY_FILE_BYTES];
    struct stat s;

    (void)state;
    assert_true(status_ok(key_file_load(path, one)));
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_true(status_ok(key_file_load(path, two)));
    assert_memory_equal(one, two, sizeof one);
}

static void refusals(void **state)
{
    uint8_t key[KEY_FILE_BYTES];

    (void)state;
    assert_true(status_ok(key_file_load(path, key)));
    assert_int_equal(chmod(path, 0640), 0);
    assert_true(status_is(key_file_load(path, key), ERR_KEY_FILE));
    assert_int_equal(chmod(path, 0602), 0);
    assert_true(status_is(key_file_load(path, key), ERR_KEY_FILE));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(symlink(path, other), 0);
    assert_true(status_is(key_file_load(other, key), ERR_KEY_FILE));
    assert_int_equal(truncate(path, 31), 0);
    assert_true(status_is(key_file_load(path, key), ERR_KEY_FILE));
    assert_true(status_is(key_file_load(directory, key), ERR_KEY_FILE));
    assert_true(status_is(key_file_load("/nonexistent/dir/key", key), ERR_KEY_FILE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(made_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
