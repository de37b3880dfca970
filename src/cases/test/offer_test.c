/* Offers: what a register holds is accepted at once, the rest is decided, and what was refused is not asked again. */
#include "register/test/fixture.h"

#include "cases/inside.h"
#include "notice/notice.h"

static void licence(struct fixture *f, int64_t number)
{
    struct sector_given_cell cells[] = { { STR("licence_no"), STR("012345678901") }, { STR("class"), STR("B") }, { STR("issued"), STR("2020-01-01") } };
    struct sector_given g = { .has_number = true, .number = number, .cells = cells, .cells_count = 3 };
    struct sector_put_out out;
    as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ STR("register"), STR("driving-licences") };
    GOOD(call(f, "sector.put", &(struct sector_put_in){ .code = STR("driving-licences"), .rows = &g, .rows_count = 1 }, &out));
}

static status offered(struct fixture *f, int64_t person, const char *topic, const char *value, struct offer_make_out *out)
{
    as_citizen(f, (person_id){ person });
    return call(f, "offer.make", &(struct offer_make_in){ .topic = str_of(topic), .value = str_of(value), .evidence = STR("ảnh giấy tờ") }, out);
}

static void decided(struct fixture *f, int64_t id, int32_t choice)
{
    struct case_adjudicate_out out;
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    GOOD(call(f, "case.adjudicate", &(struct case_adjudicate_in){ .id = id, .expected_version = 1, .choice = choice, .has_reason = true, .reason = STR("đã xem giấy tờ") }, &out));
}

static void what_is_known_is_accepted(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = resident(f, NULL, 19900102);
    struct offer_make_out out;
    struct offer_mine_out mine;
    licence(f, p.number);
    GOOD(offered(f, p.person, "driving_licence", "012345678901", &out));
    assert_int_equal(out.item.state, OFFER_ITEM_STATE_ACCEPTED);
    assert_true(str_starts(out.item.reason, STR("driving-licences/")));
    GOOD(offered(f, p.person, "driving_licence", "999999999999", &out)); /* the register says something else: an officer looks */
    assert_int_equal(out.item.state, OFFER_ITEM_STATE_WAITING);
    BAD(offered(f, p.person, "horse", "x", &out), ENUM_UNKNOWN);
    BAD(offered(f, p.person, "kinship", " ", &out), FIELD_MISSING);
    GOOD(call(f, "offer.mine", &(struct offer_mine_in){ 0 }, &mine));
    assert_int_equal(mine.offers_count, 2);
}

static void an_officer_decides_the_rest(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = resident(f, NULL, 19900102);
    struct offer_make_out out;
    struct held_facts held;
    GOOD(offered(f, p.person, "utilities", "PC0112233", &out));
    int64_t id = out.item.id;
    GOOD(offered(f, p.person, "utilities", "PC0112233", &out)); /* sent twice: one case */
    assert_int_equal(out.item.id, id);
    decided(f, id, CHOICE_REFUSE);
    BAD(offered(f, p.person, "utilities", "PC0112233", &out), OFFER_REFUSED);
    GOOD(offered(f, p.person, "utilities", "PC0112234", &out)); /* another value is another offer */
    assert_int_not_equal(out.item.id, id);
    GOOD(offered(f, p.person, "telecom", "0912345678", &out));
    decided(f, out.item.id, CHOICE_ACCEPT);
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 0 }, 0, &held));
    commit(f);
    assert_true(str_eq(held.field[FIELD_PHONE].fact.text, STR("0912345678")));
    assert_int_equal(held.field[FIELD_PHONE].fact.source, SOURCE_CITIZEN);
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    f->cx.actor.unit = (unit_id){ UNIT_B };
    BAD(call(f, "offer.make", &(struct offer_make_in){ .has_number = true, .number = p.number, .topic = STR("kinship"), .value = STR("x"), .evidence = STR("y") }, &out),
        PERSON_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(what_is_known_is_accepted), EVERYWHERE(an_officer_decides_the_rest) };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &cases_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
