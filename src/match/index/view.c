/* The set in which a search compares: values of the list and of the segments under codes of its own, added when first met.
 * How often a value stands in the register comes from the first segment, so that a weight depends on nothing but the two
 * records and the index.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/score/chance.h"
#include "match/score/model.h"
#include "match/score/words.h"
#include "match/set/hash.h"
#include "match/set/load.h"
#include "match/set/pages.h"
#include "match/set/word.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Room for values, and how much of it a batch may fill at worst: every word of every slot. */
enum { VALUES = 1 << 20, VALUES_BATCH = 2 * SEARCH_SLOTS * LINK_FIELDS_MAX * LINK_WORDS_MAX, SLOT_MASK = 2 * VALUES - 1, TEXT_BYTES = 512 << 20 };

static const struct lexicon *base_lexicon(const struct index_search *s, int dict) { return &s->ix->segment[0].lexicon[dict]; }

/* One over the chance of a value: of a text in its field, of a word in all fields of its dictionary (as in score/chance.c). */
static float value_rarity(const struct index_search *s, int field, uint32_t known)
{
    const struct segment *base = &s->ix->segment[0];

    if (s->ix->def.field[field].kind == LINK_KIND_TEXT)
        return (float)(fmax(1, (double)base->head.known[field]) / fmax(1, known ? base->field_uses[field][known] : 0));
    return (float)fmin(s->model.words_known[field] / fmax(1, known ? base_lexicon(s, s->ix->def.field[field].dict)->uses[known] : 0), 1e6);
}

/* What the model asks of a value. */
static void value_count(struct index_search *s, int dict, uint32_t code)
{
    const struct lexicon *l = base_lexicon(s, dict);
    struct search_dict *d = &s->dict[dict];
    uint32_t known = lexicon_find(l, d->keys[code]);

    d->dict.uses[0][code] = known ? l->uses[known] : 0;
    for (int i = 0; i < s->model.comparer.dicts; i++)
        if (s->model.comparer.facts[i].dict == &d->dict)
            word_facts_add(&s->model.comparer.facts[i], code, d->words);
    for (int i = 0; i < s->ix->def.fields; i++)
        if (s->ix->def.field[i].dict == dict && s->model.rarity[i])
            s->model.rarity[i][code] = value_rarity(s, i, known);
}

static uint32_t value_take(struct index_search *s, int dict, str key)
{
    struct search_dict *d = &s->dict[dict];
    uint32_t at = (uint32_t)link_hash(key) & SLOT_MASK, code;

    if (!key.len)
        return 0;
    while (d->slot[at] && !str_eq(d->keys[d->slot[at]], key))
        at = (at + 1) & SLOT_MASK;
    if (d->slot[at])
        return d->slot[at];
    MUST(d->used < VALUES);
    code = d->slot[at] = ++d->used;
    d->keys[code] = arena_str(s->arena, key);
    d->texts[code] = d->keys[code];
    if (s->ix->def.form[dict] == LINK_FORM_TONES && !text_is_ascii(key) && text_is_utf8(key))
        d->texts[code] = viet_fold(s->arena, d->keys[code]);
    if (!d->texts[code].len)
        d->texts[code] = d->keys[code];
    d->dict.hash[code] = link_hash(d->texts[code]);
    value_count(s, dict, code);
    return code;
}

static uint32_t list_code(struct index_search *s, int dict, const struct link_dict *from, uint32_t code)
{
    struct search_dict *d = &s->dict[dict];

    if (code && !d->of_list[code])
        d->of_list[code] = value_take(s, dict, from->tones ? from->tones[code] : from->text[code]);
    return code ? d->of_list[code] : 0;
}

static uint32_t segment_code(struct index_search *s, int dict, uint32_t segment, struct bytes *b)
{
    struct packed_text t = packed_text_get(b);
    const struct lexicon *l = &s->ix->segment[segment].lexicon[dict];
    struct search_dict *d = &s->dict[dict];

    if (!t.code)
        return value_take(s, dict, t.text);
    if (t.code > l->count)
        return 0;
    if (!d->of_segment[segment][t.code])
        d->of_segment[segment][t.code] = value_take(s, dict, lexicon_key(l, t.code));
    return d->of_segment[segment][t.code];
}

