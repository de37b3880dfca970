/* What a comparison came to: counts, and rows by outcome. A row shown beside the register's values discloses those values,
 * so each is noted under the reader's own ground.
 * tested by: src/centre/test/list_test.c */
#include "centre/inside.h"
#include "messages/messages.h"

#include <string.h>

enum { ROWS_DEFAULT = 50, UNITS_MAX = 400, WORDS_MAX = 60 };

static const uint64_t shown_fields = UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_NAME | UINT64_C(1) << FIELD_BIRTH | UINT64_C(1) << FIELD_SEX;

static void word_add(struct ctx *cx, struct word_count **list, size_t *count, str word, int64_t rows)
{
    if (!*list)
        *list = ARENA_ARRAY(cx->arena, struct word_count, WORDS_MAX);
    if (*count < WORDS_MAX)
        (*list)[(*count)++] = (struct word_count){ word, rows };
}

static struct unit_count *unit_of(struct ctx *cx, struct list_report_out *ret, unit_id unit)
{
    for (size_t i = 0; i < ret->units_count; i++)
        if (ret->units[i].unit.v == unit.v)
            return &ret->units[i];
    if (ret->units_count == UNITS_MAX)
        return NULL;
    ret->units[ret->units_count] = (struct unit_count){ .unit = unit, .name = defs_unit_path(cx->arena, cx->app->defs, unit, (day){ 0 }, cx->lang) };
    return &ret->units[ret->units_count++];
}

static void figure_add(struct ctx *cx, struct list_report_out *ret, const struct delivery_figures_row *f)
{
    struct unit_count *u;

    switch ((enum figure_kind)f->figure) {
    case FIGURE_OUTCOME:
        if (f->item >= 0 && f->item < OUTCOME_COUNT)
            ret->outcomes[f->item].rows = f->row_count;
        break;
    case FIGURE_FIELD: word_add(cx, &ret->fields, &ret->fields_count, person_field_name((int)f->item), f->row_count); break;
    case FIGURE_REASON: word_add(cx, &ret->reasons, &ret->reasons_count, str_of(reason_word((enum row_reason)f->item)), f->row_count); break;
    case FIGURE_REPAIR: word_add(cx, &ret->repairs, &ret->repairs_count, str_of(repair_word((int)f->item)), f->row_count); break;
    case FIGURE_WARNING: word_add(cx, &ret->warnings, &ret->warnings_count, str_of(warning_word((int)f->item)), f->row_count); break;
    case FIGURE_UNIT:
    case FIGURE_UNIT_MATCHED:
    case FIGURE_UNIT_CONFLICTING:
        u = unit_of(cx, ret, (unit_id){ (int32_t)f->item });
        if (u && f->figure == FIGURE_UNIT)
            u->rows = f->row_count;
        else if (u && f->figure == FIGURE_UNIT_MATCHED)
            u->matched = f->row_count;
        else if (u)
            u->conflicting = f->row_count;
        break;
    }
}

