/* Whom a row means: what is taken, what is asked, what is nobody; and the evidence that is kept of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "centre/judge.h"
#include "centre/near/near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    struct arena *arena;
    struct judge *judge;
    struct person people[6];
    struct candidate list[6];
    size_t count;
};

static void desk_open(struct desk *d)
{
    *d = (struct desk){ .arena = arena_new(4 << 20) };
    d->judge = judge_new(d->arena);
}

static void desk_close(struct desk *d)
{
    judge_free(d->judge);
    arena_free(d->arena);
}

static struct person somebody(int64_t number, str name, int32_t ymd, enum sex sex)
{
    return (struct person){ .number = number, .name = name, .birth = { ymd }, .sex = (int16_t)sex };
}

static void meets(struct desk *d, struct person p)
{
    p.id = (person_id){ (int64_t)d->count + 1 };
    d->people[d->count] = p;
    d->list[d->count] = (struct candidate){ .person = &d->people[d->count] };
    d->count++;
}

static struct judgement judged(struct desk *d, struct list_person row) { return judge_row(d->judge, &row, d->list, d->count); }

static const struct list_person an = { .number = 1080012345, .name = STR("Nguyễn Văn An"), .birth = { 19800201 }, .sex = SEX_MALE };

static void nobody_to_choose_from(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    assert_int_equal(judged(&d, an).verdict, VERDICT_NONE);
    desk_close(&d);
}

static void all_agrees(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    assert_int_equal(judged(&d, an).verdict, VERDICT_ONE);
    assert_true(d.list[0].probability > 0.999);
    for (int f = 0; f < JUDGE_FIELDS; f++)
        assert_false(d.list[0].differs[f]);
    desk_close(&d);
}

/* The one bearer of a name and a full birth date is taken; of two, neither. */
static void name_and_birth(void **state)
{
    struct list_person row = an;
    struct desk d;

    (void)state;
    row.number = 0;
    row.sex = SEX_UNKNOWN;
    desk_open(&d);
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    meets(&d, somebody(1080099999, STR("Nguyễn Văn An"), 19800201, SEX_FEMALE));
    struct judgement j = judged(&d, row);
    assert_int_equal(j.verdict, VERDICT_MANY);
    assert_int_equal(j.in_question, 2);
    row.sex = SEX_FEMALE; /* tells them apart */
    j = judged(&d, row);
    assert_int_equal(j.verdict, VERDICT_ONE);
    assert_int_equal(d.list[0].person->number, 1080099999);
    desk_close(&d);
}

static void lost_diacritics_are_no_difference(void **state)
{
    struct list_person row = an;
    struct desk d;

    (void)state;
    row.number = 0;
    row.name = STR("NGUYEN VAN AN");
    desk_open(&d);
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    assert_false(d.list[0].differs[JUDGE_NAME]);
    row.name = STR("Nguyễn Vân Ân"); /* with diacritics, and others */
    (void)judged(&d, row);
    assert_true(d.list[0].differs[JUDGE_NAME]);
    desk_close(&d);
}

static void a_number_that_hits_a_stranger_is_asked_about(void **state)
{
    struct list_person row = { .number = 1080012345, .name = STR("Phan Thị Lạ"), .birth = { 19661130 }, .sex = SEX_FEMALE };
    struct desk d;

    (void)state;
    desk_open(&d);
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    struct judgement j = judged(&d, row);
    assert_true(j.verdict != VERDICT_ONE);
    row.name = STR("Nguyễn Văn An"); /* the name confirms it */
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    assert_true(d.list[0].differs[JUDGE_BIRTH] && d.list[0].differs[JUDGE_SEX]);
    desk_close(&d);
}

/* The number says one, name and birth another: a human chooses. */
static void number_against_name(void **state)
{
    struct list_person row = an;
    struct desk d;

    (void)state;
    row.number = 1075099123;
    desk_open(&d);
    meets(&d, somebody(1075099123, STR("Lê Quốc Dũng"), 19750606, SEX_MALE));
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    assert_int_equal(judged(&d, row).verdict, VERDICT_MANY);
    desk_close(&d);
}

