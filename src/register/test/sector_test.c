/* Sector registers by their definitions: rows by key, history, grounds, checks, figures; and the readers of values. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "register/sector/inside.h"

static void keeper(struct fixture *f, const char *code)
{
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ STR("register"), str_of(code) };
}

static struct sector_given_cell cell(const char *field, const char *value) { return (struct sector_given_cell){ str_of(field), str_of(value) }; }

/* One row of the farmers' register. */
static status put_farmer(struct fixture *f, int64_t number, const char *joined, const char *state, struct sector_written *ret)
{
    struct sector_given_cell cells[] = { cell("joined", joined), cell("state", state) };
    struct sector_given row = { .has_number = number != 0, .number = number, .has_name = true, .name = STR("Nguyễn Văn An"), .has_birth = true,
                                .birth = { 19800201 }, .cells = cells, .cells_count = 2 };
    struct sector_put_in in = { .code = STR("farmers"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    status st = call(f, "sector.put", &in, &out);
    if (status_ok(st))
        *ret = out.rows[0];
    return st;
}

static struct sector_figures_out figures(struct fixture *f, const char *code)
{
    struct sector_figures_in in = { .code = str_of(code) };
    struct sector_figures_out out;
    GOOD(call(f, "sector.figures", &in, &out));
    begin(f);
    GOOD(sector_figures_check(&f->cx, str_of(code)));
    commit(f);
    return out;
}

static void a_row_is_found_by_its_key_and_keeps_its_history(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written a, b;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    keeper(f, "farmers");
    GOOD(put_farmer(f, number, "2001-05-06", "active", &a));
    assert_int_equal(a.done, SECTOR_WRITTEN_DONE_NEW);
    assert_int_equal(a.broken_count, 0);
    int64_t first_us = f->cx.now_us;
    GOOD(put_farmer(f, number, "2001-05-06", "active", &b));
    assert_true(b.row == a.row && b.version == 1 && b.done == SECTOR_WRITTEN_DONE_SAME);
    GOOD(put_farmer(f, number, "2001-05-06", "left", &b));
    assert_true(b.row == a.row && b.version == 2 && b.done == SECTOR_WRITTEN_DONE_CHANGED);

    struct sector_get_in get = { .code = STR("farmers"), .row = a.row };
    struct sector_get_out got;
    GOOD(call(f, "sector.get", &get, &got));
    assert_true(got.known && got.item.link == SECTOR_ITEM_LINK_LINKED && got.item.number == number);
    assert_int_equal(got.item.cells_count, 2);
    assert_true(str_eq(got.item.cells[1].value, STR("left")) && str_eq(got.item.cells[0].shown, STR("06/05/2001")));
    get.has_known = true;
    get.known = first_us;
    GOOD(call(f, "sector.get", &get, &got));
    assert_true(got.known && got.item.version == 1 && str_eq(got.item.cells[1].value, STR("active")));
    get.known = first_us - 1;
    GOOD(call(f, "sector.get", &get, &got));
    assert_false(got.known);

    struct sector_history_in ask = { .code = STR("farmers"), .row = a.row };
    struct sector_history_out history;
    GOOD(call(f, "sector.history", &ask, &history));
    assert_int_equal(history.moments_count, 2);
    assert_int_equal(history.moments[0].changed_count, 2);
    assert_int_equal(history.moments[1].changed_count, 1);
    assert_true(str_eq(history.moments[1].changed[0], STR("state")));
}

static void a_late_message_goes_into_the_history_only(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written w;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    keeper(f, "farmers");
    GOOD(put_farmer(f, number, "2001-05-06", "left", &w));
    struct sector_given_cell cells[] = { cell("joined", "2001-05-06"), cell("state", "active") };
    struct sector_given row = { .has_number = true, .number = number, .cells = cells, .cells_count = 2, .has_effective = true, .effective = { 20250101 } };
    struct sector_put_in in = { .code = STR("farmers"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    GOOD(call(f, "sector.put", &in, &out));
    assert_int_equal(out.rows[0].version, 2);
    struct sector_get_in get = { .code = STR("farmers"), .row = w.row };
    struct sector_get_out got;
    GOOD(call(f, "sector.get", &get, &got));
    assert_true(str_eq(got.item.cells[1].value, STR("left")));
    get.has_valid = true;
    get.valid = (day){ 20250601 };
    GOOD(call(f, "sector.get", &get, &got));
    assert_true(got.known && str_eq(got.item.cells[1].value, STR("active")));
    get.valid = (day){ 20240601 };
    GOOD(call(f, "sector.get", &get, &got));
    assert_false(got.known);
}

static void a_stranger_becomes_known_in_the_same_row(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written a, b;
    keeper(f, "farmers");
    GOOD(put_farmer(f, INT64_C(1080009999), "2001-05-06", "active", &a));
    struct sector_get_in get = { .code = STR("farmers"), .row = a.row };
    struct sector_get_out got;
    GOOD(call(f, "sector.get", &get, &got));
    assert_true(got.item.link == SECTOR_ITEM_LINK_NOT_FOUND && str_eq(got.item.name, STR("Nguyễn Văn An")));
    assert_int_equal(a.broken_count, 1);
    assert_true(str_eq(a.broken[0], STR("linked")));
    struct sector_figures_out before = figures(f, "farmers");
    assert_true(before.total.rows == 1 && before.total.linked == 0 && before.total.correct == 0 && before.total.live == 1);

    as_officer(f, "civil-status");
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800201);
    begin(f);
    GOOD(person_number_add(&f->cx, INT64_C(1080009999), 0, p.person, NUMBER_ISSUED, NULL));
    commit(f);
    keeper(f, "farmers");
    GOOD(put_farmer(f, INT64_C(1080009999), "2001-05-06", "active", &b));
    assert_true(b.row == a.row && b.broken_count == 0);
    struct sector_figures_out after = figures(f, "farmers");
    assert_true(after.total.rows == 1 && after.total.linked == 1 && after.total.correct == 1);
}

static void a_death_moves_the_figures_of_the_register(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written w;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    keeper(f, "farmers");
    GOOD(put_farmer(f, number, "2001-05-06", "active", &w));
    assert_int_equal(figures(f, "farmers").total.live, 1);
    as_officer(f, "civil-status");
    struct person_death_in died = { .number = number, .death = { 20261120 } };
    struct person_death_out ok;
    GOOD(call(f, "person.death", &died, &ok));
    keeper(f, "farmers");
    struct sector_figures_out out = figures(f, "farmers");
    assert_true(out.total.live == 0 && out.total.correct == 1 && out.failing_count == 1);
    assert_true(str_eq(out.failing[0].check, STR("active_is_alive")) && out.failing[0].rows == 1);
}

static void an_ended_row_counts_apart(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written w;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    keeper(f, "farmers");
    GOOD(put_farmer(f, number, "2001-05-06", "active", &w));
    struct sector_end_in end = { .code = STR("farmers"), .row = w.row, .has_expected_version = true, .expected_version = 7 };
    struct sector_end_out out;
    BAD(call(f, "sector.end", &end, &out), VERSION_CONFLICT);
    end.expected_version = 1;
    GOOD(call(f, "sector.end", &end, &out));
    assert_int_equal(out.version, 2);
    struct sector_figures_out figs = figures(f, "farmers");
    assert_true(figs.total.rows == 0 && figs.total.ended == 1);
    end.has_expected_version = false;
    BAD(call(f, "sector.end", &end, &out), EVENT_ORDER);
    GOOD(put_farmer(f, number, "2001-05-06", "active", &w));
    assert_int_equal(figures(f, "farmers").total.rows, 1);
}

struct wrong {
    struct sector_given_cell cells[3];
    size_t count;
    enum error_code code;
};

static void wrong_rows_are_refused_whole(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct wrong wrongs[] = {
        { { cell("card_no", "HCM-1") }, 1, ERR_FIELD_FORM }, { { cell("joined", "06/05/2001") }, 1, ERR_DAY_FORMAT },
        { { cell("production", "bees") }, 1, ERR_ENUM_UNKNOWN }, { { cell("land_m2", "12.5") }, 1, ERR_VALUE_RANGE },
        { { cell("land_m2", "-1") }, 1, ERR_VALUE_RANGE }, { { cell("land_m2", "many") }, 1, ERR_VALUE_RANGE },
        { { cell("wings", "2") }, 1, ERR_FIELDS_UNKNOWN }, { { cell("state", "active"), cell("state", "left") }, 2, ERR_FIELD_DOUBLE },
    };
    struct sector_put_out out;
    struct sector_written w;
    keeper(f, "farmers");
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct sector_given_cell cells[3];
        memcpy(cells, wrongs[i].cells, sizeof cells);
        struct sector_given rows[] = { { .has_number = true, .number = INT64_C(1080009998) }, { .has_number = true, .number = INT64_C(1080009999), .cells = cells, .cells_count = wrongs[i].count } };
        struct sector_put_in in = { .code = STR("farmers"), .rows = rows, .rows_count = 2 };
        bad_(call(f, "sector.put", &in, &out), wrongs[i].code, error_def(wrongs[i].code)->name, (int)i);
        assert_int_equal(fault_here()->row, 2);
    }
    struct sector_given nobody = { 0 }, late = { .has_number = true, .number = INT64_C(1080009999), .has_effective = true, .effective = { 20300101 } };
    struct sector_put_in in = { .code = STR("farmers"), .rows = &nobody, .rows_count = 1 };
    BAD(call(f, "sector.put", &in, &out), FIELD_MISSING);
    in.rows = &late;
    BAD(call(f, "sector.put", &in, &out), EVENT_FUTURE);
    in.rows_count = 0;
    BAD(call(f, "sector.put", &in, &out), FIELD_MISSING);
    keeper(f, "merit");
    struct sector_given no_key = { .has_number = true, .number = INT64_C(1080009999) };
    struct sector_put_in merit = { .code = STR("merit"), .rows = &no_key, .rows_count = 1 };
    BAD(call(f, "sector.put", &merit, &out), FIELD_MISSING);
    keeper(f, "unicorns");
    BAD(call(f, "sector.put", &in, &out), GROUND_NOT_LIVE);
    keeper(f, "farmers");
    assert_int_equal(figures(f, "farmers").total.rows, 0);
    GOOD(put_farmer(f, INT64_C(1080009999), "2001-05-06", "active", &w));
}

static void a_command_sent_twice_is_done_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written a, b;
    keeper(f, "farmers");
    f->cx.command_id = STR("once");
    GOOD(put_farmer(f, INT64_C(1080009999), "2001-05-06", "active", &a));
    GOOD(put_farmer(f, INT64_C(1080009999), "2001-05-06", "active", &b));
    assert_true(a.row == b.row && b.done == SECTOR_WRITTEN_DONE_NEW);
    BAD(put_farmer(f, INT64_C(1080009999), "2001-05-07", "active", &b), COMMAND_REUSED);
}

static void the_ground_decides_who_sees_what(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct sector_written w;
    struct sector_rows_in in = { .code = STR("farmers") };
    struct sector_rows_out out;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    keeper(f, "farmers");
    GOOD(put_farmer(f, number, "2001-05-06", "active", &w));
    GOOD(call(f, "sector.rows", &in, &out));
    assert_true(out.rows_count == 1 && out.next == 0 && out.rows[0].unit.v == UNIT_A);
    keeper(f, "elderly");
    BAD(call(f, "sector.rows", &in, &out), GROUND_NOT_LIVE);
    as_officer(f, "residence-management");
    BAD(call(f, "sector.rows", &in, &out), GROUND_NOT_LIVE);
    f->cx.purpose = (struct purpose){ STR("register"), STR("farmers") };
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows_count, 1);
    f->cx.actor.unit = (unit_id){ UNIT_B };
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows_count, 0);
    struct sector_get_in get = { .code = STR("farmers"), .row = w.row };
    struct sector_get_out got;
    BAD(call(f, "sector.get", &get, &got), ROW_MISSING);
    in.has_unit = true;
    in.unit = (unit_id){ UNIT_A };
    BAD(call(f, "sector.rows", &in, &out), GROUND_PERSON);
    BAD(put_farmer(f, number, "2001-05-06", "left", &w), GROUND_PERSON);
    f->cx.actor.unit = UNIT_NONE;
    BAD(call(f, "sector.rows", &in, &out), GROUND_NOT_LIVE);
    as_system(f, "bhxh", "");
    f->cx.purpose = (struct purpose){ STR("register"), STR("farmers") };
    BAD(put_farmer(f, number, "2001-05-06", "left", &w), GROUND_NOT_LIVE);
}

