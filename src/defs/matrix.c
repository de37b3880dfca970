/* Reads the authority matrix and proves it: for each field the pairs that its chains state are closed over what follows from
 * them; a source that then beats itself stands in a loop, two of which neither beats the other are undecided. What is left is
 * a total order, of which only the ranks are kept.
 * tested by: src/defs/matrix_test.c */
#include "defs/matrix.h"

#include <string.h>

#include "defs/inside.h"

#include "messages/messages.h"

enum { SPEAKERS_MAX = 200, TERMS_MAX = 40, OFFERS_MAX = 50, TERM_DAYS_MAX = 365 };

struct matrix {
    int8_t rank[FIELD_END][SOURCE_COUNT]; /* 0: no order has named the field */
    struct {
        str code;
        enum fact_source source;
    } speakers[SPEAKERS_MAX];
    size_t speaker_count;
    struct {
        str word;
        int days;
    } terms[TERMS_MAX];
    size_t term_count;
    struct offer_topic offers[OFFERS_MAX];
    size_t offer_count;
};

struct beats {
    bool over[SOURCE_COUNT][SOURCE_COUNT];
};

static str source_key(int s) { return fact_source_def((enum fact_source)s)->key; }

static bool source_read(struct yaml_file *f, const struct yaml_node *at, str key, enum fact_source *ret)
{
    if (fact_source_by_name(key, ret))
        return true;
    yaml_problem(f, at, msg_defs_source_unknown(key), msg_defs_fix_source_known());
    return false;
}

/* "a > b > c": each beats the next. */
static bool chain_read(struct yaml_file *f, struct yaml_node *node, struct beats *b)
{
    enum fact_source before = SOURCE_COUNT, source;
    str text, key;
    if (!yaml_str(f, node, &text))
        return false;
    while (str_cut(&text, '>', &key)) {
        if (!source_read(f, node, str_trim(key), &source))
            return false;
        if (before != SOURCE_COUNT)
            b->over[before][source] = true;
        before = source;
    }
    return true;
}

static void close_over(struct beats *b)
{
    for (int via = 0; via < SOURCE_COUNT; via++)
        for (int x = 0; x < SOURCE_COUNT; x++)
            for (int y = 0; y < SOURCE_COUNT; y++)
                b->over[x][y] = b->over[x][y] || (b->over[x][via] && b->over[via][y]);
}

/* False, and noted, if it is no total order. */
static bool order_prove(struct yaml_file *f, const struct yaml_node *at, const struct beats *b)
{
    for (int x = 0; x < SOURCE_COUNT; x++)
        if (b->over[x][x]) {
            yaml_problem(f, at, msg_defs_source_loop(source_key(x)), msg_defs_fix_chain_out());
            return false;
        }
    for (int x = 0; x < SOURCE_COUNT; x++)
        for (int y = x + 1; y < SOURCE_COUNT; y++)
            if (!b->over[x][y] && !b->over[y][x]) {
                yaml_problem(f, at, msg_defs_source_open(source_key(x), source_key(y)), msg_defs_fix_chain_add());
                return false;
            }
    return true;
}

static int rank_of(const struct beats *b, int source)
{
    int rank = 1;
    for (int x = 0; x < SOURCE_COUNT; x++)
        rank += b->over[x][source];
    return rank;
}

/* person.correct refuses by the ranks of population.yaml: what is proposed here must pass there. */
static void agree_check(struct yaml_file *f, const struct yaml_node *at, int bit, const struct beats *b)
{
    const struct person_field_def *def = person_field_def(bit);
    for (int x = 0; x < SOURCE_COUNT; x++)
        for (int y = 0; y < SOURCE_COUNT; y++)
            if (def->rank[x] && def->rank[y] && def->rank[x] < def->rank[y] && b->over[y][x]) {
                yaml_problem(f, at, msg_defs_source_against(def->key, source_key(x), source_key(y)), msg_defs_fix_chain_same());
                return;
            }
}

static void field_take(struct matrix *m, struct yaml_file *f, struct yaml_node *node, const struct beats *b)
{
    str key;
    int bit;
    if (!yaml_str(f, node, &key))
        return;
    if (!person_field_by_name(key, &bit)) {
        yaml_problem(f, node, msg_defs_field_unknown(key), msg_defs_fix_population_key());
        return;
    }
    if (m->rank[bit][0]) {
        yaml_problem(f, node, msg_defs_order_twice(key), msg_defs_fix_order_one());
        return;
    }
    for (int s = 0; s < SOURCE_COUNT; s++)
        m->rank[bit][s] = (int8_t)rank_of(b, s);
    agree_check(f, node, bit, b);
}

static void order_read(struct matrix *m, struct yaml_file *f, struct yaml_node *node)
{
    struct yaml_node **list = NULL;
    struct beats b = { { { false } } };
    bool whole = true;
    size_t count = yaml_list(f, node, "wins", &list);
    for (size_t i = 0; i < count; i++)
        whole = chain_read(f, list[i], &b) && whole;
    close_over(&b);
    if (!whole || !order_prove(f, node, &b))
        memset(&b, 0, sizeof b); /* told already */
    count = yaml_list(f, node, "for", &list);
    for (size_t i = 0; i < count; i++)
        field_take(m, f, list[i], &b);
    yaml_end(f, node);
}

