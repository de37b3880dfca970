/* The index: a score is the same in bulk, singly and between two loaded lists; threads and segments change nothing; files that
 * are none, of another version, cut off or changed are refused or harmless. */
#include "match/index/inside.h"
#include "match/index/test/store.h"
#include "match/link.h"

#include "match/set/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PEOPLE = 1200, CSV_BYTES_MAX = 1 << 20 };

static const char *const family[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Vũ", "Đặng", "Bùi" };
static const char *const middle[] = { "Văn", "Thị", "Minh", "Ngọc", "Đức", "Hữu" };
static const char *const given[] = { "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hùng", "Lan", "Mai", "Nam", "Oanh", "Sơn", "Tâm", "Vy" };
#define OF(list, n) (list[(n) % (sizeof(list) / sizeof *(list))])

/* A row of person n; `slip` 0: as in the register. */
static void row_add(struct buf *b, uint32_t n, int slip)
{
    uint64_t r = link_mix(n + 1, 77);
    int day_of = 1 + (int)(r % 28), month = 1 + (int)(r / 31 % 12), year = 1940 + (int)(r / 401 % 80);
    unsigned long long tel = 900000000 + r / 7 % 99999999;

    buf_printf(b, "%c%05u,%s %s %s%s,", slip ? 'L' : 'R', n, OF(family, r >> 8), OF(middle, r >> 16), OF(given, r >> 24), slip == 1 ? "h" : "");
    if (slip == 2)
        buf_printf(b, "%02d/%02d/%d,", day_of, month % 12 + 1, year);
    else
        buf_printf(b, "%02d/%02d/%d,", day_of, month, year);
    if (slip == 3)
        buf_add(b, STR(","));
    else
        buf_printf(b, "%03u0%02d%06llu,", 1 + (unsigned)(r % 60), year % 100, (unsigned long long)(r >> 20) % 1000000);
    buf_printf(b, "%s,0%llu,\"Số %llu, phố %s, %s\",x%llu\n", r & 64 ? "Nam" : "Nữ", slip == 4 ? tel + 1 : tel, (unsigned long long)(r >> 30) % 200,
               OF(given, r >> 40), OF(family, r >> 50), (unsigned long long)(r >> 12) % 97);
}

static const char heads[] = "id,ho_ten,ngay,so,sex,tel,noi_o,ma\n";

static str people(struct buf *b, uint32_t from, uint32_t to, bool slips)
{
    buf_init(b, CSV_BYTES_MAX);
    buf_add(b, str_of(heads));
    for (uint32_t n = from; n < to; n++)
        row_add(b, n, slips ? (int)(n % 6) : 0);
    return buf_str(b);
}

struct bed {
    struct store store[2];
    struct buf csv[2], asked;
    struct index_def *def;
    struct index *ix;
    struct link_set *list;
};

/* The first 800 people in one segment, the others in another or nowhere; asked about are all. */
static void bed_make(struct bed *b, int segments)
{
    str file[2], name[2] = { STR("1"), STR("2") };

    *b = (struct bed){ 0 };
    for (int i = 0; i < 2; i++)
        store_init(&b->store[i]);
    assert_true(status_ok(store_make(&b->store[0], people(&b->csv[0], 0, 800, false), &b->def)));
    assert_true(status_ok(store_make(&b->store[1], people(&b->csv[1], 800, PEOPLE, false), &b->def)));
    for (int i = 0; i < 2; i++)
        file[i] = buf_str(&b->store[i].file);
    assert_true(status_ok(index_open(&b->ix, file, name, segments)));
    b->list = store_load(people(&b->asked, 0, PEOPLE, true));
}

static void bed_done(struct bed *b)
{
    index_close(b->ix);
    index_def_free(b->def);
    link_set_free(b->list);
    for (int i = 0; i < 2; i++) {
        store_done(&b->store[i]);
        buf_done(&b->csv[i]);
    }
    buf_done(&b->asked);
}

static void bulk_run(const struct bed *b, int threads, struct index_bulk *ret)
{
    const struct index_bulk_options o = { .threads = threads };

    index_bulk_run(b->ix, b->list, &o, ret);
}

static bool hits_same(const struct index_hit *a, const struct index_hit *b)
{
    return a->row == b->row && a->segment == b->segment && a->record == b->record && a->pattern == b->pattern && a->bits == b->bits;
}

/* Every pair, to the bit. */
static void test_single_as_bulk(void **state)
{
    struct index_bulk bulk, two;
    struct index_search *s;
    struct bed b;
    size_t at = 0;

    (void)state;
    bed_make(&b, 2);
    bulk_run(&b, 1, &bulk);
    bulk_run(&b, 2, &two);
    assert_int_equal(bulk.count, two.count);
    assert_int_equal(bulk.matches, two.matches);
    s = index_search_new(b.ix, b.list);
    for (uint32_t row = 0; row < PEOPLE; row++) {
        const struct index_hit *hit;
        size_t n = index_find(s, row, .5, &hit), end = at;

        while (end < bulk.count && bulk.hit[end].hit.row == row)
            end++;
        assert_int_equal(n, end - at);
        for (; at < end; at++) {
            bool found = false;

            for (size_t i = 0; i < n; i++)
                found |= hits_same(&hit[i], &bulk.hit[at].hit);
            assert_true(found);
            assert_true(hits_same(&bulk.hit[at].hit, &two.hit[at].hit) && bulk.hit[at].hit.class == two.hit[at].hit.class && bulk.hit[at].hit.probability == two.hit[at].hit.probability);
        }
        for (size_t i = 1; i < n; i++)
            assert_true(hit[i - 1].bits >= hit[i].bits);
    }
    assert_int_equal(at, bulk.count);
    index_search_free(s);
    index_bulk_done(&bulk);
    index_bulk_done(&two);
    bed_done(&b);
}

/* Nearly everybody is found, whatever the slip, as the right person; those of a segment that is not there are not. */
static void right_people(int segments, uint32_t there)
{
    struct arena *a = arena_new(1 << 24);
    struct index_bulk bulk;
    struct bed b;
    uint32_t right = 0;

    bed_make(&b, segments);
    bulk_run(&b, 1, &bulk);
    for (size_t i = 0; i < bulk.count; i++) {
        const struct index_hit *h = &bulk.hit[i].hit;

        if (h->class == LINK_PAIR_MATCH)
            right += str_eq(str_from(index_bulk_id(&bulk, i), 1), str_from(link_id(b.list, 0, h->row), 1));
        assert_true(str_eq(index_bulk_id(&bulk, i), index_id(b.ix, a, h->segment, h->record)));
    }
    assert_true(right >= there * 97 / 100);
    assert_true(bulk.matches - right <= 2);
    arena_free(a);
    index_bulk_done(&bulk);
    bed_done(&b);
}

static void test_right_people(void **state)
{
    (void)state;
    right_people(1, 800);
    right_people(2, PEOPLE);
}

/* Patterns are those of two loaded lists, but for texts of words, whose levels weigh words by how often both lists have them. */
static void test_patterns(void **state)
{
    struct compare_memo *memo = compare_memo_new();
    struct link_set *both = NULL;
    struct index_search *s;
    struct comparer c;
    struct bed b;

    (void)state;
    bed_make(&b, 1);
    assert_true(status_ok(link_set_load(&both, buf_str(&b.asked), buf_str(&b.csv[0]), &store_options)));
    comparer_init(&c, both);
    assert_int_equal(c.count, b.def->fields);
    s = index_search_new(b.ix, b.list);
    for (uint32_t row = 0; row < PEOPLE; row += 3)
        for (uint32_t record = 0; record < 800; record += row % 7 + 1) {
            struct index_hit hit;
            uint64_t pattern = compare_pair(&c, memo, (struct link_pair){ row, record });

            search_room(s);
            search_left(s, 0, row);
            search_right(s, 1, 0, record);
            (void)search_weigh(s, 0, 1, &hit);
            for (int i = 0; i < c.count; i++)
                if (both->field[c.list[i].field].role != LINK_ADDRESS)
                    assert_int_equal(pattern_level(pattern, i), pattern_level(hit.pattern, i));
        }
    index_search_free(s);
    comparer_done(&c);
    compare_memo_free(memo);
    link_set_free(both);
    bed_done(&b);
}

/* What is explained is what was decided by. */
static void test_explained(void **state)
{
    struct arena *a = arena_new(1 << 24);
    const struct index_hit *hit;
    struct index_explained e;
    struct index_search *s;
    struct bed b;

    (void)state;
    bed_make(&b, 1);
    s = index_search_new(b.ix, b.list);
    for (uint32_t row = 1; row < 60; row++) {
        size_t n = index_find(s, row, .5, &hit);
        struct index_hit first;
        double sum;

        assert_true(n > 0);
        first = hit[0];
        index_explain(s, a, &first, &e);
        assert_true(e.total > (double)first.bits - .001 && e.total < (double)first.bits + .001);
        sum = e.start;
        for (int i = 0; i < e.fields; i++)
            sum += e.field[i].bits;
        assert_true(sum > e.total - 1.1 && sum < e.total + 1.1);
    }
    index_search_free(s);
    arena_free(a);
    bed_done(&b);
}

static status opened(str file, struct index **ret)
{
    str name = STR("f");

    return index_open(ret, &file, &name, 1);
}

static void test_refused(void **state)
{
    struct index *ix = NULL;
    struct bed b;
    struct segment_head head;
    char *copy;
    str file, two[2], name[2] = { STR("1"), STR("2") };

    (void)state;
    bed_make(&b, 1);
    file = buf_str(&b.store[0].file);
    copy = malloc(file.len);
    assert_non_null(copy);
    assert_true(status_is(opened(STR(""), &ix), ERR_INDEX_FOREIGN));
    assert_true(status_is(opened(STR("id,ho_ten\n1,An\n"), &ix), ERR_INDEX_FOREIGN));
    for (size_t len = 300; len < file.len; len += file.len / 41)
        assert_true(status_is(opened(str_slice(file, 0, len), &ix), ERR_INDEX_CUT));
    memcpy(copy, file.ptr, file.len);
    memcpy(&head, copy, sizeof head);
    head.version++;
    memcpy(copy, &head, sizeof head);
    assert_true(status_is(opened((str){ copy, file.len }, &ix), ERR_INDEX_VERSION));
    assert_string_equal(fault_here()->field, "f");
    head.version--;
    head.records++;
    memcpy(copy, &head, sizeof head);
    assert_true(status_is(opened((str){ copy, file.len }, &ix), ERR_INDEX_CUT));
    free(copy);

    struct store other;
    struct index_def *def = NULL;
    struct buf csv;
    store_init(&other);
    assert_true(status_ok(store_make(&other, people(&csv, 0, 300, false), &def)));
    two[0] = file;
    two[1] = buf_str(&other.file);
    assert_true(status_is(index_open(&ix, two, name, 2), ERR_INDEX_SEGMENT));
    index_def_free(def);
    store_done(&other);
    buf_done(&csv);
    bed_done(&b);
}

/* Bytes past the head that were changed lead nowhere else. */
static void test_changed_bytes(void **state)
{
    struct bed b;
    char *copy;
    str file;

    (void)state;
    bed_make(&b, 1);
    file = buf_str(&b.store[0].file);
    copy = malloc(file.len);
    assert_non_null(copy);
    for (uint64_t turn = 0; turn < 40; turn++) {
        struct index *ix = NULL;
        struct index_search *s;
        const struct index_hit *hit;

        memcpy(copy, file.ptr, file.len);
        for (uint64_t k = 0; k < 400; k++)
            copy[INDEX_HEAD_BYTES + link_mix(turn * 1000 + k, 5) % (file.len - INDEX_HEAD_BYTES)] ^= (char)(1 << k % 8);
        if (!status_ok(opened((str){ copy, file.len }, &ix)))
            continue;
        s = index_search_new(ix, b.list);
        for (uint32_t row = 0; row < 200; row++)
            (void)index_find(s, row, .5, &hit);
        index_search_free(s);
        index_close(ix);
    }
    free(copy);
    bed_done(&b);
}

/* A sink that fails at any call: the failure comes back. */
static void test_sink_fails(void **state)
{
    struct buf csv;
    str list = people(&csv, 0, 700, false);
    struct index_def *def = NULL;
    int calls = 0;

    (void)state;
    for (;; calls++) {
        struct store s;
        status st;

        store_init(&s);
        s.calls_left = calls;
        st = store_make(&s, list, &def);
        store_done(&s);
        if (status_ok(st))
            break;
        assert_true(status_is(st, ERR_IO));
    }
    assert_true(calls > 3);
    index_def_free(def);
    buf_done(&csv);
}

static void test_empty(void **state)
{
    struct index_def *def = NULL;
    struct store s;

    (void)state;
    store_init(&s);
    assert_true(status_is(store_make(&s, str_of(heads), &def), ERR_INDEX_EMPTY));
    store_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_as_bulk), cmocka_unit_test(test_right_people), cmocka_unit_test(test_patterns),   cmocka_unit_test(test_explained),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_changed_bytes), cmocka_unit_test(test_sink_fails), cmocka_unit_test(test_empty),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
