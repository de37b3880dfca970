/* What a list changed in its register since the list of its source before it: new rows, changed ones field by field, and those that are
 * gone; a page at a time, and as files. Rows are asked for on the ground of keeping the register, which its definition grants.
 * tested by: tests/scenario/run.py */
#include "centre/centre_ops.h"
#include "messages/messages.h"
#include "register/register_ops.h"
#include "web/visit.h"
#include "web/web_tmpl.h"

enum { PAGE_ROWS = 50, PART_ROWS = 5000, FILES_MAX = 40, KINDS = 3 };

static const char *const kind_words[KINDS] = { "new", "changed", "gone" };
static const char *const link_words[] = { "linked", "no_subject", "not_found", "ambiguous", "cancelled" };

static int kind_of(str word)
{
    for (int i = 0; i < KINDS; i++)
        if (str_eq(word, str_of(kind_words[i])))
            return i;
    return 0;
}

static str kind_label(const struct visit *v, int kind)
{
    return kind == 0 ? msg_list_delta_new(v->lang) : kind == 1 ? msg_list_delta_changed(v->lang) : msg_list_delta_gone(v->lang);
}

static str delta_url(const struct visit *v, int kind)
{
    return arena_printf(v->arena, "/import/%lld/changes?kind=%s", (long long)v->number[0], kind_words[kind]);
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

static str cell_shown(const struct sector_cell *cells, size_t count, str field)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(cells[i].field, field))
            return cells[i].shown;
    return (str){ 0 };
}

static str or_nothing(const struct visit *v, str text) { return str_is_empty(text) ? msg_list_delta_nothing(v->lang) : text; }

static bool is_changed(const struct sector_step *s, str field)
{
    for (size_t i = 0; i < s->changed_count; i++)
        if (str_eq(s->changed[i], field))
            return true;
    return false;
}

static void value_add(struct list_step_view *row, str label, str before, str now)
{
    row->values[row->value_count++] = (struct list_value_view){ label, before, now };
}

static void values_fill(struct visit *v, const struct sector_describe_out *d, const struct sector_step *s, int kind, struct list_step_view *row)
{
    row->values = ARENA_ARRAY(v->arena, struct list_value_view, d->columns_count + 1);
    if (s->link_before != s->item.link)
        value_add(row, msg_list_delta_link(v->lang), visit_label(v, "sector_link_", str_of(link_words[s->link_before])),
                  visit_label(v, "sector_link_", str_of(link_words[s->item.link])));
    for (size_t i = 0; i < d->columns_count; i++) {
        str key = d->columns[i].key, now = cell_shown(s->item.cells, s->item.cells_count, key), before = cell_shown(s->before, s->before_count, key);
        if (kind != SECTOR_DELTA_IN_KIND_CHANGED && !str_is_empty(now))
            value_add(row, d->columns[i].label, (str){ 0 }, now);
        else if (kind == SECTOR_DELTA_IN_KIND_CHANGED && is_changed(s, key) && (!str_is_empty(now) || !str_is_empty(before)))
            value_add(row, d->columns[i].label, or_nothing(v, before), or_nothing(v, now));
    }
}

