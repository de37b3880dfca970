/* The scanner against what the writer writes, at every position of a block, and against each fault it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/csv.h"

#define CELLS 40

/* Every record as <cell><cell>…| for comparing at a glance. */
static str scan(struct arena *arena, const char *text, char delimiter)
{
    struct csv c DEFER(csv_done);
    struct buf out;
    str cells[CELLS], got;
    size_t count;
    bool more;

    buf_init(&out, 1 << 20);
    csv_start(&c, str_of(text), delimiter);
    for (;;) {
        assert_true(status_ok(csv_next(&c, cells, CELLS, &count, &more)));
        if (!more)
            break;
        for (size_t i = 0; i < count; i++)
            buf_printf(&out, "<%.*s>", STR_ARG(cells[i]));
        buf_char(&out, '|');
    }
    got = arena_str(arena, buf_str(&out));
    buf_done(&out);
    return got;
}

static void reads_what_the_rules_allow(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "", "" },
        { "\xEF\xBB\xBF" "a,b\n", "<a><b>|" },
        { "a,b\r\nc,d\r\n", "<a><b>|<c><d>|" },
        { "a,b\nc,d", "<a><b>|<c><d>|" },
        { "a\rb\rc", "<a>|<b>|<c>|" },
        { "a,,\n,\n", "<a><><>|<><>|" },
        { "\n\nx\n", "<>|<>|<x>|" },
        { "\"a,b\",\"c\"\"d\"\n\"\",\"\"\"\"", "<a,b><c\"d>|<><\">|" },
        { "\"two\nlines\",x\r\ny,\"z\"\r\n", "<two\nlines><x>|<y><z>|" },
        { "5\" pipe,\"q\"\r", "<5\" pipe><q>|" },
        { "a\rb,c\n", "<a\rb><c>|" },
        { "\"a\"\"\",\"\"\"b\"\n", "<a\"><\"b>|" },
    };
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        str got = scan(arena, cases[i].text, ',');
        if (!str_eq(got, str_of(cases[i].expected)))
            fail_msg("%s: got %.*s, not %s", cases[i].text, STR_ARG(got), cases[i].expected);
    }
    arena_free(arena);
}

static void refuses_with_row_and_column(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
        int row, column;
        const char *raw;
    } cases[] = {
        { "a,b\nc,\"d\"e\nf,g\n", ERR_CSV_QUOTE, 2, 2, "c,\"d\"e" },
        { "a\n\"nev\nf,g\n", ERR_CSV_QUOTE, 2, 1, "\"nev" },
        { "a,b\r\nx,\"\r\nf,g\n", ERR_CSV_QUOTE, 2, 2, "x," "\"" },
        { "a\n1,2,3,4,5\nf,g\n", ERR_CSV_COLUMNS, 2, 5, "1,2,3,4,5" },
        { "a\n1,12345678901\nf,g\n", ERR_CELL_TOO_LARGE, 2, 2, "1,12345678901" },
        { "a\n\"12345678901\"\nf,g\n", ERR_CELL_TOO_LARGE, 2, 1, "\"12345678901\"" },
        { "a\n\"1234567890123", ERR_CELL_TOO_LARGE, 2, 1, "\"1234567890123" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct csv c DEFER(csv_done);
        str cells[4];
        size_t count;
        bool more;
        status st;

        csv_start(&c, str_of(cases[i].text), ',');
        c.cell_bytes_max = 10;
        assert_true(status_ok(csv_next(&c, cells, 4, &count, &more)));
        st = csv_next(&c, cells, 4, &count, &more);
        assert_int_equal(st.code, cases[i].code);
        assert_int_equal(fault_here()->row, cases[i].row);
        assert_int_equal(fault_here()->column, cases[i].column);
        assert_true(str_eq(c.raw, str_of(cases[i].raw)));
    }
}

static void goes_on_behind_a_bad_record(void **state)
{
    struct csv c DEFER(csv_done);
    str cells[4];
    size_t count;
    bool more;

    (void)state;
    csv_start(&c, STR("a,b\n\"open,c\nlast,\"two\nlines\"\nend"), ',');
    assert_true(status_ok(csv_next(&c, cells, 4, &count, &more)));
    assert_int_equal(csv_next(&c, cells, 4, &count, &more).code, ERR_CSV_QUOTE);
    assert_int_equal(c.line, 2);
    assert_true(status_ok(csv_next(&c, cells, 4, &count, &more)));
    assert_int_equal(count, 2);
    assert_int_equal(c.row, 3);
    assert_int_equal(c.line, 3);
    assert_true(str_eq(c.raw, STR("last,\"two\nlines\"")));
    assert_true(status_ok(csv_next(&c, cells, 4, &count, &more)));
    assert_int_equal(c.row, 4);
    assert_int_equal(c.line, 5);
    assert_true(status_ok(csv_next(&c, cells, 4, &count, &more)));
    assert_false(more);
}

/* Random cells out of awkward bytes, written and read, so that marks fall on every place of a block. */
static void written_is_read(void **state)
{
    static const char letters[] = "ab\",;\t\n\r 'x\xC3\xA1";
    static const char delimiters[] = ",;\t|";
    struct rng r;

    (void)state;
    rng_seed(&r, 7, 1);
    for (int round = 0; round < 3000; round++) {
        char delimiter = delimiters[rng_below(&r, 4)];
        char kept[CELLS][40];
        size_t lengths[CELLS], columns = 1 + rng_below(&r, 6), count;
        struct csv c DEFER(csv_done);
        struct buf out;
        str cells[CELLS];
        bool more;

        buf_init(&out, 1 << 16);
        for (size_t i = 0; i < columns * 5; i++) {
            lengths[i] = rng_below(&r, 30) + (columns == 1);
            for (size_t k = 0; k < lengths[i]; k++)
                kept[i][k] = letters[rng_below(&r, sizeof(letters) - 1)];
            csv_cell(&out, (str){ kept[i], lengths[i] }, delimiter);
            buf_add(&out, (i + 1) % columns ? (str){ &delimiter, 1 } : STR("\r\n"));
        }
        csv_start(&c, buf_str(&out), delimiter);
        for (size_t row = 0; row < 5; row++) {
            assert_true(status_ok(csv_next(&c, cells, CELLS, &count, &more)));
            assert_true(more);
            assert_int_equal(count, columns);
            for (size_t i = 0; i < count; i++)
                assert_true(str_eq(cells[i], (str){ kept[row * columns + i], lengths[row * columns + i] }));
        }
        assert_true(status_ok(csv_next(&c, cells, CELLS, &count, &more)));
        assert_false(more);
        buf_done(&out);
    }
}

static void guesses_the_delimiter(void **state)
{
    (void)state;
    assert_int_equal(csv_delimiter(STR("name;born\nAn, Lan;1\nB;2\n")), ';');
    assert_int_equal(csv_delimiter(STR("name\tborn\nAn, Lan\t1\nB\t2\n")), '\t');
    assert_int_equal(csv_delimiter(STR("List of, members\n\nname|born\nA|1\nB|2\n")), '|');
    assert_int_equal(csv_delimiter(STR("one\ntwo\n")), ',');
    assert_int_equal(csv_delimiter(STR("")), ',');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_rules_allow), cmocka_unit_test(refuses_with_row_and_column),
        cmocka_unit_test(goes_on_behind_a_bad_record), cmocka_unit_test(written_is_read),
        cmocka_unit_test(guesses_the_delimiter),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
