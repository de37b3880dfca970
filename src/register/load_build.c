/* Turns a person of a load into events: what was always so (by the birth, if it is among the events, else by the load
 * itself), then the history, and, where the history does not lead to the present that the file states, a last event that
 * states it. So the fold of the events is the row that the file describes, whatever the file leaves out.
 * tested by: src/register/test/load_test.c */
#include "register/load.h"

#include <string.h>

struct building {
    struct load_built *out;
    struct held_facts held;
    int64_t now_us;
};

static void event_open(struct building *b, enum event_kind kind, day effective)
{
    struct load_built *o = b->out;
    o->events[o->event_count] = (struct event){ .seq = (int32_t)o->event_count + 1, .kind = kind, .effective = effective,
                                                .recorded_us = b->now_us, .facts = &o->facts[o->fact_count] };
}

static void put(struct building *b, enum person_field field, int64_t value, day from, enum fact_source source)
{
    struct load_built *o = b->out;
    struct event *e = &o->events[o->event_count];
    o->facts[o->fact_count++] = (struct fact){ .field = (int16_t)field, .source = (int16_t)source, .confidence = 100, .from = from, .number = value };
    e->fact_count++;
}

static void put_text(struct building *b, enum person_field field, str value, enum fact_source source)
{
    put(b, field, 0, (day){ 0 }, source);
    b->out->facts[b->out->fact_count - 1].text = value;
}

static void event_close(struct building *b)
{
    held_take(&b->held, &b->out->events[b->out->event_count++], DAY_LAST, TIME_LAST);
}

static void put_some(struct building *b, enum person_field field, int64_t value, day from, enum fact_source source)
{
    if (value != 0)
        put(b, field, value, from, source);
}

/* What the history says that the base must leave to it. */
struct outline {
    bool born, married, died;
    unit_id first_unit;   /* before the first move */
    int64_t first_number; /* before the first cancellation */
    bool moved;
};

static struct outline outline_of(const struct load_event *history, size_t count)
{
    struct outline o = { 0 };
    for (size_t i = 0; i < count; i++) {
        const struct load_event *e = &history[i];
        o.born = o.born || e->kind == EVENT_BIRTH;
        o.married = o.married || e->kind == EVENT_MARRIAGE;
        o.died = o.died || e->kind == EVENT_DEATH;
        if (e->kind == EVENT_MOVE && !o.moved) {
            o.moved = true;
            o.first_unit = e->from;
        }
        if (e->kind == EVENT_NUMBER_CANCELLED && o.first_number == 0)
            o.first_number = e->detail;
    }
    return o;
}

static void base_facts(struct building *b, const struct load_person *p, const struct outline *o, enum fact_source usual)
{
    const day always = { 0 };
    put_text(b, FIELD_NAME, p->name, usual);
    put_text(b, FIELD_NATIONALITY, STR("VN"), usual);
    put(b, FIELD_SEX, p->sex, always, usual);
    put(b, FIELD_BIRTH, p->birth.ymd, always, usual);
    put_some(b, FIELD_ETHNIC, p->ethnic, always, usual);
    put_some(b, FIELD_FATHER, p->father, always, usual);
    put_some(b, FIELD_MOTHER, p->mother, always, usual);
    put_some(b, FIELD_BIRTH_PLACE, p->birth_unit.v, always, usual);
    put_some(b, FIELD_BIRTH_REGISTRATION, p->birth_unit.v, always, usual);
    put_some(b, FIELD_ORIGIN, p->origin.v, always, usual);
    put_some(b, FIELD_OLD_NUMBER, p->old_number, always, usual);
    put_some(b, FIELD_RELIGION, p->religion, always, usual);
    put_some(b, FIELD_BLOOD, p->blood, always, usual);
    put_some(b, FIELD_NUMBER, o->first_number ? o->first_number : p->number, always, usual);
    put(b, FIELD_STATE, p->state == PERSON_DECEASED || p->state == 0 ? PERSON_ACTIVE : p->state, always, usual);
    if (p->phone.len > 0)
        put_text(b, FIELD_PHONE, p->phone, SOURCE_CITIZEN);
    if (!o->married) {
        put_some(b, FIELD_SPOUSE, p->spouse, always, usual);
        put_some(b, FIELD_MARITAL, p->marital, always, usual);
    }
    day since = o->moved ? always : p->residence_from;
    put_some(b, FIELD_RESIDENCE, o->moved ? o->first_unit.v : p->unit.v, since, usual);
    put_some(b, FIELD_HOUSEHOLD, p->household, p->residence_from, usual);
    put_some(b, FIELD_RELATION, p->relation, p->residence_from, usual);
    put_some(b, FIELD_RESIDENCE_STATE, p->unit.v ? RESIDENCE_PERMANENT : 0, since, usual);
    if (p->state == PERSON_DECEASED && !o->died) {
        put(b, FIELD_STATE, PERSON_DECEASED, p->death, usual);
        put(b, FIELD_DEATH, p->death.ymd, p->death, usual);
        put(b, FIELD_RESIDENCE_STATE, RESIDENCE_NONE, p->death, usual);
    }
}

