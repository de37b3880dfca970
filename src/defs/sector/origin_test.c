/* Registers that live elsewhere, as definitions: one that is right, and each mistake told with its line and a remedy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "defs/sector/origin.h"
#include "defs/test/place.h"

static const char drivers[] =
    "register: drivers\n"
    "name: {vi: Lái xe, en: Drivers}\n"
    "owner: G01\n"
    "law: own\n"
    "class: personal\n"
    "from: 2026-01-01\n"
    "subject: {need: required, label: {vi: Người lái, en: Driver}}\n"
    "unit: residence\n"
    "key: [licence_no]\n"
    "write: [{roles: [coordinator]}]\n"
    "read: [{roles: [coordinator]}]\n"
    "fields:\n"
    "  - {key: licence_no, type: text, required: true, label: {vi: Số, en: Number}}\n"
    "  - {key: points, type: number, label: {vi: Điểm, en: Points}}\n"
    "  - {key: agent, type: text, class: state-secret, label: {vi: Mật, en: Secret}}\n"
    "origin:\n"
    "  url: https://gplx.example.vn:8443\n"
    "  path: /api/v1/find\n"
    "  agreement: AG-1\n"
    "  token: gplx\n"
    "  by_number: {code: drivers, who: {id: $number}}\n"
    "  by_key: {code: drivers, cells: [{field: licence_no, value: $licence_no}]}\n"
    "  good: {at: state, is: [here, fresh]}\n"
    "  rows: result.rows\n"
    "  subject: {number: owner.id, birth: owner.birth}\n"
    "  fields: {licence_no: \"cells[field=licence_no].value\", points: points}\n"
    "  fresh: 24h\n"
    "  timeout: 5s\n"
    "  silent: stale\n";

static const char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)).ptr;
}

static void a_definition_says_where_its_register_lives(void **state)
{
    struct defs *d = NULL;
    (void)state;
    folder_put(&folder, "definitions/register/drivers.yaml", drivers);
    assert_true(status_ok(defs_load(arena, str_of(folder.path), &d, NULL)));
    const struct sector_register *r = defs_sector(d, STR("drivers"), (day){ 20260701 });
    assert_true(r && r->origin && r->origin_line == 17);
    const struct sector_origin *o = r->origin;
    assert_int_equal(o->by_number.count, 2);
    assert_string_equal(arena_z(arena, o->by_number.parts[0].text), "{\"code\":\"drivers\",\"who\":{\"id\":");
    assert_int_equal(o->by_number.parts[0].slot, ORIGIN_SLOT_NUMBER);
    assert_string_equal(arena_z(arena, o->by_number.parts[1].text), "}}");
    assert_int_equal(o->by_key.parts[0].slot, 0);
    assert_true(o->fresh_us == INT64_C(86400000000) && o->timeout_ms == 5000 && o->tries == 3 && o->silent == ORIGIN_STALE);
    assert_true(o->good_count == 2 && str_eq(o->good_is[1], STR("fresh")) && o->fields[2].len == 0);
    assert_null(defs_sector(d, STR("driving-licences"), (day){ 20260701 })->origin);
    defs_free(d);
}

static void a_place_is_cut_into_steps(void **state)
{
    str rest = STR("a.cells[field=class].value"), name, member, value;
    (void)state;
    assert_true(origin_place_next(&rest, &name, &member, &value) && str_eq(name, STR("a")) && !member.len);
    assert_true(origin_place_next(&rest, &name, &member, &value) && str_eq(name, STR("cells")) && str_eq(member, STR("field")) && str_eq(value, STR("class")));
    assert_true(origin_place_next(&rest, &name, &member, &value) && str_eq(name, STR("value")));
    assert_false(origin_place_next(&rest, &name, &member, &value));
}

static const struct {
    const char *from, *to, *reason;
    int line;
} wrongs[] = {
    { "https://gplx", "http://gplx", "address without TLS", 17 },
    { "gplx.example.vn:8443", "me:secret@gplx.example.vn", "more than an address", 17 },
    { "  url: https://gplx.example.vn:8443\n", "", "“url” or “node”", 17 },
    { "  url: https://gplx.example.vn:8443\n", "  url: https://a.vn\n  node: b\n", "“url” or “node”", 17 },
    { "  url: https://gplx.example.vn:8443\n", "  node: csgt\n", "no node “csgt”", 17 },
    { "path: /api", "path: api", "no path", 18 },
    { "  agreement: AG-1\n", "", "“agreement” is missing", 17 },
    { "token: gplx", "token: ../gplx", "no name of a file", 20 },
    { "{id: $number}", "{id: $name}", "nothing is known under “$name”", 21 },
    { "{id: $number}", "{id: $points}", "nothing is known under “$points”", 21 },
    { "{id: $number}", "{id: all}", "has the personal number", 21 },
    { "value: $licence_no", "value: all", "has the whole key", 22 },
    { "is: [here, fresh]", "is: []", "“is” is missing", 23 },
    { "rows: result.rows", "rows: result..rows", "no place in an answer", 24 },
    { "number: owner.id, ", "", "has to say whom it is about", 25 },
    { "points: points", "speed: points", "no field “speed”", 26 },
    { "points: points", "agent: points", "“agent” is a state secret", 26 },
    { "licence_no: \"cells[field=licence_no].value\", ", "", "“licence_no” stands nowhere", 26 },
    { "cells[field=licence_no].value", "cells[field=licence_no.value", "no place in an answer", 26 },
    { "fresh: 24h", "fresh: 24", "no span of time", 27 },
    { "fresh: 24h", "fresh: 400d", "no span of time", 27 },
    { "timeout: 5s", "timeout: 5m", "no span of time up to 30", 28 },
    { "silent: stale", "silent: guess", "“guess” is none of", 29 },
    { "silent: stale", "silent: stale\n  colour: red", "“colour” is unknown", 30 },
    { "class: personal\n", "class: state-secret\n", "never fetched", 17 },
};

static void told(const char *reason, int line)
{
    struct defs_problems problems = { .lang = LANG_EN };
    struct defs *d = NULL;
    status st = defs_load(arena, str_of(folder.path), &d, &problems);
    assert_true(status_is(st, ERR_DEFINITION));
    const struct defs_problem *p = &problems.list[0];
    if (!strstr(arena_z(arena, p->reason), reason) || p->line != line || !p->remedy.len || !str_eq(p->file, STR("register/drivers.yaml")))
        fail_msg("%s (line %d) is told as %.*s:%d %.*s", reason, line, STR_ARG(p->file), p->line, STR_ARG(p->reason));
    fault_clear();
}

static void each_mistake_names_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        folder_put(&folder, "definitions/register/drivers.yaml", changed(drivers, wrongs[i].from, wrongs[i].to));
        told(wrongs[i].reason, wrongs[i].line);
    }
}

static void a_register_does_not_ask_itself(void **state)
{
    static const char peers[] = "self: centre\npeers:\n  - {node: csgt, url: \"http://127.0.0.1:1\", key: \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\", holds: []}\n";
    (void)state;
    folder_put(&folder, "definitions/peers.yaml", peers);
    folder_put(&folder, "definitions/register/drivers.yaml", changed(drivers, "url: https://gplx.example.vn:8443", "node: centre"));
    told("would ask itself", 17);
    folder_put(&folder, "definitions/register/drivers.yaml", changed(drivers, "url: https://gplx.example.vn:8443", "node: csgt"));
    told("address without TLS", 17);
    folder_drop(&folder, "definitions/peers.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_definition_says_where_its_register_lives), cmocka_unit_test(a_place_is_cut_into_steps),
        cmocka_unit_test(each_mistake_names_its_place), cmocka_unit_test(a_register_does_not_ask_itself),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
