/* dancu synth, synth list, synth pairs: synthetic people, an agency's messy list drawn from them, and files with answers for
 * measuring linkage. Deterministic by --seed.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"
#include "synth/synth.h"

#include <stdio.h>
#include <string.h>

static void synth_progress(void *with, int64_t done, int64_t total)
{
    struct progress *p = with;
    p->total = total;
    progress_show(p, done);
}

static STATUS defs_for(struct command *c, struct defs **ret)
{
    struct defs_problems problems = { 0 };
    return defs_load(c->arena, (str){ 0 }, ret, &problems);
}

static STATUS day_option(const struct command *c, const char *option, day *inout)
{
    str text = command_text(c, option, (str){ 0 });
    if (str_is_empty(text))
        return OK;
    TRY(day_parse(text, inout));
    return day_precision(*inout) == DAY_FULL ? OK : FAIL_WITH(DAY_FORMAT, str_of(option), text);
}

static STATUS synth_options_read(struct command *c, const struct defs *defs, struct synth_options *o)
{
    int64_t seed = 7, threads = 2;
    o->people = 100000;
    o->directory = command_text(c, "out", STR("var/synth"));
    TRY(command_i64(c, "people", SYNTH_PEOPLE_MIN, SYNTH_PEOPLE_MAX, &o->people));
    TRY(command_i64(c, "seed", 0, INT64_MAX, &seed));
    TRY(command_i64(c, "threads", 1, 64, &threads));
    o->seed = (uint64_t)seed;
    o->threads = (int)threads;
    str unit = command_text(c, "unit", (str){ 0 });
    if (!str_is_empty(unit))
        TRY(defs_unit_parse(defs, unit, (day){ 20260101 }, &o->unit));
    return day_option(c, "until", &o->until);
}

static status synth_verb(struct command *c)
{
    struct defs *defs = NULL;
    struct progress p;
    struct synth_options o = { .progress = synth_progress, .progress_with = &p };
    struct synth_result r;
    TRY(defs_for(c, &defs));
    status st = synth_options_read(c, defs, &o);
    progress_start(&p, c->lang, msg_synth_making(c->lang), o.people);
    if (status_ok(st))
        st = directory_make(o.directory);
    if (status_ok(st))
        st = synth_run(defs, &o, &r);
    defs_free(defs);
    TRY(st);
    progress_end(&p, r.people);
    str line = msg_synth_done(c->arena, c->lang, r.people, r.households, r.events, o.directory);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

static STATUS encoding_read(const struct command *c, enum synth_encoding *ret)
{
    str text = command_text(c, "encoding", STR("utf-8"));
    for (int i = 0; synth_encoding_words[i]; i++)
        if (str_eq(text, str_of(synth_encoding_words[i]))) {
            *ret = (enum synth_encoding)i;
            return OK;
        }
    return FAIL_WITH(ENUM_UNKNOWN, STR("encoding"), text);
}

/* "zeros_lost=0.2,dead=0" over what stands in `rates`; "all=0" first gives a clean list. */
static STATUS rates_read(str text, const char *const *names, size_t count, double *rates)
{
    str piece, name;
    while (str_cut(&text, ',', &piece)) {
        double rate;
        bool known = false;
        if (!str_cut(&piece, '=', &name) || !str_f64(piece, &rate) || rate < 0 || rate > 1)
            return FAIL_WITH(VALUE_RANGE, name, piece);
        for (size_t f = 0; f < count; f++)
            if (str_eq(name, STR("all")) || str_eq(name, str_of(names[f]))) {
                rates[f] = rate;
                known = true;
            }
        if (!known)
            return FAIL_WITH(ENUM_UNKNOWN, STR("rates"), name);
    }
    return OK;
}

static STATUS list_options_read(struct command *c, struct synth_list_options *o)
{
    int64_t seed = 11;
    o->rows = 5000;
    o->from = command_text(c, "from", STR("var/synth"));
    o->out = command_text(c, "out", STR("var/list.csv"));
    o->truth = command_text(c, "truth", (str){ 0 });
    o->today = (day){ 20260701 };
    o->into = command_text(c, "register", (str){ 0 });
    TRY(command_i64(c, "rows", 1, 5000000, &o->rows));
    TRY(command_i64(c, "seed", 0, INT64_MAX, &seed));
    o->seed = (uint64_t)seed;
    TRY(encoding_read(c, &o->encoding));
    memcpy(o->rates, synth_fault_rates, sizeof o->rates);
    return rates_read(command_text(c, "rates", (str){ 0 }), synth_fault_names, SYNTH_FAULT_COUNT, o->rates);
}

