/* Taking parts of values, see part.h.
 * tested by: src/match/block/test/block_test.c */
#include "match/block/part.h"

#include <stdlib.h>
#include <string.h>

#include "match/set/hash.h"
#include "match/set/pages.h"
#include "match/set/word.h"

struct part_table {
    const struct link_dict *dict;
    enum part_kind kind;
    uint32_t *values;
};
struct part_tables {
    const struct link_set *set;
    int count;
    struct part_table list[LINK_FIELDS_MAX * 4];
};

const char *part_word(enum part_kind kind)
{
    static const char *const words[] = {
#define X(name, word) word,
        PART_KINDS(X)
#undef X
    };
    return words[kind];
}

static uint32_t some(uint64_t hash) { return (uint32_t)(hash >> 32) ? (uint32_t)(hash >> 32) : 1; }

/* Letters that slips of ear and hand put for each other are one class; vowels, h and w fall out. Only Latin letters have
 * classes: other scripts sound as they are written. */
static uint32_t sound_of(str text)
{
    static const char classes[] = "01230120022455012623010202";
    char out[24];
    size_t len = 0;
    char last = 0;

    for (size_t i = 0; i < text.len && len < sizeof out; i++) {
        char c = text.ptr[i];
        char class = c >= 'a' && c <= 'z' ? classes[c - 'a'] : (uint8_t)c >= 0x80 || (c >= '0' && c <= '9') ? c : '0';

        if (len == 0)
            out[len++] = class == '0' ? c : class;
        else if (class != '0' && class != last)
            out[len++] = class;
        last = class;
    }
    return some(link_mix(link_hash((str){ out, len }), 2));
}

/* Whole code points of at least three bytes at one end; too short a text is whole anyway. */
static uint32_t edge_of(str text, bool end)
{
    size_t n = 3;

    if (text.len < 4)
        return 0;
    if (end) {
        while (n < text.len && ((uint8_t)text.ptr[text.len - n] & 0xC0) == 0x80)
            n++;
        return some(link_mix(link_hash(str_from(text, text.len - n)), 4));
    }
    while (n < text.len && ((uint8_t)text.ptr[n] & 0xC0) == 0x80)
        n++;
    return some(link_mix(link_hash(str_slice(text, 0, n)), 3));
}

static uint32_t text_value(const struct link_dict *d, enum part_kind kind, uint32_t code)
{
    switch (kind) {
    case PART_SOUND: return sound_of(d->text[code]);
    case PART_START: return edge_of(d->text[code], false);
    case PART_END: return edge_of(d->text[code], true);
    case PART_INITIALS: return some(link_mix((uint8_t)d->text[code].ptr[0], 5));
    default: return some(d->hash[code]);
    }
}

static const uint32_t *table_of(struct part_tables *t, const struct link_dict *d, enum part_kind kind)
{
    struct part_table *table;

    for (int i = 0; i < t->count; i++)
        if (t->list[i].dict == d && t->list[i].kind == kind)
            return t->list[i].values;
    MUST(t->count < (int)(sizeof t->list / sizeof *t->list));
    table = &t->list[t->count++];
    *table = (struct part_table){ d, kind, link_pages_new(((size_t)d->count + 1) * sizeof(uint32_t)) };
    for (uint32_t c = 1; c <= d->count; c++)
        table->values[c] = text_value(d, kind, c);
    return table->values;
}

struct part_tables *part_tables_new(const struct link_set *set)
{
    struct part_tables *t = calloc(1, sizeof *t);

    MUST(t);
    t->set = set;
    return t;
}

void part_tables_free(struct part_tables *t)
{
    if (!t)
        return;
    for (int i = 0; i < t->count; i++)
        link_pages_free(t->list[i].values, ((size_t)t->list[i].dict->count + 1) * sizeof(uint32_t));
    free(t);
}

/* The letters that a kind looks at. */
static enum part_kind letters_of(enum part_kind kind)
{
    switch (kind) {
    case PART_SOUND: case PART_BAG_SOUND: return PART_SOUND;
    case PART_START: case PART_END: case PART_INITIALS: return kind;
    default: return PART_WHOLE;
    }
}

struct list {
    const struct link_set *set;
    struct part_tables *tables;
    struct part *out;
    int count;
};

static void add(struct list *l, enum part_kind kind, int field, int other)
{
    const struct link_dict *d = l->set->field[field].dict;

    if (l->count == PARTS_MAX)
        return;
    l->out[l->count++] = (struct part){ kind, field, other, d ? table_of(l->tables, d, letters_of(kind)) : NULL };
}

static bool has_letters(enum link_role role)
{
    switch (role) {
    case LINK_SEX: case LINK_AGE: case LINK_STREET_NUMBER: case LINK_REGION: case LINK_HOUSEHOLD: case LINK_CODE: return false;
    default: return true;
    }
}

