/* Runs from planning to cases: every outcome, the snapshot that is repeated after later changes, stops and restarts, areas, and what
 * is refused. The people are those of centre/test/hall.c; nobody of them exists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cases/cases.h"
#include "cases/cases_ops.h"
#include "centre/centre.h"
#include "centre/test/hall.h"
#include "notice/notice.h"
#include "paper/test/program.h"
#include "recon/inside.h"
#include "register/register_ops.h"

enum { WAIT_TRIES = 3000 };

static struct hall h;

static status call(const char *ground, const char *operation, const void *in, void *out)
{
    struct ctx cx = hall_as(&h, ROLE_COORDINATOR | ROLE_OPERATOR | ROLE_OFFICER, ground ? arena_printf(h.arena, "%.*s", (int)(strchr(ground, '/') - ground), ground).ptr : NULL,
                            ground ? strchr(ground, '/') + 1 : NULL);
    return hall_call(&cx, operation, in, out);
}

static struct run_status_out wait(int64_t run, bool (*until)(int state))
{
    struct run_status_in ask = { run };
    struct run_status_out s;
    for (int i = 0; i < WAIT_TRIES; i++) {
        assert_true(status_ok(call(NULL, "run.status", &ask, &s)));
        if (until(s.item.state))
            return s;
        nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    }
    fail_msg("run %lld stays in state %d", (long long)run, s.item.state);
    return s;
}

static bool is_ended(int state) { return state == RUN_SCORED || state >= RUN_PUBLISHED; }
static bool is_published(int state) { return state >= RUN_PUBLISHED; }

static status plan(struct run_plan_in in, int64_t *ret)
{
    struct run_plan_out out;
    status st = call(in.has_repeat ? "authority/reconciliation" : "run/farmers", "run.plan", &in, &out);
    *ret = status_ok(st) ? out.run : 0;
    return st;
}

static struct run_status_out run_farmers(void)
{
    int64_t run;
    assert_true(status_ok(plan((struct run_plan_in){ .has_code = true, .code = STR("farmers") }, &run)));
    return wait(run, is_ended);
}

static struct run_report_out report(int64_t run, int map)
{
    struct run_report_in in = { .run = run, .has_map = map != 0, .map = map };
    struct run_report_out out;
    assert_true(status_ok(call(NULL, "run.report", &in, &out)));
    return out;
}

static struct run_rows_out rows(int64_t run, enum run_outcome outcome, const char *field)
{
    struct run_rows_in in = { .run = run, .outcome = (int32_t)outcome, .has_field = field != NULL, .field = str_of(field) };
    struct run_rows_out out;
    assert_true(status_ok(call("authority/reconciliation", "run.rows", &in, &out)));
    return out;
}

static const struct run_value *value(const struct run_row *r, const char *field)
{
    for (size_t i = 0; i < r->values_count; i++)
        if (str_eq(r->values[i].field, str_of(field)))
            return &r->values[i];
    fail_msg("no value %s", field);
    return NULL;
}

static struct sector_given_cell joined = { STR("joined"), STR("2001-01-01") }, active = { STR("state"), STR("active") };

static void put(int64_t number, const char *name, int32_t birth, enum sex sex)
{
    struct sector_given_cell cells[] = { joined, active };
    struct sector_given row = { .has_number = number != 0, .number = number, .has_name = name != NULL, .name = str_of(name), .has_birth = birth != 0,
                                .birth = { birth }, .has_sex = sex != SEX_UNKNOWN, .sex = sex, .cells = cells, .cells_count = 2 };
    struct sector_put_in in = { .code = STR("farmers"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    assert_true(status_ok(call("register/farmers", "sector.put", &in, &out)));
}

/* One row for each outcome but moved and cancelled. */
static void farmers_put(void)
{
    put(1080012345, "Nguyễn Văn An", 19800201, SEX_MALE);      /* matched */
    put(1182054321, "Trần Thị Bình", 19820913, SEX_FEMALE);    /* another day of birth */
    put(0, "Vũ Thị Mai", 19900708, SEX_FEMALE);                /* two of them */
    put(0, "Người Lạ Mặt", 19700303, SEX_MALE);                /* nobody */
    put(0, "Nguyễn Văn An", 19800201, SEX_MALE);               /* the first again: its row has no number */
    put(1070044111, "Hoàng Văn Sơn", 19700404, SEX_MALE);      /* dead since 2020 */
    put(0, "Nguyễn Minh Châu", 20081120, SEX_MALE);            /* found by name and birth */
}

