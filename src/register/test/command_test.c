/* The commands: what each changes, what each refuses, and that a command sent twice is done once. */
#include "fixture.h"

static struct person_marriage_in wedding(int64_t first, int64_t second, int32_t on)
{
    return (struct person_marriage_in){ .first = first, .second = second, .effective = { on } };
}

static status die(struct fixture *f, int64_t number, int32_t on)
{
    struct person_death_in in = { .number = number, .death = { on } };
    struct person_death_out out;
    return call(f, "person.death", &in, &out);
}

static status move_to(struct fixture *f, int64_t number, int32_t unit, int32_t on)
{
    struct person_move_in in = { .number = number, .unit = { unit }, .effective = { on } };
    struct person_move_out out;
    as_officer(f, "residence-management");
    f->cx.actor.unit = (unit_id){ 2100001 }; /* his writ runs in the whole province */
    status st = call(f, "person.move", &in, &out);
    as_officer(f, "civil-status");
    return st;
}

static void a_birth_gives_a_plausible_number(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out boy = born(f, "Nguyễn  Văn Nam", SEX_MALE, 20261120), girl = born(f, "Trần Thị Hoà", SEX_FEMALE, 20261120);
    struct person p = person_of(f, boy.person);
    assert_int_equal(number_plausibility(boy.number, (day){ 20261120 }, SEX_MALE), 0);
    assert_int_equal(boy.number / 1000000, 1226); /* 001 2 26 */
    assert_int_equal(girl.number / 1000000, 1326);
    assert_int_equal(boy.warnings_count, 0);
    assert_true(str_eq(p.name, STR("Nguyễn Văn Nam")));
    assert_int_equal(p.number, boy.number);
    assert_int_equal(p.state, PERSON_ACTIVE);
    assert_int_equal(p.version, 1);
    assert_true(boy.person < INT64_C(1) << 53);
    folds_hold(f);
}

/* Drawn alike within one millisecond, two ids are still two: a birth is never folded into another life. */
static void two_births_are_two_people(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t now_us = clock_now_us();
    random_seed(9);
    struct person_birth_out one = born(f, "Lê Thị Mai", SEX_FEMALE, 20261120);
    clock_set_us(now_us);
    random_seed(9);
    struct person_birth_out two = born(f, "Lê Thị Lan", SEX_FEMALE, 20261120);
    assert_int_not_equal(one.person, two.person);
    assert_int_equal(person_of(f, one.person).version, 1);
    assert_true(str_eq(person_of(f, one.person).name, STR("Lê Thị Mai")));
    folds_hold(f);
}

static void a_child_joins_its_mothers_household(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out mother = born(f, "Lê Thị Mai", SEX_FEMALE, 19950310), father = born(f, "Phạm Văn Hùng", SEX_MALE, 19930101);
    GOOD(move_to(f, mother.number, UNIT_A, 20260105));
    struct person home = person_of(f, mother.person);
    struct person_birth_in in = { .name = STR("Phạm Gia Bảo"), .sex = SEX_MALE, .birth = { 20261101 }, .registered_at = { UNIT_A },
                                  .has_mother = true, .mother = mother.number, .has_father = true, .father = father.number };
    struct person_birth_out out;
    GOOD(call(f, "person.birth", &in, &out));
    struct person child = person_of(f, out.person), *children;
    size_t count;
    assert_int_equal(child.household, home.household);
    assert_int_equal(child.unit.v, UNIT_A);
    assert_int_equal(child.mother.v, mother.person);
    begin(f);
    GOOD(children_of(&f->cx, (person_id){ father.person }, &children, &count));
    commit(f);
    assert_int_equal(count, 1);
    folds_hold(f);
}

