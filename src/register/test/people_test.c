/* The population as a register: what is asked of people, counted with every change, by the day and by a changed rule. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "register/sector/inside.h"

static void keeper(struct fixture *f)
{
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ STR("register"), STR("population") };
}

static struct sector_figures_out figures(struct fixture *f)
{
    struct sector_figures_in in = { .code = STR("population") };
    struct sector_figures_out out;
    GOOD(call(f, "sector.figures", &in, &out));
    begin(f);
    GOOD(people_figures_check(&f->cx));
    commit(f);
    return out;
}

static int64_t failing(const struct sector_figures_out *f, const char *check)
{
    for (size_t i = 0; i < f->failing_count; i++)
        if (str_eq(f->failing[i].check, str_of(check)))
            return f->failing[i].rows;
    return 0;
}

static void correct(struct fixture *f, int64_t number, const char *field, const char *value)
{
    struct person_correct_in in = { .number = number, .field = str_of(field), .value = str_of(value), .source = STR("civil_status"), .evidence = STR("paper 1") };
    struct person_correct_out out;
    as_coordinator(f, "correction");
    GOOD(call(f, "person.correct", &in, &out));
}

static void a_flaw_is_counted_and_goes_with_its_cause(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, "Nguyễn Văn An", SEX_MALE, 20240201);
    keeper(f);
    struct sector_figures_out before = figures(f);
    assert_int_equal(before.total.rows, 1);
    assert_int_equal(failing(&before, "child_has_parent"), 1); /* nobody said who the parents are */
    correct(f, p.number, "name", "Nguyễn Văn 4n");
    keeper(f);
    struct sector_figures_out after = figures(f);
    assert_int_equal(failing(&after, "name_readable"), 1);
    assert_int_equal(after.total.clean, 0);
    correct(f, p.number, "name", "Nguyễn Văn An");
    keeper(f);
    after = figures(f);
    assert_int_equal(failing(&after, "name_readable"), 0);
    assert_int_equal(after.total.clean, 1);
}

static void flawed_people_are_rows_of_their_unit(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, "Nguyễn Văn An", SEX_MALE, 20240201);
    struct person_move_in move = { .number = p.number, .unit = { UNIT_A }, .effective = f->cx.today };
    struct person_move_out moved;
    struct sector_rows_in in = { .code = STR("population"), .has_unit = true, .unit = { UNIT_A } };
    struct sector_rows_out out;
    as_officer(f, "residence-management");
    GOOD(call(f, "person.move", &move, &moved));
    keeper(f);
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows_count, 1);
    assert_int_equal(out.rows[0].row, p.person);
    assert_true(out.rows[0].number == p.number && out.rows[0].broken_count >= 1);
    in.has_check = true;
    in.check = out.rows[0].broken[0];
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows_count, 1);
    in.check = STR("name_readable"); /* which this row keeps */
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows_count, 0);
    in.check = STR("no-such-rule");
    BAD(call(f, "sector.rows", &in, &out), ENUM_UNKNOWN);
    in.has_check = false;
    in.unit.v = UNIT_B;
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows_count, 0);
    struct sector_get_in get = { .code = STR("population"), .row = p.person };
    struct sector_get_out got;
    GOOD(call(f, "sector.get", &get, &got));
    assert_true(got.known);
    get.row = p.person + 1;
    BAD(call(f, "sector.get", &get, &got), ROW_MISSING);
}

static void people_are_not_written_as_rows(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_given row = { .has_name = true, .name = STR("Trần Thị Bình"), .has_birth = true, .birth = { 19900101 } };
    struct sector_put_in in = { .code = STR("population"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    keeper(f);
    BAD(call(f, "sector.put", &in, &out), REGISTER_CLOSED);
}

static void the_dead_and_the_merged_have_no_flaws(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, "Nguyễn Văn An", SEX_MALE, 20240201), q = born(f, "Nguyễn Văn An", SEX_MALE, 20240201);
    struct person_merge_in merge = { .number = p.number, .into = q.number, .evidence = STR("paper 2") };
    struct person_merge_out merged;
    keeper(f);
    struct sector_figures_out before = figures(f);
    assert_int_equal(failing(&before, "child_has_parent"), 2);
    as_coordinator(f, "correction");
    GOOD(call(f, "person.merge", &merge, &merged));
    keeper(f);
    struct sector_figures_out after = figures(f);
    assert_int_equal(failing(&after, "child_has_parent"), 1);
    struct person_death_in death = { .number = q.number, .death = f->cx.today };
    struct person_death_out dead;
    as_officer(f, "civil-status");
    GOOD(call(f, "person.death", &death, &dead));
    keeper(f);
    after = figures(f);
    assert_int_equal(failing(&after, "child_has_parent"), 0);
    assert_int_equal(after.total.ended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_flaw_is_counted_and_goes_with_its_cause), EVERYWHERE(flawed_people_are_rows_of_their_unit),
        EVERYWHERE(people_are_not_written_as_rows), EVERYWHERE(the_dead_and_the_merged_have_no_flaws),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
