/* Reconciliation runs as pages: plan one, watch it, open its figures down to the rows, publish it. Figures are for all who work with
 * registers; rows are asked for on the ground of reconciliation, or of the run itself by officers.
 * tested by: tests/scenario/run.py */
#include "recon/recon_ops.h"
#include "messages/messages.h"
#include "register/register_ops.h"
#include "web/recon/pages.h"
#include "web/recon/run_view.h"
#include "web/web_tmpl.h"

#include <string.h>

enum { ROWS = 50, CRUMBS_MAX = 5, OUTCOMES = 8, MAPS = 3 };

static const char *const state_words[] = { "planned", "snapshot", "matching", "scored", "publishing", "published", "cancelled", "failed" };
static const char *const outcome_words[OUTCOMES] = { "matched", "conflicting", "ambiguous", "not_found", "duplicate", "deceased", "moved", "cancelled" };
static const char *const map_words[MAPS] = { "registered", "old", "new" };

static int word_place(str word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (str_eq(word, str_of(words[i])))
            return i;
    return -1;
}

static bool may_work(const struct visit *v) { return (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR | ROLE_OPERATOR)) != 0; }

static int share_of(int64_t part, int64_t whole) { return whole > 0 && part > 0 ? (int)((part * 100 + whole / 2) / whole) : 0; }

static str run_url(struct visit *v, int64_t run) { return arena_printf(v->arena, "/centre/run/%lld", (long long)run); }

static str place_of(struct visit *v, const struct run_item *i)
{
    str text = i->has_unit ? msg_run_scope(v->arena, v->lang, i->unit_name) : (str){ 0 };
    if (!i->delivery)
        return text;
    str list = msg_run_scope_delivery(v->arena, v->lang, arena_printf(v->arena, "%lld", (long long)i->delivery));
    return text.len ? arena_printf(v->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(list)) : list;
}

/* Centre and operator name the law; an officer names the run. */
static void ground_take(struct ctx *cx, const struct visit *v, str reference)
{
    if (v->actor.roles & ROLE_COORDINATOR)
        cx->purpose = (struct purpose){ STR("authority"), STR("reconciliation") };
    else
        cx->purpose = (struct purpose){ STR("run"), reference };
}

/* --- all of them -------------------------------------------------------------------------------------------------------------- */

static STATUS registers_fill(struct ctx *cx, struct visit *v, struct runs_view *view)
{
    struct sector_list_in in = { 0 };
    struct sector_list_out out;
    TRY(visit_call(cx, "sector.list", &in, &out));
    view->registers = ARENA_ARRAY(v->arena, struct list_option, out.registers_count + 1);
    for (size_t i = 0; i < out.registers_count; i++)
        if (out.registers[i].live && !str_eq(out.registers[i].code, STR("population")))
            view->registers[view->register_count++] = (struct list_option){ out.registers[i].code, out.registers[i].name };
    return OK;
}

status runs_run(struct ctx *cx, struct visit *v)
{
    struct runs_view *view = ARENA_NEW(v->arena, struct runs_view);
    struct run_recent_in in = { .has_limit = true, .limit = ROWS };
    struct run_recent_out out;
    v->view = view;
    in.has_before = str_i64(visit_query(v, "before"), &in.before);
    TRY(visit_call(cx, "run.recent", &in, &out));
    view->items = ARENA_ARRAY(v->arena, struct run_line_view, out.runs_count + 1);
    for (size_t i = 0; i < out.runs_count; i++) {
        const struct run_item *r = &out.runs[i];
        view->items[view->count++] = (struct run_line_view){
            .name = r->title, .url = run_url(v, r->run), .state = visit_label(v, "run_state_", str_of(state_words[r->state])), .place = place_of(v, r),
            .rows = r->rows, .matched = r->matched, .snapshot_us = r->snapshot };
    }
    if (out.next)
        view->next_url = arena_printf(v->arena, "/centre/runs?before=%lld", (long long)out.next);
    view->may_plan = may_work(v);
    return view->may_plan ? registers_fill(cx, v, view) : OK;
}

void runs_show(struct page *pg, struct visit *v) { tmpl_runs(pg, v->view); }

