/* A list as it will be understood, before anything is taken in: its columns with their roles, as guessed or as its source had
 * them last, some cells of each, the first rows with what cleaning would do to them, and over more of them which repairs it would
 * make, how often, with examples. Reads no person, and shows whoever brought the list nothing but that list.
 * tested by: src/centre/test/list_test.c */
#include "centre/into.h"

#include <stdlib.h>
#include <string.h>

enum { PREVIEW_ROWS = 20, TRIAL_ROWS = 1000, SAMPLES = 3, SAMPLE_BYTES = 60, EXAMPLES = 3, EXAMPLE_BYTES = 200 };

/* A cell as one line that can be shown; false: its bytes cannot. */
static bool line_of(struct ctx *cx, str cell, str *ret)
{
    str text;
    if (!status_ok(viet_enter_cell(cx->arena, STR("cell"), text_cut(cell, EXAMPLE_BYTES), EXAMPLE_BYTES, &text))) {
        fault_clear();
        return false;
    }
    *ret = arena_str(cx->arena, text_cut(text, EXAMPLE_BYTES)); /* texts of the row end with the sheet */
    return true;
}

/* The first of each kind that differ from one another as they came. */
static void example_take(struct ctx *cx, const struct repair *r, struct preview_repair *ret)
{
    str before, after;
    if (ret->examples_count == EXAMPLES || !line_of(cx, r->before, &before) || !line_of(cx, r->after, &after))
        return;
    for (size_t i = 0; i < ret->examples_count; i++)
        if (str_eq(ret->examples[i].before, before))
            return;
    ret->examples[ret->examples_count++] = (struct repair_example){ before, after };
}

static void repairs_count(struct ctx *cx, const struct row_journal *j, struct preview_repair *by_rule)
{
    for (size_t i = 0; i < j->repair_count; i++) {
        struct preview_repair *of = &by_rule[j->repairs[i].is.rule];
        if (!of->cells++)
            *of = (struct preview_repair){ .repair = str_of(repair_word((int)j->repairs[i].is.rule)), .cells = 1,
                                           .examples = ARENA_ARRAY(cx->arena, struct repair_example, EXAMPLES) };
        example_take(cx, &j->repairs[i].is, of);
    }
}

static int repair_order(const void *a, const void *b)
{
    const struct preview_repair *x = a, *y = b;
    if (x->cells != y->cells)
        return x->cells > y->cells ? -1 : 1;
    return str_cmp(x->repair, y->repair);
}

static struct preview_row row_show(struct ctx *cx, const struct list_person *p)
{
    struct preview_row r = { .row = p->row, .has_number = p->number != 0, .number = p->number, .name = arena_str(cx->arena, p->name),
                             .has_birth = !day_is_none(p->birth), .birth = p->birth, .sex = p->sex,
                             .reason = p->reason ? str_of(reason_word(p->reason)) : (str){ 0 } };
    r.repairs = report_repair_words(cx->arena, p->repairs, &r.repairs_count);
    return r;
}

static STATUS preview_rows(struct ctx *cx, struct sheet *s, struct list_preview_out *ret)
{
    struct evidence evidence;
    struct row_journal journal;
    struct preview_repair by_rule[REPAIR_COUNT] = { 0 };
    const struct refinery by = { .sheet = s, .evidence = &evidence, .journal = &journal };
    struct sheet_row row;
    bool more = true;

    evidence_of_head(s, &evidence);
    ret->rows = ARENA_ARRAY(cx->arena, struct preview_row, PREVIEW_ROWS);
    while (ret->looked < TRIAL_ROWS) {
        struct list_person p;
        TRY(sheet_next(s, &row, &more));
        if (!more)
            break;
        journal.repair_count = journal.question_count = 0;
        row_clean(cx->arena, &by, &row, &p);
        repairs_count(cx, &journal, by_rule);
        ret->looked++;
        if (ret->rows_count < PREVIEW_ROWS)
            ret->rows[ret->rows_count++] = row_show(cx, &p);
    }
    ret->repaired = ARENA_ARRAY(cx->arena, struct preview_repair, REPAIR_COUNT);
    for (int i = 0; i < REPAIR_COUNT; i++)
        if (by_rule[i].cells)
            ret->repaired[ret->repaired_count++] = by_rule[i];
    qsort(ret->repaired, ret->repaired_count, sizeof *ret->repaired, repair_order);
    return OK;
}

/* Cells that hold something, from the first rows of data. */
static void samples_take(struct ctx *cx, const struct sheet *s, size_t column, struct list_column *ret)
{
    ret->samples = ARENA_ARRAY(cx->arena, str, SAMPLES);
    for (size_t i = 0; i < s->head_count && ret->samples_count < SAMPLES; i++) {
        const struct sheet_row *row = &s->head[i];
        str text;
        if (row->bad != ERR_OK || row->number <= s->data_after || column >= row->count || row->cells[column].ptr == xlsx_formula)
            continue;
        str cell = sheet_decode(s, cx->arena, column, row->cells[column]);
        if (!status_ok(viet_enter_cell(cx->arena, STR("cell"), str_slice(cell, 0, 4 * SAMPLE_BYTES), 4 * SAMPLE_BYTES, &text)))
            fault_clear();
        else if (text.len)
            ret->samples[ret->samples_count++] = text_cut(text, SAMPLE_BYTES);
    }
}

