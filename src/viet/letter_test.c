/* Each letter of the alphabet apart and together again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/letter.h"

/* Every code point is either not a letter of the alphabet, or comes back as itself. */
static void takes_and_makes_every_letter(void **state)
{
    int letters = 0;
    (void)state;
    for (uint32_t cp = 0; cp < 0x3000; cp++) {
        struct letter l;
        if (!letter_take(cp, &l))
            continue;
        letters++;
        assert_int_equal(letter_make(l), cp);
        assert_true(l.base >= 'a' && l.base <= 'z');
    }
    assert_int_equal(letters, 2 * 26 + 134);
}

static void changes_case(void **state)
{
    (void)state;
    assert_int_equal(letter_lower(0x0110), 0x0111);
    assert_int_equal(letter_upper(0x0111), 0x0110);
    assert_int_equal(letter_upper(0x1EF5), 0x1EF4);
    assert_int_equal(letter_lower('Q'), 'q');
    assert_int_equal(letter_upper('7'), '7');
    assert_int_equal(letter_lower(0x00D1), 0x00F1); /* Ñ is not Vietnamese */
}

static void refuses_letters_that_do_not_exist(void **state)
{
    struct letter l;
    (void)state;
    assert_int_equal(letter_make((struct letter){ .base = 'n', .mark = MARK_HORN }), 0);
    assert_int_equal(letter_make((struct letter){ .base = 'e', .mark = MARK_BREVE }), 0);
    assert_int_equal(letter_make((struct letter){ .base = 'd', .mark = MARK_STROKE, .tone = TONE_DOT }), 0);
    assert_int_equal(letter_make((struct letter){ .base = '7' }), 0);
    assert_int_equal(letter_make((struct letter){ .base = 'a', .mark = MARK_COUNT }), 0);
    assert_false(letter_take(0x00F1, &l));
    assert_false(letter_take('@', &l));
    assert_false(letter_take('[', &l));
    assert_false(letter_take(0x00C5, &l));
}

static void knows_combining_marks(void **state)
{
    enum mark mark;
    enum tone tone;
    (void)state;
    assert_true(letter_combining(0x031B, &mark, &tone));
    assert_int_equal(mark, MARK_HORN);
    for (int t = TONE_GRAVE; t < TONE_COUNT; t++) {
        assert_true(letter_combining(letter_tone_combining((enum tone)t), &mark, &tone));
        assert_int_equal(tone, t);
        assert_int_equal(mark, MARK_NONE);
    }
    assert_false(letter_combining(0x0308, &mark, &tone));
    assert_false(letter_combining('a', &mark, &tone));
    assert_true(letter_in_word(0x0308));
    assert_false(letter_in_word('5'));
    assert_false(letter_in_word(0x2019));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_makes_every_letter),
        cmocka_unit_test(changes_case),
        cmocka_unit_test(refuses_letters_that_do_not_exist),
        cmocka_unit_test(knows_combining_marks),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
