/* Roles: what is taken, what is refused with its place, and what is suggested from heads and contents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "refine/link/roles.h"

#include <string.h>

struct desk {
    struct arena *arena;
    struct roles_heads heads[2];
    str csv[2];
    int sides;
    struct roles roles;
};

static void desk_open(struct desk *d, const char *left, const char *right)
{
    *d = (struct desk){ .arena = arena_new(64 << 20), .sides = right ? 2 : 1, .csv = { str_of(left), str_of(right) } };
    for (int s = 0; s < d->sides; s++)
        assert_true(status_ok(roles_heads_read(d->arena, s ? STR("b.csv") : STR("a.csv"), d->csv[s], &d->heads[s])));
}

static status desk_check(struct desk *d, const char *yaml)
{
    status st = roles_read(d->arena, LANG_EN, STR("roles.yaml"), str_of(yaml), &d->roles);

    return status_ok(st) ? roles_check(&d->roles, d->heads, d->sides) : st;
}

static void refused(const char *csv, const char *yaml, enum error_code code, int line)
{
    struct desk d;

    desk_open(&d, csv, NULL);
    assert_int_equal(desk_check(&d, yaml).code, code);
    assert_int_equal(fault_here()->row, line);
    arena_free(d.arena);
}

static void good_roles(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d, "rec_id, given_name ,surname\n1,an,le\n", "rec_id,given_name,family\n2,an,le\n");
    assert_true(status_ok(desk_check(&d, "columns:\n  rec_id: id\n  given_name: given-name\n  surname: surname\n  family: surname\n")));
    assert_int_equal(d.roles.count, 4);
    assert_int_equal(d.roles.columns[1].role, LINK_GIVEN_NAME);
    assert_int_equal(d.roles.columns[2].line, 4);
    arena_free(d.arena);
}

static void bad_roles(void **state)
{
    static const char csv[] = "id,name,other,\n1,a,b,\n";

    (void)state;
    refused(csv, "columns:\n  id: id\n  name: fullname\n", ERR_ROLE_UNKNOWN, 3);
    refused(csv, "columns:\n  id: id\n  name: [full-name]\n", ERR_ROLE_UNKNOWN, 3);
    refused(csv, "columns:\n  id: id\n  nom: full-name\n", ERR_ROLE_COLUMN, 3);
    refused(csv, "columns:\n  id: id\n  other: id\n  name: text\n", ERR_ROLE_DOUBLE, 3);
    refused(csv, "columns:\n  id: id\n  name: ignore\n", ERR_ROLES_NONE, 0);
    refused(csv, "columns:\n  id: id\n  id: full-name\n", ERR_ROLES_FILE, 3);
    refused(csv, "columns:\n  name: text\ncolums:\n  id: id\n", ERR_ROLES_FILE, 3);
    refused(csv, "rows:\n  id: id\n", ERR_ROLES_FILE, 1);
    refused(csv, "columns: []\n", ERR_ROLES_FILE, 1);
    refused(csv, "", ERR_ROLES_FILE, 1);
    refused("id,name,name\n", "columns:\n  name: text\n", ERR_ROLES_HEADS, 2);
}

static void bad_heads(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct roles_heads h;

    (void)state;
    assert_int_equal(roles_heads_read(a, STR("a"), STR(""), &h).code, ERR_FILE_EMPTY);
    assert_int_equal(roles_heads_read(a, STR("a"), STR("\n1,2\n"), &h).code, ERR_FILE_EMPTY);
    assert_int_equal(roles_heads_read(a, STR("a"), STR(",,\n1,2,3\n"), &h).code, ERR_FILE_EMPTY);
    assert_int_equal(roles_heads_read(a, STR("a"), STR("id,H\xe4\n"), &h).code, ERR_ENCODING_UNKNOWN);
    assert_int_equal(roles_heads_read(a, STR("a"), STR("id,\"a\n"), &h).code, ERR_CSV_QUOTE);
    arena_free(a);
}

static void nothing_shared(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d, "id,name\n1,a\n", "id,dob\n1,2000-01-01\n");
    assert_int_equal(desk_check(&d, "columns:\n  id: id\n  name: full-name\n  dob: birth-date\n").code, ERR_ROLES_NONE);
    arena_free(d.arena);
}

static enum link_role role_of(const struct roles *r, const char *head)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_eq(r->columns[i].head, str_of(head)))
            return r->columns[i].role;
    return LINK_ROLE_COUNT;
}

static void suggested(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d,
              "Mã,Họ và tên,Ngày sinh,Giới tính,Số CCCD,cluster,x1,x2\n1,Nguyễn Văn An,02/01/1990,Nam,001090000011,7,an@example.vn,0912345678\n"
              "2,Trần Thị Bình,1991-05-17,Nữ,001191000012,8,b@example.vn,0912345679\n3,Lê Văn Cường,1992-05-17,Nam,001092000013,9,c@example.vn,0912345670\n",
              "uid,name,surname\n1,an,nguyen\n2,binh,tran\n");
    assert_true(status_ok(roles_guess(d.arena, d.csv, d.heads, d.sides, &d.roles)));
    assert_int_equal(role_of(&d.roles, "Mã"), LINK_ID);
    assert_int_equal(role_of(&d.roles, "Họ và tên"), LINK_FULL_NAME);
    assert_int_equal(role_of(&d.roles, "Ngày sinh"), LINK_BIRTH_DATE);
    assert_int_equal(role_of(&d.roles, "Giới tính"), LINK_SEX);
    assert_int_equal(role_of(&d.roles, "Số CCCD"), LINK_PERSON_NUMBER);
    assert_int_equal(role_of(&d.roles, "cluster"), LINK_IGNORE);
    assert_int_equal(role_of(&d.roles, "x1"), LINK_EMAIL);
    assert_int_equal(role_of(&d.roles, "x2"), LINK_PHONE);
    assert_int_equal(role_of(&d.roles, "uid"), LINK_ID);
    assert_int_equal(role_of(&d.roles, "name"), LINK_GIVEN_NAME);
    arena_free(d.arena);
}

static void without_heads_that_speak(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d, "a,b,c,d\n1,Nguyễn Văn An,1990-01-02,zz\n2,Trần Thị Bình,1991-02-03,yy\n3,Lê Văn Cường,1992-03-04,yy\n", NULL);
    assert_true(status_ok(roles_guess(d.arena, d.csv, d.heads, 1, &d.roles)));
    assert_int_equal(role_of(&d.roles, "a"), LINK_ID);
    assert_int_equal(role_of(&d.roles, "b"), LINK_FULL_NAME);
    assert_int_equal(role_of(&d.roles, "c"), LINK_BIRTH_DATE);
    assert_int_equal(role_of(&d.roles, "d"), LINK_IGNORE);
    arena_free(d.arena);
}

/* Whatever is suggested can be saved and read back. */
static void written_and_read(void **state)
{
    struct desk d;
    struct roles again;
    struct buf out;

    (void)state;
    desk_open(&d, "\"a: \"\"b\"\" #1\",,'x',Tên mẹ\n1,2,3,4\n", NULL);
    assert_true(status_ok(roles_guess(d.arena, d.csv, d.heads, 1, &d.roles)));
    buf_init(&out, 1 << 16);
    roles_write(&d.roles, &out);
    assert_true(status_ok(roles_read(d.arena, LANG_EN, STR("r"), buf_str(&out), &again)));
    assert_int_equal(again.count, d.roles.count);
    for (size_t i = 0; i < again.count; i++) {
        assert_true(str_eq(again.columns[i].head, d.roles.columns[i].head));
        assert_int_equal(again.columns[i].role, d.roles.columns[i].role);
    }
    buf_done(&out);
    arena_free(d.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_roles),     cmocka_unit_test(bad_roles),
        cmocka_unit_test(bad_heads),      cmocka_unit_test(nothing_shared),
        cmocka_unit_test(suggested),      cmocka_unit_test(without_heads_that_speak),
        cmocka_unit_test(written_and_read),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
