/* Registers as definitions: the shipped ones load, an installation adds its own, and each kind of mistake is told with its
 * place and a remedy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "defs/sector/sector.h"
#include "defs/test/place.h"

enum { TEXT_MAX = 8000 };

static const char bees[] =
    "register: beekeepers\n"
    "name: {vi: Người nuôi ong, en: Beekeepers}\n"
    "owner: hoi-nong-dan\n"
    "law: own\n"
    "class: personal\n"
    "from: 2026-01-01\n"
    "subject: {need: required, label: {vi: Người nuôi, en: Keeper}}\n"
    "unit: residence\n"
    "key: [subject]\n"
    "write:\n"
    "  - {roles: [officer], own_unit: true}\n"
    "read:\n"
    "  - {roles: [officer]}\n"
    "fields:\n"
    "  - {key: hives, type: number, min: 1, max: 500, required: true, label: {vi: Số đàn, en: Hives}}\n"
    "  - {key: kind, type: code, codes: farm-branch, share: true, label: {vi: Loại, en: Kind}}\n"
    "  - {key: since, type: day, label: {vi: Từ, en: Since}}\n"
    "rules:\n"
    "  - {rule: some, dimension: correct, expect: \"hives > 0\", says: {vi: a, en: b}}\n";

static struct defs *loaded(void)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d = NULL;
    if (!status_ok(defs_load(arena, str_of(folder.path), &d, &problems)))
        fail_msg("%.*s:%d:%d %.*s", STR_ARG(problems.list[0].file), problems.list[0].line, problems.list[0].column, STR_ARG(problems.list[0].reason));
    return d;
}

static void the_shipped_registers_load(void **state)
{
    static const char *const all[] = {
        "benefit-accounts", "births", "business-households", "deaths", "driving-licences", "elderly", "farmers", "funeral-allowances", "health-insurance", "job-seekers",
        "land-parcels", "marriages", "merit", "poor-households", "population", "recoveries", "school-records", "social-protection", "vaccination", "veterans", "workers",
    };
    struct defs *d = loaded();
    (void)state;
    assert_int_equal(defs_sector_count(d), sizeof all / sizeof *all);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct sector_register *r = defs_sector_nth(d, i, (day){ 20261122 });
        assert_true(str_eq(r->code, str_of(all[i])) && sector_in_force(r, (day){ 20261122 }));
        bool four[DIMENSION_COUNT] = { false };
        for (size_t k = 0; k < r->check_count; k++)
            four[r->checks[k].dimension] = true;
        if (!four[DIMENSION_CORRECT] || !four[DIMENSION_COMPLETE] || !four[DIMENSION_CLEAN])
            fail_msg("%s lacks a dimension", all[i]);
    }
    defs_free(d);
}

static void an_installation_adds_one(void **state)
{
    (void)state;
    folder_put(&folder, "definitions/register/bees.yaml", bees);
    struct defs *d = loaded();
    const struct sector_register *r = defs_sector(d, STR("beekeepers"), (day){ 20260701 });
    assert_non_null(r);
    assert_int_equal(r->field_count, 3);
    assert_int_equal(sector_field_find(r, STR("since")), 2);
    assert_int_equal(sector_field_of_tag(r, sector_tag(STR("kind"))), 1);
    assert_true(r->key_subject && r->key_count == 0 && r->unit_field == -1 && r->write[0].own_unit);
    assert_int_equal(r->check_count, 6); /* linked, readable_hives, readable_kind, readable_since, required_hives, some */
    assert_int_equal(r->checks[5].about, 1); /* as it expects hives > 0 */
    assert_int_equal(sector_checks_about(r, 0, DIMENSION_COMPLETE), 1 << 4);
    assert_int_equal(sector_attribute_find(r, STR("subject")), SECTOR_SUBJECT);
    assert_int_equal(sector_checks_about(r, SECTOR_SUBJECT, DIMENSION_CORRECT), 1);
    assert_true(r->fields[1].share && code_item_find(r->fields[1].codes, STR("crops")));
    assert_null(defs_sector(d, STR("butterflies"), (day){ 20260701 }));
    defs_free(d);
    folder_drop(&folder, "definitions/register/bees.yaml");
}

