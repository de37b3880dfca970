/* Faults: the place where one arose, its way up, its limits; a record for each thread. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/status.h"
#include "base/text.h"

static STATUS leaf(bool fails)
{
    return fails ? FAIL_WITH(NUMBER_FORMAT, STR("number"), STR("12x")) : OK;
}

static STATUS branch(bool fails)
{
    TRY(leaf(fails));
    return OK;
}

static STATUS root(bool fails)
{
    TRY(branch(fails));
    return OK;
}

static void the_way_up(void **state)
{
    const struct fault *f = fault_here();

    (void)state;
    fault_clear();
    assert_true(status_ok(root(false)));
    assert_int_equal(f->depth, 0);
    assert_true(status_is(root(true), ERR_NUMBER_FORMAT));
    assert_int_equal(f->depth, 3);
    assert_true(f->trace[0].line < f->trace[1].line && f->trace[1].line < f->trace[2].line);
    assert_string_equal(f->field, "number");
    assert_string_equal(f->what, "12x");
    fault_place(4, 2);
    fault_detail("%d of %d", 1, 2);
    assert_int_equal(f->row, 4);
    assert_int_equal(f->column, 2);
    assert_string_equal(f->detail, "1 of 2");
    assert_true(status_is(FAIL(IO), ERR_IO));
    assert_int_equal(f->depth, 1);
    assert_int_equal(f->row, 0);
    assert_string_equal(f->field, "");
    assert_string_equal(f->detail, "");
}

static STATUS endless(int left)
{
    if (left == 0)
        return FAIL(INTERNAL);
    TRY(endless(left - 1));
    return OK;
}

static void the_trace_is_bounded(void **state)
{
    (void)state;
    assert_true(status_is(endless(50), ERR_INTERNAL));
    assert_int_equal(fault_here()->depth, 12);
}

static STATUS hand_on(status st)
{
    TRY(st);
    return OK;
}

static void a_kept_status_takes_no_strangers_words(void **state)
{
    status kept = FAIL_WITH(NUMBER_FORMAT, STR("number"), STR("1"));
    status other = FAIL_WITH(DAY_FORMAT, STR("birth"), STR("2"));

    (void)state;
    assert_true(status_is(other, ERR_DAY_FORMAT));
    assert_true(status_is(hand_on(kept), ERR_NUMBER_FORMAT));
    assert_string_equal(fault_here()->what, "");
    assert_int_equal(fault_here()->depth, 1);
    assert_int_equal(fault_here()->status.code, ERR_NUMBER_FORMAT);
}

static void long_words_are_cut_between_characters(void **state)
{
    char text[600];

    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 <= sizeof text; i += 3)
            memcpy(text + i, "ế", 3);

        str word = { text, shift + (sizeof text - shift) / 3 * 3 };

        assert_true(status_is(FAIL_WITH(DAY_FORMAT, word, word), ERR_DAY_FORMAT));
        assert_true(text_is_utf8(str_of(fault_here()->what)));
        assert_in_range(strlen(fault_here()->what), sizeof fault_here()->what - 3, sizeof fault_here()->what - 1);
        assert_true(text_is_utf8(str_of(fault_here()->field)));
        assert_in_range(strlen(fault_here()->field), sizeof fault_here()->field - 3, sizeof fault_here()->field - 1);
        fault_detail("%.*s", STR_ARG(word));
        assert_true(text_is_utf8(str_of(fault_here()->detail)));
        assert_in_range(strlen(fault_here()->detail), sizeof fault_here()->detail - 3, sizeof fault_here()->detail - 1);
    }
    fault_detail("%0199d", 7);
    assert_int_equal(strlen(fault_here()->detail), 199);
    fault_detail("%0200d", 7);
    assert_int_equal(strlen(fault_here()->detail), 199);
    assert_true(status_is(FAIL_WITH(DAY_FORMAT, STR("f"), STR("\xff\xfe")), ERR_DAY_FORMAT));
    assert_string_equal(fault_here()->what, "");
}

static void a_fault_raised_from_itself(void **state)
{
    struct fault *f = fault_here();

    (void)state;
    assert_true(status_is(FAIL_WITH(DAY_FORMAT, STR("birth"), STR("word")), ERR_DAY_FORMAT));
    assert_true(status_is(FAIL_WITH(DEFINITION, str_of(f->field), str_of(f->what)), ERR_DEFINITION));
    assert_string_equal(f->field, "birth");
    assert_string_equal(f->what, "word");
}

static void *fail_elsewhere(void *ret)
{
    *(bool *)ret = fault_here()->status.code == ERR_OK && status_is(FAIL(IO), ERR_IO);
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    pthread_t thread;
    bool fine = false;

    (void)state;
    assert_true(status_is(FAIL(CSRF), ERR_CSRF));
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &fine), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(fine);
    assert_int_equal(fault_here()->status.code, ERR_CSRF);
}

/* Class and HTTP status must agree, so that a reaction by class and one by status are the same. */
static void the_table_is_sound(void **state)
{
    (void)state;
    assert_string_equal(error_def(ERR_OK)->name, "OK");
    for (int code = ERR_OK + 1; code < ERR_COUNT; code++) {
        const struct error_def *def = error_def((enum error_code)code);

        assert_non_null(def->name);
        assert_int_not_equal(def->class, CLASS_OK);
        assert_in_range(def->http, 400, 599);
        assert_true((def->class != CLASS_BROKEN) || def->http == 500);
        assert_true((def->class != CLASS_MISSING) || def->http == 404 || def->http == 410);
        assert_true((def->class != CLASS_INVALID) || def->http < 500);
        for (int other = ERR_OK; other < code; other++)
            assert_string_not_equal(def->name, error_def((enum error_code)other)->name);
    }
    assert_string_equal(error_def(ERR_COUNT)->name, "INTERNAL");
    assert_string_equal(error_def((enum error_code)9999)->name, "INTERNAL");
}

static int deferred;

static void count_one(const int *value)
{
    deferred += *value;
}

static void defer_runs_on_each_way_out(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        DEFER(count_one) int one = 1;

        if (i + one == 2)
            continue;
    }
    assert_int_equal(deferred, 3);
}

/* A condition longer than the line is cut at 511 bytes; what lies behind the buffer is not shown. */
static void a_long_condition_is_cut(void **state)
{
    int how = 0, ends[2];
    char condition[601], text[1000] = { 0 };

    (void)state;
    memset(condition, 'c', sizeof condition - 1);
    condition[sizeof condition - 1] = '\0';
    assert_int_equal(pipe(ends), 0);

    pid_t child = fork();

    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        must_fail(condition, "f.c", 1);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(read(ends[0], text, sizeof text - 1), 511);
    assert_int_equal(text[510], 'c');
    close(ends[0]);
    close(ends[1]);
}

static void a_broken_invariant_stops(void **state)
{
    int how = 0, ends[2];
    char text[200] = { 0 };

    (void)state;
    MUST(1 + 1 == 2);
    assert_int_equal(pipe(ends), 0);

    pid_t child = fork();

    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        MUST(how == 1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "how == 1"));
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_up),
        cmocka_unit_test(the_trace_is_bounded),
        cmocka_unit_test(a_kept_status_takes_no_strangers_words),
        cmocka_unit_test(long_words_are_cut_between_characters),
        cmocka_unit_test(a_fault_raised_from_itself),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(defer_runs_on_each_way_out),
        cmocka_unit_test(a_broken_invariant_stops),
        cmocka_unit_test(a_long_condition_is_cut),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
