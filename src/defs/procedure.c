/* Reads procedures and checks them whole: that a condition, an authority and an effect name a field of the form, that a
 * choice has words, that the versions of one procedure do not overlap. What an effect's operation takes is checked by the
 * module that owns dossiers, which knows operations.
 * tested by: src/defs/procedure_test.c */
#include "defs/procedure.h"

#include <stdlib.h>
#include <string.h>

#include "defs/inside.h"

#include "messages/messages.h"

enum { PROCEDURES_MAX = 10000, FIELDS_MAX = 100, TEXT_MAX = 1000, TERM_DAYS_MAX = 400, ROWS_USUAL = 20, FILE_MB = 20, FILE_MB_MAX = 64 };

static const char *const type_words[] = {
#define X(name, word) word,
    ANSWER_TYPES(X)
#undef X
    NULL
};

static const struct procedure_field *field_in(const struct procedure_field *list, size_t count, str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].key, key))
            return &list[i];
    return NULL;
}

const struct procedure_field *procedure_field(const struct procedure *p, str key) { return field_in(p->fields, p->field_count, key); }

bool procedure_place(const struct procedure *p, str key, struct procedure_place *ret)
{
    str rest = key, name, row;
    int64_t n;
    *ret = (struct procedure_place){ .field = procedure_field(p, key) };
    if (ret->field)
        return true;
    if (!str_cut(&rest, '.', &name) || !str_cut(&rest, '.', &row) || !str_i64(row, &n) || row.ptr[0] == '0')
        return false;
    ret->group = procedure_field(p, name);
    if (!ret->group || ret->group->type != ANSWER_GROUP || n < 1 || n > ret->group->max)
        return false;
    ret->row = (int)n;
    ret->field = field_in(ret->group->fields, ret->group->field_count, rest);
    return ret->field != NULL;
}

static bool key_ok(str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (!((key.ptr[i] >= 'a' && key.ptr[i] <= 'z') || (key.ptr[i] >= '0' && key.ptr[i] <= '9') || key.ptr[i] == '_' || key.ptr[i] == '-'))
            return false;
    return key.len > 0 && key.len <= 40;
}

static bool key_read(struct yaml_file *f, struct yaml_node *node, str *ret)
{
    if (!yaml_str(f, yaml_need(f, node, "key"), ret))
        return false;
    if (!key_ok(*ret))
        yaml_problem(f, node, msg_defs_key_format(*ret), msg_defs_fix_key_written());
    return true;
}

static bool flag_read(struct yaml_file *f, struct yaml_node *node, const char *key, bool otherwise)
{
    bool flag = otherwise;
    if (yaml_get(node, key))
        yaml_flag(f, yaml_get(node, key), &flag);
    return flag;
}

static int64_t count_read(struct yaml_file *f, struct yaml_node *node, const char *key, int64_t max, int64_t otherwise)
{
    int64_t n = otherwise;
    if (yaml_get(node, key))
        yaml_i64(f, yaml_get(node, key), 0, max, &n);
    return n;
}

static void choices_read(struct yaml_file *f, struct yaml_node *node, struct procedure_field *field)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "choices", &list);
    struct procedure_choice *out = ARENA_ARRAY(f->arena, struct procedure_choice, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct procedure_choice *c = &out[field->choice_count];
        if (yaml_str(f, yaml_need(f, list[i], "word"), &c->word) && yaml_texts(f, list[i], "label", &c->label_vi, &c->label_en))
            field->choice_count++;
        yaml_end(f, list[i]);
    }
    if (count < 2)
        yaml_problem(f, node, msg_defs_choices_few(field->key), msg_defs_fix_choices_two());
    field->choices = out;
}