static void opened(bool postgresql)
{
    static const struct module *const modules[] = { &notice_module, &register_module, &cases_module, &centre_module, &recon_module };
    hall_module_count = sizeof modules / sizeof *modules;
    for (size_t i = 0; i < hall_module_count; i++)
        hall_modules[i] = modules[i];
    assert_true(hall_open(&h, postgresql));
    farmers_put();
}

static void each_row_ends_as_one_outcome(bool postgresql)
{
    opened(postgresql);
    struct run_status_out s = run_farmers();
    assert_int_equal(s.item.state, RUN_SCORED);
    assert_true(s.item.rows == 7 && s.item.matched == 2 && s.item.digest.len == 64);
    static const int expected[RUN_OUTCOMES] = { 2, 1, 1, 1, 1, 1, 0, 0 };
    struct run_report_out r = report(s.item.run, 0);
    for (int i = 0; i < RUN_OUTCOMES; i++)
        assert_int_equal(r.outcomes[i].rows, expected[i]);
    assert_int_equal(r.total.rows, 7);

    struct run_rows_out page = rows(s.item.run, RUN_CONFLICTING, "birth");
    assert_int_equal(page.rows_count, 1);
    const struct run_value *v = value(&page.rows[0], "birth");
    assert_true(v->differs && str_eq(v->listed, STR("13/09/1982")) && str_eq(v->held, STR("12/09/1982")));
    assert_true(!value(&page.rows[0], "name")->differs && page.rows[0].confidence > 90);
    assert_int_equal(rows(s.item.run, RUN_CONFLICTING, "name").rows_count, 0);
    page = rows(s.item.run, RUN_AMBIGUOUS, NULL);
    assert_true(page.rows_count == 1 && page.rows[0].candidates_count == 2 && page.rows[0].candidates[0].weights_count > 1);
    page = rows(s.item.run, RUN_DUPLICATE, NULL);
    assert_true(page.rows_count == 1 && page.rows[0].duplicate_of == rows(s.item.run, RUN_MATCHED, NULL).rows[0].row);
    hall_close(&h);
}

static int64_t cases_open(void)
{
    struct case_queue_in in = { .has_limit = true, .limit = 50 };
    struct case_queue_out out;
    assert_true(status_ok(call(NULL, "case.queue", &in, &out)));
    return (int64_t)out.cases_count;
}

static void publishing_opens_each_case_once(bool postgresql)
{
    opened(postgresql);
    struct run_status_out s = run_farmers();
    struct run_publish_in in = { s.item.run };
    struct run_publish_out out;
    assert_int_equal(cases_open(), 0);
    assert_true(status_ok(call(NULL, "run.publish", &in, &out)));
    s = wait(s.item.run, is_published);
    assert_true(s.item.state == RUN_PUBLISHED && s.item.cases == 4 && s.item.has_published);
    assert_int_equal(cases_open(), 4);
    assert_true(status_ok(call(NULL, "run.publish", &in, &out)) && out.state == RUN_PUBLISHED);

    int64_t again;
    assert_true(status_ok(plan((struct run_plan_in){ .has_code = true, .code = STR("farmers"), .has_publish = true, .publish = true }, &again)));
    assert_true(wait(again, is_published).item.cases == 4);
    assert_int_equal(cases_open(), 4);
    hall_close(&h);
}

