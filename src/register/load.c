/* Fills an empty register from a folder: numbers first (sorted, so that doubled ones show before anybody is written),
 * then households, then people with their events, each in transactions of some ten thousand rows that also note how far
 * the load has come. A load that was killed goes on behind the last transaction; nothing is doubled or left out. The figures are
 * counted on the way and written once, in the end.
 *
 * One thread reads and builds, another writes. Refuses a register that holds people, and files other than those that a
 * broken load began with.
 * tested by: src/register/test/load_test.c */
#include "register/load.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_NUMBERS = 200000, CHUNK_HOUSEHOLDS = 100000, BATCH_PEOPLE = 4000, CHUNK_BATCHES = 12, QUEUE_BATCHES = 8 };
enum load_stage { STAGE_NUMBERS = 1, STAGE_HOUSEHOLDS, STAGE_PEOPLE, STAGE_INDEXES, STAGE_DONE };

struct claim {
    int64_t number, person;
    int16_t state;
};

struct loading {
    struct ctx cx; /* the writer's */
    struct db *db;
    struct register_load *out;
    const struct defs *defs;
    struct load_text people, households, events;
    int64_t person_total, done_total, work_total; /* people in the file; rows done of all rows, for the progress */
    struct load_event *history; /* grouped by person */
    uint32_t *history_first;    /* of person id i; one more at the end */
    struct claim *claims;
    size_t claim_count;
    struct table64 doubled; /* ids of people whose number is another's */
    struct table64 figures; /* of all people so far, those of a broken run too */
    int64_t files;
    int16_t stage;
    int64_t done;
};

static void loading_done(struct loading *l)
{
    load_text_close(&l->people);
    load_text_close(&l->households);
    load_text_close(&l->events);
    free(l->history);
    free(l->history_first);
    free(l->claims);
    table64_done(&l->doubled);
    table64_done(&l->figures);
    db_close(l->db);
}

static void *need(size_t count, size_t bytes)
{
    void *got = calloc(count ? count : 1, bytes);
    MUST(got);
    return got;
}

/* --- what the files hold ---------------------------------------------------------------------------------------- */

static int64_t digest_of(const struct loading *l)
{
    const struct load_text *texts[] = { &l->people, &l->households, &l->events };
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < 3; i++) {
        str all = texts[i]->bytes;
        str ends[] = { str_slice(all, 0, 65536), str_from(all, all.len > 65536 ? all.len - 65536 : 0) };
        for (size_t e = 0; e < 2; e++)
            for (size_t k = 0; k < ends[e].len; k++)
                hash = (hash ^ (unsigned char)ends[e].ptr[k]) * UINT64_C(0x100000001b3);
        hash = (hash ^ all.len) * UINT64_C(0x100000001b3);
    }
    return (int64_t)hash;
}

