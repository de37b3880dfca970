/* Showing a person: the fields that were asked for and may be shown, each with its source, its days and the moment when
 * the register learned it; the events behind them; and one's own record. Every value that leaves here was noted before.
 * tested by: src/register/test/verify_test.c */
#include "register/inside.h"
#include "register/register_ops.h"

#include <string.h>

enum { FACTS_SHOWN_MAX = 200, ITEMS_MAX = 5000 };

struct shown {
    str value, text;
};

static str number_text(struct ctx *cx, int64_t number)
{
    return number >= NUMBER_FIRST ? arena_printf(cx->arena, "%012lld", (long long)number)
                                  : arena_printf(cx->arena, "%09lld", (long long)number);
}

static STATUS relative_show(struct ctx *cx, int64_t id, struct shown *ret)
{
    struct person p;
    bool known;
    TRY(person_by_id(cx, (person_id){ id }, &p, &known));
    if (known)
        *ret = (struct shown){ p.number ? number_text(cx, p.number) : STR("-"), p.name };
    return OK;
}

static STATUS household_show(struct ctx *cx, int64_t id, struct shown *ret)
{
    struct household_get_row home;
    struct person *members;
    size_t count;
    bool known;
    TRY(household_get(cx, shard_of(id), id, &home, &known));
    TRY(persons_of_household(cx, id, &members, &count));
    str text = known ? home.address : STR("");
    for (size_t i = 0; i < count && i < 20; i++)
        text = arena_printf(cx->arena, "%.*s%s%.*s", STR_ARG(text), text.len ? "; " : "", STR_ARG(members[i].name));
    *ret = (struct shown){ arena_printf(cx->arena, "%lld", (long long)id), text_cut(text, 1000) };
    return OK;
}

static STATUS value_show(struct ctx *cx, const struct fact *f, struct shown *ret)
{
    static const char *const sexes[] = { "unknown", "male", "female", "other" };
    const struct person_field_def *def = person_field_def(f->field);
    day when = { (int32_t)f->number };
    unit_id unit = { (int32_t)f->number };
    *ret = (struct shown){ 0 };
    if (def->type == FIELD_TYPE_TEXT) {
        *ret = (struct shown){ f->text, f->text };
        return OK;
    }
    if (def->type == FIELD_TYPE_CODE) {
        str label = person_code_label(f->field, f->number, (int)cx->lang);
        *ret = (struct shown){ arena_printf(cx->arena, "%lld", (long long)f->number), label };
        return OK;
    }
    if (f->number == 0)
        return OK;
    switch (def->type) {
    case FIELD_TYPE_NUMBER:
        ret->value = ret->text = number_text(cx, f->number);
        break;
    case FIELD_TYPE_DAY:
        *ret = (struct shown){ day_iso_str(cx->arena, when), day_vi(cx->arena, when) };
        break;
    case FIELD_TYPE_SEX:
        *ret = (struct shown){ str_of(sexes[f->number & 3]), person_code_label(f->field, f->number, (int)cx->lang) };
        break;
    case FIELD_TYPE_UNIT:
        *ret = (struct shown){ defs_unit_text(cx->arena, unit), defs_unit_path(cx->arena, cx->app->defs, unit, f->from, cx->lang) };
        break;
    case FIELD_TYPE_PERSON:
        return relative_show(cx, f->number, ret);
    case FIELD_TYPE_HOUSEHOLD:
        return household_show(cx, f->number, ret);
    case FIELD_TYPE_TEXT:
    case FIELD_TYPE_CODE:
    case FIELD_TYPE_COUNT:
        break;
    }
    return OK;
}

STATUS fact_value_show(struct ctx *cx, const struct fact *f, str *ret_value, str *ret_shown)
{
    struct shown s;
    TRY(value_show(cx, f, &s));
    *ret_value = s.value;
    *ret_shown = s.text;
    return OK;
}

static struct person_fact fact_shown(const struct held *h, int field, const struct shown *s)
{
    return (struct person_fact){
        .field = person_field_name(field), .value = s->value, .shown = s->text,
        .has_from = h->fact.from.ymd != 0, .from = h->fact.from, .has_to = h->fact.to.ymd != 0, .to = h->fact.to,
        .source = fact_source_def((enum fact_source)h->fact.source)->key, .organisation = h->source,
        .recorded = h->recorded_us, .confidence = h->fact.confidence,
    };
}

static STATUS children_show(struct ctx *cx, person_id id, struct person_fact *list, size_t *count)
{
    struct person *children;
    size_t found;
    TRY(children_of(cx, id, &children, &found));
    for (size_t i = 0; i < found && *count < FACTS_SHOWN_MAX; i++) {
        const struct person *c = &children[i];
        list[(*count)++] = (struct person_fact){
            .field = person_field_name(FIELD_CHILDREN), .value = c->number ? number_text(cx, c->number) : STR("-"),
            .shown = c->name, .has_from = c->birth.ymd != 0, .from = c->birth,
            .source = fact_source_def(SOURCE_POPULATION)->key, .recorded = c->recorded_us, .confidence = 100,
        };
    }
    return OK;
}

