/* Loading: all or nothing, each problem with its place; agreements, grounds and organisations as the gate asks for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "defs/defs.h"
#include "defs/test/place.h"
#include "viet/viet.h"

static void built_in_ones_load_fast(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d;
    int64_t start = clock_mono_us();
    (void)state;
    assert_true(status_ok(defs_load(arena, STR(""), &d, &problems)));
    int64_t took = clock_mono_us() - start;
    print_message("# definitions loaded in %lld ms\n", (long long)(took / 1000));
    assert_int_equal(problems.count, 0);
    defs_free(d);
}

struct wrong {
    const char *file, *text, *reason; /* reason: a part of what the problem must say */
    const char *at;                   /* what stands at its place in the text; NULL: any place */
};

static const struct wrong wrongs[] = {
    { "grounds.yaml", "grounds: [", "", NULL },
    { "grounds.yaml", "", "", NULL },
    { "grounds.yaml", "grounds: &a\n  - *a # here\n", "reference", "a # here" },
    { "grounds.yaml", "grounds: [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]\n", "nested deeper", "x" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [officer], operations: [x], fields: [name], from: 2025-01-01, title: {vi: t, en: t}, colour: red}\n", "“colour” is unknown", "colour" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [boss], operations: [x], fields: [name], from: 2025-01-01, title: {vi: t, en: t}}\n", "“boss” is none of", "boss" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [officer], operations: [x], fields: [soul], from: 2025-01-01, title: {vi: t, en: t}}\n", "no field “soul”", "soul" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [officer], operations: [], fields: [name], from: 2025-01-01, title: {vi: t, en: t}}\n", "“operations” is missing", "code: a" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [officer], operations: [x], fields: [name], from: 2025-02-30, title: {vi: t, en: t}}\n", "not a day", "2025-02-30" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [officer], operations: [x], fields: [name], from: 2025-01-01, title: {vi: t}}\n", "“en” is missing", "vi: t}" },
    { "grounds.yaml", "grounds:\n  - {code: a, code: b}\n", "stands already", "code: b" },
    { "grounds.yaml", "grounds: []\nhours: {}\n", "“hours” is unknown", "hours" },
    { "grounds.yaml", "grounds:\n  - {code: a, law: b, roles: [officer], operations: [x], fields: [name], from: 2025-01-01, title: {}}\n", "“vi” is missing", "title" },
    { "grounds.yaml", "grounds:\n\t- code: a\n", "tab", NULL },
    { "grounds.yaml", "grounds:\n  - code: a\n    law: [b\n", "bracket", NULL },
    { "grounds.yaml", "grounds:\n  - law: \"a\n", "quotes", NULL },
    { "agreements/own.yaml", "agreements:\n  - {code: A, member: nobody, law: b, operations: [x], fields: [name], from: 2025-01-01, title: {vi: t, en: t}}\n", "no organisation “nobody”", "code: A" },
    { "agreements/own.yaml", "agreements:\n  - {code: AG-2025-001, member: bhxh, law: b, operations: [x], fields: [name], from: 2025-01-01, title: {vi: t, en: t}}\n", "stands twice", "code: AG" },
    { "agreements/own.yaml", "agreements:\n  - {code: A, member: bhxh, law: b, operations: [x], fields: [name], from: 2025-01-01, to: 2024-01-01, title: {vi: t, en: t}}\n", "before “from”", "code: A" },
    { "agreements/own.yaml", "agreements:\n  - {code: A, member: bhxh, law: b, operations: [x], fields: [name], from: 2025-01-01, unit: 99999, title: {vi: t, en: t}}\n", "no unit “99999”", "code: A" },
    { "agreements/own.yaml", "agreements:\n  - {code: A, member: bhxh, law: b, operations: [x], fields: [name], from: 2025-01-01, hours: {from: \"22:00\", to: \"06:00\"}, title: {vi: t, en: t}}\n", "never open", "from: \"22" },
    { "agreements/own.yaml", "agreements:\n  - {code: A, member: bhxh, law: b, operations: [x], fields: [name], from: 2025-01-01, per_minute: 0, title: {vi: t, en: t}}\n", "not a number", "0, title" },
    { "calendar/vn.yaml", "calendar: vn\nreceived_until: \"15:00\"\nweekly_rest: [6, 7]\nworking_hours:\n  - {from: \"07:30\", to: \"7:30\"}\nholidays: []\n", "not a time of day", "7:30\"}" },
    { "calendar/vn.yaml", "calendar: vn\nreceived_until: \"15:00\"\nweekly_rest: [1, 2, 3, 4, 5, 6, 7]\nworking_hours:\n  - {from: \"07:30\", to: \"11:30\"}\n", "no working time", "calendar" },
    { "calendar/vn.yaml", "calendar: vn\nreceived_until: \"15:00\"\nholidays:\n  - {key: a, solar: \"13-01\", label: {vi: x, en: x}}\n", "no day of a year", "13-01" },
    { "calendar/vn.yaml", "calendar: vn\nreceived_until: \"15:00\"\nyears:\n  - {year: 2026, holidays: [{key: tet, before: 2}]}\n", "no holiday “tet”", "key: tet" },
    { "calendar/vn.yaml", "calendar: vn\nreceived_until: \"15:00\"\nyears:\n  - {year: 2026, off: [2025-01-02]}\n", "another year", "2025-01-02" },
    { "organisations.yaml", "organisations:\n  - {code: \"a b\", kind: member, name: {vi: x, en: x}}\n", "no code", "code: " },
    { "organisations.yaml", "organisations:\n  - {code: G01, kind: ministry, next: G99, name: {vi: x, en: x}}\n", "not listed", "organisations" },
    { "units/provinces.yaml", "maps: []\nprovinces: []\n", "need a first day", "maps" },
    { "units/provinces.yaml", "maps:\n  - {key: old, from: 1945-09-02}\n  - {key: new, from: 2025-07-01}\nprovinces:\n  - {map: old, code: 1, prefix: \"001\", type: city, name: H, agency: H26, becomes: \"01\"}\n", "no code of 2 digits", "1, prefix" },
    { "units/provinces.yaml", "maps:\n  - {key: old, from: 1945-09-02}\n  - {key: new, from: 2025-07-01}\nprovinces: []\n", "not there", "maps" },
};