static const char bees[] =
    "register: beekeepers\nname: {vi: Người nuôi ong, en: Beekeepers}\nowner: hoi-nong-dan\nlaw: own\nclass: personal\nfrom: 2026-01-01\n"
    "subject: {need: required, label: {vi: Người nuôi, en: Keeper}}\nunit: residence\nkey: [subject]\n"
    "write: [{roles: [coordinator]}]\nread: [{roles: [coordinator]}]\n"
    "fields:\n  - {key: hives, type: number, min: 0, max: 500, required: true, share: true, label: {vi: Số đàn, en: Hives}}\n"
    "  - {key: secret, type: text, class: state-secret, label: {vi: Bí mật, en: Secret}}\n"
    "  - {key: spot, type: text, label: {vi: Chỗ, en: Spot}}\n"
    "rules: [{rule: enough, dimension: correct, expect: \"hives > %s\", says: {vi: Đủ đàn, en: Enough hives}}]\n";

static status put_hives(struct fixture *f, int64_t number, const char *hives, struct sector_written *ret)
{
    struct sector_given_cell cells[] = { cell("hives", hives), cell("secret", "x"), cell("spot", "y") };
    struct sector_given row = { .has_number = true, .number = number, .cells = cells, .cells_count = 3 };
    struct sector_put_in in = { .code = STR("beekeepers"), .rows = &row, .rows_count = 1 };
    struct sector_put_out out;
    status st = call(f, "sector.put", &in, &out);
    if (status_ok(st))
        *ret = out.rows[0];
    return st;
}

