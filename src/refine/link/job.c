/* The steps of a linkage, behind job.h. What goes out stands in the order of the lists that came in, so that two runs can be
 * held side by side.
 * tested by: src/refine/link/test/job_test.c */
#include "refine/link/job.h"

#include "base/csv.h"
#include "match/score/crew.h"
#include "match/set/load.h"
#include "refine/link/result.h"
#include "refine/link/unlinkable.h"

#include <string.h>

enum { VALUE_BYTES_MAX = 300, AHEAD = 8 };

STATUS link_job_roles(struct link_job *j)
{
    for (int s = 0; s < j->sides; s++)
        TRY(roles_heads_read(j->arena, j->name[s], j->csv[s], &j->heads[s]));
    if (j->roles_text.len || j->roles_name.len)
        TRY(roles_read(j->arena, j->lang, j->roles_name, j->roles_text, &j->roles));
    else
        TRY(roles_guess(j->arena, j->csv, j->heads, j->sides, &j->roles));
    return roles_check(&j->roles, j->heads, j->sides);
}

/* The engine says which side is at fault; people know their files. */
static status side_named(const struct link_job *j, status st)
{
    struct fault *f = fault_here();
    str name = text_cut(str_eq(str_of(f->detail), STR("right")) ? j->name[1] : j->name[0], sizeof f->field - 1);

    if (!f->field[0])
        memcpy(f->field, arena_z(j->arena, name), name.len + 1);
    return st;
}

STATUS link_job_load(struct link_job *j)
{
    struct link_column *columns = ARENA_ARRAY(j->arena, struct link_column, j->roles.count + 1);
    struct link_load_options o = { .column = columns, .threads = j->threads, .today = j->today, .release = j->release, .with = j->with };
    status st;

    for (size_t i = 0; i < j->roles.count; i++)
        if (j->roles.columns[i].role != LINK_IGNORE)
            columns[o.columns++] = (struct link_column){ j->roles.columns[i].head, j->roles.columns[i].role };
    st = link_set_load(&j->set, j->csv[0], j->sides == 2 ? j->csv[1] : (str){ 0 }, &o);
    return status_ok(st) ? OK : side_named(j, st);
}

int64_t link_job_records(const struct link_job *j) { return (int64_t)j->set->count[0] + (j->sides == 2 ? (int64_t)j->set->count[1] : 0); }

STATUS link_job_run(struct link_job *j)
{
    struct link_options o = { .threads = j->threads, .bytes_max = j->bytes_max, .probability = j->probability, .many = j->many,
                              .step = j->step, .step_with = j->step_with };

    TRY(link_run(j->set, &o, &j->result));
    if (j->step)
        j->step(j->step_with, "report");
    report_of_result(j->set, j->result, j->threads, &j->report);
    j->report.left = j->name[0];
    j->report.right = j->sides == 2 ? j->name[1] : (str){ 0 };
    j->report.suggested = !j->roles.file.len;
    return OK;
}

void link_job_done(struct link_job *j)
{
    link_result_free(j->result);
    link_set_free(j->set);
    j->result = NULL;
    j->set = NULL;
}

/* --- what goes out --------------------------------------------------------------------------------------------------------- */

void link_job_pairs(const struct link_job *j, struct link_csv *out)
{
    const struct link_found *found = j->result->found;
    int other = link_side(j->set, 1);

    link_csv_pairs_head(out);
    for (size_t i = 0; i < j->result->count; i++) {
        const struct link_found *f = &found[i];

        if (i + 2 * AHEAD < j->result->count) { /* right records stand anywhere */
            __builtin_prefetch(link_id_place(j->set, other, found[i + 2 * AHEAD].pair.right));
            __builtin_prefetch(link_id(j->set, other, found[i + AHEAD].pair.right).ptr);
        }
        if (report_is_told(f))
            link_csv_pair(out, link_id(j->set, 0, f->pair.left), link_id(j->set, other, f->pair.right), (double)f->bits, (double)f->probability, report_class_of(f));
    }
}

static uint64_t cluster_number(const struct link_job *j, int side, uint32_t record)
{
    return j->entities ? entities_of(j->entities, side, link_id(j->set, side, record)) : (uint64_t)j->result->cluster[side][record] + 1;
}

void link_job_clusters(const struct link_job *j, struct link_csv *out)
{
    link_csv_clusters_head(out, j->sides);
    for (int s = 0; s < j->sides; s++)
        for (uint32_t i = 0; i < j->set->count[s]; i++)
            link_csv_member(out, link_id(j->set, s, i), cluster_number(j, s, i), s, j->sides);
}

/* Texts of what is missing: a few kinds of records are most of them. */
struct lacking {
    const struct link_job *job;
    struct link_csv *out;
    struct arena *arena;
    uint64_t missing;
    str heads;
};

static void lacking_put(void *with, int side, uint32_t record, uint64_t missing)
{
    struct lacking *l = with;
    const struct link_report *r = &l->job->report;

    if (missing != l->missing) {
        arena_reset(l->arena);
        l->missing = missing;
        l->heads = (str){ 0 };
        for (int i = 0; i < r->field_count; i++)
            if (missing >> i & 1)
                l->heads = arena_printf(l->arena, "%.*s%s%.*s", STR_ARG(l->heads), l->heads.len ? ";" : "", STR_ARG(r->fields[i].head));
    }
    link_csv_unlinkable(l->out, link_id(l->job->set, side, record), l->heads, side, l->job->sides);
}

