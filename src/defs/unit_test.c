/* Units through time: codes re-used by the map of 2025, lineage, names as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "defs/defs.h"

static struct arena *arena;
static struct defs *d;
static const day before = { 20250630 }, after = { 20250701 };

static int setup(void **state)
{
    struct defs_problems problems = { .lang = LANG_EN };
    (void)state;
    arena = arena_new(64 << 20);
    return status_ok(defs_load(arena, STR(""), &d, &problems)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    defs_free(d);
    arena_free(arena);
    return 0;
}

static unit_id parse(const char *text)
{
    unit_id id = UNIT_NONE;
    assert_true(status_ok(defs_unit_parse(d, str_of(text), after, &id)));
    return id;
}

#define assert_str(got, want) assert_str_(got, want, __LINE__)
static void assert_str_(str got, const char *want, int line)
{
    if (!str_eq(got, str_of(want)))
        fail_msg("line %d: got '%.*s', expected '%s'", line, STR_ARG(got), want);
}

static void totals_are_those_of_the_law(void **state)
{
    size_t levels[3][4] = { 0 };
    (void)state;
    for (size_t i = 0; i < defs_unit_count(d); i++) {
        const struct unit *u = defs_unit_nth(d, i);
        levels[u->map][u->level]++;
    }
    assert_int_equal(levels[MAP_OLD][UNIT_PROVINCE], 63);
    assert_int_equal(levels[MAP_OLD][UNIT_DISTRICT], 696);
    assert_int_equal(levels[MAP_OLD][UNIT_COMMUNE], 10051);
    assert_int_equal(levels[MAP_NEW][UNIT_PROVINCE], 34);
    assert_int_equal(levels[MAP_NEW][UNIT_DISTRICT], 0);
    assert_int_equal(levels[MAP_NEW][UNIT_COMMUNE], 3321);
}

static void one_code_names_two_units(void **state)
{
    unit_id old = defs_unit_by_code(d, STR("00004"), before), new = defs_unit_by_code(d, STR("00004"), after);
    (void)state;
    assert_int_not_equal(old.v, new.v);
    assert_int_equal(new.v, 2300004);
    assert_str(defs_unit_name(arena, d, old, before, LANG_VI), "Phường Trúc Bạch");
    assert_str(defs_unit_path(arena, d, old, before, LANG_VI), "Phường Trúc Bạch, Quận Ba Đình, Thành phố Hà Nội");
    assert_str(defs_unit_path(arena, d, new, after, LANG_VI), "Phường Ba Đình, Thành phố Hà Nội");
    assert_str(defs_unit_path(arena, d, new, after, LANG_EN), "Ba Đình Ward, Hà Nội City");
    assert_true(defs_unit_in_force(d, old, before));
    assert_false(defs_unit_in_force(d, old, after));
    assert_false(defs_unit_in_force(d, new, before));
    assert_true(defs_unit_in_force(d, new, (day){ 20250000 }) && defs_unit_in_force(d, old, (day){ 20250000 }));
    assert_false(defs_unit_in_force(d, new, (day){ 0 }));
}

static void texts_come_back_as_the_same_unit(void **state)
{
    (void)state;
    for (size_t i = 0; i < defs_unit_count(d); i++) {
        const struct unit *u = defs_unit_nth(d, i);
        unit_id back;
        assert_true(status_ok(defs_unit_parse(d, defs_unit_text(arena, u->id), after, &back)));
        assert_int_equal(back.v, u->id.v);
        assert_ptr_equal(defs_unit(d, u->id), u);
    }
    assert_str(defs_unit_text(arena, parse("00004@2024-12-31")), "00004@old");
    assert_str(defs_unit_text(arena, parse("75")), "75@new");
    assert_int_equal(defs_unit_text(arena, UNIT_NONE).len, 0);
}

static void what_is_no_unit_is_refused(void **state)
{
    static const char *const wrong[] = { "", "@", "1", "0004", "00004@", "00004@later", "99999", "001@new", "00004 ", "-0004", "00001@new", "04@2025-02-30" };
    unit_id id;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (!status_is(defs_unit_parse(d, str_of(wrong[i]), after, &id), ERR_UNIT_UNKNOWN) || id.v != 0)
            fail_msg("“%s” was taken for a unit", wrong[i]);
}

static void the_tree_holds_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < defs_unit_count(d); i++) {
        const struct unit *u = defs_unit_nth(d, i);
        size_t count = 0, found = 0;
        const unit_id *list = u->parent.v ? defs_unit_children(d, u->parent, &count)
                                          : defs_provinces(d, (enum unit_map)u->map, &count);
        for (size_t k = 0; k < count; k++)
            found += list[k].v == u->id.v;
        assert_int_equal(found, 1);
        assert_true(defs_unit_within(d, u->id, defs_unit_province(d, u->id)));
    }
    assert_false(defs_unit_within(d, parse("00004@new"), parse("00004@old")));
}

static void a_unit_changes_type_and_stays_itself(void **state)
{
    unit_id dong_nai = parse("75@new");
    (void)state;
    assert_str(defs_unit_name(arena, d, dong_nai, (day){ 20260429 }, LANG_VI), "Tỉnh Đồng Nai");
    assert_str(defs_unit_name(arena, d, dong_nai, (day){ 20260430 }, LANG_VI), "Thành phố Đồng Nai");
    assert_int_equal(defs_unit_type(d, parse("26368@new"), (day){ 20260501 }), UNIT_TYPE_WARD);
    assert_int_equal(defs_unit_type(d, parse("26368@new"), (day){ 20260101 }), UNIT_TYPE_COMMUNE);
}

static unit_id one_at(const char *text, day on)
{
    unit_id out[8];
    size_t count;
    assert_int_equal(defs_unit_at(d, parse(text), on, out, 8, &count), UNIT_ANSWER_ONE);
    assert_int_equal(count, 1);
    return out[0];
}

static void old_units_lead_to_new_ones(void **state)
{
    unit_id out[8];
    size_t count;
    (void)state;
    assert_int_equal(one_at("02@old", after).v, parse("08@new").v);
    assert_int_equal(one_at("755@old", after).v, parse("26732@new").v);
    assert_int_equal(one_at("00004@new", after).v, parse("00004@new").v);
    assert_int_equal(defs_unit_at(d, parse("00028@old"), after, out, 8, &count), UNIT_ANSWER_MANY);
    assert_int_equal(count, 3);
    /* Three communes have a part of Bồ Đề, one of them all its people. */
    assert_non_null(defs_unit_successors(d, parse("00139@old"), &count));
    assert_int_equal(count, 3);
    assert_int_equal(one_at("00139@old", after).v, parse("00118@new").v);
    /* Two communes of one name, in two districts. */
    assert_int_equal(one_at("30901@old", after).v, parse("30886@new").v);
    assert_int_equal(one_at("30913@old", after).v, parse("30910@new").v);
    assert_int_equal(defs_unit_at(d, parse("16387@old"), after, out, 8, &count), UNIT_ANSWER_NONE);
    assert_int_equal(defs_unit_at(d, parse("08@new"), before, out, 8, &count), UNIT_ANSWER_MANY);
    assert_int_equal(count, 2);
    assert_int_equal(defs_unit_at(d, parse("00004@new"), before, out, 1, &count), UNIT_ANSWER_MANY);
    assert_true(count > 1);
    assert_int_equal(defs_unit_at(d, (unit_id){ 7 }, before, out, 8, &count), UNIT_ANSWER_NONE);
}

