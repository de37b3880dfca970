/* Agreements and lawful grounds: what the gate enforces on each call. A field that does not exist, or that is a state
 * secret, cannot be agreed on: the file is refused as a whole. Law: NĐ 47/2020/NĐ-CP Đ38, Đ43; NĐ 70/2024/NĐ-CP Đ8.
 * tested by: src/defs/defs_test.c */
#include "defs/inside.h"

#include <string.h>

#include "messages/messages.h"

enum { AGREEMENTS_MAX = 10000, DAY_MINUTES = 1440 };

static void fields_read(struct yaml_file *f, struct yaml_node *node, uint64_t *ret)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "fields", &list);
    for (size_t i = 0; i < count; i++) {
        str key = { 0 };
        int bit = 0;
        if (!yaml_str(f, list[i], &key))
            continue;
        if (!person_field_by_name(key, &bit))
            yaml_problem(f, list[i], msg_defs_field_unknown(key), msg_defs_fix_population_key());
        else if (person_field_def(bit)->class == FIELD_CLASS_STATE_SECRET)
            yaml_problem(f, list[i], msg_defs_field_secret(key), msg_defs_fix_secret_shared());
        else
            *ret |= UINT64_C(1) << bit;
    }
    if (count == 0)
        yaml_problem(f, node, msg_defs_fields_none(), msg_defs_fix_list_one());
}

static void operations_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, struct defs_grounded *ret)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "operations", &list);
    str *names = ARENA_ARRAY(d->arena, str, count + 1);
    for (size_t i = 0; i < count; i++)
        if (yaml_str(f, list[i], &names[ret->operation_count]))
            ret->operation_count++;
    ret->operations = names;
    if (count == 0)
        yaml_problem(f, node, msg_defs_operations_none(), msg_defs_fix_list_one());
}

/* The sector registers whose rows may be used under it. */
static void registers_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, struct defs_grounded *ret)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "registers", &list);
    str *codes = ARENA_ARRAY(d->arena, str, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!yaml_str(f, list[i], &codes[ret->register_count]))
            continue;
        if (!defs_sector(d, codes[ret->register_count], ret->from))
            yaml_problem(f, list[i], msg_defs_register_unknown(codes[ret->register_count]), msg_defs_fix_register_file());
        ret->register_count++;
    }
    ret->registers = codes;
}

static void hours_read(struct yaml_file *f, struct yaml_node *node, struct defs_grounded *ret)
{
    struct yaml_node *hours = yaml_get(node, "hours");
    ret->to_minute = DAY_MINUTES;
    if (!hours)
        return;
    yaml_minute(f, yaml_need(f, hours, "from"), &ret->from_minute);
    yaml_minute(f, yaml_need(f, hours, "to"), &ret->to_minute);
    yaml_end(f, hours);
    if (ret->from_minute >= ret->to_minute)
        yaml_problem(f, hours, msg_defs_hours_never(), msg_defs_fix_hours_order());
}

static bool grounded_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, struct defs_grounded *ret)
{
    int64_t rate = 0;
    str unit = { 0 };
    bool whole = yaml_str(f, yaml_need(f, node, "code"), &ret->code) && yaml_str(f, yaml_need(f, node, "law"), &ret->law) &&
                 yaml_texts(f, node, "title", &ret->title_vi, &ret->title_en) &&
                 yaml_day(f, yaml_need(f, node, "from"), &ret->from);
    if (yaml_get(node, "to"))
        yaml_day(f, yaml_get(node, "to"), &ret->to);
    if (!day_is_none(ret->to) && ret->to.ymd < ret->from.ymd)
        yaml_problem(f, node, msg_defs_days_reversed(), msg_defs_fix_one_day());
    operations_read(d, f, node, ret);
    fields_read(f, node, &ret->fields);
    registers_read(d, f, node, ret);
    hours_read(f, node, ret);
    if (yaml_get(node, "per_minute") && yaml_i64(f, yaml_get(node, "per_minute"), 1, 100000000, &rate))
        ret->per_minute = (int32_t)rate;
    if (yaml_get(node, "unit") && yaml_str(f, yaml_get(node, "unit"), &unit) &&
        !status_ok(defs_unit_parse(d, unit, ret->from, &ret->unit)))
        yaml_problem(f, node, msg_defs_unit_unknown(unit), msg_defs_fix_unit_written());
    return whole;
}