static void prefill_read(struct yaml_file *f, struct yaml_node *node, struct procedure_prefill *ret)
{
    static const char *const sexes[] = { "male", "female", NULL };
    bool of_one_sex = node->kind == YAML_MAP;
    struct yaml_node *fact = of_one_sex ? yaml_need(f, node, "fact") : node;
    str key = { 0 };
    int sex = of_one_sex ? yaml_word(f, yaml_need(f, node, "sex"), sexes) : -1;
    *ret = (struct procedure_prefill){ .sex = sex < 0 ? (str){ 0 } : str_of(sexes[sex]) };
    if (of_one_sex)
        yaml_end(f, node);
    if (!yaml_str(f, fact, &key))
        return;
    if (!person_field_by_name(key, &ret->fact))
        yaml_problem(f, fact, msg_defs_field_unknown(key), msg_defs_fix_population_key());
    else if (person_field_def(ret->fact)->class == FIELD_CLASS_STATE_SECRET)
        yaml_problem(f, fact, msg_defs_field_secret(key), msg_defs_fix_secret_shown());
}

/* One, or a list of those that fill it in for women and for men. */
static void prefills_read(struct yaml_file *f, struct yaml_node *node, struct procedure_field *field)
{
    struct yaml_node *one = yaml_get(node, "prefill"), **list = &one;
    if (!one)
        return;
    size_t count = one->kind == YAML_LIST ? yaml_list(f, node, "prefill", &list) : 1;
    if (count > PREFILLS_MAX)
        yaml_problem(f, one, msg_defs_prefills_many(PREFILLS_MAX), msg_defs_fix_fewer());
    for (size_t i = 0; i < count && i < PREFILLS_MAX; i++)
        prefill_read(f, list[i], &field->prefill[field->prefill_count++]);
}

static void limits_read(struct yaml_file *f, struct yaml_node *node, struct procedure_field *field)
{
    bool text = field->type == ANSWER_TEXT, group = field->type == ANSWER_GROUP;
    field->min = text ? 1 : 0;
    field->max = text ? 200 : group ? ROWS_USUAL : INT64_C(1000000000000000);
    if (yaml_get(node, "max"))
        yaml_i64(f, yaml_get(node, "max"), 1, text ? TEXT_MAX : group ? GROUP_ROWS_MAX : INT64_MAX, &field->max);
    if (yaml_get(node, "min"))
        yaml_i64(f, yaml_get(node, "min"), 0, INT64_MAX, &field->min);
    if (field->min > field->max)
        yaml_problem(f, node, msg_defs_bounds_empty(field->key), msg_defs_fix_min_max());
}

static bool when_read(struct yaml_file *f, struct yaml_node *node, str *ret_when, str *ret_is)
{
    struct yaml_node *when = yaml_get(node, "when");
    if (!when)
        return true;
    bool whole = yaml_str(f, yaml_need(f, when, "field"), ret_when) && yaml_str(f, yaml_need(f, when, "is"), ret_is);
    yaml_end(f, when);
    return whole;
}

static bool field_read(struct yaml_file *f, struct yaml_node *node, struct procedure_field *field)
{
    bool whole = key_read(f, node, &field->key) && yaml_texts(f, node, "label", &field->label_vi, &field->label_en);
    int type = yaml_word(f, yaml_need(f, node, "type"), type_words);
    if (yaml_get(node, "help"))
        whole = yaml_texts(f, node, "help", &field->help_vi, &field->help_en) && whole;
    field->type = type < 0 ? ANSWER_TEXT : (enum answer_type)type;
    field->required = flag_read(f, node, "required", true);
    field->past = flag_read(f, node, "past", false);
    limits_read(f, node, field);
    prefills_read(f, node, field);
    if (field->type == ANSWER_CHOICE)
        choices_read(f, node, field);
    whole = when_read(f, node, &field->when, &field->when_is) && whole;
    if (field->type != ANSWER_GROUP) /* the caller reads the questions of a group */
        yaml_end(f, node);
    return whole && type >= 0;
}

/* A condition asks a field that can have that answer. */
static void condition_check(struct yaml_file *f, struct yaml_node *node, const struct procedure_field *asked, str is)
{
    bool found = !asked || asked->type != ANSWER_CHOICE;
    for (size_t i = 0; asked && i < asked->choice_count && !found; i++)
        found = str_eq(asked->choices[i].word, is);
    if (!found)
        yaml_problem(f, node, msg_defs_choice_unknown(is, asked->key), msg_defs_fix_choice_word());
}

