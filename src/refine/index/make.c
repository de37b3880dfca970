/* From lists to a segment. A list may be larger than memory: it is read in parts, and what the index is by (keys, chances) is
 * found out from a sample of pieces spread over all files. Refuses files whose heads differ: which column is what would
 * depend on the file.
 * tested by: tests/link/index_verb.py */
#include "refine/index/job.h"

#include "base/csv.h"
#include "defs/yaml.h"
#include "match/set/load.h"
#include "refine/link/report.h"

#include <math.h>
#include <string.h>

enum { SAMPLE_BYTES = 48 << 20, SAMPLE_PIECES = 1024, PART_ROWS = 1 << 18, SAMPLE_BYTES_MAX = 1 << 30 };

/* --- roles ------------------------------------------------------------------------------------------------------------------- */

static STATUS heads_same(const struct index_job *j, const struct roles_heads *other)
{
    for (size_t i = 0; i < j->heads.count || i < other->count; i++)
        if (i >= other->count || i >= j->heads.count || !str_eq(j->heads.names[i], other->names[i]))
            return FAIL_WITH(COLUMN_UNKNOWN, other->file, i < j->heads.count ? j->heads.names[i] : other->names[i]);
    return OK;
}

static bool heads_have(const struct roles_heads *h, str head)
{
    for (size_t i = 0; i < h->count; i++)
        if (str_eq(h->names[i], head))
            return true;
    return false;
}

static void roles_drop_missing(struct index_job *j)
{
    size_t kept = 0;

    for (size_t i = 0; i < j->roles.count; i++)
        if (heads_have(&j->heads, j->roles.columns[i].head))
            j->roles.columns[kept++] = j->roles.columns[i];
    j->roles.count = kept;
}

STATUS index_job_roles(struct index_job *j)
{
    TRY(roles_heads_read(j->arena, j->name[0], j->csv[0], &j->heads));
    for (int i = 1; i < j->files; i++) {
        struct roles_heads other;

        TRY(roles_heads_read(j->arena, j->name[i], j->csv[i], &other));
        TRY(heads_same(j, &other));
    }
    if (j->roles_text.len || j->roles_name.len)
        TRY(roles_read(j->arena, j->lang, j->roles_name, j->roles_text, &j->roles));
    else
        TRY(roles_guess(j->arena, j->csv, &j->heads, 1, &j->roles));
    if (j->sparse)
        roles_drop_missing(j);
    return roles_check(&j->roles, &j->heads, 1);
}

static struct link_load_options load_options(struct index_job *j)
{
    struct link_column *columns = ARENA_ARRAY(j->arena, struct link_column, j->roles.count + 1);
    struct link_load_options o = { .column = columns, .threads = j->threads, .today = j->today };

    for (size_t i = 0; i < j->roles.count; i++)
        if (j->roles.columns[i].role != LINK_IGNORE)
            columns[o.columns++] = (struct link_column){ j->roles.columns[i].head, j->roles.columns[i].role };
    return o;
}

/* People know their files. */
static status file_named(const struct index_job *j, int file, status st)
{
    struct fault *f = fault_here();
    str name = text_cut(j->name[file], sizeof f->field - 1);

    if (!f->field[0])
        memcpy(f->field, arena_z(j->arena, name), name.len + 1);
    return st;
}

/* --- the sample -------------------------------------------------------------------------------------------------------------- */

/* Whole rows from about `from` to `to`; a row that is none (the place lay within quotes) is left out, and with it the piece. */
static void piece_take(struct csv *c, size_t columns, size_t from, size_t to, struct buf *out)
{
    str cells[ROLES_COLUMNS_MAX];
    size_t count;
    bool more = true;
    const char *line = memchr(c->begin + from, c->newline, (size_t)(c->end - c->begin) - from);

    if (!line)
        return;
    csv_seek(c, (size_t)(line + 1 - c->begin), 1, 1);
    while ((size_t)(c->at - c->begin) < to) {
        status st = csv_next(c, cells, columns, &count, &more);

        if (!status_ok(st) || !more || (count != columns && count > 1))
            break;
        buf_add(out, c->raw);
        buf_char(out, '\n');
    }
    fault_clear();
}

