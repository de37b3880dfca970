/* The table of legs, and what follows for a bundle from the states of all: on bundles of random shape, moved at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "life/leg.h"

enum { SHAPES = 4000, STEPS = 80 };

static void a_leg_moves_only_by_its_table(void **state)
{
    enum leg_state to;
    (void)state;
    assert_true(leg_move(LEG_WAITING, LEG_RELEASE, &to) && to == LEG_READY);
    assert_true(leg_move(LEG_PROCESSING, LEG_COMPLETE, &to) && to == LEG_DONE);
    assert_true(leg_move(LEG_DONE, LEG_COMPENSATE, &to) && to == LEG_COMPENSATED);
    assert_false(leg_move(LEG_WAITING, LEG_COMPLETE, &to)); /* no effect without its cause */
    assert_false(leg_move(LEG_DONE, LEG_COMPLETE, &to));    /* not twice */
    assert_false(leg_move(LEG_REFUSED, LEG_COMPENSATE, &to));
    assert_false(leg_move(LEG_SENT, LEG_COMPLETE, &to)); /* nobody decides what nobody has taken */
    for (int s = 0; s < LEG_STATE_COUNT; s++)
        for (int c = 0; c < LEG_COMMAND_COUNT; c++)
            if (leg_is_ended((enum leg_state)s) && leg_move((enum leg_state)s, (enum leg_command)c, &to))
                assert_true(s == LEG_DONE && c == LEG_COMPENSATE);
}

struct shape {
    struct life_event event;
    struct life_leg legs[LIFE_LEGS_MAX];
    enum leg_state states[LIFE_LEGS_MAX];
    uint32_t absent;
};

static void shape_make(struct shape *s, struct rng *r)
{
    memset(s, 0, sizeof *s);
    s->event.legs = s->legs;
    s->event.leg_count = 1 + rng_below(r, LIFE_LEGS_MAX);
    for (size_t i = 0; i < s->event.leg_count; i++) {
        uint32_t before = (1u << i) - 1;
        s->legs[i].needs = (uint32_t)rng_u64(r) & (uint32_t)rng_u64(r) & before;
        s->legs[i].after = s->legs[i].needs | ((uint32_t)rng_u64(r) & (uint32_t)rng_u64(r) & before);
        s->absent |= rng_chance(r, 0.15) ? 1u << i : 0;
    }
}

static bool settle(struct shape *s)
{
    bool moved = false;
    for (size_t i = 0; i < s->event.leg_count; i++) {
        enum leg_next next = s->states[i] == LEG_WAITING ? leg_next(&s->event, s->states, i, s->absent) : LEG_NEXT_WAIT;
        if (next == LEG_NEXT_WAIT)
            continue;
        assert_true(leg_move(s->states[i], next == LEG_NEXT_RELEASE ? LEG_RELEASE : LEG_SKIP, &s->states[i]));
        moved = true;
    }
    return moved;
}

static void causes_hold(const struct shape *s)
{
    for (size_t i = 0; i < s->event.leg_count; i++) {
        bool begun = s->states[i] != LEG_WAITING && s->states[i] != LEG_SKIPPED;
        for (size_t k = 0; k < s->event.leg_count; k++) {
            if (begun && (s->legs[i].needs >> k & 1))
                assert_true(s->states[k] == LEG_DONE || (s->absent >> k & 1));
            if (begun && (s->legs[i].after >> k & 1))
                assert_true(leg_is_ended(s->states[k]));
        }
        if (s->absent >> i & 1)
            assert_true(s->states[i] == LEG_WAITING || s->states[i] == LEG_SKIPPED);
    }
}

/* Until all have ended some leg is awaited; it is never an ended one; and if any is with its owner, it is such a one. */
static void somebody_is_named(const struct shape *s)
{
    int leg = leg_awaited(&s->event, s->states);
    bool open = bundle_of(&s->event, s->states, s->absent) == BUNDLE_OPEN, owned = false;
    assert_int_equal(leg >= 0, open);
    for (size_t i = 0; i < s->event.leg_count; i++)
        owned = owned || leg_is_owned(s->states[i]);
    if (open) {
        assert_false(leg_is_ended(s->states[leg]));
        assert_true(!owned || leg_is_owned(s->states[leg]));
    }
}