/* The register changes after the snapshot in every way that matters to a row. */
static void population_changes(void)
{
    struct person_correct_in name = { .number = 1080012345, .field = STR("name"), .value = STR("Nguyễn Văn Đổi"), .source = STR("civil_status"), .evidence = STR("1/2026") };
    struct person_correct_out corrected;
    struct person_death_in death = { .number = 1208007777, .death = { 20251101 } };
    struct person_death_out dead;
    assert_true(status_ok(call("authority/correction", "person.correct", &name, &corrected)));
    assert_true(status_ok(call("authority/civil-status", "person.death", &death, &dead)));
    put(1182054321, "Trần Thị Bình", 19820912, SEX_FEMALE);
    put(0, "Người Mới Đến", 19750101, SEX_MALE);
}

static void a_snapshot_gives_the_same_again(bool postgresql)
{
    opened(postgresql);
    struct run_status_out first = run_farmers();
    int64_t repeated;
    population_changes();
    assert_true(status_ok(plan((struct run_plan_in){ .has_repeat = true, .repeat = first.item.run }, &repeated)));
    struct run_status_out second = wait(repeated, is_ended);
    assert_true(second.item.repeats == first.item.run && second.item.snapshot == first.item.snapshot);
    assert_true(second.item.rows == first.item.rows && str_eq(second.item.digest, first.item.digest));
    const struct run_row kept = rows(repeated, RUN_CONFLICTING, "birth").rows[0];
    assert_true(str_eq(value(&kept, "birth")->listed, STR("13/09/1982")));
    struct run_status_out now = run_farmers();
    assert_true(now.item.rows == 8 && !str_eq(now.item.digest, first.item.digest));
    hall_close(&h);
}

/* --- stopped and gone on with -------------------------------------------------------------------------------------------------- */

static void many_put(void)
{
    enum { ROWS = 200, CALLS = 20 };
    struct sector_given *list = calloc(ROWS, sizeof *list);
    struct sector_given_cell cells[] = { joined, active };
    for (int c = 0; c < CALLS; c++) {
        for (int i = 0; i < ROWS; i++)
            list[i] = (struct sector_given){ .has_name = true, .name = arena_printf(h.arena, "Người Thứ %d", c * ROWS + i), .has_birth = true,
                                             .birth = { 19500101 + (c * ROWS + i) % 28 }, .cells = cells, .cells_count = 2 };
        struct sector_put_in in = { .code = STR("farmers"), .rows = list, .rows_count = ROWS };
        struct sector_put_out out;
        assert_true(status_ok(call("register/farmers", "sector.put", &in, &out)));
    }
    free(list);
}

static bool is_moving(int state) { return state >= RUN_MATCHING; }

static void a_stopped_run_goes_on_to_the_same(bool postgresql)
{
    opened(postgresql);
    many_put();
    struct run_status_out whole = run_farmers();
    int64_t run;
    assert_int_equal(whole.item.rows, 4007);
    assert_true(status_ok(plan((struct run_plan_in){ .has_repeat = true, .repeat = whole.item.run }, &run)));
    for (int i = 0; i < 5; i++) {
        struct run_cancel_in cancel = { run };
        struct run_cancel_out cancelled;
        struct run_resume_in resume = { run };
        struct run_resume_out resumed;
        wait(run, is_moving);
        if (!status_ok(call(NULL, "run.cancel", &cancel, &cancelled)))
            break; /* it was faster */
        if (i % 2)
            assert_true(hall_restart(&h));
        assert_true(status_ok(call(NULL, "run.resume", &resume, &resumed)));
    }
    struct run_status_out s = wait(run, is_ended);
    assert_true(s.item.state == RUN_SCORED && s.item.rows == 4007 && str_eq(s.item.digest, whole.item.digest));
    struct run_report_out a = report(whole.item.run, 0), b = report(run, 0);
    for (int i = 0; i < RUN_OUTCOMES; i++)
        assert_int_equal(a.outcomes[i].rows, b.outcomes[i].rows);
    hall_close(&h);
}

