/* What is told by other columns, for sets of every make. */
#include "match/set/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }

static const struct link_column columns[] = { COLUMN("full", FULL_NAME), COLUMN("given", GIVEN_NAME), COLUMN("sur", SURNAME),
                                              COLUMN("born", BIRTH_DATE), COLUMN("age", AGE) };

/* The heads of the fields that are told, one after the other. */
static void assert_told(const char *list, const char *expected)
{
    struct link_column present[5];
    struct link_load_options options = { .column = present, .threads = 1 };
    str heads = str_slice(str_of(list), 0, strcspn(list, "\n"));
    struct link_set *set;
    struct buf told;

    buf_init(&told, 64);

    for (size_t i = 0; i < 5; i++)
        if (str_find(heads, columns[i].head) < heads.len)
            present[options.columns++] = columns[i];
    assert_true(status_ok(link_set_load(&set, str_of(list), (str){ 0 }, &options)));
    for (int i = 0; i < set->fields; i++)
        if (link_field_is_told(set, i))
            buf_printf(&told, "%.*s ", STR_ARG(set->field[i].head));
    assert_true(str_eq(buf_str(&told), str_of(expected)));
    buf_done(&told);
    link_set_free(set);
}

static void test_full_name_beside_its_parts(void **state)
{
    (void)state;
    assert_told("full,given,sur\nAn Bui,An,Bui\nHoa Le,Hoa,Le\n", "full ");
    assert_told("full,sur\nAn Bui,Bui\nHoa Le,Le\n", "sur ");
    assert_told("given,sur\nAn,Bui\nHoa,Le\n", "");
    assert_told("full\nAn Bui\nHoa Le\n", "");
}

/* Parts that are mostly missing cannot stand for the whole. */
static void test_parts_that_are_rarely_known(void **state)
{
    (void)state;
    assert_told("full,given,sur\nAn Bui,An,\nHoa Le,,\nNga Do,,Do\nTam Vu,,\n", "given sur ");
    assert_told("full,given,sur\n,An,Bui\n,Hoa,Le\n,Nga,Do\nTam Vu,Tam,Vu\n", "full ");
    assert_told("full,given\n,An\n,Hoa\n,Nga\nTam Vu,Tam\n", "");
}

static void test_age_beside_a_birth_date(void **state)
{
    (void)state;
    assert_told("born,age\n1990-02-03,36\n1980-01-02,46\n", "age ");
    assert_told("born,age\n,36\n,46\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_name_beside_its_parts),
        cmocka_unit_test(test_parts_that_are_rarely_known),
        cmocka_unit_test(test_age_beside_a_birth_date),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
