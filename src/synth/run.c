/* A population as three files.
 * tested by: src/synth/test/synth_test.c */
#include "synth/inside.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES_MAX = 4096, FILES = 3 };

struct output {
    const struct synth_options *options;
    const struct plan *plan;
    FILE *file[FILES];
    _Atomic int64_t households, events;
    struct synth_result *result;
};

static void output_done(struct output *o)
{
    for (int f = 0; f < FILES; f++)
        if (o->file[f])
            fclose(o->file[f]);
}

status synth_out_bad(str directory)
{
    int why = errno;
    status bad = why == ENOSPC ? FAIL(DISK_FULL) : FAIL_WITH(IO, STR("out"), directory);

    fault_detail("%s", strerror(why));
    return bad;
}

STATUS synth_file_open(str directory, const char *name, FILE **ret)
{
    char path[PATH_BYTES_MAX];
    snprintf(path, sizeof path, "%.*s/%s", STR_ARG(directory), name);
    *ret = fopen(path, "we");
    return *ret ? OK : synth_out_bad(directory);
}

STATUS synth_directory_make(str directory)
{
    char path[PATH_BYTES_MAX];
    snprintf(path, sizeof path, "%.*s", STR_ARG(directory));
    return mkdir(path, 0750) == 0 || errno == EEXIST ? OK : synth_out_bad(directory);
}

static STATUS output_open(const struct synth_options *o, struct output *ret)
{
    static const char *const names[] = { "people.csv", "households.csv", "events.csv" };
    const char *heads[] = { people_head, households_head, events_head };
    TRY(synth_directory_make(o->directory));
    for (int f = 0; f < FILES; f++) {
        TRY(synth_file_open(o->directory, names[f], &ret->file[f]));
        if (fputs(heads[f], ret->file[f]) < 0)
            return synth_out_bad(o->directory);
    }
    return OK;
}

static void texts_fill(void *with, int64_t index, const struct block *b, struct buf *texts)
{
    struct output *o = with;
    int64_t households = 0;
    (void)index;
    block_write(o->plan, b, &texts[0], &texts[1], &texts[2]);
    for (size_t i = 1; i <= b->home_count; i++)
        households += b->homes[i].head != 0;
    atomic_fetch_add(&o->households, households);
    atomic_fetch_add(&o->events, (int64_t)b->event_count);
}

static status texts_write(void *with, int64_t index, const struct buf *texts)
{
    struct output *o = with;
    int64_t made = (index + 1) * SYNTH_BLOCK, total = o->options->people;
    for (int f = 0; f < FILES; f++) {
        if (fwrite(texts[f].ptr, 1, texts[f].len, o->file[f]) != texts[f].len)
            return synth_out_bad((str){ 0 });
        o->result->bytes += (int64_t)texts[f].len;
    }
    o->result->people = made < total ? made : total;
    if (o->options->progress)
        o->options->progress(o->options->progress_with, o->result->people, total);
    return OK;
}

STATUS synth_run(const struct defs *defs, const struct synth_options *o, struct synth_result *ret)
{
    struct arena *a = arena_new(1u << 30);
    struct plan p;
    struct output out = { .options = o, .plan = &p, .result = ret };
    *ret = (struct synth_result){ 0 };
    status st = o->people > SYNTH_PEOPLE_MAX ? FAIL_AT(VALUE_RANGE, STR("people")) : plan_make(a, defs, o, &p);
    if (status_ok(st))
        st = output_open(o, &out);
    if (status_ok(st))
        st = relay_run(&(struct relay){ .plan = &p, .threads = o->threads, .with = &out, .fill = texts_fill, .take = texts_write });
    for (int f = 0; f < FILES && status_ok(st); f++)
        if (out.file[f] && fflush(out.file[f]) != 0)
            st = synth_out_bad(o->directory);
    output_done(&out);
    arena_free(a);
    ret->households = out.households;
    ret->events = out.events;
    return st;
}
