/* Levels by kind of field, and that they do not depend on which record stands left. tested here: words.c too. */
#include "match/score/compare.h"

#include "match/score/words.h"
#include "match/set/load.h"
#include "match/set/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum level text(const char *a, const char *b) { return compare_text(str_of(a), str_of(b), false); }

static void test_texts(void **state)
{
    (void)state;
    assert_int_equal(text("elk i", "elki"), TEXT_LETTERS);
    assert_int_equal(text("mueller", "muller"), TEXT_SLIP);
    assert_int_equal(text("mueller", "mueler"), TEXT_SLIP);
    assert_int_equal(text("mueller", "meler"), TEXT_LIKE);
    assert_int_equal(text("robert", "rob"), TEXT_FAINT);
    assert_int_equal(text("robert", "r"), TEXT_FAINT);
    assert_int_equal(text("anna maria", "maria"), TEXT_FAINT);
    assert_int_equal(text("robert", "wolfgang"), LEVEL_DIFFERENT);
    assert_int_equal(compare_text(STR("12"), STR("13"), true), TEXT_FAINT);
    assert_int_equal(compare_text(STR("2114"), STR("2141"), true), TEXT_SLIP);
    assert_int_equal(compare_text(STR("12"), STR("45"), true), LEVEL_DIFFERENT);
}

static enum level days(int y, int m, int d, int y2, int m2, int d2)
{
    enum level one = compare_days(link_day(y, m, d), link_day(y2, m2, d2));

    assert_int_equal(one, compare_days(link_day(y2, m2, d2), link_day(y, m, d)));
    return one;
}

static void test_days(void **state)
{
    (void)state;
    assert_int_equal(days(1990, 2, 1, 1990, 2, 1), LEVEL_SAME);
    assert_int_equal(days(1990, 2, 1, 1990, 1, 2), DAYS_SWAP);
    assert_int_equal(days(1990, 2, 1, 1990, 0, 0), DAYS_COARSE);
    assert_int_equal(days(1990, 2, 0, 1990, 2, 7), DAYS_COARSE);
    assert_int_equal(days(1990, 2, 0, 1990, 3, 7), DAYS_YEAR);
    assert_int_equal(days(1991, 0, 0, 1990, 3, 7), LEVEL_DIFFERENT);
    assert_int_equal(days(1990, 2, 11, 1990, 2, 12), DAYS_SLIP);
    assert_int_equal(days(1990, 2, 12, 1990, 2, 21), DAYS_SLIP);
    assert_int_equal(days(1998, 40, 5, 1998, 4, 5), DAYS_SLIP); /* "19984005": no day, but near one */
    assert_int_equal(days(1990, 2, 11, 1956, 2, 11), DAYS_PARTS);
    assert_int_equal(days(1990, 2, 11, 1990, 8, 27), DAYS_YEAR);
    assert_int_equal(days(1990, 2, 11, 1947, 8, 27), LEVEL_DIFFERENT);
}

static void test_numbers(void **state)
{
    uint64_t number = link_digits(12, 1090000012);

    (void)state;
    assert_int_equal(compare_digits(number, number), LEVEL_SAME);
    assert_int_equal(compare_digits(number, link_digits(12, 1090000072)), DIGITS_SLIP);
    assert_int_equal(compare_digits(number, link_digits(12, 1090000021)), DIGITS_SWAP);
    assert_int_equal(compare_digits(number, link_digits(12, 1900000012)), DIGITS_SWAP); /* 90 in value, a swap in digits */
    assert_int_equal(compare_digits(number, link_digits(10, 1090000012)), DIGITS_SHIFT); /* leading zeros lost */
    assert_int_equal(compare_digits(number, link_digits(11, 1090000012)), DIGITS_SHIFT);
    assert_int_equal(compare_digits(number, link_digits(12, 1090000345)), DIGITS_START);
    assert_int_equal(compare_digits(number, link_digits(12, 79185123456)), LEVEL_DIFFERENT);
}

static const struct link_column people[] = {
    COLUMN("id", ID), COLUMN("given", GIVEN_NAME), COLUMN("sur", SURNAME), COLUMN("full", FATHER_NAME), COLUMN("home", ADDRESS),
};

static enum level level_of(const char *rows, int field)
{
    static const struct link_load_options options = { .column = people, .columns = COUNT(people), .threads = 1 };
    struct arena *arena = arena_new(1 << 16);
    struct compare_memo *memo = compare_memo_new();
    struct link_set *set;
    struct comparer c;
    uint64_t one, other;

    /* Words that others have too, so that no word is in all records. */
    assert_true(status_ok(link_set_load(&set, arena_join(arena, STR("id,given,sur,full,home\n"), str_of(rows)), (str){ 0 }, &options)));
    comparer_init(&c, set);
    assert_int_equal(c.count, 4);
    one = compare_records(&c, memo, 0, 0, 0, 1);
    other = compare_records(&c, memo, 0, 1, 0, 0);
    assert_true(one == other);
    comparer_done(&c);
    compare_memo_free(memo);
    link_set_free(set);
    arena_free(arena);
    return (enum level)pattern_level(one, field);
}