static struct list_step_view row_of(struct visit *v, const struct sector_describe_out *d, const struct sector_step *s, int kind)
{
    struct list_step_view row = {
        .url = arena_printf(v->arena, "/centre/register/row?code=%.*s&row=%lld", STR_ARG(d->code), (long long)s->item.row),
        .number = s->item.has_number ? arena_printf(v->arena, "%012lld", (long long)s->item.number) : (str){ 0 },
        .name = str_is_empty(s->item.name) ? msg_sector_unnamed(v->lang) : s->item.name,
        .birth = s->item.has_birth ? day_vi(v->arena, s->item.birth) : (str){ 0 }, .unit = s->item.unit_name };
    values_fill(v, d, s, kind, &row);
    return row;
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

static void kinds_fill(struct visit *v, const struct into_count *c, int kind, struct list_delta_view *view)
{
    const int64_t rows[KINDS] = { c->added, c->changed, c->gone };
    view->kinds = ARENA_ARRAY(v->arena, struct list_kind_view, KINDS);
    for (int i = 0; i < KINDS; i++)
        view->kinds[view->kind_count++] = (struct list_kind_view){ kind_label(v, i), delta_url(v, i), rows[i], i == kind };
    view->total = rows[kind];
}

static void files_fill(struct visit *v, int kind, struct list_delta_view *view)
{
    static const char *const formats[] = { "csv", "xlsx" };
    view->files = ARENA_ARRAY(v->arena, struct list_option, 2 * FILES_MAX);
    for (int64_t part = 1; (part - 1) * PART_ROWS < view->total && part <= FILES_MAX; part++)
        for (int f = 0; f < 2; f++) {
            int64_t end = part * PART_ROWS < view->total ? part * PART_ROWS : view->total;
            view->files[view->file_count++] = (struct list_option){
                arena_printf(v->arena, "/import/%lld/changes/file?kind=%s&format=%s&part=%lld", (long long)v->number[0], kind_words[kind], formats[f], (long long)part),
                msg_list_delta_file(v->arena, v->lang, view->kind, (part - 1) * PART_ROWS + 1, end, f ? STR("XLSX") : STR("CSV")) };
        }
}

/* The register that the list went into; its rows are asked for on the ground of keeping it. */
static STATUS into_of(struct ctx *cx, struct visit *v, struct into_count *ret)
{
    struct list_report_in in = { .delivery = v->number[0] };
    struct list_report_out out;
    TRY(visit_call(cx, "list.report", &in, &out));
    if (!out.has_into)
        return FAIL(DELIVERY_MISSING);
    *ret = out.into;
    cx->purpose = (struct purpose){ .kind = STR("register"), .reference = ret->code };
    return OK;
}

status list_delta_run(struct ctx *cx, struct visit *v)
{
    struct list_delta_view *view = ARENA_NEW(v->arena, struct list_delta_view);
    struct sector_delta_in in = { .delivery = v->number[0], .kind = kind_of(visit_query(v, "kind")), .has_limit = true, .limit = PAGE_ROWS };
    struct sector_delta_out out;
    struct sector_describe_out d;
    struct into_count c;
    v->view = view;
    TRY(into_of(cx, v, &c));
    TRY(visit_call(cx, "sector.describe", &(struct sector_describe_in){ .code = c.code }, &d));
    in.code = c.code;
    in.has_after = str_i64(visit_query(v, "after"), &in.after);
    TRY(visit_call(cx, "sector.delta", &in, &out));
    view->delivery = in.delivery;
    view->name = d.name;
    view->kind = kind_label(v, in.kind);
    view->is_gone = in.kind == SECTOR_DELTA_IN_KIND_GONE;
    view->is_changed = in.kind == SECTOR_DELTA_IN_KIND_CHANGED;
    kinds_fill(v, &c, in.kind, view);
    files_fill(v, in.kind, view);
    view->rows = ARENA_ARRAY(v->arena, struct list_step_view, out.rows_count + 1);
    for (size_t i = 0; i < out.rows_count; i++)
        view->rows[view->count++] = row_of(v, &d, &out.rows[i], in.kind);
    if (out.next)
        view->next_url = arena_printf(v->arena, "%.*s&after=%lld", STR_ARG(delta_url(v, in.kind)), (long long)out.next);
    return OK;
}

void list_delta_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/import");
    tmpl_list_delta(pg, v->view);
}

status list_delta_file_run(struct ctx *cx, struct visit *v)
{
    bool xlsx = str_eq(visit_query(v, "format"), STR("xlsx"));
    struct sector_delta_file_in in = { .delivery = v->number[0], .kind = kind_of(visit_query(v, "kind")), .has_format = true,
                                       .format = xlsx ? SECTOR_DELTA_FILE_IN_FORMAT_XLSX : SECTOR_DELTA_FILE_IN_FORMAT_CSV };
    struct sector_delta_file_out out;
    struct into_count c;
    TRY(into_of(cx, v, &c));
    in.code = c.code;
    in.has_part = str_i64(visit_query(v, "part"), &in.part) && in.part > 0;
    TRY(visit_call(cx, "sector.delta_file", &in, &out));
    v->file = out.file;
    v->file_type = xlsx ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") : STR("text/csv; charset=utf-8");
    v->file_name = arena_printf(v->arena, "list-%lld-%s-%lld.%s", (long long)in.delivery, kind_words[in.kind], (long long)(in.has_part ? in.part : 1), xlsx ? "xlsx" : "csv");
    return OK;
}
