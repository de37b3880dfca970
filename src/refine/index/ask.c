/* Asking the index: a list in bulk, records one by one. What is told about a record of the register is its id and, where one
 * record is asked about, its values beside the weight of each.
 * tested by: tests/link/index_verb.py */
#include "refine/index/job.h"

#include "base/csv.h"
#include "defs/yaml.h"
#include "match/link.h"
#include "match/set/load.h"
#include "messages/messages.h"

#include <math.h>
#include <stdlib.h>

enum { RECORD_BYTES_MAX = 1 << 20 };
static const double told_from = .05; /* as `link` tells its pairs */

static STATUS list_load(struct index_job *j, struct link_set **ret)
{
    struct link_column *columns = ARENA_ARRAY(j->arena, struct link_column, j->roles.count + 1);
    struct link_load_options o = { .column = columns, .threads = j->threads, .today = j->today, .release = j->release, .with = j->with };

    for (size_t i = 0; i < j->roles.count; i++)
        if (j->roles.columns[i].role != LINK_IGNORE)
            columns[o.columns++] = (struct link_column){ j->roles.columns[i].head, j->roles.columns[i].role };
    return link_set_load(ret, j->csv[0], (str){ 0 }, &o);
}

static enum report_class class_of(const struct index_hit *h)
{
    return h->class == LINK_PAIR_MATCH ? REPORT_MATCH : h->class == LINK_PAIR_HOUSEHOLD ? REPORT_HOUSEHOLD : REPORT_POSSIBLE;
}

static bool is_told(const struct index_hit *h) { return h->class != LINK_PAIR_POSSIBLE || (double)h->probability >= told_from; }

STATUS index_job_link(struct index_job *j, const struct index *ix, const struct index_link_options *o, struct link_csv *pairs, struct index_linked *ret)
{
    struct index_bulk_options options = { .threads = j->threads, .probability = o->probability, .many = o->many, .release = o->release, .with = j->with };
    struct link_set *list = NULL;
    struct index_bulk bulk;
    status st = list_load(j, &list);

    TRY(st);
    index_bulk_run(ix, list, &options, &bulk);
    *ret = (struct index_linked){ .rows = list->count[0], .candidates = bulk.candidates, .threshold = bulk.threshold, .matches = bulk.matches,
                                  .households = bulk.households, .cut = bulk.cut };
    link_csv_pairs_head(pairs);
    for (size_t i = 0; i < bulk.count; i++) {
        const struct index_hit *h = &bulk.hit[i].hit;

        if (!is_told(h))
            continue;
        ret->possible += h->class == LINK_PAIR_POSSIBLE;
        link_csv_pair(pairs, link_id(list, 0, h->row), index_bulk_id(&bulk, i), (double)h->bits, (double)h->probability, class_of(h));
    }
    index_bulk_done(&bulk);
    link_set_free(list);
    return OK;
}

/* --- one record ---------------------------------------------------------------------------------------------------------------- */

STATUS index_record_read(struct arena *a, str text, str *ret_csv)
{
    DEFER(buf_done) struct buf head, row;
    struct defs_problems problems = { 0 };
    struct yaml_file f = { .arena = a, .problem_arena = a, .name = STR("record"), .problems = &problems };

    buf_init(&head, RECORD_BYTES_MAX);
    buf_init(&row, RECORD_BYTES_MAX);
    text = str_trim(text);
    *ret_csv = text;
    if (!text.len || text.ptr[0] != '{')
        return OK;
    yaml_read(&f, text); /* JSON is YAML (YAML 1.2 section 1.3) */
    if (!f.root || f.root->kind != YAML_MAP || !f.root->count || problems.count)
        return FAIL_AT(BODY_NOT_JSON, STR("record"));
    for (size_t i = 0; i < f.root->count; i++) {
        if (f.root->pairs[i].value->kind != YAML_SCALAR)
            return FAIL_AT(BODY_NOT_JSON, f.root->pairs[i].key);
        if (i) {
            buf_char(&head, ',');
            buf_char(&row, ',');
        }
        csv_cell(&head, f.root->pairs[i].key, ',');
        csv_cell(&row, f.root->pairs[i].value->text, ',');
    }
    TRY(buf_check(&head));
    TRY(buf_check(&row));
    *ret_csv = arena_printf(a, "%.*s\n%.*s\n", STR_ARG(buf_str(&head)), STR_ARG(buf_str(&row)));
    return OK;
}