static bool is_name(enum link_role role)
{
    return role == LINK_FULL_NAME || role == LINK_PARENT_NAME || role == LINK_FATHER_NAME || role == LINK_MOTHER_NAME;
}

/* `round` 0: what each field needs at least; 1 and 2: what helps when there is room. */
static void add_field(struct list *l, int i, int round)
{
    static const enum part_kind days[3][3] = { { PART_DAY, PART_YEAR }, { PART_YEAR_MONTH, PART_MONTH_DAY }, { PART_DAY_SWAPPED, PART_YEAR_DAY } };
    static const enum part_kind names[3][3] = { { PART_BAG, PART_LAST_WORD }, { PART_ENDS, PART_BAG_SOUND, PART_LAST_TWO }, { PART_FIRST_TWO, PART_FIRST_WORD, PART_INITIALS } };
    static const enum part_kind words[3][3] = { { PART_BAG, PART_RARE }, { PART_FIRST_TWO, PART_LAST_TWO }, { PART_RARE_TWO, PART_BAG_SOUND } };
    static const enum part_kind numbers[3][3] = { { PART_NUMBER }, { PART_NUMBER_START, PART_NUMBER_END }, { PART_NUMBER_NO_FIRST, PART_NUMBER_NO_MIDDLE, PART_NUMBER_NO_LAST } };
    static const enum part_kind texts[3][3] = { { PART_WHOLE }, { PART_SOUND, PART_START }, { PART_END } };
    const struct link_field *f = &l->set->field[i];
    const enum part_kind *kinds = texts[round];

    if (f->kind == LINK_KIND_DAY)
        kinds = days[round];
    else if (f->kind == LINK_KIND_DIGITS)
        kinds = numbers[round];
    else if (f->kind == LINK_KIND_WORDS)
        kinds = is_name(f->role) ? names[round] : words[round];
    else if (round && !has_letters(f->role))
        return;
    for (int k = 0; k < 3 && (kinds[k] != PART_WHOLE || (k == 0 && kinds == texts[0])); k++)
        add(l, kinds[k], i, i);
}

static void add_swapped(struct list *l)
{
    for (int i = 0; i < l->set->fields; i++)
        for (int k = i + 1; k < l->set->fields; k++) {
            const struct link_field *a = &l->set->field[i], *b = &l->set->field[k];
            bool names = (a->role == LINK_GIVEN_NAME && b->role == LINK_SURNAME) || (a->role == LINK_SURNAME && b->role == LINK_GIVEN_NAME);

            if (a->kind == LINK_KIND_TEXT && b->kind == LINK_KIND_TEXT && a->dict == b->dict && (names || a->role == b->role) &&
                !link_field_is_told(l->set, i) && !link_field_is_told(l->set, k))
                add(l, PART_SWAPPED, i, k);
        }
}

int parts_list(const struct link_set *set, struct part_tables *tables, struct part out[static PARTS_MAX])
{
    struct list l = { set, tables, out, 0 };

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < set->fields; i++)
            if (!link_field_is_told(set, i))
                add_field(&l, i, round);
        if (round == 0)
            add_swapped(&l);
    }
    return l.count;
}

static uint32_t bag(const uint32_t *table, const uint32_t *word, int n)
{
    uint64_t sum = 0;

    for (int i = 0; i < n; i++)
        sum += (uint64_t)table[word[i]] * 0x9E3779B97F4A7C15u;
    return n ? some(link_mix(sum, (uint64_t)n)) : 0;
}

static uint32_t two(const uint32_t *table, uint32_t one, uint32_t other)
{
    return some(link_mix(table[one], (uint64_t)table[other] << 32));
}

/* How many records share a word with another one; a word that stands once only is a slip more often than a name. */
static uint32_t shared_uses(const struct link_set *set, const struct link_dict *d, uint32_t code)
{
    if (set->sides == 2)
        return d->uses[0][code] && d->uses[1][code] ? d->uses[0][code] + d->uses[1][code] : UINT32_MAX;
    return d->uses[0][code] > 1 ? d->uses[0][code] : UINT32_MAX;
}

static uint32_t rare(const struct part *p, const struct link_set *set, const uint32_t *word, int n)
{
    const struct link_dict *d = set->field[p->field].dict;
    uint32_t best = 0, next = 0, best_uses = UINT32_MAX, next_uses = UINT32_MAX;

    for (int i = 0; i < n; i++) {
        uint32_t uses = shared_uses(set, d, word[i]);

        if (uses < best_uses || (uses == best_uses && best && d->hash[word[i]] < d->hash[best])) {
            next = best;
            next_uses = best_uses;
            best = word[i];
            best_uses = uses;
        } else if (uses < next_uses || (uses == next_uses && next && d->hash[word[i]] < d->hash[next])) {
            next = word[i];
            next_uses = uses;
        }
    }
    if (best == 0 || (p->kind == PART_RARE_TWO && next == 0))
        return 0;
    return p->kind == PART_RARE ? p->table[best] : bag(p->table, (uint32_t[]){ best, next }, 2);
}

