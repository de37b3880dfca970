/* Ratings: the applicant says once, when the dossier is finished, how he was served; the figures are kept with each rating. An office
 * sees figures and reasons and never whose they are; who is dissatisfied says why.
 * Law: NĐ 61/2018/NĐ-CP Đ28-34; QĐ 766/QĐ-TTg (the index whose target definitions/feedback.yaml names).
 * tested by: src/service/test/feedback_test.c */
#include "service/feedback/inside.h"

enum { REASONS_MOST = 20, MONTHS_BACK = 100, PER_MILLE = 1000 };

static bool is_finished(const struct dossier *d)
{
    int16_t s = d->row.state;
    return s == DOSSIER_DECIDED || s == DOSSIER_RETURNED || s == DOSSIER_DECLINED || s == DOSSIER_STOPPED;
}

static STATUS own_find(struct ctx *cx, int64_t id, struct dossier *ret)
{
    TRY(dossier_find(cx, id, ret));
    return dossier_is_own(cx, ret) ? OK : FAIL(DOSSIER_MISSING);
}

STATUS rating_mine(struct ctx *cx, const struct rating_mine_in *in, struct rating_mine_out *ret)
{
    struct rating_get_row row;
    struct dossier d;
    bool rated;
    TRY(own_find(cx, in->dossier, &d));
    TRY(rating_get(cx, SHARD, in->dossier, &row, &rated));
    ret->level = rated ? row.level : 0;
    ret->open = !rated && is_finished(&d);
    return OK;
}

static STATUS figure_keep(struct ctx *cx, const struct dossier *d, int16_t level)
{
    int32_t month = cx->today.ymd / 100;
    int64_t changed = 0;
    TRY(rating_figure_move(cx, &(struct rating_figure_move_params){ .shard = SHARD, .organisation = d->row.organisation, .month = month,
                               .procedure_key = d->row.procedure_key, .level = level, .by_count = 1 }, &changed));
    if (changed)
        return OK;
    return rating_figure_add(cx, &(struct rating_figure_add_params){ .shard = SHARD, .organisation = d->row.organisation, .month = month,
                                 .procedure_key = d->row.procedure_key, .level = level, .ratings = 1 }, NULL);
}

STATUS rating_give(struct ctx *cx, const struct rating_give_in *in, struct rating_give_out *ret)
{
    const struct feedback_rules *rules = defs_feedback(cx->app->defs);
    struct rating_get_row row;
    struct dossier d;
    bool rated;
    str reason = in->has_reason ? str_trim(in->reason) : STR("");
    TRY(own_find(cx, in->dossier, &d));
    TRY(rating_get(cx, SHARD, in->dossier, &row, &rated));
    if (rated)
        return FAIL_AT(RATING_AGAIN, STR("dossier"));
    if (!is_finished(&d))
        return FAIL_AT(RATING_EARLY, STR("dossier"));
    if (in->level <= rules->reason_to && reason.len == 0)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    TRY(rating_add(cx, &(struct rating_add_params){ .shard = SHARD, .dossier = in->dossier, .organisation = d.row.organisation,
                       .procedure_key = d.row.procedure_key, .level = (int16_t)in->level, .reason = reason, .rated_us = cx->now_us }, NULL));
    TRY(figure_keep(cx, &d, (int16_t)in->level));
    ret->level = in->level;
    return change_note(cx, (struct subject){ (person_id){ d.row.applicant }, UNIT_NONE }, 0);
}

/* --- figures ---------------------------------------------------------------------------------------------------------------------- */

static void line_add(struct rating_line *l, const struct feedback_rules *rules, int16_t level, int64_t n)
{
    l->ratings += n;
    l->satisfied += level >= rules->satisfied_from ? n : 0;
    l->share = l->ratings ? l->satisfied * PER_MILLE / l->ratings : 0;
}