/* `text` with the first `from` replaced. */
static const char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)).ptr;
}

static void versions_follow_one_another(void **state)
{
    (void)state;
    folder_put(&folder, "definitions/register/bees.yaml", changed(bees, "from: 2026-01-01\n", "from: 2026-01-01\nto: 2026-06-30\n"));
    folder_put(&folder, "definitions/register/bees-2.yaml", changed(changed(bees, "from: 2026-01-01", "from: 2026-07-01"), "max: 500", "max: 900"));
    struct defs *d = loaded();
    const struct sector_register *old = defs_sector(d, STR("beekeepers"), (day){ 20260630 });
    const struct sector_register *new = defs_sector(d, STR("beekeepers"), (day){ 20260701 });
    assert_true(old && new && old->fields[0].max == 500 && new->fields[0].max == 900);
    assert_ptr_equal(defs_sector(d, STR("beekeepers"), (day){ 20200101 }), old);
    assert_int_equal(old->rules_hash, new->rules_hash);
    defs_free(d);
    folder_drop(&folder, "definitions/register/bees.yaml");
    folder_drop(&folder, "definitions/register/bees-2.yaml");
}

struct wrong {
    const char *from, *to, *reason;
    int line;
};

static const struct wrong wrongs[] = {
    { "register: beekeepers", "register: Bees", "no code of a register", 1 },
    { "register: beekeepers", "register: farmers", "defined for the same days", 1 },
    { "owner: hoi-nong-dan", "owner: nobody", "no organisation “nobody”", 3 },
    { "class: personal", "class: private", "“private” is none of", 5 },
    { "from: 2026-01-01", "from: 2026-02-30", "not a day", 6 },
    { "from: 2026-01-01\n", "from: 2026-01-01\nto: 2025-01-01\n", "before “from”", 1 },
    { "need: required", "need: maybe", "“maybe” is none of", 7 },
    { "unit: residence", "unit: hives", "no field of type unit", 8 },
    { "subject: {need: required, label: {vi: Người nuôi, en: Keeper}}\n", "", "no residence", 7 },
    { "key: [subject]", "key: []", "“key” is missing", 1 },
    { "key: [subject]", "key: [wings]", "“wings” is no field", 9 },
    { "key: [subject]", "key: [since]", "may be absent", 9 },
    { "{roles: [officer]}", "{roles: [citizen]}", "do not work in a register", 13 },
    { "{roles: [officer]}", "{roles: [boss]}", "“boss” is none of", 13 },
    { "read:\n  - {roles: [officer]}\n", "read: []\n", "“read” is missing", 1 },
    { "key: hives", "key: Hives", "no key of a field", 15 },
    { "key: since", "key: hives", "stands twice", 17 },
    { "type: number", "type: integer", "“integer” is none of", 15 },
    { "min: 1, max: 500", "min: 5, max: 1", "“min” is larger", 15 },
    { "codes: farm-branch", "codes: bee-kind", "no code list “bee-kind”", 16 },
    { "share: true", "share: true, class: state-secret", "is a state secret", 16 },
    { "type: day", "type: day, colour: red", "“colour” is unknown", 17 },
    { "hives > 0", "wings > 0", "there is no field or function “wings”", 19 },
    { "hives > 0", "kind = 'bees'", "has no “bees”", 19 },
    { "dimension: correct", "dimension: nice", "“nice” is none of", 19 },
    { "rule: some", "rule: some, about: [wings]", "“wings” is no field", 19 },
    { "rule: some", "rule: readable_hives", "stands twice", 19 },
    { "says: {vi: a, en: b}", "says: {vi: a}", "“en” is missing", 19 },
    { "law: own\n", "law: own\nspeed: 3\n", "“speed” is unknown", 5 },
};

