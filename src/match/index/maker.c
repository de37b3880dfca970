/* Making a segment in one pass over the register: records are packed and appended as they come, their keys go to a scratch
 * file in partitions, and at the end each partition is sorted and written as postings. Memory is bounded by the dictionaries'
 * room, the part at hand and one partition, whatever the register's size.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/score/chance.h"
#include "match/set/hash.h"

#include <stdlib.h>

enum { DICT_BYTES_MAX = 256 << 20, PARTITION_RECORDS = 1 << 20, PARTITIONS_MAX = 256, SPILL_ENTRY = 9, SPILL_ENTRIES = 7168, SPILL_BYTES = SPILL_ENTRY * SPILL_ENTRIES,
       OUT_BYTES = 1 << 20, OUT_BYTES_MAX = 64 << 20, RADIX_BITS = 12 };

/* Postings of a rule in a range of keys, on their way to the scratch file. */
struct heap {
    char *bytes; /* SPILL_BYTES */
    uint32_t used, blocks, cap;
    uint32_t *block; /* places in the scratch file, in SPILL_BYTES */
};
struct index_maker {
    const struct index_def *def;
    const struct index_sink *sink;
    int partition_bits;
    struct vocab *vocab[LINK_FIELDS_MAX];
    uint32_t *uses[LINK_FIELDS_MAX], *field_uses[LINK_FIELDS_MAX];
    size_t uses_cap[LINK_FIELDS_MAX];
    uint32_t *map[LINK_FIELDS_MAX]; /* of the part at hand */
    uint32_t *days;
    int field[LINK_FIELDS_MAX];
    struct buf out, block; /* sections on their way; lengths and bytes of up to 64 records */
    uint32_t lengths[INDEX_BLOCK_RECORDS];
    uint64_t *record_at;
    size_t record_blocks, record_cap;
    uint64_t written;
    struct heap *heap; /* [rule << partition_bits | partition] */
    uint32_t spilled;
    struct segment_head head;
    struct section section[SECTIONS_MAX];
};

struct index_maker *index_maker_new(const struct index_def *def, const struct index_sink *sink, double records)
{
    struct index_maker *m = calloc(1, sizeof *m);

    MUST(m);
    m->def = def;
    m->sink = sink;
    while (1 << m->partition_bits < PARTITIONS_MAX && records / (1 << m->partition_bits) > PARTITION_RECORDS)
        m->partition_bits++;
    for (int i = 0; i < def->dicts; i++)
        m->vocab[i] = vocab_new(DICT_BYTES_MAX);
    m->days = calloc(CHANCE_DAY_SLOTS, sizeof *m->days);
    m->heap = calloc((size_t)def->rules << m->partition_bits, sizeof *m->heap);
    MUST(m->days && m->heap);
    buf_init(&m->out, OUT_BYTES_MAX);
    buf_init(&m->block, OUT_BYTES_MAX);
    return m;
}

void index_maker_free(struct index_maker *m)
{
    if (!m)
        return;
    for (int i = 0; i < LINK_FIELDS_MAX; i++) {
        vocab_free(m->vocab[i]);
        free(m->uses[i]);
        free(m->field_uses[i]);
        free(m->map[i]);
    }
    for (int i = 0; i < m->def->rules << m->partition_bits; i++) {
        free(m->heap[i].bytes);
        free(m->heap[i].block);
    }
    free(m->heap);
    free(m->days);
    free(m->record_at);
    buf_done(&m->out);
    buf_done(&m->block);
    free(m);
}

static STATUS out_flush(struct index_maker *m, size_t least)
{
    if (m->out.len < least)
        return OK;
    TRY(buf_check(&m->out));
    TRY(m->sink->append(m->sink->with, buf_str(&m->out)));
    m->written += m->out.len;
    buf_clear(&m->out);
    return OK;
}

/* --- values ------------------------------------------------------------------------------------------------------------------ */