/* --- areas ------------------------------------------------------------------------------------------------------------------------ */

static void all_maps_agree_in_total(bool postgresql)
{
    opened(postgresql);
    int64_t run = run_farmers().item.run;
    struct run_report_out by[] = { report(run, 0), report(run, MAP_OLD), report(run, MAP_NEW) };
    for (size_t m = 0; m < 3; m++) {
        int64_t rows_in = 0, differing = 0;
        for (size_t i = 0; i < by[m].units_count; i++) {
            rows_in += by[m].units[i].rows;
            for (size_t f = 0; f < by[m].units[i].fields_count; f++)
                differing += by[m].units[i].fields[f].differing;
        }
        assert_true(rows_in == 7 && by[m].total.rows == 7 && differing == 1);
    }
    struct run_report_in in = { .run = run, .has_unit = true, .unit = by[0].units[0].unit };
    struct run_report_out below;
    assert_true(status_ok(call(NULL, "run.report", &in, &below)));
    assert_true(below.total.rows == by[0].units[0].rows && below.units_count >= 1);
    hall_close(&h);
}

static void a_unit_or_a_list_alone(bool postgresql)
{
    opened(postgresql);
    int64_t run;
    struct run_plan_in unit = { .has_code = true, .code = STR("farmers"), .has_unit = true, .unit = { 2300004 } };
    assert_true(status_ok(plan(unit, &run)));
    struct run_status_out s = wait(run, is_ended);
    assert_true(s.item.state == RUN_SCORED && s.item.rows > 0 && s.item.rows < 7 && s.item.has_unit);
    struct run_rows_in in = { .run = run, .outcome = RUN_MATCHED, .has_unit = true, .unit = { 2300008 } };
    struct run_rows_out none;
    assert_true(status_ok(call("authority/reconciliation", "run.rows", &in, &none)) && none.rows_count == 0);
    hall_close(&h);
}

/* --- what is refused ----------------------------------------------------------------------------------------------------------------- */

static void refused(struct run_plan_in in, enum error_code code)
{
    int64_t run;
    status st = plan(in, &run);
    if (!status_is(st, code))
        fail_msg("%s instead of %s", error_def((enum error_code)st.code)->name, error_def(code)->name);
}

static void what_cannot_run_is_refused(bool postgresql)
{
    opened(postgresql);
    struct run_plan_in farmers = { .has_code = true, .code = STR("farmers") }, in = farmers;
    struct run_publish_out published;
    struct run_cancel_out cancelled;
    struct run_resume_out resumed;
    struct run_plan_out out;
    int64_t run;
    in.code = STR("unicorns");
    assert_true(status_is(call("authority/reconciliation", "run.plan", &in, &out), ERR_REGISTER_MISSING));
    in.code = STR("population");
    assert_true(status_is(call("authority/reconciliation", "run.plan", &in, &out), ERR_REGISTER_MISSING));
    in.code = STR("workers");
    refused(in, ERR_GROUND_NOT_LIVE); /* the ground is another register */
    assert_true(status_is(call(NULL, "run.plan", &farmers, &out), ERR_PURPOSE_MISSING));
    in = (struct run_plan_in){ .has_unit = true, .unit = { 2300004 } };
    refused(in, ERR_FIELD_MISSING);
    in = farmers;
    in.has_delivery = true;
    in.delivery = 5;
    refused(in, ERR_DELIVERY_MISSING);
    refused((struct run_plan_in){ .has_repeat = true, .repeat = 5 }, ERR_RUN_MISSING);
    refused((struct run_plan_in){ .has_repeat = true, .repeat = 5, .has_code = true, .code = STR("farmers") }, ERR_RUN_REPEAT_ALONE);

    many_put();
    int64_t other;
    assert_true(status_ok(plan(farmers, &run)));
    assert_true(status_is(plan(farmers, &other), ERR_RUN_OPEN));
    while (!status_ok(call(NULL, "run.cancel", &(struct run_cancel_in){ run }, &cancelled))) { /* it was faster */
        wait(run, is_ended);
        assert_true(status_ok(plan(farmers, &run)));
    }
    assert_true(status_is(call(NULL, "run.publish", &(struct run_publish_in){ run }, &published), ERR_RUN_NOT_SCORED));
    assert_true(status_ok(call(NULL, "run.resume", &(struct run_resume_in){ run }, &resumed)));
    wait(run, is_ended);
    assert_true(status_is(call(NULL, "run.cancel", &(struct run_cancel_in){ run }, &cancelled), ERR_RUN_STATE));
    assert_true(status_is(call(NULL, "run.resume", &(struct run_resume_in){ run }, &resumed), ERR_RUN_STATE));
    hall_close(&h);
}

