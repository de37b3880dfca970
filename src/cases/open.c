/* Opening cases. A case is known by what it is about, so that a second run finds the first one's case; once settled it is asked
 * again only when one of the sources says something else than before.
 * tested by: src/cases/test/case_test.c */
#include "cases/inside.h"

#include <string.h>

#define SINCE_2020_US INT64_C(1577836800000000)

/* FNV-1a: stored, so it must be the same in every run and on every machine. Pieces are kept apart by their lengths. */
static void print_bytes(uint64_t *hash, str s)
{
    for (size_t i = 0; i < s.len; i++)
        *hash = (*hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    *hash = (*hash ^ s.len) * UINT64_C(0x100000001b3);
}

static void print_number(uint64_t *hash, int64_t n)
{
    for (int shift = 0; shift < 64; shift += 8)
        *hash = (*hash ^ ((uint64_t)n >> shift & 0xff)) * UINT64_C(0x100000001b3);
}

static int64_t low(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t high(int64_t a, int64_t b) { return a < b ? b : a; }

/* Pairs count the same whichever comes first. Whom a row means is what an ambiguous case asks, so it does not name it. */
static int64_t print_of(const struct case_new *c)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    bool pair = c->kind == CASE_SAME_PERSON;
    print_number(&hash, c->kind);
    print_bytes(&hash, c->register_code);
    print_bytes(&hash, c->attribute);
    print_number(&hash, c->kind == CASE_DUPLICATE ? low(c->row, c->other_row) : c->row);
    print_number(&hash, c->kind == CASE_DUPLICATE ? high(c->row, c->other_row) : c->other_row);
    print_number(&hash, pair ? low(c->person.v, c->other_person.v) : c->row ? 0 : c->person.v);
    print_number(&hash, pair ? high(c->person.v, c->other_person.v) : 0);
    return (int64_t)(hash ^ hash >> 29);
}

static int64_t said_of(const struct case_new *c)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    print_bytes(&hash, c->said);
    print_bytes(&hash, c->held);
    for (size_t i = 0; i < c->candidate_count; i++)
        print_number(&hash, c->candidates[i].person.v);
    return (int64_t)(hash ^ hash >> 29);
}

/* --- candidates as a document: a line each, "person percent field:scale:level:bits …" ------------------------------------------ */

void case_candidates_write(const struct case_new *c, struct buf *out)
{
    for (size_t i = 0; i < c->candidate_count && i < CASE_CANDIDATES_MAX; i++) {
        const struct case_candidate *k = &c->candidates[i];
        buf_printf(out, "%lld %d", (long long)k->person.v, k->percent);
        for (size_t w = 0; w < k->weight_count; w++)
            buf_printf(out, " %.*s:%.*s:%d:%d", STR_ARG(k->weights[w].field), STR_ARG(k->weights[w].scale), k->weights[w].level, k->weights[w].bits);
        buf_char(out, '\n');
    }
}

static bool number_cut(str *rest, char separator, int64_t *ret)
{
    str piece;
    return str_cut(rest, separator, &piece) && str_i64(piece, ret);
}

static bool candidate_read(str line, struct case_candidate *ret)
{
    int64_t person, percent, level, bits;
    str piece;
    if (!number_cut(&line, ' ', &person) || !number_cut(&line, ' ', &percent))
        return false;
    *ret = (struct case_candidate){ .person = { person }, .percent = (int)percent };
    while (ret->weight_count < CASE_WEIGHTS_MAX && str_cut(&line, ' ', &piece)) {
        struct case_weight *w = &ret->weights[ret->weight_count++];
        if (!str_cut(&piece, ':', &w->field) || !str_cut(&piece, ':', &w->scale) || !number_cut(&piece, ':', &level) || !number_cut(&piece, ':', &bits))
            return false;
        w->level = (int)level;
        w->bits = (int)bits;
    }
    return true;
}

STATUS case_candidates_read(struct ctx *cx, str doc, struct case_candidate **ret, size_t *ret_count)
{
    str line;
    *ret = ARENA_ARRAY(cx->arena, struct case_candidate, CASE_CANDIDATES_MAX);
    *ret_count = 0;
    while (*ret_count < CASE_CANDIDATES_MAX && str_cut(&doc, '\n', &line))
        if (line.len && !candidate_read(line, &(*ret)[(*ret_count)++]))
            return FAIL_AT(CORRUPT, STR("case"));
    return OK;
}

static STATUS doc_make(struct ctx *cx, const struct case_new *c, str *ret)
{
    struct buf doc;
    buf_init(&doc, CASE_DOC_BYTES_MAX);
    case_candidates_write(c, &doc);
    *ret = arena_str(cx->arena, buf_str(&doc));
    status st = buf_check(&doc);
    buf_done(&doc);
    return st;
}

