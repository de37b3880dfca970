/* dancu ledger verify|prove|checkpoint: for an auditor who trusts nobody. Verify walks everything and names the first wrong
 * entry; prove prints a proof that stands alone and can be checked by other programs.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"

#include <stdio.h>

struct ledger_call {
    struct ledger_report report;
    struct progress progress;
    int64_t index;
    str text;
};

static void verify_progress(void *with, int64_t done, int64_t total)
{
    struct progress *p = with;
    p->total = total;
    progress_show(p, done);
}

static status verify_work(struct ctx *cx, void *arg)
{
    struct ledger_call *call = arg;
    struct ledger_audit audit = { .progress = verify_progress, .progress_with = &call->progress };
    ledger_name(cx->app->ledger, &audit.origin, audit.public_key);
    return ledger_verify(cx, &audit, &call->report);
}

static void report_print(struct command *c, const struct ledger_report *r)
{
    struct buf b;
    buf_init(&b, 1 << 12);
    buf_hex(&b, r->root, sizeof r->root);
    str state;
    if (!msg_find(arena_printf(c->arena, "ledger_state_%s", ledger_fault_name(r->fault)), c->lang, &state))
        state = str_of(ledger_fault_name(r->fault));
    str line = msg_cli_ledger_report(c->arena, c->lang, state, r->size, r->pending, r->checkpoints);
    printf("%.*s\nroot %.*s\n", STR_ARG(line), STR_ARG(buf_str(&b)));
    if (r->fault != LEDGER_SOUND)
        printf("%s %lld\n", ledger_fault_name(r->fault), (long long)r->wrong_index);
    buf_done(&b);
}

static status verify_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    TRY(command_app(c, &app));
    struct ledger_call call = { 0 };
    progress_start(&call.progress, c->lang, msg_cli_ledger_verifying(c->lang), 0);
    struct work w = { .run = verify_work, .arg = &call };
    TRY(command_ctx(c, app, &w.cx));
    TRY(lanes_call(app->lanes, &w));
    progress_end(&call.progress, call.report.size);
    report_print(c, &call.report);
    if (call.report.fault == LEDGER_SOUND)
        return OK;
    int64_t wrong = call.report.wrong_index;
    str where = wrong < 0 ? (str){ 0 } : arena_printf(c->arena, "%lld", (long long)wrong);
    return FAIL_WITH(LEDGER_UNSOUND, STR("ledger"), where);
}

static status prove_work(struct ctx *cx, void *arg)
{
    struct ledger_call *call = arg;
    return ledger_proof_text(cx, 0, call->index, &call->text);
}

static status prove_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    struct ledger_call call = { 0 };
    if (!str_i64(command_argument(c, 0), &call.index) || call.index < 0)
        return FAIL_WITH(VALUE_RANGE, STR("index"), command_argument(c, 0));
    TRY(command_app(c, &app));
    struct work w = { .run = prove_work, .arg = &call };
    TRY(command_ctx(c, app, &w.cx));
    TRY(lanes_call(app->lanes, &w));
    printf("%.*s", STR_ARG(call.text));
    return OK;
}

static status checkpoint_work(struct ctx *cx, void *arg)
{
    struct ledger_call *call = arg;
    struct ledger_checkpoint last;
    TRY(ledger_checkpoint_last(cx, 0, &last));
    call->text = last.note;
    return OK;
}

static status checkpoint_run(struct command *c)
{
    DEFER(command_app_done) struct app *app = NULL;
    TRY(command_app(c, &app));
    struct ledger_call call = { 0 };
    struct work w = { .run = checkpoint_work, .arg = &call };
    TRY(command_ctx(c, app, &w.cx));
    TRY(lanes_call(app->lanes, &w));
    printf("%.*s", STR_ARG(call.text));
    str verifier = ledger_verifier(app->ledger, c->arena);
    fprintf(stderr, "%.*s\n", STR_ARG(verifier));
    return OK;
}

const struct verb verbs_ledger[] = {
    { "ledger verify", "", 0, 0, NULL, msg_cli_verb_ledger_verify, verify_run },
    { "ledger prove", "INDEX", 1, 1, NULL, msg_cli_verb_ledger_prove, prove_run },
    { "ledger checkpoint", "", 0, 0, NULL, msg_cli_verb_ledger_checkpoint, checkpoint_run },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