static void columns_show(struct ctx *cx, const struct sheet *s, struct list_preview_out *ret)
{
    ret->columns = ARENA_ARRAY(cx->arena, struct list_column, s->column_count + 1);
    for (size_t i = 0; i < s->column_count; i++) {
        struct list_column *c = &ret->columns[ret->columns_count++];
        *c = (struct list_column){ .place = (int64_t)i + 1, .header = arena_str(cx->arena, s->columns[i].header),
                                   .role = str_of(column_role_name(s->columns[i].role)),
                                   .encoding = str_of(encoding_name(s->columns[i].form.set)), .filled = (int64_t)s->columns[i].filled };
        samples_take(cx, s, i, c);
    }
}

static void fields_show(struct ctx *cx, const struct sheet *s, const struct sector_register *r, str map, struct list_preview_out *ret)
{
    int column[SECTOR_FIELDS_MAX];

    ret->fields = ARENA_ARRAY(cx->arena, struct list_field, r->field_count + 1);
    into_columns(cx->arena, r, s, map, column);
    for (size_t f = 0; f < r->field_count; f++) {
        const struct sector_field *field = &r->fields[f];
        ret->fields[ret->fields_count++] = (struct list_field){ .key = field->key, .label = cx->lang == LANG_EN ? field->en : field->vi,
                                                                .required = field->required };
        if (column[f] >= 0 && !ret->columns[column[f]].field.len)
            ret->columns[column[f]].field = field->key;
    }
}

static str delimiter_word(const struct sheet *s)
{
    switch (s->kind == FILE_CSV ? s->delimiter : 0) {
    case ',': return STR("comma");
    case ';': return STR("semicolon");
    case '\t': return STR("tab");
    case '|': return STR("bar");
    default: return (str){ 0 };
    }
}

/* As its source had it last, if its columns still fit. */
static STATUS sheet_as_before(struct ctx *cx, const struct list_preview_in *in, str bytes, str *ret_map, struct sheet **ret)
{
    struct sheet_options o = { .sheet = in->sheet, .encoding = in->encoding };
    struct list_map_get_row before;
    bool found = false;

    *ret_map = in->map;
    if (!in->has_map && in->has_source)
        TRY(list_map_get(cx, CENTRE_SHARD, in->source, in->into, &before, &found));
    if (found) {
        o.map = before.map;
        if (status_ok(sheet_open(bytes, cx->today, &o, ret))) {
            *ret_map = before.map;
            return OK;
        }
        fault_clear();
    }
    o.map = in->map;
    return sheet_open(bytes, cx->today, &o, ret);
}

/* Which bytes: the file itself, or a file of the archive. */
static STATUS entry_choose(struct ctx *cx, const struct list_preview_in *in, struct bundle *b, struct list_preview_out *ret, str *ret_bytes)
{
    size_t chosen = 0;

    *ret_bytes = in->file;
    if (!b)
        return OK;
    ret->entries = ARENA_ARRAY(cx->arena, str, BUNDLE_FILES_MAX);
    for (size_t i = 0; i < bundle_count(b); i++) {
        ret->entries[ret->entries_count++] = text_cut(arena_str(cx->arena, bundle_name(b, i)), 300);
        if (in->has_entry && str_eq(in->entry, ret->entries[i]))
            chosen = i;
    }
    return bundle_read(b, chosen, ret_bytes);
}

STATUS list_preview(struct ctx *cx, const struct list_preview_in *in, struct list_preview_out *ret)
{
    struct bundle *b DEFER(bundle_done) = NULL;
    struct sheet *s DEFER(sheet_done) = NULL;
    const struct sector_register *r = in->into.len ? defs_sector(cx->app->defs, in->into, cx->today) : NULL;
    str bytes, map;

    if (in->into.len && !r)
        return FAIL_WITH(REGISTER_MISSING, STR("into"), in->into);
    TRY(bundle_open(in->file, &b));
    TRY(entry_choose(cx, in, b, ret, &bytes));
    TRY(sheet_as_before(cx, in, bytes, &map, &s));
    ret->remembered = map.len && !in->has_map;
    ret->kind = (int32_t)s->kind;
    ret->sheet = arena_str(cx->arena, s->sheet_name);
    ret->encoding = sheet_encoding(s, cx->arena);
    ret->delimiter = delimiter_word(s);
    ret->header_row = s->header_row;
    ret->missing = str_of(column_role_name(sheet_role_missing(s)));
    ret->complete = !ret->missing.len;
    if (in->has_source)
        TRY(delivery_known(cx, bytes, in->source, in->into, &ret->known));
    columns_show(cx, s, ret);
    if (r)
        fields_show(cx, s, r, map, ret);
    return preview_rows(cx, s, ret);
}
