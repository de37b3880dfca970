/* The log: one well-formed line a call, silence below the level, nothing of a person from a fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"

static char said[8192];
static int saved_stderr, ends[2];

static void listen_begin(void)
{
    assert_int_equal(pipe(ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    close(ends[1]);
}

static const char *listen_end(void)
{
    ssize_t got;

    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    close(saved_stderr);
    got = read(ends[0], said, sizeof said - 1);
    close(ends[0]);
    said[got > 0 ? got : 0] = '\0';
    return said;
}

static void a_line(void **state)
{
    (void)state;
    clock_set_us(0);
    listen_begin();
    LOG(INFO, "started", LOG_NUM("port", 8080), LOG_WORD("mode", "civil"), LOG_NUM("least", INT64_MIN));
    assert_string_equal(listen_end(), "{\"at\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"info\",\"event\":\"started\",\"port\":8080,"
                                      "\"mode\":\"civil\",\"least\":-9223372036854775808}\n");
    listen_begin();
    LOG(ERROR, "bare");
    assert_string_equal(listen_end(), "{\"at\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"error\",\"event\":\"bare\"}\n");
    clock_release();
}

static void levels(void **state)
{
    (void)state;
    listen_begin();
    LOG(DEBUG, "quiet");
    log_level_set(LOG_ERROR);
    LOG(WARN, "quiet");
    log_level_set(LOG_NONE);
    LOG(ERROR, "quiet");
    LOG(NONE, "quiet");
    assert_string_equal(listen_end(), "");
    log_level_set(LOG_DEBUG);
    listen_begin();
    LOG(DEBUG, "heard");
    assert_non_null(strstr(listen_end(), "\"event\":\"heard\""));
    log_level_set(LOG_INFO);
}

static void words_cannot_break_out(void **state)
{
    (void)state;
    listen_begin();
    LOG(INFO, "x", LOG_WORD("w", "a\"b\\c\n\xc3\xa9"));
    assert_non_null(strstr(listen_end(), "\"w\":\"a?b?c???\"}\n"));
}

static void too_much_is_cut(void **state)
{
    struct log_field fields[40];
    char word[600];

    (void)state;
    memset(word, 'w', sizeof word);
    word[sizeof word - 1] = '\0';
    for (size_t i = 0; i < 40; i++)
        fields[i] = (struct log_field){ "key", word, 0 };
    listen_begin();
    log_write(LOG_INFO, "big", fields, 40);
    listen_end();
    assert_true(strlen(said) <= 2048);
    assert_string_equal(said + strlen(said) - 13, ",\"cut\":true}\n");
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

/* Every length of a line around the limit: it ends in a whole object and never passes the limit. */
static void every_length_ends_well(void **state)
{
    struct log_field fields[5];
    char word[401], last[401];

    (void)state;
    memset(word, 'w', 400);
    word[400] = '\0';
    for (size_t i = 0; i < 4; i++)
        fields[i] = (struct log_field){ "k", word, 0 };
    for (size_t len = 0; len <= 400; len++) {
        memset(last, 'x', len);
        last[len] = '\0';
        fields[4] = (struct log_field){ "z", last, 0 };
        listen_begin();
        log_write(LOG_INFO, "e", fields, 5);
        listen_end();
        assert_true(strlen(said) <= 2048);
        assert_string_equal(said + strlen(said) - 2, "}\n");
        assert_int_equal(strstr(said, "\"z\":") == NULL, strstr(said, "\"cut\":true") != NULL);
    }
    assert_null(strstr(said, "\"z\":"));
}

static STATUS deep(void)
{
    status st = FAIL_WITH(STORE_BUSY, STR("name"), STR("Nguyễn Văn Mẫu"));

    fault_detail("SQLSTATE %s", "40001");
    fault_place(12, 3);
    return st;
}

static STATUS shallow(void)
{
    TRY(deep());
    return OK;
}

static void faults_without_persons(void **state)
{
    (void)state;
    assert_true(status_is(shallow(), ERR_STORE_BUSY));
    listen_begin();
    log_fault("request_failed", 99);
    listen_end();
    assert_non_null(strstr(said, "\"level\":\"warn\",\"event\":\"request_failed\",\"request\":99,\"error\":\"STORE_BUSY\",\"class\":\"busy\",\"row\":12,"
                                 "\"detail\":\"SQLSTATE 40001\",\"trace\":[\"src/base/test/log_test.c:"));
    assert_null(strstr(said, "Nguy"));
    assert_string_equal(said + strlen(said) - 4, "\"]}\n");
}

static void a_deep_trace_stays_well_formed(void **state)
{
    static char path[400];
    status st;

    (void)state;
    memset(path, 'p', sizeof path - 1);
    st = fault_raise(ERR_INTERNAL, path, 1, (str){ 0 }, (str){ 0 });
    for (int i = 0; i < 20; i++)
        st = fault_pass(st, path, i);
    for (int i = 0; i < 100; i++)
        fault_detail("%.*s", 190, path);
    listen_begin();
    log_fault("deep", 1);
    listen_end();
    assert_non_null(strstr(said, "\"],\"cut\":true}\n"));
    assert_true(strlen(said) <= 2048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line),          cmocka_unit_test(levels),
        cmocka_unit_test(words_cannot_break_out), cmocka_unit_test(too_much_is_cut),
        cmocka_unit_test(every_length_ends_well),
        cmocka_unit_test(faults_without_persons), cmocka_unit_test(a_deep_trace_stays_well_formed),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
