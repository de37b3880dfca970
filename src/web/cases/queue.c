/* The queue of cases: what waits, due first, a page at a time, by what it waits for and of which kind; and how many there are by
 * unit. Keys: a link is focused by Tab, the first case opens by n.
 * tested by: tests/scenario/run.py */
#include "cases/cases_ops.h"
#include "messages/messages.h"
#include "web/cases/case_view.h"
#include "web/cases/pages.h"
#include "web/web_tmpl.h"

enum { FIGURE_UNITS_MAX = 500 };
static const char *const queue_words[] = { "done", "settle", "evidence", "confirm", "holders" };
static const char *const kind_words[] = { "conflict", "ambiguous", "duplicate", "same_person", "deceased", "moved", "cancelled", "offer" };
enum { QUEUES = sizeof queue_words / sizeof *queue_words, KINDS = sizeof kind_words / sizeof *kind_words };

static int word_index(str word, const char *const *words, int count, int otherwise)
{
    for (int i = 0; i < count; i++)
        if (str_eq(word, str_of(words[i])))
            return i;
    return otherwise;
}

static str queue_url(struct visit *v, int queue, int kind)
{
    if (kind < 0)
        return arena_printf(v->arena, "/centre/cases?queue=%s", queue_words[queue]);
    return arena_printf(v->arena, "/centre/cases?queue=%s&kind=%s", queue_words[queue], kind_words[kind]);
}

static void tabs_fill(struct visit *v, int queue, int kind, struct cases_view *view)
{
    static const int order[] = { 1, 3, 2, 4, 0 };
    view->tabs = ARENA_ARRAY(v->arena, struct case_tab, QUEUES);
    for (int i = 0; i < QUEUES; i++)
        view->tabs[view->tab_count++] = (struct case_tab){ visit_label(v, "case_queue_", str_of(queue_words[order[i]])), queue_url(v, order[i], kind), order[i] == queue };
    view->kinds = ARENA_ARRAY(v->arena, struct case_tab, KINDS + 1);
    view->kinds[view->kind_count++] = (struct case_tab){ msg_case_every_kind(v->lang), queue_url(v, queue, -1), kind < 0 };
    for (int i = 0; i < KINDS; i++)
        view->kinds[view->kind_count++] = (struct case_tab){ visit_label(v, "case_kind_", str_of(kind_words[i])), queue_url(v, queue, i), i == kind };
}

static str left_text(struct visit *v, int64_t left)
{
    if (left < 0)
        return msg_service_days_late(v->arena, v->lang, -left);
    return left ? msg_service_days_left(v->arena, v->lang, left) : msg_service_today(v->lang);
}

static STATUS figures_fill(struct ctx *cx, struct visit *v, struct cases_view *view)
{
    struct case_figures_in in = { .has_unit = (cx->actor.roles & ROLE_OFFICER) && cx->actor.unit.v, .unit = cx->actor.unit };
    struct case_figures_out out;
    TRY(visit_call(cx, "case.figures", &in, &out));
    view->figures = ARENA_ARRAY(v->arena, struct case_figure_view, FIGURE_UNITS_MAX + 1);
    for (size_t i = 0; i < out.figures_count; i++) {
        const struct case_figure *f = &out.figures[i];
        str name = f->has_unit ? f->unit_name : msg_case_no_unit(v->lang);
        bool more = view->figure_count && str_eq(view->figures[view->figure_count - 1].unit, name);
        if (!more && view->figure_count == FIGURE_UNITS_MAX)
            return OK;
        struct case_figure_view *row = &view->figures[more ? view->figure_count - 1 : view->figure_count++];
        row->unit = name;
        if (f->has_unit)
            row->url = arena_printf(v->arena, "/centre/cases?unit=%.*s", STR_ARG(defs_unit_text(v->arena, f->unit)));
        int64_t *cells[] = { &row->done, &row->settle, &row->evidence, &row->confirm, &row->holders };
        *cells[f->queue] += f->cases;
    }
    return OK;
}

status cases_run(struct ctx *cx, struct visit *v)
{
    struct cases_view *view = ARENA_NEW(v->arena, struct cases_view);
    struct case_queue_in in = { .has_queue = true };
    struct case_queue_out out;
    int queue = word_index(visit_query(v, "queue"), queue_words, QUEUES, 1), kind = word_index(visit_query(v, "kind"), kind_words, KINDS, -1);
    str unit = visit_query(v, "unit");
    in.queue = queue;
    in.has_kind = kind >= 0;
    in.kind = kind;
    in.has_after_due = str_i64(visit_query(v, "due"), &in.after_due);
    in.has_after_id = str_i64(visit_query(v, "after"), &in.after_id);
    in.has_unit = unit.len && status_ok(defs_unit_parse(v->web->app->defs, unit, cx->today, &in.unit));
    v->view = view;
    tabs_fill(v, queue, kind, view);
    view->done = visit_query(v, "settled").len ? msg_case_settled(v->lang) : (str){ 0 };
    if (cx->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR)) {
        view->may_settle = true;
        TRY(visit_call(cx, "case.queue", &in, &out));
        view->rows = ARENA_ARRAY(v->arena, struct case_row_view, out.cases_count + 1);
        for (size_t i = 0; i < out.cases_count; i++) {
            const struct case_item *c = &out.cases[i];
            view->rows[view->count++] = (struct case_row_view){
                .url = arena_printf(v->arena, "/centre/case/%lld", (long long)c->now.id), .name = c->name.len ? c->name : msg_case_nobody_known(v->lang),
                .kind = visit_label(v, "case_kind_", str_of(kind_words[c->kind])), .attribute = c->attribute_name, .said = c->said, .held = c->held,
                .unit = c->unit_name, .left = left_text(v, c->left), .due_us = c->now.due, .late = c->late && queue != 0 };
        }
        if (out.more)
            view->next_url = arena_printf(v->arena, "%.*s&due=%lld&after=%lld%s%.*s", STR_ARG(queue_url(v, queue, kind)), (long long)out.next_due, (long long)out.next_id,
                                          unit.len ? "&unit=" : "", STR_ARG(unit));
    }
    return figures_fill(cx, v, view);
}

void cases_show(struct page *pg, struct visit *v) { tmpl_cases(pg, v->view); }