static void words_put(struct link_field *to, int side, uint32_t slot, const struct link_words *w)
{
    memcpy(link_row(to, side, slot), w->code, sizeof w->code);
}

void search_left(struct index_search *s, uint32_t slot, uint32_t row)
{
    for (int i = 0; i < s->ix->def.fields; i++) {
        const struct link_field *from = s->field[i] < 0 ? NULL : &s->list->field[s->field[i]];
        struct link_field *to = &s->view.field[i];
        int dict = s->ix->def.field[i].dict;

        if (to->kind == LINK_KIND_TEXT)
            to->code[0][slot] = from ? list_code(s, dict, from->dict, from->code[0][row]) : 0;
        else if (to->kind == LINK_KIND_DAY)
            to->code[0][slot] = from ? from->code[0][row] : 0;
        else if (to->kind == LINK_KIND_DIGITS)
            to->digits[0][slot] = from ? from->digits[0][row] : 0;
        else {
            struct link_words words = from ? link_words(from, 0, row) : (struct link_words){ 0 };

            for (int k = 0; k < words.count; k++)
                words.code[k] = list_code(s, dict, from->dict, words.code[k]);
            words_put(to, 0, slot, &words);
        }
    }
}

static void right_words(struct index_search *s, int i, uint32_t slot, uint32_t segment, struct bytes *b)
{
    struct link_field *to = &s->view.field[i];
    uint64_t n = varint_get(b);
    struct link_words words = { 0 };

    for (uint64_t k = 0; k < n && k < LINK_WORDS_MAX; k++) {
        uint32_t code = segment_code(s, s->ix->def.field[i].dict, segment, b);

        if (code)
            words.code[words.count++] = code;
    }
    words_put(to, 1, slot, &words);
}

static uint32_t right_day(struct bytes *b)
{
    uint32_t found = (uint32_t)varint_get(b);

    return link_day_year(found) < 2200 && link_day_month(found) <= 99 && link_day_day(found) <= 99 ? found : 0;
}

static uint64_t right_digits(struct bytes *b)
{
    uint64_t word = varint_get(b), count = word & 31, value = word >> 5;

    return count >= 1 && count <= LINK_DIGITS_MAX && value < UINT64_C(10000000000000000) ? link_digits((unsigned)count, value) : 0;
}

void search_right(struct index_search *s, uint32_t slot, uint32_t segment, uint32_t record)
{
    struct bytes b = segment_record(&s->ix->segment[segment], record);
    uint64_t word = varint_get(&b), known;

    (void)bytes_get(&b, word / 32);
    if (word % 32)
        (void)varint_get(&b);
    known = varint_get(&b);
    for (int i = 0; i < s->ix->def.fields; i++) {
        struct link_field *to = &s->view.field[i];
        bool is_known = known >> i & 1;

        if (to->kind == LINK_KIND_TEXT)
            to->code[1][slot] = is_known ? segment_code(s, s->ix->def.field[i].dict, segment, &b) : 0;
        else if (to->kind == LINK_KIND_DAY)
            to->code[1][slot] = is_known ? right_day(&b) : 0;
        else if (to->kind == LINK_KIND_DIGITS)
            to->digits[1][slot] = is_known ? right_digits(&b) : 0;
        else if (is_known)
            right_words(s, i, slot, segment, &b);
        else
            words_put(to, 1, slot, &(struct link_words){ 0 });
    }
}

/* --- room -------------------------------------------------------------------------------------------------------------------- */