/* --- the row ---------------------------------------------------------------------------------------------------------------- */

/* Grows with time, by a microsecond a case at least, and stays below 2^53 for every reader of JSON. Two processes that give the
 * same one at once are told apart by the key: the later begins again. */
static STATUS id_new(struct ctx *cx, int64_t *ret)
{
    struct case_last_row *last;
    size_t n;
    TRY(case_last(cx, CASE_SHARD, &last, &n));
    *ret = cx->now_us - SINCE_2020_US;
    if (n && last[0].id >= *ret)
        *ret = last[0].id + 1;
    return OK;
}

/* The unit in charge: where the person lives, as the map of today names it where it can say. */
static STATUS unit_of(struct ctx *cx, const struct case_new *c, unit_id *ret)
{
    struct person p = { 0 };
    bool known = false;
    unit_id now[2];
    size_t count;
    if (c->person.v)
        TRY(person_by_id(cx, c->person, &p, &known));
    *ret = known && p.unit.v ? p.unit : c->unit;
    if (ret->v && defs_unit_at(cx->app->defs, *ret, cx->today, now, 2, &count) == UNIT_ANSWER_ONE)
        *ret = now[0];
    return OK;
}

static STATUS add(struct ctx *cx, const struct case_new *c, int32_t generation, int64_t *ret_id)
{
    struct case_add_params p = {
        .shard = CASE_SHARD, .version = 1, .kind = (int16_t)c->kind, .state = CASE_STATE_OPEN, .queue = QUEUE_SETTLE, .generation = generation,
        .print = print_of(c), .said_hash = said_of(c), .register_code = c->register_code, .row_id = c->row, .other_row = c->other_row,
        .person = c->person.v, .other_person = c->other_person.v, .attribute = c->attribute, .field = c->field, .said = c->said,
        .held = c->held, .opened_us = cx->now_us, .due_us = case_due(cx, case_kind_word(&(struct case_row){ .kind = (int16_t)c->kind })), .source = c->source };
    unit_id unit;
    TRY(id_new(cx, &p.id));
    TRY(unit_of(cx, c, &unit));
    p.unit = unit.v;
    TRY(doc_make(cx, c, &p.doc));
    TRY(change_note(cx, (struct subject){ c->person, unit }, 0));
    TRY(case_add(cx, &p, NULL));
    TRY(case_event_add(cx, &(struct case_event_add_params){ .shard = CASE_SHARD, .case_id = p.id, .seq = 1, .command = DO_OPEN, .state = CASE_STATE_OPEN,
                           .at_us = cx->now_us, .account = cx->actor.account.v, .actor = cx->actor.name, .organisation = cx->actor.organisation,
                           .note = c->source }, NULL));
    *ret_id = p.id;
    return case_figure_count(cx, &(struct case_row){ .unit = p.unit, .kind = p.kind, .queue = p.queue }, 1);
}

/* What is asked has changed while the case was open: it goes on with the new values, and a merge proposed on the old ones is
 * proposed anew. */
static STATUS renew(struct ctx *cx, const struct case_row *known, const struct case_new *c)
{
    struct case_file f = { .row = *known };
    unit_id unit;
    TRY(case_events(cx, CASE_SHARD, known->id, &f.events, &f.event_count));
    TRY(unit_of(cx, c, &unit));
    TRY(case_figure_count(cx, &f.row, -1));
    f.row.unit = unit.v;
    TRY(case_figure_count(cx, &f.row, 1));
    f.row.said = c->said;
    f.row.held = c->held;
    f.row.said_hash = said_of(c);
    f.row.person = c->person.v;
    f.row.source = c->source;
    f.row.choice = CHOICE_NONE;
    f.row.chosen = STR("");
    TRY(doc_make(cx, c, &f.row.doc));
    return case_move(cx, &f, &(struct case_move){ .command = DO_RENEW, .expected_version = -1, .note = c->source });
}

STATUS case_open(struct ctx *cx, const struct case_new *c, int64_t *ret_id)
{
    struct case_row *known;
    size_t n;
    MUST(c->kind < CASE_KIND_COUNT);
    if (c->said.len > CASE_VALUE_BYTES_MAX || c->held.len > CASE_VALUE_BYTES_MAX || c->candidate_count > CASE_CANDIDATES_MAX)
        return FAIL_AT(TEXT_TOO_LONG, STR("case"));
    TRY(case_by_print(cx, CASE_SHARD, print_of(c), &known, &n));
    if (n == 0)
        return add(cx, c, 1, ret_id);
    *ret_id = known[0].id;
    if (known[0].said_hash == said_of(c))
        return OK;
    if (known[0].queue == QUEUE_DONE || known[0].queue == QUEUE_HOLDERS)
        return add(cx, c, known[0].generation + 1, ret_id);
    return renew(cx, &known[0], c);
}
