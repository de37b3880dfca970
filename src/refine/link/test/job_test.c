/* A linkage from bytes to bytes: what is found among made-up people, that a pair explained by itself has the score that it had
 * in bulk, that neither the order of rows nor the number of threads changes what is written, and errors with their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/csv.h"
#include "refine/link/job.h"
#include "refine/link/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 600, LIST_BYTES = 1 << 20 };

static const char roles[] = "columns:\n  id: id\n  name: full-name\n  birth: birth-date\n  sex: sex\n  phone: phone\n";

struct desk {
    struct arena *arena;
    struct buf lists[2], out;
    struct link_job job;
};

static const char *const families[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương" };
static const char *const middles[] = { "Văn", "Thị", "Minh", "Ngọc", "Quang", "Thanh", "Đức", "Hữu", "Kim", "Xuân" };
static const char *const givens[] = { "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hùng", "Khánh", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Quý", "Sơn", "Tâm" };

static void person_add(struct buf *out, struct rng *rng, const char *side, int id, int slip)
{
    const char *family = families[rng_below(rng, 12)], *middle = middles[rng_below(rng, 10)], *given = givens[rng_below(rng, 16)];
    int year = 1950 + (int)rng_below(rng, 60), month = 1 + (int)rng_below(rng, 12), dd = 1 + (int)rng_below(rng, 28);
    unsigned phone = rng_below(rng, 100000000);

    buf_printf(out, "%s%d,%s %s %s,%04d-%02d-%02d,%s,%s%08u\n", side, id, family, slip == 1 ? "" : middle, given, year, month,
               slip == 2 ? 1 + dd % 28 : dd, rng_below(rng, 2) ? "nam" : "nữ", slip == 3 ? "" : "09", slip == 3 ? 0 : phone);
}

/* The same people on both sides, the right one with slips; rows in the order of `turn`. */
static void lists_make(struct desk *d, int sides, int turn)
{
    struct rng rng;

    for (int side = 0; side < 2; side++) {
        struct buf *out = &d->lists[sides == 2 ? side : 0];
        if (side == 0 || sides == 2)
            buf_add(out, STR("id,name,birth,sex,phone\n"));
        for (int i = 0; i < PEOPLE; i++) {
            int who = (i * (turn ? 7 : 1) + turn) % PEOPLE;
            rng_seed(&rng, 11, (uint64_t)who);
            if (side == 0 || who % 3)
                person_add(out, &rng, side ? "b" : "a", who, side ? who % 5 : 0);
        }
    }
}

static void desk_open(struct desk *d, int sides, int turn, int threads)
{
    *d = (struct desk){ .arena = arena_new(256 << 20) };
    for (int i = 0; i < 2; i++)
        buf_init(&d->lists[i], LIST_BYTES);
    buf_init(&d->out, 16 << 20);
    lists_make(d, sides, turn);
    d->job = (struct link_job){ .arena = d->arena, .sides = sides, .name = { STR("a.csv"), STR("b.csv") },
                                .csv = { buf_str(&d->lists[0]), buf_str(&d->lists[1]) }, .roles_name = STR("roles.yaml"),
                                .roles_text = str_of(roles), .threads = threads, .today = { 20260701 } };
}

static void desk_run(struct desk *d)
{
    assert_true(status_ok(link_job_roles(&d->job)));
    assert_true(status_ok(link_job_load(&d->job)));
    assert_true(status_ok(link_job_run(&d->job)));
}

static void desk_close(struct desk *d)
{
    link_job_done(&d->job);
    for (int i = 0; i < 2; i++)
        buf_done(&d->lists[i]);
    buf_done(&d->out);
    arena_free(d->arena);
}

static status out_write(void *with, str bytes)
{
    buf_add(with, bytes);
    return OK;
}

static str pairs_written(struct desk *d)
{
    struct link_csv csv;

    buf_clear(&d->out);
    link_csv_start(&csv, out_write, &d->out);
    link_job_pairs(&d->job, &csv);
    assert_true(status_ok(link_csv_end(&csv)));
    return buf_str(&d->out);
}

static bool is_same_person(str left, str right) { return str_eq(str_from(left, 1), str_from(right, 1)); }