static void lineage_reads_the_same_from_both_ends(void **state)
{
    size_t pairs = 0, kinds[5] = { 0 };
    (void)state;
    for (size_t i = 0; i < defs_unit_count(d); i++) {
        size_t count, back, found;
        const struct lineage *l = defs_unit_successors(d, defs_unit_nth(d, i)->id, &count);
        for (size_t k = 0; k < count; k++) {
            const struct lineage *r = defs_unit_predecessors(d, l[k].new, &back);
            found = 0;
            for (size_t m = 0; m < back; m++)
                found += r[m].old.v == l[k].old.v && r[m].kind == l[k].kind;
            assert_int_equal(found, 1);
            assert_true(count == 1 || l[k].kind == LINEAGE_PART || l[k].kind == LINEAGE_PEOPLE);
            kinds[l[k].kind]++;
            pairs++;
        }
    }
    assert_true(pairs > 10000 && kinds[LINEAGE_SAME] > 100 && kinds[LINEAGE_PART] > 900);
    assert_int_equal(kinds[LINEAGE_PEOPLE], 58);
}

static void one_map_covers_the_other(void **state)
{
    (void)state;
    assert_true(defs_unit_covers(d, parse("00008@new"), parse("00007@old")) == false); /* divided */
    assert_true(defs_unit_covers(d, parse("01@new"), parse("00007@old")));
    assert_true(defs_unit_covers(d, parse("00004@new"), parse("00004@old")));
    assert_true(defs_unit_covers(d, parse("08@new"), parse("02@old")));
    assert_true(defs_unit_covers(d, parse("26732@new"), parse("755@old")));
    assert_false(defs_unit_covers(d, parse("04@new"), parse("02@old")));
    assert_false(defs_unit_covers(d, parse("00004@new"), parse("01@old")));
    assert_false(defs_unit_covers(d, UNIT_NONE, parse("01@old")));
}

