/* Rules: what they mean, with what is not known; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "defs/sector/rule.h"

static struct arena *arena;
static const str colours[] = { STR("red"), STR("green") };

enum { N, M, BORN, JOINED, NAME, COLOUR, UNIT, ALIVE, COUNT };

static size_t names_all(struct rule_name *out)
{
    out[N] = (struct rule_name){ .name = STR("n"), .type = RULE_NUMBER };
    out[M] = (struct rule_name){ .name = STR("m"), .type = RULE_NUMBER };
    out[BORN] = (struct rule_name){ .name = STR("person.birth"), .type = RULE_DAY };
    out[JOINED] = (struct rule_name){ .name = STR("joined"), .type = RULE_DAY };
    out[NAME] = (struct rule_name){ .name = STR("name"), .type = RULE_TEXT };
    out[COLOUR] = (struct rule_name){ .name = STR("colour"), .type = RULE_TEXT, .words = colours, .word_count = 2 };
    out[UNIT] = (struct rule_name){ .name = STR("unit"), .type = RULE_UNIT };
    out[ALIVE] = (struct rule_name){ .name = STR("alive"), .type = RULE_TRUTH };
    return COUNT;
}

static struct rule_value number(int64_t n) { return (struct rule_value){ .type = RULE_NUMBER, .known = true, .number = n }; }
static struct rule_value date(int64_t n) { return (struct rule_value){ .type = RULE_DAY, .known = true, .number = n }; }

struct meant {
    const char *text;
    bool holds;
};

static const char *why(const struct rule_problem *w) { return arena_z(arena, msg_say(arena, LANG_EN, &w->why)); }
static bool said(const struct rule_problem *w, const char *part) { return strstr(why(w), part) != NULL; }

static void all_hold(const struct meant *list, size_t count, const struct rule_value *values)
{
    struct rule_name all[COUNT];
    size_t n = names_all(all);
    for (size_t i = 0; i < count; i++) {
        const struct rule *r;
        struct rule_problem w;
        if (!rule_parse(arena, str_of(list[i].text), all, n, &r, &w))
            fail_msg("%s: at %d: %s", list[i].text, w.at, why(&w));
        if (rule_holds(r, values, (day){ 20261122 }) != list[i].holds)
            fail_msg("%s", list[i].text);
    }
}

static void known_values_are_compared(void **state)
{
    static const struct meant list[] = {
        { "n = 3", true }, { "n != 3", false }, { "n < 4 and m > 4", true }, { "n > 4 or m > 4", true }, { "not (n = 3)", false },
        { "n + m = 8", true }, { "m - n = 2", true }, { "n - m < 0", true }, { "age(person.birth) = 46", true },
        { "age(person.birth, joined) >= 18", true }, { "age(person.birth, 1998-01-31) >= 18", false }, { "joined - person.birth > 6574", true },
        { "joined + 10 <= 2000-01-11", true }, { "joined + 10 < 2000-01-11", false }, { "year(joined) = 2000", true }, { "name = 'An'", true },
        { "length(name) = 2", true }, { "colour = 'red'", true }, { "colour != 'green'", true }, { "joined < today", true },
        { "present(name) and alive", true }, { "not alive", false }, { "unit = unit", true }, { "n = 3 or n = 4 and m = 9", true },
    };
    struct rule_value v[COUNT] = {
        number(3), number(5), date(19800201), date(20000101), { .type = RULE_TEXT, .known = true, .text = STR("An") },
        { .type = RULE_TEXT, .known = true, .text = STR("red") }, { .type = RULE_UNIT, .known = true, .number = 2300004 },
        { .type = RULE_TRUTH, .known = true, .number = 1 },
    };
    (void)state;
    all_hold(list, sizeof list / sizeof *list, v);
}

static void what_is_not_known_breaks_nothing(void **state)
{
    static const struct meant list[] = {
        { "n = 3", true }, { "not (n = 3)", true }, { "n < 0 and m = 5", true }, { "n < 0 and m = 6", false }, { "n < 0 or m = 6", true },
        { "present(n)", false }, { "not present(n)", true }, { "alive", true }, { "not alive", true }, { "age(joined) > 200", true },
        { "n + 1 = 0", true },
    };
    struct rule_value v[COUNT] = { [M] = number(5) };
    (void)state;
    all_hold(list, sizeof list / sizeof *list, v);
}

/* Born in some day of 1966: 59 or 60 years old on 22 November 2026. */
static void an_imprecise_day_is_held_against_nobody(void **state)
{
    static const struct meant list[] = {
        { "age(person.birth) >= 60", true }, { "age(person.birth) >= 61", false }, { "age(person.birth) < 60", true }, { "age(person.birth) < 59", false },
        { "age(person.birth) = 60", true }, { "age(person.birth) = 61", false }, { "person.birth < 1966-06-01", true }, { "person.birth < 1966-01-01", false },
        { "person.birth <= 1966-12-31", true }, { "person.birth > 1966-12-31", false }, { "age(person.birth) + 1 >= 61", true },
        { "age(person.birth) - 1 >= 60", false }, { "age(person.birth, joined) = 18", true }, { "age(person.birth, joined) >= 19", false }, { "100 - age(person.birth) <= 40", true }, { "100 - age(person.birth) < 40", false },
    };
    struct rule_value v[COUNT] = { [BORN] = date(19660000), [JOINED] = date(19840000) };
    (void)state;
    all_hold(list, sizeof list / sizeof *list, v);
}

