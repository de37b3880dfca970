/* dancu link A.csv [B.csv]: which records are the same person. Files in, files out; needs no store and reads no register.
 * What is written appears whole or not at all: each file is made beside its place and then renamed. Prints counts; values of
 * records are shown only for the pair that --explain names.
 * tested by: tests/link/link_verb.py */
#include "cli/draft.h"
#include "cli/index.h"
#include "cli/verbs.h"
#include "messages/messages.h"
#include "refine/link/job.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { REPORT_BYTES_MAX = 16 << 20, THREADS_MAX = 64, MEMORY_MIN = 64 << 20, ENTITIES_BYTES_MAX = 1 << 30 };

/* All that a run writes. */
struct drafts {
    struct draft pairs, clusters, report, unlinkable, entities;
};

static STATUS drafts_open(struct command *c, struct drafts *d)
{
    TRY(draft_open(c, "pairs", &d->pairs));
    TRY(draft_open(c, "clusters", &d->clusters));
    TRY(draft_open(c, "report", &d->report));
    TRY(draft_open(c, "unlinkable", &d->unlinkable));
    return draft_open(c, "entities", &d->entities);
}

static void drafts_drop(struct drafts *d) /* for DEFER */
{
    draft_drop(&d->pairs);
    draft_drop(&d->clusters);
    draft_drop(&d->report);
    draft_drop(&d->unlinkable);
    draft_drop(&d->entities);
}

static STATUS drafts_keep(struct drafts *d)
{
    TRY(draft_keep(&d->pairs));
    TRY(draft_keep(&d->clusters));
    TRY(draft_keep(&d->report));
    TRY(draft_keep(&d->unlinkable));
    return draft_keep(&d->entities);
}
static const struct drafts drafts_none = { { .fd = -1 }, { .fd = -1 }, { .fd = -1 }, { .fd = -1 }, { .fd = -1 } };

typedef void csv_fill(const void *from, struct link_csv *out);

static STATUS csv_write(struct draft *d, csv_fill *fill, const void *from)
{
    struct link_csv csv;

    if (d->fd < 0)
        return OK;
    link_csv_start(&csv, draft_write, d);
    fill(from, &csv);
    return link_csv_end(&csv);
}

/* Of what is written both at once; -1 is no file. */
static STATUS pairs_and_clusters_write(const struct link_job *j, struct draft *pairs, struct draft *clusters)
{
    struct link_csv csv[2];
    status first, second;

    link_csv_start(&csv[0], pairs->fd < 0 ? draft_write_nowhere : draft_write, pairs);
    link_csv_start(&csv[1], clusters->fd < 0 ? draft_write_nowhere : draft_write, clusters);
    link_job_pairs_and_clusters(j, pairs->fd < 0 ? NULL : &csv[0], clusters->fd < 0 ? NULL : &csv[1]);
    second = link_csv_end(&csv[1]);
    first = link_csv_end(&csv[0]);
    return status_ok(first) ? second : first;
}

static void clusters_fill(const void *job, struct link_csv *out) { link_job_clusters(job, out); }
static void unlinkable_fill(const void *job, struct link_csv *out) { link_job_unlinkable(job, out); }
static void entities_fill(const void *entities, struct link_csv *out) { entities_write(entities, out); }

static STATUS report_write(struct command *c, struct draft *d, const struct link_report *r)
{
    DEFER(buf_done) struct buf out;
    str name = str_of(d->name);

    buf_init(&out, REPORT_BYTES_MAX);
    if (d->fd < 0)
        return OK;
    if (str_ends(name, STR(".json")))
        report_json(r, &out);
    else if (str_ends(name, STR(".html")))
        report_html(c->arena, c->lang, r, &out);
    else
        report_text(c->arena, c->lang, r, &out);
    TRY(buf_check(&out));
    return draft_write(d, buf_str(&out));
}

/* --- options --------------------------------------------------------------------------------------------------------------- */

/* `shape`: what would do, in the same words for every language. */
static STATUS range_bad(const char *option, str text, const char *shape)
{
    status st = FAIL_WITH(VALUE_RANGE, str_of(option), text);

    fault_detail("%s", shape);
    return st;
}