static void sample_take(struct index_job *j, int file, double all, struct buf *out)
{
    DEFER(csv_done) struct csv c = { 0 };
    double bytes = fmin(SAMPLE_BYTES, all) * ((double)j->csv[file].len / all);
    size_t pieces = all <= SAMPLE_BYTES ? 1 : (size_t)fmax(1, SAMPLE_PIECES * ((double)j->csv[file].len / all));
    size_t step = j->csv[file].len / pieces, piece = (size_t)(bytes / (double)pieces);

    csv_start(&c, j->csv[file], 0);
    for (size_t i = 0; i < pieces; i++)
        piece_take(&c, j->heads.count, i * step, i * step + piece, out);
}

static STATUS head_take(struct index_job *j, struct buf *out)
{
    DEFER(csv_done) struct csv c = { 0 };
    str cells[ROLES_COLUMNS_MAX];
    size_t count;
    bool more;

    csv_start(&c, j->csv[0], 0);
    TRY(csv_next(&c, cells, ROLES_COLUMNS_MAX, &count, &more));
    buf_add(out, c.raw);
    buf_char(out, '\n');
    return OK;
}

static STATUS sample_load(struct index_job *j, struct buf *text, double *ret_records, struct link_set **ret)
{
    struct link_load_options o = load_options(j);
    double all = 0, head;

    for (int i = 0; i < j->files; i++)
        all += (double)j->csv[i].len;
    buf_init(text, SAMPLE_BYTES_MAX);
    TRY(head_take(j, text));
    head = (double)text->len;
    for (int i = 0; i < j->files; i++)
        sample_take(j, i, all, text);
    TRY(buf_check(text));
    TRY(link_set_load(ret, buf_str(text), (str){ 0 }, &o));
    *ret_records = (*ret)->count[0] * all / fmax(1, (double)text->len - head);
    return OK;
}

/* --- shares learned elsewhere ------------------------------------------------------------------------------------------------- */

/* The same word is another level on another scale. */
static int level_of(enum link_role role, str word)
{
    enum link_kind kind = link_role_kind(role);
    bool name = role == LINK_FULL_NAME || role == LINK_FATHER_NAME || role == LINK_MOTHER_NAME || role == LINK_PARENT_NAME;
    enum report_scale scale = kind == LINK_KIND_DAY ? SCALE_DAY : kind == LINK_KIND_DIGITS ? SCALE_DIGITS : kind == LINK_KIND_TEXT ? SCALE_TEXT : name ? SCALE_NAME : SCALE_WORDS;

    for (int level = 1; level < REPORT_LEVELS; level++)
        if (str_eq(word, str_of(report_level_word(scale, level))))
            return level;
    return 0;
}

static STATUS learned_field(struct index_job *j, struct yaml_node *field, struct index_learned *ret)
{
    struct yaml_node *head = yaml_get(field, "head"), *role = yaml_get(field, "role"), *levels = yaml_get(field, "levels");
    enum link_role is = LINK_IGNORE;
    double sum = 0;

    if (!head || !role || !levels || levels->kind != YAML_LIST || !link_role_by_word(role->text, &is))
        return FAIL_AT(FILE_BROKEN, j->model_name);
    *ret = (struct index_learned){ .head = head->text };
    for (size_t i = 0; i < levels->count; i++) {
        struct yaml_node *word = yaml_get(levels->items[i], "level"), *m = yaml_get(levels->items[i], "m");
        int level = word ? level_of(is, word->text) : 0;
        double share;

        if (!m || !level || !str_f64(m->text, &share) || !(share >= 0 && share <= 1))
            return FAIL_AT(FILE_BROKEN, j->model_name);
        ret->m[level] = fmax(share, 1e-9);
        sum += ret->m[level];
    }
    for (int level = 1; level < LEVELS; level++)
        ret->m[level] = fmax(ret->m[level], 1e-9);
    return sum > .9 && sum < 1.1 ? OK : FAIL_AT(FILE_BROKEN, j->model_name);
}

