/* The form: each kind of answer, conditions, what is missing or not asked, and the round trip through the store. */
#include "register/test/fixture.h"

#include <string.h>

#include "service/inside.h"

#define A(k, v) (struct answer){ STR(k), STR(v) }

static const struct procedure *procedure_of(struct fixture *f, const char *key)
{
    f->cx.today = (day){ 20261121 };
    const struct procedure *p = defs_procedure(f->app->defs, str_of(key), f->cx.today);
    assert_non_null(p);
    return p;
}

static void checks_each_kind(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct procedure *p = procedure_of(f, "birth"), *land = procedure_of(f, "land-change"), *shop = procedure_of(f, "household-business");
    GOOD(form_check(&f->cx, p, (struct answer[]){ A("child_name", "An"), A("child_sex", "male"), A("child_birth", "2026-11-21"), A("registered_at", "00004@new"),
                                                   A("mother_number", "001190000001"), A("copies", "3") }, 6, true));
    BAD(form_check(&f->cx, p, (struct answer[]){ A("child_birth", "2026-11-22") }, 1, false), EVENT_FUTURE);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("child_birth", "2026") }, 1, false), DAY_FORMAT);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("child_birth", "2026-02-30") }, 1, false), DAY_FORMAT);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("registered_at", "99999@new") }, 1, false), UNIT_UNKNOWN);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("registered_at", "00004@old") }, 1, false), UNIT_UNKNOWN); /* no longer in force */
    BAD(form_check(&f->cx, p, (struct answer[]){ A("mother_number", "12345") }, 1, false), NUMBER_FORMAT);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("copies", "51") }, 1, false), VALUE_RANGE);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("copies", "many") }, 1, false), FIELD_TYPE);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("child_sex", "x") }, 1, false), ENUM_UNKNOWN);
    BAD(form_check(&f->cx, land, (struct answer[]){ A("change", "theft") }, 1, false), ENUM_UNKNOWN);
    BAD(form_check(&f->cx, shop, (struct answer[]){ A("conditional", "maybe") }, 1, false), FIELD_TYPE);
    BAD(form_check(&f->cx, shop, (struct answer[]){ A("capital", "999999") }, 1, false), VALUE_RANGE);
    BAD(form_check(&f->cx, procedure_of(f, "passport"), (struct answer[]){ A("phone", "12") }, 1, false), FIELD_TYPE);
}

static void asks_only_what_applies(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct procedure *p = procedure_of(f, "marital-status");
    BAD(form_check(&f->cx, p, (struct answer[]){ A("purpose", "marriage") }, 1, true), FIELD_MISSING);
    assert_string_equal(fault_here()->field, "answers.with_whom");
    GOOD(form_check(&f->cx, p, (struct answer[]){ A("purpose", "marriage"), A("with_whom", "B") }, 2, true));
    BAD(form_check(&f->cx, p, (struct answer[]){ A("purpose", "property"), A("with_whom", "B") }, 2, true), FIELD_UNKNOWN);
    GOOD(form_check(&f->cx, p, (struct answer[]){ A("purpose", "property") }, 1, true));
    BAD(form_check(&f->cx, p, NULL, 0, true), FIELD_MISSING);
    GOOD(form_check(&f->cx, p, NULL, 0, false));
    BAD(form_check(&f->cx, p, (struct answer[]){ A("salary", "5") }, 1, false), FIELD_UNKNOWN);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("purpose", "other"), A("purpose", "property") }, 2, false), FIELD_DOUBLE);
}

static void keeps_answers(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct answer old[] = { A("a", "Nguyễn \"An\" \\ x"), A("b", "2"), A("c", "3") }, add[] = { A("b", "new"), A("c", "") }, *all, *back;
    size_t count, back_count;
    str stored;
    form_merge(&f->cx, (struct answers){ old, 3 }, (struct answers){ add, 2 }, &all, &count);
    assert_int_equal(count, 2);
    GOOD(form_store(&f->cx, all, count, &stored));
    GOOD(form_load(&f->cx, stored, &back, &back_count));
    assert_int_equal(back_count, 2);
    assert_true(str_eq(form_answer(back, back_count, STR("a"))->value, old[0].value));
    assert_true(str_eq(form_answer(back, back_count, STR("b"))->value, STR("new")));
    assert_null(form_answer(back, back_count, STR("c")));
    BAD(form_load(&f->cx, STR("[1]"), &back, &back_count), CORRUPT);
    BAD(form_load(&f->cx, STR("{"), &back, &back_count), CORRUPT);
}