static void dict_new(struct index_search *s, int i)
{
    struct search_dict *d = &s->dict[i];
    const struct lexicon *l = base_lexicon(s, i);
    size_t room = VALUES + 1;

    *d = (struct search_dict){ .keys = link_pages_new(room * sizeof(str)), .texts = link_pages_new(room * sizeof(str)),
                               .slot = link_pages_new((SLOT_MASK + (size_t)1) * sizeof(uint32_t)), .words = 1 };
    d->dict = (struct link_dict){ .text = d->texts, .tones = s->ix->def.form[i] == LINK_FORM_TONES ? d->keys : NULL,
                                  .uses = { link_pages_new(room * sizeof(uint32_t)), link_pages_new(room * sizeof(uint32_t)) },
                                  .hash = link_pages_new(room * sizeof(uint64_t)) };
    for (uint32_t code = 1; code <= l->count; code++)
        d->words += l->uses[code];
    for (int k = 0; k < s->ix->segments; k++)
        d->of_segment[k] = link_pages_new((s->ix->segment[k].lexicon[i].count + (size_t)1) * sizeof(uint32_t));
}

static void dict_free(struct index_search *s, int i)
{
    struct search_dict *d = &s->dict[i];
    size_t room = VALUES + 1;

    link_pages_free(d->keys, room * sizeof(str));
    link_pages_free(d->texts, room * sizeof(str));
    link_pages_free(d->slot, (SLOT_MASK + (size_t)1) * sizeof(uint32_t));
    link_pages_free(d->dict.uses[0], room * sizeof(uint32_t));
    link_pages_free(d->dict.uses[1], room * sizeof(uint32_t));
    link_pages_free(d->dict.hash, room * sizeof(uint64_t));
    for (int k = 0; k < s->ix->segments; k++)
        link_pages_free(d->of_segment[k], (s->ix->segment[k].lexicon[i].count + (size_t)1) * sizeof(uint32_t));
    free(d->of_list);
}

static void field_new(struct index_search *s, int i)
{
    struct link_field *f = &s->view.field[i];
    const struct index_field *from = &s->ix->def.field[i];

    *f = (struct link_field){ .role = from->role, .kind = from->kind, .head = str_of(from->head),
                              .dict = from->dict < 0 ? NULL : &s->dict[from->dict].dict, .known = { 1, 1 }, .row = LINK_ROW_WIDE };
    for (int side = 0; side < 2; side++) {
        f->code[side] = calloc(SEARCH_SLOTS, sizeof(uint32_t));
        f->digits[side] = calloc(SEARCH_SLOTS, sizeof(uint64_t));
        f->word[side] = calloc(SEARCH_SLOTS, link_row_bytes(LINK_ROW_WIDE));
        MUST(f->code[side] && f->digits[side] && f->word[side]);
    }
}

static void field_free(struct link_field *f)
{
    for (int side = 0; side < 2; side++) {
        free(f->code[side]);
        free(f->digits[side]);
        free(f->word[side]);
    }
}

static uint32_t at_most(uint64_t n) { return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX; }

/* The model of the definition over the view; every known count stands on side 0. */
static void model_make(struct index_search *s)
{
    const struct index_def *d = &s->ix->def;
    const struct segment *base = &s->ix->segment[0];
    struct link_model *m = &s->model;

    *m = (struct link_model){ .day_comparison = -1 };
    comparer_init(&m->comparer, &s->view);
    MUST(m->comparer.count == d->fields);
    for (int i = 0; i < m->comparer.dicts; i++)
        word_facts_room(&m->comparer.facts[i], VALUES);
    for (int i = 0; i < d->dicts; i++)
        s->dict[i].dict.count = VALUES;
    for (int i = 0; i < d->fields; i++) {
        s->view.field[i].known[0] = at_most(base->head.known[i]);
        s->view.field[i].known[1] = 0;
        for (int k = 0; k < d->fields; k++)
            m->words_known[i] += d->field[k].dict >= 0 && d->field[k].dict == d->field[i].dict ? (double)base->head.known[k] : 0;
        m->words_known[i] = m->words_known[i] > 1 ? m->words_known[i] : 1;
        if (d->field[i].kind == LINK_KIND_TEXT || m->comparer.list[i].is_name) {
            m->rarity[i] = calloc(VALUES + (size_t)1, sizeof(float));
            m->rarity_is_own[i] = true;
            MUST(m->rarity[i]);
            m->rarity[i][0] = 1;
        }
        if (d->field[i].kind == LINK_KIND_DAY && m->day_comparison < 0)
            m->day_comparison = i;
        if (d->field[i].role == LINK_PERSON_NUMBER)
            m->veto |= UINT64_C(1) << (i * LEVEL_BITS);
    }
    m->days = calloc(2 * (size_t)CHANCE_DAY_SLOTS, sizeof *m->days);
    MUST(m->days);
    memcpy(m->days, base->days, CHANCE_DAY_SLOTS * sizeof *m->days);
    memcpy(m->m, d->m, sizeof m->m);
    memcpy(m->u, d->u, sizeof m->u);
    memcpy(m->k, d->k, sizeof m->k);
    memcpy(m->rarity_mean, d->rarity, sizeof m->rarity_mean);
    m->has_kin = d->has_kin;
    m->matches = d->matches;
    m->kin = d->kin;
    m->pairs = (double)base->head.records;
    model_weigh(m);
}