static uint32_t *grown(uint32_t *array, size_t from, size_t to)
{
    array = reallocarray(array, to, sizeof *array);
    MUST(array);
    memset(array + from, 0, (to - from) * sizeof *array);
    return array;
}

static void uses_room(struct index_maker *m, int dict)
{
    size_t need = vocab_count(m->vocab[dict]) + 1u, cap = m->uses_cap[dict] ? m->uses_cap[dict] : 1024;

    while (cap < need)
        cap *= 2;
    if (cap == m->uses_cap[dict])
        return;
    m->uses[dict] = grown(m->uses[dict], m->uses_cap[dict], cap);
    for (int i = 0; i < m->def->fields; i++)
        if (m->def->field[i].dict == dict && m->def->field[i].kind == LINK_KIND_TEXT)
            m->field_uses[i] = grown(m->field_uses[i], m->uses_cap[dict], cap);
    m->uses_cap[dict] = cap;
}

/* Codes of the part to codes of the segment; its values are counted by the way. */
static void values_map(struct index_maker *m, const struct link_set *part)
{
    for (int dict = 0; dict < m->def->dicts; dict++) {
        const struct link_dict *d = NULL;

        free(m->map[dict]);
        m->map[dict] = NULL;
        for (int i = 0; i < m->def->fields && !d; i++)
            if (m->def->field[i].dict == dict && m->field[i] >= 0)
                d = part->field[m->field[i]].dict;
        if (!d)
            continue;
        m->map[dict] = calloc(d->count + 1u, sizeof(uint32_t));
        MUST(m->map[dict]);
        for (uint32_t code = 1; code <= d->count; code++) {
            uint32_t to = m->map[dict][code] = vocab_take(m->vocab[dict], d->tones ? d->tones[code] : d->text[code]);

            uses_room(m, dict);
            m->uses[dict][to] += to ? d->uses[0][code] : 0;
        }
    }
}

static void field_count(struct index_maker *m, const struct link_set *part, int i, bool is_first_day)
{
    const struct link_field *f = &part->field[m->field[i]];

    m->head.known[i] += f->known[0];
    for (uint32_t r = 0; r < part->count[0] && f->kind == LINK_KIND_TEXT; r++)
        m->field_uses[i][m->map[m->def->field[i].dict][f->code[0][r]]]++;
    for (uint32_t r = 0; r < part->count[0] && is_first_day; r++)
        m->days[chance_day_slot(f->code[0][r])] += f->code[0][r] != 0;
}

/* --- records ------------------------------------------------------------------------------------------------------------------ */

static STATUS block_end(struct index_maker *m, uint32_t records)
{
    uint8_t to[VARINT_BYTES];

    if (m->record_blocks + 2 > m->record_cap) {
        m->record_cap = m->record_cap ? m->record_cap * 2 : 1024;
        m->record_at = reallocarray(m->record_at, m->record_cap, sizeof *m->record_at);
        MUST(m->record_at);
    }
    m->record_at[m->record_blocks++] = m->written + m->out.len - INDEX_HEAD_BYTES;
    for (uint32_t i = 0; i < records; i++)
        buf_bytes(&m->out, to, (size_t)(varint_put(to, m->lengths[i]) - to));
    TRY(buf_check(&m->block));
    buf_add(&m->out, buf_str(&m->block));
    buf_clear(&m->block);
    m->record_at[m->record_blocks] = m->written + m->out.len - INDEX_HEAD_BYTES;
    return out_flush(m, OUT_BYTES);
}

