/* Builds the tree of units from the provinces of the definitions and the communes that the build took in. The embedded
 * table was checked when it was made, so a flaw in it stops the program; a flaw in provinces.yaml, which an installation
 * may replace, is reported with its place. tested by: src/defs/unit_test.c */
#include "defs/inside.h"

#include <stdlib.h>
#include <string.h>

#include "messages/messages.h"

enum { UNITS_MAX = 40000 };

static struct unit *unit_add(struct defs *d)
{
    if (!d->units)
        d->units = ARENA_ARRAY(d->arena, struct unit, UNITS_MAX);
    MUST(d->unit_count < UNITS_MAX);
    return &d->units[d->unit_count++];
}

static void maps_read(struct defs *d, struct yaml_file *f)
{
    static const char *const keys[] = { "", "old", "new", NULL };
    struct yaml_node **maps = NULL;
    size_t count = yaml_list(f, f->root, "maps", &maps);
    for (size_t i = 0; i < count; i++) {
        int map = yaml_word(f, yaml_need(f, maps[i], "key"), keys);
        if (map < MAP_OLD)
            continue;
        yaml_day(f, yaml_need(f, maps[i], "from"), &d->maps[map].from);
        struct yaml_node *to = yaml_get(maps[i], "to");
        if (to)
            yaml_day(f, to, &d->maps[map].to);
        yaml_get(maps[i], "law");
        yaml_end(f, maps[i]);
    }
    if (day_is_none(d->maps[MAP_OLD].from) || day_is_none(d->maps[MAP_NEW].from))
        yaml_problem(f, f->root, msg_defs_map_days(), msg_defs_fix_maps());
}

/* Two digits, as the statistics office writes province codes. */
static bool code_read(struct yaml_file *f, struct yaml_node *node, size_t digits, int32_t *ret)
{
    str text = { 0 };
    int64_t value = 0;
    if (!yaml_str(f, node, &text))
        return false;
    if (text.len != digits || !str_is_digits(text) || !str_i64(text, &value)) {
        yaml_problem(f, node, msg_defs_unit_code(text, (int64_t)digits), msg_defs_fix_digits_quoted());
        return false;
    }
    *ret = (int32_t)value;
    return true;
}

static void province_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    static const char *const maps[] = { "", "old", "new", NULL };
    static const char *const types[] = { "", "province", "city", NULL };
    struct unit u = { .level = UNIT_PROVINCE };
    int map = yaml_word(f, yaml_need(f, node, "map"), maps);
    int type = yaml_word(f, yaml_need(f, node, "type"), types);
    int32_t prefix = 0, becomes = 0;
    bool whole = code_read(f, yaml_need(f, node, "code"), 2, &u.code) && yaml_str(f, yaml_need(f, node, "name"), &u.name) &&
                 code_read(f, yaml_need(f, node, "prefix"), 3, &prefix) && yaml_str(f, yaml_get(node, "prefix"), &u.prefix) &&
                 yaml_str(f, yaml_need(f, node, "agency"), &u.agency);
    if (yaml_get(node, "phone"))
        yaml_str(f, yaml_get(node, "phone"), &u.phone_area);
    if (map == MAP_OLD && code_read(f, yaml_need(f, node, "becomes"), 2, &becomes))
        u.next = unit_id_make(MAP_NEW, UNIT_PROVINCE, becomes);
    yaml_end(f, node);
    if (!whole || map < MAP_OLD || type < UNIT_TYPE_PROVINCE)
        return;
    u.map = (uint8_t)map;
    u.type = (uint8_t)type;
    u.id = unit_id_make(map, UNIT_PROVINCE, u.code);
    for (size_t i = 0; i < d->unit_count; i++)
        if (d->units[i].id.v == u.id.v)
            yaml_problem(f, node, msg_defs_province_twice(arena_printf(f->problem_arena, "%02d", u.code)), msg_defs_fix_remove_one());
    *unit_add(d) = u;
}

static void change_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct unit_change c = { 0 };
    str text = { 0 }, word = { 0 };
    if (!yaml_str(f, yaml_need(f, node, "unit"), &text) || !yaml_day(f, yaml_need(f, node, "from"), &c.from))
        return;
    if (!status_ok(defs_unit_parse(d, text, c.from, &c.unit)))
        yaml_problem(f, node, msg_defs_unit_unknown(text), msg_defs_fix_unit_written());
    if (yaml_get(node, "type") && yaml_str(f, yaml_get(node, "type"), &word)) {
        int type = unit_type_of_word(word);
        if (type < 0)
            yaml_problem(f, node, msg_defs_unit_type(word), msg_defs_fix_unit_type());
        c.type = (uint8_t)(type > 0 ? type : 0);
    }
    if (yaml_get(node, "name"))
        yaml_str(f, yaml_get(node, "name"), &c.name);
    yaml_get(node, "law");
    yaml_end(f, node);
    d->changes[d->change_count++] = c;
}

void provinces_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    maps_read(d, f);
    size_t count = yaml_list(f, f->root, "provinces", &list);
    for (size_t i = 0; i < count; i++)
        province_read(d, f, list[i]);
}