static void step(struct shape *s, struct rng *r)
{
    static const enum leg_command commands[] = { LEG_SEND, LEG_ACKNOWLEDGE, LEG_TAKE, LEG_COMPLETE, LEG_COMPLETE, LEG_REFUSE, LEG_TIME_OUT };
    size_t i = rng_below(r, (uint32_t)s->event.leg_count);
    enum leg_state to;
    if (leg_move(s->states[i], commands[rng_below(r, 7)], &to))
        s->states[i] = to;
}

/* Whatever happens, in whatever order: no leg begins without its causes, and once every owner answers the bundle ends. */
static void bundles_end_and_no_effect_lacks_its_cause(void **state)
{
    struct rng r;
    struct shape s;
    (void)state;
    rng_seed(&r, 5, 1);
    for (int n = 0; n < SHAPES; n++) {
        shape_make(&s, &r);
        for (int k = 0; k < STEPS; k++) {
            while (settle(&s))
                ;
            causes_hold(&s);
            somebody_is_named(&s);
            step(&s, &r);
        }
        for (int k = 0; bundle_of(&s.event, s.states, s.absent) == BUNDLE_OPEN; k++) {
            assert_true(k < 10000);
            step(&s, &r);
            while (settle(&s))
                ;
        }
        causes_hold(&s);
    }
}

/* Taken back leg by leg, nothing that stands is ever without its cause, and in the end nothing stands. */
static void undoing_never_leaves_an_effect_without_its_cause(void **state)
{
    struct rng r;
    struct shape s;
    (void)state;
    rng_seed(&r, 6, 1);
    for (int n = 0; n < SHAPES; n++) {
        shape_make(&s, &r);
        for (int k = 0; k < STEPS; k++) {
            while (settle(&s))
                ;
            step(&s, &r);
        }
        size_t done = 0, undone = 0;
        for (size_t i = 0; i < s.event.leg_count; i++)
            done += s.states[i] == LEG_DONE;
        for (int leg; (leg = leg_to_undo(&s.event, s.states)) >= 0; undone++) {
            for (size_t i = 0; i < s.event.leg_count; i++)
                assert_false(s.states[i] == LEG_DONE && (s.legs[i].after >> leg & 1));
            assert_true(leg_move(s.states[leg], LEG_COMPENSATE, &s.states[leg]));
        }
        assert_int_equal(done, undone);
        for (size_t i = 0; i < s.event.leg_count; i++)
            assert_int_not_equal(s.states[i], LEG_DONE);
    }
}

static void the_end_says_what_was_reached(void **state)
{
    struct life_leg legs[3] = { { .needs = 0 }, { .needs = 1, .after = 1 }, { .needs = 1, .after = 1 } };
    const struct life_event e = { .legs = legs, .leg_count = 3 };
    (void)state;
#define STATES(...) (const enum leg_state[]){ __VA_ARGS__ }
    assert_int_equal(bundle_of(&e, STATES(LEG_DONE, LEG_SENT, LEG_DONE), 0), BUNDLE_OPEN);
    assert_int_equal(bundle_of(&e, STATES(LEG_DONE, LEG_DONE, LEG_DONE), 0), BUNDLE_DONE);
    assert_int_equal(bundle_of(&e, STATES(LEG_DONE, LEG_SKIPPED, LEG_DONE), 2), BUNDLE_DONE);
    assert_int_equal(bundle_of(&e, STATES(LEG_DONE, LEG_SKIPPED, LEG_DONE), 0), BUNDLE_PARTLY);
    assert_int_equal(bundle_of(&e, STATES(LEG_DONE, LEG_TIMED_OUT, LEG_DONE), 0), BUNDLE_PARTLY);
    assert_int_equal(bundle_of(&e, STATES(LEG_REFUSED, LEG_SKIPPED, LEG_SKIPPED), 0), BUNDLE_REFUSED);
    assert_int_equal(bundle_of(&e, STATES(LEG_COMPENSATED, LEG_SKIPPED, LEG_COMPENSATED), 0), BUNDLE_REVERSED);
    assert_int_equal(leg_to_undo(&e, STATES(LEG_DONE, LEG_DONE, LEG_REFUSED)), 1);
    assert_int_equal(leg_to_undo(&e, STATES(LEG_DONE, LEG_COMPENSATED, LEG_REFUSED)), 0);
    assert_int_equal(leg_to_undo(&e, STATES(LEG_COMPENSATED, LEG_COMPENSATED, LEG_REFUSED)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leg_moves_only_by_its_table),
        cmocka_unit_test(bundles_end_and_no_effect_lacks_its_cause),
        cmocka_unit_test(undoing_never_leaves_an_effect_without_its_cause),
        cmocka_unit_test(the_end_says_what_was_reached),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
