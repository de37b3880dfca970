/* The table of moves: every state can be reached and left or is an end, no pair stands twice, and a case always gets to an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cases/state.h"

static const struct { enum case_command command; enum case_state from; } moves[] = {
#define MOVE(command, from, to) { DO_##command, CASE_STATE_##from },
#include "cases/state.def"
#undef MOVE
};
enum { MOVES = sizeof moves / sizeof *moves };

static void no_pair_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOVES; i++)
        for (size_t k = i + 1; k < MOVES; k++)
            assert_false(moves[i].command == moves[k].command && moves[i].from == moves[k].from);
}

static void every_state_is_reached_and_ends(void **state)
{
    bool reached[CASE_STATE_COUNT] = { [CASE_STATE_OPEN] = true };
    enum case_state to;
    (void)state;
    for (int round = 0; round < CASE_STATE_COUNT; round++)
        for (size_t i = 0; i < MOVES; i++)
            if (reached[moves[i].from] && case_state_move(moves[i].from, moves[i].command, &to))
                reached[to] = true;
    for (int s = 0; s < CASE_STATE_COUNT; s++) {
        bool ends[CASE_STATE_COUNT] = { false };
        assert_true(reached[s]);
        ends[s] = true;
        for (int round = 0; round < CASE_STATE_COUNT; round++)
            for (size_t i = 0; i < MOVES; i++)
                if (ends[moves[i].from] && case_state_move(moves[i].from, moves[i].command, &to))
                    ends[to] = true;
        assert_true(ends[CASE_STATE_CLOSED] || ends[CASE_STATE_WAIVED]);
    }
}

static void what_is_not_in_the_table_cannot_happen(void **state)
{
    enum case_state to;
    (void)state;
    assert_false(case_state_move(CASE_STATE_WAIVED, DO_ADJUDICATE, &to));
    assert_false(case_state_move(CASE_STATE_CLOSED, DO_CONFIRM, &to));
    assert_false(case_state_move(CASE_STATE_OPEN, DO_CONFIRM, &to)); /* a merge needs its proposal first */
    assert_true(case_state_move(CASE_STATE_PROPOSED, DO_CONFIRM, &to));
    assert_int_equal(to, CASE_STATE_ADJUDICATED);
    assert_int_equal(case_state_queue(CASE_STATE_PROPOSED), QUEUE_CONFIRM);
    assert_string_equal(case_state_word(CASE_STATE_PROPAGATED), "propagated");
    assert_string_equal(case_command_word(DO_UNDO), "undo");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_pair_stands_twice), cmocka_unit_test(every_state_is_reached_and_ends),
                                        cmocka_unit_test(what_is_not_in_the_table_cannot_happen) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
