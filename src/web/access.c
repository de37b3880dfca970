/* Who used one's data and why, in words; and the proof of an entry as a file that other programs can check.
 * tested by: src/web/web_test.c */
#include "identity/identity_ops.h"
#include "messages/messages.h"
#include "web/visit.h"
#include "web/web_tmpl.h"

enum { PAGE_ENTRIES = 20 };

static str fields_text(struct visit *v, uint64_t fields)
{
    str out = { 0 };
    for (int bit = 0; bit < FIELD_END; bit++) {
        const struct person_field_def *def = fields >> bit & 1 ? person_field_def(bit) : NULL;
        if (!def)
            continue;
        str label = v->lang == LANG_EN ? def->label_en : def->label_vi;
        out = str_is_empty(out) ? label : arena_printf(v->arena, "%.*s; %.*s", STR_ARG(out), STR_ARG(label));
    }
    return out;
}

static str ground_text(struct visit *v, const struct trail_entry *e)
{
    str kind = visit_label(v, "access_purpose_", str_is_empty(e->purpose_kind) ? STR("none") : e->purpose_kind);
    str title = str_is_empty(e->purpose_title) ? e->purpose_reference : e->purpose_title;
    if (str_is_empty(title))
        return kind;
    return arena_printf(v->arena, "%.*s: %.*s", STR_ARG(kind), STR_ARG(title));
}

static struct access_entry entry_of(struct visit *v, const struct trail_entry *e)
{
    str who = str_is_empty(e->organisation_name) ? visit_label(v, "access_role_", e->role) : e->organisation_name;
    struct access_entry out = {
        .index = e->index,
        .time_us = e->time,
        .what = e->says,
        .who = e->own ? msg_access_you(v->lang) : who,
        .place = e->own ? (str){ 0 } : e->unit_name,
        .ground = ground_text(v, e),
        .law = e->purpose_law,
        .fields = fields_text(v, e->fields),
        .change = e->kind == TRAIL_ENTRY_KIND_CHANGE,
        .own = e->own,
    };
    if (e->index >= 0)
        out.proof_url = arena_printf(v->arena, "/me/access/%lld/proof", (long long)e->index);
    return out;
}

status access_run(struct ctx *cx, struct visit *v)
{
    struct access_view *view = ARENA_NEW(v->arena, struct access_view);
    struct ledger_mine_in in = { .has_limit = true, .limit = PAGE_ENTRIES };
    struct ledger_mine_out out;
    in.has_before = str_i64(visit_query(v, "before"), &in.before) && in.before > 0;
    v->view = view;
    TRY(visit_call(cx, "ledger.mine", &in, &out));
    view->first_page = !in.has_before;
    view->entries = ARENA_ARRAY(v->arena, struct access_entry, out.entries_count);
    for (size_t i = 0; i < out.entries_count; i++)
        view->entries[view->count++] = entry_of(v, &out.entries[i]);
    if (out.next)
        view->next_url = arena_printf(v->arena, "/me/access?before=%lld", (long long)out.next);
    return OK;
}

void access_show(struct page *pg, struct visit *v)
{
    tmpl_access(pg, v->view);
}

status access_proof_run(struct ctx *cx, struct visit *v)
{
    struct ledger_proof_in in = { .index = v->number[0] };
    struct ledger_proof_out out;
    TRY(visit_call(cx, "ledger.proof", &in, &out));
    v->file = out.proof;
    v->file_type = STR("text/plain; charset=utf-8");
    v->file_name = arena_printf(v->arena, "entry-%lld.tlog-proof", (long long)v->number[0]);
    return OK;
}