/* The fields of a form, or of one row of its group `in`. */
struct field_list {
    struct procedure_field *list;
    size_t count;
    const struct field_list *around; /* of the form, while the rows of its group `in` are read */
    const struct procedure_field *in;
};

/* Only what stands before it may be asked, in the row or in the form; the group itself is no answer to its rows. */
static void field_check(struct yaml_file *f, struct yaml_node *node, const struct field_list *l)
{
    const struct procedure_field *field = &l->list[l->count - 1], *asked = NULL;
    if (field->when.len == 0)
        return;
    asked = field_in(l->list, l->count - 1, field->when);
    if (!asked && l->in)
        asked = field_in(l->around->list, l->around->count, field->when);
    if (!asked)
        yaml_problem(f, node, msg_defs_condition_late(field->when, field->key), msg_defs_fix_field_above());
    condition_check(f, node, asked, field->when_is);
}

static void fields_read(struct yaml_file *f, struct yaml_node *node, const char *key, struct field_list *l);

static void group_read(struct yaml_file *f, struct yaml_node *node, const struct field_list *around, struct procedure_field *group)
{
    struct field_list l = { .around = around, .in = group };
    yaml_texts(f, node, "item", &group->item_vi, &group->item_en);
    fields_read(f, node, "fields", &l);
    if (l.count == 0)
        yaml_problem(f, node, msg_defs_group_empty(group->key), msg_defs_fix_group_fields());
    group->fields = l.list;
    group->field_count = l.count;
    yaml_end(f, node);
}

static void fields_read(struct yaml_file *f, struct yaml_node *node, const char *key, struct field_list *l)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, key, &list);
    l->list = ARENA_ARRAY(f->arena, struct procedure_field, count + 1);
    if (count > FIELDS_MAX)
        yaml_problem(f, node, msg_defs_form_fields(FIELDS_MAX), msg_defs_fix_procedure_split());
    for (size_t i = 0; i < count && i < FIELDS_MAX; i++) {
        struct procedure_field field = { 0 };
        bool whole = field_read(f, list[i], &field);
        if (field.type == ANSWER_GROUP && l->in)
            yaml_problem(f, list[i], msg_defs_group_nested(field.key), msg_defs_fix_group_flat());
        else if (field.type == ANSWER_GROUP)
            group_read(f, list[i], l, &field);
        if (!whole)
            continue;
        if (field_in(l->list, l->count, field.key))
            yaml_problem(f, list[i], msg_defs_field_twice(field.key), msg_defs_fix_another_key());
        l->list[l->count++] = field;
        field_check(f, list[i], l);
    }
}

static void form_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    struct field_list l = { 0 };
    int64_t answers = 0;
    fields_read(f, node, "form", &l);
    p->fields = l.list;
    p->field_count = l.count;
    for (size_t i = 0; i < l.count; i++)
        answers += 1 + (int64_t)l.list[i].field_count * (l.list[i].type == ANSWER_GROUP ? l.list[i].max : 0);
    if (answers > FORM_ANSWERS_MAX)
        yaml_problem(f, node, msg_defs_form_answers(answers, FORM_ANSWERS_MAX), msg_defs_fix_group_max());
}

static unsigned kinds_read(struct yaml_file *f, struct yaml_node *node)
{
    static const char *const words[] = { "original", "copy", "electronic", NULL };
    struct yaml_node **list = NULL;
    unsigned kinds = 0;
    size_t count = yaml_get(node, "kinds") ? yaml_list(f, node, "kinds", &list) : 0;
    for (size_t i = 0; i < count; i++) {
        int k = yaml_word(f, list[i], words);
        kinds |= k >= 0 ? 1u << k : 0;
    }
    return count ? kinds : COMPONENT_ORIGINAL | COMPONENT_COPY | COMPONENT_ELECTRONIC;
}