static int claim_order(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static void claim_add(struct loading *l, size_t *cap, int64_t number, int64_t person, int16_t state)
{
    if (l->claim_count == *cap) {
        *cap = *cap ? *cap * 2 : 1 << 16;
        struct claim *grown = realloc(l->claims, *cap * sizeof *grown);
        MUST(grown);
        l->claims = grown;
    }
    l->claims[l->claim_count++] = (struct claim){ number, person, state };
}

/* Keeps the first of each number; a later holder is loaded without one and shows as an issue of quality. */
static void claims_settle(struct loading *l)
{
    size_t kept = 0;
    qsort(l->claims, l->claim_count, sizeof *l->claims, claim_order);
    for (size_t i = 0; i < l->claim_count; i++) {
        struct claim *c = &l->claims[i], *last = kept ? &l->claims[kept - 1] : NULL;
        if (last && last->number == c->number) {
            if (c->state == NUMBER_ISSUED && c->person != last->person) {
                table64_set(&l->doubled, (uint64_t)c->person, 1);
                l->out->doubled_numbers++;
            }
            continue;
        }
        l->claims[kept++] = *c;
    }
    l->claim_count = kept;
}

static STATUS numbers_read(struct loading *l)
{
    struct load_reader r DEFER(load_reader_done) = { 0 };
    size_t cap = 0;
    int64_t id, number;
    bool more;
    table64_init(&l->doubled, 1000);
    TRY(load_reader_start(&r, &l->people, load_people_columns));
    for (;;) {
        TRY(load_reader_next(&r, &more));
        if (!more)
            break;
        TRY(load_number_read(&r, &id, &number));
        if (id != ++l->person_total) { /* ids index the history */
            status st = FAIL_WITH(VALUE_RANGE, STR("id"), r.cells[0]);
            fault_place(r.csv.row, 1);
            return st;
        }
        if (number)
            claim_add(l, &cap, number, id, NUMBER_ISSUED);
    }
    for (uint32_t i = 0; i < l->history_first[l->person_total + 1]; i++)
        if (l->history[i].kind == EVENT_NUMBER_CANCELLED && l->history[i].detail)
            claim_add(l, &cap, l->history[i].detail, l->history[i].person, NUMBER_REPLACED);
    claims_settle(l);
    return OK;
}

struct event_list {
    struct load_event *list;
    size_t count, cap;
};

static void event_push(struct event_list *e, const struct load_event *row)
{
    if (e->count == e->cap) {
        e->cap = e->cap ? e->cap * 2 : 1 << 16;
        struct load_event *grown = realloc(e->list, e->cap * sizeof *grown);
        MUST(grown);
        e->list = grown;
    }
    e->list[e->count++] = *row;
}

static STATUS events_scan(struct loading *l, struct event_list *e)
{
    struct load_reader r DEFER(load_reader_done) = { 0 };
    struct load_event row;
    bool more;
    TRY(load_reader_start(&r, &l->events, load_event_columns));
    for (;;) {
        TRY(load_reader_next(&r, &more));
        if (!more)
            return OK;
        TRY(load_event_read(&r, l->defs, &row));
        if (row.person == 0 || row.person > l->person_total || row.other > l->person_total) {
            status st = FAIL_AT(PERSON_MISSING, STR("person"));
            fault_place(r.csv.row, 0);
            return st;
        }
        l->out->events++;
        event_push(e, &row);
        bool pair = (row.kind == EVENT_MARRIAGE || row.kind == EVENT_DIVORCE) && row.other;
        if (pair) {
            int64_t person = row.person;
            row.person = row.other;
            row.other = person;
            event_push(e, &row);
        }
    }
}

/* Counting sort by person, then each person's few events by day. */
static void history_group(struct loading *l, const struct event_list *e)
{
    MUST(e->count < UINT32_MAX);
    l->history = need(e->count, sizeof *l->history);
    for (size_t i = 0; i < e->count; i++)
        l->history_first[e->list[i].person + 1]++;
    for (int64_t p = 0; p <= l->person_total; p++)
        l->history_first[p + 1] += l->history_first[p];
    uint32_t *next = need((size_t)l->person_total + 2, sizeof *next);
    memcpy(next, l->history_first, ((size_t)l->person_total + 2) * sizeof *next);
    for (size_t i = 0; i < e->count; i++) {
        uint32_t at = next[e->list[i].person]++, first = l->history_first[e->list[i].person];
        for (; at > first && l->history[at - 1].on.ymd > e->list[i].on.ymd; at--)
            l->history[at] = l->history[at - 1];
        l->history[at] = e->list[i];
    }
    free(next);
}

static int64_t lines_of(str text)
{
    int64_t count = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at && at < end; count++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    return count;
}

static STATUS files_read(struct loading *l)
{
    struct event_list e = { 0 };
    l->person_total = lines_of(l->people.bytes); /* at most: bounds the ids of events */
    l->work_total = l->person_total * 3;
    status st = events_scan(l, &e);
    if (status_ok(st)) {
        l->history_first = need((size_t)l->person_total + 3, sizeof *l->history_first);
        history_group(l, &e);
        l->person_total = 0;
        st = numbers_read(l);
    }
    if (status_ok(st) && l->history_first[l->person_total + 1] != e.count) /* of somebody past the last row */
        st = FAIL_AT(PERSON_MISSING, STR("events.csv"));
    free(e.list);
    return st;
}

/* --- transactions ------------------------------------------------------------------------------------------------ */

static void show(struct loading *l, int64_t rows)
{
    l->done_total += rows;
    if (l->out->progress)
        l->out->progress(l->out->progress_with, l->done_total < l->work_total ? l->done_total : l->work_total, l->work_total);
}

static STATUS chunk_begin(struct loading *l)
{
    arena_reset(l->cx.arena);
    return tx_begin(l->db, &l->cx.tx);
}

/* What a chunk did is one entry of the ledger: a change of many people by the load, named by its files. */
static STATUS chunk_end(struct loading *l, int16_t stage, int64_t done)
{
    const struct ledger_entry entry = { .kind = LEDGER_CHANGE, .time_us = l->cx.now_us, .operation = STR("register.load"),
                                        .organisation = l->cx.actor.organisation, .roles = l->cx.actor.roles,
                                        .purpose_kind = STR("load"), .fields = FIELDS_EVERY, .request_id = l->cx.request_id };
    TRY(register_load_set(&l->cx, &(struct register_load_set_params){ .shard = 0, .files = l->files, .stage = stage, .done = done,
                                                                      .recorded_us = l->cx.now_us }, NULL));
    TRY(ledger_append(&l->cx, &entry, 1));
    l->stage = stage;
    l->done = done;
    struct tx *tx = l->cx.tx;
    l->cx.tx = NULL;
    return tx_commit(tx);
}

static STATUS numbers_write(struct loading *l)
{
    struct person_number_add_params *rows = need(CHUNK_NUMBERS, sizeof *rows);
    status st = OK;
    while (status_ok(st) && l->done < (int64_t)l->claim_count) {
        size_t count = 0;
        while (count < CHUNK_NUMBERS && (size_t)l->done + count < l->claim_count) {
            const struct claim *c = &l->claims[(size_t)l->done + count];
            rows[count++] = (struct person_number_add_params){ c->number, shard_of(c->person), c->person, c->state };
        }
        st = chunk_begin(l);
        st = status_ok(st) ? person_number_add_bulk(&l->cx, rows, count) : st;
        st = status_ok(st) ? chunk_end(l, STAGE_NUMBERS, l->done + (int64_t)count) : st;
        show(l, (int64_t)count);
    }
    free(rows);
    return st;
}

static STATUS households_chunk(struct loading *l, struct load_reader *r, struct household_add_params *rows, bool *ret_more)
{
    size_t count = 0;
    TRY(chunk_begin(l));
    while (count < CHUNK_HOUSEHOLDS) {
        struct load_household h;
        TRY(load_reader_next(r, ret_more));
        if (!*ret_more)
            break;
        TRY(load_household_read(r, l->defs, &h));
        rows[count++] = (struct household_add_params){ shard_of(h.id), h.id, h.unit.v, h.head, arena_str(l->cx.arena, h.address), l->cx.now_us };
    }
    TRY(household_add_bulk(&l->cx, rows, count));
    return chunk_end(l, STAGE_HOUSEHOLDS, l->done + (int64_t)count);
}

static STATUS households_write(struct loading *l)
{
    struct load_reader r DEFER(load_reader_done) = { 0 };
    bool more = true;
    TRY(load_reader_start(&r, &l->households, load_household_columns));
    for (int64_t skip = l->done; more && skip > 0; skip--)
        TRY(load_reader_next(&r, &more));
    struct household_add_params *rows = need(CHUNK_HOUSEHOLDS, sizeof *rows);
    status st = OK;
    while (status_ok(st) && more) {
        int64_t before = l->done;
        st = households_chunk(l, &r, rows, &more);
        show(l, l->done - before);
    }
    free(rows);
    return st;
}

/* --- people: one thread builds batches, this one writes them ------------------------------------------------------ */

struct batch {
    struct arena *arena;
    struct person_row_add_params *rows;
    size_t row_count;
    struct person_event_add_params *events;
    size_t event_count, event_cap;
    struct person_old_number_load_params *old_numbers;
    size_t old_count;
};

struct pipe {
    struct loading *l;
    struct batch batches[QUEUE_BATCHES];
    size_t made, taken;
    bool ended, abandoned;
    status result; /* of the builder */
    struct fault fault;
    pthread_mutex_t lock;
    pthread_cond_t moved;
};

static void batch_init(struct batch *b)
{
    b->arena = arena_new(64 << 20);
    b->event_cap = BATCH_PEOPLE * 4;
    b->rows = need(BATCH_PEOPLE, sizeof *b->rows);
    b->events = need(b->event_cap, sizeof *b->events);
    b->old_numbers = need(BATCH_PEOPLE, sizeof *b->old_numbers);
}

static void batch_free(struct batch *b)
{
    arena_free(b->arena);
    free(b->rows);
    free(b->events);
    free(b->old_numbers);
}

static void batch_event(struct batch *b, const struct event *e, int64_t person, char *scratch)
{
    if (b->event_count == b->event_cap) {
        b->event_cap *= 2;
        struct person_event_add_params *grown = realloc(b->events, b->event_cap * sizeof *grown);
        MUST(grown);
        b->events = grown;
    }
    str doc = { scratch, facts_encode_into(e, scratch, DOC_BYTES_MAX) };
    b->events[b->event_count++] = (struct person_event_add_params){
        .shard = shard_of(person), .person = person, .seq = e->seq, .kind = (int16_t)e->kind, .effective = e->effective.ymd,
        .recorded_us = e->recorded_us, .doc = arena_str(b->arena, doc) };
}

static STATUS batch_person(struct loading *l, struct batch *b, struct load_person *p, struct load_built *built, char *scratch)
{
    uint64_t other;
    const uint32_t *first = &l->history_first[p->id];
    if (table64_get(&l->doubled, (uint64_t)p->id, &other))
        p->number = 0;
    TRY(load_build(p, l->history + first[0], first[1] - first[0], l->cx.today, l->cx.now_us, built));
    for (size_t i = 0; i < built->event_count; i++)
        batch_event(b, &built->events[i], p->id, scratch);
    built->person.name = arena_str(b->arena, built->person.name);
    person_to_row(&built->person, &b->rows[b->row_count++]);
    if (p->old_number)
        b->old_numbers[b->old_count++] = (struct person_old_number_load_params){ shard_of(p->id), p->old_number, p->id };
    return OK;
}

static STATUS batch_build(struct loading *l, struct load_reader *r, struct batch *b, struct load_built *built, char *scratch, bool *ret_more)
{
    arena_reset(b->arena);
    b->row_count = b->event_count = b->old_count = 0;
    while (b->row_count < BATCH_PEOPLE) {
        struct load_person p;
        TRY(load_reader_next(r, ret_more));
        if (!*ret_more)
            return OK;
        TRY(load_person_read(r, l->defs, &p));
        TRY(batch_person(l, b, &p, built, scratch));
    }
    return OK;
}

/* NULL when the writer has given up. */
static struct batch *pipe_room(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->made - p->taken == QUEUE_BATCHES && !p->abandoned)
        pthread_cond_wait(&p->moved, &p->lock);
    struct batch *b = p->abandoned ? NULL : &p->batches[p->made % QUEUE_BATCHES];
    pthread_mutex_unlock(&p->lock);
    return b;
}

