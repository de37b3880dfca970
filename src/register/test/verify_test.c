/* What leaves the register: yes or no, permitted fields, history, one's own record, figures; each noted, none probed. */
#include "fixture.h"

static struct person_verify_out verify(struct fixture *f, const struct person_verify_in *in)
{
    struct person_verify_out out;
    GOOD(call(f, "person.verify", in, &out));
    assert_int_equal(f->journal.count, 1); /* one entry, whatever the answer */
    return out;
}

static bool holds(struct fixture *f, struct person_verify_in in) { return verify(f, &in).holds; }

static void claims_are_judged_one_by_one(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t n = born(f, "Nguyễn Thị Hoà", SEX_FEMALE, 19850714).number;
    as_system(f, "benhvien-tinh", "AG-2025-001");
    assert_true(holds(f, (struct person_verify_in){ .number = n }));
    assert_false(holds(f, (struct person_verify_in){ .number = n + 1 }));
    assert_true(holds(f, (struct person_verify_in){ .number = n, .has_name = true, .name = STR("NGUYỄN THỊ HÒA") }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_name = true, .name = STR("Nguyễn Thị Hoa") }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_name = true, .name = STR("") }));
    assert_true(holds(f, (struct person_verify_in){ .number = n, .has_birth = true, .birth = { 19850714 } }));
    assert_true(holds(f, (struct person_verify_in){ .number = n, .has_birth = true, .birth = { 19850000 } }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_birth = true, .birth = { 19850715 } }));
    assert_true(holds(f, (struct person_verify_in){ .number = n, .has_sex = true, .sex = SEX_FEMALE }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_sex = true, .sex = SEX_MALE }));
    assert_true(holds(f, (struct person_verify_in){ .number = n, .has_adult = true, .adult = true }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_adult = true, .adult = false }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_resident_of = true, .resident_of = { UNIT_A } }));
    assert_false(holds(f, (struct person_verify_in){ .number = n, .has_name = true, .name = STR("Nguyễn Thị Hoà"), .has_birth = true, .birth = { 19990101 } }));
}

static void an_unknown_person_answers_no_to_everything(void **state)
{
    struct fixture *f = fixture_ready(state);
    as_system(f, "benhvien-tinh", "AG-2025-001");
    const struct person_verify_in in = { .number = INT64_C(1199999999), .has_adult = true, .adult = false, .has_sex = true, .sex = SEX_UNKNOWN };
    assert_false(holds(f, in));
    assert_int_equal(f->journal.entries[0].person.v, 0);
    assert_true(f->journal.entries[0].fields == (FIELDS_NUMBER | FIELDS_BIRTH | FIELDS_SEX));
}