/* "800M", "2G", bytes. */
static STATUS memory_read(const struct command *c, size_t *ret)
{
    str text = command_text(c, "memory", (str){ 0 }), digits = text;
    int64_t n, unit = 1;

    if (!text.len)
        return OK;
    switch (text.ptr[text.len - 1]) {
    case 'K': case 'k': unit = 1 << 10; break;
    case 'M': case 'm': unit = 1 << 20; break;
    case 'G': case 'g': unit = 1 << 30; break;
    default: break;
    }
    if (unit > 1)
        digits = str_slice(text, 0, text.len - 1);
    if (!str_is_digits(digits) || !str_i64(digits, &n) || n > INT64_MAX / unit || n * unit < MEMORY_MIN)
        return range_bad("memory", text, "64M, 800M, 2G");
    *ret = (size_t)(n * unit);
    return OK;
}

static STATUS threshold_read(const struct command *c, double *ret)
{
    str text = command_text(c, "threshold", (str){ 0 });

    if (!text.len)
        return OK;
    if (str_f64(text, ret) && *ret > 0 && *ret < 1)
        return OK;
    return range_bad("threshold", text, "0 < P < 1");
}

/* Writing over what is being read would lose both. */
static STATUS outputs_check(struct command *c)
{
    static const char *const options[] = { "pairs", "clusters", "report", "unlinkable", "entities" };
    str report = command_text(c, "report", (str){ 0 });

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        str path = command_text(c, options[i], (str){ 0 });
        for (size_t k = 0; path.len && k < c->argument_count; k++)
            if (path_is_same(c, command_argument(c, k), path))
                return FAIL_WITH(FILE_IS_INPUT, str_of(options[i]), path);
        for (size_t k = 0; path.len && k < i; k++)
            if (str_eq(path, command_text(c, options[k], (str){ 0 })))
                return FAIL_WITH(FILE_IS_INPUT, str_of(options[i]), path);
    }
    if (report.len && !str_ends(report, STR(".json")) && !str_ends(report, STR(".html")) && !str_ends(report, STR(".txt")))
        return FAIL_WITH(ENUM_UNKNOWN, STR("report"), report);
    return OK;
}

static void bytes_release(void *with, const char *from, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), begin = ((size_t)from + page - 1) / page * page, end = ((size_t)from + bytes) / page * page;

    (void)with;
    if (end > begin)
        (void)madvise((void *)begin, end - begin, MADV_DONTNEED); /* advice only: the bytes come back from the file */
}

static STATUS job_read(struct command *c, struct link_job *j)
{
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);

    *j = (struct link_job){ .arena = c->arena, .sides = (int)c->argument_count, .today = day_of_us(clock_now_us()), .release = bytes_release };
    if (threads > 16)
        threads = 16;
    TRY(command_i64(c, "threads", 1, THREADS_MAX, &threads));
    j->threads = (int)threads;
    TRY(memory_read(c, &j->bytes_max));
    TRY(threshold_read(c, &j->probability));
    j->many = command_has(c, "many");
    TRY(outputs_check(c));
    TRY(command_roles(c, &j->roles_name, &j->roles_text));
    j->lang = c->lang;
    for (int s = 0; s < j->sides; s++) {
        TRY(command_file(c, command_argument(c, (size_t)s), &j->csv[s]));
        j->name[s] = path_name(command_argument(c, (size_t)s));
    }
    return OK;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------- */

STATUS roles_suggest(struct command *c, str named, const struct roles *r)
{
    DEFER(buf_done) struct buf out;

    buf_init(&out, REPORT_BYTES_MAX);
    if (named.len)
        return OK;
    roles_write(r, &out);
    TRY(buf_check(&out));
    fprintf(stderr, "%.*s\n%.*s", STR_ARG(msg_link_suggested(c->lang)), STR_ARG(buf_str(&out)));
    return OK;
}

static STATUS pair_tell(struct command *c, struct link_job *j)
{
    DEFER(buf_done) struct buf out;
    str ids = command_text(c, "explain", (str){ 0 }), left;
    struct link_explained e;

    buf_init(&out, REPORT_BYTES_MAX);
    if (!ids.len)
        return OK;
    if (!str_cut(&ids, ',', &left) || !left.len || !ids.len)
        return range_bad("explain", command_text(c, "explain", (str){ 0 }), "--explain ID,ID");
    TRY(link_job_explain(j, left, ids, &e));
    if (command_has(c, "json"))
        explained_json(&e, &out);
    else
        explained_text(c->arena, c->lang, &e, &out);
    TRY(buf_check(&out));
    printf("%.*s", STR_ARG(buf_str(&out)));
    return OK;
}

