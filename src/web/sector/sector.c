/* Sector registers as pages: what there is, how one is defined and how good it is, its rows and the history of a row. Figures are
 * for all who work with registers; rows are asked for on the ground of keeping the register, which its definition grants.
 * tested by: tests/scenario/run.py */
#include "register/register_ops.h"
#include "messages/messages.h"
#include "web/sector/pages.h"
#include "web/sector/view.h"
#include "web/web_tmpl.h"

#include <string.h>

enum { ROWS = 50, CRUMBS_MAX = 5, FILTERS = 4, SHOWN_CELLS = 4 };

static const char *const class_words[] = { "public", "internal", "personal", "sensitive", "state_secret" };
static const char *const type_words[] = { "text", "day", "number", "money", "code", "unit", "person", "document" };
static const char *const dimension_names[] = { "correct", "complete", "clean", "live" };
static const char *const link_words[] = { "linked", "no_subject", "not_found", "ambiguous", "cancelled" };
static const char *const filter_words[FILTERS] = { "all", "unlinked", "flawed", "ended" };

static str word_label(struct visit *v, const char *family, const char *word) { return visit_label(v, family, str_of(word)); }

static str joined(struct visit *v, str list, str part)
{
    if (str_is_empty(part))
        return list;
    return str_is_empty(list) ? part : arena_printf(v->arena, "%.*s; %.*s", STR_ARG(list), STR_ARG(part));
}

static void keep_ground(struct ctx *cx, str code) { cx->purpose = (struct purpose){ .kind = STR("register"), .reference = code }; }

static bool may_see_rows(const struct visit *v) { return (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR | ROLE_OPERATOR)) != 0; }

/* --- all of them --------------------------------------------------------------------------------------------------------- */

status sectors_run(struct ctx *cx, struct visit *v)
{
    struct sectors_view *view = ARENA_NEW(v->arena, struct sectors_view);
    struct sector_list_in in = { 0 };
    struct sector_list_out out;
    v->view = view;
    TRY(visit_call(cx, "sector.list", &in, &out));
    view->items = ARENA_ARRAY(v->arena, struct sector_link_view, out.registers_count + 1);
    for (size_t i = 0; i < out.registers_count; i++) {
        const struct sector_summary *s = &out.registers[i];
        view->items[view->count++] = (struct sector_link_view){
            .name = s->name, .url = arena_printf(v->arena, "/centre/register?code=%.*s", STR_ARG(s->code)), .live = s->live,
            .note = msg_sector_note_of(v->arena, v->lang, s->fields, word_label(v, "sector_class_", class_words[s->class])) };
    }
    return OK;
}

void sectors_show(struct page *pg, struct visit *v) { tmpl_sectors(pg, v->view); }

/* --- one ------------------------------------------------------------------------------------------------------------------- */

static str sector_url(struct visit *v, str code, str unit, str only)
{
    str url = arena_printf(v->arena, "/centre/register?code=%.*s", STR_ARG(code));
    if (!str_is_empty(unit))
        url = arena_printf(v->arena, "%.*s&unit=%.*s", STR_ARG(url), STR_ARG(unit));
    return str_is_empty(only) ? url : arena_printf(v->arena, "%.*s&only=%.*s", STR_ARG(url), STR_ARG(only));
}

static int percent_of(int64_t part, int64_t whole) { return whole > 0 ? (int)(part * 100 / whole) : 100; }

static struct sector_count_view count_of(struct visit *v, str code, const struct sector_count *c)
{
    return (struct sector_count_view){
        .name = c->name, .url = c->has_unit ? sector_url(v, code, defs_unit_text(v->arena, c->unit), (str){ 0 }) : (str){ 0 }, .rows = c->rows,
        .linked = c->linked, .correct = percent_of(c->correct, c->rows), .complete = percent_of(c->complete, c->rows),
        .clean = percent_of(c->clean, c->rows), .live = percent_of(c->live, c->rows) };
}

