/* What differs is marked and nothing else; the pieces put together are the value; what is common to both is the same text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/cases/differ.h"

enum { ROUNDS = 2000 };

static str marked(struct arena *a, const char *shown, const char *other)
{
    struct case_piece *p;
    size_t n = differ_pieces(a, str_of(shown), str_of(other), &p);
    str text = STR("");
    for (size_t i = 0; i < n; i++)
        text = arena_printf(a, p[i].differs ? "%.*s[%.*s]" : "%.*s%.*s", STR_ARG(text), STR_ARG(p[i].text));
    return text;
}

#define MARKED(shown, other, expected) assert_true(str_eq(marked(a, shown, other), STR(expected)))

static void letters_are_marked(void **state)
{
    struct arena *a = arena_new(64 << 20);
    (void)state;
    MARKED("Nguyễn Văn An", "Nguyễn Văn An", "Nguyễn Văn An");
    MARKED("Nguyễn Văn Ân", "Nguyễn Văn An", "Nguyễn Văn [Â]n");
    MARKED("1990-02-01", "1990-01-02", "1990-0[2]-0[1]");
    MARKED("Nguyễn Thị Mơ", "Nguyễn Mơ", "Nguyễn [Thị ]Mơ");
    MARKED("Mơ", "", "Mơ");
    MARKED("", "Mơ", "");
    arena_free(a);
}

static void pieces_are_the_value(void **state)
{
    static const char *const letters[] = { "a", "ă", "Đ", "n", " ", "1" };
    struct rng r;
    (void)state;
    rng_seed(&r, 5, 5);
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *a = arena_new(4 << 20);
        str two[2], common[2] = { STR(""), STR("") };
        for (int s = 0; s < 2; s++) {
            struct buf b;
            buf_init(&b, 100);
            for (uint32_t n = 1 + rng_below(&r, 12); n > 0; n--)
                buf_add(&b, str_of(letters[rng_below(&r, 6)]));
            two[s] = arena_str(a, buf_str(&b));
            buf_done(&b);
        }
        for (int s = 0; s < 2; s++) {
            struct case_piece *p;
            size_t n = differ_pieces(a, two[s], two[1 - s], &p);
            str whole = STR("");
            for (size_t i = 0; i < n; i++) {
                whole = arena_join(a, whole, p[i].text);
                common[s] = p[i].differs ? common[s] : arena_join(a, common[s], p[i].text);
            }
            assert_true(str_eq(whole, two[s]));
        }
        assert_int_equal(common[0].len > 0, common[1].len > 0);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(letters_are_marked), cmocka_unit_test(pieces_are_the_value) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
