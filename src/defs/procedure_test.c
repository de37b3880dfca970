/* The built-in procedures are read whole, and each thing that can be wrong in one is refused at its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "defs/procedure.h"
#include "defs/test/place.h"

static const char *const head =
    "procedures:\n"
    "  - key: test-permit\n"
    "    name: {vi: Giấy phép thử, en: Test permit}\n"
    "    area: {vi: Thử, en: Test}\n"
    "    law: \"x\"\n"
    "    from: 2026-01-01\n"
    "    level: full\n"
    "    result: {vi: Giấy phép, en: Permit}\n"
    "    steps: [{key: examine, label: {vi: Xem xét, en: Examined}}]\n";

static struct defs *load(const char *body, struct defs_problems *problems)
{
    struct defs *d = NULL;
    folder_put(&folder, "definitions/procedures/x.yaml", arena_printf(arena, "%s%s", head, body).ptr);
    status st = defs_load(arena, str_of(folder.path), &d, problems);
    assert_true(status_ok(st) == (problems->count == 0));
    return d;
}

static void reads_the_services_of_the_programme(void **state)
{
    struct defs *d = NULL;
    struct defs_problems problems = { .lang = LANG_EN };
    size_t effects = 0;
    (void)state;
    assert_true(status_ok(defs_load(arena, (str){ 0 }, &d, &problems)));
    assert_true(defs_procedure_count(d) >= 27); /* the 25 of QĐ 06, marital status, household business */
    for (size_t i = 0; i < defs_procedure_count(d); i++) {
        const struct procedure *p = defs_procedure_nth(d, i);
        assert_true(p->field_count > 0 && p->step_count > 0 && p->name_vi.len > 0 && p->name_en.len > 0);
        assert_true(p->working_days > 0 || p->working_hours > 0 || p->working_days == 0);
        effects += p->effect_count;
    }
    assert_true(effects >= 8);
    const struct procedure *birth = defs_procedure(d, STR("birth"), (day){ 20260701 });
    assert_non_null(birth);
    assert_int_equal(birth->working_days, 0);
    assert_true(str_eq(birth->authority, STR("justice")));
    assert_true(procedure_field(birth, STR("child_birth"))->past);
    assert_null(procedure_field(birth, STR("nothing")));
    assert_null(defs_procedure(d, STR("birth"), (day){ 20200101 })); /* not yet in force */
    defs_free(d);
}

static void keeps_versions_apart(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d = load("    to: 2026-06-30\n    authority: {kind: justice, at: applicant}\n    form: [{key: why, type: text, label: {vi: Lý do, en: Why}}]\n"
                          "    deadline: {working_days: 3}\n"
                          "  - key: test-permit\n    name: {vi: Giấy phép mới, en: New permit}\n    area: {vi: Thử, en: Test}\n    law: \"x\"\n    from: 2026-07-01\n"
                          "    level: full\n    result: {vi: Giấy phép, en: Permit}\n    steps: [{key: examine, label: {vi: Xem xét, en: Examined}}]\n"
                          "    authority: {kind: justice, at: applicant}\n    form: [{key: why, type: text, label: {vi: Lý do, en: Why}}]\n    deadline: {working_days: 1}\n", &problems);
    (void)state;
    assert_non_null(d);
    assert_int_equal(defs_procedure(d, STR("test-permit"), (day){ 20260630 })->working_days, 3);
    assert_int_equal(defs_procedure(d, STR("test-permit"), (day){ 20260701 })->working_days, 1);
    defs_free(d);
}

#define REST "    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n"
#define GROUP_OF(fields) "    form: [{key: who, type: group, item: {vi: a, en: b}, label: {vi: a, en: b}, fields: [" fields "]}]\n"

#define FORM "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n"

#define OTHER "  - key: other\n    name: {vi: a, en: b}\n    area: {vi: a, en: b}\n    law: x\n    from: 2026-01-01\n    level: full\n    result: {vi: a, en: b}\n" REST