static void speakers_read(struct defs *d, struct yaml_file *f, struct yaml_node *map)
{
    struct matrix *m = d->matrix;
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count && m->speaker_count < SPEAKERS_MAX; i++) {
        struct yaml_pair *p = &map->pairs[i];
        enum fact_source source;
        str word;
        p->read = true;
        if (!yaml_str(f, p->value, &word) || !source_read(f, p->value, word, &source))
            continue;
        if (!defs_sector(d, p->key, (day){ 0 }) && !defs_sector(d, p->key, (day){ 99991231 }))
            yaml_problem(f, p->value, msg_defs_register_unknown(p->key), msg_defs_fix_register_file());
        m->speakers[m->speaker_count].code = p->key;
        m->speakers[m->speaker_count++].source = source;
    }
}

static void terms_read(struct matrix *m, struct yaml_file *f, struct yaml_node *map)
{
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count && m->term_count < TERMS_MAX; i++) {
        struct yaml_pair *p = &map->pairs[i];
        int64_t days;
        p->read = true;
        if (!yaml_i64(f, p->value, 0, TERM_DAYS_MAX, &days))
            continue;
        m->terms[m->term_count].word = p->key;
        m->terms[m->term_count++].days = (int)days;
    }
}

static void offer_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct offer_topic t = { .key = STR("") };
    int bit;
    bool whole = yaml_str(f, yaml_need(f, node, "key"), &t.key) && yaml_texts(f, node, "label", &t.vi, &t.en);
    if (yaml_get(node, "register"))
        whole = yaml_str(f, yaml_get(node, "register"), &t.register_code) && yaml_str(f, yaml_need(f, node, "field"), &t.field) && whole;
    if (yaml_get(node, "attribute"))
        whole = yaml_str(f, yaml_get(node, "attribute"), &t.attribute) && whole;
    yaml_end(f, node);
    const struct sector_register *s = t.register_code.len ? defs_sector(d, t.register_code, (day){ 99991231 }) : NULL;
    if (t.register_code.len && (!s || sector_field_find(s, t.field) < 0))
        yaml_problem(f, node, msg_defs_register_field(t.field), msg_defs_fix_register_and_field());
    if (t.attribute.len && !person_field_by_name(t.attribute, &bit))
        yaml_problem(f, node, msg_defs_field_unknown(t.attribute), msg_defs_fix_population_key());
    if (whole && d->matrix->offer_count < OFFERS_MAX)
        d->matrix->offers[d->matrix->offer_count++] = t;
}

void matrix_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **orders = NULL;
    d->matrix = ARENA_NEW(d->arena, struct matrix);
    size_t count = yaml_list(f, f->root, "orders", &orders);
    for (size_t i = 0; i < count; i++)
        order_read(d->matrix, f, orders[i]);
    for (int bit = 0; bit < FIELD_END; bit++)
        if (person_field_def(bit) && !d->matrix->rank[bit][0])
            yaml_problem(f, f->root, msg_defs_order_none(person_field_name(bit)), msg_defs_fix_order_for());
    speakers_read(d, f, yaml_need(f, f->root, "registers"));
    terms_read(d->matrix, f, yaml_need(f, f->root, "days"));
    count = yaml_list(f, f->root, "offers", &orders);
    for (size_t i = 0; i < count; i++)
        offer_read(d, f, orders[i]);
    yaml_end(f, f->root);
}

size_t defs_offer_topic_count(const struct defs *d) { return d->matrix->offer_count; }
const struct offer_topic *defs_offer_topic_nth(const struct defs *d, size_t index) { return &d->matrix->offers[index]; }

const struct offer_topic *defs_offer_topic(const struct defs *d, str key)
{
    for (size_t i = 0; i < d->matrix->offer_count; i++)
        if (str_eq(d->matrix->offers[i].key, key))
            return &d->matrix->offers[i];
    return NULL;
}

int defs_source_rank(const struct defs *d, enum person_field field, enum fact_source source) { return d->matrix->rank[field][source]; }

bool defs_source_wins(const struct defs *d, enum person_field field, enum fact_source a, enum fact_source b)
{
    return defs_source_rank(d, field, a) < defs_source_rank(d, field, b);
}

enum fact_source defs_source_of(const struct defs *d, str register_code)
{
    for (size_t i = 0; i < d->matrix->speaker_count; i++)
        if (str_eq(d->matrix->speakers[i].code, register_code))
            return d->matrix->speakers[i].source;
    return SOURCE_LIST;
}

int defs_days(const struct defs *d, str word)
{
    for (size_t i = 0; i < d->matrix->term_count; i++)
        if (str_eq(d->matrix->terms[i].word, word))
            return d->matrix->terms[i].days;
    return -1;
}