/* An officer sees his office, a leader those of his unit, whoever has no unit all. */
static bool may_see(const struct ctx *cx, str organisation, struct organisation *ret)
{
    bool known = defs_organisation(cx->arena, cx->app->defs, organisation, ret);
    if (cx->actor.roles & ROLE_OFFICER)
        return str_eq(cx->actor.organisation, organisation);
    return str_eq(cx->actor.organisation, organisation) || !cx->actor.unit.v ||
           (known && ret->unit.v && defs_unit_within(cx->app->defs, ret->unit, cx->actor.unit));
}

static STATUS offices_fill(struct ctx *cx, struct rating_figures_out *ret)
{
    const struct feedback_rules *rules = defs_feedback(cx->app->defs);
    struct rating_offices_row *rows;
    size_t count;
    struct rating_line *line = NULL;
    TRY(rating_offices(cx, SHARD, (int32_t)ret->from, (int32_t)ret->to, &rows, &count));
    ret->offices = ARENA_ARRAY(cx->arena, struct rating_line, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct organisation o;
        if (!may_see(cx, rows[i].organisation, &o))
            continue;
        if (!line || !str_eq(line->key, rows[i].organisation)) {
            line = &ret->offices[ret->offices_count++];
            bool known = defs_organisation(cx->arena, cx->app->defs, rows[i].organisation, &o);
            *line = (struct rating_line){ .key = rows[i].organisation, .name = known ? lang_of(cx, o.name_vi, o.name_en) : rows[i].organisation };
        }
        line_add(line, rules, rows[i].level, rows[i].n);
        line_add(&ret->total, rules, rows[i].level, rows[i].n);
    }
    return OK;
}

static STATUS procedures_fill(struct ctx *cx, str organisation, struct rating_figures_out *ret)
{
    const struct feedback_rules *rules = defs_feedback(cx->app->defs);
    struct rating_figures_of_row *rows;
    size_t count;
    struct rating_line *line = NULL;
    TRY(rating_figures_of(cx, SHARD, organisation, (int32_t)ret->from, (int32_t)ret->to, &rows, &count));
    ret->procedures = ARENA_ARRAY(cx->arena, struct rating_line, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!line || !str_eq(line->key, rows[i].procedure_key)) {
            const struct procedure *p = defs_procedure(cx->app->defs, rows[i].procedure_key, cx->today);
            line = &ret->procedures[ret->procedures_count++];
            *line = (struct rating_line){ .key = rows[i].procedure_key, .name = p ? lang_of(cx, p->name_vi, p->name_en) : rows[i].procedure_key };
        }
        line_add(line, rules, rows[i].level, rows[i].n);
    }
    return OK;
}

static STATUS reasons_fill(struct ctx *cx, str organisation, struct rating_figures_out *ret)
{
    ret->reasons = ARENA_ARRAY(cx->arena, str, REASONS_MOST);
    for (int16_t level = 1; level <= defs_feedback(cx->app->defs)->reason_to; level++) {
        struct rating_reasons_row *rows;
        size_t count;
        TRY(rating_reasons(cx, SHARD, organisation, level, (int64_t)(REASONS_MOST - ret->reasons_count), &rows, &count));
        for (size_t i = 0; i < count; i++)
            ret->reasons[ret->reasons_count++] = rows[i].reason;
    }
    return OK;
}

STATUS rating_figures(struct ctx *cx, const struct rating_figures_in *in, struct rating_figures_out *ret)
{
    int32_t month = cx->today.ymd / 100;
    struct organisation o;
    str one = in->has_organisation ? in->organisation : cx->actor.roles & ROLE_OFFICER ? cx->actor.organisation : STR("");
    ret->from = in->has_from ? in->from : month - MONTHS_BACK; /* a year */
    ret->to = in->has_to ? in->to : month;
    ret->target = defs_feedback(cx->app->defs)->target;
    TRY(offices_fill(cx, ret));
    if (one.len == 0)
        return OK;
    if (!may_see(cx, one, &o))
        return FAIL(NOT_ALLOWED);
    TRY(procedures_fill(cx, one, ret));
    return reasons_fill(cx, one, ret);
}