static enum report_scale scale_of(enum link_role role)
{
    switch (link_role_kind(role)) {
    case LINK_KIND_DAY: return SCALE_DAY;
    case LINK_KIND_DIGITS: return SCALE_DIGITS;
    case LINK_KIND_WORDS:
        return role == LINK_FULL_NAME || role == LINK_PARENT_NAME || role == LINK_FATHER_NAME || role == LINK_MOTHER_NAME ? SCALE_NAME : SCALE_WORDS;
    default: return SCALE_TEXT;
    }
}

/* The cells of a row as they were written, by head. */
struct row_written {
    const struct roles_heads *heads;
    str cells[ROLES_COLUMNS_MAX];
    size_t count;
};

static str written(const struct row_written *w, str head)
{
    for (size_t i = 0; i < w->count && i < w->heads->count; i++)
        if (str_eq(w->heads->names[i], head) && text_is_utf8(w->cells[i]))
            return str_trim(w->cells[i]);
    return (str){ 0 };
}

/* The list's head of a field may be another one than the register's: then the role decides. */
static str written_as(const struct index_job *j, const struct row_written *w, const struct index_told *told, int field)
{
    str value = written(w, told->head[field]);

    for (size_t i = 0; i < j->roles.count && !value.ptr; i++)
        if (j->roles.columns[i].role == told->role[field])
            value = written(w, j->roles.columns[i].head);
    return value;
}

struct finding {
    struct index_job *job;
    const struct index *ix;
    const struct index_find_options *o;
    struct index_told told;
    struct index_search *search;
    const struct link_set *list;
    struct row_written row;
};

static void explained_fill(struct finding *f, const struct index_hit *h, struct link_explained *ret)
{
    struct arena *a = f->job->arena;
    struct index_explained e;

    index_explain(f->search, a, h, &e);
    *ret = (struct link_explained){ .id_left = link_id(f->list, 0, h->row), .id_right = index_id(f->ix, a, h->segment, h->record), .field_count = e.fields,
                                    .start = e.start, .total = e.total, .probability = (double)h->probability, .threshold = f->o->threshold,
                                    .verdict = class_of(h), .vetoed = e.vetoed };
    for (int i = 0; i < e.fields; i++)
        ret->fields[i] = (struct explained_field){ .head = e.field[i].head, .left = written_as(f->job, &f->row, &f->told, i), .right = e.field[i].value,
                                                   .scale = scale_of(f->told.role[i]), .level = e.field[i].level, .bits = e.field[i].bits };
}

static void row_tell(struct finding *f, uint32_t row, struct buf *out)
{
    const struct index_hit *hit;
    size_t count = index_find(f->search, row, f->o->threshold, &hit), told = 0;

    if (f->o->json) {
        buf_add(out, STR("{\"id\":"));
        buf_json(out, link_id(f->list, 0, row));
        buf_add(out, STR(",\"candidates\":["));
    }
    for (size_t i = 0; i < count && told < f->o->most; i++) {
        struct link_explained e;

        if (!is_told(&hit[i]))
            continue;
        explained_fill(f, &hit[i], &e);
        if (f->o->json && told)
            buf_char(out, ',');
        if (f->o->json)
            explained_json(&e, out);
        else
            explained_text(f->job->arena, f->o->lang, &e, out);
        told++;
    }
    if (f->o->json)
        buf_add(out, STR("]}\n"));
    else if (!told) {
        str line = msg_index_nobody(f->job->arena, f->o->lang, link_id(f->list, 0, row));
        buf_printf(out, "%.*s\n", STR_ARG(line));
    }
}