static void two_lists(void **state)
{
    struct desk d;
    size_t right = 0, wrong = 0;

    (void)state;
    desk_open(&d, 2, 0, 2);
    desk_run(&d);
    for (size_t i = 0; i < d.job.result->count; i++) {
        const struct link_found *f = &d.job.result->found[i];
        bool same = is_same_person(link_id(d.job.set, 0, f->pair.left), link_id(d.job.set, 1, f->pair.right));
        if (report_class_of(f) == REPORT_MATCH)
            *(same ? &right : &wrong) += 1;
    }
    assert_true(right >= 380); /* of 400 */
    assert_true(wrong <= 4);
    assert_int_equal(d.job.report.found[REPORT_MATCH], right + wrong);
    assert_int_equal(d.job.report.records[1], 400);
    desk_close(&d);
}

/* Looked at by itself, a pair weighs what it weighed among all. */
static void one_pair_weighs_the_same(void **state)
{
    struct desk d;
    struct link_explained e;

    (void)state;
    desk_open(&d, 2, 0, 2);
    desk_run(&d);
    assert_true(d.job.result->count > 300);
    for (size_t i = 0; i < d.job.result->count; i += 7) {
        const struct link_found *f = &d.job.result->found[i];
        double sum;
        explain_pair(d.arena, d.job.set, d.job.result, f->pair, &e);
        assert_true(fabs(e.total - (double)f->bits) < 1e-4);
        sum = e.start;
        for (int k = 0; k < e.field_count; k++)
            sum += e.fields[k].bits;
        assert_true(fabs(sum - e.total) < 1.1); /* and the parts make the whole, but for a bit */
    }
    assert_true(status_ok(link_job_explain(&d.job, STR("a1"), STR("b1"), &e)));
    assert_int_equal(e.verdict, REPORT_MATCH);
    assert_int_equal(link_job_explain(&d.job, STR("a1"), STR("a1"), &e).code, ERR_RECORD_UNKNOWN);
    desk_close(&d);
}

static int line_order(const void *a, const void *b) { return str_cmp(*(const str *)a, *(const str *)b); }

/* The lines of a text, sorted: what it says whatever the order. */
static str sorted_lines(struct arena *a, str text)
{
    size_t count = 0;
    str rest = text, line, *lines;
    struct buf out;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    lines = ARENA_ARRAY(a, str, count + 1);
    for (size_t i = 0; i < count; i++)
        if (str_cut(&rest, '\n', &line))
            lines[i] = line;
    qsort(lines, count, sizeof *lines, line_order);
    buf_init(&out, 16 << 20);
    for (size_t i = 0; i < count; i++) {
        buf_add(&out, lines[i]);
        buf_char(&out, '\n');
    }
    text = arena_str(a, buf_str(&out));
    buf_done(&out);
    return text;
}

static void order_and_threads(void **state)
{
    struct desk d, e;

    (void)state;
    desk_open(&d, 2, 0, 1);
    desk_open(&e, 2, 5, 2);
    desk_run(&d);
    desk_run(&e);
    assert_true(str_eq(sorted_lines(d.arena, pairs_written(&d)), sorted_lines(e.arena, pairs_written(&e))));
    desk_close(&d);
    desk_close(&e);
}

static void one_list(void **state)
{
    struct desk d;
    struct link_csv csv;
    str rest, line;
    size_t rows = 0;

    (void)state;
    desk_open(&d, 1, 0, 2);
    desk_run(&d);
    assert_true(d.job.report.clusters >= 370 && d.job.report.clusters <= 410);
    link_csv_start(&csv, out_write, &d.out);
    link_job_clusters(&d.job, &csv);
    assert_true(status_ok(link_csv_end(&csv)));
    rest = buf_str(&d.out);
    while (str_cut(&rest, '\n', &line))
        rows += line.len > 0;
    assert_int_equal(rows, 1 + PEOPLE + 400);
    desk_close(&d);
}

static void errors_name_their_place(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d, 2, 0, 1);
    buf_add(&d.lists[1], STR("b9999,\"never closed\n"));
    d.job.csv[1] = buf_str(&d.lists[1]);
    assert_true(status_ok(link_job_roles(&d.job)));
    assert_int_equal(link_job_load(&d.job).code, ERR_CSV_QUOTE);
    assert_string_equal(fault_here()->field, "b.csv");
    assert_int_equal(fault_here()->row, 402);
    desk_close(&d);
    desk_open(&d, 2, 0, 1);
    d.job.roles_text = STR("columns:\n  id: id\n  nome: full-name\n");
    assert_int_equal(link_job_roles(&d.job).code, ERR_ROLE_COLUMN);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lists),         cmocka_unit_test(one_pair_weighs_the_same), cmocka_unit_test(order_and_threads),
        cmocka_unit_test(one_list),          cmocka_unit_test(errors_name_their_place),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
