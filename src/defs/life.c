/* Reads life events and checks them whole: that a leg waits only for legs above it, that every value names something that is
 * there by then, that an owner can be found. What an effect's operation takes is judged by the module that runs it.
 * tested by: src/defs/life_test.c */
#include "defs/life.h"

#include <string.h>

#include "defs/inside.h"

#include "messages/messages.h"

enum { EVENTS_MAX = 200, DAYS_MAX = 400, VALUES_MAX = 40 };

int life_leg_find(const struct life_event *e, str key)
{
    for (size_t i = 0; i < e->leg_count; i++)
        if (str_eq(e->legs[i].key, key))
            return (int)i;
    return -1;
}

struct reading {
    const struct defs *d;
    struct yaml_file *f;
    struct life_event *event;
    const struct procedure *form;
};

/* --- values --------------------------------------------------------------------------------------------------------------- */

static bool part_ok(const struct reading *r, str part)
{
    static const char *const words[] = { "subject.number", "subject.number_tail", "applicant.number", "dossier.code", "decision.day",
                                         "known.home", "known.unit", "known.household", "known.head", "known.consent" };
    size_t plus = str_find(part, STR(" plus "));
    str piece = str_slice(part, 0, plus);
    if (str_starts(piece, STR("=")))
        return true;
    if (str_starts(piece, STR("form.")))
        return !r->form || procedure_field(r->form, str_from(piece, 5));
    if (str_starts(piece, STR("leg."))) {
        str rest = str_from(piece, 4), key;
        return str_cut(&rest, '.', &key) && rest.len > 0 && life_leg_find(r->event, key) >= 0;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(piece, str_of(words[i])))
            return true;
    return false;
}

static void value_check(const struct reading *r, struct yaml_node *node, str value)
{
    while (value.len > 0) {
        size_t joint = str_find(value, STR(" + "));
        str part = str_slice(value, 0, joint);
        if (!part_ok(r, part))
            yaml_problem(r->f, node, msg_defs_life_value(part), msg_defs_fix_life_value());
        value = joint < value.len ? str_from(value, joint + 3) : STR("");
    }
}

static bool value_read(const struct reading *r, struct yaml_node *node, str *ret)
{
    if (!yaml_str(r->f, node, ret))
        return false;
    value_check(r, node, *ret);
    return true;
}

/* --- effects -------------------------------------------------------------------------------------------------------------- */

static void effect_values_read(const struct reading *r, struct yaml_node *node, struct life_effect *e)
{
    struct yaml_node *with = yaml_need(r->f, node, "with");
    size_t count = with && with->kind == YAML_MAP ? with->count : 0;
    struct procedure_value *values = ARENA_ARRAY(r->f->arena, struct procedure_value, count + 1);
    e->values = values;
    for (size_t i = 0; i < count && i < VALUES_MAX; i++) {
        struct yaml_pair *pair = &with->pairs[i];
        pair->read = true;
        values[e->count].to = pair->key;
        e->count += value_read(r, pair->value, &values[e->count].from);
    }
}

static bool effect_read(const struct reading *r, struct yaml_node *node, struct life_effect *e)
{
    static const char *const keys[] = { "operation", "put", "stop", "undo" };
    bool found = false;
    *e = (struct life_effect){ .file = r->f->name, .line = node->line };
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !found; i++)
        if (yaml_get(node, keys[i])) {
            found = yaml_str(r->f, yaml_get(node, keys[i]), &e->target);
            e->kind = (enum life_effect_kind)i;
        }
    if (!found)
        yaml_problem(r->f, node, msg_defs_effect_nothing(), msg_defs_fix_effect_one());
    if (e->kind == LIFE_EFFECT_PUT || e->kind == LIFE_EFFECT_STOP)
        found = value_read(r, yaml_need(r->f, node, "about"), &e->about) && found;
    if (e->kind == LIFE_EFFECT_CALL || e->kind == LIFE_EFFECT_PUT)
        effect_values_read(r, node, e);
    yaml_end(r->f, node);
    return found;
}

