/* Reads a register's file. Every problem is told with its place and a remedy; see sector.h for what is refused.
 * tested by: src/defs/sector/sector_test.c */
#include "defs/inside.h"

#include <string.h>

#include "messages/messages.h"

enum { KEY_BYTES_MAX = 40, MINUTES_MAX = 10000, MINUTES_LINK = 8, MINUTES_READ = 4, MINUTES_FILL = 6, MINUTES_RULE = 10 };

const char *const sector_type_words[] = { "text", "day", "number", "money", "code", "unit", "person", "document", NULL };
const char *const sector_class_words[] = { "public", "internal", "personal", "sensitive", "state-secret", NULL };
const char *const dimension_words[] = { "correct", "complete", "clean", "live", NULL };

/* A file while it is read. */
struct reading {
    struct defs *d;
    struct yaml_file *f;
    struct sector_register *r;
    struct sector_field *fields;
    struct sector_check *checks;
};

static bool key_ok(str key, char joint)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && i > 0) || (c == joint && i > 0)))
            return false;
    }
    return key.len > 0 && key.len <= KEY_BYTES_MAX;
}

static const str *texts_read(struct reading *g, struct yaml_node *node, const char *key, size_t *ret_count)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(g->f, node, key, &list);
    str *texts = ARENA_ARRAY(g->d->arena, str, count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        if (yaml_str(g->f, list[i], &texts[*ret_count]))
            ++*ret_count;
    return texts;
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

static void number_read_bounds(struct reading *g, struct yaml_node *node, struct sector_field *sf)
{
    int64_t scale = 1, decimals = 0, bound = 0;
    if (yaml_get(node, "decimals") && yaml_i64(g->f, yaml_get(node, "decimals"), 0, SECTOR_DECIMALS_MAX, &decimals))
        sf->decimals = (int)decimals;
    for (int i = 0; i < sf->decimals; i++)
        scale *= 10;
    int64_t limit = INT64_C(1000000000000000) / scale;
    sf->min = sf->type == SECTOR_MONEY ? 0 : -limit * scale;
    sf->max = limit * scale;
    if (yaml_get(node, "min") && yaml_i64(g->f, yaml_get(node, "min"), -limit, limit, &bound))
        sf->min = bound * scale;
    if (yaml_get(node, "max") && yaml_i64(g->f, yaml_get(node, "max"), -limit, limit, &bound))
        sf->max = bound * scale;
    if (sf->min > sf->max)
        yaml_problem(g->f, node, msg_defs_bounds_reversed(), msg_defs_fix_correct_one());
    if (yaml_get(node, "measure"))
        yaml_texts(g->f, node, "measure", &sf->measure_vi, &sf->measure_en);
}

static void type_read(struct reading *g, struct yaml_node *node, struct sector_field *sf)
{
    int type = yaml_word(g->f, yaml_need(g->f, node, "type"), sector_type_words);
    str codes = { 0 };
    sf->type = type < 0 ? SECTOR_TEXT : (enum sector_type)type;
    if (sf->type == SECTOR_NUMBER || sf->type == SECTOR_MONEY)
        number_read_bounds(g, node, sf);
    if (sf->type == SECTOR_TEXT && yaml_get(node, "form"))
        yaml_str(g->f, yaml_get(node, "form"), &sf->form);
    if (sf->type != SECTOR_CODE || !yaml_str(g->f, yaml_need(g->f, node, "codes"), &codes))
        return;
    sf->codes = code_list_find(g->d, codes);
    if (!sf->codes)
        yaml_problem(g->f, yaml_get(node, "codes"), msg_defs_codes_unknown(codes), msg_defs_fix_codes_file());
}

/* What the population register has of the subject too: where he lives, when he was born or died, who his kin are. */
static void same_read(struct reading *g, struct yaml_node *node, struct sector_field *sf)
{
    static const struct { int field; enum sector_type type; } comparable[] = {
        { FIELD_RESIDENCE, SECTOR_UNIT }, { FIELD_BIRTH, SECTOR_DAY },     { FIELD_DEATH, SECTOR_DAY },
        { FIELD_FATHER, SECTOR_PERSON },  { FIELD_MOTHER, SECTOR_PERSON }, { FIELD_SPOUSE, SECTOR_PERSON },
    };
    int field = -1;
    str word = { 0 };
    sf->same_as = -1;
    if (!yaml_get(node, "same_as") || !yaml_str(g->f, yaml_get(node, "same_as"), &word))
        return;
    for (size_t i = 0; i < sizeof comparable / sizeof *comparable; i++)
        if (person_field_by_name(word, &field) && comparable[i].field == field && comparable[i].type == sf->type)
            sf->same_as = field;
    if (sf->same_as < 0 || !g->r->has_subject)
        yaml_problem(g->f, yaml_get(node, "same_as"), msg_defs_repeat_unfit(sf->key, word), msg_defs_fix_repeat());
}

static void field_unique(struct reading *g, struct yaml_node *node, const struct sector_field *sf)
{
    for (size_t i = 0; i < g->r->field_count; i++) {
        if (str_eq(g->fields[i].key, sf->key))
            yaml_problem(g->f, node, msg_defs_field_twice(sf->key), msg_defs_fix_remove_one());
        else if (g->fields[i].tag == sf->tag)
            yaml_problem(g->f, node, msg_defs_keys_clash(sf->key, g->fields[i].key), msg_defs_fix_another_key());
    }
}

static void field_read(struct reading *g, struct yaml_node *node)
{
    struct sector_field sf = { .class = g->r->class };
    if (!yaml_str(g->f, yaml_need(g->f, node, "key"), &sf.key))
        return;
    if (!key_ok(sf.key, '_'))
        yaml_problem(g->f, node, msg_defs_field_key(sf.key), msg_defs_fix_key_letters());
    sf.tag = sector_tag(sf.key);
    yaml_texts(g->f, node, "label", &sf.vi, &sf.en);
    type_read(g, node, &sf);
    if (yaml_get(node, "class")) {
        int class = yaml_word(g->f, yaml_get(node, "class"), sector_class_words);
        sf.class = class < 0 ? sf.class : (enum sector_class)class;
    }
    if (yaml_get(node, "required"))
        yaml_flag(g->f, yaml_get(node, "required"), &sf.required);
    if (yaml_get(node, "share"))
        yaml_flag(g->f, yaml_get(node, "share"), &sf.share);
    if (sf.share && sf.class == SECTOR_STATE_SECRET)
        yaml_problem(g->f, yaml_get(node, "share"), msg_defs_field_secret(sf.key), msg_defs_fix_secret_shared());
    same_read(g, node, &sf);
    sf.columns = texts_read(g, node, "columns", &sf.column_count);
    sf.examples = texts_read(g, node, "examples", &sf.example_count);
    yaml_end(g->f, node);
    field_unique(g, node, &sf);
    g->fields[g->r->field_count++] = sf;
}

static void fields_read(struct reading *g)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(g->f, g->f->root, "fields", &list);
    if (count == 0 || count > SECTOR_FIELDS_MAX)
        yaml_problem(g->f, g->f->root, msg_defs_fields_count(), msg_defs_fix_fields_count());
    g->fields = ARENA_ARRAY(g->d->arena, struct sector_field, SECTOR_FIELDS_MAX + 1);
    g->r->fields = g->fields;
    for (size_t i = 0; i < count && i < SECTOR_FIELDS_MAX; i++)
        field_read(g, list[i]);
}

