/* dancu index build, add, info, find, bench: a register that is too large to be loaded, mapped. And `dancu link LIST --index DIR`.
 * Needs no store. Values of the register are shown only by find, for the record that was asked about.
 * tested by: tests/link/index_verb.py */
#include "cli/index.h"
#include "messages/messages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 64 << 20, RECORD_BYTES_MAX = 1 << 20, THREADS_MAX = 64, MOST = 5 };

static void bytes_release(void *with, const char *from, size_t bytes) { index_mapped_release(with, from, bytes); }

/* Reading and writing are two bars: how long one record takes says nothing about a key. */
struct making {
    struct command *c;
    struct progress bar;
    enum index_step step;
    int64_t done;
};

static void making_start(struct making *m, enum index_step step)
{
    m->step = step;
    progress_start(&m->bar, m->c->lang, step == INDEX_STEP_KEYS ? msg_index_making_keys(m->c->lang) : msg_index_making(m->c->lang), 0);
}

static void making_progress(void *with, enum index_step step, int64_t done, int64_t all)
{
    struct making *m = with;

    if (step != m->step) {
        progress_end(&m->bar, m->done);
        making_start(m, step);
    }
    m->bar.total = all;
    m->done = done;
    progress_show(&m->bar, done);
}

/* `first`: the argument from which on lists are named. */
static STATUS job_read(struct command *c, size_t first, struct index_job *j)
{
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);

    *j = (struct index_job){ .arena = c->arena, .today = day_of_us(clock_now_us()), .release = bytes_release };
    threads = threads > 16 ? 16 : threads;
    TRY(command_i64(c, "threads", 1, THREADS_MAX, &threads));
    j->threads = (int)threads;
    TRY(command_roles(c, &j->roles_name, &j->roles_text));
    j->lang = c->lang;
    j->model_name = command_text(c, "model", (str){ 0 });
    if (j->model_name.len)
        TRY(command_file(c, j->model_name, &j->model_text));
    for (size_t i = first; i < c->argument_count; i++) {
        if (j->files == INDEX_FILES_MAX)
            return FAIL_WITH(ARGUMENT_EXTRA, str_of(c->verb->name), command_argument(c, i));
        TRY(file_map(c, command_argument(c, i), &j->csv[j->files]));
        j->name[j->files++] = path_name(command_argument(c, i));
    }
    return OK;
}

static STATUS out_print(struct buf *out)
{
    TRY(buf_check(out));
    fwrite(out->ptr, 1, out->len, stdout);
    return OK;
}

static STATUS told_print(struct command *c, const struct index *ix)
{
    DEFER(buf_done) struct buf out;
    struct index_told told;

    buf_init(&out, OUT_BYTES_MAX);
    index_tell(ix, c->arena, &told);
    index_told_text(c->arena, c->lang, &told, &out);
    return out_print(&out);
}

/* --- making ------------------------------------------------------------------------------------------------------------------ */

static STATUS folder_make(struct command *c, str folder)
{
    return mkdir(arena_z(c->arena, folder), 0777) == 0 || errno == EEXIST ? OK : path_bad(folder);
}

static status build_verb(struct command *c)
{
    DEFER(index_mapped_done) struct index_mapped made = { 0 };
    DEFER(segment_drop) struct segment_file f = { .draft = { .fd = -1 }, .scratch = -1 };
    str folder = command_text(c, "out", (str){ 0 });
    struct index_job j;
    struct making making = { .c = c };

    if (!folder.len)
        return FAIL_AT(FIELD_MISSING, STR("out"));
    TRY(job_read(c, 0, &j));
    TRY(index_job_roles(&j));
    TRY(roles_suggest(c, j.roles_name, &j.roles));
    TRY(folder_make(c, folder));
    if (access(arena_z(c->arena, arena_printf(c->arena, "%.*s/1.segment", STR_ARG(folder))), F_OK) == 0)
        return FAIL_WITH(FILE_IS_INPUT, STR("out"), folder);
    TRY(segment_create(c, folder, 1, &f));
    making_start(&making, INDEX_STEP_RECORDS);
    j.progress = making_progress;
    j.with = &making;
    TRY(index_job_build(&j, &f.sink));
    TRY(segment_keep(&f));
    progress_end(&making.bar, making.done);
    TRY(index_mapped_open(c, folder, false, &made));
    return told_print(c, made.index);
}

