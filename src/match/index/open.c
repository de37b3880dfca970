/* Opening an index: what the head promises must lie within the file, and what is used as a size must fit what it counts.
 * Records and postings are not read here; reading them is bounded wherever their bytes lead.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/score/chance.h"
#include "match/set/hash.h"

#include <stdlib.h>

static uint64_t head_hash(struct segment_head head, str sections)
{
    head.head_hash = 0;
    return link_mix(link_hash((str){ (const char *)&head, sizeof head }), link_hash(sections));
}

static STATUS head_read(struct segment *s, str name)
{
    struct segment_head *h = &s->head;
    uint64_t bytes;

    if (s->file.len < sizeof *h || memcmp(s->file.ptr, INDEX_MAGIC, sizeof h->magic) != 0)
        return FAIL_AT(INDEX_FOREIGN, name);
    memcpy(h, s->file.ptr, sizeof *h);
    if (h->version != INDEX_VERSION)
        return FAIL_AT(INDEX_VERSION, name);
    bytes = (uint64_t)h->sections * sizeof(struct section);
    if (h->file_bytes != s->file.len || s->file.len < INDEX_HEAD_BYTES || h->sections > SECTIONS_MAX || sizeof *h + bytes > INDEX_HEAD_BYTES)
        return FAIL_AT(INDEX_CUT, name);
    return h->head_hash == head_hash(*h, str_slice(s->file, sizeof *h, sizeof *h + bytes)) && h->records > 0 && h->records < UINT32_MAX ? OK : FAIL_AT(INDEX_CUT, name);
}

/* The bytes of a section; empty when there is none or they do not lie within the file. */
static str section_of(const struct segment *s, enum section_kind kind, int of)
{
    for (uint32_t i = 0; i < s->head.sections; i++) {
        struct section c;

        memcpy(&c, s->file.ptr + sizeof s->head + i * sizeof c, sizeof c);
        if (c.kind == kind && c.of == (uint32_t)of && c.at % 16 == 0 && c.at <= s->file.len && c.bytes <= s->file.len - c.at)
            return (str){ s->file.ptr + c.at, (size_t)c.bytes };
    }
    return (str){ 0 };
}

static bool lexicon_open(const struct segment *s, int dict, struct lexicon *ret)
{
    str text = section_of(s, SECTION_TEXT, dict), at = section_of(s, SECTION_TEXT_AT, dict);
    str slot = section_of(s, SECTION_SLOT, dict), uses = section_of(s, SECTION_USES, dict);
    size_t slots = slot.len / sizeof(uint32_t), count = at.len / sizeof(uint64_t);

    if (count == 0 || count > UINT32_MAX / 4 || slots < 2 || slots > UINT32_MAX || slots & (slots - 1) || uses.len != count * sizeof(uint32_t))
        return false;
    *ret = (struct lexicon){ text.ptr, (const uint64_t *)(const void *)at.ptr, (const uint32_t *)(const void *)slot.ptr,
                             (const uint32_t *)(const void *)uses.ptr, text.len, (uint32_t)(count - 1), (uint32_t)(slots - 1) };
    return true;
}

static bool values_open(struct segment *s, const struct index_def *d)
{
    str days = section_of(s, SECTION_DAYS, 0);

    for (int i = 0; i < d->dicts; i++)
        if (!lexicon_open(s, i, &s->lexicon[i]))
            return false;
    for (int i = 0; i < d->fields; i++) {
        str uses = section_of(s, SECTION_FIELD_USES, i);

        if (d->field[i].kind != LINK_KIND_TEXT)
            continue;
        if (uses.len != (s->lexicon[d->field[i].dict].count + 1u) * sizeof(uint32_t))
            return false;
        s->field_uses[i] = (const uint32_t *)(const void *)uses.ptr;
    }
    s->days = (const uint32_t *)(const void *)days.ptr;
    return days.len == CHANCE_DAY_SLOTS * sizeof(uint32_t);
}

