/* What all commands share: once only, by whom, about whom, and the checks that each of them makes.
 *
 * A command id that comes again with the same body gets the first answer; with another body, or from another account, it
 * is refused, since an answer belongs to him who asked. */
#include "register/inside.h"

#include <string.h>

enum { BODY_BYTES_MAX = 1 << 20 };

static uint64_t hash_bytes(uint64_t hash, str s)
{
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static STATUS body_hash(struct ctx *cx, const void *in, int64_t *ret)
{
    const struct operation *op = cx->journal->op;
    struct buf body;
    buf_init(&body, BODY_BYTES_MAX);
    shape_write_json(cx, op->takes, in, &body);
    buf_i64(&body, cx->actor.account.v);
    uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), str_of(op->name));
    *ret = (int64_t)hash_bytes(hash, buf_str(&body));
    status st = buf_check(&body);
    buf_done(&body);
    return st;
}

STATUS command_begin(struct ctx *cx, const void *in, void *ret_out, bool *ret_replayed)
{
    struct command_claim_get_row claim;
    int64_t hash = 0;
    bool found = false;
    *ret_replayed = false;
    if (cx->command_id.len == 0)
        return OK;
    TRY(command_claim_get(cx, 0, cx->command_id, &claim, &found));
    if (!found)
        return OK;
    TRY(body_hash(cx, in, &hash));
    if (hash != claim.body_hash)
        return FAIL(COMMAND_REUSED);
    *ret_replayed = true;
    return shape_read_json(cx, cx->journal->op->gives, claim.result, ret_out);
}

STATUS command_end(struct ctx *cx, const void *in, const void *out)
{
    int64_t hash = 0;
    if (cx->command_id.len == 0)
        return OK;
    TRY(body_hash(cx, in, &hash));
    struct buf result;
    buf_init(&result, BODY_BYTES_MAX);
    shape_write_json(cx, cx->journal->op->gives, out, &result);
    status st = buf_check(&result);
    if (status_ok(st))
        st = command_claim_add(cx, &(struct command_claim_add_params){ .shard = 0, .command = cx->command_id, .body_hash = hash,
                                   .recorded_us = cx->now_us, .result = buf_str(&result) }, NULL);
    buf_done(&result);
    return st;
}

STATUS effective_check(const struct ctx *cx, day effective, str field)
{
    if (day_is_none(effective) || !day_is_valid(effective))
        return FAIL_AT(DAY_FORMAT, field);
    return day_first(effective) > day_first(cx->today) ? FAIL_AT(EVENT_FUTURE, field) : OK;
}

STATUS person_for_change(struct ctx *cx, int64_t number, str field, bool dead_too, struct person *ret)
{
    enum number_state state;
    bool known;
    TRY(person_by_number(cx, number, ret, &state, &known));
    if (!known)
        return FAIL_AT(PERSON_MISSING, field);
    if (ret->survives_as.v)
        return FAIL_AT(PERSON_MERGED, field);
    if (state != NUMBER_ISSUED)
        return FAIL_AT(NUMBER_RETIRED, field);
    if (!dead_too && ret->state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, field);
    return OK;
}

uint64_t evidence_hash(str evidence) { return evidence.len ? hash_bytes(UINT64_C(0xcbf29ce484222325), evidence) : 0; }

struct fact fact_number(enum person_field field, int64_t value, day from, enum fact_source source, str evidence)
{
    return (struct fact){ .field = (int16_t)field, .source = (int16_t)source, .confidence = 100, .from = from, .number = value,
                          .evidence = evidence_hash(evidence) };
}

struct fact fact_text(enum person_field field, str value, day from, enum fact_source source, str evidence)
{
    return (struct fact){ .field = (int16_t)field, .source = (int16_t)source, .confidence = 100, .from = from, .text = value,
                          .evidence = evidence_hash(evidence) };
}

size_t warnings_of(struct ctx *cx, const struct person *p, str **ret)
{
    uint32_t bits = p->number ? number_plausibility(p->number, p->birth, (enum sex)p->sex) : 0;
    size_t count = 0;
    *ret = ARENA_ARRAY(cx->arena, str, WARNINGS_MAX);
    for (uint32_t bit = 1; bit != 0 && count < WARNINGS_MAX; bit <<= 1)
        if ((bits & bit) && number_warning_name(bit))
            (*ret)[count++] = str_of(number_warning_name(bit));
    return count;
}
