/* Verify: says whether all claims about a person hold, and never shows a value.
 *
 * The answer has one shape and takes one path whether the number is unknown, cancelled, merged away, outside the unit that
 * the ground covers, or only one claim is wrong, so that the register cannot be probed.
 * Law: Luật Căn cước 2023 Đ10; NĐ 70/2024/NĐ-CP Đ8. */
#include "register/inside.h"
#include "register/register_ops.h"

enum { ADULT_AGE = 18 /* Bộ luật Dân sự 2015 Đ20 */, KEY_BYTES_MAX = 400 };

static bool name_holds(struct ctx *cx, str claimed, str known)
{
    if (claimed.len > KEY_BYTES_MAX)
        return false;
    return str_eq(viet_key(cx->arena, viet_compose(cx->arena, claimed)), viet_key(cx->arena, known));
}

static uint64_t fields_claimed(const struct person_verify_in *in)
{
    return FIELDS_NUMBER | (in->has_name ? FIELDS_NAME : 0) | (in->has_birth || in->has_adult ? FIELDS_BIRTH : 0) |
           (in->has_sex ? FIELDS_SEX : 0) | (in->has_resident_of ? FIELDS_RESIDENCE : 0) | (in->has_alive ? FIELDS_STATE : 0);
}

static bool claims_hold(struct ctx *cx, const struct person_verify_in *in, const struct person *p)
{
    bool holds = true;
    if (in->has_name)
        holds &= name_holds(cx, in->name, p->name);
    if (in->has_birth)
        holds &= day_can_be(in->birth, p->birth);
    if (in->has_sex)
        holds &= p->sex == (int16_t)in->sex;
    if (in->has_adult)
        holds &= !day_is_none(p->birth) && (day_age(p->birth, cx->today) >= ADULT_AGE) == in->adult;
    if (in->has_resident_of)
        holds &= defs_unit_covers(cx->app->defs, in->resident_of, p->unit);
    if (in->has_alive)
        holds &= (p->state != PERSON_DECEASED) == in->alive;
    return holds;
}

STATUS person_verify(struct ctx *cx, const struct person_verify_in *in, struct person_verify_out *ret)
{
    struct person p;
    enum number_state state;
    bool known;
    uint64_t fields = fields_claimed(in);
    TRY(person_by_number(cx, in->number, &p, &state, &known));
    bool valid = known && state == NUMBER_ISSUED && !p.survives_as.v;
    status noted = disclosure_note(cx, (struct subject){ known ? p.id : PERSON_NONE, p.unit }, fields);
    if (known && status_is(noted, ERR_GROUND_PERSON)) { /* outside the ground: answered as if there were no such person */
        fault_clear();
        valid = false;
        noted = disclosure_note(cx, (struct subject){ PERSON_NONE, UNIT_NONE }, fields);
    }
    TRY(noted);
    ret->holds = claims_hold(cx, in, &p) & valid;
    ret->as_of = cx->now_us;
    return OK;
}