static void refuses_what_is_wrong(void **state)
{
    static const struct {
        const char *body, *reason;
        int line;
    } wrong[] = {
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: nowhere}\n    deadline: {working_days: 1}\n", "“nowhere” is no place", 11 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: wizards, at: applicant}\n    deadline: {working_days: 1}\n", "there is no kind of organisation", 11 },
        { "    form: [{key: why, type: colour, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "colour", 10 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n    effects: [{operation: person.death, with: {number: form.whom}}]\n", "“form.whom” is no value", 13 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}, {key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "stands twice", 10 },
        { "    form: [{key: why, type: text, when: {field: later, is: x}, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "which is not asked before", 10 },
        { "    form: [{key: why, type: choice, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "leaves no choice", 10 },
        { "    form: [{key: why, type: text, prefill: salary, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "there is no field “salary”", 10 },
        { "    form: [{key: why, type: text, prefill: {fact: number}, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "“sex” is missing", 10 },
        { "    form: [{key: why, type: text, prefill: {fact: number, sex: some}, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "“some” is none of", 10 },
        { "    form: [{key: why, type: text, prefill: [name, number, birth], label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "more than 2 ways to fill it in", 10 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {restart: true}\n", "time limit is not clear", 12 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n    colour: red\n", "colour", 13 },
        { GROUP_OF("{key: a, type: text, label: {vi: a, en: b}}, {key: a, type: text, label: {vi: a, en: b}}") REST, "stands twice", 10 },
        { GROUP_OF("{key: a, type: text, when: {field: b, is: x}, label: {vi: a, en: b}}, {key: b, type: text, label: {vi: a, en: b}}") REST, "which is not asked before", 10 },
        { GROUP_OF("{key: a, type: text, when: {field: who, is: x}, label: {vi: a, en: b}}") REST, "which is not asked before", 10 },
        { GROUP_OF("{key: a, type: group, item: {vi: a, en: b}, label: {vi: a, en: b}, fields: [{key: b, type: text, label: {vi: a, en: b}}]}") REST, "stands in a group", 10 },
        { "    form: [{key: who, type: group, label: {vi: a, en: b}, fields: [{key: a, type: text, label: {vi: a, en: b}}]}]\n" REST, "item", 10 },
        { "    form: [{key: who, type: group, item: {vi: a, en: b}, label: {vi: a, en: b}}]\n" REST, "asks nothing", 10 },
        { "    form: [{key: who, type: group, max: 51, item: {vi: a, en: b}, label: {vi: a, en: b}, fields: [{key: a, type: text, label: {vi: a, en: b}}]}]\n" REST, "51", 10 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n" REST "    effects: [{operation: person.death, each: why, with: {number: =1}}]\n", "no group “why”", 13 },
        { GROUP_OF("{key: a, type: text, label: {vi: a, en: b}}") REST "    effects: [{operation: person.death, with: {number: row.a}}]\n", "“row.a” is no value", 13 },
        { GROUP_OF("{key: a, type: text, label: {vi: a, en: b}}") REST "    effects: [{operation: person.death, each: who, with: {number: row.b}}]\n", "“row.b” is no value", 13 },
        { "    form: [{key: why, type: text, label: {vi: a, en: b}}]\n" REST "    components: [{key: c, when: {field: who, is: x}, label: {vi: a, en: b}}]\n", "which the form does not ask", 13 },
        { FORM REST "    effects: [{put: farmers, with: {member_no: form.why}}]\n", "about", 13 },
        { FORM REST "    effects: [{put: farmers, about: form.whom, with: {member_no: form.why}}]\n", "“form.whom” is no value", 13 },
        { FORM REST "    effects: [{change: farmers, about: applicant.number, with: {member_no: \"next.A###\"}}]\n", "“next.A###” is no value", 13 },
        { FORM REST OTHER FORM "    steps: [{key: a, office: {kind: tax, at: applicant}, label: {vi: a, en: b}}, {key: b, label: {vi: a, en: b}}]\n", "the first and the last step belong", 23 },
        { FORM REST OTHER FORM "    steps: [{key: a, label: {vi: a, en: b}}, {key: b, office: {kind: wizards, at: applicant}, label: {vi: a, en: b}}, {key: c, label: {vi: a, en: b}}]\n", "no kind of organisation “wizards”", 23 },
        { FORM REST OTHER FORM "    steps: [{key: a, label: {vi: a, en: b}}, {key: b, office: {kind: tax, at: why}, label: {vi: a, en: b}}, {key: c, label: {vi: a, en: b}}]\n", "“why” is no place", 23 },
        { FORM REST "    effects: [{with: {member_no: form.why}}]\n", "the effect does nothing", 13 },
        { "    to: 2025-01-01\n    form: [{key: why, type: text, label: {vi: a, en: b}}]\n    authority: {kind: justice, at: applicant}\n    deadline: {working_days: 1}\n", "“to” lies before “from”", 2 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct defs_problems problems = { .lang = LANG_EN };
        bool found = false;
        struct defs *d = load(wrong[i].body, &problems);
        for (size_t k = 0; k < problems.count; k++) {
            const struct defs_problem *p = &problems.list[k];
            found = found || (str_find(p->reason, str_of(wrong[i].reason)) < p->reason.len && p->line == wrong[i].line && p->remedy.len > 0);
        }
        if (!found)
            for (size_t k = 0; k < problems.count; k++)
                print_message("# case %zu: line %d: %.*s\n", i, problems.list[k].line, STR_ARG(problems.list[k].reason));
        assert_true(found);
        defs_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_services_of_the_programme), cmocka_unit_test(keeps_versions_apart), cmocka_unit_test(refuses_what_is_wrong),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
