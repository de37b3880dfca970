/* The file of entities and what is done to it; see entities.h.
 *   dancu-entities,1,NEXT,RUNS
 *   record,SIDE,ID,ENTITY,PINNED          in the order in which they came
 *   entry,NUMBER,RUN,merged|split|moved,FROM,TO,UNDONE
 *   moved,PLACE                            of the entry above it: records by their place, from 0
 *   end,CHECKSUM                           FNV-1a of all bytes before this line
 * tested by: src/refine/link/test/entities_test.c */
#include "refine/link/entities.h"

#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1, CELLS_MAX = 8, KEY_BYTES_MAX = 400 };

static const char *const change_words[] = { "merged", "split", "moved" };

static uint64_t hash_bytes(uint64_t h, str s)
{
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return h;
}
static const uint64_t hash_start = UINT64_C(0xcbf29ce484222325);

void entities_start(struct entities *e, struct arena *a, str file)
{
    *e = (struct entities){ .arena = a, .file = file, .next = 1 };
    table_init(&e->places);
}

void entities_done(struct entities *e) { table_done(&e->places); }

/* --- records and entries ----------------------------------------------------------------------------------------------- */

static void *grown(struct arena *a, const void *old, size_t count, size_t *cap, size_t bytes)
{
    *cap = *cap ? *cap * 2 : 8;
    void *list = arena_array(a, *cap, bytes);
    if (count)
        memcpy(list, old, count * bytes);
    return list;
}

static str key_of(struct arena *a, int side, str id) { return arena_join(a, side ? STR("r") : STR("l"), id); }

static size_t place_of(const struct entities *e, int side, str id)
{
    char key[KEY_BYTES_MAX];

    if (id.len >= sizeof key)
        return 0;
    key[0] = side ? 'r' : 'l';
    memcpy(key + 1, id.ptr, id.len);
    return (size_t)(uintptr_t)table_get(&e->places, (str){ key, id.len + 1 });
}

static uint32_t record_add(struct entities *e, struct entity_record r)
{
    if (e->record_count == e->record_cap)
        e->records = grown(e->arena, e->records, e->record_count, &e->record_cap, sizeof *e->records);
    e->records[e->record_count++] = r;
    table_set(&e->places, key_of(e->arena, r.side, r.id), (void *)(uintptr_t)e->record_count);
    return (uint32_t)e->record_count - 1;
}

static struct entity_entry *entry_add(struct entities *e, struct entity_entry entry)
{
    if (e->entry_count == e->entry_cap)
        e->entries = grown(e->arena, e->entries, e->entry_count, &e->entry_cap, sizeof *e->entries);
    e->entries[e->entry_count] = entry;
    return &e->entries[e->entry_count++];
}

static void moved_add(struct entities *e, struct entity_entry *n, uint32_t place)
{
    if (n->moved_count == n->moved_cap)
        n->moved = grown(e->arena, n->moved, n->moved_count, &n->moved_cap, sizeof *n->moved);
    n->moved[n->moved_count++] = place;
}

uint64_t entities_of(const struct entities *e, int side, str id)
{
    size_t place = place_of(e, side, id);

    return place ? e->records[place - 1].entity : 0;
}

/* --- the file ------------------------------------------------------------------------------------------------------------ */

static bool number_read_u64(str s, uint64_t max, uint64_t *ret)
{
    int64_t n;

    if (!str_is_digits(s) || !str_i64(s, &n) || (uint64_t)n > max)
        return false;
    *ret = (uint64_t)n;
    return true;
}

static bool head_take(struct entities *e, const str *cells, size_t count)
{
    uint64_t format;

    return count == 4 && str_eq(cells[0], STR("dancu-entities")) && number_read_u64(cells[1], FORMAT, &format) && format == FORMAT &&
           number_read_u64(cells[2], INT64_MAX, &e->next) && e->next && number_read_u64(cells[3], INT64_MAX, &e->runs);
}

static bool record_take(struct entities *e, const str *cells, size_t count)
{
    uint64_t side, entity, pinned;

    if (count != 5 || !number_read_u64(cells[1], 1, &side) || !number_read_u64(cells[3], e->next - 1, &entity) || !entity ||
        !number_read_u64(cells[4], 1, &pinned) || place_of(e, (int)side, cells[2]) || cells[2].len >= KEY_BYTES_MAX)
        return false;
    record_add(e, (struct entity_record){ arena_str(e->arena, cells[2]), (int)side, entity, pinned != 0 });
    return true;
}

static bool entry_take(struct entities *e, const str *cells, size_t count)
{
    struct entity_entry n = { 0 };
    uint64_t undone;
    int change = -1;

    for (int i = 0; count == 7 && i < 3; i++)
        if (str_eq(cells[3], str_of(change_words[i])))
            change = i;
    if (change < 0 || !number_read_u64(cells[1], INT64_MAX, &n.number) || n.number != e->entry_count + 1 ||
        !number_read_u64(cells[2], e->runs, &n.run) || !number_read_u64(cells[4], e->next - 1, &n.from) ||
        !number_read_u64(cells[5], e->next - 1, &n.to) || !number_read_u64(cells[6], 1, &undone))
        return false;
    n.change = (enum entity_change)change;
    n.undone = undone != 0;
    entry_add(e, n);
    return true;
}