static void test_beside(void **state)
{
    (void)state;
    assert_int_equal(level_of("1,Isla,Hall,x,y\n2,Hall,Isla,x,y\n", 0), TEXT_ELSEWHERE);
    assert_int_equal(level_of("1,Isla,Hall,x,y\n2,Hall,Isla,x,y\n", 1), TEXT_ELSEWHERE);
    assert_int_equal(level_of("1,Isla,Hall,x,y\n2,Isla,Hall,x,y\n", 1), LEVEL_SAME);
    assert_int_equal(level_of("1,,Hall,x,y\n2,Isla,Hall,x,y\n", 0), LEVEL_UNKNOWN);
    assert_int_equal(level_of("1,Isla,Hall,x,y\n2,Hall,Islla,x,y\n", 0), TEXT_ELSEWHERE); /* and a slip */
    assert_int_equal(level_of("1,Isla,Hall,x,y\n2,Hall,,x,y\n", 0), TEXT_ELSEWHERE);
    assert_int_equal(level_of("1,Werner,Schulz,x,y\n2,Uwe,Werner,x,y\n", 0), LEVEL_DIFFERENT); /* a name that is both */
}

static enum level full(const char *a, const char *b)
{
    struct arena *arena = arena_new(1 << 16);
    enum level level = level_of(arena_printf(arena, "1,a,b,%s,c\n2,a,b,%s,c\n", a, b).ptr, 2);

    arena_free(arena);
    return level;
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(full("Nguyễn Văn Hoà", "NGUYỄN VĂN HÒA"), LEVEL_SAME);
    assert_int_equal(full("Nguyễn Văn Hoà", "Nguyen Van Hoa"), NAME_LETTERS);
    assert_int_equal(full("Nguyễn Văn Hoà", "Hoà Nguyễn Văn"), NAME_NEAR);
    assert_int_equal(full("Nguyễn Văn Hoà", "Nguyeenx Văn Hoà"), NAME_NEAR);
    assert_int_equal(full("Nguyễn Văn Hoà", "Nguyễn V Hoà"), NAME_NEAR);
    assert_int_equal(full("Hoàng Văn Hoà", "Huỳnh Văn Hoà"), NAME_NEAR);
    assert_int_equal(full("Nguyễn Văn Hoà", "Nguyễn Hoà"), NAME_ENDS);
    assert_int_equal(full("Nguyễn Văn Hoà", "Nguyễn Đình Hoà"), NAME_ENDS);
    assert_int_equal(full("Nguyễn Văn Hoà", "Nguyễn Văn Bình"), NAME_FIRST);
    assert_int_equal(full("Nguyễn Văn Bình", "Trần Thị Bình"), NAME_LAST);
    assert_int_equal(full("Nguyễn Văn Hoà", "Trần Thị Lan"), LEVEL_DIFFERENT);
}

static enum level home(const char *a, const char *b)
{
    struct arena *arena = arena_new(1 << 16);
    enum level level = level_of(arena_printf(arena, "1,a,b,x,%s\n2,a,b,x,%s\n", a, b).ptr, 3);

    arena_free(arena);
    return level;
}

static void word_slip(struct rng *r, char word[static 16])
{
    static const char letters[] = "aehnt1";
    size_t len = strlen(word), at = rng_below(r, (uint32_t)len);
    char letter = letters[rng_below(r, 6)];

    switch (rng_below(r, 4)) {
    case 0: word[at] = letter; break;
    case 1: word[at] = word[len - 1]; word[len - 1] = letter; break;
    case 2:
        if (len > 1)
            memmove(word + at, word + at + 1, len - at);
        break;
    default:
        if (len < 12) {
            memmove(word + at + 1, word + at, len - at + 1);
            word[at] = letter;
        }
    }
}

/* What is known of words beforehand passes over none that is near. */
static void test_words_near_at_random(void **state)
{
    static const struct link_load_options options = { .column = people, .columns = COUNT(people), .threads = 1 };
    enum { PAIRS = 30000 };
    struct compare_memo *memo = compare_memo_new();
    struct comparer c;
    struct link_set *set;
    struct buf b;
    struct rng r;
    int near = 0;

    (void)state;
    rng_seed(&r, 5, 6);
    buf_init(&b, 4 << 20);
    buf_printf(&b, "id,given,sur,full,home\n");
    for (int i = 0; i < PAIRS; i++) {
        char word[16] = "n";

        for (int slips = (int)rng_below(&r, 16); slips > 0; slips--)
            word_slip(&r, word);
        buf_printf(&b, "%d,a,b,Nguyen %s Hoa,c\n", i, word);
        for (int slips = (int)rng_below(&r, 4); slips > 0; slips--)
            word_slip(&r, word);
        buf_printf(&b, "%d,a,b,Nguyen %s Hoa,c\n", i, word);
    }
    assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &options)));
    comparer_init(&c, set);
    for (uint32_t i = 0; i < PAIRS; i++) {
        const struct link_field *f = &set->field[c.list[2].field];
        struct link_words one = link_words(f, 0, 2 * i), other = link_words(f, 0, 2 * i + 1);
        bool is_near = one.code[1] == other.code[1] || words_are_near(f->dict, one.code[1], other.code[1]);

        assert_int_equal(one.count, 3);
        assert_int_equal(pattern_level(compare_pair(&c, memo, (struct link_pair){ 2 * i, 2 * i + 1 }), 2) >= NAME_NEAR, is_near);
        near += is_near && one.code[1] != other.code[1];
    }
    assert_true(near > PAIRS / 8 && near < PAIRS);
    comparer_done(&c);
    compare_memo_free(memo);
    link_set_free(set);
    buf_done(&b);
}