static void component_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p, struct procedure_component *c)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_get(node, "fetched") ? yaml_list(f, node, "fetched", &list) : 0;
    c->from_register = yaml_get(node, "fetched") != NULL;
    for (size_t i = 0; i < count; i++) {
        str key = { 0 };
        int bit = 0;
        if (!yaml_str(f, list[i], &key))
            continue;
        if (!person_field_by_name(key, &bit) || person_field_def(bit)->class == FIELD_CLASS_STATE_SECRET)
            yaml_problem(f, list[i], msg_defs_fetch_unknown(key), msg_defs_fix_population_key());
        else
            c->fields |= UINT64_C(1) << bit;
    }
    c->required = flag_read(f, node, "required", true);
    when_read(f, node, &c->when, &c->when_is);
    if (c->when.len > 0 && !procedure_field(p, c->when))
        yaml_problem(f, node, msg_defs_condition_unknown(c->when), msg_defs_fix_form_field());
    condition_check(f, node, procedure_field(p, c->when), c->when_is);
    c->kinds = kinds_read(f, node);
    c->bytes_max = (int64_t)count_read(f, node, "max_mb", FILE_MB_MAX, FILE_MB) << 20;
    p->reads |= c->fields;
}

static void components_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_get(node, "components") ? yaml_list(f, node, "components", &list) : 0;
    struct procedure_component *out = ARENA_ARRAY(f->arena, struct procedure_component, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct procedure_component *c = &out[p->component_count];
        bool whole = key_read(f, list[i], &c->key) && yaml_texts(f, list[i], "label", &c->label_vi, &c->label_en);
        component_read(f, list[i], p, c);
        yaml_end(f, list[i]);
        p->component_count += whole;
    }
    p->components = out;
}

/* "{kind: tax, at: place}": which kind of office, and whose place. */
static void office_read(const struct defs *d, struct yaml_file *f, struct yaml_node *node, const struct procedure *p, str *kind, str *place)
{
    bool known = false;
    if (!yaml_str(f, yaml_need(f, node, "kind"), kind) || !yaml_str(f, yaml_need(f, node, "at"), place))
        return;
    yaml_end(f, node);
    for (size_t i = 0; i < d->rule_count && !known; i++)
        known = str_eq(d->rules[i].kind, *kind);
    if (!known)
        yaml_problem(f, node, msg_defs_organisation_kind(*kind), msg_defs_fix_organisation_rule());
    const struct procedure_field *at = procedure_field(p, *place);
    if (!str_eq(*place, STR("applicant")) && (!at || at->type != ANSWER_UNIT))
        yaml_problem(f, node, msg_defs_authority_place(*place), msg_defs_fix_authority_place());
}

static void steps_read(const struct defs *d, struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "steps", &list);
    struct procedure_step *out = ARENA_ARRAY(f->arena, struct procedure_step, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct procedure_step *s = &out[p->step_count];
        bool whole = key_read(f, list[i], &s->key) && yaml_texts(f, list[i], "label", &s->label_vi, &s->label_en);
        s->separate = flag_read(f, list[i], "separate", false);
        if (yaml_get(list[i], "office"))
            office_read(d, f, yaml_get(list[i], "office"), p, &s->office, &s->office_at);
        if (s->office.len > 0 && (i == 0 || i + 1 == count))
            yaml_problem(f, list[i], msg_defs_steps_ends(), msg_defs_fix_step_office());
        yaml_end(f, list[i]);
        p->step_count += whole;
    }
    if (count == 0)
        yaml_problem(f, node, msg_defs_steps_none(), msg_defs_fix_steps());
    p->steps = out;
}

/* "form.child_name", "row.number", "given.household", "applicant.number", "=Kinh" */
static bool value_ok(const struct procedure *p, const struct procedure_effect *e, str from)
{
    static const char *const words[] = { "applicant.number", "applicant.unit", "office.unit", "decision.day", "dossier.code", "dossier.id" };
    if (str_starts(from, STR("=")))
        return true;
    if (str_starts(from, STR("form.")))
        return procedure_field(p, str_from(from, 5)) != NULL;
    if (str_starts(from, STR("row.")))
        return e->each && field_in(e->each->fields, e->each->field_count, str_from(from, 4));
    if (str_starts(from, STR("given.")))
        return true; /* whoever knows operations judges it */
    if (str_starts(from, STR("next.")))
        return e->kind == EFFECT_PUT; /* and whoever knows registers this */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(from, str_of(words[i])))
            return true;
    return false;
}