status runs_start_run(struct ctx *cx, struct visit *v)
{
    struct run_plan_in in = { .has_code = true, .code = visit_field(v, "code"), .has_publish = true,
                              .publish = str_eq(visit_field(v, "publish"), STR("yes")) };
    struct run_plan_out out;
    str unit = str_trim(visit_field(v, "unit"));
    in.has_delivery = str_i64(visit_field(v, "delivery"), &in.delivery);
    in.has_unit = unit.len > 0;
    if (in.has_unit)
        TRY(defs_unit_written(v->web->app->defs, unit, cx->today, &in.unit));
    cx->purpose = (struct purpose){ STR("run"), in.code };
    TRY(visit_call(cx, "run.plan", &in, &out));
    v->redirect = run_url(v, out.run);
    return OK;
}

/* --- one: its report ------------------------------------------------------------------------------------------------------------ */

static str report_url(struct visit *v, const struct run_view *view, str unit, str map)
{
    str url = view->url;
    if (map.len)
        url = arena_printf(v->arena, "%.*s?map=%.*s", STR_ARG(url), STR_ARG(map));
    return unit.len ? arena_printf(v->arena, "%.*s%sunit=%.*s", STR_ARG(url), map.len ? "&" : "?", STR_ARG(unit)) : url;
}

static str rows_url(struct visit *v, const struct run_view *view, const char *outcome, str unit, str field)
{
    if (!view->may_work)
        return (str){ 0 };
    str url = arena_printf(v->arena, "%.*s/rows?outcome=%s", STR_ARG(view->url), outcome);
    if (unit.len)
        url = arena_printf(v->arena, "%.*s&unit=%.*s", STR_ARG(url), STR_ARG(unit));
    return field.len ? arena_printf(v->arena, "%.*s&field=%.*s", STR_ARG(url), STR_ARG(field)) : url;
}

/* In groups, so that it breaks on a phone and can be compared by eye. */
static str grouped(struct arena *a, str digest)
{
    str out = { 0 };
    for (size_t at = 0; at < digest.len; at += 16)
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), at ? " " : "", STR_ARG(str_slice(digest, at, at + 16)));
    return out;
}

static struct run_unit_view unit_of(struct visit *v, const struct run_view *view, const struct run_unit_count *u)
{
    str code = u->has_unit ? defs_unit_text(v->arena, u->unit) : (str){ 0 };
    const struct unit *is = defs_unit(v->web->app->defs, u->unit);
    return (struct run_unit_view){
        .name = u->has_unit ? u->name : msg_run_unit_unknown(v->lang), .url = is && is->level != UNIT_COMMUNE ? report_url(v, view, code, view->map) : (str){ 0 },
        .conflicts_url = u->conflicting && code.len ? rows_url(v, view, "conflicting", code, (str){ 0 }) : (str){ 0 }, .rows = u->rows,
        .matched = u->matched, .conflicting = u->conflicting, .ambiguous = u->ambiguous, .not_found = u->not_found,
        .other = u->duplicate + u->deceased + u->moved + u->cancelled, .confidence = u->confidence };
}

static void figures_fill(struct visit *v, struct run_view *view, const struct run_report_out *r, str unit)
{
    view->outcomes = ARENA_ARRAY(v->arena, struct run_figure_view, r->outcomes_count + 1);
    for (size_t i = 0; i < r->outcomes_count; i++) {
        const char *word = outcome_words[r->outcomes[i].outcome];
        view->outcomes[view->outcome_count++] = (struct run_figure_view){
            .label = visit_label(v, "run_outcome_", str_of(word)), .rows = r->outcomes[i].rows, .share = share_of(r->outcomes[i].rows, r->total.rows),
            .url = r->outcomes[i].rows ? rows_url(v, view, word, unit, (str){ 0 }) : (str){ 0 } };
    }
    view->bands = ARENA_ARRAY(v->arena, struct run_figure_view, r->bands_count + 1);
    for (size_t i = r->bands_count; i-- > 0;)
        view->bands[view->band_count++] = (struct run_figure_view){ .label = msg_run_band(v->arena, v->lang, r->bands[i].from, r->bands[i].to),
                                                                    .rows = r->bands[i].rows, .share = share_of(r->bands[i].rows, r->total.rows) };
    view->fields = ARENA_ARRAY(v->arena, struct run_field_view, r->total.fields_count + 1);
    for (size_t i = 0; i < r->total.fields_count; i++) {
        const struct run_field_count *f = &r->total.fields[i];
        view->fields[view->field_count++] = (struct run_field_view){ .label = f->label, .compared = f->compared, .differing = f->differing,
                                                                     .confidence = f->confidence,
                                                                     .url = f->differing ? rows_url(v, view, "conflicting", unit, f->field) : (str){ 0 } };
    }
}