static size_t named(enum unit_map map, const char *parent, const char *name, unit_id *first)
{
    unit_id out[200];
    size_t count = defs_unit_by_name(d, map, parent ? parse(parent) : UNIT_NONE, str_of(name), out, 200);
    *first = count ? out[0] : UNIT_NONE;
    return count;
}

static void names_are_found_as_people_write_them(void **state)
{
    static const char *const ways[] = { "Phường Ba Đình", "ba đình", "BA ĐÌNH", "p. ba dinh", "Ba Dinh", "phuong ba dinh" };
    unit_id id;
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_int_equal(named(MAP_NEW, "01@new", ways[i], &id), 1);
        assert_int_equal(id.v, parse("00004@new").v);
    }
    assert_int_equal(named(MAP_OLD, "01@old", "Quận Ba Đình", &id), 1);
    assert_int_equal(id.v, parse("001@old").v);
    assert_int_equal(named(MAP_OLD, "79@old", "Quận 1", &id), 1);
    assert_int_equal(named(MAP_OLD, NULL, "tỉnh Hoà Bình", &id), 1);
    assert_int_equal(id.v, parse("17@old").v);
    assert_int_equal(named(MAP_OLD, NULL, "TP. Hồ Chí Minh", &id), 1);
    assert_true(named(MAP_OLD, NULL, "Xã Tân Lập", &id) > 20);
    assert_int_equal(named(MAP_NEW, NULL, "Xã Không Có", &id), 0);
    assert_int_equal(named(MAP_NEW, "04@new", "Phường Ba Đình", &id), 0);
}

static void units_are_read_with_those_above_them(void **state)
{
    static const struct {
        const char *text, *unit;
        int error;
    } cases[] = {
        { "00004@new", "00004@new", 0 }, { "00004", "00004@new", 0 },
        { "Phường Ba Đình, Hà Nội", "00004@new", 0 }, { " p. ba dinh ,  TP Hà Nội ", "00004@new", 0 },
        { "Tỉnh Phú Thọ", "25@new", 0 }, { "Xã Không Có, Hà Nội", NULL, ERR_UNIT_UNKNOWN },
        { "Phường Ba Đình, Tỉnh Phú Thọ", NULL, ERR_UNIT_UNKNOWN }, { "Phường Ba Đình, Tỉnh Không Có", NULL, ERR_UNIT_UNKNOWN },
        { "Xã Tân Lập", NULL, ERR_UNIT_AMBIGUOUS }, { "", NULL, ERR_UNIT_UNKNOWN }, { ",", NULL, ERR_UNIT_UNKNOWN },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unit_id id = { 1 };
        assert_int_equal(defs_unit_written(d, str_of(cases[i].text), (day){ 20260105 }, &id).code, cases[i].error);
        assert_int_equal(id.v, cases[i].unit ? parse(cases[i].unit).v : 0);
        fault_clear();
    }
}

static void every_unit_is_found_by_its_own_name(void **state)
{
    unit_id out[600];
    (void)state;
    for (size_t i = 0; i < defs_unit_count(d); i += 7) {
        const struct unit *u = defs_unit_nth(d, i);
        str name = defs_unit_name(arena, d, u->id, before, LANG_VI);
        size_t found = 0, count = defs_unit_by_name(d, (enum unit_map)u->map, u->parent, name, out, 600);
        for (size_t k = 0; k < count && k < 600; k++)
            found += out[k].v == u->id.v;
        if (found != 1)
            fail_msg("%.*s was found %zu times", STR_ARG(name), found);
    }
}

static void number_prefixes_lead_to_provinces(void **state)
{
    (void)state;
    assert_int_equal(defs_unit_by_prefix(d, 1).v, parse("01@old").v);
    assert_int_equal(defs_unit_by_prefix(d, 96).v, parse("96@old").v);
    assert_int_equal(defs_unit_by_prefix(d, 3).v, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_those_of_the_law), cmocka_unit_test(one_code_names_two_units),
        cmocka_unit_test(texts_come_back_as_the_same_unit), cmocka_unit_test(what_is_no_unit_is_refused),
        cmocka_unit_test(the_tree_holds_together), cmocka_unit_test(a_unit_changes_type_and_stays_itself),
        cmocka_unit_test(old_units_lead_to_new_ones), cmocka_unit_test(lineage_reads_the_same_from_both_ends),
        cmocka_unit_test(one_map_covers_the_other), cmocka_unit_test(names_are_found_as_people_write_them),
        cmocka_unit_test(units_are_read_with_those_above_them), cmocka_unit_test(every_unit_is_found_by_its_own_name),
        cmocka_unit_test(number_prefixes_lead_to_provinces),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