static void births_that_cannot_be_are_refused(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out man = born(f, NULL, SEX_MALE, 19800101), girl = born(f, NULL, SEX_FEMALE, 20200101), out;
    const struct person_birth_in fine = { .name = STR("Vũ Văn Tý"), .sex = SEX_MALE, .birth = { 20261101 }, .registered_at = { UNIT_A } };
    struct person_birth_in in = fine;
    in.birth = (day){ 20261122 };
    BAD(call(f, "person.birth", &in, &out), EVENT_FUTURE);
    in = fine, in.name = STR("  ");
    BAD(call(f, "person.birth", &in, &out), TEXT_EMPTY);
    in = fine, in.sex = SEX_UNKNOWN;
    BAD(call(f, "person.birth", &in, &out), ENUM_UNKNOWN);
    in = fine, in.registered_at = (unit_id){ UNIT_OLD };
    BAD(call(f, "person.birth", &in, &out), UNIT_UNKNOWN);
    in = fine, in.has_birth_place = true, in.birth_place = (unit_id){ UNIT_OLD };
    BAD(call(f, "person.birth", &in, &out), UNIT_UNKNOWN);
    in = fine, in.has_mother = true, in.mother = man.number;
    BAD(call(f, "person.birth", &in, &out), EVENT_CONFLICT);
    in = fine, in.has_mother = true, in.mother = girl.number;
    BAD(call(f, "person.birth", &in, &out), EVENT_ORDER);
    in = fine, in.has_mother = true, in.mother = INT64_C(1199999999);
    BAD(call(f, "person.birth", &in, &out), PERSON_MISSING);
    in = fine, in.has_household = true, in.household = 77;
    BAD(call(f, "person.birth", &in, &out), HOUSEHOLD_MISSING);
    in = fine, in.birth = (day){ 18991231 };
    BAD(call(f, "person.birth", &in, &out), VALUE_RANGE);
    folds_hold(f);
}

static void death_takes_effect_on_its_day(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19500101);
    struct held_facts before, after;
    BAD(die(f, p.number, 20261122), EVENT_FUTURE);
    BAD(die(f, p.number, 19491231), EVENT_ORDER);
    BAD(die(f, INT64_C(1199999999), 20261101), PERSON_MISSING);
    GOOD(die(f, p.number, 20261101));
    BAD(die(f, p.number, 20261102), PERSON_DECEASED);
    assert_int_equal(person_of(f, p.person).state, PERSON_DECEASED);
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 20261031 }, 0, &before));
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 20261101 }, 0, &after));
    commit(f);
    assert_int_equal(before.field[FIELD_STATE].fact.number, PERSON_ACTIVE);
    assert_int_equal(after.field[FIELD_STATE].fact.number, PERSON_DECEASED);
    folds_hold(f);
}

static void the_law_says_who_may_marry(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t man = born(f, NULL, SEX_MALE, 20000101).number, woman = born(f, NULL, SEX_FEMALE, 20050101).number;
    int64_t young_man = born(f, NULL, SEX_MALE, 20061122).number, young_woman = born(f, NULL, SEX_FEMALE, 20081122).number;
    int64_t other = born(f, NULL, SEX_MALE, 19990101).number, dead = born(f, NULL, SEX_FEMALE, 19900101).number;
    struct person_marriage_out out;
    GOOD(die(f, dead, 20261001)); /* her age is right */
    const struct { int64_t first, second; int32_t on; enum error_code code; } cases[] = {
        { young_man, woman, 20261121, ERR_MARRIAGE_AGE }, { man, young_woman, 20261121, ERR_MARRIAGE_AGE }, { man, woman, 20261122, ERR_EVENT_FUTURE },
        { man, man, 20261121, ERR_EVENT_CONFLICT },       { man, other, 20261121, ERR_EVENT_CONFLICT },       { man, dead, 20261121, ERR_PERSON_DECEASED },
        { man, woman, 20261121, ERR_OK },                 { other, woman, 20261121, ERR_MARRIAGE_EXISTS },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct person_marriage_in in = wedding(cases[i].first, cases[i].second, cases[i].on);
        bad_(call(f, "person.marriage", &in, &out), cases[i].code, "case", (int)i);
    }
    folds_hold(f);
}