static void faults_print(const struct synth_list_result *r)
{
    for (int f = 0; f < SYNTH_FAULT_COUNT; f++)
        printf("  %-16s %lld\n", synth_fault_names[f], (long long)r->faults[f]);
}

static status synth_list_verb(struct command *c)
{
    struct defs *defs = NULL;
    struct synth_list_options o = { 0 };
    struct synth_list_result r;
    TRY(list_options_read(c, &o));
    TRY(defs_for(c, &defs));
    status st = synth_list(defs, &o, &r);
    defs_free(defs);
    TRY(st);
    str line = msg_synth_list_done(c->arena, c->lang, r.rows, r.people, o.out);
    printf("%.*s\n", STR_ARG(line));
    faults_print(&r);
    return OK;
}

static STATUS pairs_options_read(struct command *c, struct synth_pairs_options *o)
{
    static const char *const options[] = { "rates-first", "rates-second" };
    int64_t seed = 7, threads = 2;
    str duplicates = command_text(c, "duplicates", STR("0.2"));
    o->people = 100000;
    o->directory = command_text(c, "out", STR("var/pairs"));
    o->dedupe = command_has(c, "dedupe");
    TRY(command_i64(c, "people", SYNTH_PEOPLE_MIN, SYNTH_PEOPLE_MAX, &o->people));
    TRY(command_i64(c, "seed", 0, INT64_MAX, &seed));
    TRY(command_i64(c, "threads", 1, 64, &threads));
    o->seed = (uint64_t)seed;
    o->threads = (int)threads;
    if (!str_f64(duplicates, &o->duplicates))
        return FAIL_WITH(VALUE_RANGE, STR("duplicates"), duplicates);
    memcpy(o->rates, synth_slip_rates, sizeof o->rates);
    for (int file = 0; file < 2; file++)
        TRY(rates_read(command_text(c, options[file], (str){ 0 }), synth_slip_names, SYNTH_SLIP_COUNT, o->rates[file]));
    return OK;
}

static status synth_pairs_verb(struct command *c)
{
    struct defs *defs = NULL;
    struct progress p;
    struct synth_pairs_options o = { .progress = synth_progress, .progress_with = &p };
    struct synth_pairs_result r;
    TRY(pairs_options_read(c, &o));
    TRY(defs_for(c, &defs));
    progress_start(&p, c->lang, msg_synth_making(c->lang), o.people);
    status st = directory_make(o.directory);
    if (status_ok(st))
        st = synth_pairs(defs, &o, &r);
    defs_free(defs);
    TRY(st);
    progress_end(&p, r.people);
    str line = msg_synth_pairs_done(c->arena, c->lang, r.people, r.records[0] + r.records[1], r.pairs, o.directory);
    printf("%.*s\n", STR_ARG(line));
    return OK;
}

static const struct option synth_options_table[] = {
    { "people", "N", msg_synth_option_people },
    { "seed", "N", msg_synth_option_seed },
    { "out", "DIR", msg_synth_option_out },
    { "unit", "CODE", msg_synth_option_unit },
    { "until", "DAY", msg_synth_option_until },
    { "threads", "N", msg_synth_option_threads },
    { NULL, NULL, NULL },
};
static const struct option list_options_table[] = {
    { "from", "DIR", msg_synth_option_from },
    { "rows", "N", msg_synth_option_rows },
    { "seed", "N", msg_synth_option_seed },
    { "out", "FILE", msg_synth_option_list_out },
    { "truth", "FILE", msg_synth_option_truth },
    { "encoding", "NAME", msg_synth_option_encoding },
    { "rates", "NAME=RATE,…", msg_synth_option_rates },
    { "register", "CODE", msg_synth_option_register },
    { NULL, NULL, NULL },
};
static const struct option pairs_options_table[] = {
    { "people", "N", msg_synth_option_pairs_people },
    { "seed", "N", msg_synth_option_seed },
    { "out", "DIR", msg_synth_option_pairs_out },
    { "dedupe", NULL, msg_synth_option_dedupe },
    { "duplicates", "SHARE", msg_synth_option_duplicates },
    { "rates-first", "NAME=RATE,…", msg_synth_option_rates_first },
    { "rates-second", "NAME=RATE,…", msg_synth_option_rates_second },
    { "threads", "N", msg_synth_option_threads },
    { NULL, NULL, NULL },
};
const struct verb verbs_synth[] = {
    { "synth", "", 0, 0, synth_options_table, msg_synth_verb, synth_verb , true },
    { "synth list", "", 0, 0, list_options_table, msg_synth_verb_list, synth_list_verb , true },
    { "synth pairs", "", 0, 0, pairs_options_table, msg_synth_verb_pairs, synth_pairs_verb , true },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