static STATUS rows_tell(struct finding *f, struct buf *out)
{
    DEFER(csv_done) struct csv c = { 0 };
    bool more;

    csv_start(&c, f->job->csv[0], 0);
    TRY(csv_next(&c, f->row.cells, ROLES_COLUMNS_MAX, &f->row.count, &more)); /* heads */
    for (uint32_t row = 0; row < f->list->count[0];) {
        TRY(csv_next(&c, f->row.cells, ROLES_COLUMNS_MAX, &f->row.count, &more));
        if (!more)
            return OK;
        if (c.raw.len)
            row_tell(f, row++, out);
    }
    return OK;
}

STATUS index_job_find(struct index_job *j, const struct index *ix, const struct index_find_options *o, struct buf *out)
{
    struct finding f = { .job = j, .ix = ix, .o = o, .row = { .heads = &j->heads } };
    struct link_set *list = NULL;
    status st;

    TRY(list_load(j, &list));
    index_tell(ix, j->arena, &f.told);
    f.list = list;
    f.search = index_search_new(ix, list);
    st = rows_tell(&f, out);
    index_search_free(f.search);
    link_set_free(list);
    return st;
}

/* --- how fast -------------------------------------------------------------------------------------------------------------------- */

static int ms_order(const void *one, const void *other)
{
    float a = *(const float *)one, b = *(const float *)other;

    return a < b ? -1 : a > b;
}

STATUS index_job_time(struct index_job *j, const struct index *ix, int64_t lookups, struct index_timed *ret)
{
    struct link_set *list = NULL;
    struct index_search *search;
    float *ms = malloc((size_t)lookups * sizeof *ms);
    int64_t begun, last;

    MUST(ms);
    *ret = (struct index_timed){ .lookups = lookups };
    status st = list_load(j, &list);
    if (!status_ok(st) || !list->count[0]) {
        free(ms);
        link_set_free(list);
        return status_ok(st) ? FAIL(INDEX_EMPTY) : st;
    }
    search = index_search_new(ix, list);
    begun = last = clock_mono_us();
    for (int64_t i = 0; i < lookups; i++) {
        const struct index_hit *hit;
        int64_t now;

        ret->hits += (int64_t)index_find(search, (uint32_t)(i % list->count[0]), .5, &hit);
        now = clock_mono_us();
        ms[i] = (float)(now - last) / 1000;
        last = now;
    }
    ret->seconds = (double)(last - begun) / 1e6;
    qsort(ms, (size_t)lookups, sizeof *ms, ms_order);
    ret->median_ms = (double)ms[lookups / 2];
    ret->slowest_ms = (double)ms[lookups - 1];
    free(ms);
    index_search_free(search);
    link_set_free(list);
    return OK;
}

/* --- what an index says about itself --------------------------------------------------------------------------------------------- */

void index_told_text(struct arena *a, enum lang lang, const struct index_told *t, struct buf *out)
{
    str line = msg_index_told(a, lang, (int64_t)t->records, t->segments, (int64_t)(t->bytes >> 20));

    buf_printf(out, "%.*s\n", STR_ARG(line));
    for (int i = 0; i < t->fields; i++)
        buf_printf(out, "  %.*s: %s\n", STR_ARG(t->head[i]), link_role_word(t->role[i]));
    for (int i = 0; i < t->rules; i++) {
        str candidates = arena_printf(a, "%.2f", t->rule[i].candidates);

        line = msg_index_told_key(a, lang, t->rule[i].name, candidates, report_percent(a, lang, t->rule[i].brings), report_percent(a, lang, t->rule[i].first));
        buf_printf(out, "  %.*s\n", STR_ARG(line));
    }
    line = msg_index_told_missed(a, lang, report_percent(a, lang, t->missed));
    buf_printf(out, "%.*s\n", STR_ARG(line));
}