static bool problem_fits(const struct defs_problem *p, const struct wrong *w)
{
    int line = 1, column = 1;
    const char *place = w->at ? strstr(w->text, w->at) : w->text;
    for (const char *c = w->text; c < place; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    return str_eq(p->file, str_of(w->file)) && (!w->at || (p->line == line && p->column == column)) &&
           (w->reason[0] == 0 || str_find(p->reason, str_of(w->reason)) < p->reason.len) && p->remedy.len > 0;
}

static void each_problem_names_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct defs_problems problems = { .lang = LANG_EN };
        struct defs *d = (struct defs *)1;
        bool found = false;
        const char *file = arena_printf(arena, "definitions/%s", wrongs[i].file).ptr;
        folder_put(&folder, file, wrongs[i].text);
        assert_true(status_is(defs_load(arena, str_of(folder.path), &d, &problems), ERR_DEFINITION));
        assert_null(d);
        assert_true(problems.count > 0);
        for (size_t k = 0; k < problems.count; k++)
            found = found || problem_fits(&problems.list[k], &wrongs[i]);
        if (!found)
            fail_msg("case %zu: got %.*s:%d:%d %.*s", i, STR_ARG(problems.list[0].file), problems.list[0].line,
                     problems.list[0].column, STR_ARG(problems.list[0].reason));
        folder_drop(&folder, file);
    }
}

static void an_installation_adds_and_replaces(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d;
    (void)state;
    folder_put(&folder, "definitions/agreements/own.yaml", "agreements:\n  - {code: OWN-1, member: bhxh, law: b, operations: [person.verify], fields: [name, birth], from: 2025-01-01, unit: \"00004@new\", title: {vi: t, en: t}}\n");
    folder_put(&folder, "definitions/agreements/bank.yaml", "agreements: []\n");
    assert_true(status_ok(defs_load(arena, str_of(folder.path), &d, &problems)));
    assert_non_null(defs_agreement(d, STR("OWN-1")));
    assert_int_equal(defs_agreement(d, STR("OWN-1"))->is.unit.v, 2300004);
    assert_true(defs_agreement(d, STR("OWN-1"))->is.fields == (FIELDS_NAME | FIELDS_BIRTH));
    assert_null(defs_agreement(d, STR("AG-2026-003")));
    assert_non_null(defs_agreement(d, STR("AG-2025-001")));
    defs_free(d);
    folder_drop(&folder, "definitions/agreements/own.yaml");
    folder_drop(&folder, "definitions/agreements/bank.yaml");
}