/* Rows: counted, asked one by one, conditions within a row, dropped in the middle; what an answer closes is forgotten. */
static void repeats(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct procedure *p = procedure_of(f, "residence");
    struct answer whole[] = { A("to_unit", "00004@new"), A("address", "x"), A("since", "2026-01-01"), A("home", "own"), A("members", "2"),
                              A("members.1.number", "001190000001"), A("members.1.relation", "spouse"), A("members.2.number", "001190000002"),
                              A("members.2.relation", "other"), A("members.2.relation_other", "cháu") };
    GOOD(form_check(&f->cx, p, whole, 10, true));
    BAD(form_check(&f->cx, p, whole, 9, true), FIELD_MISSING); /* the condition of the second row holds there alone */
    assert_string_equal(fault_here()->field, "answers.members.2.relation_other");
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members", "1"), A("members.2.number", "001190000002") }, 2, false), FIELD_UNKNOWN);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members.1.number", "001190000002") }, 1, false), FIELD_UNKNOWN);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members", "21") }, 1, false), VALUE_RANGE);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members", "-1") }, 1, false), VALUE_RANGE);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members", "1"), A("members.01.number", "001190000002") }, 2, false), FIELD_UNKNOWN);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members", "1"), A("members.1.salary", "1") }, 2, false), FIELD_UNKNOWN);
    BAD(form_check(&f->cx, p, (struct answer[]){ A("members", "1"), A("members.1.number", "12") }, 2, false), NUMBER_FORMAT);
    size_t count = 10;
    GOOD(form_row_drop(&f->cx, p, STR("members.1"), whole, &count));
    assert_int_equal(count, 8);
    assert_true(str_eq(form_answer(whole, count, STR("members"))->value, STR("1")));
    assert_true(str_eq(form_answer(whole, count, STR("members.1.relation_other"))->value, STR("cháu")));
    BAD(form_row_drop(&f->cx, p, STR("members.2"), whole, &count), FIELD_UNKNOWN);
    BAD(form_row_drop(&f->cx, p, STR("address.1"), whole, &count), FIELD_UNKNOWN);
}

static void forgets_what_is_closed(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct procedure *p = procedure_of(f, "household-business");
    struct answer all[] = { A("founders", "one"), A("members", "2"), A("members.1.capital", "5") }, given[] = { A("founders", "one") };
    size_t count = 3;
    form_settle(p, (struct answers){ given, 1 }, all, &count);
    assert_int_equal(count, 1);
    struct answer again[] = { A("founders", "one"), A("members", "2") };
    count = 2;
    form_settle(p, (struct answers){ again, 2 }, again, &count);
    assert_int_equal(count, 2); /* just given: refused, not swallowed */
    BAD(form_check(&f->cx, p, again, count, false), FIELD_UNKNOWN);
    struct form_walk walk = { .procedure = p, .answers = { (struct answer[]){ A("founders", "family"), A("members", "3") }, 2 } };
    struct procedure_place at;
    int seen = 0;
    while (form_next(&walk, &at))
        seen += at.group && str_eq(form_key(&f->cx, &at), arena_printf(f->cx.arena, "members.%d.number", seen + 1));
    assert_int_equal(seen, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(checks_each_kind, fixture_sqlite, fixture_end), cmocka_unit_test_setup_teardown(asks_only_what_applies, fixture_sqlite, fixture_end),
        cmocka_unit_test_setup_teardown(keeps_answers, fixture_sqlite, fixture_end), cmocka_unit_test_setup_teardown(repeats, fixture_sqlite, fixture_end),
        cmocka_unit_test_setup_teardown(forgets_what_is_closed, fixture_sqlite, fixture_end),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