static void crumbs_fill(struct visit *v, struct run_view *view, unit_id unit, day today)
{
    const struct defs *d = v->web->app->defs;
    view->crumbs = ARENA_ARRAY(v->arena, struct link, CRUMBS_MAX);
    view->crumbs[view->crumb_count++] = (struct link){ msg_run_title(v->lang), STR("/centre/runs") };
    if (unit.v)
        view->crumbs[view->crumb_count++] = (struct link){ view->title, report_url(v, view, (str){ 0 }, view->map) };
    for (const struct unit *u = defs_unit(d, unit); u && u->parent.v && view->crumb_count + 1 < CRUMBS_MAX; u = defs_unit(d, u->parent))
        view->crumbs[view->crumb_count++] = (struct link){ defs_unit_name(v->arena, d, u->parent, today, v->lang),
                                                           report_url(v, view, defs_unit_text(v->arena, u->parent), view->map) };
}

static STATUS report_load(struct ctx *cx, struct visit *v, struct run_view *view)
{
    struct run_report_in in = { .run = view->run };
    struct run_report_out out;
    str unit = visit_query(v, "unit");
    in.map = word_place(view->map, map_words, MAPS);
    in.has_map = in.map > 0;
    in.has_unit = unit.len > 0;
    if (in.has_unit)
        TRY(defs_unit_parse(v->web->app->defs, unit, cx->today, &in.unit));
    TRY(visit_call(cx, "run.report", &in, &out));
    crumbs_fill(v, view, in.unit, cx->today);
    figures_fill(v, view, &out, unit);
    view->units = ARENA_ARRAY(v->arena, struct run_unit_view, out.units_count + 1);
    for (size_t i = 0; i < out.units_count; i++)
        view->units[view->unit_count++] = unit_of(v, view, &out.units[i]);
    view->total = unit_of(v, view, &out.total);
    view->total.name = in.has_unit ? out.total.name : msg_run_total(v->lang);
    view->map_shown = (size_t)in.map;
    view->maps = ARENA_ARRAY(v->arena, struct list_option, MAPS);
    for (int i = 0; i < MAPS; i++)
        view->maps[view->map_count++] = (struct list_option){ report_url(v, view, (str){ 0 }, str_of(map_words[i])),
                                                              visit_label(v, "run_map_", str_of(map_words[i])) };
    view->csv_url = arena_printf(v->arena, "%.*s/file?format=csv&map=%.*s", STR_ARG(view->url), STR_ARG(view->map));
    view->xlsx_url = arena_printf(v->arena, "%.*s/file?format=xlsx&map=%.*s", STR_ARG(view->url), STR_ARG(view->map));
    view->pdf_url = arena_printf(v->arena, "%.*s/file?format=pdf&map=%.*s", STR_ARG(view->url), STR_ARG(view->map));
    return OK;
}

static void state_fill(struct visit *v, struct run_view *view, const struct run_item *i)
{
    int s = i->state;
    view->state = visit_label(v, "run_state_", str_of(state_words[s]));
    view->moving = s == RUN_ITEM_STATE_PLANNED || s == RUN_ITEM_STATE_SNAPSHOT || s == RUN_ITEM_STATE_MATCHING || s == RUN_ITEM_STATE_PUBLISHING;
    view->scored = i->has_finished;
    view->failed = s == RUN_ITEM_STATE_FAILED;
    view->may_work = may_work(v);
    view->may_stop = view->may_work && s <= RUN_ITEM_STATE_MATCHING;
    view->may_go_on = view->may_work && (s == RUN_ITEM_STATE_CANCELLED || s == RUN_ITEM_STATE_FAILED);
    view->may_publish = view->may_work && s == RUN_ITEM_STATE_SCORED;
    view->may_repeat = view->may_work && (s == RUN_ITEM_STATE_SCORED || s == RUN_ITEM_STATE_PUBLISHED);
}