static STATUS learned_read(struct index_job *j, struct index_plan_options *o)
{
    struct defs_problems problems = { 0 };
    struct yaml_file f = { .arena = j->arena, .problem_arena = j->arena, .name = j->model_name, .problems = &problems };
    struct index_learned *list;

    if (!j->model_name.len)
        return OK;
    yaml_read(&f, j->model_text);
    struct yaml_node *model = f.root && f.root->kind == YAML_MAP ? yaml_get(f.root, "model") : NULL;
    struct yaml_node *fields = model && model->kind == YAML_MAP ? yaml_get(model, "fields") : NULL;
    if (!fields || fields->kind != YAML_LIST)
        return FAIL_AT(FILE_BROKEN, j->model_name);
    o->learned = list = ARENA_ARRAY(j->arena, struct index_learned, fields->count + 1);
    for (size_t i = 0; i < fields->count; i++)
        TRY(learned_field(j, fields->items[i], &list[o->learned_count++]));
    return OK;
}

/* --- segments ----------------------------------------------------------------------------------------------------------------- */

/* All records, by those of the bytes so far. */
static int64_t records_guess(const struct index_job *j, int file, size_t at)
{
    double all = 0, done = (double)at;

    for (int i = 0; i < j->files; i++) {
        all += (double)j->csv[i].len;
        done += i < file ? (double)j->csv[i].len : 0;
    }
    return (int64_t)((double)j->records * fmax(1, all / fmax(done, 1)));
}

static STATUS part_add(struct index_job *j, int file, const struct link_load_options *o, struct index_maker *m)
{
    size_t from = o->slice->at;
    struct link_set *part = NULL;
    status st = link_set_load(&part, j->csv[file], (str){ 0 }, o);

    if (!status_ok(st))
        return file_named(j, file, st);
    if (part->count[0])
        st = index_maker_add(m, part);
    j->records += part->count[0];
    link_set_free(part);
    if (j->release)
        j->release(j->with, j->csv[file].ptr + from, o->slice->at - from);
    if (j->progress)
        j->progress(j->with, INDEX_STEP_RECORDS, j->records, records_guess(j, file, o->slice->at));
    return st;
}

static void keys_progress(void *with, uint64_t done, uint64_t all)
{
    const struct index_job *j = with;

    if (j->progress)
        j->progress(j->with, INDEX_STEP_KEYS, (int64_t)done, (int64_t)all);
}

static STATUS files_add(struct index_job *j, struct index_maker *m)
{
    struct link_load_options o = load_options(j);

    for (int i = 0; i < j->files; i++) {
        struct link_slice slice = { .rows_max = PART_ROWS, .more = true };

        o.slice = &slice;
        while (slice.more)
            TRY(part_add(j, i, &o, m));
    }
    return index_maker_end(m, keys_progress, j);
}

static STATUS segment_make(struct index_job *j, const struct index_def *def, double records, const struct index_sink *sink)
{
    struct index_maker *m = index_maker_new(def, sink, records);
    status st = files_add(j, m);

    index_maker_free(m);
    return st;
}

STATUS index_job_build(struct index_job *j, const struct index_sink *sink)
{
    struct index_plan_options o = { 0 };
    struct link_set *sample = NULL;
    struct index_def *def = NULL;
    struct buf text = { 0 };
    status st = learned_read(j, &o);

    if (status_ok(st))
        st = sample_load(j, &text, &o.records, &sample);
    if (status_ok(st))
        st = index_plan(sample, &o, &def);
    link_set_free(sample);
    buf_done(&text);
    if (status_ok(st))
        st = segment_make(j, def, o.records, sink);
    index_def_free(def);
    return st;
}

STATUS index_job_add(struct index_job *j, const struct index *ix, const struct index_sink *sink)
{
    double bytes = 0;

    for (int i = 0; i < j->files; i++)
        bytes += (double)j->csv[i].len;
    return segment_make(j, index_definition(ix), bytes / 40, sink);
}
