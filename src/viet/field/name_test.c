/* Splitting, doubts with their reasons, and repairs that are proposed and never made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/field/name.h"

static struct arena *arena;

#define IS(got, expected) assert_string_equal(arena_z(arena, got), expected)

static void splits_as(const char *name, const char *family, const char *middle, const char *given)
{
    struct person_name n;
    name_split(str_of(name), &n);
    IS(n.family, family);
    IS(n.middle, middle);
    IS(n.given, given);
}

static void splits(void **state)
{
    (void)state;
    splits_as("Nguyễn Văn An", "Nguyễn", "Văn", "An");
    splits_as("Trần Thị Ngọc Lan", "Trần", "Thị Ngọc", "Lan");
    splits_as("Lê Lợi", "Lê", "", "Lợi");
    splits_as("An", "", "", "An");
    splits_as("", "", "", "");
    splits_as("TÔN THẤT TÙNG", "TÔN THẤT", "", "TÙNG");
    splits_as("Tôn Nữ Thị Ninh", "Tôn Nữ", "Thị", "Ninh");
    splits_as("Tôn Nữ", "Tôn", "", "Nữ");
    splits_as("H'Hen Niê", "H'Hen", "", "Niê");
}

static void doubts(const char *name, uint32_t expected)
{
    uint32_t got = name_plausibility(str_of(name));
    if (got != expected)
        fail_msg("%s: %x, not %x", name, got, expected);
}

static void doubts_with_reasons(void **state)
{
    (void)state;
    doubts("Nguyễn Văn An", 0);
    doubts("NGUYỄN THỊ ÁNH", 0);
    doubts("Cao Bá Quát", 0);
    doubts("", NAME_EMPTY);
    doubts("An", NAME_ONE_WORD);
    doubts("Nguyễn Văn An2", NAME_DIGITS);
    doubts("Nguyễn Văn A?", NAME_LOST_LETTERS);
    doubts("Nguyễn (Văn) An", NAME_SYMBOLS);
    doubts("Nguyen Van An", NAME_OTHER_WORDS | NAME_NO_MARKS);
    doubts("Tran Van An", NAME_NO_MARKS);
    doubts("Cao Van An", 0); /* cannot be told */
    doubts("Nguyễn Văn aN", NAME_MIXED_CASE);
    doubts("Nguyễn V. An", NAME_ABBREVIATED | NAME_OTHER_WORDS);
    doubts("Ông Nguyễn Văn An", NAME_HONORIFIC);
    doubts("Chu Văn An", 0);
    doubts("Anh Thư", 0);
    doubts("Chu Trần Lan", 0);
    doubts("Chu Văn Đình Việt", 0);
    doubts("Châu Văn Đoàn Pháp", 0);
    doubts("Bá Đình Công Đăng", 0);
    doubts("Chú Văn Đình Việt", NAME_HONORIFIC);
    doubts("H'Hen Niê", NAME_CLAN_ORDER | NAME_OTHER_WORDS);
    doubts("Y Moan", NAME_CLAN_ORDER);
    doubts("John Smith", NAME_OTHER_WORDS);
    doubts("Công Tằng Tôn Nữ Thị Hồng Hạnh", NAME_MANY_WORDS);
    for (int bit = 0; bit < 12; bit++)
        assert_non_null(name_warning_name(1u << bit));
    assert_null(name_warning_name(0));
    assert_null(name_warning_name(1u << 12));
}

static void knows_families(void **state)
{
    (void)state;
    assert_true(name_is_family(STR("NGUYỄN")));
    assert_true(name_is_family(STR("Lý")));
    assert_true(name_is_family(STR("lí")));
    assert_true(name_is_family(STR("Đặng")));
    assert_false(name_is_family(STR("Nguyen")));
    assert_false(name_is_family(STR("Smith")));
    assert_false(name_is_family(STR("")));
    assert_false(name_is_family(STR("nguyễnnguyễnnguyễnnguyễnnguyễnnguyễn")));
}

static void knows_variants(void **state)
{
    (void)state;
    assert_true(name_is_variant(STR("Hoàng"), STR("HUỲNH")));
    assert_true(name_is_variant(STR("Võ"), STR("Vũ")));
    assert_true(name_is_variant(STR("Quý"), STR("Quới")));
    assert_false(name_is_variant(STR("Hoàng"), STR("Hoàng")));
    assert_false(name_is_variant(STR("Phan"), STR("Phạm")));
    assert_false(name_is_variant(STR(""), STR("")));
    assert_true(name_has_variant(STR("HUỲNH")));
    assert_false(name_has_variant(STR("Lê")));
}

static void proposes(const char *name, enum repair_rule rule, const char *after)
{
    struct repair r[4];
    size_t count = name_repairs(arena, str_of(name), r, 4);
    for (size_t i = 0; i < count; i++) {
        if (r[i].rule != rule)
            continue;
        IS(r[i].after, after);
        IS(r[i].before, name);
        assert_true(r[i].confidence > 0 && r[i].confidence <= 1);
        return;
    }
    fail_msg("%s: no %s", name, repair_name(rule));
}

static void proposes_repairs(void **state)
{
    struct repair r[4];
    (void)state;
    proposes("Ông Nguyễn Văn An", REPAIR_HONORIFIC, "Nguyễn Văn An");
    proposes("Bà Trần Thị Bé", REPAIR_HONORIFIC, "Trần Thị Bé");
    proposes("Nguyễn Văn An (đã chết)", REPAIR_REMARK, "Nguyễn Văn An");
    proposes("Nguyễn Văn An - hộ nghèo", REPAIR_REMARK, "Nguyễn Văn An");
    proposes("Ng. Văn An", REPAIR_ABBREVIATION, "Nguyễn Văn An");
    proposes("Ng T Lan", REPAIR_ABBREVIATION, "Nguyễn Thị Lan");
    proposes("nguyỄn văn an", REPAIR_CASE, "Nguyễn Văn An");
    proposes("NGUYỄN THỊ ÁNH", REPAIR_CASE, "Nguyễn Thị Ánh");
    proposes("nguyễn thị ánh", REPAIR_CASE, "Nguyễn Thị Ánh");
    proposes("Nguyễn văn An", REPAIR_CASE, "Nguyễn Văn An");
    proposes("H'HEN NIÊ", REPAIR_CASE, "H'Hen Niê");
    proposes("Y MOAN ÊBAN", REPAIR_CASE, "Y Moan Êban");
    proposes("K'BRIU", REPAIR_CASE, "K'Briu");
    assert_int_equal(name_repairs(arena, STR("Ronald McDonald"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("Ludwig van Beethoven"), r, 4), 1);
    assert_true(r[0].confidence < 0.8); /* "van" might be Vietnamese */
    assert_int_equal(name_repairs(arena, STR("Ý"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("K'Briu"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("Rơ Châm"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("Nguyễn Văn An"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("H'Hen Niê"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("Y Moan"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("(An)"), r, 4), 0);
    assert_int_equal(name_repairs(arena, STR("Ông Nguyễn Văn An (chết)"), r, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),         cmocka_unit_test(doubts_with_reasons), cmocka_unit_test(knows_families),
        cmocka_unit_test(knows_variants), cmocka_unit_test(proposes_repairs),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