static void columns_fill(struct visit *v, struct sector_view *view, const struct sector_describe_out *d)
{
    view->columns = ARENA_ARRAY(v->arena, struct sector_column_view, d->columns_count + 1);
    for (size_t i = 0; i < d->columns_count; i++) {
        const struct sector_column *c = &d->columns[i];
        str note = c->in_key ? msg_sector_in_key(v->lang) : (str){ 0 };
        note = joined(v, note, c->required ? msg_sector_required(v->lang) : (str){ 0 });
        note = joined(v, note, c->shared ? msg_sector_shared(v->lang) : (str){ 0 });
        note = joined(v, joined(v, joined(v, note, c->codes), c->form), c->measure);
        view->columns[view->column_count++] = (struct sector_column_view){
            .label = c->label, .type = word_label(v, "sector_type_", type_words[c->type]),
            .class = word_label(v, "sector_class_", class_words[c->class]), .note = note };
    }
}

static void rules_fill(struct visit *v, struct sector_view *view, str unit, const struct sector_describe_out *d, const struct sector_figures_out *f)
{
    view->rules = ARENA_ARRAY(v->arena, struct sector_rule_view, d->rules_count + 1);
    for (size_t i = 0; i < d->rules_count; i++) {
        struct sector_rule_view *r = &view->rules[view->rule_count++];
        *r = (struct sector_rule_view){ .says = d->rules[i].says, .dimension = word_label(v, "sector_", dimension_names[d->rules[i].dimension]),
                                        .expects = d->rules[i].expects };
        for (size_t k = 0; k < f->failing_count; k++)
            if (str_eq(f->failing[k].check, d->rules[i].check))
                r->failing = f->failing[k].rows;
        if (r->failing && view->may_see_rows)
            r->url = arena_printf(v->arena, "%.*s&check=%.*s#rows", STR_ARG(sector_url(v, d->code, unit, (str){ 0 })), STR_ARG(d->rules[i].check));
    }
}

static void crumbs_fill(struct visit *v, struct sector_view *view, unit_id unit, day today)
{
    const struct defs *d = v->web->app->defs;
    unit_id above[CRUMBS_MAX];
    size_t n = 0;
    for (const struct unit *u = defs_unit(d, unit); u && u->parent.v && n < CRUMBS_MAX - 2; u = defs_unit(d, u->parent))
        above[n++] = u->parent;
    view->crumbs = ARENA_ARRAY(v->arena, struct link, CRUMBS_MAX + 1);
    view->crumbs[view->crumb_count++] = (struct link){ msg_sector_title(v->lang), STR("/centre/registers") };
    if (unit.v)
        view->crumbs[view->crumb_count++] = (struct link){ view->name, sector_url(v, view->code, (str){ 0 }, (str){ 0 }) };
    while (n > 0) {
        n--;
        view->crumbs[view->crumb_count++] = (struct link){ defs_unit_name(v->arena, d, above[n], today, v->lang),
                                                            sector_url(v, view->code, defs_unit_text(v->arena, above[n]), (str){ 0 }) };
    }
}

static str cells_text(struct visit *v, const struct sector_describe_out *d, const struct sector_item *item)
{
    str text = { 0 };
    for (size_t i = 0; i < item->cells_count && i < SHOWN_CELLS; i++)
        for (size_t k = 0; k < d->columns_count; k++)
            if (str_eq(d->columns[k].key, item->cells[i].field))
                text = joined(v, text, arena_printf(v->arena, "%.*s: %.*s", STR_ARG(d->columns[k].label), STR_ARG(item->cells[i].shown)));
    return text;
}

static str broken_text(struct visit *v, const struct sector_describe_out *d, const struct sector_item *item)
{
    str text = { 0 };
    for (size_t i = 0; i < item->broken_count; i++)
        for (size_t k = 0; k < d->rules_count; k++)
            if (str_eq(d->rules[k].check, item->broken[i]))
                text = joined(v, text, d->rules[k].says);
    return text;
}

static str row_url(const struct visit *v, str code, int64_t row)
{
    return arena_printf(v->arena, "/centre/register/row?code=%.*s&row=%lld", STR_ARG(code), (long long)row);
}