status run_page_run(struct ctx *cx, struct visit *v)
{
    struct run_view *view = ARENA_NEW(v->arena, struct run_view);
    struct run_status_in in = { .run = v->number[0] };
    struct run_status_out out;
    v->view = view;
    TRY(visit_call(cx, "run.status", &in, &out));
    const struct run_item *i = &out.item;
    *view = (struct run_view){
        .run = i->run, .title = i->title, .url = run_url(v, i->run), .place = place_of(v, i), .digest = grouped(v->arena, i->digest), .snapshot_us = i->snapshot,
        .rows_done = i->rows_done, .rows_total = i->rows_total, .rows = i->rows, .matched = i->matched, .cases = i->cases,
        .percent = share_of(i->rows_done, i->rows_total), .error = str_is_empty(out.error_says) ? out.error : out.error_says };
    view->map = visit_query(v, "map");
    if (word_place(view->map, map_words, MAPS) < 0)
        view->map = str_of(map_words[0]);
    if (i->repeats) {
        view->repeats = msg_run_repeats(v->arena, v->lang, arena_printf(v->arena, "%lld", (long long)i->repeats));
        view->repeats_url = run_url(v, i->repeats);
    }
    state_fill(v, view, i);
    if (view->scored)
        return report_load(cx, v, view);
    crumbs_fill(v, view, UNIT_NONE, cx->today);
    return OK;
}

void run_page_show(struct page *pg, struct visit *v) { tmpl_run(pg, v->view); }

status run_move_run(struct ctx *cx, struct visit *v)
{
    int64_t run = v->number[0];
    str what = visit_field(v, "do");
    struct run_cancel_out cancelled;
    struct run_resume_out resumed;
    struct run_publish_out published;
    struct run_plan_out planned;
    v->redirect = run_url(v, run);
    if (str_eq(what, STR("cancel")))
        return visit_call(cx, "run.cancel", &(struct run_cancel_in){ run }, &cancelled);
    if (str_eq(what, STR("resume")))
        return visit_call(cx, "run.resume", &(struct run_resume_in){ run }, &resumed);
    if (str_eq(what, STR("publish")))
        return visit_call(cx, "run.publish", &(struct run_publish_in){ run }, &published);
    if (!str_eq(what, STR("repeat")))
        return FAIL_WITH(ENUM_UNKNOWN, STR("do"), what);
    ground_take(cx, v, visit_field(v, "code"));
    TRY(visit_call(cx, "run.plan", &(struct run_plan_in){ .has_repeat = true, .repeat = run }, &planned));
    v->redirect = run_url(v, planned.run);
    return OK;
}