/* A register that the program has never seen, then the same with a stricter rule. */
static void a_new_definition_works_at_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct defs_problems problems = { 0 };
    struct sector_written w;
    struct sector_rows_in in = { .code = STR("beekeepers") };
    struct sector_rows_out out;
    int64_t number = born(f, NULL, SEX_MALE, 19800201).number;
    folder_put(&f->own.folder, "definitions/register/bees.yaml", arena_printf(f->cx.arena, bees, "1").ptr);
    folder_put(&f->own.folder, "definitions/agreements/own.yaml", "agreements:\n  - {code: OWN-1, member: bhxh, law: b, operations: [sector.rows], registers: [beekeepers], "
                                       "fields: [number, shared], from: 2026-01-01, title: {vi: t, en: t}}\n");
    GOOD(app_reload(f->app, f->cx.arena, &problems));
    keeper(f, "beekeepers");
    GOOD(put_hives(f, number, "3", &w));
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows[0].cells_count, 3);
    as_system(f, "bhxh", "OWN-1");
    GOOD(call(f, "sector.rows", &in, &out));
    assert_int_equal(out.rows[0].cells_count, 1); /* neither what is not shared nor the secret */
    assert_true(str_eq(out.rows[0].cells[0].field, STR("hives")) && out.rows[0].has_number && out.rows[0].name.len == 0);
    in.code = STR("farmers");
    BAD(call(f, "sector.rows", &in, &out), GROUND_NOT_LIVE);

    folder_put(&f->own.folder, "definitions/register/bees.yaml", arena_printf(f->cx.arena, bees, "5").ptr);
    GOOD(app_reload(f->app, f->cx.arena, &problems));
    keeper(f, "beekeepers");
    struct sector_figures_out figs = figures(f, "beekeepers");
    assert_true(figs.stale == 1 && figs.total.correct == 1);
    struct sector_judge_in judge = { .code = STR("beekeepers") };
    struct sector_judge_out judged;
    GOOD(call(f, "sector.judge", &judge, &judged));
    assert_true(judged.judged == 1 && judged.changed == 1 && judged.next == 0);
    figs = figures(f, "beekeepers");
    assert_true(figs.stale == 0 && figs.total.correct == 0 && figs.total.rows == 1);
    folder_drop(&f->own.folder, "definitions/register/bees.yaml");
    folder_drop(&f->own.folder, "definitions/agreements/own.yaml");
}