static struct sector_row_view row_of(struct visit *v, const struct sector_describe_out *d, const struct sector_item *item)
{
    return (struct sector_row_view){
        .url = row_url(v, d->code, item->row),
        .number = item->has_number ? arena_printf(v->arena, "%012lld", (long long)item->number) : (str){ 0 },
        .name = str_is_empty(item->name) ? msg_sector_unnamed(v->lang) : item->name,
        .birth = item->has_birth ? day_vi(v->arena, item->birth) : (str){ 0 }, .unit = item->unit_name,
        .link = word_label(v, "sector_link_", link_words[item->link]), .cells = cells_text(v, d, item), .broken = broken_text(v, d, item) };
}

static void filters_fill(struct visit *v, struct sector_view *view, str unit, int chosen)
{
    view->filters = ARENA_ARRAY(v->arena, struct list_option, FILTERS);
    for (size_t i = 0; i < FILTERS; i++)
        view->filters[view->filter_count++] = (struct list_option){ sector_url(v, view->code, unit, str_of(filter_words[i])),
                                                                     word_label(v, "sector_only_", filter_words[i]) };
    view->filter = view->filters[chosen].label;
}

static int filter_of(str word)
{
    for (int i = 0; i < FILTERS; i++)
        if (str_eq(word, str_of(filter_words[i])))
            return i;
    return 0;
}

static str attribute_label(const struct sector_describe_out *d, str field)
{
    for (size_t k = 0; k < d->columns_count; k++)
        if (str_eq(d->columns[k].key, field))
            return d->columns[k].label;
    return str_eq(field, STR("subject")) ? d->subject : field;
}

/* Rows that fail one rule (?check=), or a rule about a field (?field=), perhaps in one dimension (&dimension=). */
static void failing_ask(struct visit *v, struct sector_view *view, const struct sector_describe_out *d, struct sector_rows_in *in)
{
    str dimension = visit_query(v, "dimension");
    in->check = visit_query(v, "check");
    in->has_check = !str_is_empty(in->check);
    in->field = visit_query(v, "field");
    in->has_field = !str_is_empty(in->field);
    for (int k = 0; in->has_field && k < 4; k++)
        if (str_eq(dimension, str_of(dimension_names[k]))) {
            in->has_dimension = true;
            in->dimension = k;
        }
    if (in->has_dimension)
        view->failing = msg_sector_failing_measure(v->arena, v->lang, word_label(v, "sector_", dimension_names[in->dimension]), attribute_label(d, in->field));
    else if (in->has_field)
        view->failing = msg_sector_failing_field(v->arena, v->lang, attribute_label(d, in->field));
    for (size_t i = 0; in->has_check && i < d->rules_count; i++)
        if (str_eq(d->rules[i].check, in->check))
            view->failing = msg_sector_failing_only(v->arena, v->lang, d->rules[i].says);
}

static STATUS rows_load(struct ctx *cx, struct visit *v, struct sector_view *view, const struct sector_describe_out *d, str unit)
{
    str only = visit_query(v, "only");
    struct sector_rows_in in = { .code = d->code, .has_limit = true, .limit = ROWS, .has_only = true, .only = filter_of(only) };
    struct sector_rows_out out;
    in.has_after = str_i64(visit_query(v, "after"), &in.after);
    if (!str_is_empty(unit)) {
        in.has_unit = true;
        TRY(defs_unit_parse(cx->app->defs, unit, cx->today, &in.unit));
    }
    filters_fill(v, view, unit, in.only);
    failing_ask(v, view, d, &in);
    keep_ground(cx, d->code);
    TRY(visit_call(cx, "sector.rows", &in, &out));
    view->rows = ARENA_ARRAY(v->arena, struct sector_row_view, out.rows_count + 1);
    for (size_t i = 0; i < out.rows_count; i++)
        view->rows[view->row_count++] = row_of(v, d, &out.rows[i]);
    if (out.next)
        view->next_url = arena_printf(v->arena, "%.*s%s%.*s%s%.*s%s%s&after=%lld", STR_ARG(sector_url(v, view->code, unit, str_of(filter_words[in.only]))),
                                      in.has_check ? "&check=" : "", STR_ARG(in.check), in.has_field ? "&field=" : "", STR_ARG(in.field),
                                      in.has_dimension ? "&dimension=" : "", in.has_dimension ? dimension_names[in.dimension] : "", (long long)out.next);
    return OK;
}

