/* dancu import LIST: the operations list.* on this machine's store, with a progress bar. Works beside a running server:
 * whichever process holds the delivery's lease works it off, the other watches. Ctrl-C ends after the chunk under way, and
 * the same command goes on from there.
 * tested by: tests/scenario/run.py */
#include "centre/centre.h"
#include "centre/centre_ops.h"
#include "cli/verbs.h"
#include "messages/messages.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 100 };

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static STATUS call(struct ctx *cx, const char *name, const void *in, void *out)
{
    return operation_call(cx, operation_find(cx->app, str_of(name)), in, out);
}

static str word_text(const struct command *c, const char *family, const char *word)
{
    str text;
    return msg_find(arena_printf(c->arena, "%s%s", family, word), c->lang, &text) ? text : str_of(word);
}

/* --- preview ------------------------------------------------------------------------------------------------------- */

static void preview_row_print(struct command *c, const struct preview_row *r)
{
    str birth = r->has_birth ? day_vi(c->arena, r->birth) : (str){ 0 };
    printf("  %6lld  ", (long long)r->row);
    if (r->has_number)
        printf("%012lld", (long long)r->number);
    else
        printf("%12s", "");
    printf("  %-10.*s  %.*s", STR_ARG(birth), STR_ARG(r->name));
    if (r->reason.len)
        printf("  [%.*s]", STR_ARG(word_text(c, "row_reason_", arena_z(c->arena, r->reason))));
    for (size_t i = 0; i < r->repairs_count; i++)
        printf("  (%.*s)", STR_ARG(word_text(c, "repair_", arena_z(c->arena, r->repairs[i]))));
    putchar('\n');
}

static void preview_repairs_print(const struct command *c, const struct list_preview_out *got)
{
    if (got->repaired_count)
        printf("%.*s\n", STR_ARG(msg_list_trial(c->arena, c->lang, got->looked)));
    for (size_t i = 0; i < got->repaired_count; i++) {
        const struct preview_repair *r = &got->repaired[i];
        str example = r->examples_count ? msg_list_trial_example(c->arena, c->lang, r->examples[0].before, r->examples[0].after) : STR("");
        printf("  %6lld  %.*s  %.*s\n", (long long)r->cells, STR_ARG(word_text(c, "repair_", arena_z(c->arena, r->repair))), STR_ARG(example));
    }
}

static STATUS preview(struct command *c, struct ctx *cx, const struct list_import_in *in)
{
    struct list_preview_in ask = { .file = in->file, .has_name = true, .name = in->name, .has_map = in->has_map, .map = in->map, .has_sheet = in->has_sheet,
                                   .sheet = in->sheet, .has_encoding = in->has_encoding, .encoding = in->encoding };
    struct list_preview_out got;
    TRY(call(cx, "list.preview", &ask, &got));
    printf("%.*s\n", STR_ARG(msg_import_preview_head(c->arena, c->lang, got.encoding, got.header_row)));
    for (size_t i = 0; i < got.columns_count; i++) {
        const struct list_column *k = &got.columns[i];
        str role = k->role.len ? word_text(c, "list_role_", arena_z(c->arena, k->role)) : msg_import_preview_unused(c->lang);
        printf("  %.*s\n", STR_ARG(msg_import_preview_column(c->arena, c->lang, k->place, k->header, role)));
    }
    if (!got.complete)
        printf("%.*s\n", STR_ARG(msg_import_preview_missing(c->arena, c->lang, word_text(c, "list_role_", arena_z(c->arena, got.missing)))));
    for (size_t i = 0; i < got.rows_count; i++)
        preview_row_print(c, &got.rows[i]);
    preview_repairs_print(c, &got);
    return OK;
}

/* --- report -------------------------------------------------------------------------------------------------------- */

static void count_print(const struct command *c, str label, int64_t count)
{
    str line = msg_import_report_line(c->arena, c->lang, label, count);
    printf("  %.*s\n", STR_ARG(line));
}

static void words_print(struct command *c, str title, const char *family, const struct word_count *list, size_t n)
{
    if (n)
        printf("%.*s\n", STR_ARG(title));
    for (size_t i = 0; i < n; i++)
        count_print(c, word_text(c, family, arena_z(c->arena, list[i].word)), list[i].rows);
}