static const struct life_effect *effects_read(const struct reading *r, struct yaml_node *node, const char *key, size_t *ret_count)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_get(node, key) ? yaml_list(r->f, node, key, &list) : 0;
    struct life_effect *out = ARENA_ARRAY(r->f->arena, struct life_effect, count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        *ret_count += effect_read(r, list[i], &out[*ret_count]);
    return out;
}

/* --- legs ----------------------------------------------------------------------------------------------------------------- */

static uint32_t legs_named(const struct reading *r, struct yaml_node *node, const char *key)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_get(node, key) ? yaml_list(r->f, node, key, &list) : 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        str name = { 0 };
        int leg = yaml_str(r->f, list[i], &name) ? life_leg_find(r->event, name) : -1;
        if (leg < 0)
            yaml_problem(r->f, list[i], msg_defs_leg_unknown(name), msg_defs_fix_leg_above());
        else
            bits |= 1u << leg;
    }
    return bits;
}

static bool kind_known(const struct defs *d, str kind)
{
    for (size_t i = 0; i < d->rule_count; i++)
        if (str_eq(d->rules[i].kind, kind))
            return true;
    return false;
}

static void owner_read(const struct reading *r, struct yaml_node *node, struct life_leg *leg)
{
    struct yaml_node *o = yaml_need(r->f, node, "owner");
    if (!o)
        return;
    if (yaml_get(o, "person"))
        value_read(r, yaml_get(o, "person"), &leg->owner_person);
    if (yaml_str(r->f, yaml_need(r->f, o, "kind"), &leg->owner_kind) && !kind_known(r->d, leg->owner_kind))
        yaml_problem(r->f, o, msg_defs_organisation_kind(leg->owner_kind), msg_defs_fix_organisation_rule());
    value_read(r, yaml_need(r->f, o, "at"), &leg->owner_at);
    yaml_end(r->f, o);
}

static void deadline_read(const struct reading *r, struct yaml_node *node, struct life_leg *leg)
{
    struct yaml_node *d = yaml_get(node, "deadline");
    int64_t days = 0, ends = 0;
    leg->counted = true;
    if (!d)
        return;
    if (yaml_get(d, "working_days"))
        yaml_i64(r->f, yaml_get(d, "working_days"), 0, DAYS_MAX, &days);
    if (yaml_get(d, "ends_after"))
        yaml_i64(r->f, yaml_get(d, "ends_after"), 1, DAYS_MAX, &ends);
    if (yaml_get(d, "counted"))
        yaml_flag(r->f, yaml_get(d, "counted"), &leg->counted);
    leg->working_days = (int)days;
    leg->ends_days = (int)ends;
    yaml_end(r->f, d);
}

static void condition_read(const struct reading *r, struct yaml_node *node, struct life_leg *leg)
{
    struct yaml_node *when = yaml_get(node, "when");
    if (!when)
        return;
    value_read(r, yaml_need(r->f, when, "value"), &leg->when);
    yaml_str(r->f, yaml_need(r->f, when, "is"), &leg->when_is);
    yaml_end(r->f, when);
}

static bool leg_read(const struct reading *r, struct yaml_node *node, struct life_leg *leg)
{
    bool whole = yaml_str(r->f, yaml_need(r->f, node, "key"), &leg->key) && yaml_texts(r->f, node, "name", &leg->name_vi, &leg->name_en);
    if (whole && life_leg_find(r->event, leg->key) >= 0)
        yaml_problem(r->f, node, msg_defs_leg_twice(leg->key), msg_defs_fix_another_key());
    if (yaml_get(node, "automatic"))
        yaml_flag(r->f, yaml_get(node, "automatic"), &leg->automatic);
    owner_read(r, node, leg);
    leg->needs = legs_named(r, node, "needs");
    leg->after = legs_named(r, node, "after") | leg->needs;
    condition_read(r, node, leg);
    deadline_read(r, node, leg);
    leg->effects = effects_read(r, node, "effects", &leg->effect_count);
    leg->undos = effects_read(r, node, "undo", &leg->undo_count);
    if (leg->owner_person.len && leg->automatic)
        yaml_problem(r->f, node, msg_defs_leg_nobody(leg->key), msg_defs_fix_leg_automatic());
    yaml_end(r->f, node);
    return whole;
}

