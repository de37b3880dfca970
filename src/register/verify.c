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

static bool claims_hold(struct ctx *cx, const struct person_verify_in *in, const struct person_claim_get_row *p)
{
    day birth = { p->birth };
    bool holds = true;
    if (in->has_name)
        holds &= name_holds(cx, in->name, p->name);
    if (in->has_birth)
        holds &= day_can_be(in->birth, birth);
    if (in->has_sex)
        holds &= p->sex == (int16_t)in->sex;
    if (in->has_adult)
        holds &= !day_is_none(birth) && (day_age(birth, cx->today) >= ADULT_AGE) == in->adult;
    if (in->has_resident_of)
        holds &= defs_unit_covers(cx->app->defs, in->resident_of, (unit_id){ p->unit });
    if (in->has_alive)
        holds &= (p->state != PERSON_DECEASED) == in->alive;
    return holds;
}

/* An unknown number reads a row that is not there, so that it takes the time of a known one. */
static STATUS row_by_number(struct ctx *cx, int64_t number, struct person_number_get_row *ret_claim, struct person_claim_get_row *ret, bool *ret_known)
{
    bool claimed, known;
    *ret_claim = (struct person_number_get_row){ 0 };
    *ret = (struct person_claim_get_row){ 0 };
    TRY(person_number_get(cx, number, ret_claim, &claimed));
    TRY(person_claim_get(cx, shard_of(ret_claim->person), ret_claim->person, ret, &known));
    *ret_known = claimed && known;
    return OK;
}

STATUS person_verify(struct ctx *cx, const struct person_verify_in *in, struct person_verify_out *ret)
{
    struct person_number_get_row number;
    struct person_claim_get_row p;
    bool known = false;
    uint64_t fields = fields_claimed(in);
    TRY(row_by_number(cx, in->number, &number, &p, &known));
    bool valid = known && number.state == NUMBER_ISSUED && !p.survives_as;
    status noted = disclosure_note(cx, (struct subject){ { known ? number.person : 0 }, { p.unit } }, fields);
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