static void close_kin_may_not_marry(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out mother = born(f, NULL, SEX_FEMALE, 19600101), a, b;
    struct person_birth_in in = { .name = STR("Bùi Văn Sơn"), .sex = SEX_MALE, .birth = { 19850101 }, .registered_at = { UNIT_A },
                                  .has_mother = true, .mother = mother.number };
    GOOD(call(f, "person.birth", &in, &a));
    in.sex = SEX_FEMALE;
    GOOD(call(f, "person.birth", &in, &b));
    struct person_marriage_out out;
    struct person_marriage_in siblings = wedding(a.number, b.number, 20261101), line = wedding(a.number, mother.number, 20261101);
    BAD(call(f, "person.marriage", &siblings, &out), EVENT_CONFLICT);
    BAD(call(f, "person.marriage", &line, &out), EVENT_CONFLICT);
}

static void marriage_ends_by_divorce_or_death(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t man = born(f, NULL, SEX_MALE, 19800101).number, first = born(f, NULL, SEX_FEMALE, 19810101).number;
    struct person_birth_out second = born(f, NULL, SEX_FEMALE, 19820101);
    struct person_marriage_in in = wedding(man, first, 20100101);
    struct person_marriage_out out;
    struct person_divorce_in parting = { .first = man, .second = first, .effective = { 20091231 } };
    struct person_divorce_out parted;
    GOOD(call(f, "person.marriage", &in, &out));
    BAD(call(f, "person.divorce", &parting, &parted), EVENT_ORDER);
    parting.effective = (day){ 20150601 };
    parting.second = second.number;
    BAD(call(f, "person.divorce", &parting, &parted), EVENT_CONFLICT);
    parting.second = first;
    GOOD(call(f, "person.divorce", &parting, &parted));
    BAD(call(f, "person.divorce", &parting, &parted), EVENT_CONFLICT);
    in = wedding(man, second.number, 20120101);
    BAD(call(f, "person.marriage", &in, &out), EVENT_ORDER);
    in = wedding(man, second.number, 20160101);
    GOOD(call(f, "person.marriage", &in, &out));
    GOOD(die(f, man, 20261101));
    assert_int_equal(person_of(f, second.person).marital, MARITAL_WIDOWED);
    folds_hold(f);
}

static void moves_go_to_units_that_stand_on_that_day(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    struct held_facts held;
    GOOD(move_to(f, p.number, UNIT_OLD, 20200101));
    BAD(move_to(f, p.number, UNIT_OLD, 20250701), UNIT_UNKNOWN);
    BAD(move_to(f, p.number, UNIT_B, 20250630), UNIT_UNKNOWN);
    BAD(move_to(f, p.number, 2100001, 20260101), UNIT_UNKNOWN);
    BAD(move_to(f, p.number, UNIT_B, 20261122), EVENT_FUTURE);
    BAD(move_to(f, p.number, UNIT_OLD, 19790101), EVENT_ORDER);
    GOOD(move_to(f, p.number, UNIT_B, 20260101));
    BAD(move_to(f, p.number, UNIT_A, 20250801), EVENT_ORDER);
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 20251231 }, 0, &held));
    commit(f);
    assert_int_equal(held.field[FIELD_RESIDENCE].fact.number, UNIT_OLD);
    assert_int_equal(person_of(f, p.person).unit.v, UNIT_B);
    folds_hold(f);
}

static status stay(struct fixture *f, int64_t number, int32_t kind, int32_t unit, int32_t from, int32_t until)
{
    struct person_stay_in in = { .number = number, .kind = kind, .has_unit = unit != 0, .unit = { unit }, .from = { from }, .has_until = until != 0, .until = { until } };
    struct person_stay_out out;
    as_officer(f, "residence-management");
    f->cx.actor.unit = (unit_id){ 2100001 };
    status st = call(f, "person.stay", &in, &out);
    as_officer(f, "civil-status");
    return st;
}