static void residence_is_judged_under_either_map(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t n = born(f, NULL, SEX_MALE, 19850714).number;
    struct person_move_in in = { .number = n, .unit = { UNIT_OLD }, .effective = { 20200101 } };
    struct person_move_out moved;
    as_officer(f, "residence-management");
    GOOD(call(f, "person.move", &in, &moved));
    as_system(f, "benhvien-tinh", "AG-2025-001");
    const struct { int32_t unit; bool holds; } cases[] = { { UNIT_OLD, true }, { UNIT_A, true }, { 2100001, true }, { 1100001, true }, { UNIT_B, false }, { 2100004, false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(holds(f, (struct person_verify_in){ .number = n, .has_resident_of = true, .resident_of = { cases[i].unit } }), cases[i].holds);
}

static void who_is_outside_the_ground_answers_as_unknown(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t n = born(f, NULL, SEX_MALE, 19850714).number;
    struct person_move_in in = { .number = n, .unit = { UNIT_A }, .effective = { 20260101 } };
    struct person_move_out moved;
    as_officer(f, "residence-management");
    GOOD(call(f, "person.move", &in, &moved));
    assert_true(holds(f, (struct person_verify_in){ .number = n }));
    f->cx.actor.unit = (unit_id){ UNIT_B };
    assert_false(holds(f, (struct person_verify_in){ .number = n }));
    assert_int_equal(f->journal.entries[0].person.v, 0);
}

static void numbers_that_are_no_longer_good_do_not_hold(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t a = born(f, NULL, SEX_MALE, 19800101).number, b = born(f, NULL, SEX_MALE, 19800101).number;
    struct person_merge_in merge = { .number = a, .into = b, .evidence = STR("BB 1") };
    struct person_merge_out merged;
    struct number_cancel_in cancel = { .number = b, .replace = true, .has_registered_at = true, .registered_at = { UNIT_A }, .evidence = STR("QĐ 1") };
    struct number_cancel_out cancelled;
    as_coordinator(f, "correction");
    GOOD(call(f, "person.merge", &merge, &merged));
    GOOD(call(f, "number.cancel", &cancel, &cancelled));
    as_system(f, "benhvien-tinh", "AG-2025-001");
    assert_false(holds(f, (struct person_verify_in){ .number = a }));
    assert_false(holds(f, (struct person_verify_in){ .number = b }));
    assert_true(holds(f, (struct person_verify_in){ .number = cancelled.number }));
}

static void a_ground_covers_its_fields_only(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t n = born(f, NULL, SEX_MALE, 19800101).number;
    struct person_verify_in in = { .number = n, .has_sex = true, .sex = SEX_MALE };
    struct person_verify_out out;
    struct person_look_up_in look = { .number = n, .fields = FIELDS_NAME };
    struct person_look_up_out seen;
    as_system(f, "nganhang-a", "AG-2026-003");
    BAD(call(f, "person.verify", &in, &out), GROUND_FIELDS);
    BAD(call(f, "person.look_up", &look, &seen), GROUND_NOT_LIVE);
    as_system(f, "benhvien-tinh", "AG-2026-003"); /* another's agreement */
    BAD(call(f, "person.verify", &in, &out), GROUND_NOT_LIVE);
    as_system(f, "benhvien-tinh", "AG-2025-002");
    look.fields = FIELDS_NAME | FIELDS_RELIGION;
    BAD(call(f, "person.look_up", &look, &seen), GROUND_FIELDS);
    look.fields = 0;
    BAD(call(f, "person.look_up", &look, &seen), FIELD_MISSING);
}

static const struct person_fact *fact_in(const struct person_fact *list, size_t count, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].field, str_of(field)))
            return &list[i];
    return NULL;
}

static void a_look_up_shows_what_was_asked_and_no_more(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, "Trịnh Công Sơn", SEX_MALE, 19800101);
    struct person_look_up_in in = { .number = p.number, .fields = FIELDS_NAME | FIELDS_BIRTH | FIELDS_SEX };
    struct person_look_up_out out;
    as_system(f, "benhvien-tinh", "AG-2025-002");
    GOOD(call(f, "person.look_up", &in, &out));
    assert_true(out.known);
    assert_int_equal(out.facts_count, 3);
    const struct person_fact *birth = fact_in(out.facts, out.facts_count, "birth"), *sex = fact_in(out.facts, out.facts_count, "sex");
    assert_true(str_eq(birth->value, STR("1980-01-01")) && str_eq(birth->shown, STR("01/01/1980")));
    assert_true(str_eq(birth->source, STR("civil_status")) && str_eq(birth->organisation, STR("G01.H26.00004")));
    assert_true(str_eq(sex->value, STR("male")) && str_eq(sex->shown, STR("Nam")));
    assert_true(f->journal.count == 1 && f->journal.entries[0].fields == in.fields && f->journal.entries[0].person.v == p.person);
    in.number++;
    GOOD(call(f, "person.look_up", &in, &out));
    assert_false(out.known);
    assert_int_equal(out.facts_count, 0);
    assert_int_equal(f->journal.count, 1);
}

static void history_tells_each_event(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, "Trịnh Văn Bô", SEX_MALE, 19800101);
    struct person_death_in death = { .number = p.number, .death = { 20261101 } };
    struct person_death_out dead;
    struct person_history_in in = { .number = p.number };
    struct person_history_out out;
    GOOD(call(f, "person.death", &death, &dead));
    GOOD(call(f, "person.history", &in, &out));
    assert_int_equal(out.items[0].kind, HISTORY_ITEM_KIND_BIRTH);
    assert_int_equal(out.items[out.items_count - 1].kind, HISTORY_ITEM_KIND_DEATH);
    assert_int_equal(out.items[out.items_count - 1].effective.ymd, 20261101);
    in.has_fields = true;
    in.fields = FIELDS_DEATH;
    GOOD(call(f, "person.history", &in, &out));
    assert_int_equal(out.items_count, 2); /* the birth without a value, the death with one */
    assert_int_equal(out.items[0].field.len, 0);
    assert_true(str_eq(out.items[1].value, STR("2026-11-01")));
}

