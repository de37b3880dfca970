/* Finds units by what people write: any case, with or without marks, either tone place, with or without the word of the
 * type. Names alone are ambiguous (hundreds of communes are called Tân Lập), so the caller says where to look.
 * tested by: src/defs/unit_test.c */
#include "defs/inside.h"

#include <stdlib.h>

/* FNV-1a, 64 bits: short keys, and the same value in every run. */
uint64_t unit_name_hash(str folded)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < folded.len; i++)
        hash = (hash ^ (unsigned char)folded.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t name_hash(str name)
{
    char folded[128];
    return unit_name_hash((str){ folded, viet_fold_into(folded, sizeof folded, name) });
}

static int key_order(const void *a, const void *b)
{
    const struct unit_name_key *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

void names_finish(struct defs *d)
{
    d->names = ARENA_ARRAY(d->arena, struct unit_name_key, d->unit_count + 1);
    for (size_t i = 0; i < d->unit_count; i++)
        d->names[i] = (struct unit_name_key){ name_hash(d->units[i].name), (uint32_t)i };
    qsort(d->names, d->unit_count, sizeof *d->names, key_order);
}

struct search {
    const struct defs *d;
    enum unit_map map;
    unit_id parent;
    str bare, key; /* key: with tones, to prefer what agrees in marks */
    enum unit_type type;
    struct arena *arena;
};

/* "Thành phố" may mean either kind of city, and "TP" is written for both. */
static bool type_fits(enum unit_type asked, enum unit_type got)
{
    bool cities = (asked == UNIT_TYPE_CITY || asked == UNIT_TYPE_PROVINCE_CITY) &&
                  (got == UNIT_TYPE_CITY || got == UNIT_TYPE_PROVINCE_CITY);
    return asked == UNIT_TYPE_NONE || asked == got || cities;
}

static bool fits(const struct search *s, const struct unit *u, bool with_type)
{
    if (u->map != s->map || (s->parent.v && (u->id.v == s->parent.v || !defs_unit_within(s->d, u->id, s->parent))))
        return false;
    return !with_type || type_fits(s->type, defs_unit_type(s->d, u->id, (day){ 0 })) || type_fits(s->type, (enum unit_type)u->type);
}

static size_t collect(const struct search *s, bool with_type, bool with_marks, unit_id *out, size_t max)
{
    uint64_t hash = name_hash(s->bare);
    size_t low = 0, high = s->d->unit_count, count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->d->names[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->d->unit_count && s->d->names[low].hash == hash; low++) {
        const struct unit *u = &s->d->units[s->d->names[low].index];
        if (!fits(s, u, with_type) || (with_marks && !str_eq(viet_key(s->arena, u->name), s->key)))
            continue;
        if (count < max)
            out[count] = u->id;
        count++;
    }
    return count;
}

static size_t search_best(const struct search *s, unit_id *out, size_t max)
{
    size_t count = collect(s, true, true, out, max);
    if (count == 0)
        count = collect(s, true, false, out, max);
    if (count == 0 && s->type != UNIT_TYPE_NONE)
        count = collect(s, false, true, out, max);
    return count;
}

size_t defs_unit_by_name(const struct defs *d, enum unit_map map, unit_id parent, str name, unit_id *out, size_t max)
{
    if (name.len == 0 || name.len > 100)
        return 0;
    struct arena *arena = arena_new(1 << 20);
    struct search s = { .d = d, .map = map, .parent = parent, .arena = arena };
    s.bare = unit_name_bare(name, &s.type);
    s.key = viet_key(arena, s.bare);
    size_t count = search_best(&s, out, max);
    if (count == 0 && s.type != UNIT_TYPE_NONE) { /* a name that itself begins with such a word */
        s.type = UNIT_TYPE_NONE;
        s.bare = name;
        s.key = viet_key(arena, name);
        count = search_best(&s, out, max);
    }
    arena_free(arena);
    return count;
}

/* The name behind the last comma first. One above that several units bear narrows nothing: "Phú Thọ" is a province and communes. */
STATUS defs_unit_written(const struct defs *d, str text, day today, unit_id *ret)
{
    enum unit_map map = defs_map_at(d, today);
    unit_id found[2], above = UNIT_NONE;
    size_t from = 0, count = 1;
    if (status_ok(defs_unit_parse(d, text, today, ret)))
        return OK;
    fault_clear();
    for (str rest = text; count > 0; rest = str_slice(rest, 0, from - 1)) {
        for (from = rest.len; from > 0 && rest.ptr[from - 1] != ','; from--)
            ;
        count = defs_unit_by_name(d, map, above, str_trim(str_from(rest, from)), found, 2);
        if (from == 0)
            break;
        above = count == 1 ? found[0] : above;
    }
    *ret = count == 1 ? found[0] : UNIT_NONE;
    if (count > 1)
        return FAIL_WITH(UNIT_AMBIGUOUS, STR(""), text);
    return count ? OK : FAIL_WITH(UNIT_UNKNOWN, STR(""), text);
}

str defs_unit_typed(const struct defs *d, struct arena *arena, str text, day today)
{
    unit_id found;
    if (status_ok(defs_unit_written(d, text, today, &found)))
        return defs_unit_text(arena, found);
    fault_clear();
    return text;
}