static STATUS build_all(struct pipe *p, struct load_built *built, char *scratch)
{
    struct load_reader r DEFER(load_reader_done) = { 0 };
    struct batch *b;
    bool more = true;
    TRY(load_reader_start(&r, &p->l->people, load_people_columns));
    while (more && (b = pipe_room(p))) {
        TRY(batch_build(p->l, &r, b, built, scratch, &more));
        pthread_mutex_lock(&p->lock);
        p->made += b->row_count > 0;
        pthread_cond_broadcast(&p->moved);
        pthread_mutex_unlock(&p->lock);
    }
    return OK;
}

static void *builder(void *arg)
{
    struct pipe *p = arg;
    struct load_built *built = need(1, sizeof *built);
    char *scratch = need(1, DOC_BYTES_MAX);
    status st = build_all(p, built, scratch);
    pthread_mutex_lock(&p->lock);
    p->ended = true;
    p->result = st;
    p->fault = *fault_here();
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
    free(built);
    free(scratch);
    return NULL;
}

static struct batch *pipe_take(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->made == p->taken && !p->ended)
        pthread_cond_wait(&p->moved, &p->lock);
    struct batch *b = p->made > p->taken ? &p->batches[p->taken % QUEUE_BATCHES] : NULL;
    pthread_mutex_unlock(&p->lock);
    return b;
}