static void random_work_keeps_the_figures(void **state)
{
    struct fixture *f = fixture_ready(state);
    static const char *const states[] = { "active", "exempt", "moved", "left" };
    static const char *const days[] = { "1990-01-02", "2001-05-06", "2005", "2026-11-20" };
    int64_t numbers[8], rows[16];
    size_t row_count = 0;
    struct rng r;
    rng_seed(&r, 5, 0);
    for (size_t i = 0; i < 4; i++)
        numbers[i] = born(f, NULL, SEX_MALE, 19800201 + (int32_t)i).number;
    for (size_t i = 4; i < 8; i++)
        numbers[i] = INT64_C(1080009990) + (int64_t)i;
    for (int i = 0; i < 120; i++) {
        struct sector_written w;
        struct sector_end_out ended;
        uint32_t what = rng_below(&r, 20);
        if (what == 0) {
            struct person_death_in died = { .number = numbers[rng_below(&r, 4)], .death = { 20261120 } };
            struct person_death_out ok;
            as_officer(f, "civil-status");
            (void)status_ok(call(f, "person.death", &died, &ok));
        } else if (what < 4 && row_count > 0) {
            struct sector_end_in end = { .code = STR("farmers"), .row = rows[rng_below(&r, (uint32_t)row_count)] };
            keeper(f, "farmers");
            (void)status_ok(call(f, "sector.end", &end, &ended));
        } else {
            keeper(f, "farmers");
            GOOD(put_farmer(f, numbers[rng_below(&r, 8)], days[rng_below(&r, 4)], states[rng_below(&r, 4)], &w));
            if (w.done == SECTOR_WRITTEN_DONE_NEW && row_count < 16)
                rows[row_count++] = w.row;
        }
    }
    keeper(f, "farmers");
    struct sector_figures_out figs = figures(f, "farmers");
    assert_true(figs.total.rows + figs.total.ended == (int64_t)row_count && row_count == 8);
}