static void a_temporary_residence_ends_by_itself(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    struct held_facts in, out;
    GOOD(move_to(f, p.number, UNIT_A, 20260101));
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_A, 20260601, 20270531), EVENT_CONFLICT);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_B, 20260601, 20280603), VALUE_RANGE);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_B, 20260601, 20260531), EVENT_ORDER);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_B, 20260601, 0), FIELD_MISSING);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, 0, 20260601, 20270531), FIELD_MISSING);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_OLD, 20260601, 20270531), UNIT_UNKNOWN);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_B, 20261122, 20270531), EVENT_FUTURE);
    GOOD(stay(f, p.number, PERSON_STAY_IN_KIND_TEMPORARY, UNIT_B, 20260601, 20270531));
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 20270531 }, 0, &in));
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 20270601 }, 0, &out));
    commit(f);
    assert_int_equal(in.field[FIELD_TEMPORARY_RESIDENCE].fact.number, UNIT_B);
    assert_false(out.field[FIELD_TEMPORARY_RESIDENCE].known);
    assert_int_equal(person_of(f, p.person).unit.v, UNIT_A);
    folds_hold(f);
}

static void who_is_away_comes_back(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_ABSENT, 0, 20260601, 0), EVENT_CONFLICT); /* has no residence */
    GOOD(move_to(f, p.number, UNIT_A, 20260101));
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_BACK, 0, 20260601, 0), EVENT_CONFLICT);
    GOOD(stay(f, p.number, PERSON_STAY_IN_KIND_ABROAD, 0, 20260601, 0));
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_ABSENT, 0, 20260701, 0), EVENT_CONFLICT);
    assert_int_equal(person_of(f, p.person).residence_state, RESIDENCE_ABROAD);
    BAD(stay(f, p.number, PERSON_STAY_IN_KIND_BACK, 0, 20260501, 0), EVENT_ORDER);
    GOOD(stay(f, p.number, PERSON_STAY_IN_KIND_BACK, 0, 20260901, 0));
    assert_int_equal(person_of(f, p.person).residence_state, RESIDENCE_PERMANENT);
    folds_hold(f);
}

static status correct(struct fixture *f, int64_t number, const char *field, const char *value, const char *source)
{
    struct person_correct_in in = { .number = number, .field = str_of(field), .value = str_of(value), .source = str_of(source), .evidence = STR("GKS 12/2026") };
    struct person_correct_out out;
    as_officer(f, "correction");
    status st = call(f, "person.correct", &in, &out);
    as_officer(f, "civil-status");
    return st;
}

static void a_correction_keeps_the_old_value(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, "Nguyễn Văn Anh", SEX_MALE, 19800101);
    int64_t before_us = f->cx.now_us;
    struct held_facts held;
    GOOD(correct(f, p.number, "name", "Nguyễn Vân Anh", "civil_status"));
    assert_true(str_eq(person_of(f, p.person).name, STR("Nguyễn Vân Anh")));
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ p.person }, (day){ 0 }, before_us, &held));
    commit(f);
    assert_true(str_eq(held.field[FIELD_NAME].fact.text, STR("Nguyễn Văn Anh")));
    BAD(correct(f, p.number, "name", "Nguyễn Văn Ánh", "citizen"), EVENT_CONFLICT); /* a weaker source */
    BAD(correct(f, p.number, "name", "Nguyễn Văn Ánh", "health"), ENUM_UNKNOWN);    /* no source of names */
    BAD(correct(f, p.number, "name", "", "civil_status"), TEXT_EMPTY);
    BAD(correct(f, p.number, "soul", "1", "civil_status"), FIELDS_UNKNOWN);
    BAD(correct(f, p.number, "number", "001080000001", "population"), FIELDS_UNKNOWN);
    BAD(correct(f, p.number, "birth", "2027-01-01", "civil_status"), EVENT_FUTURE);
    BAD(correct(f, p.number, "birth", "1980-02-30", "civil_status"), DAY_FORMAT);
    BAD(correct(f, p.number, "sex", "lạ", "civil_status"), ENUM_UNKNOWN);
    BAD(correct(f, p.number, "ethnic", "99", "civil_status"), ENUM_UNKNOWN);
    BAD(correct(f, p.number, "origin", "99999", "civil_status"), UNIT_UNKNOWN);
    BAD(correct(f, p.number, "old_number", "12345678", "identity"), NUMBER_FORMAT);
    GOOD(correct(f, p.number, "old_number", "012345678", "identity"));
    GOOD(correct(f, p.number, "phone", "0912345678", "citizen"));
    begin(f);
    struct person *found;
    size_t count;
    GOOD(persons_by_old_number(&f->cx, 12345678, &found, &count));
    commit(f);
    assert_int_equal(count, 1);
    folds_hold(f);
}