static bool value_read(struct yaml_file *f, struct yaml_node *node, const struct procedure *p, const struct procedure_effect *e, str *ret)
{
    if (!yaml_str(f, node, ret))
        return false;
    if (!value_ok(p, e, *ret))
        yaml_problem(f, node, msg_defs_dossier_value(*ret), msg_defs_fix_dossier_value());
    return true;
}

static void effect_values_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p, struct procedure_effect *e)
{
    struct yaml_node *with = yaml_need(f, node, "with");
    size_t count = with && with->kind == YAML_MAP ? with->count : 0;
    struct procedure_value *values = ARENA_ARRAY(f->arena, struct procedure_value, count + 1);
    e->values = values;
    for (size_t i = 0; i < count; i++) {
        struct yaml_pair *pair = &with->pairs[i];
        pair->read = true;
        values[e->count].to = pair->key;
        e->count += value_read(f, pair->value, p, e, &values[e->count].from);
    }
}

static bool effect_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p, struct procedure_effect *e)
{
    static const char *const keys[] = { "operation", "put", "change", "end" };
    bool found = false;
    str each = { 0 };
    *e = (struct procedure_effect){ .file = f->name, .line = node->line };
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !found; i++)
        if (yaml_get(node, keys[i])) {
            found = yaml_str(f, yaml_get(node, keys[i]), &e->target);
            e->kind = (enum procedure_effect_kind)i;
        }
    if (!found)
        yaml_problem(f, node, msg_defs_effect_nothing(), msg_defs_fix_effect_one_of());
    if (yaml_get(node, "each") && yaml_str(f, yaml_get(node, "each"), &each))
        e->each = procedure_field(p, each);
    if (each.len > 0 && (!e->each || e->each->type != ANSWER_GROUP))
        yaml_problem(f, node, msg_defs_group_unknown(each), msg_defs_fix_group_field());
    if (e->kind != EFFECT_CALL)
        found = value_read(f, yaml_need(f, node, "about"), p, e, &e->about) && found;
    effect_values_read(f, node, p, e);
    yaml_end(f, node);
    return found;
}

static const struct procedure_effect *effects_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p, const char *key, size_t *ret_count)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_get(node, key) ? yaml_list(f, node, key, &list) : 0;
    struct procedure_effect *out = ARENA_ARRAY(f->arena, struct procedure_effect, count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        *ret_count += effect_read(f, list[i], p, &out[*ret_count]);
    return out;
}

static void deadline_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    struct yaml_node *d = yaml_need(f, node, "deadline");
    if (!d)
        return;
    if (!yaml_get(d, "working_days") == !yaml_get(d, "working_hours"))
        yaml_problem(f, d, msg_defs_limit_unclear(), msg_defs_fix_limit_one());
    p->working_days = (int)count_read(f, d, "working_days", TERM_DAYS_MAX, 0);
    p->working_hours = (int)count_read(f, d, "working_hours", TERM_DAYS_MAX, 0);
    p->restart = flag_read(f, d, "restart", false);
    p->silence_grants = flag_read(f, d, "silence_grants", false);
    p->supplement_days = (int)count_read(f, d, "supplement_days", TERM_DAYS_MAX, 30);
    yaml_end(f, d);
}

static void authority_read(const struct defs *d, struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    struct yaml_node *a = yaml_need(f, node, "authority");
    if (a)
        office_read(d, f, a, p, &p->authority, &p->authority_at);
}

static void fee_read(struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    struct yaml_node *fee = yaml_get(node, "fee");
    if (!fee)
        return;
    p->fee_counter = count_read(f, fee, "counter", INT64_C(1000000000000), 0);
    p->fee_online = count_read(f, fee, "online", INT64_C(1000000000000), p->fee_counter);
    yaml_end(f, fee);
}

static uint64_t reads_always(void)
{
    return UINT64_C(1) << FIELD_NAME | UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_BIRTH | UINT64_C(1) << FIELD_SEX |
           UINT64_C(1) << FIELD_RESIDENCE | UINT64_C(1) << FIELD_STATE;
}

