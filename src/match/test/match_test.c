/* Pairs against a plain comparison of everything with everything, and the judgement of each kind of row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "match/match.h"

enum { RECORDS = 6 };

static const int64_t numbers[RECORDS] = { 1090000001, 1090000002, 1190000003, 1090000004, 0, 1090000006 };
static const int64_t old_numbers[RECORDS] = { 0, 0, 0, 0, 123456789, 0 };
static const char *const names[RECORDS] = { "Nguyễn Văn An", "Trần Thị Hoà", "Trần Thị Hòa", "Lê Văn Bình", "Lê Văn Bính", "Lê Văn Bình" };
static const int32_t births[RECORDS] = { 19900312, 19850000, 19850607, 19700101, 19500000, 19700101 };
static const uint8_t sexes[RECORDS] = { SEX_MALE, SEX_FEMALE, SEX_FEMALE, SEX_MALE, SEX_MALE, SEX_MALE };

static int64_t hash_of(struct arena *a, str name)
{
    str folded = viet_fold(a, name);
    uint64_t h = 1469598103934665603u;

    for (size_t i = 0; i < folded.len; i++)
        h = (h ^ (uint8_t)folded.ptr[i]) * 1099511628211u;
    return (int64_t)h;
}

static struct match_columns records(struct arena *a)
{
    struct match_columns c = { .count = RECORDS, .number = numbers, .old_number = old_numbers, .sex = sexes };
    int64_t *hashes = ARENA_ARRAY(a, int64_t, RECORDS);
    str *texts = ARENA_ARRAY(a, str, RECORDS);
    day *days = ARENA_ARRAY(a, day, RECORDS);

    for (size_t i = 0; i < RECORDS; i++) {
        texts[i] = str_of(names[i]);
        hashes[i] = hash_of(a, texts[i]);
        days[i] = (day){ births[i] };
    }
    c.name = texts;
    c.name_hash = hashes;
    c.birth = days;
    return c;
}

struct asked {
    int64_t number;
    bool doubtful;
    int64_t old_number;
    const char *name;
    int32_t birth, other;
    uint8_t sex;
    enum match_verdict verdict;
    int right; /* of the best pair */
    uint8_t differ;
    int candidates;
};

static void judge_one(const struct asked *q)
{
    struct arena *a = arena_new(1 << 20);
    str name = str_of(q->name);
    int64_t hash = hash_of(a, name);
    day birth = { q->birth }, other = { q->other };
    struct match_columns left = { .count = 1, .number = &q->number, .number_doubtful = &q->doubtful, .old_number = &q->old_number,
                                  .name = &name, .name_hash = &hash, .birth = &birth, .birth_other = &other, .sex = &q->sex };
    struct match_columns right = records(a);
    struct match_pairs pairs;
    struct match_judgement j;

    match_find(a, &left, &right, &pairs);
    j = match_judge(pairs.list, pairs.count);
    if (j.verdict != q->verdict || (int)j.candidates != q->candidates)
        fail_msg("%s %d: verdict %d, candidates %zu", q->name, q->birth, j.verdict, j.candidates);
    if (q->verdict != MATCH_NONE) {
        assert_int_equal(pairs.list[j.best].right, q->right);
        assert_int_equal(pairs.list[j.best].differ, q->differ);
    }
    arena_free(a);
}