static STATUS facts_show(struct ctx *cx, person_id id, const struct held_facts *held, uint64_t fields, struct person_fact **ret, size_t *ret_count)
{
    struct person_fact *list = ARENA_ARRAY(cx->arena, struct person_fact, FACTS_SHOWN_MAX);
    size_t count = 0;
    for (int field = 0; field < FIELD_END; field++) {
        struct shown s;
        if (!(fields >> field & 1) || !held->field[field].known)
            continue;
        TRY(value_show(cx, &held->field[field].fact, &s));
        if (s.value.len > 0 && count < FACTS_SHOWN_MAX)
            list[count++] = fact_shown(&held->field[field], field, &s);
    }
    if (fields & FIELDS_CHILDREN)
        TRY(children_show(cx, id, list, &count));
    *ret = list;
    *ret_count = count;
    return OK;
}

/* The person of this number, noted as shown. One outside the ground is answered, and noted, as if there were no such person:
 * whoever may not see somebody does not learn that the number exists either. */
static STATUS person_to_show(struct ctx *cx, int64_t number, uint64_t fields, struct person *ret, bool *ret_known)
{
    enum number_state state;
    bool known;
    TRY(person_by_number(cx, number, ret, &state, &known));
    status noted = disclosure_note(cx, (struct subject){ known ? ret->id : PERSON_NONE, ret->unit }, fields);
    *ret_known = known && !status_is(noted, ERR_GROUND_PERSON);
    if (known && !*ret_known) {
        fault_clear();
        return disclosure_note(cx, (struct subject){ PERSON_NONE, UNIT_NONE }, fields);
    }
    return noted;
}

STATUS person_look_up(struct ctx *cx, const struct person_look_up_in *in, struct person_look_up_out *ret)
{
    struct person p;
    struct held_facts held;
    bool known;
    if (in->fields == 0)
        return FAIL_AT(FIELD_MISSING, STR("fields"));
    TRY(person_to_show(cx, in->number, in->fields, &p, &known));
    ret->as_of = cx->now_us;
    ret->known = known;
    if (!known)
        return OK;
    TRY(person_as_of(cx, p.id, in->has_valid ? in->valid : (day){ 0 }, in->has_known ? in->known : 0, &held));
    ret->person = p.id.v;
    ret->version = p.version;
    return facts_show(cx, p.id, &held, in->fields, &ret->facts, &ret->facts_count);
}

STATUS person_own(struct ctx *cx, const struct person_own_in *in, struct person_own_out *ret)
{
    struct person p;
    struct held_facts held;
    bool known;
    uint64_t fields = cx->journal->op->reads;
    (void)in;
    if (!cx->actor.person.v)
        return FAIL(PERSON_MISSING);
    TRY(person_by_id(cx, cx->actor.person, &p, &known));
    if (!known)
        return FAIL(PERSON_MISSING);
    TRY(disclosure_note(cx, (struct subject){ p.id, p.unit }, fields));
    TRY(person_as_of(cx, p.id, (day){ 0 }, 0, &held));
    ret->person = p.id.v;
    ret->version = p.version;
    ret->as_of = cx->now_us;
    ret->warnings_count = warnings_of(cx, &p, &ret->warnings);
    return facts_show(cx, p.id, &held, fields, &ret->facts, &ret->facts_count);
}

static struct history_item item_of(const struct event *e)
{
    return (struct history_item){
        .seq = e->seq, .kind = (int32_t)e->kind - EVENT_LOAD, .has_effective = e->effective.ymd != 0, .effective = e->effective,
        .recorded = e->recorded_us, .organisation = e->source,
    };
}

/* One item for each assertion that may be shown; one without a field for an event that has none. */
static STATUS event_items(struct ctx *cx, const struct event *e, uint64_t fields, struct history_item *items, size_t *count)
{
    size_t before = *count;
    for (size_t i = 0; i < e->fact_count && *count < ITEMS_MAX; i++) {
        const struct fact *f = &e->facts[i];
        struct shown s;
        if (!(fields >> f->field & 1))
            continue;
        TRY(value_show(cx, f, &s));
        struct history_item item = item_of(e);
        item.field = person_field_name(f->field);
        item.value = s.value;
        item.shown = s.text;
        item.has_from = f->from.ymd != 0;
        item.from = f->from;
        items[(*count)++] = item;
    }
    if (*count == before && *count < ITEMS_MAX)
        items[(*count)++] = item_of(e);
    return OK;
}

STATUS person_history(struct ctx *cx, const struct person_history_in *in, struct person_history_out *ret)
{
    struct person p;
    struct event *events;
    bool known;
    size_t count, most = 0;
    uint64_t fields = in->has_fields ? in->fields : cx->journal->op->reads & cx->journal->grant.fields;
    TRY(person_to_show(cx, in->number, fields, &p, &known));
    ret->as_of = cx->now_us;
    ret->known = known;
    if (!known)
        return OK;
    TRY(person_events(cx, p.id, &events, &count));
    for (size_t i = 0; i < count; i++)
        most += events[i].fact_count + 1;
    ret->items = ARENA_ARRAY(cx->arena, struct history_item, most < ITEMS_MAX ? most + 1 : ITEMS_MAX);
    for (size_t i = 0; i < count; i++)
        TRY(event_items(cx, &events[i], fields, ret->items, &ret->items_count));
    return OK;
}