static void history_facts(struct building *b, const struct load_person *p, const struct load_event *e)
{
    switch ((enum event_kind)e->kind) {
    case EVENT_MOVE:
        put(b, FIELD_RESIDENCE, e->to.v, e->on, SOURCE_RESIDENCE);
        break;
    case EVENT_MARRIAGE:
        put(b, FIELD_SPOUSE, e->other, e->on, SOURCE_CIVIL_STATUS);
        put(b, FIELD_MARITAL, MARITAL_MARRIED, e->on, SOURCE_CIVIL_STATUS);
        break;
    case EVENT_DIVORCE:
        put(b, FIELD_SPOUSE, 0, e->on, SOURCE_CIVIL_STATUS);
        put(b, FIELD_MARITAL, MARITAL_DIVORCED, e->on, SOURCE_CIVIL_STATUS);
        break;
    case EVENT_DEATH:
        put(b, FIELD_STATE, PERSON_DECEASED, e->on, SOURCE_CIVIL_STATUS);
        put(b, FIELD_DEATH, e->on.ymd, e->on, SOURCE_CIVIL_STATUS);
        put(b, FIELD_RESIDENCE_STATE, RESIDENCE_NONE, e->on, SOURCE_CIVIL_STATUS);
        break;
    case EVENT_NUMBER_CANCELLED:
        put(b, FIELD_NUMBER, p->number, e->on, SOURCE_POPULATION);
        break;
    default: /* a mark in the history; what it changed stands in the person's row */
        break;
    }
}

static void settle(struct building *b, enum person_field field, int64_t want, day from, bool *opened, day today)
{
    const struct held *held = &b->held.field[field];
    if (held->fact.number == want)
        return;
    if (!*opened)
        event_open(b, EVENT_LOAD, today);
    *opened = true;
    put(b, field, want, held->fact.from.ymd > from.ymd ? held->fact.from : from, SOURCE_POPULATION);
}

/* What the file states and the history has not led to. */
static void present_facts(struct building *b, const struct load_person *p, day today)
{
    bool opened = false, dead = p->state == PERSON_DECEASED;
    const day always = { 0 };
    settle(b, FIELD_NUMBER, p->number, always, &opened, today);
    settle(b, FIELD_RESIDENCE, p->unit.v, p->residence_from, &opened, today);
    settle(b, FIELD_RESIDENCE_STATE, dead || !p->unit.v ? RESIDENCE_NONE : RESIDENCE_PERMANENT, dead ? p->death : always, &opened, today);
    settle(b, FIELD_HOUSEHOLD, p->household, p->residence_from, &opened, today);
    settle(b, FIELD_RELATION, p->relation, p->residence_from, &opened, today);
    settle(b, FIELD_SPOUSE, p->spouse, always, &opened, today);
    settle(b, FIELD_MARITAL, p->marital, always, &opened, today);
    settle(b, FIELD_STATE, p->state ? p->state : PERSON_ACTIVE, dead ? p->death : always, &opened, today);
    settle(b, FIELD_DEATH, p->death.ymd, p->death, &opened, today);
    if (opened)
        event_close(b);
}

STATUS load_build(const struct load_person *p, const struct load_event *history, size_t count, day today, int64_t now_us,
                  struct load_built *ret)
{
    if (count > LOAD_EVENTS_MAX)
        return FAIL_AT(VALUE_RANGE, STR("events.csv"));
    struct building b = { .out = ret, .now_us = now_us };
    struct outline outline = outline_of(history, count);
    ret->event_count = ret->fact_count = 0;
    event_open(&b, outline.born ? EVENT_BIRTH : EVENT_LOAD, outline.born ? p->birth : today);
    base_facts(&b, p, &outline, outline.born ? SOURCE_CIVIL_STATUS : SOURCE_POPULATION);
    event_close(&b);
    for (size_t i = 0; i < count; i++) {
        if (history[i].kind == EVENT_BIRTH)
            continue;
        event_open(&b, (enum event_kind)history[i].kind, history[i].on);
        history_facts(&b, p, &history[i]);
        event_close(&b);
    }
    present_facts(&b, p, today);
    held_person(&b.held, (person_id){ p->id }, &ret->person);
    return OK;
}