/* --- head: subject, unit, key --------------------------------------------------------------------------------------- */

static void subject_read(struct reading *g)
{
    static const char *const needs[] = { "optional", "required", NULL };
    struct yaml_node *node = yaml_get(g->f->root, "subject");
    if (!node)
        return;
    int need = yaml_word(g->f, yaml_need(g->f, node, "need"), needs);
    g->r->has_subject = true;
    g->r->subject_needed = need == 1;
    yaml_texts(g->f, node, "label", &g->r->subject_vi, &g->r->subject_en);
    yaml_end(g->f, node);
}

static void unit_read(struct reading *g)
{
    struct yaml_node *node = yaml_need(g->f, g->f->root, "unit");
    str word = { 0 };
    g->r->unit_field = -1;
    if (!node || !yaml_str(g->f, node, &word))
        return;
    if (str_eq(word, STR("residence"))) {
        if (!g->r->has_subject)
            yaml_problem(g->f, node, msg_defs_residence_nobody(), msg_defs_fix_unit_field());
        return;
    }
    g->r->unit_field = sector_field_find(g->r, word);
    if (g->r->unit_field < 0 || g->fields[g->r->unit_field].type != SECTOR_UNIT)
        yaml_problem(g->f, node, msg_defs_field_no_unit(word), msg_defs_fix_residence_or_unit());
}

