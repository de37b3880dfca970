/* Does the address of a row name units that exist, by the map of before July 2025 or by today's? A unit that nobody knows is
 * a warning, never a refusal: lists write hamlets and abbreviations where units should stand. The units of an address
 * are asked for once and remembered, since a list names few of them.
 * tested by: src/centre/test/list_test.c */
#include "centre/inside.h"

enum { FITS = 1, UNKNOWN = 2, ADDRESS_BYTES_MAX = 1024 };

struct map_view {
    const struct defs *defs;
    enum unit_map map;
};

static size_t units_find(const void *self, int32_t parent, str name, int32_t *out, size_t max)
{
    const struct map_view *v = self;
    unit_id found[PLACE_CANDIDATES];
    size_t n = defs_unit_by_name(v->defs, v->map, (unit_id){ parent }, name, found, PLACE_CANDIDATES);

    for (size_t i = 0; i < n && i < max && i < PLACE_CANDIDATES; i++)
        out[i] = found[i].v;
    return n;
}

void places_init(struct places *p, const struct defs *defs)
{
    p->defs = defs;
    table64_init(&p->known, 1024);
}

void places_done(struct places *p) { table64_done(&p->known); }

static uint64_t units_key(const struct place *place)
{
    uint64_t h = 0;

    for (int i = 0; i < PLACE_LEVELS; i++)
        h = (h ^ str_hash(place->unit[i].name) ^ str_hash(place->unit[i].type)) * 0xff51afd7ed558ccdu + 1;
    return h;
}

/* Only levels that the address names by their type: the rest is a guess of order. */
static bool is_unknown(struct arena *a, const struct defs *defs, const struct place *place)
{
    uint32_t told = 0, missed = UINT32_MAX;

    for (int i = 0; i < PLACE_LEVELS; i++)
        if (place->unit[i].name.len && !place->unit[i].guessed)
            told |= 1u << i;
    for (int map = MAP_NEW; map >= MAP_OLD; map--) {
        struct map_view view = { defs, (enum unit_map)map };
        struct gazetteer g = { &view, units_find };
        struct place_match m;
        place_resolve(a, &g, place, &m);
        missed &= m.missed;
    }
    return (told & missed) != 0;
}

bool place_is_unknown(struct places *p, struct arena *a, str raw)
{
    struct place place;
    uint64_t key, answer;
    str address;

    if (!raw.len || !status_ok(viet_enter_cell(a, (str){ 0 }, raw, ADDRESS_BYTES_MAX, &address)) || !address.len)
        return false;
    place_parse(address, &place);
    key = units_key(&place);
    if (!table64_get(&p->known, key, &answer)) {
        answer = is_unknown(a, p->defs, &place) ? UNKNOWN : FITS;
        table64_set(&p->known, key, answer);
    }
    return answer == UNKNOWN;
}
