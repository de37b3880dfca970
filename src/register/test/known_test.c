/* What was known at a moment is answered the same however much has changed since: people and rows of sector registers. */
#include "fixture.h"

#include "register/sector/inside.h"

static struct person_then then_of(struct fixture *f, int64_t id, int64_t known_us, int64_t number)
{
    const struct numbers_asked asked = { .number = number };
    struct person_then t;
    begin(f);
    GOOD(person_known_at(&f->cx, (person_id){ id }, known_us, &asked, &t));
    commit(f);
    return t;
}

static void a_person_is_as_known_then(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out b = born(f, "Nguyễn Văn An", SEX_MALE, 20260301);
    int64_t then_us = f->cx.now_us;
    struct person was = person_of(f, b.person);
    as_coordinator(f, "correction");
    struct person_correct_in in = { .number = b.number, .field = STR("name"), .value = STR("Nguyễn Văn Bình"), .source = STR("civil_status"), .evidence = STR("1/2026") };
    struct person_correct_out out;
    GOOD(call(f, "person.correct", &in, &out));
    struct person_then t = then_of(f, b.person, then_us, b.number);
    assert_true(t.known && t.had_number && person_differs(&was, &t.is) == NULL);
    assert_true(!then_of(f, b.person, then_us - 1, b.number).known);
    t = then_of(f, b.person, f->cx.now_us, 1);
    assert_true(t.known && !t.had_number && str_eq(t.is.name, STR("Nguyễn Văn Bình")));

    person_id *ids;
    size_t n;
    begin(f);
    GOOD(persons_changed_since(&f->cx, then_us, &ids, &n));
    assert_true(n == 1 && ids[0].v == b.person);
    GOOD(persons_changed_since(&f->cx, f->cx.now_us, &ids, &n));
    assert_int_equal(n, 0);
    commit(f);
}

static struct sector_rows_then rows_then(struct fixture *f, int64_t known_us)
{
    const struct sector_register *r = defs_sector(f->app->defs, STR("farmers"), f->cx.today);
    struct sector_rows_then t;
    begin(f);
    GOOD(sector_rows_known_at(&f->cx, r, known_us, 0, 10, &t));
    commit(f);
    return t;
}

static int64_t put(struct fixture *f, const char *joined)
{
    struct sector_given_cell cells[] = { { STR("joined"), str_of(joined) }, { STR("state"), STR("active") } };
    struct sector_given row = { .has_name = true, .name = STR("Nguyễn Văn An"), .has_birth = true, .birth = { 19800201 }, .cells = cells, .cells_count = 2 };
    struct sector_put_in in = { .code = STR("farmers"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    GOOD(call(f, "sector.put", &in, &out));
    return out.rows[0].row;
}

static void a_row_is_as_known_then(void **state)
{
    struct fixture *f = fixture_ready(state);
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ STR("register"), STR("farmers") };
    int64_t row = put(f, "2001-01-01"), start_us = f->cx.now_us;
    str doc = rows_then(f, start_us).rows[0].doc;
    put(f, "2002-01-01");
    int64_t second_us = f->cx.now_us;
    struct sector_end_in end = { .code = STR("farmers"), .row = row };
    struct sector_end_out ended;
    GOOD(call(f, "sector.end", &end, &ended));
    struct sector_rows_then t = rows_then(f, start_us);
    assert_true(t.count == 1 && t.rows[0].version == 1 && str_eq(t.rows[0].doc, doc) && t.last == row && !t.more);
    assert_int_equal(rows_then(f, second_us).rows[0].version, 2);
    assert_int_equal(rows_then(f, start_us - 1).count, 0);
    assert_int_equal(rows_then(f, f->cx.now_us).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(a_person_is_as_known_then), EVERYWHERE(a_row_is_as_known_then) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