static void wrong_rules_are_refused_with_their_place(void **state)
{
    static const struct { const char *text, *why; int at; } list[] = {
        { "", "value is missing", 1 }, { "n", "true or false", 2 }, { "n = ", "value is missing", 5 }, { "n = 'a'", "cannot be compared", 8 },
        { "salary > 3", "no field or function “salary”", 1 }, { "colour = 'blue'", "has no “blue”", 16 }, { "'blue' = colour", "has no “blue”", 16 },
        { "name < 'x'", "no order", 11 }, { "age(n) > 3", "a day", 6 }, { "age(joined > 3", "cannot be compared", 15 }, { "age(joined", "not closed after", 11 }, { "age 3", "no field or function “age”", 1 }, { "(n = 3", "not closed", 7 },
        { "n = 3 m", "does not belong here", 7 }, { "n = 3 and m", "true or false", 12 }, { "not n", "true or false", 6 },
        { "name = 'x", "not closed", 8 }, { "present(n + 1)", "asks for a field", 14 }, { "n + joined = 3", "added", 12 },
        { "n = 99999999999999999999", "no number", 5 }, { "n = 3; m = 4", "does not belong here", 6 },
        { "((((((((((((((((((((((((((n = 3))))))))))))))))))))))))))", "too deep", 25 },
    };
    struct rule_name all[COUNT];
    size_t n = names_all(all);
    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const struct rule *r;
        struct rule_problem w;
        assert_false(rule_parse(arena, str_of(list[i].text), all, n, &r, &w));
        if (!said(&w, list[i].why) || w.at != list[i].at)
            fail_msg("%s: at %d: %s", list[i].text, w.at, why(&w));
    }
}

static void a_rule_tells_what_it_asks_for(void **state)
{
    struct rule_name all[COUNT];
    size_t n = names_all(all);
    const struct rule *r;
    struct rule_problem w;
    (void)state;
    assert_true(rule_parse(arena, STR("n = 3 and present(name)"), all, n, &r, &w));
    assert_int_equal(rule_names(r), 1u << N | 1u << NAME);
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_are_compared), cmocka_unit_test(what_is_not_known_breaks_nothing),
        cmocka_unit_test(an_imprecise_day_is_held_against_nobody), cmocka_unit_test(wrong_rules_are_refused_with_their_place),
        cmocka_unit_test(a_rule_tells_what_it_asks_for),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
