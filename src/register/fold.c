/* State is the fold of events. For a day and a moment of knowledge the assertion that wins a field is, among those that
 * the register knew then and that hold on that day, the one that begins last; of two that begin together, the one that
 * was recorded later. So a correction takes the place of what it corrects by beginning on the same day, an event reported
 * late slips in below what came after it, and what was believed before stays readable for ever.
 * tested by: src/register/test/fact_test.c */
#include "register/inside.h"

#include <string.h>

void held_take(struct held_facts *h, const struct event *e, day valid, int64_t known_us)
{
    if (e->recorded_us > known_us)
        return;
    h->version++;
    h->recorded_us = e->recorded_us > h->recorded_us ? e->recorded_us : h->recorded_us;
    for (size_t i = 0; i < e->fact_count; i++) {
        const struct fact *f = &e->facts[i];
        struct held *held = &h->field[f->field];
        bool holds = f->from.ymd <= valid.ymd && (f->to.ymd == 0 || f->to.ymd >= valid.ymd);
        if (!holds || (held->known && f->from.ymd < held->fact.from.ymd))
            continue;
        *held = (struct held){ true, *f, e->seq, e->recorded_us, e->source };
    }
}

static int64_t number_in(const struct held_facts *h, enum person_field field) { return h->field[field].fact.number; }

void held_person(const struct held_facts *h, person_id id, struct person *ret)
{
    *ret = (struct person){
        .id = id,
        .version = h->version,
        .state = (int16_t)(h->field[FIELD_STATE].known ? number_in(h, FIELD_STATE) : PERSON_PROVISIONAL),
        .residence_state = (int16_t)number_in(h, FIELD_RESIDENCE_STATE),
        .sex = (int16_t)number_in(h, FIELD_SEX),
        .ethnic = (int16_t)number_in(h, FIELD_ETHNIC),
        .marital = (int16_t)number_in(h, FIELD_MARITAL),
        .relation = (int16_t)number_in(h, FIELD_RELATION),
        .number = number_in(h, FIELD_NUMBER),
        .name = h->field[FIELD_NAME].fact.text,
        .birth = { (int32_t)number_in(h, FIELD_BIRTH) },
        .death = { (int32_t)number_in(h, FIELD_DEATH) },
        .nationality = h->field[FIELD_NATIONALITY].fact.text,
        .unit = { (int32_t)number_in(h, FIELD_RESIDENCE) },
        .household = number_in(h, FIELD_HOUSEHOLD),
        .father = { number_in(h, FIELD_FATHER) },
        .mother = { number_in(h, FIELD_MOTHER) },
        .spouse = { number_in(h, FIELD_SPOUSE) },
        .survives_as = { number_in(h, FIELD_SURVIVES_AS) },
        .recorded_us = h->recorded_us,
    };
    ret->name_hash = person_name_hash(ret->name);
}

const char *person_differs(const struct person *a, const struct person *b)
{
    const struct { bool same; const char *name; } checks[] = {
        { a->id.v == b->id.v, "id" },
        { a->version == b->version, "version" },
        { a->state == b->state, "state" },
        { a->residence_state == b->residence_state, "residence_state" },
        { a->sex == b->sex, "sex" },
        { a->ethnic == b->ethnic, "ethnic" },
        { a->marital == b->marital, "marital" },
        { a->relation == b->relation, "relation" },
        { a->number == b->number, "number" },
        { str_eq(a->name, b->name) && a->name_hash == b->name_hash, "name" },
        { a->birth.ymd == b->birth.ymd, "birth" },
        { a->death.ymd == b->death.ymd, "death" },
        { str_eq(a->nationality, b->nationality), "nationality" },
        { a->unit.v == b->unit.v, "unit" },
        { a->household == b->household, "household" },
        { a->father.v == b->father.v, "father" },
        { a->mother.v == b->mother.v, "mother" },
        { a->spouse.v == b->spouse.v, "spouse" },
        { a->survives_as.v == b->survives_as.v, "survives_as" },
        { a->recorded_us == b->recorded_us, "recorded_us" },
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!checks[i].same)
            return checks[i].name;
    return NULL;
}
