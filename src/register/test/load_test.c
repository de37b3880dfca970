/* The load: what the files say is what the register holds; a bad cell is named; a broken load goes on without doubling. */
#include "fixture.h"

#include "register/load.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char people_head[] = "id,number,name,birth,sex,ethnic,father,mother,spouse,household,relation,unit,birth_unit,home_unit,residence_from,state,death,marital,phone,cmnd,religion,blood\n";
static const char people_rows[] =
    "1,001060000011,Nguyễn Văn Cha,1960-03-02,male,1,,,2,1,head,00004@new,00004@old,00004@old,2025-07-01,active,,married,0912345678,012345678,0,O\n"
    "2,001165000022,Trần Thị Mẹ,1965,2,2,,,1,1,spouse,00004@new,00004@old,,2025-07-01,active,,married,,012345678,1,\n"
    "3,001216000033,Nguyễn Văn Con,2016-05-06,1,1,1,2,,1,child,00004@new,00004@old,00004@old,2016-05-06,active,,single,,,,\n"
    "4,001040000044,Nguyễn Văn Ông,1940,1,1,,,,,,00004@new,00004@old,,,deceased,2020-02-03,widowed,,,,\n"
    "5,001060000011,\"Nguyễn Văn, Trùng\",1960-03-02,1,1,,,,2,head,00008@new,00004@old,,2026-01-01,active,,single,,,,\n";
static const char households[] = "id,unit,address,head\n1,00004@new,\"Số 1, ngõ 2\",1\n2,00008@new,Số 3,5\n";
static const char events[] =
    "id,kind,day,person,other,unit_from,unit_to,detail\n"
    "1,marriage,2015-01-01,1,2,,,\n2,birth,2016-05-06,3,2,,,\n3,move,2018-01-01,5,,00006@old,00004@old,\n4,death,2020-02-03,4,,,,\n"
    "5,number_cancelled,2022-01-01,2,,,,001165000099\n6,move,2026-01-01,5,,00004@old,00008@new,\n";

static void put(struct fixture *f, const char *name, const char *head, const char *rows)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", f->own.folder.path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(head, file);
    fputs(rows, file);
    fclose(file);
}

static void put_all(struct fixture *f)
{
    put(f, "people.csv", people_head, people_rows);
    put(f, "households.csv", households, "");
    put(f, "events.csv", events, "");
}

static status load(struct fixture *f, struct register_load *l)
{
    struct ctx cx = f->cx;
    *l = (struct register_load){ .directory = str_of(f->own.folder.path) };
    cx.now_us = clock_now_us();
    cx.today = day_of_us(cx.now_us);
    return register_load(&cx, l);
}

static void files_become_people(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_load l;
    struct held_facts held;
    put_all(f);
    GOOD(load(f, &l));
    assert_int_equal(l.people, 5);
    assert_int_equal(l.households, 2);
    assert_int_equal(l.events, 6);
    assert_int_equal(l.doubled_numbers, 1);
    struct person father = person_of(f, 1), mother = person_of(f, 2), child = person_of(f, 3), dead = person_of(f, 4), doubled = person_of(f, 5);
    assert_true(father.spouse.v == 2 && mother.spouse.v == 1 && father.marital == MARITAL_MARRIED);
    assert_true(child.father.v == 1 && child.mother.v == 2 && child.household == 1 && child.relation == RELATION_CHILD);
    assert_true(dead.state == PERSON_DECEASED && dead.death.ymd == 20200203 && dead.birth.ymd == 19400000 && dead.marital == MARITAL_WIDOWED);
    assert_true(doubled.number == 0 && str_eq(doubled.name, STR("Nguyễn Văn, Trùng")) && doubled.unit.v == UNIT_B);
    assert_int_equal(mother.birth.ymd, 19650000);
    assert_int_equal(mother.number, INT64_C(1165000022));
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ 5 }, (day){ 20170101 }, 0, &held));
    assert_int_equal(held.field[FIELD_RESIDENCE].fact.number, 1300006);
    GOOD(person_as_of(&f->cx, (person_id){ 5 }, (day){ 20190101 }, 0, &held));
    assert_int_equal(held.field[FIELD_RESIDENCE].fact.number, UNIT_OLD);
    GOOD(person_as_of(&f->cx, (person_id){ 2 }, (day){ 20210101 }, 0, &held));
    assert_int_equal(held.field[FIELD_NUMBER].fact.number, INT64_C(1165000099));
    commit(f);
    folds_hold(f);
}

static void the_loaded_are_found(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_load l;
    struct person *list, p;
    enum number_state number;
    size_t count;
    bool known;
    put_all(f);
    GOOD(load(f, &l));
    begin(f);
    GOOD(persons_by_name(&f->cx, person_name_hash(STR("NGUYEN VAN CHA")), (day){ 19600302 }, &list, &count));
    assert_true(count == 1 && list[0].id.v == 1);
    GOOD(persons_by_name(&f->cx, person_name_hash(STR("Trần Thị Mẹ")), (day){ 19650000 }, &list, &count));
    assert_int_equal(count, 1);
    GOOD(persons_by_name_year(&f->cx, person_name_hash(STR("Nguyễn Văn Con")), 2016, &list, &count));
    assert_int_equal(count, 1);
    GOOD(persons_by_old_number(&f->cx, 12345678, &list, &count));
    assert_int_equal(count, 2); /* old numbers are not unique */
    GOOD(persons_of_household(&f->cx, 1, &list, &count));
    assert_int_equal(count, 3);
    GOOD(children_of(&f->cx, (person_id){ 2 }, &list, &count));
    assert_int_equal(count, 1);
    GOOD(person_by_number(&f->cx, INT64_C(1165000099), &p, &number, &known));
    assert_true(known && p.id.v == 2 && number == NUMBER_REPLACED);
    commit(f);
}