static STATUS report_print(struct command *c, struct ctx *cx, int64_t delivery)
{
    struct list_report_in ask = { .delivery = delivery };
    struct list_report_out r;
    TRY(call(cx, "list.report", &ask, &r));
    str id = arena_printf(c->arena, "%lld", (long long)delivery);
    printf("%.*s\n", STR_ARG(msg_import_report_head(c->arena, c->lang, id, r.item.name, r.item.rows_done, r.encoding)));
    static const char *const outcomes[] = { "matched", "conflicting", "ambiguous", "not_found", "duplicate", "deceased", "cancelled", "rejected" };
    for (size_t i = 0; i < r.outcomes_count; i++)
        count_print(c, word_text(c, "list_outcome_", outcomes[r.outcomes[i].outcome]), r.outcomes[i].rows);
    if (r.fields_count)
        printf("%.*s\n", STR_ARG(msg_import_report_fields(c->lang)));
    for (size_t i = 0; i < r.fields_count; i++) {
        int bit;
        if (!person_field_by_name(r.fields[i].word, &bit))
            continue;
        const struct person_field_def *f = person_field_def(bit);
        count_print(c, c->lang == LANG_EN ? f->label_en : f->label_vi, r.fields[i].rows);
    }
    words_print(c, msg_import_report_reasons(c->lang), "row_reason_", r.reasons, r.reasons_count);
    words_print(c, msg_import_report_repairs(c->lang), "repair_", r.repairs, r.repairs_count);
    if (r.has_into) {
        printf("%.*s\n", STR_ARG(msg_import_report_into(c->arena, c->lang, r.into.code)));
        count_print(c, msg_import_into_added(c->lang), r.into.added);
        count_print(c, msg_import_into_changed(c->lang), r.into.changed);
        count_print(c, msg_import_into_same(c->lang), r.into.same);
        count_print(c, msg_import_into_gone(c->lang), r.into.gone);
        count_print(c, msg_import_into_keyless(c->lang), r.into.keyless);
        count_print(c, msg_import_into_outside(c->lang), r.into.outside);
    }
    words_print(c, msg_import_report_warnings(c->lang), "row_warning_", r.warnings, r.warnings_count);
    return OK;
}

static STATUS bytes_write(struct command *c, str path, str bytes)
{
    FILE *f = fopen(arena_z(c->arena, path), "wbe");
    if (!f)
        return path_bad(path);
    bool good = fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len;
    good &= fclose(f) == 0;
    return good ? OK : path_bad(path);
}

static STATUS files_write(struct command *c, struct ctx *cx, int64_t delivery)
{
    str format = command_text(c, "report", (str){ 0 }), out = command_text(c, "out", (str){ 0 });
    str rejected = command_text(c, "rejected", (str){ 0 });
    if (format.len) {
        struct list_export_in ask = { .delivery = delivery, .has_format = true };
        struct list_export_out got;
        ask.format = str_eq(format, STR("xlsx")) ? LIST_EXPORT_IN_FORMAT_XLSX : LIST_EXPORT_IN_FORMAT_CSV;
        TRY(call(cx, "list.export", &ask, &got));
        TRY(bytes_write(c, out, got.file));
    }
    if (rejected.len) {
        struct list_rejected_in ask = { .delivery = delivery };
        ask.has_format = str_ends(rejected, STR(".xlsx")) || str_ends(rejected, STR(".csv"));
        ask.format = str_ends(rejected, STR(".xlsx")) ? LIST_REJECTED_IN_FORMAT_XLSX : LIST_REJECTED_IN_FORMAT_CSV;
        struct list_rejected_out got;
        TRY(call(cx, "list.rejected", &ask, &got));
        TRY(bytes_write(c, rejected, got.file));
    }
    return OK;
}

static STATUS options_check(struct command *c)
{
    str format = command_text(c, "report", (str){ 0 });
    if (format.len && !str_eq(format, STR("csv")) && !str_eq(format, STR("xlsx")))
        return FAIL_WITH(ENUM_UNKNOWN, STR("report"), format);
    if (format.len && !command_has(c, "out"))
        return FAIL_AT(FIELD_MISSING, STR("out"));
    return OK;
}

/* --- running ------------------------------------------------------------------------------------------------------- */

static STATUS failure(const struct list_status_out *s)
{
    for (int code = ERR_OK + 1; code < ERR_COUNT; code++)
        if (str_eq(s->error, str_of(error_def(code)->name))) {
            status st = fault_raise(code, __FILE__, __LINE__, (str){ 0 }, (str){ 0 });
            fault_place(s->error_row, (int32_t)s->error_column);
            return st;
        }
    return FAIL(INTERNAL);
}