static void legs_read(struct reading *r, struct yaml_node *node)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(r->f, node, "legs", &list);
    struct life_leg *legs = ARENA_ARRAY(r->f->arena, struct life_leg, LIFE_LEGS_MAX);
    r->event->legs = legs;
    if (count == 0 || count > LIFE_LEGS_MAX)
        yaml_problem(r->f, node, msg_defs_leg_count((int64_t)count), msg_defs_fix_leg_count());
    for (size_t i = 0; i < count && i < LIFE_LEGS_MAX; i++) {
        struct life_leg leg = { 0 };
        if (leg_read(r, list[i], &leg))
            legs[r->event->leg_count++] = leg;
    }
}

/* --- events --------------------------------------------------------------------------------------------------------------- */

static void home_read(const struct reading *r, struct yaml_node *node)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_get(node, "home_of") ? yaml_list(r->f, node, "home_of", &list) : 0;
    str *values = ARENA_ARRAY(r->f->arena, str, count + 1);
    r->event->home_of = values;
    for (size_t i = 0; i < count; i++)
        r->event->home_count += value_read(r, list[i], &values[r->event->home_count]);
}

static bool event_read(struct reading *r, struct yaml_node *node)
{
    struct life_event *e = r->event;
    struct yaml_file *f = r->f;
    int64_t minutes = 120;
    bool whole = yaml_str(f, yaml_need(f, node, "key"), &e->key) && yaml_texts(f, node, "name", &e->name_vi, &e->name_en) &&
                 yaml_str(f, yaml_need(f, node, "law"), &e->law) && yaml_day(f, yaml_need(f, node, "from"), &e->from) &&
                 yaml_str(f, yaml_need(f, node, "procedure"), &e->procedure);
    if (yaml_get(node, "to"))
        yaml_day(f, yaml_get(node, "to"), &e->to);
    if (yaml_get(node, "acknowledge_minutes"))
        yaml_i64(f, yaml_get(node, "acknowledge_minutes"), 1, 100000, &minutes);
    e->acknowledge_minutes = (int)minutes;
    r->form = defs_procedure(r->d, e->procedure, e->from);
    if (whole && !r->form)
        yaml_problem(f, node, msg_defs_life_procedure(e->procedure), msg_defs_fix_procedure_live());
    legs_read(r, node);
    value_read(r, yaml_need(f, node, "subject"), &e->subject);
    home_read(r, node);
    e->file = f->name;
    e->line = node->line;
    yaml_end(f, node);
    return whole;
}

void life_events_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "life_events", &list);
    struct life_event *all = ARENA_ARRAY(d->arena, struct life_event, d->life_count + count + 1);
    if (d->life_count)
        memcpy(all, d->lives, d->life_count * sizeof *all);
    d->lives = all;
    for (size_t i = 0; i < count && d->life_count < EVENTS_MAX; i++) {
        struct life_event e = { 0 };
        struct reading r = { d, f, &e, NULL };
        if (!event_read(&r, list[i]))
            continue;
        if (defs_life(d, e.key, e.from))
            yaml_problem(f, list[i], msg_defs_versions_overlap(e.key), msg_defs_fix_version_end());
        all[d->life_count++] = e;
    }
    yaml_end(f, f->root);
}

size_t defs_life_count(const struct defs *d) { return d->life_count; }
const struct life_event *defs_life_nth(const struct defs *d, size_t index) { return &d->lives[index]; }

const struct life_event *defs_life(const struct defs *d, str key, day on)
{
    for (size_t i = 0; i < d->life_count; i++) {
        const struct life_event *e = &d->lives[i];
        if (str_eq(e->key, key) && e->from.ymd <= on.ymd && (day_is_none(e->to) || on.ymd <= e->to.ymd))
            return e;
    }
    return NULL;
}