void link_job_unlinkable(const struct link_job *j, struct link_csv *out)
{
    struct lacking l = { .job = j, .out = out, .arena = arena_new(1 << 20) };

    link_csv_unlinkable_head(out, j->sides);
    unlinkable_each(j->set, &j->result->model, report_threshold_bits(j->report.threshold), lacking_put, &l);
    arena_free(l.arena);
}

struct writing {
    const struct link_job *job;
    struct link_csv *pairs, *clusters;
    int threads;
};

static void files_write(void *arg, int thread)
{
    const struct writing *w = arg;

    if (thread == 0 && w->pairs)
        link_job_pairs(w->job, w->pairs);
    if (thread == w->threads - 1 && w->clusters)
        link_job_clusters(w->job, w->clusters);
}

void link_job_pairs_and_clusters(const struct link_job *j, struct link_csv *pairs, struct link_csv *clusters)
{
    struct writing w = { j, pairs, clusters, j->threads == 1 ? 1 : 2 };

    crew_run(w.threads, files_write, &w);
}

STATUS link_job_entities(struct link_job *j, struct entities *e)
{
    struct entities_run run = { .sides = j->sides };

    for (int s = 0; s < j->sides; s++) {
        str *ids = ARENA_ARRAY(j->arena, str, j->set->count[s] + 1u);

        for (uint32_t i = 0; i < j->set->count[s]; i++)
            ids[i] = link_id(j->set, s, i);
        run.count[s] = j->set->count[s];
        run.id[s] = ids;
        run.cluster[s] = j->result->cluster[s];
    }
    TRY(entities_update(e, &run));
    j->entities = e;
    return OK;
}

/* --- one pair -------------------------------------------------------------------------------------------------------------- */

static STATUS record_find(const struct link_job *j, int side, str id, uint32_t *ret)
{
    size_t found = 0;

    for (uint32_t i = 0; i < j->set->count[side]; i++)
        if (str_eq(link_id(j->set, side, i), id)) {
            *ret = i;
            found++;
        }
    if (!found)
        return FAIL_WITH(RECORD_UNKNOWN, j->name[side], id);
    return found == 1 ? OK : FAIL_WITH(RECORD_DOUBLE, j->name[side], id);
}

/* Where a record's row is known by: its id, or its place when the list has no ids. */
struct row_wanted {
    size_t id_column; /* SIZE_MAX: by place */
    str id;
    uint32_t record;
};

static struct row_wanted row_of(const struct link_job *j, int side, uint32_t record)
{
    struct row_wanted w = { .id_column = SIZE_MAX, .id = link_id(j->set, side, record), .record = record };

    for (size_t i = 0; i < j->roles.count; i++)
        for (size_t k = 0; j->roles.columns[i].role == LINK_ID && k < j->heads[side].count; k++)
            if (str_eq(j->heads[side].names[k], j->roles.columns[i].head))
                w.id_column = k;
    return w;
}

static STATUS row_find(struct csv *scan, const struct row_wanted *w, str *cells, size_t *ret_count)
{
    uint32_t place = 0;
    bool more = true;

    TRY(csv_next(scan, cells, ROLES_COLUMNS_MAX, ret_count, &more)); /* heads */
    for (;;) {
        TRY(csv_next(scan, cells, ROLES_COLUMNS_MAX, ret_count, &more));
        if (!more)
            return FAIL(INTERNAL);
        if (!scan->raw.len)
            continue;
        if (w->id_column == SIZE_MAX ? place == w->record : w->id_column < *ret_count && str_eq(str_trim(cells[w->id_column]), w->id))
            return OK;
        place++;
    }
}

/* The set holds only what is compared; people want to see what was written. */
static STATUS values_as_written(struct link_job *j, int side, uint32_t record, str *ret, const struct link_explained *e)
{
    DEFER(csv_done) struct csv scan = { 0 };
    struct row_wanted w = row_of(j, side, record);
    str cells[ROLES_COLUMNS_MAX];
    size_t count = 0;

    csv_start(&scan, j->csv[side], 0);
    TRY(row_find(&scan, &w, cells, &count));
    for (int i = 0; i < e->field_count; i++)
        for (size_t k = 0; k < count && k < j->heads[side].count; k++)
            if (str_eq(j->heads[side].names[k], e->fields[i].head) && text_is_utf8(cells[k]))
                ret[i] = arena_str(j->arena, text_cut(str_trim(cells[k]), VALUE_BYTES_MAX));
    return OK;
}

STATUS link_job_explain(struct link_job *j, str id_left, str id_right, struct link_explained *ret)
{
    str written[2][LINK_FIELDS_MAX] = { 0 };
    struct link_pair pair;
    int other = link_side(j->set, 1);

    TRY(record_find(j, 0, id_left, &pair.left));
    TRY(record_find(j, other, id_right, &pair.right));
    explain_pair(j->arena, j->set, j->result, pair, ret);
    TRY(values_as_written(j, 0, pair.left, written[0], ret));
    TRY(values_as_written(j, other, pair.right, written[1], ret));
    for (int i = 0; i < ret->field_count; i++) {
        if (written[0][i].ptr)
            ret->fields[i].left = written[0][i];
        if (written[1][i].ptr)
            ret->fields[i].right = written[1][i];
    }
    return OK;
}