static void implausible_numbers_warn_and_stay(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    struct person_correct_in in = { .number = p.number, .field = STR("sex"), .value = STR("Nữ"), .source = STR("civil_status"), .evidence = STR("QĐ 1") };
    struct person_correct_out out;
    as_officer(f, "correction");
    GOOD(call(f, "person.correct", &in, &out));
    assert_int_equal(out.warnings_count, 1);
    assert_true(str_eq(out.warnings[0], STR("number_sex_differs")));
    assert_int_equal(person_of(f, p.person).number, p.number);
}

static void cancelled_numbers_never_come_back(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    struct number_cancel_in in = { .number = p.number, .replace = true, .evidence = STR("QĐ 2") };
    struct number_cancel_out out;
    as_coordinator(f, "correction");
    BAD(call(f, "number.cancel", &in, &out), FIELD_MISSING);
    in.has_registered_at = true;
    in.registered_at = (unit_id){ UNIT_A };
    GOOD(call(f, "number.cancel", &in, &out));
    assert_true(out.has_number && out.number != p.number);
    assert_int_equal(person_of(f, p.person).number, out.number);
    BAD(call(f, "number.cancel", &in, &out), NUMBER_RETIRED);
    begin(f);
    struct person found;
    enum number_state old;
    bool known;
    GOOD(person_by_number(&f->cx, p.number, &found, &old, &known));
    commit(f);
    assert_true(known && old == NUMBER_REPLACED && found.id.v == p.person);
    struct number_issue_in again = { .person = p.person, .registered_at = { UNIT_A } };
    struct number_issue_out issued;
    BAD(call(f, "number.issue", &again, &issued), NUMBER_TAKEN);
    folds_hold(f);
}

static void merging_is_undone_without_loss(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out a = born(f, "Hồ Văn Cường", SEX_MALE, 19800101), b = born(f, "Hồ Văn Cường", SEX_MALE, 19800101);
    struct person before_a = person_of(f, a.person), before_b = person_of(f, b.person);
    struct person_merge_in in = { .number = a.number, .into = b.number, .evidence = STR("BB 3") };
    struct person_merge_out out;
    struct person_unmerge_in undo = { .number = a.number, .evidence = STR("BB 4") };
    struct person_unmerge_out undone;
    as_coordinator(f, "correction");
    BAD(call(f, "person.unmerge", &undo, &undone), EVENT_CONFLICT);
    GOOD(call(f, "person.merge", &in, &out));
    assert_int_equal(out.survives_as, b.person);
    BAD(call(f, "person.merge", &in, &out), PERSON_MERGED);
    folds_hold(f);
    GOOD(call(f, "person.unmerge", &undo, &undone));
    struct person after_a = person_of(f, a.person), after_b = person_of(f, b.person);
    assert_int_equal(after_a.version, before_a.version + 2);
    after_a.version = before_a.version, after_a.recorded_us = before_a.recorded_us;
    after_b.version = before_b.version, after_b.recorded_us = before_b.recorded_us;
    assert_null(person_differs(&before_a, &after_a));
    assert_null(person_differs(&before_b, &after_b));
    folds_hold(f);
    in.into = a.number;
    BAD(call(f, "person.merge", &in, &out), EVENT_CONFLICT);
}

