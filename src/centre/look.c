/* Some rows of a list compared with the register: candidates are fetched by key, weighed and judged. It only reads, so that it runs
 * beside the writing of the rows before. Whoever was compared is noted as disclosed with the fields compared, also when the
 * answer was no; what is noted commits with what came of the row (chunk.c).
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

enum { CANDIDATES_NOTED_MAX = 16, LOOK_ROWS = 1000 };

/* --- outcomes ----------------------------------------------------------------------------------------------------------- */

static uint64_t fields_compared(const struct candidate *c)
{
    uint64_t fields = 0;

    for (int f = 0; f < JUDGE_FIELDS; f++)
        if (c->level[f] != LEVEL_UNKNOWN)
            fields |= UINT64_C(1) << judge_person_field((enum judge_field)f);
    return fields;
}

static uint64_t fields_differing(const struct candidate *c)
{
    uint64_t fields = 0;

    for (int f = 0; f < JUDGE_FIELDS; f++)
        if (c->differs[f])
            fields |= UINT64_C(1) << judge_person_field((enum judge_field)f);
    return fields;
}

static STATUS compared_note(struct ctx *cx, const struct candidates *c)
{
    for (size_t i = 0; i < c->count && i < CANDIDATES_NOTED_MAX; i++) {
        const struct person *p = c->list[i].person;
        uint64_t fields = fields_compared(&c->list[i]) | UINT64_C(1) << FIELD_STATE | UINT64_C(1) << FIELD_RESIDENCE;
        TRY(disclosure_note(cx, (struct subject){ p->id, p->unit }, fields & cx->journal->grant.fields));
    }
    return OK;
}

static void person_take(struct chunk_result *r, const struct person *p)
{
    r->person = p->id;
    r->found = p;
    r->unit = p->unit;
}

/* What a human will ask about: why these, and why not more surely. */
static void evidence_take(struct chunk_result *r, const struct candidates *c, size_t count)
{
    for (size_t i = 0; i < count && i < EVIDENCE_MAX; i++)
        r->evidence[r->evidence_count++] = evidence_pack(&c->list[i]);
}

static void row_judge(struct judge *judge, const struct list_person *row, struct candidates *c, struct chunk_result *r)
{
    struct judgement j = judge_row(judge, row, c->list, c->count);

    r->candidates = (int32_t)j.in_question;
    r->outcome = OUTCOME_NOT_FOUND;
    if (j.verdict == VERDICT_NONE)
        return;
    if (j.verdict == VERDICT_MANY) {
        r->outcome = OUTCOME_AMBIGUOUS;
        evidence_take(r, c, j.in_question);
        return;
    }
    const struct person *p = c->list[0].person;
    person_take(r, p);
    r->differs = fields_differing(&c->list[0]);
    /* What the list has, but nobody can read, is a difference too. */
    if (row->number_wrong && p->number)
        r->differs |= UINT64_C(1) << FIELD_NUMBER;
    if (row->birth_wrong && !day_is_none(p->birth))
        r->differs |= UINT64_C(1) << FIELD_BIRTH;
    r->outcome = p->state == PERSON_DECEASED ? OUTCOME_DECEASED : r->differs ? OUTCOME_CONFLICTING : OUTCOME_MATCHED;
    if (r->outcome == OUTCOME_CONFLICTING)
        evidence_take(r, c, 1);
}

static STATUS row_cancelled(struct ctx *cx, const struct candidates *c, struct chunk_result *r)
{
    uint64_t fields = (UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_STATE) & cx->journal->grant.fields;

    r->outcome = OUTCOME_CANCELLED;
    r->candidates = 1;
    r->person = c->holder.id;
    r->unit = c->holder.unit;
    return disclosure_note(cx, (struct subject){ c->holder.id, c->holder.unit }, fields);
}

STATUS row_look(struct ctx *cx, struct judge *judge, const struct list_person *row, int64_t name_hash, struct chunk_result *r)
{
    struct candidates c;

    *r = (struct chunk_result){ .outcome = OUTCOME_REJECTED };
    if (row->reason != REASON_none)
        return OK;
    TRY(candidates_fetch(cx, row, name_hash, &c));
    if (c.cancelled)
        return row_cancelled(cx, &c, r);
    row_judge(judge, row, &c, r);
    return compared_note(cx, &c);
}

STATUS chunk_look(struct ctx *cx, struct chunk *c)
{
    size_t end = c->compared + LOOK_ROWS < c->count ? c->compared + LOOK_ROWS : c->count, at = c->compared;

    journal_lend(cx, &c->looked);
    if (!c->judge) {
        c->judge = judge_new(cx->arena);
        c->results = ARENA_ARRAY(cx->arena, struct chunk_result, c->count);
        c->looked_us = cx->now_us;
        c->looked.cap = c->count + c->count / 4;
        c->looked.entries = ARENA_ARRAY(cx->arena, struct ledger_entry, c->looked.cap);
    }
    for (; at < end; at++) {
        TRY(row_look(cx, c->judge, &c->rows[at], c->hashes[at], &c->results[at]));
        TRY(into_draft(cx, c, at));
        c->results[at].noted_end = c->looked.count + cx->journal->count;
    }
    journal_take(cx, &c->looked);
    c->compared = end;
    return OK;
}
