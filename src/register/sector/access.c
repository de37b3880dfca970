/* Who may work in a register, and on which ground: its own keeping (register/CODE, as its definition says), or an agreement or
 * authority that names it. Under an agreement only fields that the definition shares are shown; a state secret is shown to
 * those who keep the register and to nobody else (Luật Bảo vệ bí mật nhà nước 2018).
 * tested by: src/register/test/sector_test.c */
#include "register/sector/inside.h"

static bool access_fits(const struct ctx *cx, const struct sector_access *a)
{
    return (a->roles & cx->actor.roles) && (!a->organisation.len || str_eq(a->organisation, cx->actor.organisation)) &&
           (!a->own_unit || cx->actor.unit.v);
}

/* The widest of the entries that fit: one without a limit to the own unit comes first. */
static const struct sector_access *access_of(const struct ctx *cx, const struct sector_access *list, size_t count)
{
    const struct sector_access *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (access_fits(cx, &list[i]) && (!best || best->own_unit))
            best = &list[i];
    return best;
}

bool sector_may_write(const struct ctx *cx, const struct sector_register *r) { return access_of(cx, r->write, r->write_count) != NULL; }

bool sector_may_read(const struct ctx *cx, const struct sector_register *r, bool *ret_own_unit)
{
    const struct sector_access *a = access_of(cx, r->read, r->read_count);
    *ret_own_unit = a && a->own_unit;
    return a != NULL;
}

/* Asking an agency writes that it was asked, and no more: who may read the register may ask. */
static bool only_asks(const struct operation *op)
{
    return str_eq(str_of(op->name), STR("sector.find")) || str_eq(str_of(op->name), STR("sector.refresh"));
}

static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct sector_register *r = defs_sector(cx->app->defs, cx->purpose.reference, cx->today);
    if (!r || !str_starts(str_of(op->name), STR("sector.")))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    const struct sector_access *a = op->writes && !r->people && !only_asks(op) ? access_of(cx, r->write, r->write_count) : access_of(cx, r->read, r->read_count);
    if (!a)
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = op->reads, .only_unit = a->own_unit ? cx->actor.unit : UNIT_NONE };
    return OK;
}

/* Live for the answer to a question that is under way, which its lease proves (fetch.c). */
static status origin_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    const struct sector_register *r = defs_sector(cx->app->defs, cx->purpose.reference, cx->today);
    if (!r || !r->origin || cx->actor.account.v || !str_eq(str_of(op->name), STR("sector.fetched")))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = op->reads };
    return OK;
}

const struct ground_kind sector_grounds[SECTOR_GROUND_COUNT] = { { "register", ground_check }, { "origin", origin_check } };

static bool ground_names(const struct ctx *cx, str code)
{
    const struct agreement *g = defs_agreement(cx->app->defs, cx->purpose.reference);
    const struct authority *a = defs_authority(cx->app->defs, cx->purpose.reference);
    if (str_eq(cx->purpose.kind, STR("register")))
        return str_eq(cx->purpose.reference, code);
    if (str_eq(cx->purpose.kind, STR("agreement")))
        return g && defs_grounded_register(&g->is, code);
    return str_eq(cx->purpose.kind, STR("authority")) && a && defs_grounded_register(&a->is, code);
}

STATUS sector_enter(struct ctx *cx, str code, bool write, struct sector_scope *ret)
{
    *ret = (struct sector_scope){ .def = defs_sector(cx->app->defs, code, cx->today) };
    if (!ret->def)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), code);
    if (!ground_names(cx, code))
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    ret->shared_only = str_eq(cx->purpose.kind, STR("agreement"));
    ret->secrets = str_eq(cx->purpose.kind, STR("register"));
    if (!write)
        return OK;
    if (ret->def->people || !sector_in_force(ret->def, cx->today))
        return FAIL_WITH(REGISTER_CLOSED, STR("code"), code);
    if (ret->def->origin)
        return FAIL_WITH(REGISTER_ELSEWHERE, STR("code"), ret->def->owner);
    return sector_may_write(cx, ret->def) ? OK : FAIL(NOT_ALLOWED);
}
