/* Rows of sector registers as decisions write them: new ones and changes of one's own, numbers that never come twice, and definitions
 * that are refused with the reason. */
#include "register/test/fixture.h"

#include <stdio.h>

#include "service/inside.h"

enum { DRAWS = 300 };

static void as_clerk(struct fixture *f)
{
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    f->cx.actor.organisation = STR("H26.00004.KT");
    f->cx.actor.unit = (unit_id){ UNIT_A };
}

static status put(struct fixture *f, enum sector_only only, int64_t number, const char *licence, const char *name)
{
    struct answer cells[] = { { STR("licence_no"), str_of(licence) }, { STR("business_name"), str_of(name) }, { STR("business_unit"), STR("00004@new") },
                              { STR("started"), STR("2025-01-01") }, { STR("state"), STR("active") } };
    int64_t row;
    as_clerk(f);
    begin(f);
    f->journal = (struct journal){ 0 };
    status st = row_put(&f->cx, &(struct row_given){ STR("business-households"), arena_printf(f->cx.arena, "%012lld", (long long)number), only, cells,
                                                      only == ONLY_CHANGE ? 2 : 5 }, &row);
    if (status_ok(st)) {
        commit(f);
    } else {
        tx_rollback(f->cx.tx);
        f->cx.tx = NULL;
    }
    return st;
}

static void a_new_row_is_new_and_a_change_is_of_ones_own(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out an = resident(f, "Nguyễn Văn An", 19800201), binh = resident(f, "Trần Văn Bình", 19810201);
    BAD(put(f, ONLY_CHANGE, an.number, "01A8000001", "Quán An"), ROW_MISSING);
    GOOD(put(f, ONLY_NEW, an.number, "01A8000001", "Quán An"));
    BAD(put(f, ONLY_NEW, an.number, "01A8000001", "Quán An"), ROW_EXISTS);
    BAD(put(f, ONLY_NEW, binh.number, "01A8000001", "Quán Bình"), ROW_EXISTS);
    BAD(put(f, ONLY_CHANGE, binh.number, "01A8000001", "Quán Bình"), ROW_MISSING);
    GOOD(put(f, ONLY_CHANGE, an.number, "01A8000001", "Quán Mới"));
}

static void draws_each_number_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out an = resident(f, "Nguyễn Văn An", 19800201);
    str before = STR(""), number;
    GOOD(put(f, ONLY_NEW, an.number, "01A8000150", "Quán cũ"));
    as_clerk(f);
    begin(f);
    for (int i = 0; i < DRAWS; i++) {
        GOOD(row_number_draw(&f->cx, STR("business-households"), STR("{province}A8######"), (unit_id){ UNIT_A }, &number));
        assert_int_equal(number.len, 10);
        assert_true(str_cmp(before, number) < 0 && !str_eq(number, STR("01A8000150")));
        before = number;
    }
    assert_true(str_eq(before, STR("01A8000301")));
    for (int i = 0; i < 9; i++)
        GOOD(row_number_draw(&f->cx, STR("business-households"), STR("X#"), (unit_id){ UNIT_A }, &number));
    BAD(row_number_draw(&f->cx, STR("business-households"), STR("X#"), (unit_id){ UNIT_A }, &number), ROW_EXISTS); /* used up */
    commit(f);
}

#define V(to, from) (struct procedure_value){ STR(to), STR(from) }
#define WHOLE V("business_name", "form.a"), V("business_unit", "form.b"), V("started", "decision.day")

static void says_what_a_register_does_not_have(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct {
        const char *code, *reason;
        enum row_whole whole;
        struct procedure_value values[6];
        size_t count;
    } wrong[] = {
        { "business-houses", "there is no register “business-houses”", ROW_NAMED, { V("a", "form.a") }, 0 },
        { "business-households", "no field “colour”", ROW_WHOLE, { V("colour", "form.a") }, 1 },
        { "business-households", "needs “licence_no”", ROW_KEYED, { V("trade", "form.a") }, 1 },
        { "business-households", "needs “state”", ROW_WHOLE, { V("licence_no", "form.a"), WHOLE }, 4 },
        { "business-households", "“actve” is no word", ROW_KEYED, { V("licence_no", "form.a"), V("state", "=actve") }, 2 },
        { "business-households", "“tax_no” is not the whole key", ROW_KEYED, { V("licence_no", "form.a"), V("tax_no", "next.T###") }, 2 },
        { "business-households", "no pattern of a number", ROW_KEYED, { V("licence_no", "next.{province}A8") }, 1 },
        { "business-households", "no pattern of a number", ROW_KEYED, { V("licence_no", "next.##A8") }, 1 },
        { "business-households", NULL, ROW_WHOLE, { V("licence_no", "next.{province}A8######"), WHOLE, V("state", "=active") }, 5 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct defs_problems problems = { .lang = LANG_EN };
        bool found = !wrong[i].reason;
        row_check(f->app->defs, f->cx.arena, &(struct row_check){ str_of(wrong[i].code), wrong[i].whole, wrong[i].values, wrong[i].count, { 20260101 }, STR("x.yaml"), 7 }, &problems);
        for (size_t k = 0; k < problems.count; k++)
            found = found || (str_find(problems.list[k].reason, str_of(wrong[i].reason)) < problems.list[k].reason.len && problems.list[k].line == 7);
        if (!found || (!wrong[i].reason && problems.count))
            print_message("# case %zu: %zu problems\n", i, problems.count);
        assert_true(found && (wrong[i].reason || problems.count == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_new_row_is_new_and_a_change_is_of_ones_own), EVERYWHERE(draws_each_number_once), EVERYWHERE(says_what_a_register_does_not_have),
    };
    fixture_modules[fixture_module_count++] = &service_module;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