static status add_verb(struct command *c)
{
    DEFER(index_mapped_done) struct index_mapped m = { 0 };
    DEFER(segment_drop) struct segment_file f = { .draft = { .fd = -1 }, .scratch = -1 };
    str folder = command_argument(c, 0);
    struct index_job j;
    struct making making = { .c = c };

    TRY(job_read(c, 1, &j));
    TRY(index_mapped_open(c, folder, false, &m));
    if (m.segments == INDEX_SEGMENTS_MAX)
        return FAIL_AT(INDEX_FULL, folder);
    TRY(index_job_roles(&j));
    TRY(roles_suggest(c, j.roles_name, &j.roles));
    TRY(segment_create(c, folder, m.segments + 1, &f));
    making_start(&making, INDEX_STEP_RECORDS);
    j.progress = making_progress;
    j.with = &making;
    TRY(index_job_add(&j, m.index, &f.sink));
    TRY(segment_keep(&f));
    progress_end(&making.bar, making.done);
    str line = msg_index_added(c->arena, c->lang, j.records);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

static status info_verb(struct command *c)
{
    DEFER(index_mapped_done) struct index_mapped m = { 0 };

    TRY(index_mapped_open(c, command_argument(c, 0), false, &m));
    return told_print(c, m.index);
}

/* --- asking ------------------------------------------------------------------------------------------------------------------ */

static STATUS threshold_read(const struct command *c, double *ret)
{
    str text = command_text(c, "threshold", (str){ 0 });

    return !text.len || (str_f64(text, ret) && *ret > 0 && *ret < 1) ? OK : FAIL_WITH(VALUE_RANGE, STR("threshold"), text);
}

static STATUS input_read(struct command *c, struct index_job *j)
{
    char *text = arena_alloc(c->arena, RECORD_BYTES_MAX);
    size_t len = fread(text, 1, RECORD_BYTES_MAX, stdin);

    if (len == RECORD_BYTES_MAX)
        return FAIL_AT(FILE_TOO_LARGE, STR("stdin"));
    j->name[0] = STR("stdin");
    j->files = 1;
    return index_record_read(c->arena, (str){ text, len }, &j->csv[0]);
}

static status find_verb(struct command *c)
{
    DEFER(index_mapped_done) struct index_mapped m = { 0 };
    DEFER(buf_done) struct buf out;
    struct index_find_options o = { .threshold = .5, .json = command_has(c, "json"), .lang = c->lang };
    struct index_job j;
    int64_t most = MOST;

    buf_init(&out, OUT_BYTES_MAX);
    TRY(command_i64(c, "most", 1, 100, &most));
    TRY(threshold_read(c, &o.threshold));
    o.most = (size_t)most;
    TRY(job_read(c, 1, &j));
    j.threads = 1;
    j.release = NULL;
    j.sparse = true;
    TRY(index_mapped_open(c, command_argument(c, 0), false, &m));
    TRY(input_read(c, &j));
    TRY(index_job_roles(&j));
    TRY(index_job_find(&j, m.index, &o, &out));
    return out_print(&out);
}

static double cpu_seconds(void)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static status bench_verb(struct command *c)
{
    DEFER(index_mapped_done) struct index_mapped m = { 0 };
    struct index_timed t;
    struct index_job j;
    int64_t lookups = 100000;
    double before;

    TRY(command_i64(c, "lookups", 1, 100000000, &lookups));
    TRY(job_read(c, 1, &j));
    TRY(index_job_roles(&j));
    TRY(index_mapped_open(c, command_argument(c, 0), false, &m));
    before = cpu_seconds();
    TRY(index_job_time(&j, m.index, lookups, &t));
    str rate = arena_printf(c->arena, "%.0f", (double)t.lookups / (t.seconds > 1e-9 ? t.seconds : 1e-9));
    str cpu = arena_printf(c->arena, "%.2f", (cpu_seconds() - before) * 1e6 / (double)t.lookups);
    str median = arena_printf(c->arena, "%.3f", t.median_ms), slowest = arena_printf(c->arena, "%.3f", t.slowest_ms);
    str line = msg_index_timed(c->arena, c->lang, t.lookups, rate, cpu, t.hits);
    printf("%.*s\n", STR_ARG(line));
    line = msg_index_timed_spread(c->arena, c->lang, median, slowest);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

/* What the link of two lists can do and this cannot is refused, not passed over. */
static STATUS options_served(const struct command *c)
{
    static const char *const others[] = { "clusters", "report", "unlinkable", "entities", "explain" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (command_has(c, others[i]))
            return FAIL_WITH(OPTION_UNKNOWN, STR("link --index"), str_of(others[i]));
    return OK;
}

STATUS index_link(struct command *c)
{
    DEFER(index_mapped_done) struct index_mapped m = { 0 };
    DEFER(draft_drop) struct draft d = { .fd = -1 };
    struct index_link_options o = { .many = command_has(c, "many"), .release = index_mapped_release };
    struct index_linked told;
    struct index_job j;
    struct link_csv csv;
    int64_t begun_us = clock_mono_us();

    TRY(options_served(c));
    TRY(threshold_read(c, &o.probability));
    TRY(job_read(c, 0, &j));
    if (j.files != 1)
        return FAIL_WITH(ARGUMENT_EXTRA, str_of(c->verb->name), command_argument(c, 1));
    TRY(index_job_roles(&j));
    TRY(draft_open(c, "pairs", &d));
    TRY(roles_suggest(c, j.roles_name, &j.roles));
    TRY(index_mapped_open(c, command_text(c, "index", (str){ 0 }), true, &m));
    link_csv_start(&csv, d.path ? draft_write : draft_write_nowhere, &d);
    status st = index_job_link(&j, m.index, &o, &csv, &told);
    status end = link_csv_end(&csv);
    TRY(st);
    TRY(end);
    TRY(draft_keep(&d));
    str wall = arena_printf(c->arena, "%.2f", (double)(clock_mono_us() - begun_us) / 1e6), cpu = arena_printf(c->arena, "%.2f", cpu_seconds());
    str line = msg_index_linked(c->arena, c->lang, told.rows, (int64_t)told.candidates);
    printf("%.*s\n", STR_ARG(line));
    line = msg_link_summary_matches(c->arena, c->lang, (int64_t)told.matches, (int64_t)told.possible, (int64_t)told.households);
    printf("%.*s\n", STR_ARG(line));
    line = msg_link_summary_seconds(c->arena, c->lang, wall, cpu, arena_printf(c->arena, "%d", j.threads));
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

static const struct option build_options[] = {
    { "roles", "FILE", msg_link_option_roles }, { "out", "DIR", msg_index_option_out },         { "model", "FILE", msg_index_option_model },
    { "threads", "N", msg_link_option_threads }, { NULL, NULL, NULL },
};
static const struct option add_options[] = {
    { "roles", "FILE", msg_link_option_roles }, { "threads", "N", msg_link_option_threads }, { NULL, NULL, NULL },
};
static const struct option find_options[] = {
    { "roles", "FILE", msg_link_option_roles }, { "most", "N", msg_index_option_most }, { "json", NULL, msg_link_option_json },
    { "threshold", "P", msg_index_option_threshold }, { NULL, NULL, NULL },
};
static const struct option bench_options[] = {
    { "roles", "FILE", msg_link_option_roles }, { "lookups", "N", msg_index_option_lookups }, { NULL, NULL, NULL },
};
static const struct option no_options[] = { { NULL, NULL, NULL } };

const struct verb verbs_index[] = {
    { "index build", "FILE.csv...", 1, INDEX_FILES_MAX, build_options, msg_index_verb_build, build_verb , true },
    { "index add", "DIR FILE.csv...", 2, INDEX_FILES_MAX + 1, add_options, msg_index_verb_add, add_verb , true },
    { "index info", "DIR", 1, 1, no_options, msg_index_verb_info, info_verb , true },
    { "index find", "DIR", 1, 1, find_options, msg_index_verb_find, find_verb , true },
    { "index bench", "DIR LIST.csv", 2, 2, bench_options, msg_index_verb_bench, bench_verb , true },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
