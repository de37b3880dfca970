/* Remembers what the ends of addresses name: in a list of a province a few thousand ends stand behind a million houses. An answer is
 * kept for the whole address, or for what stands behind a head that takes no part in it (places_head).
 * tested by: src/refine/test/place_test.c */
#include "refine/place.h"

#include "base/text.h"

enum { KEPT_MAX = 1 << 16, KEPT_BYTES_MAX = 256 << 20, TABLES = 4 };

/* Slices as places, from the beginning of the key; of one behind a head the rest is cut anew. */
struct kept {
    struct place_found found;
    size_t rest_at, units_at;
};

void place_memo_init(struct place_memo *m, const struct places *p)
{
    *m = (struct place_memo){ .places = p, .arena = arena_new(KEPT_BYTES_MAX) };
    for (int i = 0; i < TABLES; i++)
        table_init(&m->found[i]);
}

void place_memo_done(struct place_memo *m)
{
    for (int i = 0; i < TABLES; i++)
        table_done(&m->found[i]);
    arena_free(m->arena);
}

static void room_make(struct place_memo *m)
{
    const struct places *p = m->places;
    size_t count = 0;

    for (int i = 0; i < TABLES; i++)
        count += m->found[i].count;
    if (count < KEPT_MAX)
        return;
    place_memo_done(m);
    place_memo_init(m, p);
}

/* What names a commune depends on the end alone. Its units begin there, or the head would have taken part. */
static bool is_of_end(str address, size_t head, const struct place_found *f)
{
    bool commune = f->answer == PLACE_KNOWN || f->answer == PLACE_DIVIDED || f->answer == PLACE_SEVERAL;

    return !head || (commune && f->units.len && f->units.ptr >= address.ptr + head);
}

static void keep(struct place_memo *m, struct table *t, str address, size_t head, const struct place_found *f)
{
    struct kept *k = ARENA_NEW(m->arena, struct kept);

    k->found = *f;
    k->units_at = f->units.len ? (size_t)(f->units.ptr - address.ptr) - head : 0;
    k->rest_at = !head && f->rest.len ? (size_t)(f->rest.ptr - address.ptr) : 0;
    table_set(t, arena_str(m->arena, str_from(address, head)), k);
}

void place_memo_find(struct place_memo *m, struct arena *a, str address, struct place_found *ret)
{
    size_t head = places_head(m->places, address);
    struct table *t = &m->found[text_is_ascii(address) + 2 * (head > 0)];
    const struct kept *k = table_get(t, str_from(address, head));

    if (!k) {
        places_find(m->places, a, address, ret);
        room_make(m);
        if (is_of_end(address, head, ret))
            keep(m, t, address, head, ret);
        return;
    }
    *ret = k->found;
    ret->units = str_slice(address, head + k->units_at, head + k->units_at + k->found.units.len);
    ret->rest = head ? place_rest(address, head + k->units_at) : str_slice(address, k->rest_at, k->rest_at + k->found.rest.len);
}
