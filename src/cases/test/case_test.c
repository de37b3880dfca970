/* Cases behind the real gate: opened once, moved by the table, counted, seen by those in charge and by nobody else. */
#include "register/test/fixture.h"

#include <string.h>

#include "cases/inside.h"
#include "notice/notice.h"

static const struct operation probe = { .name = "test.open", .may = ROLE_COORDINATOR, .writes = true };

/* As a run does it: inside an operation that writes. */
static int64_t opened(struct fixture *f, const struct case_new *c)
{
    int64_t id = 0;
    begin(f);
    f->journal = (struct journal){ .op = &probe };
    GOOD(case_open(&f->cx, c, &id));
    commit(f);
    return id;
}

static struct case_row row_of(struct fixture *f, int64_t id)
{
    struct case_row row;
    bool found;
    begin(f);
    GOOD(case_get(&f->cx, CASE_SHARD, id, &row, &found));
    commit(f);
    assert_true(found);
    return row;
}

static struct person_birth_out known(struct fixture *f, const char *name, int32_t birth)
{
    struct person_birth_out p = resident(f, name, birth);
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    return p;
}

static void figures_are_counts(struct fixture *f)
{
    struct case_figures_of_cursor a = { 0 };
    struct case_figures_counted_cursor b = { 0 };
    struct case_figures_of_row x;
    struct case_figures_counted_row y;
    bool more_a, more_b;
    begin(f);
    GOOD(case_figures_of_each(&f->cx, CASE_SHARD, &a));
    GOOD(case_figures_counted_each(&f->cx, CASE_SHARD, &b));
    do {
        GOOD(case_figures_of_next(&a, &x, &more_a));
        GOOD(case_figures_counted_next(&b, &y, &more_b));
        assert_int_equal(more_a, more_b);
        if (more_a)
            assert_true(x.unit == y.unit && x.kind == y.kind && x.queue == y.queue && x.cases == y.n);
    } while (more_a);
    case_figures_of_done(&a);
    case_figures_counted_done(&b);
    commit(f);
}

static void is_opened_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out a = known(f, "Nguyễn Văn An", 19900101);
    struct case_candidate who[] = { { { a.person }, 80, { { STR("birth"), STR("day"), 5, 12 }, { STR("name"), STR("name"), 3, -2 } }, 2 }, { { 7 }, 15, { { { 0 } } }, 0 } };
    struct case_new c = { .kind = CASE_CONFLICT, .register_code = STR("farmers"), .row = 5, .person = { a.person }, .attribute = STR("birth"),
                          .said = STR("1991-01-01"), .held = STR("1990-01-01"), .source = STR("run/1"), .candidates = who, .candidate_count = 2 };
    struct case_candidate *read;
    size_t n;
    int64_t id = opened(f, &c);
    assert_int_equal(opened(f, &c), id);
    struct case_row row = row_of(f, id);
    assert_int_equal(row.version, 1);
    assert_int_equal(row.unit, UNIT_A);
    GOOD(case_candidates_read(&f->cx, row.doc, &read, &n));
    assert_int_equal(n, 2);
    assert_int_equal(read[0].percent, 80);
    assert_int_equal(read[0].weights[1].bits, -2);
    assert_true(str_eq(read[0].weights[0].scale, STR("day")) && read[1].weight_count == 0);
    c.said = STR("1992-01-01"); /* the run after finds another value */
    assert_int_equal(opened(f, &c), id);
    assert_int_equal(row_of(f, id).version, 2);
    c.attribute = STR("sex");
    assert_int_not_equal(opened(f, &c), id);
    figures_are_counts(f);
}

static void broken_candidates_are_told(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct case_candidate *read;
    size_t n;
    BAD(case_candidates_read(&f->cx, STR("12\n"), &read, &n), CORRUPT);
    BAD(case_candidates_read(&f->cx, STR("12 x\n"), &read, &n), CORRUPT);
    BAD(case_candidates_read(&f->cx, STR("12 50 birth:day:3\n"), &read, &n), CORRUPT);
}

static void is_reported_and_queued(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out a = known(f, "Nguyễn Văn An", 19900101), b = known(f, "Nguyễn Văn Ân", 19900101);
    struct case_report_out out;
    struct case_queue_out queue;
    struct case_queue_in all = { 0 };
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    GOOD(call(f, "case.report", &(struct case_report_in){ .number = a.number, .has_other = true, .other = b.number, .source = STR("x") }, &out));
    GOOD(call(f, "case.queue", &all, &queue));
    assert_int_equal(queue.cases_count, 1);
    assert_true(str_eq(queue.cases[0].name, STR("Nguyễn Văn An")) && queue.cases[0].kind == CASE_SAME_PERSON && queue.cases[0].left == 8); /* received on a Saturday */
    BAD(call(f, "case.report", &(struct case_report_in){ .number = a.number, .has_other = true, .other = a.number, .source = STR("x") }, &out), CASE_NOTHING);
    BAD(call(f, "case.report", &(struct case_report_in){ .number = a.number, .source = STR("x") }, &out), FIELD_MISSING);
    struct case_report_in birth = { .number = a.number, .has_attribute = true, .attribute = STR("birth"), .has_said = true, .said = STR("1990-01-01"), .source = STR("x") };
    BAD(call(f, "case.report", &birth, &out), CASE_NOTHING);
    birth.attribute = STR("card");
    BAD(call(f, "case.report", &birth, &out), FIELDS_UNKNOWN);
    f->cx.actor.unit = (unit_id){ UNIT_B };
    birth.attribute = STR("sex");
    BAD(call(f, "case.report", &birth, &out), PERSON_MISSING);
    GOOD(call(f, "case.queue", &all, &queue));
    assert_int_equal(queue.cases_count, 0);
    figures_are_counts(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(is_opened_once), EVERYWHERE(broken_candidates_are_told), EVERYWHERE(is_reported_and_queued) };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &cases_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
