/* Answers of agencies, read by the places that a definition names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "origin/inside.h"

static struct arena *arena;
static str places[SECTOR_FIELDS_MAX + 1];
static struct sector_field fields[] = { { .key = STR("no") }, { .key = STR("points") }, { .key = STR("note") } };
static struct sector_origin where = { .good_at = STR("state"), .good_is = { STR("ok") }, .good_count = 1, .rows = STR("result.rows"),
                                      .number = STR("who.id"), .name = STR("who.name"), .birth = STR("who.birth"), .sex = STR("who.sex"), .fields = places };
static const struct sector_register def = { .code = STR("drivers"), .fields = fields, .field_count = 3, .origin = &where };

static int setup(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    places[0] = STR("cells[field=no].value");
    places[1] = STR("points");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum origin_reason reading(const char *body, struct sector_fetched_in *ret)
{
    const struct origin_question q = { .def = &def, .ask = 7, .lease = 9 };
    return answer_read(arena, &q, str_of(body), ret);
}

static void a_row_is_read_by_its_places(void **state)
{
    struct sector_fetched_in in;
    (void)state;
    assert_int_equal(reading("{\"state\":\"ok\",\"result\":{\"rows\":[{\"who\":{\"id\":\"001085000123\",\"name\":\"Nguyễn An\",\"birth\":\"1985-02-03\",\"sex\":\"male\"},"
                             "\"cells\":[{\"field\":\"class\",\"value\":\"B\"},{\"field\":\"no\",\"value\":\"790\"}],\"points\":12,\"more\":[1]}]}}", &in), ORIGIN_NO_REASON);
    assert_true(in.ask == 7 && in.lease == 9 && in.rows_count == 1);
    const struct sector_given *g = &in.rows[0];
    assert_true(g->has_number && g->number == INT64_C(1085000123) && g->birth.ymd == 19850203 && g->sex == SEX_MALE && g->name.len > 0);
    assert_int_equal(g->cells_count, 2);
    assert_true(str_eq(g->cells[0].field, STR("no")) && str_eq(g->cells[0].value, STR("790")) && str_eq(g->cells[1].value, STR("12")));
}

static void nobody_is_an_answer_too(void **state)
{
    struct sector_fetched_in in;
    (void)state;
    assert_int_equal(reading("{\"state\":\"ok\",\"result\":{\"rows\":[]}}", &in), ORIGIN_NO_REASON);
    assert_int_equal(in.rows_count, 0);
}

static void what_has_another_form_is_refused_whole(void **state)
{
    static const struct { const char *body; enum origin_reason reason; } bad[] = {
        { "", ORIGIN_UNREADABLE },
        { "<html>", ORIGIN_UNREADABLE },
        { "[]", ORIGIN_UNREADABLE },
        { "{\"state\":\"asking\",\"result\":{\"rows\":[]}}", ORIGIN_LATER },
        { "{\"result\":{\"rows\":[]}}", ORIGIN_LATER },
        { "{\"state\":\"ok\"}", ORIGIN_UNREADABLE },
        { "{\"state\":\"ok\",\"result\":{\"rows\":{}}}", ORIGIN_UNREADABLE },
        { "{\"state\":\"ok\",\"result\":{\"rows\":[7]}}", ORIGIN_UNREADABLE },
        { "{\"state\":\"ok\",\"result\":{\"rows\":[{\"who\":{\"id\":\"1\"}}]}}", ORIGIN_UNREADABLE },
        { "{\"state\":\"ok\",\"result\":{\"rows\":[{\"who\":{\"id\":\"001085000123\",\"birth\":\"yesterday\"}}]}}", ORIGIN_UNREADABLE },
        { "{\"state\":\"ok\",\"result\":{\"rows\":[{\"who\":{\"id\":\"001085000123\"},\"points\":{\"left\":3}}]}}", ORIGIN_UNREADABLE },
        { "{\"state\":\"ok\",\"result\":{\"rows\":[{\"who\":{\"id\":\"001085000123\"},\"points\":\"a\\u0001b\"}]}}", ORIGIN_UNREADABLE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sector_fetched_in in;
        if (reading(bad[i].body, &in) != bad[i].reason)
            fail_msg("%s", bad[i].body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_row_is_read_by_its_places), cmocka_unit_test(nobody_is_an_answer_too),
                                        cmocka_unit_test(what_has_another_form_is_refused_whole) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
