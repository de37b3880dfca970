/* The checks that every command about a person makes: the day, and whether the person can still be changed. */
#include "register/inside.h"

static uint64_t hash_bytes(uint64_t hash, str s)
{
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
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
