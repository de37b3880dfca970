/* Reader and writer of operations: every type, every refusal with its field, and the round trip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gate/test/probe.h"

static struct arena *arena;
static struct app app;
static struct ctx cx;

static int setup(void **state)
{
    (void)state;
    struct defs_problems problems = { 0 };
    arena = arena_new(1 << 26);
    cx = (struct ctx){ .arena = arena, .app = &app, .today = { 20261121 } };
    return status_ok(defs_load(arena, (str){ 0 }, &app.defs, &problems)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    defs_free(app.defs);
    arena_free(arena);
    return 0;
}

static status read_json(const char *text, struct probe_show_in *in)
{
    fault_clear();
    return shape_read_json(&cx, &probe_show_in_shape, str_of(text), in);
}

static void good_input(void **state)
{
    (void)state;
    struct probe_show_in in;
    status st = read_json("{\"number\":\"001090000123\",\"name\":\"Nguyễn  Văn An\",\"birth\":\"1990-02\",\"fields\":[\"name\",\"birth\"]}", &in);
    assert_true(status_ok(st));
    assert_int_equal(in.number, 1090000123);
    assert_true(in.has_name && str_eq(in.name, STR("Nguyễn Văn An")));
    assert_int_equal(in.birth.ymd, 19900200);
    assert_int_equal(in.fields, (1u << FIELD_NAME) | (1u << FIELD_BIRTH));
}

static void refused_input(void **state)
{
    (void)state;
    static const struct { const char *text; enum error_code code; const char *field; } cases[] = {
        { "", ERR_BODY_NOT_JSON, "" },
        { "[]", ERR_FIELD_TYPE, "" },
        { "{\"number\":\"001090000123\"", ERR_BODY_NOT_JSON, "" },
        { "{\"number\":\"001090000123\",\"number\":\"001090000124\",\"fields\":[]}", ERR_FIELD_DOUBLE, "" },
        { "{\"fields\":[]}", ERR_FIELD_MISSING, "number" },
        { "{\"number\":\"001090000123\",\"fields\":[],\"extra\":1}", ERR_FIELD_UNKNOWN, "extra" },
        { "{\"number\":1090000123,\"fields\":[]}", ERR_FIELD_TYPE, "number" },
        { "{\"number\":\"00109000012\",\"fields\":[]}", ERR_NUMBER_FORMAT, "number" },
        { "{\"number\":\"0010900001234\",\"fields\":[]}", ERR_NUMBER_FORMAT, "number" },
        { "{\"number\":\"00109000012a\",\"fields\":[]}", ERR_NUMBER_FORMAT, "number" },
        { "{\"number\":\"001090000123\",\"birth\":\"1990-02-30\",\"fields\":[]}", ERR_DAY_FORMAT, "birth" },
        { "{\"number\":\"001090000123\",\"name\":\"\\u0007\",\"fields\":[]}", ERR_TEXT_CONTROL, "name" },
        { "{\"number\":\"001090000123\",\"name\":\"123456789012345678901\",\"fields\":[]}", ERR_TEXT_TOO_LONG, "name" },
        { "{\"number\":\"001090000123\",\"fields\":[\"salary\"]}", ERR_FIELDS_UNKNOWN, "fields" },
        { "{\"number\":\"001090000123\",\"fields\":\"name\"}", ERR_FIELD_TYPE, "fields" },
        { "{\"number\":\"\xff\",\"fields\":[]}", ERR_TEXT_NOT_UTF8, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct probe_show_in in;
        status st = read_json(cases[i].text, &in);
        if (st.code != cases[i].code || strcmp(fault_here()->field, cases[i].field) != 0)
            fail_msg("%s: got %s at \"%s\"", cases[i].text, error_def(st.code)->name, fault_here()->field);
    }
}

static void members(void **state)
{
    (void)state;
    struct probe_show_in in = { 0 };
    bool given[4] = { false };
    assert_true(status_is(shape_check_complete(&probe_show_in_shape, given), ERR_FIELD_MISSING));
    assert_true(status_ok(shape_read_member(&cx, &probe_show_in_shape, STR("number"), STR("001090000123"), &in)));
    assert_true(status_ok(shape_read_member(&cx, &probe_show_in_shape, STR("fields"), STR("name, sex"), &in)));
    assert_int_equal(in.fields, (1u << FIELD_NAME) | (1u << FIELD_SEX));
    assert_true(status_is(shape_read_member(&cx, &probe_show_in_shape, STR("nothing"), STR("x"), &in), ERR_FIELD_UNKNOWN));
}

static void written(void **state)
{
    (void)state;
    struct probe_item item = { .at = 0, .kind = 1 };
    struct probe_show_out out = { .holds = true, .name = STR("a\"b"), .items = &item, .items_count = 1 };
    struct buf b;
    buf_init(&b, 4096);
    shape_write_json(&cx, &probe_show_out_shape, &out, &b);
    str want = STR("{\"holds\":true,\"name\":\"a\\\"b\",\"items\":[{\"at\":\"1970-01-01T00:00:00.000000Z\",\"kind\":\"death\"}]}");
    if (!str_eq(buf_str(&b), want))
        fail_msg("%.*s", STR_ARG(buf_str(&b)));
    buf_done(&b);
}

static void round_trip(void **state)
{
    (void)state;
    struct rng r;
    rng_seed(&r, 7, 0);
    for (int i = 0; i < 2000; i++) {
        struct probe_show_in in = { .number = 1 + rng_below(&r, 2000000000), .has_birth = rng_chance(&r, 0.5), .fields = rng_u64(&r) & 0xffff }, back;
        if (in.has_birth)
            in.birth = day_from_number((int32_t)rng_below(&r, 30000));
        struct buf b;
        buf_init(&b, 4096);
        shape_write_json(&cx, &probe_show_in_shape, &in, &b);
        assert_true(status_ok(shape_read_json(&cx, &probe_show_in_shape, buf_str(&b), &back)));
        assert_int_equal(back.number, in.number);
        assert_int_equal(back.birth.ymd, in.birth.ymd);
        assert_int_equal(back.fields, in.fields);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_input), cmocka_unit_test(refused_input), cmocka_unit_test(members),
        cmocka_unit_test(written), cmocka_unit_test(round_trip),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