static void a_second_load_is_refused(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_load l;
    put_all(f);
    GOOD(load(f, &l));
    BAD(load(f, &l), REGISTER_NOT_EMPTY);
    folds_hold(f);
}

static void people_of_other_origin_keep_a_load_out(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_load l;
    born(f, NULL, SEX_MALE, 20000101);
    put_all(f);
    BAD(load(f, &l), REGISTER_NOT_EMPTY);
}

struct bad {
    const char *file, *from, *to; /* a piece of the good file and what takes its place */
    enum error_code code;
    const char *field;
    int row, column;
};

static const struct bad bads[] = {
    { "people.csv", "1960-03-02,male", "1960-13-02,male", ERR_DAY_FORMAT, "birth", 2, 4 },
    { "people.csv", ",male,", ",martian,", ERR_ENUM_UNKNOWN, "sex", 2, 5 },
    { "people.csv", "00004@new,00004@old,00004@old,2025", "99999@new,00004@old,00004@old,2025", ERR_UNIT_UNKNOWN, "unit", 2, 12 },
    { "people.csv", "001165000022", "1165", ERR_NUMBER_FORMAT, "number", 3, 2 },
    { "people.csv", "\n3,", "\n9,", ERR_VALUE_RANGE, "id", 4, 1 },
    { "people.csv", "Trần Thị Mẹ", "", ERR_TEXT_EMPTY, "name", 3, 3 },
    { "people.csv", "Trần Thị Mẹ", "Tr\xff\xfe", ERR_TEXT_NOT_UTF8, "name", 3, 3 },
    { "people.csv", "male,1,", "male,77,", ERR_ENUM_UNKNOWN, "ethnic", 2, 6 },
    { "people.csv", "id,number,", "id,nummer,", ERR_COLUMN_UNMAPPED, "people.csv", 0, 0 },
    { "people.csv", "\"Nguyễn Văn, Trùng\"", "\"Nguyễn Văn, Trùng", ERR_CSV_QUOTE, "", 6, 0 },
    { "events.csv", "1,marriage", "1,wedding", ERR_ENUM_UNKNOWN, "kind", 2, 2 },
    { "events.csv", "2015-01-01,1,2", "2015-01-01,1,99", ERR_PERSON_MISSING, "person", 2, 0 },
    { "households.csv", "2,00008@new", "2,00008@never", ERR_UNIT_UNKNOWN, "unit", 3, 2 },
};

static void replace(char *out, size_t cap, const char *text, const struct bad *b)
{
    const char *at = strstr(text, b->from);
    if (at)
        (void)snprintf(out, cap, "%.*s%s%s", (int)(at - text), text, b->to, at + strlen(b->from));
    else
        (void)snprintf(out, cap, "%s", text);
}

static void a_bad_cell_is_named(void **state)
{
    struct fixture *f = fixture_ready(state);
    const struct bad *b = &bads[f->cx.request_id];
    struct register_load l;
    char people[4000], all[4000], bad[4000];
    (void)snprintf(people, sizeof people, "%s%s", people_head, people_rows);
    const char *texts[] = { people, households, events };
    const char *names[] = { "people.csv", "households.csv", "events.csv" };
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(all, sizeof all, "%s", texts[i]);
        replace(bad, sizeof bad, all, b);
        put(f, names[i], "", strcmp(names[i], b->file) == 0 ? bad : all);
    }
    bad_(load(f, &l), b->code, b->from, (int)f->cx.request_id);
    assert_string_equal(fault_here()->field, b->field);
    if (b->row) {
        assert_int_equal(fault_here()->row, b->row);
        if (b->column)
            assert_int_equal(fault_here()->column, b->column);
    }
}

static void each_bad_cell_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        void *inner = NULL;
        assert_int_equal(fixture_sqlite(&inner), 0);
        ((struct fixture *)inner)->cx.request_id = i;
        a_bad_cell_is_named(&inner);
        fixture_end(&inner);
    }
}

static void missing_and_empty_files_are_named(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_load l;
    BAD(load(f, &l), IO);
    assert_string_equal(fault_here()->field, "people.csv");
    put_all(f);
    put(f, "households.csv", "", "");
    BAD(load(f, &l), FILE_EMPTY);
}

/* Fails at a store call, is opened anew, goes on: in the end all is as if nothing had happened. */
static void a_broken_load_goes_on(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct register_load l;
    status st = OK;
    int broken = 0;
    put_all(f);
    for (int64_t nth = 3; nth < 400; nth += 7) {
        store_fault_set(nth, STORE_FAULT_ERROR);
        st = load(f, &l);
        store_fault_set(0, STORE_FAULT_ERROR);
        if (status_ok(st))
            break;
        broken++;
        GOOD(store_migrate(f->app->store, &register_migrations, 1)); /* what opening the program anew does */
    }
    if (!status_ok(st))
        GOOD(load(f, &l));
    assert_true(broken > 3);
    begin(f);
    struct person_ids_after_row *ids;
    size_t people;
    GOOD(person_ids_after(&f->cx, 0, 0, 100, &ids, &people));
    GOOD(figures_check(&f->cx));
    commit(f);
    assert_int_equal(people, 5);
    folds_hold(f);
    BAD(load(f, &l), REGISTER_NOT_EMPTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(files_become_people), EVERYWHERE(the_loaded_are_found), EVERYWHERE(a_second_load_is_refused),
        EVERYWHERE(people_of_other_origin_keep_a_load_out), cmocka_unit_test(each_bad_cell_is_named), EVERYWHERE(missing_and_empty_files_are_named),
        EVERYWHERE(a_broken_load_goes_on),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