void agreements_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "agreements", &list);
    if (d->agreement_count + count > d->agreement_cap) {
        d->agreement_cap = (d->agreement_count + count) * 2;
        struct agreement *more = ARENA_ARRAY(d->arena, struct agreement, d->agreement_cap);
        if (d->agreement_count > 0)
            memcpy(more, d->agreements, d->agreement_count * sizeof *more);
        d->agreements = more;
    }
    for (size_t i = 0; i < count; i++) {
        struct agreement a = { 0 };
        struct organisation member;
        bool whole = grounded_read(d, f, list[i], &a.is) && yaml_str(f, yaml_need(f, list[i], "member"), &a.member);
        yaml_end(f, list[i]);
        if (whole && defs_agreement(d, a.is.code))
            yaml_problem(f, list[i], msg_defs_agreement_twice(a.is.code), msg_defs_fix_another_key());
        if (whole && !defs_organisation(f->problem_arena, d, a.member, &member))
            yaml_problem(f, list[i], msg_defs_organisation_unknown(a.member), msg_defs_fix_organisation_add());
        if (whole)
            d->agreements[d->agreement_count++] = a;
    }
    yaml_end(f, f->root);
}

uint32_t yaml_roles(struct yaml_file *f, struct yaml_node *node)
{
    static const char *const roles[] = { "public", "citizen", "officer", "coordinator", "leader", "system", "auditor", "operator", NULL };
    struct yaml_node **list = NULL;
    uint32_t mask = 0;
    size_t count = yaml_list(f, node, "roles", &list);
    for (size_t i = 0; i < count; i++) {
        int role = yaml_word(f, list[i], roles);
        mask |= role >= 0 ? 1u << role : 0;
    }
    if (count == 0)
        yaml_problem(f, node, msg_defs_roles_none(), msg_defs_fix_list_one());
    return mask;
}

void grounds_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "grounds", &list);
    d->authorities = ARENA_ARRAY(d->arena, struct authority, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct authority a = { 0 };
        bool whole = grounded_read(d, f, list[i], &a.is);
        a.roles = yaml_roles(f, list[i]);
        if (yaml_get(list[i], "own_unit"))
            yaml_flag(f, yaml_get(list[i], "own_unit"), &a.own_unit);
        yaml_end(f, list[i]);
        if (whole && defs_authority(d, a.is.code))
            yaml_problem(f, list[i], msg_defs_ground_twice(a.is.code), msg_defs_fix_another_key());
        if (whole)
            d->authorities[d->authority_count++] = a;
    }
    yaml_end(f, f->root);
}

const struct agreement *defs_agreement(const struct defs *d, str code)
{
    for (size_t i = 0; i < d->agreement_count; i++)
        if (str_eq(d->agreements[i].is.code, code))
            return &d->agreements[i];
    return NULL;
}

size_t defs_agreement_count(const struct defs *d) { return d->agreement_count; }

const struct agreement *defs_agreement_nth(const struct defs *d, size_t index)
{
    return index < d->agreement_count ? &d->agreements[index] : NULL;
}

const struct authority *defs_authority(const struct defs *d, str code)
{
    for (size_t i = 0; i < d->authority_count; i++)
        if (str_eq(d->authorities[i].is.code, code))
            return &d->authorities[i];
    return NULL;
}

size_t defs_authority_count(const struct defs *d) { return d->authority_count; }

const struct authority *defs_authority_nth(const struct defs *d, size_t index)
{
    return index < d->authority_count ? &d->authorities[index] : NULL;
}

bool defs_grounded_live(const struct defs_grounded *g, day on, str operation)
{
    if (on.ymd < g->from.ymd || (!day_is_none(g->to) && on.ymd > g->to.ymd))
        return false;
    for (size_t i = 0; i < g->operation_count; i++)
        if (str_eq(g->operations[i], operation))
            return true;
    return false;
}

bool defs_grounded_register(const struct defs_grounded *g, str code)
{
    for (size_t i = 0; i < g->register_count; i++)
        if (str_eq(g->registers[i], code))
            return true;
    return false;
}

bool defs_grounded_open(const struct defs_grounded *g, int64_t now_us)
{
    int64_t minute = (now_us - day_start_us(day_of_us(now_us))) / 60000000;
    return minute >= g->from_minute && minute < g->to_minute;
}