static void key_read(struct reading *g)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(g->f, g->f->root, "key", &list);
    if (count == 0 || count > SECTOR_KEY_MAX)
        yaml_problem(g->f, g->f->root, msg_defs_key_count(), msg_defs_fix_key_list());
    for (size_t i = 0; i < count && i < SECTOR_KEY_MAX; i++) {
        str word = { 0 };
        if (!yaml_str(g->f, list[i], &word))
            continue;
        int field = sector_field_find(g->r, word);
        if (str_eq(word, STR("subject")) && g->r->has_subject)
            g->r->key_subject = true;
        else if (field < 0)
            yaml_problem(g->f, list[i], msg_defs_no_field(word), msg_defs_fix_subject_or_field());
        else if (!g->fields[field].required)
            yaml_problem(g->f, list[i], msg_defs_key_optional(word), msg_defs_fix_required());
        else
            g->r->key[g->r->key_count++] = field;
    }
}

static void head_read(struct reading *g)
{
    static const char *const rows[] = { "people", NULL };
    struct sector_register *r = g->r;
    struct organisation owner;
    struct yaml_node *root = g->f->root;
    yaml_texts(g->f, root, "name", &r->vi, &r->en);
    yaml_str(g->f, yaml_need(g->f, root, "law"), &r->law);
    if (yaml_str(g->f, yaml_need(g->f, root, "owner"), &r->owner) && !defs_organisation(g->f->problem_arena, g->d, r->owner, &owner))
        yaml_problem(g->f, yaml_get(root, "owner"), msg_defs_organisation_unknown(r->owner), msg_defs_fix_organisation_add());
    if (yaml_get(root, "rows"))
        r->people = yaml_word(g->f, yaml_get(root, "rows"), rows) == 0;
    int class = yaml_word(g->f, yaml_need(g->f, root, "class"), sector_class_words);
    r->class = class < 0 ? SECTOR_PERSONAL : (enum sector_class)class;
    yaml_day(g->f, yaml_need(g->f, root, "from"), &r->from);
    if (yaml_get(root, "to"))
        yaml_day(g->f, yaml_get(root, "to"), &r->to);
    if (!day_is_none(r->to) && r->to.ymd < r->from.ymd)
        yaml_problem(g->f, root, msg_defs_days_reversed(), msg_defs_fix_one_day());
}

/* --- who may -------------------------------------------------------------------------------------------------------- */

static void access_read(struct reading *g, struct yaml_node *node, struct sector_access *ret)
{
    struct organisation o;
    ret->roles = yaml_roles(g->f, node);
    if (yaml_get(node, "own_unit"))
        yaml_flag(g->f, yaml_get(node, "own_unit"), &ret->own_unit);
    if (yaml_get(node, "organisation") && yaml_str(g->f, yaml_get(node, "organisation"), &ret->organisation) &&
        !defs_organisation(g->f->problem_arena, g->d, ret->organisation, &o))
        yaml_problem(g->f, yaml_get(node, "organisation"), msg_defs_organisation_unknown(ret->organisation), msg_defs_fix_organisation_add());
    if (ret->roles & (ROLE_PUBLIC | ROLE_CITIZEN))
        yaml_problem(g->f, node, msg_defs_roles_citizen(), msg_defs_fix_roles_official());
    yaml_end(g->f, node);
}

static void accesses_read(struct reading *g, const char *key, struct sector_access *ret, size_t *ret_count)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(g->f, g->f->root, key, &list);
    if (count == 0 || count > SECTOR_ACCESS_MAX)
        yaml_problem(g->f, g->f->root, msg_defs_access_count(str_of(key)), msg_defs_fix_access());
    for (size_t i = 0; i < count && i < SECTOR_ACCESS_MAX; i++)
        access_read(g, list[i], &ret[(*ret_count)++]);
}

/* --- checks ------------------------------------------------------------------------------------------------------- */

static struct sector_check *check_add(struct reading *g, struct sector_check c)
{
    if (g->r->check_count == SECTOR_CHECKS_MAX) {
        yaml_problem(g->f, g->f->root, msg_defs_checks_many(SECTOR_CHECKS_MAX), msg_defs_fix_fewer());
        return NULL;
    }
    g->checks[g->r->check_count] = c;
    return &g->checks[g->r->check_count++];
}

/* Can a value of it be one that nobody can read? A text of any form is what it is, and a person's facts were read when they came in. */
static bool is_read(const struct sector_register *r, const struct sector_field *sf)
{
    return !r->people && ((sf->type != SECTOR_TEXT && sf->type != SECTOR_DOCUMENT) || sf->form.len);
}