static STATUS summary_tell(struct command *c, const struct link_job *j)
{
    DEFER(buf_done) struct buf out;

    buf_init(&out, REPORT_BYTES_MAX);
    if (command_has(c, "explain") && command_has(c, "json"))
        return OK;
    if (command_has(c, "json"))
        report_json(&j->report, &out);
    else
        report_summary(c->arena, c->lang, &j->report, &out);
    TRY(buf_check(&out));
    printf("%.*s", STR_ARG(buf_str(&out)));
    return OK;
}

/* --- entities --------------------------------------------------------------------------------------------------------------- */

struct keeper { /* of entities */
    struct arena *arena;
    struct entities e;
};

static void keeper_done(struct keeper *k) /* for DEFER */
{
    if (!k->arena)
        return;
    entities_done(&k->e);
    arena_free(k->arena);
}

/* `fresh`: a file that is not there yet begins anew. */
static STATUS keeper_open(struct command *c, str path, bool fresh, struct keeper *k)
{
    str text;

    k->arena = arena_new(ENTITIES_BYTES_MAX);
    entities_start(&k->e, k->arena, path);
    if (fresh && access(arena_z(c->arena, path), F_OK) != 0)
        return OK;
    TRY(command_file(c, path, &text));
    return entities_read(&k->e, text);
}

static STATUS files_step(struct command *c, struct link_job *j, struct drafts *d)
{
    DEFER(keeper_done) struct keeper k = { 0 };
    str path = command_text(c, "entities", (str){ 0 });

    if (!path.len)
        return pairs_and_clusters_write(j, &d->pairs, &d->clusters);
    TRY(pairs_and_clusters_write(j, &d->pairs, &(struct draft){ .fd = -1 }));
    TRY(keeper_open(c, path, true, &k));
    uint64_t known = k.e.next - 1;
    size_t entries = k.e.entry_count;
    TRY(link_job_entities(j, &k.e));
    TRY(csv_write(&d->clusters, clusters_fill, j));
    TRY(csv_write(&d->entities, entities_fill, &k.e));
    str line = msg_link_entities_done(c->arena, c->lang, (int64_t)k.e.record_count, (int64_t)(k.e.next - 1 - known), (int64_t)(k.e.entry_count - entries));
    fprintf(stderr, "%.*s\n", STR_ARG(line));
    j->entities = NULL;
    return OK;
}