/* --- rows drafted ahead of their transaction --------------------------------------------------------------------------------- */

static const struct operation probe = { .name = "test.list", .may = ROLE_COORDINATOR, .writes = true };

/* All that stands of the register in the tables of rows, of their history and of figures. */
static str tables_of(struct fixture *f, const struct sector_register *r)
{
    struct sector_tallies_cursor cursor DEFER(sector_tallies_done) = { 0 };
    struct sector_tallies_row t;
    struct sector_row_row *rows;
    struct buf out;
    size_t count, n;
    bool more = true;
    buf_init(&out, 1 << 20);
    GOOD(sector_rows_after(&f->cx, 0, r->code, 0, 100, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct sector_row_row *w = &rows[i];
        struct sector_events_row *e;
        buf_printf(&out, "%lld %d %d %lld %d %d %.*s %lld %lld %d %lld %.*s %lld ", (long long)w->id, w->version, w->state, (long long)w->person, w->why_not, w->unit,
                   STR_ARG(w->row_key), (long long)w->broken, (long long)w->rules, w->effective, (long long)w->recorded_us, STR_ARG(w->source), (long long)w->delivery);
        buf_add(&out, w->doc);
        GOOD(sector_events(&f->cx, 0, r->code, w->id, &e, &n));
        for (size_t k = 0; k < n; k++) {
            buf_printf(&out, "\n  %d %d %d %lld %.*s %lld %lld %d %d %lld ", e[k].seq, e[k].kind, e[k].effective, (long long)e[k].recorded_us, STR_ARG(e[k].source),
                       (long long)e[k].actor, (long long)e[k].person, e[k].why_not, e[k].unit, (long long)e[k].delivery);
            buf_add(&out, e[k].doc);
        }
        buf_char(&out, '\n');
    }
    GOOD(sector_tallies_each(&f->cx, 0, r->code, &cursor));
    for (GOOD(sector_tallies_next(&cursor, &t, &more)); more; GOOD(sector_tallies_next(&cursor, &t, &more)))
        buf_printf(&out, "%lld %d %d %lld %lld\n", (long long)t.rules, t.unit, t.link, (long long)t.broken, (long long)t.row_count);
    str text = arena_str(f->cx.arena, buf_str(&out));
    buf_done(&out);
    return text;
}

/* Writes into the empty register, tells what the tables hold, and takes it back, so that the other way finds the same register at the
 * same moment. */
static str left_by(struct fixture *f, const struct sector_register *r, const struct sector_put *puts, size_t count, size_t *drafted)
{
    struct sector_batch *b DEFER(sector_batch_done) = NULL;
    struct sector_keys keys = { 0 };
    struct sector_written_row w;
    f->journal = (struct journal){ .op = &probe };
    GOOD(tx_begin(f->db, &f->cx.tx));
    GOOD(sector_keys_start(&f->cx, r, &keys));
    sector_batch_start(&f->cx, r, &b);
    if (drafted)
        GOOD(sector_batch_keys(b, &keys));
    for (size_t i = 0; i < count; i++) {
        struct sector_draft d;
        bool added = false;
        GOOD(sector_draft_make(&f->cx, r, &puts[i], &d));
        if (drafted)
            GOOD(sector_batch_add(b, &d, &puts[i], &w, &added));
        if (added)
            ++*drafted;
        else
            GOOD(sector_batch_put(b, &puts[i], &w));
    }
    GOOD(sector_batch_end(b));
    str text = tables_of(f, r);
    sector_keys_done(&keys);
    tx_rollback(f->cx.tx);
    f->cx.tx = NULL;
    return text;
}

static void a_drafted_row_is_the_row_that_would_be_put(void **state)
{
    enum { PUTS = 40, PEOPLE_OF = 12 };
    struct fixture *f = fixture_ready(state);
    const struct sector_register *r = defs_sector(f->app->defs, STR("farmers"), f->cx.today);
    struct sector_put puts[PUTS];
    int64_t numbers[PEOPLE_OF];
    size_t drafted = 0;
    struct rng rng;
    rng_seed(&rng, 11, 0);
    for (int i = 0; i < PEOPLE_OF; i++)
        numbers[i] = i % 3 == 2 ? INT64_C(1080009990) + i : born(f, NULL, SEX_MALE, 19800201 + i).number; /* some are nobody's */
    keeper(f, "farmers");
    for (int i = 0; i < PUTS; i++) {
        uint32_t who = rng_below(&rng, PEOPLE_OF);
        puts[i] = (struct sector_put){ .given = UINT64_MAX, .effective = { 20260701 + (int32_t)rng_below(&rng, 9) }, .source = STR("hoi-nong-dan"), .delivery = 7,
                                       .unit = { UNIT_B } };
        puts[i].content.listed = (struct sector_listed){ numbers[who], STR("Nguyễn Văn An"), { 19800201 + (int32_t)who }, SEX_MALE };
        for (size_t k = 0; k < r->field_count; k++)
            if (rng_chance(&rng, 0.7))
                sector_cell_read(&f->cx, &r->fields[k], str_eq(r->fields[k].key, STR("joined")) ? STR("05/2001") : STR("12"), &puts[i].content.values[k]);
        begin(f);
        GOOD(sector_subject_find(&f->cx, r, numbers[who], &puts[i]));
        commit(f);
    }
    str put = left_by(f, r, puts, PUTS, NULL), draft = left_by(f, r, puts, PUTS, &drafted);
    assert_true(drafted >= 8 && drafted <= PEOPLE_OF && put.len > 1000);
    assert_true(str_eq(put, draft));
}

static void a_citizen_sees_the_own_rows(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800201);
    struct sector_written w;
    struct sector_own_in in = { 0 };
    struct sector_own_out out;
    keeper(f, "farmers");
    GOOD(put_farmer(f, p.number, "2001-05-06", "active", &w));
    as_citizen(f, (person_id){ p.person });
    GOOD(call(f, "sector.own", &in, &out));
    assert_true(out.rows_count == 1 && str_eq(out.rows[0].code, STR("farmers")) && out.rows[0].cells_count == 2);
    as_citizen(f, (person_id){ 12345 });
    GOOD(call(f, "sector.own", &in, &out));
    assert_int_equal(out.rows_count, 0);
}