static void pipe_release(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->taken++;
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
}

static STATUS figures_write(struct loading *l)
{
    const struct table64 *figures = &l->figures;
    struct register_figure_change_params *rows = ARENA_ARRAY(l->cx.arena, struct register_figure_change_params, figures->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < figures->cap; i++) {
        uint64_t key = figures->keys[i];
        if (figures->used[i])
            rows[count++] = (struct register_figure_change_params){ .shard = 0, .unit = (int32_t)(key >> 32), .birth_year = (int32_t)(key >> 16 & 0xFFFF),
                .sex = (int16_t)(key >> 8 & 0xFF), .state = (int16_t)(key & 0xFF), .change = (int64_t)figures->values[i] };
    }
    return register_figure_change_bulk(&l->cx, rows, count);
}

static void figures_count(struct table64 *figures, const struct batch *b)
{
    for (size_t i = 0; i < b->row_count; i++) {
        const struct person_row_add_params *r = &b->rows[i];
        uint64_t key = (uint64_t)(uint32_t)r->unit << 32 | (uint64_t)(r->birth / 10000) << 16 | (uint64_t)r->sex << 8 | (uint64_t)r->state, people = 0;
        table64_get(figures, key, &people);
        table64_set(figures, key, people + 1);
    }
}

static STATUS batch_write(struct loading *l, const struct batch *b)
{
    TRY(person_row_add_bulk(&l->cx, b->rows, b->row_count));
    TRY(person_event_add_bulk(&l->cx, b->events, b->event_count));
    return person_old_number_load_bulk(&l->cx, b->old_numbers, b->old_count);
}