static void one_sees_ones_own_record(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out mother = born(f, "Đinh Thị Vân", SEX_FEMALE, 19800101), child;
    struct person_birth_in in = { .name = STR("Lý Gia Hân"), .sex = SEX_FEMALE, .birth = { 20261101 }, .registered_at = { UNIT_A },
                                  .has_mother = true, .mother = mother.number };
    struct person_own_in none = { 0 };
    struct person_own_out own;
    GOOD(call(f, "person.birth", &in, &child));
    as_citizen(f, (person_id){ mother.person });
    GOOD(call(f, "person.own", &none, &own));
    assert_int_equal(own.person, mother.person);
    assert_true(str_eq(fact_in(own.facts, own.facts_count, "name")->value, STR("Đinh Thị Vân")));
    assert_true(str_eq(fact_in(own.facts, own.facts_count, "children")->shown, STR("Lý Gia Hân")));
    assert_true(str_eq(f->journal.entries[0].purpose_kind, STR("own")));
    as_citizen(f, PERSON_NONE);
    BAD(call(f, "person.own", &none, &own), PERSON_MISSING);
}

static void figures_add_up(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_figures_in in = { 0 };
    struct register_figures_out out;
    as_officer(f, "civil-status");
    for (int i = 0; i < 6; i++) {
        struct person_birth_out p = born(f, NULL, i % 2 ? SEX_MALE : SEX_FEMALE, i < 3 ? 20150101 : 19500101);
        struct person_move_in move = { .number = p.number, .unit = { i < 4 ? UNIT_A : UNIT_OLD }, .effective = { i < 4 ? 20260101 : 20200101 } };
        struct person_move_out moved;
        as_officer(f, "residence-management");
        GOOD(call(f, "person.move", &move, &moved));
        as_officer(f, "civil-status");
    }
    GOOD(call(f, "register.figures", &in, &out));
    assert_int_equal(out.total.people, 6);
    assert_int_equal(out.units_count, 2); /* Hà Nội of either map */
    in.has_map = true;
    in.map = REGISTER_FIGURES_IN_MAP_NEW;
    GOOD(call(f, "register.figures", &in, &out));
    assert_int_equal(out.units_count, 1);
    assert_int_equal(out.units[0].people, 6);
    assert_int_equal(out.units[0].women, 3);
    assert_int_equal(out.units[0].children, 3);
    assert_int_equal(out.units[0].elders, 3);
    in.has_unit = true;
    in.unit = (unit_id){ 2100001 };
    GOOD(call(f, "register.figures", &in, &out));
    assert_int_equal(out.units_count, 1);
    assert_int_equal(out.units[0].unit.v, UNIT_A);
    assert_true(str_eq(out.units[0].name, STR("Phường Ba Đình")));
    in.unit = (unit_id){ UNIT_A };
    GOOD(call(f, "register.figures", &in, &out));
    assert_int_equal(out.total.people, 4);
    assert_int_equal(out.cohorts_count, 2);
    assert_int_equal(out.cohorts[1].women + out.cohorts[1].men, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(claims_are_judged_one_by_one), EVERYWHERE(an_unknown_person_answers_no_to_everything),
        EVERYWHERE(residence_is_judged_under_either_map), EVERYWHERE(who_is_outside_the_ground_answers_as_unknown),
        EVERYWHERE(numbers_that_are_no_longer_good_do_not_hold), EVERYWHERE(a_ground_covers_its_fields_only),
        EVERYWHERE(a_look_up_shows_what_was_asked_and_no_more), EVERYWHERE(history_tells_each_event),
        EVERYWHERE(one_sees_ones_own_record), EVERYWHERE(figures_add_up),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