/* --- values --------------------------------------------------------------------------------------------------------------- */

static void cells_of_lists_are_read_kindly(void **state)
{
    struct fixture *f = fixture_ready(state);
    static const struct { const char *code, *field, *cell, *text; } list[] = {
        { "farmers", "joined", "6/5/2001", "2001-05-06" }, { "farmers", "joined", "2001", "2001" }, { "farmers", "joined", "mai", NULL },
        { "farmers", "production", "chăn nuôi", "livestock" }, { "farmers", "production", "TRONG LUA", "crops" }, { "farmers", "production", "ong", NULL },
        { "farmers", "land_m2", "1.250 m2", "1250" }, { "farmers", "land_m2", "1,250", "1250" }, { "farmers", "land_m2", "x", NULL },
        { "farmers", "card_no", "HND-000123", "HND-000123" }, { "farmers", "card_no", "123", NULL }, { "farmers", "branch", " Thôn 1 ", "Thôn 1" },
        { "land-parcels", "area_m2", "1.250,5", "1250.5" }, { "land-parcels", "area_m2", "0,5", "0.5" }, { "land-parcels", "parcel_unit", "00004", "00004@new" },
        { "land-parcels", "parcel_unit", "Phường Ba Đình, Hà Nội", "00004@new" }, { "land-parcels", "parcel_unit", "Đâu đó", NULL },
        { "merit", "allowance", "2.789.000 đ", "2789000" }, { "social-protection", "carer", "001 080 012345", "001080012345" },
        { "social-protection", "carer", "ai đó", NULL }, { "social-protection", "coefficient", "1,5", "1.5" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const struct sector_register *r = defs_sector(f->app->defs, str_of(list[i].code), (day){ 20261121 });
        const struct sector_field *sf = &r->fields[sector_field_find(r, str_of(list[i].field))];
        struct sector_value v;
        f->cx.today = (day){ 20261121 };
        sector_cell_read(&f->cx, sf, str_of(list[i].cell), &v);
        if (!list[i].text && (!v.raw || v.known || !str_eq(v.text, str_of(list[i].cell))))
            fail_msg("%s was read", list[i].cell);
        if (list[i].text && (!v.known || !str_eq(sector_value_text(f->cx.arena, sf, &v), str_of(list[i].text))))
            fail_msg("%s: %.*s", list[i].cell, STR_ARG(sector_value_text(f->cx.arena, sf, &v)));
        struct sector_value again;
        if (list[i].text) { /* what was read can be sent back */
            GOOD(sector_value_read(&f->cx, sf, str_of(list[i].text), &again));
            assert_true(again.number == v.number && str_eq(again.text, v.text));
        }
    }
    struct sector_value v;
    sector_cell_read(&f->cx, &defs_sector(f->app->defs, STR("farmers"), f->cx.today)->fields[0], STR("  "), &v);
    assert_false(v.known || v.raw);
}

static void contents_come_back_as_they_were(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct sector_register *r = defs_sector(f->app->defs, STR("births"), (day){ 20261121 });
    struct rng g;
    rng_seed(&g, 9, 0);
    for (int i = 0; i < 500; i++) {
        struct sector_content a = { .listed = { (int64_t)rng_below(&g, 1000), STR("Lê"), { 20010203 }, SEX_FEMALE } }, b;
        struct buf doc;
        for (size_t k = 0; k < r->field_count; k++) {
            bool text = r->fields[k].type == SECTOR_TEXT || r->fields[k].type == SECTOR_CODE || r->fields[k].type == SECTOR_DOCUMENT;
            a.values[k].raw = rng_chance(&g, 0.2);
            a.values[k].known = !a.values[k].raw && rng_chance(&g, 0.5);
            if (a.values[k].raw || (text && a.values[k].known))
                a.values[k].text = arena_printf(f->cx.arena, "v%u", rng_below(&g, 100));
            else if (a.values[k].known)
                a.values[k].number = (int64_t)rng_u64(&g);
        }
        buf_init(&doc, 60000);
        sector_content_write(r, &a, &doc);
        GOOD(sector_content_read(r, buf_str(&doc), &b));
        assert_true(b.listed.number == a.listed.number && str_eq(b.listed.name, a.listed.name) && b.rest.len == 0);
        for (size_t k = 0; k < r->field_count; k++)
            assert_true(a.values[k].known == b.values[k].known && a.values[k].raw == b.values[k].raw && a.values[k].number == b.values[k].number &&
                        str_eq(a.values[k].text, b.values[k].text));
        /* Cut anywhere, it is refused or reads as a shorter row; it never runs over its end. */
        size_t cut = rng_below(&g, (uint32_t)doc.len);
        (void)status_ok(sector_content_read(r, str_slice(buf_str(&doc), 0, cut), &b));
        /* Another register keeps what it does not know, and gives it back. */
        const struct sector_register *other = defs_sector(f->app->defs, STR("vaccination"), (day){ 20261121 });
        struct buf again;
        buf_init(&again, 60000);
        GOOD(sector_content_read(other, buf_str(&doc), &b));
        sector_content_write(other, &b, &again);
        assert_true(str_eq(buf_str(&again), buf_str(&doc)));
        buf_done(&again);
        buf_done(&doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_row_is_found_by_its_key_and_keeps_its_history), EVERYWHERE(a_late_message_goes_into_the_history_only),
        EVERYWHERE(a_stranger_becomes_known_in_the_same_row), EVERYWHERE(a_death_moves_the_figures_of_the_register),
        EVERYWHERE(an_ended_row_counts_apart), EVERYWHERE(wrong_rows_are_refused_whole), EVERYWHERE(a_command_sent_twice_is_done_once),
        EVERYWHERE(the_ground_decides_who_sees_what), EVERYWHERE(a_new_definition_works_at_once), EVERYWHERE(random_work_keeps_the_figures),
        EVERYWHERE(a_drafted_row_is_the_row_that_would_be_put), EVERYWHERE(a_citizen_sees_the_own_rows), { "cells_of_lists_are_read_kindly", cells_of_lists_are_read_kindly, fixture_sqlite, fixture_end, NULL },
        { "contents_come_back_as_they_were", contents_come_back_as_they_were, fixture_sqlite, fixture_end, NULL },
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