static STATUS people_chunk(struct loading *l, struct pipe *p, bool *ret_more)
{
    int64_t people = 0;
    struct batch *b = NULL;
    TRY(chunk_begin(l));
    for (int i = 0; i < CHUNK_BATCHES && (b = pipe_take(p)); i++) {
        TRY(batch_write(l, b));
        figures_count(&l->figures, b);
        people += (int64_t)b->row_count;
        pipe_release(p);
    }
    *ret_more = b != NULL;
    TRY(chunk_end(l, STAGE_PEOPLE, l->done + people));
    show(l, people * 2);
    return OK;
}

/* What a broken run has written counts for the figures, which are written once, in the end. */
static STATUS people_skip(struct loading *l, struct pipe *p)
{
    int64_t people = 0;
    struct batch *b;
    for (; people < l->done && (b = pipe_take(p)); pipe_release(p)) {
        figures_count(&l->figures, b);
        people += (int64_t)b->row_count;
    }
    return people == l->done || !status_ok(p->result) ? OK : FAIL(CORRUPT);
}

static STATUS people_write(struct loading *l)
{
    struct pipe p = { .l = l, .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };
    pthread_t thread;
    bool more = true;
    status st = OK;
    for (size_t i = 0; i < QUEUE_BATCHES; i++)
        batch_init(&p.batches[i]);
    table64_init(&l->figures, 100000);
    MUST(pthread_create(&thread, NULL, builder, &p) == 0);
    st = people_skip(l, &p);
    while (more && status_ok(st))
        st = people_chunk(l, &p, &more);
    pthread_mutex_lock(&p.lock);
    p.abandoned = true;
    pthread_cond_broadcast(&p.moved);
    pthread_mutex_unlock(&p.lock);
    pthread_join(thread, NULL);
    for (size_t i = 0; i < QUEUE_BATCHES; i++)
        batch_free(&p.batches[i]);
    if (status_ok(st) && !status_ok(p.result)) {
        *fault_here() = p.fault;
        st = p.result;
    }
    return st;
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

static STATUS state_read(struct loading *l)
{
    struct register_load_get_row row;
    struct person_ids_after_row *ids;
    size_t people;
    bool found;
    TRY(chunk_begin(l));
    TRY(register_load_get(&l->cx, 0, &row, &found));
    TRY(person_ids_after(&l->cx, 0, 0, 1, &ids, &people));
    tx_rollback(l->cx.tx);
    l->cx.tx = NULL;
    bool ours = found && row.files == l->files && row.stage < STAGE_DONE;
    if (!ours && (people > 0 || found))
        return FAIL(REGISTER_NOT_EMPTY);
    l->stage = ours ? row.stage : STAGE_NUMBERS;
    l->done = ours ? row.done : 0;
    if (ours) { /* as if it had not been broken: what is built must be what was written */
        l->cx.now_us = row.recorded_us;
        l->cx.today = day_of_us(row.recorded_us);
    }
    return OK;
}

static STATUS stage_end(struct loading *l, int16_t next)
{
    TRY(chunk_begin(l));
    return chunk_end(l, next, 0);
}

static STATUS stages_run(struct loading *l)
{
    if (l->stage == STAGE_NUMBERS) {
        TRY(numbers_write(l));
        TRY(stage_end(l, STAGE_HOUSEHOLDS));
    }
    if (l->stage == STAGE_HOUSEHOLDS) {
        TRY(households_write(l));
        TRY(stage_end(l, STAGE_PEOPLE));
    }
    if (l->stage == STAGE_PEOPLE) {
        TRY(people_write(l));
        TRY(chunk_begin(l));
        TRY(figures_write(l));
        TRY(chunk_end(l, STAGE_INDEXES, 0));
    }
    return OK;
}

static STATUS load_all(struct loading *l, str directory)
{
    TRY(load_text_open(directory, "people.csv", &l->people));
    TRY(load_text_open(directory, "households.csv", &l->households));
    TRY(load_text_open(directory, "events.csv", &l->events));
    l->files = digest_of(l);
    TRY(db_open(l->cx.app->store, DB_WRITE, &l->db));
    TRY(state_read(l));
    TRY(files_read(l));
    l->out->numbers = (int64_t)l->claim_count;
    TRY(store_load_begin(l->cx.app->store));
    status st = stages_run(l);
    struct fault first = *fault_here();
    tx_rollback(l->cx.tx);
    l->cx.tx = NULL;
    status ended = store_load_end(l->cx.app->store); /* after a failure too: what is there must be safe and found */
    if (!status_ok(st)) {
        *fault_here() = first;
        return st;
    }
    TRY(ended);
    l->out->people = l->person_total;
    l->out->households = lines_of(l->households.bytes) - 1;
    return stage_end(l, STAGE_DONE);
}

STATUS register_load(struct ctx *cx, struct register_load *out)
{
    int64_t start = clock_mono_us();
    struct loading l = { .cx = *cx, .out = out, .defs = cx->app->defs };
    out->people = out->households = out->events = out->numbers = out->doubled_numbers = 0;
    l.cx.arena = arena_new(256 << 20);
    status st = load_all(&l, out->directory);
    out->elapsed_us = clock_mono_us() - start;
    loading_done(&l);
    arena_free(l.cx.arena);
    return st;
}
