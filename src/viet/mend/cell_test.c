/* Each change of a cell is told once; a clean cell is told nothing of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/mend/cell.h"
#include "viet/mend/lexicon.h"

static struct arena *arena;

static void becomes(const char *raw, const char *expected, const enum repair_rule *rules, size_t count)
{
    struct repair list[8];
    struct cell_mending m = { .arena = arena, .words = true, .bytes_max = 200, .repairs = list, .cap = 8 };
    str got;
    arena_reset(arena);
    assert_true(status_ok(cell_mend(&m, STR("name"), str_of(raw), &got)));
    assert_string_equal(arena_z(arena, got), expected);
    assert_int_equal(m.count, count);
    for (size_t i = 0; i < count; i++) {
        if (list[i].rule != rules[i])
            fail_msg("%s: %s, not %s", raw, repair_name(list[i].rule), repair_name(rules[i]));
        assert_false(str_eq(list[i].before, list[i].after));
        assert_true(list[i].confidence >= 0.8 && list[i].confidence <= 1);
    }
}

#define BECOMES(raw, expected, ...)                                                                                    \
    becomes(raw, expected, (enum repair_rule[]){ __VA_ARGS__ }, sizeof(enum repair_rule[]){ __VA_ARGS__ } / sizeof(enum repair_rule))

static void tells_each_change(void **state)
{
    (void)state;
    becomes("Nguyễn Văn An", "Nguyễn Văn An", NULL, 0);
    becomes("", "", NULL, 0);
    becomes("H'Hen Niê", "H'Hen Niê", NULL, 0);
    BECOMES("Tr\u0430\u0430nf Văn Khiêm", "Trần Văn Khiêm", REPAIR_LOOKALIKE, REPAIR_TELEX); /* Cyrillic a */
    BECOMES("  Nguyễn\u00A0Văn  An\u200B ", "Nguyễn Văn An", REPAIR_SPACES);
    BECOMES("Nguye\u0302\u0303n", "Nguyễn", REPAIR_MARKS_APART);
    BECOMES("Nguye\u0303\u0302n", "Nguyễn", REPAIR_MARKS_APART);
    BECOMES("Nguyá»…n Thá»‹ Lan", "Nguyễn Thị Lan", REPAIR_MOJIBAKE);
    BECOMES("HoÃ\u00A0 BÃ¬nh", "Hoà Bình", REPAIR_MOJIBAKE);
    BECOMES("Nguyeenx  Vawn An", "Nguyễn Văn An", REPAIR_SPACES, REPAIR_TELEX, REPAIR_TELEX);
    BECOMES(" Ðặng Văn An", "Đặng Văn An", REPAIR_SPACES, REPAIR_LOOKALIKE);
}

static void keeps_errors_and_limits(void **state)
{
    struct repair one[1];
    struct cell_mending m = { .arena = arena, .bytes_max = 20, .repairs = one, .cap = 1 };
    str got;
    (void)state;
    assert_true(status_is(cell_mend(&m, STR("name"), STR("Nguy\xD4n"), &got), ERR_TEXT_NOT_UTF8));
    assert_true(status_is(cell_mend(&m, STR("name"), STR("a\x01"), &got), ERR_TEXT_CONTROL));
    assert_true(status_is(cell_mend(&m, STR("name"), STR("Nguyễn Nguyễn Nguyễn"), &got), ERR_TEXT_TOO_LONG));
    fault_clear();
    m.bytes_max = 200;
    assert_true(status_ok(cell_mend(&m, STR("code"), STR("Nguyeenx  Vawn"), &got)));
    assert_true(str_eq(got, STR("Nguyeenx Vawn"))); /* no words are to be repaired */
    m.words = true;
    assert_true(status_ok(cell_mend(&m, STR("name"), STR("Nguyeenx  Vawn"), &got)));
    assert_int_equal(m.count, 3); /* all are counted, one is kept */
    assert_int_equal(one[0].rule, REPAIR_SPACES);
}

static void knows_words(void **state)
{
    (void)state;
    assert_true(lexicon_has(STR("NGUYỄN")));
    assert_true(lexicon_has(STR("Hoà")));
    assert_true(lexicon_has(STR("hòa")));
    assert_false(lexicon_has(STR("Nguyen")));
    assert_false(lexicon_has(STR("")));
    assert_true(lexicon_is_foreign(STR("LEE")));
    assert_false(lexicon_is_foreign(STR("Nguyeenx")));
    assert_false(lexicon_is_foreign(STR("averylongwordthatisnolistedone")));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(tells_each_change), cmocka_unit_test(keeps_errors_and_limits),
                                        cmocka_unit_test(knows_words) };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