STATUS list_report(struct ctx *cx, const struct list_report_in *in, struct list_report_out *ret)
{
    struct delivery_figures_row *rows;
    struct delivery_rest_get_row rest;
    struct delivery_row d;
    bool completes;
    size_t n;

    TRY(delivery_of(cx, in->delivery, &d));
    TRY(delivery_figures(cx, CENTRE_SHARD, d.id, &rows, &n));
    delivery_item(&d, &ret->item);
    ret->kind = d.kind;
    ret->encoding = d.found_encoding;
    ret->bytes = d.bytes;
    TRY(delivery_rest_get(cx, CENTRE_SHARD, d.id, &rest, &completes));
    ret->completes = completes ? rest.completes : 0;
    ret->units = ARENA_ARRAY(cx->arena, struct unit_count, UNITS_MAX);
    ret->outcomes = ARENA_ARRAY(cx->arena, struct outcome_count, OUTCOME_COUNT);
    ret->outcomes_count = OUTCOME_COUNT;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        ret->outcomes[i].outcome = i;
    for (size_t i = 0; i < n; i++)
        figure_add(cx, ret, &rows[i]);
    return into_report(cx, d.id, ret);
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

static STATUS register_side(struct ctx *cx, person_id id, struct list_row *ret)
{
    struct person p;
    bool known;

    TRY(person_by_id(cx, id, &p, &known));
    if (!known)
        return OK;
    TRY(disclosure_note(cx, (struct subject){ p.id, p.unit }, shown_fields & cx->journal->grant.fields));
    ret->has_register_number = p.number != 0;
    ret->register_number = p.number;
    ret->register_name = p.name;
    ret->has_register_birth = !day_is_none(p.birth);
    ret->register_birth = p.birth;
    ret->register_sex = (enum sex)p.sex;
    return OK;
}

str *report_repair_words(struct arena *a, uint64_t bits, size_t *ret_count)
{
    str *list = ARENA_ARRAY(a, str, REPAIR_COUNT);

    *ret_count = 0;
    for (int i = 0; i < REPAIR_COUNT && *ret_count < 16; i++)
        if (bits >> i & 1)
            list[(*ret_count)++] = str_of(repair_word(i));
    return list;
}

static STATUS row_show(struct ctx *cx, const struct list_row_row *row, struct list_row *ret)
{
    *ret = (struct list_row){
        .row = row->place, .outcome = row->outcome, .has_number = row->number != 0, .number = row->number, .name = row->name,
        .has_birth = row->birth != 0, .birth = { row->birth }, .sex = (enum sex)row->sex,
        .reason = row->reason ? str_of(reason_word((enum row_reason)row->reason)) : (str){ 0 }, .differs = (uint64_t)row->differs,
        .candidates = row->candidates, .duplicate_of = row->duplicate_of,
    };
    ret->repairs = report_repair_words(cx->arena, (uint64_t)row->repairs, &ret->repairs_count);
    return row->person ? register_side(cx, (person_id){ row->person }, ret) : OK;
}

static str level_text(struct ctx *cx, const struct evidence_item *e)
{
    str text = { 0 };

    (void)msg_find(arena_printf(cx->arena, "link_level_%s_%d", judge_scale_word(e->field), e->level), cx->lang, &text);
    return text;
}

static void candidate_show(struct ctx *cx, int64_t evidence, struct row_candidate *ret)
{
    struct evidence_item items[JUDGE_FIELDS];
    size_t n;
    int percent;

    n = evidence_unpack(evidence, items, &percent);
    *ret = (struct row_candidate){ .percent = percent, .weights = ARENA_ARRAY(cx->arena, struct row_weight, JUDGE_FIELDS) };
    for (; ret->weights_count < n; ret->weights_count++) {
        const struct evidence_item *e = &items[ret->weights_count];
        ret->weights[ret->weights_count] = (struct row_weight){ str_of(judge_field_word(e->field)), level_text(cx, e), e->bits };
    }
}

/* Rows that nobody has to look at have none, and are not asked about. */
static STATUS evidence_show(struct ctx *cx, int64_t delivery, struct list_row *row)
{
    struct list_evidence_of_row *list;
    size_t n;

    if (row->outcome != OUTCOME_AMBIGUOUS && row->outcome != OUTCOME_CONFLICTING)
        return OK;
    TRY(list_evidence_of(cx, CENTRE_SHARD, delivery, row->row, EVIDENCE_MAX, &list, &n));
    row->evidence = ARENA_ARRAY(cx->arena, struct row_candidate, EVIDENCE_MAX);
    for (; row->evidence_count < n; row->evidence_count++)
        candidate_show(cx, list[row->evidence_count].evidence, &row->evidence[row->evidence_count]);
    return OK;
}

STATUS list_rows(struct ctx *cx, const struct list_rows_in *in, struct list_rows_out *ret)
{
    int64_t most = in->has_limit ? in->limit : ROWS_DEFAULT, after = in->has_after ? in->after : 0;
    struct list_row_row *rows;
    struct delivery_row d;
    size_t n;

    TRY(delivery_of(cx, in->delivery, &d));
    if (in->has_outcome)
        TRY(list_rows_of_outcome(cx, &(struct list_rows_of_outcome_params){ .shard = CENTRE_SHARD, .delivery = d.id, .outcome = (int16_t)in->outcome,
                                                                            .after = after, .most = most }, &rows, &n));
    else
        TRY(list_rows_after(cx, CENTRE_SHARD, d.id, after, most, &rows, &n));
    ret->rows = ARENA_ARRAY(cx->arena, struct list_row, n + 1);
    for (; ret->rows_count < n; ret->rows_count++) {
        TRY(row_show(cx, &rows[ret->rows_count], &ret->rows[ret->rows_count]));
        TRY(evidence_show(cx, d.id, &ret->rows[ret->rows_count]));
    }
    ret->next = n == (size_t)most ? rows[n - 1].place : 0;
    return OK;
}
