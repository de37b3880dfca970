/* The table of moves: what the law allows happens, all else does not, and every path ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "service/state.h"

enum { WALKS = 200000, STEPS_MAX = 40 };

static bool moves(enum dossier_state from, enum dossier_command c, enum dossier_state want)
{
    enum dossier_state to;
    return state_move(from, c, &to) && to == want;
}

static void does_what_the_law_says(void **state)
{
    (void)state;
    assert_true(moves(DOSSIER_DRAFT, COMMAND_SUBMIT, DOSSIER_SUBMITTED));
    assert_true(moves(DOSSIER_SUBMITTED, COMMAND_DECLINE, DOSSIER_DECLINED));
    assert_true(moves(DOSSIER_PROCESSING, COMMAND_ASK_SUPPLEMENT, DOSSIER_AWAITING_SUPPLEMENT));
    assert_true(moves(DOSSIER_AWAITING_PAYMENT, COMMAND_PAY, DOSSIER_PROCESSING));
    assert_true(moves(DOSSIER_RETURNED, COMMAND_REOPEN, DOSSIER_PROCESSING));
}

static void refuses_what_cannot_be(void **state)
{
    enum dossier_state to;
    (void)state;
    assert_false(state_move(DOSSIER_DECIDED, COMMAND_GRANT, &to));           /* a second decision */
    assert_false(state_move(DOSSIER_DECIDED, COMMAND_REFUSE, &to));          /* a contrary one */
    assert_false(state_move(DOSSIER_WITHDRAWN, COMMAND_PAY, &to));           /* paying what was withdrawn */
    assert_false(state_move(DOSSIER_STOPPED, COMMAND_SUPPLY, &to));          /* a late supplement */
    assert_false(state_move(DOSSIER_DECIDED, COMMAND_WITHDRAW, &to));
    assert_false(state_move(DOSSIER_ACCEPTED, COMMAND_GRANT, &to));          /* decided by nobody */
    assert_false(state_move(DOSSIER_DRAFT, COMMAND_ACCEPT, &to));
}

static void knows_the_portal(void **state)
{
    static const int codes[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    (void)state;
    for (int s = 0; s < DOSSIER_STATE_COUNT; s++) {
        assert_int_equal(state_portal_code((enum dossier_state)s), codes[s]);
        assert_true(state_word((enum dossier_state)s)[0] != 0);
    }
    for (int c = 0; c < DOSSIER_COMMAND_COUNT; c++)
        assert_true(command_word((enum dossier_command)c)[0] != 0);
}

/* Random commands: between two decisions there is always a reopening, and a closed dossier only ever reopens or is delivered. */
static void decides_once_a_generation(void **state)
{
    struct rng r;
    (void)state;
    rng_seed(&r, 5, 0);
    for (int w = 0; w < WALKS; w++) {
        enum dossier_state s = DOSSIER_DRAFT, to;
        int decisions = 0, generations = 1;
        for (int i = 0; i < STEPS_MAX; i++) {
            enum dossier_command c = (enum dossier_command)rng_below(&r, DOSSIER_COMMAND_COUNT);
            if (!state_move(s, c, &to))
                continue;
            decisions += to == DOSSIER_DECIDED;
            generations += c == COMMAND_REOPEN;
            assert_true(decisions <= generations);
            if (!state_is_open(s) && s != DOSSIER_DRAFT)
                assert_true(c == COMMAND_REOPEN || c == COMMAND_DELIVER);
            if (s == DOSSIER_DECLINED || s == DOSSIER_WITHDRAWN || s == DOSSIER_STOPPED)
                fail_msg("moved on from an end");
            s = to;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_what_the_law_says), cmocka_unit_test(refuses_what_cannot_be), cmocka_unit_test(knows_the_portal),
        cmocka_unit_test(decides_once_a_generation),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