static void each_mistake_names_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct defs_problems problems = { .lang = LANG_EN };
        struct defs *d = (struct defs *)1;
        bool found = false;
        folder_put(&folder, "definitions/register/bees.yaml", changed(bees, wrongs[i].from, wrongs[i].to));
        if (!status_is(defs_load(arena, str_of(folder.path), &d, &problems), ERR_DEFINITION))
            fail_msg("%s: accepted", wrongs[i].to);
        assert_null(d);
        for (size_t k = 0; k < problems.count; k++) {
            const struct defs_problem *p = &problems.list[k];
            found = found || (str_eq(p->file, STR("register/bees.yaml")) && p->line == wrongs[i].line && p->remedy.len > 0 &&
                              str_find(p->reason, str_of(wrongs[i].reason)) < p->reason.len);
        }
        if (!found)
            fail_msg("%s: %d: %.*s", wrongs[i].to, problems.list[0].line, STR_ARG(problems.list[0].reason));
    }
    folder_drop(&folder, "definitions/register/bees.yaml");
}

static void code_lists_are_checked(void **state)
{
    static const struct { const char *text, *reason; } list[] = {
        { "codes: x\nname: {vi: a, en: b}\nitems: []\n", "“items” is missing" },
        { "codes: vaccine\nname: {vi: a, en: b}\nitems: [{code: a, vi: a, en: a}]\n", "stands twice" },
        { "codes: x\nname: {vi: a, en: b}\nitems: [{code: a, vi: Trồng trọt, en: a}, {code: b, vi: trồng trọt, en: b}]\n", "cannot be told from" },
        { "codes: x\nname: {vi: a, en: b}\nitems: [{code: a, vi: Một, en: One, also: [Uno]}, {code: b, vi: Hai, en: Two, also: [uno]}]\n", "cannot be told from" },
        { "codes: x\nname: {vi: a}\nitems: [{code: a, vi: a, en: a}]\n", "“en” is missing" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct defs_problems problems = { .lang = LANG_EN };
        struct defs *d;
        folder_put(&folder, "definitions/codes/own.yaml", list[i].text);
        assert_true(status_is(defs_load(arena, str_of(folder.path), &d, &problems), ERR_DEFINITION));
        if (str_find(problems.list[0].reason, str_of(list[i].reason)) == problems.list[0].reason.len)
            fail_msg("%zu: %.*s", i, STR_ARG(problems.list[0].reason));
    }
    folder_drop(&folder, "definitions/codes/own.yaml");
}

static void an_agreement_names_registers_that_exist(void **state)
{
    static const char text[] = "agreements:\n  - {code: OWN-9, member: bhxh, law: b, operations: [sector.rows], fields: [shared], registers: [%s], "
                               "from: 2026-01-01, title: {vi: t, en: t}}\n";
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d;
    (void)state;
    folder_put(&folder, "definitions/agreements/own.yaml", arena_printf(arena, text, "farmers").ptr);
    d = loaded();
    assert_true(defs_grounded_register(&defs_agreement(d, STR("OWN-9"))->is, STR("farmers")));
    assert_false(defs_grounded_register(&defs_agreement(d, STR("OWN-9"))->is, STR("elderly")));
    defs_free(d);
    folder_put(&folder, "definitions/agreements/own.yaml", arena_printf(arena, text, "unicorns").ptr);
    assert_true(status_is(defs_load(arena, str_of(folder.path), &d, &problems), ERR_DEFINITION));
    folder_drop(&folder, "definitions/agreements/own.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_registers_load), cmocka_unit_test(an_installation_adds_one), cmocka_unit_test(versions_follow_one_another),
        cmocka_unit_test(each_mistake_names_its_place), cmocka_unit_test(code_lists_are_checked), cmocka_unit_test(an_agreement_names_registers_that_exist),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
