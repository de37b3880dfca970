/* Publishing: a row that a human has to settle becomes a case, a conflict one for each field that differs. Cases are known by what
 * they are about, so that a second run of the same register doubles none.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include "cases/cases.h"

enum { PUBLISH_ROWS = 1000 };
static const enum run_outcome told[] = { RUN_CONFLICTING, RUN_AMBIGUOUS, RUN_DUPLICATE, RUN_DECEASED, RUN_MOVED, RUN_NUMBER_CANCELLED };
enum { TOLD = sizeof told / sizeof *told };

struct publishing {
    struct ctx *cx;
    struct run_chunk *chunk;
    struct run_side side;
    str source;
};

static STATUS open_one(struct publishing *p, struct case_new *c)
{
    int64_t id;
    c->register_code = p->side.def->code;
    c->source = p->source;
    TRY(case_open(p->cx, c, &id));
    p->chunk->cases++;
    return OK;
}

/* --- evidence ----------------------------------------------------------------------------------------------------------------- */

static STATUS candidates_read(struct publishing *p, int64_t row, struct case_new *c)
{
    struct recon_evidence_of_row *list;
    size_t n;
    TRY(recon_evidence_of(p->cx, RECON_SHARD, p->chunk->work->row.id, row, RUN_EVIDENCE_MAX, &list, &n));
    struct case_candidate *out = ARENA_ARRAY(p->cx->arena, struct case_candidate, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct evidence_item items[JUDGE_FIELDS];
        out[i].person = (person_id){ list[i].person };
        size_t fields = evidence_unpack(list[i].evidence, items, &out[i].percent);
        for (size_t k = 0; k < fields; k++)
            out[i].weights[out[i].weight_count++] = (struct case_weight){ .field = str_of(judge_field_word(items[k].field)),
                                                                          .scale = str_of(judge_scale_word(items[k].field)), .level = items[k].level,
                                                                          .bits = items[k].bits };
    }
    c->candidates = out;
    c->candidate_count = n;
    return OK;
}

/* --- the row and its person as known then ---------------------------------------------------------------------------------------- */

static STATUS values_read(struct publishing *p, const struct recon_row_row *r, struct run_said *list, size_t *count)
{
    struct sector_row_row row;
    struct sector_content content;
    struct person person;
    bool known, live = false;
    unit_id written = UNIT_NONE;
    *count = 0;
    TRY(sector_row_get(p->cx, 0, p->side.def->code, r->row_id, &row, &known));
    if (known)
        TRY(sector_row_known_at(p->cx, p->side.def, p->side.known_us, &row, &live));
    if (!live)
        return FAIL_AT(CORRUPT, STR("recon_row"));
    TRY(sector_content_read(p->side.def, row.doc, &content));
    TRY(known_then_person(p->cx, p->side.then, (person_id){ r->person }, &person, &known));
    TRY(sector_row_written_in(p->cx, p->side.def, p->side.known_us, &row, &written));
    const struct run_pair pair = { &content, &person, p->side.def->unit_field < 0 ? written : UNIT_NONE };
    return run_values(p->cx, &p->side, &pair, list, count);
}

static STATUS conflicts_open(struct publishing *p, const struct recon_row_row *r, struct case_new *c)
{
    struct run_said said[RUN_VALUES_MAX];
    size_t n;
    TRY(values_read(p, r, said, &n));
    TRY(candidates_read(p, r->row_id, c));
    for (size_t i = 0; i < n; i++) {
        if (!((uint64_t)r->differs >> said[i].field & 1))
            continue;
        c->attribute = person_field_name(said[i].field);
        c->field = said[i].own;
        c->said = said[i].listed;
        c->held = said[i].held;
        TRY(open_one(p, c));
    }
    return OK;
}

static STATUS row_open(struct publishing *p, const struct recon_row_row *r)
{
    struct case_new c = { .row = r->row_id, .person = { r->person }, .unit = { r->unit } };
    switch ((enum run_outcome)r->outcome) {
    case RUN_CONFLICTING:
        c.kind = CASE_CONFLICT;
        return conflicts_open(p, r, &c);
    case RUN_MOVED:
        c.kind = CASE_MOVED;
        return conflicts_open(p, r, &c);
    case RUN_AMBIGUOUS:
        c.kind = CASE_AMBIGUOUS;
        TRY(candidates_read(p, r->row_id, &c));
        break;
    case RUN_DUPLICATE:
        c.kind = CASE_DUPLICATE;
        c.other_row = r->duplicate_of;
        break;
    case RUN_DECEASED: c.kind = CASE_DECEASED; break;
    case RUN_NUMBER_CANCELLED:
        c.kind = CASE_CANCELLED;
        c.attribute = person_field_name(FIELD_NUMBER);
        break;
    default: return OK;
    }
    return open_one(p, &c);
}

/* --- a page ------------------------------------------------------------------------------------------------------------------------ */

static size_t told_place(int16_t outcome)
{
    for (size_t i = 0; i < TOLD; i++)
        if ((int16_t)told[i] == outcome)
            return i;
    return 0;
}

/* The next rows, of the outcome under way or the first one after it that has some. */
static STATUS page_read(struct ctx *cx, const struct recon_run_row *run, struct recon_row_row **ret, size_t *ret_count)
{
    size_t place = told_place(run->told_outcome);
    *ret_count = 0;
    for (size_t i = place; i < TOLD && !*ret_count; i++) {
        bool under_way = i == place && run->told_row;
        const struct run_place after = { run->id, told[i], under_way ? run->told_unit : -1, under_way ? run->told_row : 0 };
        TRY(run_rows_after(cx, &after, PUBLISH_ROWS, ret, ret_count));
    }
    return OK;
}

STATUS run_publish_apply(struct ctx *cx, struct run_chunk *c)
{
    const struct recon_run_row *run = &c->work->row;
    struct publishing p = { .cx = cx, .chunk = c, .source = arena_printf(cx->arena, "run/%lld", (long long)run->id),
                            .side = { .def = run_register(cx, run), .then = c->work->then, .known_us = run->snapshot_us } };
    struct recon_row_row *rows;
    int64_t changed = 0;
    size_t n;
    if (!p.side.def)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), run->code);
    c->cases = 0;
    c->looked = 0;
    TRY(known_then_refresh(cx, c->work->then));
    TRY(page_read(cx, run, &rows, &n));
    c->more = n > 0;
    if (!n)
        return OK;
    for (size_t i = 0; i < n; i++)
        TRY(row_open(&p, &rows[i]));
    c->told_outcome = rows[n - 1].outcome;
    c->told_unit = rows[n - 1].unit;
    c->told_row = rows[n - 1].row_id;
    TRY(recon_run_told(cx, &(struct recon_run_told_params){
        .shard = RECON_SHARD, .id = run->id, .expected = run->told_row, .state = RUN_PUBLISHING, .told_outcome = c->told_outcome,
        .told_unit = c->told_unit, .told_row = c->told_row, .cases = c->cases }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}