static void checks_imply(struct reading *g)
{
    static const struct sector_check linked = { .kind = CHECK_LINKED, .code = STR("linked"), .dimension = DIMENSION_CORRECT, .minutes = MINUTES_LINK,
                                                .about = UINT64_C(1) << SECTOR_SUBJECT };
    if (g->r->subject_needed)
        (void)check_add(g, linked);
    for (size_t i = 0; i < g->r->field_count; i++)
        if (is_read(g->r, &g->fields[i]))
            (void)check_add(g, (struct sector_check){ .kind = CHECK_READABLE, .field = (int)i, .dimension = DIMENSION_CLEAN, .minutes = MINUTES_READ,
                                                      .about = UINT64_C(1) << i,
                                                      .code = arena_printf(g->d->arena, "readable_%.*s", STR_ARG(g->fields[i].key)) });
    for (size_t i = 0; i < g->r->field_count; i++)
        if (g->fields[i].required)
            (void)check_add(g, (struct sector_check){ .kind = CHECK_REQUIRED, .field = (int)i, .dimension = DIMENSION_COMPLETE, .minutes = MINUTES_FILL,
                                                      .about = UINT64_C(1) << i,
                                                      .code = arena_printf(g->d->arena, "required_%.*s", STR_ARG(g->fields[i].key)) });
}

static enum rule_type rule_type_of(enum sector_type type)
{
    switch (type) {
    case SECTOR_DAY: return RULE_DAY;
    case SECTOR_NUMBER:
    case SECTOR_MONEY: return RULE_NUMBER;
    case SECTOR_UNIT: return RULE_UNIT;
    case SECTOR_TEXT:
    case SECTOR_CODE:
    case SECTOR_PERSON:
    case SECTOR_DOCUMENT: break;
    }
    return RULE_TEXT;
}

static size_t names_make(const struct reading *g, struct rule_name *names)
{
    static const str sexes[] = { STR("male"), STR("female"), STR("other") };
    size_t n = 0;
    for (size_t i = 0; i < g->r->field_count; i++) {
        const struct sector_field *sf = &g->fields[i];
        names[n] = (struct rule_name){ .name = sf->key, .type = rule_type_of(sf->type) };
        if (sf->codes) {
            str *words = ARENA_ARRAY(g->d->arena, str, sf->codes->count + 1);
            for (size_t k = 0; k < sf->codes->count; k++)
                words[k] = sf->codes->items[k].code;
            names[n].words = words;
            names[n].word_count = sf->codes->count;
        }
        n++;
    }
    names[n++] = (struct rule_name){ .name = STR("person.birth"), .type = RULE_DAY };
    names[n++] = (struct rule_name){ .name = STR("person.sex"), .type = RULE_TEXT, .words = sexes, .word_count = 3 };
    names[n++] = (struct rule_name){ .name = STR("person.alive"), .type = RULE_TRUTH };
    names[n++] = (struct rule_name){ .name = STR("person.unit"), .type = RULE_UNIT };
    names[n++] = (struct rule_name){ .name = STR("linked"), .type = RULE_TRUTH };
    return n;
}

static const struct rule *expression_read(struct reading *g, struct yaml_node *node, str *ret_text)
{
    struct rule_name names[SECTOR_FIELDS_MAX + SECTOR_PERSON_NAMES];
    const struct rule *rule = NULL;
    struct rule_problem problem;
    if (!node || !yaml_str(g->f, node, ret_text))
        return NULL;
    if (rule_parse(g->d->arena, *ret_text, names, names_make(g, names), &rule, &problem))
        return rule;
    yaml_problem(g->f, node, msg_defs_rule_unreadable(problem.at, msg_say(g->f->problem_arena, g->f->problems->lang, &problem.why)), msg_defs_fix_rule_like());
    return NULL;
}

static uint64_t fields_asked(const struct reading *g, const struct rule *rule)
{
    return rule ? rule_names(rule) & ((UINT64_C(1) << g->r->field_count) - 1) : 0;
}

/* What a rule judges: as it says itself, else the fields of what it expects, else those that it is asked for, else the subject. */
static uint64_t about_read(struct reading *g, struct yaml_node *node, const struct sector_check *c)
{
    size_t count;
    uint64_t about = 0, subject = g->r->has_subject ? UINT64_C(1) << SECTOR_SUBJECT : 0;
    const str *words = texts_read(g, node, "about", &count);
    for (size_t i = 0; i < count; i++) {
        int field = sector_attribute_find(g->r, words[i]);
        if (field < 0)
            yaml_problem(g->f, yaml_get(node, "about"), msg_defs_no_field(words[i]), msg_defs_fix_subject_or_field());
        else
            about |= UINT64_C(1) << field;
    }
    if (!about)
        about = fields_asked(g, c->expect);
    if (!about)
        about = fields_asked(g, c->when);
    return about ? about : subject;
}