static bool moved_take(struct entities *e, const str *cells, size_t count)
{
    struct entity_entry *n = e->entry_count ? &e->entries[e->entry_count - 1] : NULL;
    uint64_t place;

    if (count != 2 || !n || !e->record_count || !number_read_u64(cells[1], e->record_count - 1, &place))
        return false;
    moved_add(e, n, (uint32_t)place);
    return true;
}

static bool line_take(struct entities *e, const str *cells, size_t count)
{
    if (!e->records && !e->entries && str_eq(cells[0], STR("dancu-entities")))
        return head_take(e, cells, count);
    if (str_eq(cells[0], STR("record")))
        return !e->entry_count && record_take(e, cells, count);
    if (str_eq(cells[0], STR("entry")))
        return entry_take(e, cells, count);
    return str_eq(cells[0], STR("moved")) && moved_take(e, cells, count);
}

static status state_bad(const struct entities *e, int64_t line, str what)
{
    status st = FAIL_WITH(ENTITY_STATE, e->file, what);

    fault_place(line, 1);
    return st;
}

/* The whole is held against its checksum before a line of it is believed. */
static STATUS sum_check(const struct entities *e, str text, str *ret_body)
{
    static const str mark = STR("\nend,");
    size_t at = text.len;

    while (at > 0 && !str_starts(str_from(text, at - 1), mark))
        at--;
    if (!at)
        return state_bad(e, 1, STR("end"));
    *ret_body = str_slice(text, 0, at);
    struct arena *a = e->arena;
    str wanted = arena_printf(a, "end,%016llx\n", (unsigned long long)hash_bytes(hash_start, *ret_body));
    return str_eq(str_from(text, at), wanted) ? OK : state_bad(e, 1, STR("checksum"));
}

STATUS entities_read(struct entities *e, str text)
{
    DEFER(csv_done) struct csv scan = { 0 };
    str body, cells[CELLS_MAX];
    size_t count;
    bool more;

    TRY(sum_check(e, text, &body));
    csv_start(&scan, body, ',');
    for (bool first = true;; first = false) {
        TRY(csv_next(&scan, cells, CELLS_MAX, &count, &more));
        if (!more)
            return first ? state_bad(e, 1, STR("dancu-entities")) : OK;
        if (first != str_eq(cells[0], STR("dancu-entities")) || !line_take(e, cells, count))
            return state_bad(e, scan.line, cells[0]);
    }
}

void entities_write(const struct entities *e, struct link_csv *out)
{
    out->sum = hash_start;
    buf_printf(&out->buf, "dancu-entities,%d,%llu,%llu", FORMAT, (unsigned long long)e->next, (unsigned long long)e->runs);
    link_csv_row_end(out);
    for (size_t i = 0; i < e->record_count; i++) {
        const struct entity_record *r = &e->records[i];
        buf_printf(&out->buf, "record,%d,", r->side);
        csv_cell(&out->buf, r->id, ',');
        buf_printf(&out->buf, ",%llu,%d", (unsigned long long)r->entity, r->pinned);
        link_csv_row_end(out);
    }
    for (size_t i = 0; i < e->entry_count; i++) {
        const struct entity_entry *n = &e->entries[i];
        buf_printf(&out->buf, "entry,%llu,%llu,%s,%llu,%llu,%d", (unsigned long long)n->number, (unsigned long long)n->run,
                   change_words[n->change], (unsigned long long)n->from, (unsigned long long)n->to, n->undone);
        link_csv_row_end(out);
        for (size_t k = 0; k < n->moved_count; k++) {
            buf_printf(&out->buf, "moved,%u", n->moved[k]);
            link_csv_row_end(out);
        }
    }
    buf_printf(&out->buf, "end,%016llx", (unsigned long long)link_csv_sum(out));
    link_csv_row_end(out);
}

/* --- a run ---------------------------------------------------------------------------------------------------------------- */

/* The records of a run, in the form that entity_assign() takes, and where each stands in the state. */
struct update {
    struct entity_input in;
    uint32_t *cluster;
    uint64_t *before, *hash;
    bool *pinned;
    uint32_t *place;
};

static STATUS update_add(struct entities *e, struct update *u, const struct entities_run *run, int side)
{
    for (uint32_t i = 0; i < run->count[side]; i++) {
        str id = run->id[side][i];
        size_t at = u->in.count++, place = place_of(e, side, id);
        if (id.len >= KEY_BYTES_MAX)
            return FAIL_WITH(RECORD_UNKNOWN, e->file, id);
        if (!place)
            place = (size_t)record_add(e, (struct entity_record){ arena_str(e->arena, id), side, 0, false }) + 1;
        struct entity_record *r = &e->records[place - 1];
        u->cluster[at] = run->cluster[side][i];
        u->before[at] = r->entity;
        u->pinned[at] = r->pinned;
        u->hash[at] = hash_bytes(hash_bytes(hash_start, side ? STR("r") : STR("l")), id);
        u->place[at] = (uint32_t)place - 1;
    }
    return OK;
}