static void test_addresses(void **state)
{
    (void)state;
    assert_int_equal(home("Số 5 ngõ 12 Lý Nam Đế", "Số 5 ngõ 12 Lý Nam Đế"), LEVEL_SAME);
    assert_int_equal(home("Số 5 ngõ 12 Lý Nam Đế", "so 5 ngo 12 ly nam de"), WORDS_6);
    assert_int_equal(home("ngõ 12 số 5 Lý Nam Đế", "Số 5 ngõ 12 Lý Nam Đế"), WORDS_6);
    assert_true(home("Số 5 ngõ 12 Lý Nam Đế", "Số 5 ngõ 14 Lý Nam Đế") < WORDS_6);
    assert_true(home("Số 5 ngõ 12 Lý Nam Đế", "Số 5 ngõ 14 Lý Nam Đế") >= WORDS_4);
    assert_int_equal(home("Số 5 ngõ 12 Lý Nam Đế", "thôn Đoài xã Đông"), LEVEL_DIFFERENT);
}

/* Numbers of one length are told apart in a way of their own: it says what the distance says. */
static void test_persons_at_random(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 3, 4);
    for (int i = 0; i < 200000; i++) {
        uint64_t a = link_digits(12, 1087000000 + rng_below(&r, 1000000)), b = a, power = 1;

        for (int slips = (int)rng_below(&r, 4); slips > 0; slips--, power = 1) {
            for (int places = (int)rng_below(&r, 12); places > 0; places--)
                power *= 10;
            b = link_digits(12, (b << 8 >> 8) / (power * 10) * power * 10 + rng_below(&r, 10) * power + (b << 8 >> 8) % power);
        }
        if (rng_below(&r, 4) == 0) /* neighbours swapped */
            b = link_digits(12, (b << 8 >> 8) / 100 * 100 + b % 100 / 10 + b % 10 * 10);
        assert_int_equal(compare_persons(a, b) > DIGITS_FAR, compare_digits(a, b) > DIGITS_FAR);
    }
}

/* Enough records for cards: pairs compared by them, by columns, and one by one have the same patterns. */
static void test_many_at_once(void **state)
{
    static const char *const words[] = { "", "nguyen", "Nguyễn", "van", "vân", "hoa", "hòa", "thi", "lan", "lam", "12", "so" };
    static const struct link_load_options options = { .column = people, .columns = COUNT(people), .threads = 1 };
    enum { ROWS = 17000, PAIRS = 3000 };
    struct link_pair pairs[PAIRS];
    static uint64_t columns_say[PAIRS], cards_say[PAIRS];
    struct compare_memo *memo = compare_memo_new();
    struct comparer c;
    struct link_set *set;
    struct buf b;
    struct rng r;

    (void)state;
    rng_seed(&r, 8, 9);
    buf_init(&b, 4 << 20);
    buf_printf(&b, "id,given,sur,full,home\n");
    for (int i = 0; i < ROWS; i++) {
        buf_printf(&b, "%d", i);
        for (int k = 0; k < 4; k++)
            buf_printf(&b, ",%s %s", words[rng_below(&r, 12)], words[rng_below(&r, 12)]);
        buf_char(&b, '\n');
    }
    assert_true(status_ok(link_set_load(&set, buf_str(&b), (str){ 0 }, &options)));
    comparer_init(&c, set);
    for (int i = 0; i < PAIRS; i++)
        pairs[i] = (struct link_pair){ rng_below(&r, ROWS), rng_below(&r, ROWS) };
    compare_pairs(&c, memo, pairs, PAIRS, columns_say);
    comparer_cards(&c, 2);
    assert_non_null(c.cards);
    compare_pairs(&c, memo, pairs, PAIRS, cards_say);
    assert_memory_equal(columns_say, cards_say, sizeof cards_say);
    for (int i = 0; i < PAIRS; i++)
        assert_int_equal(compare_pair(&c, memo, pairs[i]), cards_say[i]);
    comparer_done(&c);
    compare_memo_free(memo);
    link_set_free(set);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),  cmocka_unit_test(test_days),  cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_beside), cmocka_unit_test(test_names), cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_many_at_once), cmocka_unit_test(test_persons_at_random), cmocka_unit_test(test_words_near_at_random),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