static STATUS figures_load(struct ctx *cx, struct visit *v, struct sector_view *view, unit_id unit, struct sector_figures_out *ret)
{
    struct sector_figures_in in = { .code = view->code, .has_unit = unit.v != 0, .unit = unit };
    TRY(visit_call(cx, "sector.figures", &in, ret));
    view->total = count_of(v, view->code, &ret->total);
    view->total.url = (str){ 0 };
    if (!unit.v)
        view->total.name = msg_home_country(v->lang);
    view->stale = ret->stale;
    view->units = ARENA_ARRAY(v->arena, struct sector_count_view, ret->units_count + 1);
    for (size_t i = 0; i < ret->units_count; i++)
        view->units[view->unit_count++] = count_of(v, view->code, &ret->units[i]);
    return OK;
}

/* Where it lives, how old a copy may be, how its agency answers of late. */
static STATUS origin_load(struct ctx *cx, struct visit *v, struct sector_view *view)
{
    struct sector_origin_in in = { .code = view->code };
    struct sector_origin_out out;
    TRY(visit_call(cx, "sector.origin", &in, &out));
    if (!out.elsewhere)
        return OK;
    view->origin = msg_sector_origin(v->arena, v->lang, view->owner, out.agreement, out.fresh_s / 3600, out.waiting);
    if (out.failures > 0)
        view->origin_late = msg_sector_origin_late(v->arena, v->lang, out.failures, out.failed);
    return OK;
}

status sector_run(struct ctx *cx, struct visit *v)
{
    struct sector_view *view = ARENA_NEW(v->arena, struct sector_view);
    struct sector_describe_in in = { .code = visit_query(v, "code") };
    struct sector_describe_out d;
    struct sector_figures_out f;
    str unit = visit_query(v, "unit");
    unit_id above = UNIT_NONE;
    v->view = view;
    TRY(visit_call(cx, "sector.describe", &in, &d));
    view->code = d.code;
    view->name = d.name;
    view->owner = str_is_empty(d.owner_name) ? d.owner : d.owner_name;
    view->law = d.law;
    view->class = word_label(v, "sector_class_", class_words[d.class]);
    view->may_see_rows = may_see_rows(v);
    if (!str_is_empty(unit))
        TRY(defs_unit_parse(cx->app->defs, unit, cx->today, &above));
    crumbs_fill(v, view, above, cx->today);
    TRY(origin_load(cx, v, view));
    TRY(figures_load(cx, v, view, above, &f));
    columns_fill(v, view, &d);
    rules_fill(v, view, unit, &d, &f);
    return view->may_see_rows ? rows_load(cx, v, view, &d, unit) : OK;
}

void sector_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/register");
    tmpl_sector(pg, v->view);
}

/* --- one row ---------------------------------------------------------------------------------------------------------------- */

static size_t pairs_of(struct visit *v, const struct sector_describe_out *d, const struct sector_cell *cells, size_t count, struct sector_pair **ret)
{
    size_t n = 0;
    *ret = ARENA_ARRAY(v->arena, struct sector_pair, count + 1);
    for (size_t i = 0; i < count; i++) {
        str label = cells[i].field;
        for (size_t k = 0; k < d->columns_count; k++)
            label = str_eq(d->columns[k].key, cells[i].field) ? d->columns[k].label : label;
        (*ret)[n++] = (struct sector_pair){ label, cells[i].shown, cells[i].readable };
    }
    return n;
}

static str organisation_name(const struct visit *v, str code)
{
    struct organisation o;
    if (!defs_organisation(v->arena, v->web->app->defs, code, &o))
        return code;
    return v->lang == LANG_EN ? o.name_en : o.name_vi;
}

