/* Quality: the round of a day, figures published once, what to mend next, issues that close by themselves, either map of units,
 * and figures that stay equal to a recount through random events. */
#include "register/test/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "quality/inside.h"

static struct fixture *ready(void **state) { return fixture_ready(state); }

static void as_keeper(struct fixture *f, const char *code)
{
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ STR("register"), str_of(code) };
}

static void put_farmer(struct fixture *f, int64_t number, const char *joined)
{
    struct sector_given_cell cells[] = { { STR("joined"), str_of(joined) }, { STR("state"), STR("active") } };
    struct sector_given row = { .has_number = true, .number = number, .cells = cells, .cells_count = 2 };
    struct sector_put_in in = { .code = STR("farmers"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    as_keeper(f, "farmers");
    GOOD(call(f, "sector.put", &in, &out));
}

static int judge_all(struct fixture *f)
{
    struct quality_judge_in in = { 0 };
    struct quality_judge_out out = { .more = true };
    int published = 0;
    f->cx.actor = (struct actor){ .roles = ROLE_OPERATOR };
    f->cx.purpose = (struct purpose){ 0 };
    while (out.more) {
        out = (struct quality_judge_out){ 0 };
        GOOD(call(f, "quality.judge", &in, &out));
        published += out.published;
    }
    return published;
}

/* Of the farmers' register, or of one of its fields (NULL: of all). */
static struct quality_trend_out trend(struct fixture *f, const char *field)
{
    struct quality_trend_in in = { .code = STR("farmers"), .has_field = field, .field = str_of(field) };
    struct quality_trend_out out;
    as_coordinator(f, "");
    GOOD(call(f, "quality.trend", &in, &out));
    return out;
}

static void a_day_is_published_once_and_never_changed(void **state)
{
    struct fixture *f = ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800201);
    put_farmer(f, p.number, "1990-05-06"); /* at ten: not allowed */
    assert_int_equal(judge_all(f), defs_sector_count(f->app->defs));
    struct quality_trend_out first = trend(f, NULL);
    assert_int_equal(first.points_count, 1);
    assert_true(first.points[0].rows == 1 && first.points[0].correct == 0 && first.points[0].complete == 1);
    put_farmer(f, p.number, "2001-05-06");
    assert_int_equal(judge_all(f), 0); /* this day is over */
    assert_int_equal(trend(f, NULL).points[0].correct, 0);
    clock_advance_us(INT64_C(86400000000));
    (void)judge_all(f);
    struct quality_trend_out second = trend(f, NULL);
    assert_int_equal(second.points_count, 2);
    assert_true(second.points[0].correct == 0 && second.points[1].correct == 1);
}

static void a_field_has_days_of_its_own(void **state)
{
    struct fixture *f = ready(state);
    struct quality_trend_in wrong = { .code = STR("farmers"), .has_field = true, .field = STR("wings") };
    struct quality_next_in next = { .has_field = true, .field = STR("joined") };
    struct quality_trend_out out;
    struct quality_next_out steps;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    put_farmer(f, number, "1990-05-06"); /* the day of joining is wrong, the state is not */
    (void)judge_all(f);
    struct quality_trend_out joined = trend(f, "joined"), activity = trend(f, "state");
    assert_true(joined.points_count == 1 && joined.points[0].rows == 1 && joined.points[0].correct == 0 && joined.points[0].live == 1);
    assert_true(activity.points_count == 1 && activity.points[0].correct == 1 && activity.points[0].live == 1);
    assert_int_equal(trend(f, "branch").points_count, 0); /* no rule asks for it */
    put_farmer(f, number, "2001-05-06");
    clock_advance_us(INT64_C(86400000000));
    (void)judge_all(f);
    joined = trend(f, "joined");
    assert_true(joined.points_count == 2 && joined.points[0].correct == 0 && joined.points[1].correct == 1);
    BAD(call(f, "quality.trend", &wrong, &out), FIELDS_UNKNOWN);
    BAD(call(f, "quality.next", &next, &steps), FIELD_MISSING);
}

static void the_figures_are_a_file(void **state)
{
    struct fixture *f = ready(state);
    struct quality_export_in in = { .code = STR("farmers"), .has_field = true, .field = STR("joined") };
    struct quality_export_out out;
    put_farmer(f, born(f, NULL, SEX_MALE, 19800201).number, "1990-05-06");
    as_coordinator(f, "");
    GOOD(call(f, "quality.export", &in, &out));
    assert_true(str_find(out.file, STR("Ngày vào Hội,1,0,1,1,\r\n")) < out.file.len); /* no rule asks whether it is live */
    assert_true(str_find(out.file, STR("Theo đơn vị: Ngày vào Hội,")) < out.file.len);
    in.has_format = true;
    in.format = QUALITY_EXPORT_IN_FORMAT_XLSX;
    GOOD(call(f, "quality.export", &in, &out));
    assert_true(str_starts(out.file, STR("PK")));
    in.field = STR("wings");
    BAD(call(f, "quality.export", &in, &out), FIELDS_UNKNOWN);
}

static void time_alone_makes_a_record_stale(void **state)
{
    struct fixture *f = ready(state);
    struct quality_overview_in in = { 0 };
    struct quality_overview_out out;
    struct quality_next_in ask = { .has_code = true, .code = STR("population") };
    struct quality_next_out before, after;
    (void)born(f, NULL, SEX_MALE, 19160201); /* 110 on the day of the test */
    (void)judge_all(f);
    as_coordinator(f, "");
    GOOD(call(f, "quality.next", &ask, &before));
    clock_advance_us(INT64_C(86400000000) * 366);
    (void)judge_all(f);
    as_coordinator(f, "");
    GOOD(call(f, "quality.next", &ask, &after));
    assert_int_equal(after.steps_count, before.steps_count + 1);
    GOOD(call(f, "quality.overview", &in, &out));
    assert_int_equal(out.registers_count, defs_sector_count(f->app->defs));
    for (size_t i = 0; i < out.registers_count; i++)
        assert_true(out.registers[i].has_judged);
}

static void the_cheapest_gain_comes_first(void **state)
{
    struct fixture *f = ready(state);
    struct quality_next_in in = { 0 };
    struct quality_next_out out;
    int64_t numbers[3];
    for (int i = 0; i < 3; i++)
        numbers[i] = born(f, NULL, SEX_MALE, 19800201).number;
    for (int i = 0; i < 3; i++)
        put_farmer(f, numbers[i], "1990-05-06");
    as_coordinator(f, "");
    GOOD(call(f, "quality.next", &in, &out));
    assert_true(out.steps_count >= 2);
    for (size_t i = 1; i < out.steps_count; i++)
        assert_true(out.steps[i - 1].minutes <= out.steps[i].minutes);
    for (size_t i = 0; i < out.steps_count; i++)
        if (str_eq(out.steps[i].check, STR("age_at_joining")))
            assert_true(out.steps[i].rows == 3 && out.steps[i].per_hour == 6 && out.steps[i].hours == 1);
}

static struct quality_assign_out assign(struct fixture *f, int64_t row, status *ret)
{
    struct quality_assign_in in = { .code = STR("farmers"), .row = row, .check = STR("age_at_joining") };
    struct quality_assign_out out = { 0 };
    as_coordinator(f, "");
    *ret = call(f, "quality.assign", &in, &out);
    return out;
}

static int64_t only_row(struct fixture *f)
{
    struct sector_rows_in in = { .code = STR("farmers") };
    struct sector_rows_out out;
    as_keeper(f, "farmers");
    GOOD(call(f, "sector.rows", &in, &out));
    return out.rows[0].row;
}

static size_t issues_in(struct fixture *f, int state)
{
    struct quality_issues_in in = { .has_state = true, .state = state };
    struct quality_issues_out out;
    as_coordinator(f, "");
    GOOD(call(f, "quality.issues", &in, &out));
    return out.issues_count;
}

static void an_issue_is_opened_once_and_closes_by_itself(void **state)
{
    struct fixture *f = ready(state);
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    status st;
    put_farmer(f, number, "1990-05-06");
    int64_t row = only_row(f);
    struct quality_assign_out a = assign(f, row, &st), b;
    GOOD(st);
    b = assign(f, row, &st);
    assert_true(a.issue == b.issue && a.version == b.version);
    (void)judge_all(f);
    assert_int_equal(issues_in(f, QUALITY_ISSUES_IN_STATE_ASSIGNED), 1); /* still wrong */
    put_farmer(f, number, "2001-05-06");
    clock_advance_us(INT64_C(86400000000));
    (void)judge_all(f);
    assert_int_equal(issues_in(f, QUALITY_ISSUES_IN_STATE_ASSIGNED), 0);
    assert_int_equal(issues_in(f, QUALITY_ISSUES_IN_STATE_CLOSED), 1);
    (void)assign(f, row, &st); /* no flaw, nothing to ask for */
    BAD(st, ROW_MISSING);
    put_farmer(f, number, "1990-05-06");
    b = assign(f, row, &st);
    GOOD(st);
    assert_true(b.issue == a.issue && b.version > a.version);
}

static void waiving_needs_its_reason_and_the_version_seen(void **state)
{
    struct fixture *f = ready(state);
    status st;
    put_farmer(f, born(f, NULL, SEX_MALE, 19800201).number, "1990-05-06");
    struct quality_assign_out a = assign(f, only_row(f), &st);
    GOOD(st);
    struct quality_waive_in in = { .issue = a.issue, .expected_version = a.version, .reason = STR(" ") };
    struct quality_waive_out out;
    as_coordinator(f, "");
    BAD(call(f, "quality.waive", &in, &out), FIELD_MISSING);
    in.reason = STR("Theo biên bản ngày 20/11/2026");
    as_officer(f, "");
    f->cx.actor.unit = (unit_id){ UNIT_B }; /* another office */
    BAD(call(f, "quality.waive", &in, &out), ROW_MISSING);
    as_coordinator(f, "");
    GOOD(call(f, "quality.waive", &in, &out));
    BAD(call(f, "quality.waive", &in, &out), VERSION_CONFLICT);
}

static void a_mending_is_owed_until_it_is_done(void **state)
{
    struct fixture *f = ready(state);
    struct quality_owed_in owed_in = { 0 };
    struct quality_owed_out owed;
    struct quality_issues_in late_in = { .has_late = true, .late = true };
    struct quality_issues_out late;
    struct quality_verify_out out;
    status st;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    put_farmer(f, number, "1990-05-06");
    struct quality_assign_out a = assign(f, only_row(f), &st);
    struct quality_verify_in in = { .issue = a.issue };
    GOOD(st);
    GOOD(call(f, "quality.verify", &in, &out));
    assert_int_equal(out.state, QUALITY_VERIFY_OUT_STATE_ASSIGNED);
    GOOD(call(f, "quality.owed", &owed_in, &owed));
    assert_true(owed.units_count == 1 && owed.units[0].owed == 1 && owed.units[0].late == 0);
    GOOD(call(f, "quality.issues", &late_in, &late));
    assert_int_equal(late.issues_count, 0);
    clock_advance_us(INT64_C(86400000000) * 40);
    as_coordinator(f, "");
    GOOD(call(f, "quality.owed", &owed_in, &owed));
    assert_int_equal(owed.units[0].late, 1);
    GOOD(call(f, "quality.issues", &late_in, &late));
    assert_int_equal(late.issues_count, 1);
    put_farmer(f, number, "2001-05-06");
    as_coordinator(f, "");
    GOOD(call(f, "quality.verify", &in, &out));
    assert_true(out.state == QUALITY_VERIFY_OUT_STATE_CLOSED && out.version == a.version + 1);
    GOOD(call(f, "quality.owed", &owed_in, &owed));
    assert_int_equal(owed.units_count, 0);
    in.issue = 1;
    BAD(call(f, "quality.verify", &in, &out), ROW_MISSING);
}

/* --- either map ---------------------------------------------------------------------------------------------------------- */

static int64_t rows_by_map(struct fixture *f, int map, int64_t *ret_units)
{
    struct sector_figures_in in = { .code = STR("population"), .has_map = true, .map = map };
    struct sector_figures_out out;
    as_coordinator(f, "");
    GOOD(call(f, "sector.figures", &in, &out));
    *ret_units = 0;
    for (size_t i = 0; i < out.units_count; i++)
        *ret_units += out.units[i].rows;
    return out.total.rows;
}

static void both_maps_agree_in_total(void **state)
{
    struct fixture *f = ready(state);
    int32_t places[] = { UNIT_A, UNIT_B, UNIT_OLD, 0 };
    int64_t by_new, by_old;
    for (size_t i = 0; i < 4; i++) {
        struct person p = { .id = { 1000 + (int64_t)i }, .version = 1, .state = PERSON_ACTIVE, .unit = { places[i] }, .birth = { 19900101 } };
        begin(f);
        GOOD(figure_move(&f->cx, NULL, &p));
        commit(f);
    }
    assert_int_equal(rows_by_map(f, SECTOR_FIGURES_IN_MAP_NEW, &by_new), 4);
    assert_int_equal(rows_by_map(f, SECTOR_FIGURES_IN_MAP_OLD, &by_old), 4);
    assert_true(by_new == 4 && by_old == 4);
}

/* --- through random events ------------------------------------------------------------------------------------------------ */

enum { PEOPLE = 12, EVENTS = 400, RECOUNTS = 8 };

static void name_corrected(struct fixture *f, struct rng *r, int64_t number)
{
    static const char *const names[] = { "Nguyễn Văn An", "Nguyễn Văn 4n", "Trần Thị B?nh", "Lê Minh", "Hoàng Đức" };
    struct person_correct_in in = { .number = number, .field = STR("name"), .value = str_of(names[rng_below(r, 5)]), .source = STR("civil_status"),
                                    .evidence = STR("x") };
    struct person_correct_out out;
    as_coordinator(f, "correction");
    (void)call(f, "person.correct", &in, &out);
}

static void event_of(struct fixture *f, struct rng *r, int64_t number)
{
    struct person_move_in move = { .number = number, .unit = { rng_chance(r, 0.5) ? UNIT_A : UNIT_B }, .effective = f->cx.today };
    struct person_move_out moved;
    struct person_death_in death = { .number = number, .death = f->cx.today };
    struct person_death_out dead;
    switch (rng_below(r, 20)) {
    case 0:
        as_officer(f, "civil-status");
        (void)call(f, "person.death", &death, &dead);
        return;
    case 1: case 2: case 3: case 4: case 5: case 6:
        as_officer(f, "residence-management");
        f->cx.actor.unit = (unit_id){ 2100001 };
        (void)call(f, "person.move", &move, &moved);
        return;
    case 7: case 8: case 9: case 10: case 11: case 12: name_corrected(f, r, number); return;
    default: put_farmer(f, number, rng_chance(r, 0.5) ? "1981-01-01" : "2003-01-01");
    }
}

/* Rows of the register that fail a rule about the field in this dimension, looked at one by one. */
static int64_t rows_failing(struct fixture *f, const char *code, str field, int dimension)
{
    struct sector_rows_in in = { .code = str_of(code), .has_field = true, .field = field, .has_dimension = true, .dimension = dimension, .has_limit = true, .limit = 200 };
    struct sector_rows_out out;
    as_keeper(f, code);
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.next, 0);
    return (int64_t)out.rows_count;
}