status run_file_run(struct ctx *cx, struct visit *v)
{
    static const char *const formats[] = { "csv", "xlsx", "pdf" }; /* in the order of the operation */
    static const char *const types[] = { "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf" };
    int format = word_place(visit_query(v, "format"), formats, (int)(sizeof formats / sizeof *formats));
    struct run_export_in in = { .run = v->number[0], .has_format = true, .format = format > 0 ? format : RUN_EXPORT_IN_FORMAT_CSV };
    struct run_export_out out;
    in.map = word_place(visit_query(v, "map"), map_words, MAPS);
    in.has_map = in.map > 0;
    TRY(visit_call(cx, "run.export", &in, &out));
    v->file = out.file;
    v->file_type = str_of(types[in.format]);
    v->file_name = arena_printf(v->arena, "run-%lld.%s", (long long)in.run, formats[in.format]);
    return OK;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------- */

static str field_label(const struct visit *v, str field)
{
    int bit;
    if (!person_field_by_name(field, &bit))
        return field;
    const struct person_field_def *def = person_field_def(bit);
    return v->lang == LANG_EN ? def->label_en : def->label_vi;
}

static void candidates_fill(struct visit *v, const struct run_row *r, struct run_row_view *ret)
{
    ret->candidates = ARENA_ARRAY(v->arena, struct list_candidate_view, r->candidates_count + 1);
    ret->candidate_names = ARENA_ARRAY(v->arena, str, r->candidates_count + 1);
    for (size_t i = 0; i < r->candidates_count; i++) {
        const struct run_candidate *c = &r->candidates[i];
        str birth = c->has_birth ? day_vi(v->arena, c->birth) : (str){ 0 };
        ret->candidate_names[i] = c->has_number ? arena_printf(v->arena, "%.*s, %012lld, %.*s", STR_ARG(c->name), (long long)c->number, STR_ARG(birth))
                                                : arena_printf(v->arena, "%.*s, %.*s", STR_ARG(c->name), STR_ARG(birth));
        ret->candidates[i] = (struct list_candidate_view){ .number = (int64_t)i + 1, .percent = c->percent,
                                                           .weights = ARENA_ARRAY(v->arena, struct list_weight_view, c->weights_count + 1) };
        for (size_t w = 0; w < c->weights_count; w++)
            ret->candidates[i].weights[ret->candidates[i].count++] = (struct list_weight_view){ field_label(v, c->weights[w].field), c->weights[w].level,
                                                                                                c->weights[w].bits };
    }
    ret->candidate_count = r->candidates_count;
}

static struct run_row_view row_of(struct visit *v, const struct run_row *r)
{
    struct run_row_view view = {
        .row = r->row, .confidence = r->confidence, .name = str_is_empty(r->name) ? msg_sector_unnamed(v->lang) : r->name, .unit = r->unit_name,
        .duplicate_of = r->duplicate_of ? msg_run_duplicate_of(v->arena, v->lang, arena_printf(v->arena, "%lld", (long long)r->duplicate_of)) : (str){ 0 },
        .values = ARENA_ARRAY(v->arena, struct run_value_view, r->values_count + 1) };
    for (size_t i = 0; i < r->values_count; i++)
        view.values[view.value_count++] = (struct run_value_view){ r->values[i].label, r->values[i].listed, r->values[i].held, r->values[i].differs };
    candidates_fill(v, r, &view);
    return view;
}

static void outcomes_fill(struct visit *v, struct run_rows_view *view, str unit)
{
    view->outcomes = ARENA_ARRAY(v->arena, struct list_option, OUTCOMES);
    for (int i = 0; i < OUTCOMES; i++) {
        str url = arena_printf(v->arena, "%.*s/rows?outcome=%s", STR_ARG(view->back_url), outcome_words[i]);
        view->outcomes[view->outcome_count++] = (struct list_option){ unit.len ? arena_printf(v->arena, "%.*s&unit=%.*s", STR_ARG(url), STR_ARG(unit)) : url,
                                                                      visit_label(v, "run_outcome_", str_of(outcome_words[i])) };
    }
}

status run_rows_page_run(struct ctx *cx, struct visit *v)
{
    struct run_rows_view *view = ARENA_NEW(v->arena, struct run_rows_view);
    struct run_rows_in in = { .run = v->number[0], .field = visit_query(v, "field"), .after = visit_query(v, "after"), .has_limit = true, .limit = ROWS };
    struct run_rows_out out;
    str unit = visit_query(v, "unit"), outcome = visit_query(v, "outcome");
    v->view = view;
    in.outcome = word_place(outcome, outcome_words, OUTCOMES);
    if (in.outcome < 0)
        return FAIL_WITH(ENUM_UNKNOWN, STR("outcome"), outcome);
    in.has_field = in.field.len > 0;
    in.has_after = in.after.len > 0;
    in.has_unit = unit.len > 0;
    if (in.has_unit)
        TRY(defs_unit_parse(v->web->app->defs, unit, cx->today, &in.unit));
    ground_take(cx, v, arena_printf(v->arena, "%lld", (long long)in.run));
    TRY(visit_call(cx, "run.rows", &in, &out));
    view->back_url = run_url(v, in.run);
    view->outcome = visit_label(v, "run_outcome_", outcome);
    view->field = in.has_field ? field_label(v, in.field) : (str){ 0 };
    view->unit = in.has_unit ? defs_unit_path(v->arena, v->web->app->defs, in.unit, cx->today, v->lang) : (str){ 0 };
    outcomes_fill(v, view, unit);
    view->rows = ARENA_ARRAY(v->arena, struct run_row_view, out.rows_count + 1);
    for (size_t i = 0; i < out.rows_count; i++)
        view->rows[view->count++] = row_of(v, &out.rows[i]);
    if (out.next.len)
        view->next_url = arena_printf(v->arena, "%.*s/rows?outcome=%.*s&unit=%.*s&field=%.*s&after=%.*s", STR_ARG(view->back_url), STR_ARG(outcome),
                                      STR_ARG(unit), STR_ARG(in.field), STR_ARG(out.next));
    return OK;
}

void run_rows_page_show(struct page *pg, struct visit *v) { tmpl_run_rows(pg, v->view); }