/* Until the delivery has ended, or somebody pressed Ctrl-C. */
static STATUS watch(struct command *c, struct ctx *cx, int64_t delivery, bool *ret_done)
{
    struct list_status_in ask = { .delivery = delivery };
    struct list_status_out s;
    struct progress p;
    *ret_done = false;
    progress_start(&p, c->lang, msg_import_progress(c->lang), 0);
    for (;;) {
        struct ctx poll = *cx;
        poll.arena = arena_new(1 << 20);
        status st = call(&poll, "list.status", &ask, &s);
        arena_free(poll.arena);
        TRY(st);
        p.total = s.item.rows_total;
        if (s.item.state >= LIST_ITEM_STATE_DONE || interrupted)
            break;
        progress_show(&p, s.item.rows_done);
        nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
    }
    progress_end(&p, s.item.rows_done);
    *ret_done = s.item.state == LIST_ITEM_STATE_DONE;
    if (s.item.state == LIST_ITEM_STATE_CANCELLED)
        fprintf(stderr, "%.*s\n", STR_ARG(msg_import_cancelled(c->arena, c->lang, arena_printf(c->arena, "%lld", (long long)delivery))));
    if (s.item.state == LIST_ITEM_STATE_FAILED) {
        TRY(call(cx, "list.status", &ask, &s));
        return failure(&s);
    }
    return OK;
}

static void take_text(struct command *c, const char *option, bool *ret_has, str *ret)
{
    *ret_has = command_has(c, option);
    *ret = command_text(c, option, (str){ 0 });
}

static STATUS import_follow(struct command *c, struct ctx *cx, int64_t delivery)
{
    bool done;
    TRY(watch(c, cx, delivery, &done));
    if (!done && interrupted) {
        fprintf(stderr, "%.*s\n", STR_ARG(msg_import_interrupted(c->lang)));
        return OK;
    }
    if (!done)
        return OK;
    TRY(report_print(c, cx, delivery));
    return files_write(c, cx, delivery);
}

/* Of an archive, one after the other. */
static STATUS import_list(struct command *c, struct ctx *cx, const struct list_import_in *in)
{
    struct list_import_out got;
    TRY(call(cx, "list.import", in, &got));
    file_rest(in->file);
    if (got.known)
        fprintf(stderr, "%.*s\n", STR_ARG(msg_import_known(c->lang)));
    TRY(import_follow(c, cx, got.delivery));
    for (size_t i = 0; i < got.others_count && !interrupted; i++)
        TRY(import_follow(c, cx, got.others[i]));
    return OK;
}

static status import_once(struct command *c)
{
    str path = command_argument(c, 0);
    struct list_import_in in = { .name = text_cut(path_name(path), 200), .source = command_text(c, "source", STR("local")) };
    DEFER(command_app_done) struct app *app = NULL;
    struct ctx cx;
    TRY(options_check(c));
    TRY(command_file(c, path, &in.file));
    take_text(c, "map", &in.has_map, &in.map);
    take_text(c, "sheet", &in.has_sheet, &in.sheet);
    take_text(c, "encoding", &in.has_encoding, &in.encoding);
    take_text(c, "register", &in.has_into, &in.into);
    take_text(c, "entry", &in.has_entry, &in.entry);
    in.has_completes = command_has(c, "completes");
    if (in.has_completes && !str_i64(command_text(c, "completes", (str){ 0 }), &in.completes))
        return FAIL_WITH(FIELD_TYPE, STR("completes"), command_text(c, "completes", (str){ 0 }));
    TRY(command_app(c, &app));
    TRY(command_ctx(c, app, &cx));
    if (str_is_empty(cx.purpose.kind))
        cx.purpose = (struct purpose){ STR("delivery"), in.source };
    if (command_has(c, "preview"))
        return preview(c, &cx, &in);
    struct sigaction on = { .sa_handler = interrupt };
    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
    return import_list(c, &cx, &in);
}

/* Whoever interrupted learns it from the way this process ends, after everything was closed in order. */
static status import_run(struct command *c)
{
    status st = import_once(c);
    if (interrupted) {
        struct sigaction usual = { .sa_handler = SIG_DFL };
        fflush(stdout);
        sigaction(SIGINT, &usual, NULL);
        raise(SIGINT);
    }
    return st;
}

static const struct option import_options[] = {
    { "source", "CODE", msg_import_option_source },   { "map", "ROLE=COLUMN;…", msg_import_option_map },
    { "sheet", "NAME", msg_import_option_sheet },     { "encoding", "NAME", msg_import_option_encoding },
    { "preview", NULL, msg_import_option_preview },   { "report", "csv|xlsx", msg_import_option_report },
    { "register", "CODE", msg_import_option_register },
    { "completes", "DELIVERY", msg_import_option_completes }, { "entry", "NAME", msg_import_option_entry },
    { "out", "FILE", msg_import_option_out },         { "rejected", "FILE", msg_import_option_rejected },
    { NULL, NULL, NULL },
};

const struct verb verbs_import[] = {
    { "import", "LIST", 1, 1, import_options, msg_import_verb, import_run },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