static void moments_fill(struct visit *v, struct sector_row_page_view *view, const struct sector_describe_out *d, const struct sector_history_out *h)
{
    static const char *const kinds[] = { "put", "end", "link" };
    view->moments = ARENA_ARRAY(v->arena, struct sector_moment_view, h->moments_count + 1);
    for (size_t i = h->moments_count; i > 0; i--) {
        const struct sector_moment *m = &h->moments[i - 1];
        struct sector_moment_view *out = &view->moments[view->moment_count++];
        *out = (struct sector_moment_view){ .kind = word_label(v, "sector_kind_", kinds[m->kind]), .organisation = organisation_name(v, m->organisation),
                                            .effective = m->effective, .recorded_us = m->recorded };
        for (size_t k = 0; k < m->changed_count; k++)
            for (size_t c = 0; c < d->columns_count; c++)
                if (str_eq(d->columns[c].key, m->changed[k]))
                    out->changed = joined(v, out->changed, d->columns[c].label);
        out->cell_count = pairs_of(v, d, m->cells, m->cells_count, &out->cells);
    }
}

static STATUS row_load(struct ctx *cx, struct visit *v, struct sector_row_page_view *view, const struct sector_describe_out *d, str row)
{
    struct sector_get_in in = { .code = d->code };
    struct sector_history_in ask = { .code = d->code };
    struct sector_get_out got;
    struct sector_history_out history;
    if (!str_i64(row, &in.row))
        return FAIL_AT(ROW_MISSING, STR("row"));
    ask.row = in.row;
    view->back_url = sector_url(v, d->code, (str){ 0 }, (str){ 0 });
    keep_ground(cx, d->code);
    TRY(visit_call(cx, "sector.get", &in, &got));
    TRY(visit_call(cx, "sector.history", &ask, &history));
    view->title = str_is_empty(got.item.name) ? d->name : got.item.name;
    view->unit = got.item.unit_name;
    view->version = got.item.version;
    view->ended = got.item.state == SECTOR_ITEM_STATE_ENDED;
    view->stale = got.item.stale;
    view->age = got.item.has_as_of ? msg_sector_age(v->arena, v->lang, got.item.as_of) : (str){ 0 };
    view->link = word_label(v, "sector_link_", link_words[got.item.link]);
    view->cell_count = pairs_of(v, d, got.item.cells, got.item.cells_count, &view->cells);
    view->code = d->code;
    view->row = in.row;
    view->may_write = d->may_write && !view->ended;
    if (view->may_write)
        sector_inputs_fill(v, d, &got.item, view);
    view->may_ask = (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR)) && !view->ended;
    view->broken = ARENA_ARRAY(v->arena, struct sector_broken_view, got.item.broken_count + 1);
    for (size_t i = 0; i < got.item.broken_count; i++)
        for (size_t k = 0; k < d->rules_count; k++)
            if (str_eq(d->rules[k].check, got.item.broken[i]))
                view->broken[view->broken_count++] = (struct sector_broken_view){ d->rules[k].check, d->rules[k].says };
    moments_fill(v, view, d, &history);
    return OK;
}

status sector_row_run(struct ctx *cx, struct visit *v)
{
    struct sector_row_page_view *view = ARENA_NEW(v->arena, struct sector_row_page_view);
    struct sector_describe_in in = { .code = visit_query(v, "code") };
    struct sector_describe_out d;
    v->view = view;
    TRY(visit_call(cx, "sector.describe", &in, &d));
    view->done = visit_query(v, "done").len > 0;
    return row_load(cx, v, view, &d, visit_query(v, "row"));
}

void sector_row_show(struct page *pg, struct visit *v) { tmpl_sector_row(pg, v->view); }

/* Says of the refusal which field of the register it is about, in the reader's words, and marks its input. */
static STATUS row_refused(struct ctx *cx, struct visit *v, status st, const struct sector_describe_out *d)
{
    struct sector_row_page_view *view = ARENA_NEW(v->arena, struct sector_row_page_view);
    str key = arena_printf(v->arena, "%s", fault_here()->field);
    view->wrong = STR("#edit");
    for (size_t i = 0; i < d->columns_count; i++)
        if (str_eq(d->columns[i].key, key)) {
            str label = text_cut(d->columns[i].label, sizeof fault_here()->field - 1);
            memcpy(fault_here()->field, label.ptr, label.len);
            fault_here()->field[label.len] = 0;
            view->wrong = arena_printf(v->arena, "#f-%.*s", STR_ARG(key));
        }
    fault_place(0, 0); /* of one row */
    TRY(visit_refused(v, st, &view->error, &view->hint));
    TRY(row_load(cx, v, view, d, visit_field(v, "row")));
    for (size_t i = 0; i < view->input_count; i++)
        if (str_eq(view->inputs[i].key, key)) {
            view->inputs[i].error = view->error;
            view->inputs[i].described = arena_printf(v->arena, "f-%.*s-error", STR_ARG(key));
        }
    v->view = view;
    v->show = sector_row_show;
    return OK;
}