static STATUS undo(struct command *c)
{
    DEFER(keeper_done) struct keeper k = { 0 };
    DEFER(draft_drop) struct draft d = { .fd = -1 };
    str path = command_text(c, "entities", (str){ 0 });
    int64_t number = 0;

    if (!path.len)
        return FAIL_AT(FIELD_MISSING, STR("entities"));
    if (c->argument_count)
        return FAIL_WITH(ARGUMENT_EXTRA, str_of(c->verb->name), command_argument(c, 0));
    TRY(command_i64(c, "undo", 1, INT64_MAX, &number));
    TRY(keeper_open(c, path, false, &k));
    TRY(entities_undo(&k.e, (uint64_t)number));
    TRY(draft_open(c, "entities", &d));
    TRY(csv_write(&d, entities_fill, &k.e));
    TRY(draft_keep(&d));
    str line = msg_link_undone(c->arena, c->lang, number);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

static double cpu_seconds(void)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

/* Where the time goes, step by step. */
struct timing {
    struct report_part part[REPORT_PARTS_MAX];
    int count;
    double wall, cpu; /* when the present one began */
};

static void timing_step(void *with, const char *name)
{
    struct timing *t = with;
    double wall = (double)clock_mono_us() / 1e6, cpu = cpu_seconds();

    if (t->count) {
        t->part[t->count - 1].wall_seconds = wall - t->wall;
        t->part[t->count - 1].cpu_seconds = cpu - t->cpu;
    }
    if (name && t->count < REPORT_PARTS_MAX)
        t->part[t->count++] = (struct report_part){ .name = name };
    t->wall = wall;
    t->cpu = cpu;
}

/* The run makes the report anew, so that the parts are put in last. */
static void timing_end(struct timing *t, struct link_report *r)
{
    timing_step(t, NULL);
    memcpy(r->parts, t->part, sizeof r->parts);
    r->part_count = t->count;
}

static STATUS job_work(struct command *c, struct link_job *j)
{
    DEFER(drafts_drop) struct drafts d = drafts_none;
    int64_t begun_us = clock_mono_us();
    struct timing timing = { .count = 0 };
    struct progress p;

    j->step = timing_step;
    j->step_with = &timing;
    timing_step(&timing, "load");
    TRY(link_job_roles(j));
    TRY(drafts_open(c, &d));
    TRY(roles_suggest(c, j->roles_name, &j->roles));
    progress_start(&p, c->lang, msg_link_loading(c->lang), 0);
    TRY(link_job_load(j));
    if (p.terminal)
        progress_end(&p, link_job_records(j));
    progress_start(&p, c->lang, msg_link_running(c->lang), 0);
    TRY(link_job_run(j));
    if (p.terminal)
        progress_end(&p, (int64_t)j->report.candidates);
    timing_step(&timing, "write");
    TRY(csv_write(&d.unlinkable, unlinkable_fill, j));
    TRY(files_step(c, j, &d));
    timing_end(&timing, &j->report);
    j->report.threads = j->threads;
    j->report.wall_seconds = (double)(clock_mono_us() - begun_us) / 1e6;
    j->report.cpu_seconds = cpu_seconds();
    TRY(report_write(c, &d.report, &j->report));
    TRY(drafts_keep(&d));
    TRY(pair_tell(c, j));
    return summary_tell(c, j);
}

static status link_run_verb(struct command *c)
{
    struct link_job j;

    if (command_has(c, "undo"))
        return undo(c);
    if (c->argument_count && command_has(c, "index"))
        return index_link(c);
    if (!c->argument_count)
        return FAIL_WITH(ARGUMENT_MISSING, str_of(c->verb->name), str_of(c->verb->arguments));
    TRY(job_read(c, &j));
    status st = job_work(c, &j);
    link_job_done(&j);
    return st;
}

enum { LINE_WIDTH = 100 };

static void link_example(enum lang lang)
{
    int at = LINE_WIDTH;

    printf("\n%.*s\n"
           "  dancu link A.csv B.csv --roles roles.yaml --pairs pairs.csv --report run.html\n"
           "  dancu link A.csv --roles roles.yaml --clusters people.csv\n",
           STR_ARG(msg_link_example(lang)));
    printf("\n%.*s\n"
           "  columns:\n    ma: id\n    ho_ten: full-name\n    ngay_sinh: birth-date\n    so_dinh_danh: person-number\n",
           STR_ARG(msg_link_example_roles(lang)));
    printf("\n%.*s\n", STR_ARG(msg_link_example_suggested(lang)));
    for (int role = 0; role < LINK_ROLE_COUNT; role++) {
        const char *word = link_role_word((enum link_role)role);

        if (at + (int)strlen(word) + 2 > LINE_WIDTH)
            at = printf("%s ", role ? "\n" : "");
        at += printf(" %s%s", word, role + 1 < LINK_ROLE_COUNT ? "," : "\n");
    }
}

static const struct option link_options[] = {
    { "roles", "FILE", msg_link_option_roles },     { "pairs", "FILE", msg_link_option_pairs },
    { "clusters", "FILE", msg_link_option_clusters }, { "report", "FILE", msg_link_option_report },
    { "unlinkable", "FILE", msg_link_option_unlinkable },
    { "explain", "ID,ID", msg_link_option_explain }, { "json", NULL, msg_link_option_json },
    { "entities", "FILE", msg_link_option_entities }, { "undo", "N", msg_link_option_undo },
    { "threshold", "P", msg_link_option_threshold }, { "many", NULL, msg_link_option_many },
    { "index", "DIR", msg_link_option_index },      { "threads", "N", msg_link_option_threads },    { "memory", "BYTES", msg_link_option_memory },
    { NULL, NULL, NULL },
};

const struct verb verbs_link[] = {
    { "link", "A.csv [B.csv]", 0, 2, link_options, msg_link_verb, link_run_verb, true, link_example },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