static void judges_each_kind_of_row(void **state)
{
    static const struct asked rows[] = {
        { 1090000001, false, 0, "Nguyễn Văn An", 19900312, 0, SEX_MALE, MATCH_ONE, 0, 0, 1 },
        { 1090000001, false, 0, "nguyen van an", 19900000, 0, 0, MATCH_ONE, 0, 0, 1 },
        { 1090000001, false, 0, "", 0, 0, 0, MATCH_ONE, 0, 0, 1 },
        { 1090000001, false, 0, "Nguyễn Văn Ân", 19900312, 0, SEX_MALE, MATCH_CONFLICT, 0, MATCH_NAME, 1 },
        { 1090000001, false, 0, "Nguyễn Văn An", 19900313, 0, SEX_FEMALE, MATCH_CONFLICT, 0, MATCH_BIRTH | MATCH_SEX, 1 },
        { 0, false, 0, "Nguyễn Văn An", 19900312, 0, 0, MATCH_ONE, 0, 0, 1 },
        { 1090000009, false, 0, "Nguyễn Văn An", 19900312, 0, 0, MATCH_CONFLICT, 0, MATCH_NUMBER, 1 },
        { 0, false, 0, "Nguyễn Văn An", 19901203, 19900312, 0, MATCH_CONFLICT, 0, MATCH_BIRTH, 1 },
        { 0, false, 0, "Nguyễn Văn An", 19900101, 19900000, SEX_MALE, MATCH_MANY, 0, MATCH_BIRTH, 1 },
        { 1090000001, false, 0, "Nguyễn Văn An", 19900101, 19900000, SEX_MALE, MATCH_CONFLICT, 0, MATCH_BIRTH, 1 },
        { 0, false, 0, "Nguyễn Văn An", 0, 0, SEX_MALE, MATCH_NONE, 0, 0, 0 },
        { 0, false, 0, "Phạm Văn Xa", 19900312, 0, 0, MATCH_NONE, 0, 0, 0 },
        { 0, false, 0, "Trần Thị Hoà", 19850607, 0, SEX_FEMALE, MATCH_MANY, 1, 0, 2 },
        { 0, false, 0, "Lê Văn Bình", 19700101, 0, SEX_MALE, MATCH_MANY, 3, 0, 2 },
        { 1090000006, false, 0, "Lê Văn Bình", 19700101, 0, SEX_MALE, MATCH_ONE, 5, 0, 1 },
        { 1090000001, true, 0, "Lê Văn Lạ", 19600101, 0, 0, MATCH_NONE, 0, 0, 0 },
        { 1090000001, true, 0, "Nguyễn Văn An", 19900312, 0, 0, MATCH_ONE, 0, 0, 1 },
        { 1190000003, false, 0, "Nguyễn Văn An", 19900312, 0, 0, MATCH_MANY, 2, MATCH_NAME | MATCH_BIRTH, 2 },
        { 0, false, 123456789, "Lê Văn Bính", 0, 0, 0, MATCH_ONE, 4, 0, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        judge_one(&rows[i]);
}

/* Random columns: exactly the pairs that a rule joins come out, each once, in order. */
static void pairs_are_those_of_the_rules(void **state)
{
    enum { SIDE = 60 };
    struct rng r;

    (void)state;
    rng_seed(&r, 11, 3);
    for (int round = 0; round < 200; round++) {
        struct arena *a = arena_new(8 << 20);
        int64_t number[2][SIDE], hash[2][SIDE];
        day birth[2][SIDE];
        str name[2][SIDE];
        struct match_pairs pairs;
        size_t at = 0;

        for (int side = 0; side < 2; side++)
            for (int i = 0; i < SIDE; i++) {
                number[side][i] = rng_below(&r, 30);
                hash[side][i] = rng_below(&r, 6);
                name[side][i] = arena_printf(a, "An %d", (int)hash[side][i]);
                birth[side][i] = (day){ (int32_t)(1990 + rng_below(&r, 2)) * 10000 + (rng_below(&r, 2) ? 0 : 101) };
            }
        struct match_columns left = { .count = SIDE, .number = number[0], .name = name[0], .name_hash = hash[0], .birth = birth[0] };
        struct match_columns right = { .count = SIDE, .number = number[1], .name = name[1], .name_hash = hash[1], .birth = birth[1] };
        match_find(a, &left, &right, &pairs);
        for (uint32_t i = 0; i < SIDE; i++)
            for (uint32_t k = 0; k < SIDE; k++) {
                bool same_number = number[0][i] && number[0][i] == number[1][k];
                bool same_name = hash[0][i] == hash[1][k] && (day_can_be(birth[0][i], birth[1][k]) || day_can_be(birth[1][k], birth[0][i]));
                if (!same_number && !same_name)
                    continue;
                assert_true(at < pairs.count);
                assert_int_equal(pairs.list[at].left, i);
                assert_int_equal(pairs.list[at].right, k);
                assert_int_equal(pairs.list[at].by, (same_number ? MATCH_NUMBER : 0) | (same_name ? MATCH_NAME | MATCH_BIRTH : 0));
                assert_int_equal(pairs.list[at].agree & pairs.list[at].differ, 0);
                at++;
            }
        assert_int_equal(at, pairs.count);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_each_kind_of_row),
        cmocka_unit_test(pairs_are_those_of_the_rules),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
