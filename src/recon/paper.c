/* The report of a run as a document: what was compared and when, the outcomes, each unit, each field by unit with its confidence.
 * Figures only: no person is in it. Law: NĐ 30/2020/NĐ-CP annex I (its form).
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include "messages/messages.h"
#include "paper/paper.h"

enum { UNIT_COLUMNS = 11, FIELD_COLUMNS = 5, PAIRS = 4 };

struct sheet_out {
    struct ctx *cx;
    struct paper *paper;
    bool both; /* English below the Vietnamese */
};

static struct paper_words words(const struct sheet_out *o, str vi, str en) { return (struct paper_words){ vi, o->both ? en : (str){ 0 } }; }

#define SAYS(o, message) words(o, message(LANG_VI), message(LANG_EN))

static str number(const struct sheet_out *o, int64_t n) { return msg_number(o->cx->arena, o->cx->lang, n); }

static str unit_name(const struct sheet_out *o, const struct run_unit_count *u) { return u->has_unit ? u->name : msg_run_unit_unknown(o->cx->lang); }

static str *unit_row(const struct sheet_out *o, str *cell, str name, const struct run_unit_count *u)
{
    const int64_t numbers[] = { u->rows, u->matched, u->conflicting, u->ambiguous, u->not_found, u->duplicate, u->deceased, u->moved, u->cancelled, u->confidence };
    *cell++ = name;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *cell++ = number(o, numbers[i]);
    return cell;
}

static void units_put(const struct sheet_out *o, const struct run_report_out *r)
{
    struct paper_column *c = ARENA_ARRAY(o->cx->arena, struct paper_column, UNIT_COLUMNS);
    const struct paper_words heads[UNIT_COLUMNS] = { SAYS(o, msg_run_unit), SAYS(o, msg_run_rows), SAYS(o, msg_run_outcome_matched), SAYS(o, msg_run_outcome_conflicting),
                                                     SAYS(o, msg_run_outcome_ambiguous), SAYS(o, msg_run_outcome_not_found), SAYS(o, msg_run_outcome_duplicate),
                                                     SAYS(o, msg_run_outcome_deceased), SAYS(o, msg_run_outcome_moved), SAYS(o, msg_run_outcome_cancelled),
                                                     SAYS(o, msg_run_confidence_percent) };
    str *cells = ARENA_ARRAY(o->cx->arena, str, (r->units_count + 1) * UNIT_COLUMNS), *at = cells;
    for (size_t i = 0; i < UNIT_COLUMNS; i++)
        c[i] = (struct paper_column){ heads[i], i ? 3 : 6, i ? PAPER_RIGHT : PAPER_LEFT };
    for (size_t i = 0; i < r->units_count; i++)
        at = unit_row(o, at, unit_name(o, &r->units[i]), &r->units[i]);
    unit_row(o, at, msg_run_total(o->cx->lang), &r->total);
    paper_heading(o->paper, SAYS(o, msg_run_by_unit));
    paper_table(o->paper, &(struct paper_table){ .columns = c, .column_count = UNIT_COLUMNS, .cells = cells, .row_count = r->units_count + 1 });
}

static str *fields_rows(const struct sheet_out *o, str *cell, str name, const struct run_unit_count *u)
{
    for (size_t i = 0; i < u->fields_count; i++) {
        const struct run_field_count *f = &u->fields[i];
        const str row[FIELD_COLUMNS] = { name, f->label, number(o, f->compared), number(o, f->differing), number(o, f->confidence) };
        for (size_t k = 0; k < FIELD_COLUMNS; k++)
            *cell++ = row[k];
    }
    return cell;
}

static void field_table_put(const struct sheet_out *o, const struct run_report_out *r)
{
    struct paper_column *c = ARENA_ARRAY(o->cx->arena, struct paper_column, FIELD_COLUMNS);
    const struct paper_words heads[FIELD_COLUMNS] = { SAYS(o, msg_run_unit), SAYS(o, msg_run_field), SAYS(o, msg_run_compared), SAYS(o, msg_run_differing),
                                                      SAYS(o, msg_run_confidence_percent) };
    size_t rows = r->total.fields_count;
    for (size_t i = 0; i < r->units_count; i++)
        rows += r->units[i].fields_count;
    str *cells = ARENA_ARRAY(o->cx->arena, str, (rows + 1) * FIELD_COLUMNS), *at = cells;
    for (size_t i = 0; i < FIELD_COLUMNS; i++)
        c[i] = (struct paper_column){ heads[i], i < 2 ? 5 : 3, i < 2 ? PAPER_LEFT : PAPER_RIGHT };
    for (size_t i = 0; i < r->units_count; i++)
        at = fields_rows(o, at, unit_name(o, &r->units[i]), &r->units[i]);
    fields_rows(o, at, msg_run_total(o->cx->lang), &r->total);
    paper_heading(o->paper, SAYS(o, msg_run_by_field));
    paper_table(o->paper, &(struct paper_table){ .columns = c, .column_count = FIELD_COLUMNS, .cells = cells, .row_count = rows });
}

static void facts_put(const struct sheet_out *o, const struct run_report_out *r)
{
    const struct run_item *i = &r->item;
    struct paper_pair *pairs = ARENA_ARRAY(o->cx->arena, struct paper_pair, PAIRS);
    pairs[0] = (struct paper_pair){ SAYS(o, msg_run_snapshot), msg_time(o->cx->arena, o->cx->lang, i->snapshot) };
    pairs[1] = (struct paper_pair){ SAYS(o, msg_run_map), r->map_says };
    pairs[2] = (struct paper_pair){ SAYS(o, msg_run_rows), number(o, i->rows) };
    pairs[3] = (struct paper_pair){ SAYS(o, msg_run_digest), i->digest };
    paper_pairs(o->paper, pairs, PAIRS);
}

static str title_of(struct ctx *cx, enum lang lang, const struct run_item *i)
{
    const struct sector_register *def = defs_sector(cx->app->defs, i->code, cx->today);
    str name = def ? lang == LANG_VI ? def->vi : def->en : i->title;
    return msg_run_paper_under(cx->arena, lang, name, arena_printf(cx->arena, "%lld", (long long)i->run));
}

STATUS run_paper_write(struct ctx *cx, const struct run_report_out *r, str *ret)
{
    struct sheet_out o = { .cx = cx, .both = cx->lang != LANG_VI };
    struct organisation office = { 0 };
    struct buf pdf;
    bool known = cx->actor.organisation.len && defs_organisation(cx->arena, cx->app->defs, cx->actor.organisation, &office);
    o.paper = paper_new(cx->arena, &(struct paper_about){ .at_us = cx->now_us, .title = SAYS(&o, msg_run_paper_title), .author = known ? office.name_vi : (str){ 0 },
                                                          .landscape = true });
    if (known)
        paper_head(o.paper, &(struct paper_head){ .agency = { .vi = viet_upper(cx->arena, office.name_vi) }, .on = cx->today });
    paper_title(o.paper, SAYS(&o, msg_run_paper_title), words(&o, title_of(cx, LANG_VI, &r->item), title_of(cx, LANG_EN, &r->item)));
    facts_put(&o, r);
    units_put(&o, r);
    field_table_put(&o, r);
    paper_note(o.paper, SAYS(&o, msg_run_paper_made));
    buf_init(&pdf, PAPER_BYTES_MAX);
    status st = paper_render(o.paper, &pdf);
    if (status_ok(st))
        st = buf_check(&pdf);
    if (status_ok(st))
        *ret = arena_str(cx->arena, buf_str(&pdf));
    buf_done(&pdf);
    return st;
}