static void view_make(struct index_search *s)
{
    const struct index_def *d = &s->ix->def;

    s->arena = arena_new(SIZE_MAX / 4);
    s->view = (struct link_set){ .sides = 2, .fields = d->fields, .count = { 0, at_most(s->ix->segment[0].head.records) } };
    for (int i = 0; i < d->dicts; i++)
        dict_new(s, i);
    for (int i = 0; i < d->fields; i++)
        field_new(s, i);
    model_make(s);
    s->memo = compare_memo_new();
}

static void view_drop(struct index_search *s)
{
    compare_memo_free(s->memo);
    link_model_done(&s->model);
    for (int i = 0; i < s->ix->def.fields; i++)
        field_free(&s->view.field[i]);
    for (int i = 0; i < s->ix->def.dicts; i++)
        dict_free(s, i);
    arena_free(s->arena);
}

static void list_maps_make(struct index_search *s)
{
    for (int i = 0; i < s->ix->def.fields; i++) {
        int dict = s->ix->def.field[i].dict;

        if (dict < 0 || s->field[i] < 0 || s->dict[dict].of_list)
            continue;
        s->dict[dict].of_list = calloc(s->list->field[s->field[i]].dict->count + (size_t)1, sizeof(uint32_t));
        MUST(s->dict[dict].of_list);
    }
}

void search_room(struct index_search *s)
{
    bool full = arena_used_bytes(s->arena) > TEXT_BYTES;

    for (int i = 0; i < s->ix->def.dicts; i++)
        full |= s->dict[i].used + VALUES_BATCH > VALUES;
    if (!full)
        return;
    view_drop(s);
    view_make(s);
    list_maps_make(s);
}

static void list_forget(struct index_search *s)
{
    for (int i = 0; i < s->ix->def.dicts; i++) {
        free(s->dict[i].of_list);
        s->dict[i].of_list = NULL;
    }
    part_tables_free(s->tables);
    s->tables = NULL;
}

void index_search_list(struct index_search *s, const struct link_set *list)
{
    list_forget(s);
    s->list = list;
    def_join(&s->ix->def, list, s->field);
    list_maps_make(s);
    s->tables = part_tables_new(list);
    for (int i = 0; i < s->ix->def.rules; i++)
        rule_parts_make(&s->ix->def.rule[i], list, s->field, s->tables, &s->rule[i]);
}

struct index_search *index_search_new(const struct index *ix, const struct link_set *list)
{
    struct index_search *s = calloc(1, sizeof *s);

    MUST(s);
    s->ix = ix;
    view_make(s);
    s->candidate = malloc((size_t)INDEX_SEGMENTS_MAX * INDEX_RULES_MAX * SEARCH_MOST * sizeof *s->candidate);
    s->hit = malloc((size_t)INDEX_SEGMENTS_MAX * INDEX_RULES_MAX * SEARCH_MOST * sizeof *s->hit);
    MUST(s->candidate && s->hit);
    for (int i = 0; i < ix->segments; i++)
        for (int k = 0; k < ix->def.rules; k++)
            post_start(&s->cursor[i][k], &ix->segment[i].posts[k]);
    index_search_list(s, list);
    return s;
}

void index_search_free(struct index_search *s)
{
    if (!s)
        return;
    list_forget(s);
    view_drop(s);
    free(s->candidate);
    free(s->hit);
    free(s->group.list);
    free(s);
}