static void grounds_are_live_by_day_operation_and_hour(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d;
    (void)state;
    assert_true(status_ok(defs_load(arena, STR(""), &d, &problems)));
    const struct agreement *bank = defs_agreement(d, STR("AG-2026-003"));
    assert_non_null(bank);
    assert_true(defs_grounded_live(&bank->is, (day){ 20260101 }, STR("person.verify")));
    assert_true(defs_grounded_live(&bank->is, (day){ 20271231 }, STR("person.verify")));
    assert_false(defs_grounded_live(&bank->is, (day){ 20251231 }, STR("person.verify")));
    assert_false(defs_grounded_live(&bank->is, (day){ 20280101 }, STR("person.verify")));
    assert_false(defs_grounded_live(&bank->is, (day){ 20260101 }, STR("person.look_up")));
    int64_t morning = day_start_us((day){ 20260105 });
    assert_false(defs_grounded_open(&bank->is, morning + INT64_C(6) * 3600 * 1000000));
    assert_true(defs_grounded_open(&bank->is, morning + INT64_C(7) * 3600 * 1000000));
    assert_false(defs_grounded_open(&bank->is, morning + INT64_C(21) * 3600 * 1000000));
    const struct authority *residence = defs_authority(d, STR("residence-management"));
    assert_true(residence && residence->own_unit && residence->roles == ROLE_OFFICER);
    assert_null(defs_authority(d, STR("curiosity")));
    defs_free(d);
}

static void local_bodies_follow_their_rule(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct organisation o, same;
    struct defs *d;
    (void)state;
    assert_true(status_ok(defs_load(arena, STR(""), &d, &problems)));
    assert_true(defs_organisation_of(arena, d, STR("police"), (unit_id){ 2300004 }, &o));
    assert_true(str_eq(o.code, STR("G01.H26.00004")) && str_eq(o.name_vi, STR("Công an Phường Ba Đình")));
    assert_true(defs_organisation(arena, d, o.code, &same) && same.unit.v == 2300004);
    assert_true(defs_organisation(arena, d, STR("H26"), &o) && str_eq(o.kind, STR("province_committee")));
    assert_true(defs_organisation(arena, d, STR("G05"), &o) && str_eq(o.next, STR("G12")));
    assert_false(defs_organisation(arena, d, STR("G01.H01.00004"), &o));
    assert_false(defs_organisation(arena, d, STR("G99"), &o));
    assert_false(defs_organisation_of(arena, d, STR("police"), (unit_id){ 1300004 }, &o));
    defs_free(d);
}

static void working_days_follow_law_and_decisions(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d;
    static const struct { int32_t day; bool works; } cases[] = {
        { 20250101, false }, { 20250124, true }, { 20250127, false }, { 20250131, false }, { 20250203, true }, { 20250407, false },
        { 20250426, true },  { 20250502, false }, { 20260102, false }, { 20260110, true }, { 20260216, false }, { 20260220, false },
        { 20260213, true },  { 20260427, false }, { 20260831, false }, { 20260901, false }, { 20260902, false }, { 20261121, false },
        { 20261120, true },
    };
    (void)state;
    assert_true(status_ok(defs_load(arena, STR(""), &d, &problems)));
    const struct calendar *c = defs_calendar(d);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (calendar_is_working(c, (day){ cases[i].day }) != cases[i].works)
            fail_msg("%d", cases[i].day);
    assert_int_equal(calendar_add_days(c, (day){ 20260213 }, 1).ymd, 20260223);
    assert_int_equal(calendar_minutes_a_day(c), 480);
    assert_int_equal(defs_received_until(d), 900);
    defs_free(d);
}

static void fields_keep_their_bits(void **state)
{
    int bit = -1;
    (void)state;
    assert_int_equal(FIELD_NAME, 0);
    assert_int_equal(FIELD_NUMBER, 2);
    assert_int_equal(FIELD_RESIDENCE, 19);
    assert_true(person_field_by_name(STR("residence"), &bit) && bit == FIELD_RESIDENCE);
    assert_false(person_field_by_name(STR(""), &bit));
    for (int i = 0; i < FIELD_END; i++)
        if (person_field_def(i))
            assert_true(person_field_by_name(person_field_name(i), &bit) && bit == i);
    assert_true(FIELDS_CLASS_SENSITIVE == (FIELDS_ETHNIC | FIELDS_RELIGION));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_ones_load_fast), cmocka_unit_test(each_problem_names_its_place),
        cmocka_unit_test(an_installation_adds_and_replaces), cmocka_unit_test(grounds_are_live_by_day_operation_and_hour),
        cmocka_unit_test(local_bodies_follow_their_rule), cmocka_unit_test(working_days_follow_law_and_decisions), cmocka_unit_test(fields_keep_their_bits),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