static STATUS records_add(struct index_maker *m, const struct link_set *part)
{
    const struct pack_source source = { part, m->def, m->field, (const uint32_t *const *)m->map };

    for (uint32_t r = 0; r < part->count[0]; r++) {
        uint32_t in_block = (uint32_t)(m->head.records % INDEX_BLOCK_RECORDS);
        size_t before = m->block.len;

        TRY(record_pack(&source, r, &m->block));
        m->lengths[in_block] = (uint32_t)(m->block.len - before);
        m->head.records++;
        if (in_block == INDEX_BLOCK_RECORDS - 1)
            TRY(block_end(m, INDEX_BLOCK_RECORDS));
    }
    return OK;
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static STATUS heap_spill(struct index_maker *m, struct heap *h)
{
    if (h->blocks == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 8;
        h->block = reallocarray(h->block, h->cap, sizeof *h->block);
        MUST(h->block);
    }
    h->block[h->blocks++] = m->spilled;
    TRY(m->sink->spill(m->sink->with, (uint64_t)m->spilled++ * SPILL_BYTES, (str){ h->bytes, SPILL_BYTES }));
    h->used = 0;
    return OK;
}

static STATUS key_add(struct index_maker *m, int rule, uint64_t key, uint32_t record)
{
    uint64_t partition = key >> (32 + KEY_REFINE_BITS - m->partition_bits);
    struct heap *h = &m->heap[(uint64_t)rule << m->partition_bits | partition];
    char *to;

    if (!h->bytes) {
        h->bytes = malloc(SPILL_BYTES);
        MUST(h->bytes);
    }
    to = h->bytes + h->used * SPILL_ENTRY;
    memcpy(to, &key, 5);
    memcpy(to + 5, &record, sizeof record);
    return ++h->used == SPILL_ENTRIES ? heap_spill(m, h) : OK;
}

static STATUS keys_add(struct index_maker *m, const struct link_set *part, uint32_t first)
{
    struct part_tables *tables = part_tables_new(part);
    uint64_t key[KEYS_AT_ONCE];
    status st = OK;

    for (int rule = 0; rule < m->def->rules && status_ok(st); rule++) {
        struct rule_parts p;

        rule_parts_make(&m->def->rule[rule], part, m->field, tables, &p);
        for (uint32_t from = 0; from < part->count[0] && p.parts; from += KEYS_AT_ONCE) {
            uint32_t n = part->count[0] - from < KEYS_AT_ONCE ? part->count[0] - from : KEYS_AT_ONCE;

            rule_keys_fill(&p, part, from, n, key);
            for (uint32_t r = 0; r < n && status_ok(st); r++)
                if (key[r])
                    st = key_add(m, rule, key[r], first + from + r);
        }
    }
    part_tables_free(tables);
    return st;
}

STATUS index_maker_add(struct index_maker *m, const struct link_set *part)
{
    uint64_t first = m->head.records;
    bool day_seen = false;

    if (first == 0 && m->written + m->out.len == 0)
        for (int i = 0; i < INDEX_HEAD_BYTES; i++)
            buf_char(&m->out, 0);
    if (first + part->count[0] >= UINT32_MAX)
        return FAIL(INDEX_FULL);
    def_join(m->def, part, m->field);
    values_map(m, part);
    for (int i = 0; i < m->def->fields; i++) {
        bool is_first_day = m->def->field[i].kind == LINK_KIND_DAY && !day_seen;

        day_seen |= is_first_day;
        if (m->field[i] >= 0)
            field_count(m, part, i, is_first_day);
    }
    TRY(records_add(m, part));
    return keys_add(m, part, (uint32_t)first);
}

/* --- the end ------------------------------------------------------------------------------------------------------------------ */

static STATUS section_open(struct index_maker *m, enum section_kind kind, int of)
{
    MUST(m->head.sections < SECTIONS_MAX);
    while ((m->written + m->out.len) % 16)
        buf_char(&m->out, 0);
    m->section[m->head.sections++] = (struct section){ kind, (uint32_t)of, m->written + m->out.len, 0 };
    return out_flush(m, OUT_BYTES);
}

static STATUS section_close(struct index_maker *m)
{
    struct section *s = &m->section[m->head.sections - 1];

    s->bytes = m->written + m->out.len - s->at;
    return out_flush(m, OUT_BYTES);
}

/* Of any size. */
static STATUS section_put(struct index_maker *m, enum section_kind kind, int of, str bytes)
{
    TRY(section_open(m, kind, of));
    for (size_t at = 0; at < bytes.len; at += OUT_BYTES) {
        buf_add(&m->out, str_slice(bytes, at, at + OUT_BYTES));
        TRY(out_flush(m, OUT_BYTES));
    }
    return section_close(m);
}

struct posting {
    uint64_t key;
    uint32_t record;
};

/* Stable, by key: records came in their order. */
static struct posting *postings_sort(struct posting *list, struct posting *other, size_t count, int bits)
{
    for (int shift = 0; shift < bits; shift += RADIX_BITS) {
        uint32_t at[1 << RADIX_BITS] = { 0 }, sum = 0;
        struct posting *swap = other;

        for (size_t i = 0; i < count; i++)
            at[list[i].key >> shift & ((1 << RADIX_BITS) - 1)]++;
        for (int k = 0; k < 1 << RADIX_BITS; k++) {
            uint32_t n = at[k];

            at[k] = sum;
            sum += n;
        }
        for (size_t i = 0; i < count; i++)
            other[at[list[i].key >> shift & ((1 << RADIX_BITS) - 1)]++] = list[i];
        other = list;
        list = swap;
    }
    return list;
}

static void heap_unpack(const char *bytes, uint32_t entries, struct posting *to)
{
    for (uint32_t i = 0; i < entries; i++) {
        to[i].key = 0;
        memcpy(&to[i].key, bytes + i * SPILL_ENTRY, 5);
        memcpy(&to[i].record, bytes + i * SPILL_ENTRY + 5, sizeof to[i].record);
    }
}

static uint64_t heap_count(const struct heap *h) { return (uint64_t)h->blocks * SPILL_ENTRIES + h->used; }

static STATUS heap_read(struct index_maker *m, struct heap *h, struct posting *to)
{
    char *bytes = malloc(SPILL_BYTES);
    status st = OK;

    MUST(bytes);
    for (uint32_t i = 0; i < h->blocks && status_ok(st); i++) {
        st = m->sink->unspill(m->sink->with, (uint64_t)h->block[i] * SPILL_BYTES, bytes, SPILL_BYTES);
        if (status_ok(st))
            heap_unpack(bytes, SPILL_ENTRIES, to + (size_t)i * SPILL_ENTRIES);
    }
    free(bytes);
    if (h->used)
        heap_unpack(h->bytes, h->used, to + (size_t)h->blocks * SPILL_ENTRIES);
    return st;
}

static STATUS heap_write(struct index_maker *m, struct heap *h, struct post_writer *w)
{
    size_t count = (size_t)heap_count(h);
    struct posting *list = malloc((count + 1) * sizeof *list), *other = malloc((count + 1) * sizeof *other), *sorted;
    status st;

    MUST(list && other);
    st = heap_read(m, h, list);
    sorted = postings_sort(list, other, count, 32 + KEY_REFINE_BITS - m->partition_bits);
    for (size_t i = 0; i < count && status_ok(st); i++) {
        post_put(w, sorted[i].key, sorted[i].record);
        if (m->out.len >= OUT_BYTES) {
            w->written += m->out.len;
            st = out_flush(m, OUT_BYTES);
        }
    }
    free(list);
    free(other);
    free(h->bytes);
    h->bytes = NULL;
    return st;
}

/* Whoever waits for the keys. */
struct listener {
    void (*keys)(void *with, uint64_t done, uint64_t all);
    void *with;
    uint64_t done, all;
};

static STATUS rule_write(struct index_maker *m, int rule, struct listener *l)
{
    struct post_writer w = { .out = &m->out };
    status st;

    TRY(section_open(m, SECTION_POST, rule));
    TRY(out_flush(m, 0)); /* the writer counts from an empty buffer */
    st = OK;
    for (int p = 0; p < 1 << m->partition_bits && status_ok(st); p++) {
        struct heap *h = &m->heap[rule << m->partition_bits | p];

        st = heap_write(m, h, &w);
        l->done += heap_count(h);
        if (l->keys)
            l->keys(l->with, l->done, l->all);
    }
    if (status_ok(st))
        st = section_close(m);
    if (status_ok(st))
        st = section_put(m, SECTION_POST_AT, rule, (str){ (const char *)w.block, w.blocks * sizeof *w.block });
    free(w.block);
    return st;
}

static STATUS dictionaries_write(struct index_maker *m)
{
    for (int i = 0; i < m->def->dicts; i++) {
        str text, at, slots;

        uses_room(m, i);
        vocab_sections(m->vocab[i], &text, &at, &slots);
        TRY(section_put(m, SECTION_TEXT, i, text));
        TRY(section_put(m, SECTION_TEXT_AT, i, at));
        TRY(section_put(m, SECTION_SLOT, i, slots));
        TRY(section_put(m, SECTION_USES, i, (str){ (const char *)m->uses[i], (vocab_count(m->vocab[i]) + 1u) * sizeof(uint32_t) }));
    }
    for (int i = 0; i < m->def->fields; i++)
        if (m->field_uses[i])
            TRY(section_put(m, SECTION_FIELD_USES, i,
                            (str){ (const char *)m->field_uses[i], (vocab_count(m->vocab[m->def->field[i].dict]) + 1u) * sizeof(uint32_t) }));
    return OK;
}

static STATUS head_write(struct index_maker *m)
{
    DEFER(buf_done) struct buf b;

    memcpy(m->head.magic, INDEX_MAGIC, sizeof m->head.magic);
    m->head.version = INDEX_VERSION;
    m->head.file_bytes = m->written;
    m->head.head_hash = 0;
    m->head.head_hash = link_mix(link_hash((str){ (const char *)&m->head, sizeof m->head }),
                                 link_hash((str){ (const char *)m->section, m->head.sections * sizeof *m->section }));
    buf_init(&b, INDEX_HEAD_BYTES);
    buf_bytes(&b, &m->head, sizeof m->head);
    buf_bytes(&b, m->section, m->head.sections * sizeof *m->section);
    TRY(buf_check(&b));
    return m->sink->head(m->sink->with, buf_str(&b));
}

STATUS index_maker_end(struct index_maker *m, void (*keys)(void *with, uint64_t done, uint64_t all), void *with)
{
    DEFER(buf_done) struct buf def;
    struct listener l = { .keys = keys, .with = with };

    buf_init(&def, 1 << 20);
    if (!m->head.records)
        return FAIL(INDEX_EMPTY);
    if (m->head.records % INDEX_BLOCK_RECORDS)
        TRY(block_end(m, (uint32_t)(m->head.records % INDEX_BLOCK_RECORDS)));
    m->section[m->head.sections++] = (struct section){ SECTION_RECORD, 0, INDEX_HEAD_BYTES, m->written + m->out.len - INDEX_HEAD_BYTES };
    TRY(section_put(m, SECTION_RECORD_AT, 0, (str){ (const char *)m->record_at, (m->record_blocks + 1) * sizeof *m->record_at }));
    TRY(dictionaries_write(m));
    for (int i = 0; i < m->def->rules << m->partition_bits; i++)
        l.all += heap_count(&m->heap[i]);
    for (int i = 0; i < m->def->rules; i++)
        TRY(rule_write(m, i, &l));
    TRY(section_put(m, SECTION_DAYS, 0, (str){ (const char *)m->days, CHANCE_DAY_SLOTS * sizeof *m->days }));
    def_write(m->def, &def);
    TRY(buf_check(&def));
    m->head.def_hash = link_hash(buf_str(&def));
    TRY(section_put(m, SECTION_DEF, 0, buf_str(&def)));
    TRY(out_flush(m, 1));
    return head_write(m);
}