static void one_digit_off_is_a_conflict(void **state)
{
    struct list_person row = { .number = 1075099124, .name = STR("Lê Quốc Dũng"), .birth = { 19750000 } };
    struct desk d;

    (void)state;
    desk_open(&d);
    meets(&d, somebody(1075099123, STR("Lê Quốc Dũng"), 19750606, SEX_MALE));
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    assert_true(d.list[0].differs[JUDGE_NUMBER]);
    assert_false(d.list[0].differs[JUDGE_BIRTH]); /* a year says no more than it says */
    desk_close(&d);
}

static void a_weak_one_is_always_asked_about(void **state)
{
    struct list_person row = an;
    struct desk d;

    (void)state;
    row.number = 0;
    desk_open(&d);
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    d.list[0].weak = true;
    assert_int_equal(judged(&d, row).verdict, VERDICT_MANY);
    desk_close(&d);
}

/* The order in which candidates are found changes nothing. */
static void order_does_not_matter(void **state)
{
    struct list_person row = an;
    struct desk d;
    double first, second;

    (void)state;
    row.number = 0;
    desk_open(&d);
    meets(&d, somebody(1, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    meets(&d, somebody(2, STR("Nguyễn Văn An"), 19800000, SEX_UNKNOWN));
    (void)judged(&d, row);
    first = d.list[0].probability;
    struct candidate c = d.list[0];
    d.list[0] = d.list[1];
    d.list[1] = c;
    (void)judged(&d, row);
    second = d.list[0].probability;
    assert_true(fabs(first - second) < 1e-12);
    assert_int_equal(d.list[0].person->number, 1);
    desk_close(&d);
}

static void evidence_comes_back(void **state)
{
    struct evidence_item items[JUDGE_FIELDS];
    struct desk d;
    size_t n;
    int percent;

    (void)state;
    desk_open(&d);
    meets(&d, somebody(1080012346, STR("Trần Thị Bình"), 19800102, SEX_MALE));
    (void)judged(&d, an);
    n = evidence_unpack(evidence_pack(&d.list[0]), items, &percent);
    assert_int_equal(n, 4); /* no old number */
    assert_int_equal(percent, (int)floor(d.list[0].probability * 100));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(items[i].level, d.list[0].level[items[i].field]);
        assert_int_equal(items[i].bits, (int)lround((double)d.list[0].bits[items[i].field]));
    }
    assert_int_equal(items[2].level, DAYS_SWAP);
    assert_true(items[1].bits < 0);
    assert_int_equal(evidence_unpack(0, items, &percent), 0);
    desk_close(&d);
}

/* 1 January of the right year contradicts nothing; of another it does. */
static void first_of_january_stands_for_its_year(void **state)
{
    struct list_person row = { .number = 1080012345, .name = STR("Nguyễn Văn An"), .birth = { 19800101 }, .sex = SEX_MALE };
    struct desk d;

    (void)state;
    desk_open(&d);
    meets(&d, somebody(1080012345, STR("Nguyễn Văn An"), 19800201, SEX_MALE));
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    assert_false(d.list[0].differs[JUDGE_BIRTH]);
    row.birth.ymd = 19810101;
    (void)judged(&d, row);
    assert_true(d.list[0].differs[JUDGE_BIRTH]);
    desk_close(&d);
}

/* With a slip in the name, the commune decides; that a row names another commune speaks against nobody. */
static void commune_speaks_for_its_people(void **state)
{
    struct list_person row = { .name = STR("Nguyễn Vân Trnag"), .birth = { 19800201 }, .sex = SEX_FEMALE };
    struct evidence_item items[JUDGE_FIELDS];
    struct person p = somebody(1180012345, STR("Nguyễn Vân Trang"), 19800201, SEX_FEMALE);
    struct desk d;
    int percent;

    (void)state;
    p.unit.v = 1200004;
    desk_open(&d);
    meets(&d, p);
    enum verdict alone = judged(&d, row).verdict;
    double elsewhere = d.list[0].total;
    assert_int_equal(alone, VERDICT_MANY);
    row.place = (struct place_found){ .answer = PLACE_KNOWN, .today = { 1200005 } };
    assert_int_equal(judged(&d, row).verdict, VERDICT_MANY);
    assert_true(fabs(d.list[0].total - elsewhere) < 1e-9);
    row.place.today.v = 1200004;
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    size_t n = evidence_unpack(evidence_pack(&d.list[0]), items, &percent);
    assert_true(n == 4 && items[3].field == JUDGE_UNIT && items[3].bits == (int)lround((double)d.list[0].bits[JUDGE_UNIT]) && items[3].bits > 10);
    assert_true(d.list[0].differs[JUDGE_NAME] && !d.list[0].differs[JUDGE_UNIT]);
    row.place = (struct place_found){ .answer = PLACE_DIVIDED, .choices = { { 1200003 }, { 1200004 } }, .choice_count = 2 };
    assert_int_equal(judged(&d, row).verdict, VERDICT_ONE);
    desk_close(&d);
}

static bool is_near(struct near_names *n, const char *listed, enum near_reach reach, const char *name)
{
    near_names_make(str_of(listed), reach, n);
    for (size_t i = 0; i < n->count; i++)
        if (n->hash[i] == person_name_hash(str_of(name)))
            return true;
    return false;
}

static void near_names_undo_one_slip(void **state)
{
    static const char *const slips[] = { "Nguyễn Văn Trnag", "Nguyễn Văn Trangg", "Nguyễn Văn Tang", "nguyen van trng", "Nguyen Van T rang" };
    static const char meant[] = "Nguyễn Văn Trang";
    struct near_names *n = calloc(1, sizeof *n);
    char long_name[256];

    (void)state;
    assert_non_null(n);
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        assert_true(is_near(n, slips[i], NEAR_LETTERED, meant) && !is_near(n, slips[i], NEAR_LETTERED, "Nguyễn Văn Minh"));
        assert_true(is_near(n, slips[i], NEAR_MOVED, meant) == (i < 2 || i == 4));
        assert_false(is_near(n, slips[i], NEAR_TURNED, meant));
    }
    assert_true(is_near(n, "Trang Nguyễn Văn", NEAR_LETTERED, meant) && n->count < 100);
    assert_true(is_near(n, "Trang Nguyễn Văn", NEAR_TURNED, meant) && n->count == 2);
    assert_true(is_near(n, "Văn Trang Nguyễn", NEAR_TURNED, meant));
    assert_false(is_near(n, "An", NEAR_TURNED, "An"));
    assert_true(n->count == 0);
    near_names_make(STR("An"), NEAR_LETTERED, n);
    assert_true(n->count > 0 && n->count < 100);
    memset(long_name, 'a', sizeof long_name);
    near_names_make((str){ long_name, sizeof long_name }, NEAR_LETTERED, n);
    assert_true(n->count == 0);
    near_names_make(STR(""), NEAR_LETTERED, n);
    assert_true(n->count == 0);
    free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_to_choose_from),
        cmocka_unit_test(all_agrees),
        cmocka_unit_test(name_and_birth),
        cmocka_unit_test(lost_diacritics_are_no_difference),
        cmocka_unit_test(a_number_that_hits_a_stranger_is_asked_about),
        cmocka_unit_test(number_against_name),
        cmocka_unit_test(one_digit_off_is_a_conflict),
        cmocka_unit_test(a_weak_one_is_always_asked_about),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(evidence_comes_back),
        cmocka_unit_test(first_of_january_stands_for_its_year),
        cmocka_unit_test(commune_speaks_for_its_people),
        cmocka_unit_test(near_names_undo_one_slip),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
