/* The home page: the population in figures, from the provinces down to a commune.
 * tested by: src/web/web_test.c */
#include "register/register_ops.h"
#include "messages/messages.h"
#include "web/visit.h"
#include "web/web_tmpl.h"

enum { BAND_YEARS = 10, BANDS = 11, CRUMBS_MAX = 4 };

static struct home_row row_of(const struct unit_figure *f)
{
    return (struct home_row){ .name = f->name, .people = f->people, .women = f->women, .children = f->children,
                              .elders = f->elders, .deceased = f->deceased };
}

static int share_of(int64_t part, int64_t most)
{
    return most > 0 && part > 0 ? (int)((part * 100 + most / 2) / most) : 0;
}

static str home_url(struct visit *v, unit_id unit, bool as_registered)
{
    str code = defs_unit_text(v->arena, unit);
    const char *map = as_registered ? "registered" : "new";
    if (str_is_empty(code))
        return arena_printf(v->arena, "/?map=%s", map);
    return arena_printf(v->arena, "/?unit=%.*s&map=%s", STR_ARG(code), map);
}

static void rows_fill(struct visit *v, struct home_view *view, const struct register_figures_out *out)
{
    int64_t most = 0;
    view->rows = ARENA_ARRAY(v->arena, struct home_row, out->units_count);
    for (size_t i = 0; i < out->units_count; i++)
        if (out->units[i].people > most)
            most = out->units[i].people;
    for (size_t i = 0; i < out->units_count; i++) {
        const struct unit_figure *f = &out->units[i];
        size_t below = 0;
        if (f->people + f->deceased + f->missing == 0)
            continue;
        struct home_row *r = &view->rows[view->row_count++];
        *r = row_of(f);
        r->share = share_of(f->people, most);
        (void)defs_unit_children(v->web->app->defs, f->unit, &below);
        const struct unit *u = defs_unit(v->web->app->defs, f->unit);
        if (u && (below || u->level == UNIT_COMMUNE))
            r->url = home_url(v, f->unit, view->as_registered);
    }
}

/* Age at the end of the year is enough for a picture; the last band is open, before it stands "not known". */
static void bands_fill(struct visit *v, struct home_view *view, const struct register_figures_out *out, int year)
{
    struct home_band *bands = ARENA_ARRAY(v->arena, struct home_band, BANDS + 1);
    int64_t most = 0;
    for (int i = 0; i <= BANDS; i++)
        bands[i].from = i < BANDS ? i * BAND_YEARS : -1;
    for (size_t i = 0; i < out->cohorts_count; i++) {
        const struct cohort *c = &out->cohorts[i];
        int64_t age = year - c->birth_year;
        int64_t at = c->birth_year == 0 ? BANDS : age < 0 ? 0 : age / BAND_YEARS;
        if (c->birth_year && at >= BANDS)
            at = BANDS - 1;
        bands[at].men += c->men;
        bands[at].women += c->women;
    }
    for (int i = 0; i <= BANDS; i++) {
        most = bands[i].men > most ? bands[i].men : most;
        most = bands[i].women > most ? bands[i].women : most;
    }
    for (int i = 0; i <= BANDS; i++) {
        bands[i].share_men = share_of(bands[i].men, most);
        bands[i].share_women = share_of(bands[i].women, most);
        if (bands[i].men + bands[i].women > 0)
            view->bands[view->band_count++] = bands[i];
    }
}

static void crumbs_fill(struct visit *v, struct home_view *view, unit_id unit, day today)
{
    const struct defs *d = v->web->app->defs;
    unit_id above[CRUMBS_MAX];
    size_t n = 0;
    const struct unit *u = defs_unit(d, unit);
    while (u && u->parent.v && n < CRUMBS_MAX - 1) {
        above[n++] = u->parent;
        u = defs_unit(d, u->parent);
    }
    view->crumbs = ARENA_ARRAY(v->arena, struct link, CRUMBS_MAX);
    view->crumbs[view->crumb_count++] = (struct link){ msg_home_country(v->lang), home_url(v, UNIT_NONE, view->as_registered) };
    while (n > 0) {
        n--;
        view->crumbs[view->crumb_count++] =
            (struct link){ defs_unit_name(v->arena, d, above[n], today, v->lang), home_url(v, above[n], view->as_registered) };
    }
}

status home_run(struct ctx *cx, struct visit *v)
{
    struct home_view *view = ARENA_NEW(v->arena, struct home_view);
    struct register_figures_in in = { 0 };
    struct register_figures_out out;
    str code = visit_query(v, "unit");
    v->view = view;
    view->signed_in = v->actor.account.v != 0;
    if (!view->signed_in)
        return OK;
    if (!str_is_empty(code)) {
        in.has_unit = true;
        TRY(defs_unit_parse(cx->app->defs, code, cx->today, &in.unit));
    }
    view->as_registered = str_eq(visit_query(v, "map"), STR("registered"));
    in.has_map = true;
    in.map = view->as_registered ? REGISTER_FIGURES_IN_MAP_REGISTERED : REGISTER_FIGURES_IN_MAP_NEW;
    TRY(visit_call(cx, "register.figures", &in, &out));
    view->place = in.has_unit ? defs_unit_path(v->arena, cx->app->defs, in.unit, cx->today, v->lang) : msg_home_country(v->lang);
    view->total = row_of(&out.total);
    view->as_of_us = out.as_of;
    view->url_registered = home_url(v, in.unit, true);
    view->url_new = home_url(v, in.unit, false);
    if (in.has_unit)
        crumbs_fill(v, view, in.unit, cx->today);
    rows_fill(v, view, &out);
    view->bands = ARENA_ARRAY(v->arena, struct home_band, BANDS + 1);
    bands_fill(v, view, &out, day_year(cx->today));
    return OK;
}

void home_show(struct page *pg, struct visit *v)
{
    tmpl_home(pg, v->view);
}