static void commune_add(struct defs *d, char kind, int32_t code, int32_t parent, int type, str name)
{
    MUST(type > 0 && name.len > 0);
    struct unit *u = unit_add(d);
    u->map = kind == 'N' ? MAP_NEW : MAP_OLD;
    u->level = kind == 'D' ? UNIT_DISTRICT : UNIT_COMMUNE;
    u->type = (uint8_t)type;
    u->code = code;
    u->id = unit_id_make(u->map, u->level, code);
    u->parent = unit_id_make(u->map, kind == 'O' ? UNIT_DISTRICT : UNIT_PROVINCE, parent);
    u->name = name;
}

static void lineage_add(struct defs *d, str old, int32_t new, bool people)
{
    int64_t code = 0;
    bool district = str_starts(old, STR("d"));
    MUST(str_i64(district ? str_from(old, 1) : old, &code));
    struct lineage *l = &d->by_old[d->lineage_count++];
    l->old = unit_id_make(MAP_OLD, district ? UNIT_DISTRICT : UNIT_COMMUNE, (int32_t)code);
    l->new = unit_id_make(MAP_NEW, UNIT_COMMUNE, new);
    l->kind = people ? LINEAGE_PEOPLE : LINEAGE_PART;
}

void communes_read(struct defs *d, str tsv)
{
    str line, kind, first, second, word;
    d->by_old = ARENA_ARRAY(d->arena, struct lineage, UNITS_MAX);
    while (str_cut(&tsv, '\n', &line)) {
        int64_t a = 0, b = 0;
        if (line.len == 0)
            continue;
        MUST(str_cut(&line, '\t', &kind) && str_cut(&line, '\t', &first) && str_cut(&line, '\t', &second));
        MUST(str_i64(second, &b));
        if (str_eq(kind, STR("L"))) {
            MUST(d->lineage_count < UNITS_MAX);
            lineage_add(d, first, (int32_t)b, str_eq(line, STR("p")));
        } else {
            MUST(str_i64(first, &a) && str_cut(&line, '\t', &word));
            commune_add(d, kind.ptr[0], (int32_t)a, (int32_t)b, unit_type_of_word(word), line);
        }
    }
}

static int unit_order(const void *a, const void *b)
{
    int32_t x = ((const struct unit *)a)->id.v, y = ((const struct unit *)b)->id.v;
    return (x > y) - (x < y);
}

/* Units are sorted by id, that is by map, level, code: one counting pass gives each unit its children in order. */
static void children_link(struct defs *d)
{
    d->children = ARENA_ARRAY(d->arena, struct unit_children, d->unit_count + 1);
    d->child_ids = ARENA_ARRAY(d->arena, unit_id, d->unit_count + 1);
    for (size_t i = 0; i < d->unit_count; i++) {
        size_t parent = unit_index(d, d->units[i].parent);
        struct unit_children *of = parent == SIZE_MAX ? &d->provinces[d->units[i].map] : &d->children[parent];
        of->count++;
    }
    uint32_t next = 0;
    for (int map = MAP_OLD; map <= MAP_NEW; map++) {
        d->provinces[map].first = next;
        next += d->provinces[map].count;
        d->provinces[map].count = 0;
    }
    for (size_t i = 0; i < d->unit_count; i++) {
        d->children[i].first = next;
        next += d->children[i].count;
        d->children[i].count = 0;
    }
    for (size_t i = 0; i < d->unit_count; i++) {
        size_t parent = unit_index(d, d->units[i].parent);
        struct unit_children *of = parent == SIZE_MAX ? &d->provinces[d->units[i].map] : &d->children[parent];
        d->child_ids[of->first + of->count++] = d->units[i].id;
    }
}

void units_finish(struct defs *d, struct yaml_file *provinces)
{
    qsort(d->units, d->unit_count, sizeof *d->units, unit_order);
    for (size_t i = 0; i < d->unit_count; i++) {
        const struct unit *u = &d->units[i];
        if (u->level != UNIT_PROVINCE && !defs_unit(d, u->parent))
            yaml_problem(provinces, provinces->root, msg_defs_unit_parent(arena_printf(provinces->problem_arena, "%d", u->parent.v % 100000)), msg_defs_fix_provinces_all());
        if (u->next.v && !defs_unit(d, u->next))
            yaml_problem(provinces, provinces->root, msg_defs_province_becomes(arena_printf(provinces->problem_arena, "%02d", u->code), arena_printf(provinces->problem_arena, "%02d", u->next.v % 100000)), msg_defs_fix_province_new());
        if (provinces->problems->count > 0)
            return;
    }
    children_link(d);
    lineage_finish(d);
    names_finish(d);
    struct yaml_node **list = NULL;
    size_t count = yaml_list(provinces, provinces->root, "changes", &list);
    d->changes = ARENA_ARRAY(d->arena, struct unit_change, count + 1);
    for (size_t i = 0; i < count; i++)
        change_read(d, provinces, list[i]);
}