status sector_row_put_run(struct ctx *cx, struct visit *v)
{
    struct sector_describe_in in = { .code = visit_field(v, "code") };
    struct sector_get_in ask = { .code = in.code };
    struct sector_describe_out d;
    struct sector_get_out got;
    struct sector_given given;
    struct sector_put_out out;
    int64_t version;
    if (!str_i64(visit_field(v, "row"), &ask.row))
        return FAIL_AT(ROW_MISSING, STR("row"));
    if (!str_i64(visit_field(v, "version"), &version))
        return FAIL_AT(FIELD_TYPE, STR("version"));
    TRY(visit_call(cx, "sector.describe", &in, &d));
    keep_ground(cx, d.code);
    TRY(visit_call(cx, "sector.get", &ask, &got));
    sector_given_fill(cx, v, &d, &got.item, &given);
    given.expected_version = version;
    keep_ground(cx, d.code);
    status st = visit_call(cx, "sector.put", &(struct sector_put_in){ .code = d.code, .rows = &given, .rows_count = 1 }, &out);
    if (!status_ok(st))
        return row_refused(cx, v, st, &d);
    v->redirect = arena_printf(v->arena, "%.*s&done=1", STR_ARG(row_url(v, d.code, out.rows[0].row)));
    return OK;
}

/* --- looking for somebody ---------------------------------------------------------------------------------------------------- */

static STATUS found_load(struct ctx *cx, struct visit *v, const struct sector_find_in *in)
{
    static const char *const states[] = { "here", "fresh", "asking", "stale" };
    struct sector_found_view *view = ARENA_NEW(v->arena, struct sector_found_view);
    struct sector_describe_in about = { .code = in->code };
    struct sector_describe_out d;
    struct sector_find_out out;
    v->view = view;
    TRY(visit_call(cx, "sector.describe", &about, &d));
    keep_ground(cx, d.code);
    TRY(visit_call(cx, "sector.find", in, &out));
    *view = (struct sector_found_view){ .code = d.code, .name = d.name, .back_url = sector_url(v, d.code, (str){ 0 }, (str){ 0 }),
                                        .state = word_label(v, "sector_found_", states[out.state]) };
    if (out.has_as_of)
        view->age = msg_sector_age(v->arena, v->lang, out.as_of);
    if (out.state == SECTOR_FIND_OUT_STATE_ASKING)
        view->again_url = arena_printf(v->arena, "/centre/register/found?code=%.*s&ask=%lld", STR_ARG(d.code), (long long)out.ask);
    view->rows = ARENA_ARRAY(v->arena, struct sector_row_view, out.rows_count + 1);
    for (size_t i = 0; i < out.rows_count; i++)
        view->rows[view->count++] = row_of(v, &d, &out.rows[i]);
    return OK;
}

/* The number stands in the form's body, never in an address: what comes after names the question. */
status sector_find_run(struct ctx *cx, struct visit *v)
{
    struct sector_find_in in = { .code = visit_field(v, "code"), .has_number = true };
    str number = str_trim(visit_field(v, "number"));
    if (number.len != 12 || !str_is_digits(number) || !str_i64(number, &in.number))
        return FAIL_AT(NUMBER_FORMAT, STR("number"));
    return found_load(cx, v, &in);
}

status sector_found_run(struct ctx *cx, struct visit *v)
{
    struct sector_find_in in = { .code = visit_query(v, "code"), .has_ask = true };
    if (!str_i64(visit_query(v, "ask"), &in.ask))
        return FAIL_AT(ROW_MISSING, STR("ask"));
    return found_load(cx, v, &in);
}

void sector_found_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/centre/register");
    tmpl_sector_found(pg, v->view);
}