static void the_missing_are_found(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    struct person_missing_in in = { .number = p.number, .effective = { 20200101 }, .found = true };
    struct person_missing_out out;
    BAD(call(f, "person.missing", &in, &out), EVENT_CONFLICT);
    in.found = false;
    GOOD(call(f, "person.missing", &in, &out));
    assert_int_equal(person_of(f, p.person).state, PERSON_MISSING);
    BAD(die(f, p.number, 20190101), EVENT_ORDER);
    in.found = true;
    in.effective = (day){ 20190101 };
    BAD(call(f, "person.missing", &in, &out), EVENT_ORDER);
    in.effective = (day){ 20230101 };
    GOOD(call(f, "person.missing", &in, &out));
    assert_int_equal(person_of(f, p.person).state, PERSON_ACTIVE);
    assert_int_equal(person_of(f, p.person).death.ymd, 0);
    folds_hold(f);
}

static void a_command_sent_twice_is_done_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_in in = { .name = STR("Đỗ Thị Lan"), .sex = SEX_FEMALE, .birth = { 20261101 }, .registered_at = { UNIT_A } };
    struct person_birth_out first, second;
    struct person_ids_after_row *ids;
    size_t people;
    f->cx.command_id = STR("c-1");
    GOOD(call(f, "person.birth", &in, &first));
    GOOD(call(f, "person.birth", &in, &second));
    assert_int_equal(first.person, second.person);
    assert_int_equal(first.number, second.number);
    in.name = STR("Đỗ Thị Liên");
    BAD(call(f, "person.birth", &in, &second), COMMAND_REUSED);
    in.name = STR("Đỗ Thị Lan");
    f->cx.actor.account.v++;
    BAD(call(f, "person.birth", &in, &second), COMMAND_REUSED);
    f->cx.command_id = STR("");
    begin(f);
    GOOD(person_ids_after(&f->cx, 0, 0, 10, &ids, &people));
    commit(f);
    assert_int_equal(people, 1);
}

static void an_outdated_version_is_refused(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = born(f, NULL, SEX_MALE, 19800101);
    struct person_death_in in = { .number = p.number, .death = { 20261101 }, .has_expected_version = true, .expected_version = 2 };
    struct person_death_out out;
    BAD(call(f, "person.death", &in, &out), VERSION_CONFLICT);
    in.expected_version = 1;
    GOOD(call(f, "person.death", &in, &out));
    assert_int_equal(out.version, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_birth_gives_a_plausible_number), EVERYWHERE(two_births_are_two_people), EVERYWHERE(a_child_joins_its_mothers_household),
        EVERYWHERE(births_that_cannot_be_are_refused), EVERYWHERE(death_takes_effect_on_its_day),
        EVERYWHERE(the_law_says_who_may_marry), EVERYWHERE(close_kin_may_not_marry), EVERYWHERE(marriage_ends_by_divorce_or_death),
        EVERYWHERE(moves_go_to_units_that_stand_on_that_day), EVERYWHERE(a_temporary_residence_ends_by_itself), EVERYWHERE(who_is_away_comes_back), EVERYWHERE(a_correction_keeps_the_old_value),
        EVERYWHERE(implausible_numbers_warn_and_stay), EVERYWHERE(cancelled_numbers_never_come_back),
        EVERYWHERE(merging_is_undone_without_loss), EVERYWHERE(the_missing_are_found), EVERYWHERE(a_command_sent_twice_is_done_once),
        EVERYWHERE(an_outdated_version_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
