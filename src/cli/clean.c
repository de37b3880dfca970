/* dancu clean FILE: a cleaned copy of a list and a report of what was repaired and what a human must decide. Needs no store
 * and reads no register. Prints counts, never a value of the list.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"
#include "refine/refine.h"

#include <stdio.h>

static void clean_progress(void *with, int64_t rows, int64_t total)
{
    struct progress *p = with;
    p->total = total;
    progress_show(p, rows);
}

static str word_text(const struct command *c, const char *family, const char *word)
{
    str text;
    return msg_find(arena_printf(c->arena, "%s%s", family, word), c->lang, &text) ? text : str_of(word);
}

static void count_print(const struct command *c, str label, int64_t cells, int64_t rows)
{
    str line = msg_clean_line(c->arena, c->lang, label, cells, rows ? 100.0 * (double)cells / (double)rows : 0);
    printf("  %.*s\n", STR_ARG(line));
}

static const char *reason_word_at(int i) { return reason_word((enum row_reason)i); }

struct word_family {
    const char *prefix;
    const char *(*word)(int);
    int count;
};

static void rules_print(const struct command *c, str title, struct word_family f, const int64_t *counts, int64_t rows)
{
    bool any = false;
    for (int i = 0; i < f.count; i++) {
        if (counts[i] && !any)
            printf("%.*s\n", STR_ARG(title));
        any |= counts[i] > 0;
        if (counts[i])
            count_print(c, word_text(c, f.prefix, f.word(i)), counts[i], rows);
    }
}

static void columns_print(const struct command *c, const struct clean_report *r)
{
    for (size_t i = 0; i < r->column_count; i++) {
        const struct sheet_column *k = &r->columns[i];
        str role = k->role ? word_text(c, "list_role_", column_role_name(k->role)) : msg_import_preview_unused(c->lang);
        printf("  %.*s\n", STR_ARG(msg_import_preview_column(c->arena, c->lang, (int64_t)i + 1, k->header, role)));
    }
}

static void report_print(const struct command *c, const struct clean_report *r)
{
    const struct evidence *e = &r->evidence;
    printf("%.*s\n", STR_ARG(msg_clean_head(c->arena, c->lang, r->rows, r->encoding, r->refused)));
    columns_print(c, r);
    str dates = e->order_is_proven ? msg_clean_order_proven(c->arena, c->lang, (int64_t)e->day_first, (int64_t)e->month_first, (int64_t)e->either)
                                   : msg_clean_order_open(c->arena, c->lang, (int64_t)e->day_first, (int64_t)e->month_first, (int64_t)e->either);
    if (e->day_first + e->month_first + e->either)
        printf("%.*s\n", STR_ARG(dates));
    rules_print(c, msg_clean_repairs(c->lang), (struct word_family){ "repair_", repair_word, REPAIR_COUNT }, r->repairs, r->rows);
    rules_print(c, msg_clean_questions(c->lang), (struct word_family){ "row_warning_", warning_word, WARNING_COUNT }, r->questions, r->rows);
    rules_print(c, msg_clean_reasons(c->lang), (struct word_family){ "row_reason_", reason_word_at, REASON_COUNT }, r->reasons, r->rows);
}

/* Writing over what is being read would lose both. */
static STATUS outputs_check(struct command *c, str path, const struct clean_options *o)
{
    if (o->out.len && path_is_same(c, path, o->out))
        return FAIL_WITH(FILE_IS_INPUT, STR("out"), o->out);
    if (o->report.len && path_is_same(c, path, o->report))
        return FAIL_WITH(FILE_IS_INPUT, STR("report"), o->report);
    if (o->report.len && str_eq(o->report, o->out))
        return FAIL_WITH(FILE_IS_INPUT, STR("report"), o->report);
    return OK;
}

static STATUS options_read(struct command *c, struct clean_options *o)
{
    str roles, yaml;

    o->lang = c->lang;
    o->today = day_of_us(clock_now_us());
    o->out = command_text(c, "out", (str){ 0 });
    o->report = command_text(c, "report", (str){ 0 });
    o->sheet.sheet = command_text(c, "sheet", (str){ 0 });
    o->sheet.encoding = command_text(c, "encoding", (str){ 0 });
    o->sheet.map = command_text(c, "map", (str){ 0 });
    TRY(command_roles(c, &roles, &yaml));
    return roles.len ? clean_roles(c->arena, c->lang, roles, yaml, &o->sheet.map) : OK;
}

static status clean_run(struct command *c)
{
    str path = command_argument(c, 0), bytes;
    struct clean_options o = { .progress = clean_progress };
    struct clean_report report;
    struct defs *defs = NULL;
    struct progress p;
    TRY(options_read(c, &o));
    TRY(outputs_check(c, path, &o));
    TRY(command_file(c, path, &bytes));
    TRY(defs_load(c->arena, (str){ 0 }, &defs, NULL));
    o.defs = defs;
    progress_start(&p, c->lang, msg_clean_progress(c->lang), 0);
    o.progress_with = &p;
    status st = clean_list(c->arena, bytes, &o, &report);
    if (status_ok(st)) {
        progress_end(&p, report.rows);
        report_print(c, &report);
    }
    defs_free(defs);
    return st;
}

static void clean_example(enum lang lang)
{
    printf("\n%.*s\n  dancu clean list.xlsx --out list.clean.xlsx --report list.json\n", STR_ARG(msg_clean_example(lang)));
}

static const struct option clean_options_table[] = {
    { "roles", "FILE", msg_clean_option_roles },         { "map", "ROLE=COLUMN;…", msg_import_option_map }, { "sheet", "NAME", msg_import_option_sheet },
    { "encoding", "NAME", msg_import_option_encoding }, { "out", "FILE", msg_clean_option_out },           { "report", "FILE", msg_clean_option_report },
    { NULL, NULL, NULL },
};

const struct verb verbs_clean[] = {
    { "clean", "FILE", 1, 1, clean_options_table, msg_clean_verb, clean_run, true, clean_example },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