static uint32_t words_value(const struct part *p, const struct link_set *set, struct link_words words)
{
    const uint32_t *word = words.code;
    int n = words.count;

    switch (p->kind) {
    case PART_BAG: case PART_BAG_SOUND: return bag(p->table, word, n);
    case PART_FIRST_WORD: return n > 1 ? p->table[word[0]] : 0;
    case PART_LAST_WORD: return n ? p->table[word[n - 1]] : 0;
    case PART_ENDS: return n > 1 ? two(p->table, word[0], word[n - 1]) : 0;
    case PART_FIRST_TWO: return n > 1 ? two(p->table, word[0], word[1]) : 0;
    case PART_LAST_TWO: return n > 1 ? two(p->table, word[n - 2], word[n - 1]) : 0;
    case PART_INITIALS: return n > 1 ? bag(p->table, word, n) : 0;
    default: return rare(p, set, word, n);
    }
}

static uint32_t day_value(enum part_kind kind, uint32_t d)
{
    uint32_t year = (uint32_t)link_day_year(d), month = (uint32_t)link_day_month(d), day_of = (uint32_t)link_day_day(d);
    bool full = year && month && day_of;

    switch (kind) {
    case PART_DAY: return full ? d : 0;
    case PART_DAY_SWAPPED: return !full ? 0 : month < day_of ? d : link_day((int)year, (int)day_of, (int)month);
    case PART_YEAR: return year;
    case PART_YEAR_MONTH: return year && month ? link_day((int)year, (int)month, 0) : 0;
    case PART_YEAR_DAY: return year && day_of ? link_day((int)year, 0, (int)day_of) : 0;
    default: return month && day_of ? link_day(0, (int)month, (int)day_of) : 0;
    }
}

static const uint64_t tens[19] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000 };

static uint32_t number_value(enum part_kind kind, uint64_t number)
{
    unsigned count = (unsigned)(number >> 56), third = count / 3, half = count / 2;
    uint64_t value = number << 8 >> 8;

    if (number == 0 || (kind != PART_NUMBER && count < 6))
        return 0;
    switch (kind) {
    case PART_NUMBER: return some(link_mix(number, 1));
    case PART_NUMBER_START: return some(link_mix(value / tens[count - half], 2));
    case PART_NUMBER_END: return some(link_mix(value % tens[half], 3));
    case PART_NUMBER_NO_FIRST: return some(link_mix(value % tens[count - third], 4));
    case PART_NUMBER_NO_MIDDLE: return some(link_mix(value / tens[count - third] * tens[third] + value % tens[third], 5));
    default: return some(link_mix(value / tens[third], 6));
    }
}

void part_fill(const struct part *p, const struct link_set *set, struct part_rows rows, uint32_t *out)
{
    const struct link_field *f = &set->field[p->field], *o = &set->field[p->other];
    int side = rows.side;

    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t r = rows.records ? rows.records[i] : rows.from + i;

        switch (f->kind) {
        case LINK_KIND_WORDS: out[i] = words_value(p, set, link_words(f, side, r)); break;
        case LINK_KIND_DAY: out[i] = day_value(p->kind, f->code[side][r]); break;
        case LINK_KIND_DIGITS: out[i] = number_value(p->kind, f->digits[side][r]); break;
        default:
            if (p->kind == PART_SWAPPED)
                out[i] = f->code[side][r] && o->code[side][r] ? bag(p->table, (uint32_t[]){ f->code[side][r], o->code[side][r] }, 2) : 0;
            else
                out[i] = p->table[f->code[side][r]];
        }
    }
}

bool part_fits(enum part_kind kind, enum link_kind of)
{
    switch (of) {
    case LINK_KIND_TEXT: return kind <= PART_SWAPPED;
    case LINK_KIND_WORDS: return kind >= PART_BAG && kind <= PART_INITIALS && kind != PART_RARE && kind != PART_RARE_TWO;
    case LINK_KIND_DAY: return kind >= PART_DAY && kind <= PART_MONTH_DAY;
    case LINK_KIND_DIGITS: return kind >= PART_NUMBER && kind <= PART_NUMBER_NO_LAST;
    case LINK_KIND_NONE: break;
    }
    return false;
}

struct part part_make(struct part_tables *tables, enum part_kind kind, int field, int other)
{
    const struct link_dict *d = tables->set->field[field].dict;

    return (struct part){ kind, field, other, d ? table_of(tables, d, letters_of(kind)) : NULL };
}