/* As a reader of PDF has it: outcomes, units, fields, the digest; nobody's name, and no signature that nobody gave. */
static void paper_says(str pdf)
{
    static const char *const has[] = { "BÁO CÁO KẾT QUẢ ĐỐI SOÁT", "Hội viên Hội Nông dân", "Hà Nội", "năm sinh", "Tổng số", "Tóm lược kết quả" };
    char path[] = "/tmp/run-report-XXXXXX";
    int code, fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, pdf.ptr, pdf.len) == (ssize_t)pdf.len);
    close(fd);
    str text = program_output(h.arena, (const char *const[]){ "pdftotext", "-layout", path, "-", NULL }, &code);
    assert_int_equal(code, 0);
    for (size_t i = 0; i < sizeof has / sizeof *has; i++)
        if (str_find(text, str_of(has[i])) == text.len)
            fail_msg("no %s in %.*s", has[i], STR_ARG(text));
    assert_true(str_find(text, STR("Nguyễn")) == text.len && str_find(text, STR("Trần")) == text.len);
    text = program_output(h.arena, (const char *const[]){ "pdfsig", path, NULL }, &code);
    assert_true(str_find(text, STR("does not contain any signatures")) < text.len);
    unlink(path);
}

static void files_hold_figures_only(bool postgresql)
{
    opened(postgresql);
    struct run_export_in in = { .run = run_farmers().item.run, .has_format = true, .format = RUN_EXPORT_IN_FORMAT_CSV };
    struct run_export_out csv, xlsx, pdf;
    assert_true(status_ok(call(NULL, "run.export", &in, &csv)));
    in.format = RUN_EXPORT_IN_FORMAT_XLSX;
    assert_true(status_ok(call(NULL, "run.export", &in, &xlsx)));
    assert_true(str_find(csv.file, STR("Hà Nội")) < csv.file.len && str_find(csv.file, STR("Nguyễn")) == csv.file.len);
    assert_true(str_starts(xlsx.file, STR("PK")));
    in.format = RUN_EXPORT_IN_FORMAT_PDF;
    assert_true(status_ok(call(NULL, "run.export", &in, &pdf)));
    paper_says(pdf.file);
    hall_close(&h);
}

ON_BOTH(each_row_ends_as_one_outcome)
ON_BOTH(publishing_opens_each_case_once)
ON_BOTH(a_snapshot_gives_the_same_again)
ON_BOTH(a_stopped_run_goes_on_to_the_same)
ON_BOTH(all_maps_agree_in_total)
ON_BOTH(a_unit_or_a_list_alone)
ON_BOTH(what_cannot_run_is_refused)
ON_BOTH(files_hold_figures_only)

#define BOTH(name) cmocka_unit_test(name##_sqlite), cmocka_unit_test(name##_postgresql)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(each_row_ends_as_one_outcome),
        BOTH(publishing_opens_each_case_once),
        BOTH(a_snapshot_gives_the_same_again),
        BOTH(a_stopped_run_goes_on_to_the_same),
        BOTH(all_maps_agree_in_total),
        BOTH(a_unit_or_a_list_alone),
        BOTH(what_cannot_run_is_refused),
        BOTH(files_hold_figures_only),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