static void rule_read(struct reading *g, struct yaml_node *node)
{
    struct sector_check c = { .kind = CHECK_RULE, .minutes = MINUTES_RULE };
    int64_t minutes;
    bool whole = yaml_str(g->f, yaml_need(g->f, node, "rule"), &c.code);
    if (whole && !key_ok(c.code, '_'))
        yaml_problem(g->f, node, msg_defs_rule_name(c.code), msg_defs_fix_key_letters());
    for (size_t i = 0; whole && i < g->r->check_count; i++)
        if (str_eq(g->checks[i].code, c.code))
            yaml_problem(g->f, node, msg_defs_rule_twice(c.code), msg_defs_fix_another_key());
    int dimension = yaml_word(g->f, yaml_need(g->f, node, "dimension"), dimension_words);
    c.dimension = dimension < 0 ? DIMENSION_CORRECT : (enum dimension)dimension;
    if (yaml_get(node, "minutes") && yaml_i64(g->f, yaml_get(node, "minutes"), 1, MINUTES_MAX, &minutes))
        c.minutes = (int)minutes;
    yaml_texts(g->f, node, "says", &c.vi, &c.en);
    c.expect = expression_read(g, yaml_need(g->f, node, "expect"), &c.expect_text);
    c.when = expression_read(g, yaml_get(node, "when"), &c.when_text);
    c.about = about_read(g, node, &c);
    yaml_end(g->f, node);
    if (whole && c.expect)
        (void)check_add(g, c);
}

static uint64_t checks_hash(const struct sector_register *r)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < r->check_count; i++) {
        const str parts[] = { r->checks[i].code, r->checks[i].when_text, r->checks[i].expect_text, STR("|") };
        for (size_t p = 0; p < 4; p++)
            for (size_t k = 0; k < parts[p].len; k++)
                hash = (hash ^ (unsigned char)parts[p].ptr[k]) * UINT64_C(0x100000001b3);
        hash = (hash ^ (uint64_t)r->checks[i].dimension) * UINT64_C(0x100000001b3);
    }
    return hash >> 1; /* fits a signed column */
}

static void checks_read(struct reading *g)
{
    struct yaml_node **list = NULL;
    g->checks = ARENA_ARRAY(g->d->arena, struct sector_check, SECTOR_CHECKS_MAX + 1);
    g->r->checks = g->checks;
    checks_imply(g);
    size_t count = yaml_list(g->f, g->f->root, "rules", &list);
    for (size_t i = 0; i < count && i < SECTOR_CHECKS_MAX; i++)
        rule_read(g, list[i]);
    g->r->rules_hash = checks_hash(g->r);
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

static void overlap_check(struct reading *g)
{
    for (size_t i = 0; i < g->d->sector_count; i++) {
        const struct sector_register *o = &g->d->sectors[i];
        bool apart = (!day_is_none(o->to) && o->to.ymd < g->r->from.ymd) || (!day_is_none(g->r->to) && g->r->to.ymd < o->from.ymd);
        if (str_eq(o->code, g->r->code) && !apart)
            yaml_problem(g->f, g->f->root, msg_defs_register_twice(o->code, o->file), msg_defs_fix_one_ends());
    }
}

void sectors_read(struct defs *d, struct yaml_file *f)
{
    struct sector_register r = { .file = f->name, .unit_field = -1 };
    struct reading g = { .d = d, .f = f, .r = &r };
    if (!yaml_str(f, yaml_need(f, f->root, "register"), &r.code))
        return;
    if (!key_ok(r.code, '-'))
        yaml_problem(f, f->root, msg_defs_register_code(r.code), msg_defs_fix_code_letters());
    head_read(&g);
    subject_read(&g);
    fields_read(&g);
    unit_read(&g);
    key_read(&g);
    r.origin = origin_read(d, f, &r);
    r.origin_line = r.origin ? yaml_get(f->root, "origin")->line : 0;
    if (!r.people) /* people are written by the operations of their own */
        accesses_read(&g, "write", r.write, &r.write_count);
    accesses_read(&g, "read", r.read, &r.read_count);
    checks_read(&g);
    yaml_end(f, f->root);
    overlap_check(&g);
    if (d->sector_count == SECTORS_MAX)
        yaml_problem(f, f->root, msg_defs_registers_many(SECTORS_MAX), msg_defs_fix_fewer());
    else
        d->sectors[d->sector_count++] = r;
}