static bool records_open(struct segment *s, const struct index_def *d)
{
    str records = section_of(s, SECTION_RECORD, 0), at = section_of(s, SECTION_RECORD_AT, 0);
    uint64_t blocks = (s->head.records + INDEX_BLOCK_RECORDS - 1) / INDEX_BLOCK_RECORDS;

    s->record = (const uint8_t *)records.ptr;
    s->record_bytes = records.len;
    s->record_at = (const uint64_t *)(const void *)at.ptr;
    for (int i = 0; i < d->rules; i++) {
        str post = section_of(s, SECTION_POST, i), block = section_of(s, SECTION_POST_AT, i);

        if (block.len % sizeof(struct post_block))
            return false;
        s->posts[i] = (struct posts){ (const uint8_t *)post.ptr, post.len, (const struct post_block *)(const void *)block.ptr,
                                      block.len / sizeof(struct post_block) };
    }
    return records.len && at.len == (blocks + 1) * sizeof(uint64_t);
}

static STATUS segment_open(struct index *ix, int i, str file, str name)
{
    struct segment *s = &ix->segment[i];
    str def;

    s->file = file;
    TRY(head_read(s, name));
    def = section_of(s, SECTION_DEF, 0);
    if (link_hash(def) != s->head.def_hash)
        return FAIL_AT(INDEX_CUT, name);
    if (i && s->head.def_hash != ix->segment[0].head.def_hash)
        return FAIL_AT(INDEX_SEGMENT, name);
    if (!i && !status_ok(def_read(def, &ix->def)))
        return FAIL_AT(INDEX_CUT, name);
    return values_open(s, &ix->def) && records_open(s, &ix->def) ? OK : FAIL_AT(INDEX_CUT, name);
}

STATUS index_open(struct index **ret, const str *segment, const str *name, int segments)
{
    struct index *ix = calloc(1, sizeof *ix);
    status st = OK;

    MUST(ix && segments >= 1 && segments <= INDEX_SEGMENTS_MAX);
    for (; ix->segments < segments && status_ok(st); ix->segments++)
        st = segment_open(ix, ix->segments, segment[ix->segments], name[ix->segments]);
    if (!status_ok(st)) {
        index_close(ix);
        return st;
    }
    *ret = ix;
    return OK;
}

void index_close(struct index *ix) { free(ix); }
const struct index_def *index_definition(const struct index *ix) { return &ix->def; }

str index_id(const struct index *ix, struct arena *a, uint32_t segment, uint32_t record)
{
    struct bytes b = segment_record(&ix->segment[segment], record);

    return record_id(&b, a);
}

static str part_told(struct arena *a, const struct index_def *d, struct index_part p)
{
    const char *word = part_word((enum part_kind)p.kind);

    if (p.other != p.field)
        return arena_printf(a, "%s/%s%s%s", d->field[p.field].head, d->field[p.other].head, *word ? " " : "", word);
    return arena_printf(a, "%s%s%s", d->field[p.field].head, *word ? " " : "", word);
}

void index_tell(const struct index *ix, struct arena *a, struct index_told *ret)
{
    const struct index_def *d = &ix->def;

    *ret = (struct index_told){ .segments = ix->segments, .rules = d->rules, .fields = d->fields, .missed = d->missed };
    for (int i = 0; i < ix->segments; i++) {
        ret->records += ix->segment[i].head.records;
        ret->bytes += ix->segment[i].head.file_bytes;
    }
    for (int i = 0; i < d->fields; i++) {
        ret->head[i] = str_of(d->field[i].head);
        ret->role[i] = d->field[i].role;
    }
    for (int i = 0; i < d->rules; i++) {
        const struct index_rule *r = &d->rule[i];
        str name = { 0 };

        for (int k = 0; k < r->parts; k++) {
            str part = part_told(a, d, r->part[k]);
            name = arena_printf(a, "%.*s%s%.*s", STR_ARG(name), k ? " + " : "", STR_ARG(part));
        }
        ret->rule[i] = (struct index_rule_told){ name, r->candidates, r->brings, r->first };
    }
}