/* A record that this list lacks follows its entity. */
static void absent_follow(struct entities *e, const struct entity_output *out, const uint64_t *was)
{
    struct table64 merged;
    uint64_t to;

    table64_init(&merged, out->event_count);
    for (size_t i = 0; i < out->event_count; i++)
        if (out->events[i].change == ENTITY_MERGED)
            table64_set(&merged, out->events[i].from, out->events[i].to);
    for (size_t k = 0; k < e->record_count; k++)
        if (was[k] == e->records[k].entity && table64_get(&merged, was[k], &to))
            e->records[k].entity = to;
    table64_done(&merged);
}

struct move {
    uint64_t from, to;
    uint32_t place;
};
static int move_order(const void *a, const void *b)
{
    const struct move *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Entries for all records whose entity is not what it was; events and moves stand in the same order. */
static void entries_note(struct entities *e, const struct entity_output *out, const uint64_t *was)
{
    struct move *moves = ARENA_ARRAY(e->arena, struct move, e->record_count + 1);
    size_t count = 0, at = 0;

    for (size_t k = 0; k < e->record_count; k++)
        if (was[k] && was[k] != e->records[k].entity)
            moves[count++] = (struct move){ was[k], e->records[k].entity, (uint32_t)k };
    if (count)
        qsort(moves, count, sizeof *moves, move_order);
    for (size_t i = 0; i < out->event_count; i++) {
        const struct entity_event *v = &out->events[i];
        struct entity_entry *n = entry_add(e, (struct entity_entry){ .number = e->entry_count + 1, .run = e->runs, .change = v->change,
                                                                     .from = v->from, .to = v->to });
        while (at < count && moves[at].from == v->from && moves[at].to == v->to)
            moved_add(e, n, moves[at++].place);
    }
}

/* The same place twice: two records of this list have one id. */
static STATUS doubles_refuse(const struct entities *e, const struct update *u)
{
    bool *seen = ARENA_ARRAY(e->arena, bool, e->record_count + 1);

    for (size_t i = 0; i < u->in.count; i++) {
        if (seen[u->place[i]])
            return FAIL_WITH(RECORD_DOUBLE, e->file, e->records[u->place[i]].id);
        seen[u->place[i]] = true;
    }
    return OK;
}

STATUS entities_update(struct entities *e, const struct entities_run *run)
{
    size_t all = run->count[0] + (run->sides == 2 ? (size_t)run->count[1] : 0);
    struct update u = { .cluster = ARENA_ARRAY(e->arena, uint32_t, all + 1), .before = ARENA_ARRAY(e->arena, uint64_t, all + 1),
                        .hash = ARENA_ARRAY(e->arena, uint64_t, all + 1), .pinned = ARENA_ARRAY(e->arena, bool, all + 1),
                        .place = ARENA_ARRAY(e->arena, uint32_t, all + 1) };
    struct entity_output out;

    for (int s = 0; s < run->sides; s++)
        TRY(update_add(e, &u, run, s));
    TRY(doubles_refuse(e, &u));
    u.in = (struct entity_input){ all, u.cluster, (uint32_t)all, u.before, u.pinned, u.hash, e->next };
    entity_assign(e->arena, &u.in, &out);
    uint64_t *was = ARENA_ARRAY(e->arena, uint64_t, e->record_count + 1);
    for (size_t i = 0; i < e->record_count; i++)
        was[i] = e->records[i].entity;
    for (size_t i = 0; i < all; i++)
        e->records[u.place[i]].entity = out.entity[i];
    absent_follow(e, &out, was);
    e->next = out.next;
    e->runs++;
    entries_note(e, &out, was);
    return OK;
}

STATUS entities_undo(struct entities *e, uint64_t number)
{
    struct entity_entry *n = number && number <= e->entry_count ? &e->entries[number - 1] : NULL;
    str told;

    told = arena_printf(e->arena, "%llu", (unsigned long long)number);
    if (!n || n->undone)
        return FAIL_WITH(ENTITY_ENTRY, e->file, told);
    for (size_t i = 0; i < n->moved_count; i++)
        if (e->records[n->moved[i]].entity != n->to)
            return FAIL_WITH(ENTITY_LATER, e->file, told);
    for (size_t i = 0; i < n->moved_count; i++)
        e->records[n->moved[i]].entity = n->from;
    for (size_t i = 0; i < e->record_count; i++)
        e->records[i].pinned |= e->records[i].entity == n->from || e->records[i].entity == n->to;
    n->undone = true;
    return OK;
}