static uint64_t prefills(const struct procedure_field *list, size_t count)
{
    uint64_t fields = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < list[i].prefill_count; k++)
            fields |= UINT64_C(1) << list[i].prefill[k].fact;
        fields |= prefills(list[i].fields, list[i].field_count);
    }
    return fields;
}

static bool procedure_read(const struct defs *d, struct yaml_file *f, struct yaml_node *node, struct procedure *p)
{
    static const char *const levels[] = { "full", "partial", "counter", NULL };
    bool whole = key_read(f, node, &p->key) && yaml_texts(f, node, "name", &p->name_vi, &p->name_en) &&
                 yaml_texts(f, node, "area", &p->area_vi, &p->area_en) && yaml_str(f, yaml_need(f, node, "law"), &p->law) &&
                 yaml_day(f, yaml_need(f, node, "from"), &p->from) && yaml_texts(f, node, "result", &p->result_vi, &p->result_en);
    int level = yaml_word(f, yaml_need(f, node, "level"), levels);
    if (yaml_get(node, "code"))
        yaml_str(f, yaml_get(node, "code"), &p->code);
    if (yaml_get(node, "to"))
        yaml_day(f, yaml_get(node, "to"), &p->to);
    p->level = level < 0 ? LEVEL_FULL : (enum procedure_level)level;
    p->reads = reads_always();
    form_read(f, node, p);
    components_read(f, node, p);
    steps_read(d, f, node, p);
    deadline_read(f, node, p);
    fee_read(f, node, p);
    authority_read(d, f, node, p);
    p->effects = effects_read(f, node, p, "effects", &p->effect_count);
    p->begins = effects_read(f, node, p, "begins", &p->begin_count);
    p->reads |= prefills(p->fields, p->field_count);
    if (!day_is_none(p->to) && p->to.ymd < p->from.ymd)
        yaml_problem(f, node, msg_defs_days_reversed(), msg_defs_fix_one_day());
    yaml_end(f, node);
    return whole;
}

static bool overlaps(const struct procedure *a, const struct procedure *b)
{
    bool a_ends_before = !day_is_none(a->to) && a->to.ymd < b->from.ymd, b_ends_before = !day_is_none(b->to) && b->to.ymd < a->from.ymd;
    return str_eq(a->key, b->key) && !a_ends_before && !b_ends_before;
}

static int procedure_order(const void *a, const void *b)
{
    const struct procedure *x = a, *y = b;
    int order = str_cmp(x->key, y->key);
    return order ? order : (x->from.ymd > y->from.ymd) - (x->from.ymd < y->from.ymd);
}

void procedures_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "procedures", &list);
    struct procedure *all = ARENA_ARRAY(d->arena, struct procedure, d->procedure_count + count + 1);
    if (d->procedure_count)
        memcpy(all, d->procedures, d->procedure_count * sizeof *all);
    d->procedures = all;
    for (size_t i = 0; i < count && d->procedure_count < PROCEDURES_MAX; i++) {
        struct procedure p = { 0 };
        if (!procedure_read(d, f, list[i], &p))
            continue;
        for (size_t k = 0; k < d->procedure_count; k++)
            if (overlaps(&all[k], &p))
                yaml_problem(f, list[i], msg_defs_versions_overlap(p.key), msg_defs_fix_version_end());
        all[d->procedure_count++] = p;
    }
    if (d->procedure_count)
        qsort(all, d->procedure_count, sizeof *all, procedure_order);
    yaml_end(f, f->root);
}

size_t defs_procedure_count(const struct defs *d) { return d->procedure_count; }
const struct procedure *defs_procedure_nth(const struct defs *d, size_t index) { return &d->procedures[index]; }

const struct procedure *defs_procedure(const struct defs *d, str key, day on)
{
    for (size_t i = 0; i < d->procedure_count; i++) {
        const struct procedure *p = &d->procedures[i];
        if (str_eq(p->key, key) && p->from.ymd <= on.ymd && (day_is_none(p->to) || on.ymd <= p->to.ymd))
            return p;
    }
    return NULL;
}