static void fields_equal_a_recount(struct fixture *f, const char *code)
{
    struct sector_figures_in in = { .code = str_of(code) };
    struct sector_figures_out all, one;
    as_coordinator(f, "");
    GOOD(call(f, "sector.figures", &in, &all));
    assert_true(all.attributes_count > 0);
    for (size_t i = 0; i < all.attributes_count; i++) {
        const struct sector_attribute *a = &all.attributes[i];
        const bool asked[] = { a->has_correct, a->has_complete, a->has_clean, a->has_live };
        const int64_t good[] = { a->correct, a->complete, a->clean, a->live };
        in.has_field = true;
        in.field = a->field;
        as_coordinator(f, "");
        GOOD(call(f, "sector.figures", &in, &one));
        const int64_t alone[] = { one.total.correct, one.total.complete, one.total.clean, one.total.live };
        for (int d = 0; d < DIMENSION_COUNT; d++) {
            assert_int_equal(alone[d], asked[d] ? good[d] : all.total.rows);
            assert_int_equal(all.total.rows - alone[d], rows_failing(f, code, a->field, d));
        }
    }
}

/* DANCU_TEST_EVENTS asks for more of them. */
static void figures_equal_a_recount(void **state)
{
    struct fixture *f = ready(state);
    const char *more = getenv("DANCU_TEST_EVENTS");
    int64_t numbers[PEOPLE], events = EVENTS;
    struct rng r;
    if (more)
        (void)str_i64(str_of(more), &events);
    rng_seed(&r, 7, 0);
    for (int i = 0; i < PEOPLE; i++)
        numbers[i] = born(f, NULL, SEX_MALE, 19700101 + i * 10000).number;
    for (int64_t i = 1; i <= events; i++) {
        arena_reset(f->cx.arena);
        event_of(f, &r, numbers[rng_below(&r, PEOPLE)]);
        if (i % (events / RECOUNTS + 1) != 0 && i < events)
            continue;
        begin(f);
        GOOD(people_figures_check(&f->cx));
        GOOD(sector_figures_check(&f->cx, STR("farmers")));
        commit(f);
        fields_equal_a_recount(f, "farmers");
        fields_equal_a_recount(f, "population");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_day_is_published_once_and_never_changed), EVERYWHERE(a_field_has_days_of_its_own), EVERYWHERE(the_figures_are_a_file),
        EVERYWHERE(time_alone_makes_a_record_stale), EVERYWHERE(the_cheapest_gain_comes_first),
        EVERYWHERE(an_issue_is_opened_once_and_closes_by_itself), EVERYWHERE(waiving_needs_its_reason_and_the_version_seen),
        EVERYWHERE(a_mending_is_owed_until_it_is_done), EVERYWHERE(both_maps_agree_in_total), EVERYWHERE(figures_equal_a_recount),
    };
    fixture_modules[fixture_module_count++] = &quality_module;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
