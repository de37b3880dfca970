/* The built-in life events are read whole, and each thing that can be wrong in one, or among the peers, is refused at its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "defs/life.h"
#include "defs/test/place.h"

static struct defs *load(const char *name, const char *head, const char *body, struct defs_problems *problems)
{
    struct defs *d = NULL;
    const char *file = arena_printf(arena, "definitions/%s", name).ptr;
    folder_put(&folder, file, arena_printf(arena, "%s%s", head, body).ptr);
    status st = defs_load(arena, str_of(folder.path), &d, problems);
    assert_true(status_ok(st) == (problems->count == 0));
    folder_drop(&folder, file);
    return d;
}

static void the_four_events_load(void **state)
{
    static const char *const all[] = { "birth", "death", "marriage", "move" };
    struct defs *d = NULL;
    struct defs_problems problems = { .lang = LANG_EN };
    (void)state;
    assert_true(status_ok(defs_load(arena, (str){ 0 }, &d, &problems)));
    for (size_t i = 0; i < 4; i++) {
        const struct life_event *e = defs_life(d, str_of(all[i]), (day){ 20261122 });
        assert_non_null(e);
        assert_true(e->leg_count > 0 && e->acknowledge_minutes == 120); /* NĐ 63/2024: two working hours */
    }
    const struct life_event *birth = defs_life(d, STR("birth"), (day){ 20261122 });
    int residence = life_leg_find(birth, STR("residence"));
    assert_true(residence > 0 && birth->legs[residence].working_days == 2);
    assert_true(birth->legs[residence].needs == (1u << life_leg_find(birth, STR("number")) | 1u << life_leg_find(birth, STR("consent"))));
    assert_null(defs_life(d, STR("birth"), (day){ 20240101 }));
    assert_int_equal(defs_peer_count(d), 0);
    defs_free(d);
}

#define EVENT "life_events:\n  - key: x\n    name: {vi: Thử, en: Test}\n    law: x\n    from: 2026-01-01\n    procedure: birth-linked\n    subject: applicant.number\n    legs:\n"
#define LEG(key, rest) "      - {key: " key ", name: {vi: A, en: A}, owner: {kind: police, at: form.registered_at}" rest "}\n"

static void what_is_wrong_is_refused_at_its_place(void **state)
{
    static const struct { const char *body, *reason; } cases[] = {
        { LEG("a", ", needs: [b]") LEG("b", ""), "there is no leg “b” above" },
        { LEG("a", ", needs: [a]"), "there is no leg “a” above" },
        { LEG("a", "") LEG("a", ""), "stands twice" },
        { LEG("a", ", effects: [{operation: person.move, with: {number: form.salary}}]"), "“form.salary” is nothing" },
        { LEG("a", ", effects: [{operation: person.move, with: {number: leg.b.number}}]"), "“leg.b.number” is nothing" },
        { LEG("a", ", effects: [{with: {number: form.child_name}}]"), "the effect does nothing" },
        { LEG("a", ", when: {value: known.money, is: x}"), "“known.money” is nothing" },
        { "      - {key: a, name: {vi: A, en: A}, owner: {kind: castle, at: form.registered_at}}\n", "no kind of organisation “castle”" },
        { "      - {key: a, name: {vi: A, en: A}, automatic: true, owner: {person: known.head, kind: police, at: form.registered_at}}\n", "nobody would be asked" },
        { LEG("a", ", colour: red"), "colour" },
        { "      []\n", "0 legs" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct defs_problems problems = { .lang = LANG_EN };
        struct defs *d = load("life-events/x.yaml", EVENT, cases[i].body, &problems);
        if (d || problems.count == 0 || str_find(problems.list[0].reason, str_of(cases[i].reason)) == problems.list[0].reason.len)
            fail_msg("case %zu: %s", i, problems.count ? arena_z(arena, problems.list[0].reason) : "accepted");
        assert_true(problems.list[0].line > 0 && str_ends(problems.list[0].file, STR("x.yaml")));
    }
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d = load("life-events/x.yaml", EVENT, LEG("a", "") LEG("b", ", needs: [a]"), &problems);
    assert_non_null(d);
    defs_free(d);
}

#define KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void peers_are_named_once_with_their_keys(void **state)
{
    static const struct { const char *body, *reason; } cases[] = {
        { "peers:\n  - {node: b, url: \"http://h\", key: " KEY ", holds: [police]}\n", "could not know who writes" },
        { "self: a\npeers:\n  - {node: a, url: \"http://h\", key: " KEY ", holds: [police]}\n", "no name for another node" },
        { "self: a\npeers:\n  - {node: B!, url: \"http://h\", key: " KEY ", holds: [police]}\n", "no name for another node" },
        { "self: a\npeers:\n  - {node: b, url: \"ftp://h\", key: " KEY ", holds: [police]}\n", "no address" },
        { "self: a\npeers:\n  - {node: b, url: \"http://h\", key: short, holds: [police]}\n", "43 characters" },
        { "self: a\npeers:\n  - {node: b, url: \"http://h\", key: " KEY ", holds: [castle]}\n", "no kind of organisation" },
    };
    struct defs_problems problems = { .lang = LANG_EN };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct defs *d = load("peers.yaml", "", cases[i].body, &problems);
        if (d || problems.count == 0 || str_find(problems.list[0].reason, str_of(cases[i].reason)) == problems.list[0].reason.len)
            fail_msg("case %zu: %s", i, problems.count ? arena_z(arena, problems.list[0].reason) : "accepted");
    }
    struct defs *d = load("peers.yaml", "", "self: a\npeers:\n  - {node: b, url: \"http://h\", key: " KEY ", holds: [social_insurance]}\n", &problems);
    assert_non_null(d);
    assert_true(str_eq(defs_node(d), STR("a")) && str_eq(defs_peer_holding(d, STR("social_insurance"))->node, STR("b")));
    assert_null(defs_peer_holding(d, STR("police")));
    defs_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_four_events_load, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_refused_at_its_place, setup, teardown),
        cmocka_unit_test_setup_teardown(peers_are_named_once_with_their_keys, setup, teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
