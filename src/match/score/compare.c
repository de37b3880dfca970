/* Behind compare.h. A level is computed once for two values of a dictionary as long as the memo keeps it: a direct-mapped
 * table, so that forgetting costs time only and never changes an answer. */
#include "match/score/compare.h"

#include "match/score/card.h"
#include "match/score/similar.h"
#include "match/score/words.h"
#include "match/set/word.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMO_SLOTS = 1 << 15 };

struct compare_memo {
    struct {
        uint64_t key;
        uint32_t tag;
        uint32_t answer;
    } slot[MEMO_SLOTS];
};

struct compare_memo *compare_memo_new(void)
{
    struct compare_memo *m = calloc(1, sizeof *m);

    MUST(m);
    return m;
}

void compare_memo_free(struct compare_memo *m) { free(m); }

static bool has_word_in_common(str a, str b)
{
    str word, rest = a;

    while (str_cut(&rest, ' ', &word)) {
        str other, others = b;

        while (word.len > 2 && str_cut(&others, ' ', &other))
            if (str_eq(word, other))
                return true;
    }
    return false;
}

enum level compare_text(str a, str b, bool is_number)
{
    size_t longer = a.len > b.len ? a.len : b.len, shorter = a.len + b.len - longer;
    int edits;
    double jaro;

    if (str_eq(a, b) || similar_compact(a, b))
        return TEXT_LETTERS;
    edits = similar_edits(a, b, 2);
    if (edits == 1 && longer >= 3)
        return TEXT_SLIP;
    if (is_number)
        return edits <= 2 && longer >= 3 ? TEXT_LIKE : edits == 1 ? TEXT_FAINT : LEVEL_DIFFERENT;
    jaro = similar_jaro(a, b);
    if ((edits == 2 && longer >= 5) || (jaro >= .9 && shorter >= 3))
        return TEXT_LIKE;
    if (str_starts(a, b) || str_starts(b, a) || jaro >= .8 || has_word_in_common(a, b))
        return TEXT_FAINT;
    return LEVEL_DIFFERENT;
}

/* What is asked of two values; part of a slot's tag, so that two questions do not answer each other. */
enum question { QUESTION_TEXT, QUESTION_NUMBER, QUESTION_WORD };

static uint32_t memo_answer(struct compare_memo *memo, const struct link_dict *d, uint32_t a, uint32_t b, enum question question)
{
    uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a, at;
    uint32_t tag = (uint32_t)((uintptr_t)d >> 4) << 2 | question;

    at = ((key ^ tag) * UINT64_C(0x9E3779B97F4A7C15)) >> 49;
    if (memo->slot[at].key == key && memo->slot[at].tag == tag)
        return memo->slot[at].answer;
    if (str_cmp(d->text[a], d->text[b]) > 0) { /* asked either way, the answer is one */
        uint32_t swap = a;

        a = b;
        b = swap;
    }
    memo->slot[at].key = key;
    memo->slot[at].tag = tag;
    memo->slot[at].answer = question == QUESTION_WORD ? words_are_near(d, a, b) : compare_text(d->text[a], d->text[b], question == QUESTION_NUMBER);
    return memo->slot[at].answer;
}

bool memo_word_is_near(struct compare_memo *memo, const struct link_dict *d, uint32_t a, uint32_t b)
{
    return memo_answer(memo, d, a, b, QUESTION_WORD);
}

static enum level text_level(struct compare_memo *memo, const struct link_dict *d, uint32_t a, uint32_t b, bool is_number)
{
    if (a == b)
        return LEVEL_SAME;
    if (d->hash[a] == d->hash[b])
        return TEXT_LETTERS;
    return memo_answer(memo, d, a, b, is_number ? QUESTION_NUMBER : QUESTION_TEXT);
}

static uint64_t day_digits(uint32_t d)
{
    return (uint64_t)link_day_year(d) * 10000 + (uint64_t)link_day_month(d) * 100 + (uint64_t)link_day_day(d);
}

enum level compare_days(uint32_t a, uint32_t b)
{
    int ay = link_day_year(a), am = link_day_month(a), ad = link_day_day(a);
    int by = link_day_year(b), bm = link_day_month(b), bd = link_day_day(b);
    int parts, edits;

    if (a == b)
        return LEVEL_SAME;
    if (!am || !bm || !ad || !bd)
        return ay != by ? LEVEL_DIFFERENT : !am || !bm || am == bm ? DAYS_COARSE : DAYS_YEAR;
    if (ay == by && am == bd && ad == bm)
        return DAYS_SWAP;
    edits = similar_digits(day_digits(a), 8, day_digits(b), 8, 2);
    parts = (ay == by) + (am == bm) + (ad == bd);
    if (edits == 1)
        return DAYS_SLIP;
    if (parts == 2)
        return DAYS_PARTS;
    return ay == by || edits == 2 ? DAYS_YEAR : LEVEL_DIFFERENT;
}

static int digits_that_differ(uint64_t a, uint64_t b)
{
    int n = 0;

    for (; a || b; a /= 10, b /= 10)
        n += a % 10 != b % 10;
    return n;
}

static bool digits_end(uint64_t longer, uint64_t shorter, unsigned count)
{
    uint64_t modulus = 1;

    for (unsigned i = 0; i < count; i++)
        modulus *= 10;
    return longer % modulus == shorter;
}

enum level compare_digits(uint64_t a, uint64_t b)
{
    unsigned an = (unsigned)(a >> 56), bn = (unsigned)(b >> 56);
    uint64_t av = a & ((UINT64_C(1) << 56) - 1), bv = b & ((UINT64_C(1) << 56) - 1), half = 1;
    unsigned shorter = an < bn ? an : bn;
    int edits;

    if (a == b)
        return LEVEL_SAME;
    if (an != bn && shorter >= 5 && (an > bn ? digits_end(av, bv, bn) : digits_end(bv, av, an)))
        return DIGITS_SHIFT;
    if (shorter < 3)
        return LEVEL_DIFFERENT;
    edits = similar_digits(av, an, bv, bn, 2);
    if (edits == 1 && an != bn)
        return DIGITS_SHIFT;
    if (edits == 1)
        return digits_that_differ(av, bv) == 1 ? DIGITS_SLIP : DIGITS_SWAP;
    if (edits == 2 && shorter >= 5)
        return DIGITS_FAR;
    for (unsigned i = 0; i < shorter / 2; i++)
        half *= 10;
    return an == bn && av / half == bv / half ? DIGITS_START : LEVEL_DIFFERENT;
}

static bool is_plausible(uint64_t number)
{
    return number >> 56 == 12 && number_plausibility((int64_t)(number & ((UINT64_C(1) << 56) - 1)), (day){ 0 }, SEX_UNKNOWN) == 0;
}

/* One slip apart: a digit, or two neighbours that are swapped. Of values of equal length. */
static bool is_slip_apart(uint64_t a, uint64_t b)
{
    uint64_t differ[2][2]; /* the first two places that differ, last digit first */
    int places[2], n = 0;

    for (int place = 0; a != b; a /= 10, b /= 10, place++) {
        if (a % 10 == b % 10)
            continue;
        if (n == 2)
            return false;
        places[n] = place;
        differ[n][0] = a % 10;
        differ[n++][1] = b % 10;
    }
    return n < 2 || (places[1] == places[0] + 1 && differ[0][0] == differ[1][1] && differ[0][1] == differ[1][0]);
}

enum level compare_persons(uint64_t a, uint64_t b)
{
    enum level level = a >> 56 == b >> 56 && !is_slip_apart(a << 8 >> 8, b << 8 >> 8) ? LEVEL_DIFFERENT : compare_digits(a, b);

    if (level > DIGITS_FAR)
        return level;
    return is_plausible(a) && is_plausible(b) ? LEVEL_DIFFERENT : DIGITS_START;
}

static bool is_one_of(enum link_role role, const enum link_role *roles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (role == roles[i])
            return true;
    return false;
}

static bool may_be_swapped(const struct link_field *a, const struct link_field *b)
{
    static const enum link_role names[] = { LINK_GIVEN_NAME, LINK_SURNAME };

    if (a->kind != b->kind || a->dict != b->dict || (a->kind != LINK_KIND_TEXT && a->kind != LINK_KIND_WORDS))
        return false;
    return a->role == b->role || (is_one_of(a->role, names, 2) && is_one_of(b->role, names, 2));
}

static void facts_find(struct comparer *c, int i)
{
    const struct link_dict *dict = c->set->field[c->list[i].field].dict;
    int at = 0;

    while (at < c->dicts && c->facts[at].dict != dict)
        at++;
    if (at == c->dicts)
        word_facts_make(&c->facts[c->dicts++], c->set, dict);
    c->facts_of[i] = (uint8_t)at;
}

static bool is_known(const struct link_set *set, const struct link_field *f) { return f->known[0] && f->known[set->sides - 1]; }

void comparer_init(struct comparer *c, const struct link_set *set)
{
    static const enum link_role names[] = { LINK_FULL_NAME, LINK_PARENT_NAME, LINK_FATHER_NAME, LINK_MOTHER_NAME };
    static const enum link_role numbers[] = { LINK_AGE, LINK_SEX, LINK_STREET_NUMBER, LINK_POSTCODE, LINK_HOUSEHOLD, LINK_CODE };

    *c = (struct comparer){ .set = set, .facts = calloc(LINK_FIELDS_MAX, sizeof *c->facts) };
    MUST(c->facts);
    for (int i = 0; i < set->fields; i++) {
        const struct link_field *f = &set->field[i];
        struct comparison *it = &c->list[c->count];

        if (f->kind == LINK_KIND_NONE || !is_known(set, f) || link_field_is_told(set, i))
            continue;
        *it = (struct comparison){ (uint8_t)i, -1, is_one_of(f->role, names, 4), is_one_of(f->role, numbers, 6) };
        if (f->kind == LINK_KIND_WORDS)
            facts_find(c, c->count);
        for (int k = 0; k < c->count && it->beside < 0; k++)
            if (c->list[k].beside < 0 && may_be_swapped(f, &set->field[c->list[k].field])) {
                it->beside = (int8_t)k;
                c->list[k].beside = (int8_t)c->count;
            }
        c->count++;
    }
}

void comparer_done(struct comparer *c)
{
    comparer_cards_drop(c);
    for (int i = 0; i < c->dicts; i++)
        word_facts_done(&c->facts[i]);
    free(c->facts);
    c->facts = NULL;
}

/* A record as one side of a comparison. */
struct view {
    int side;
    uint32_t row;
};

/* Values of this field and of the one beside it, in both records. */
struct crossing {
    uint32_t x, y, x_beside, y_beside;
};

/* Swapped is only what stands crosswise both ways, one of the two with a slip or unknown: a given name that is a family name
 * elsewhere says nothing. */
static bool crossed(struct compare_memo *memo, const struct comparison *it, const struct link_field *f, struct crossing c)
{
    bool there = c.x == c.y_beside, back = c.y == c.x_beside;

    if (!there && !back)
        return false;
    uint32_t a = there ? c.y : c.x, b = there ? c.x_beside : c.y_beside;
    return (there && back) || !a || !b || text_level(memo, f->dict, a, b, it->is_number) >= TEXT_LIKE;
}

static enum level text_field_level(struct compare_memo *memo, const struct comparison *it, const struct link_field *f,
                                   const struct link_field *beside, struct view a, struct view b)
{
    uint32_t x = f->code[a.side][a.row], y = f->code[b.side][b.row];
    enum level level = x && y ? text_level(memo, f->dict, x, y, it->is_number) : LEVEL_UNKNOWN;

    if (level == LEVEL_UNKNOWN || level >= TEXT_LIKE || !beside)
        return level;
    return crossed(memo, it, f, (struct crossing){ x, y, beside->code[a.side][a.row], beside->code[b.side][b.row] }) ? TEXT_ELSEWHERE : level;
}

static enum level words_field_level(const struct comparer *c, struct compare_memo *memo, int i, struct view a, struct view b)
{
    const struct link_field *f = &c->set->field[c->list[i].field];
    struct link_words x, y;

    if (link_words_same(f, a.side, a.row, b.side, b.row))
        return LEVEL_SAME;
    x = link_words(f, a.side, a.row);
    y = link_words(f, b.side, b.row);
    if (!x.count || !y.count)
        return LEVEL_UNKNOWN;
    return (c->list[i].is_name ? words_name_level : words_text_level)(memo, &c->facts[c->facts_of[i]], (struct words){ x.code, x.count },
                                                                      (struct words){ y.code, y.count });
}

static enum level digits_level(const struct link_field *f, uint64_t x, uint64_t y)
{
    return f->role == LINK_PERSON_NUMBER ? compare_persons(x, y) : compare_digits(x, y);
}

static enum level field_level(const struct comparer *c, struct compare_memo *memo, int i, struct view a, struct view b)
{
    const struct comparison *it = &c->list[i];
    const struct link_field *f = &c->set->field[it->field];
    const struct link_field *beside = it->beside < 0 ? NULL : &c->set->field[c->list[it->beside].field];

    switch (f->kind) {
    case LINK_KIND_TEXT:
        return text_field_level(memo, it, f, beside, a, b);
    case LINK_KIND_DAY: {
        uint32_t x = f->code[a.side][a.row], y = f->code[b.side][b.row];

        return x && y ? compare_days(x, y) : LEVEL_UNKNOWN;
    }
    case LINK_KIND_DIGITS: {
        uint64_t x = f->digits[a.side][a.row], y = f->digits[b.side][b.row];

        return x && y ? digits_level(f, x, y) : LEVEL_UNKNOWN;
    }
    case LINK_KIND_WORDS:
        return words_field_level(c, memo, i, a, b);
    case LINK_KIND_NONE:
        break;
    }
    return LEVEL_UNKNOWN;
}

uint64_t compare_records(const struct comparer *c, struct compare_memo *memo, int side_a, uint32_t a, int side_b, uint32_t b)
{
    uint64_t pattern = 0;

    for (int i = 0; i < c->count; i++)
        pattern |= (uint64_t)field_level(c, memo, i, (struct view){ side_a, a }, (struct view){ side_b, b }) << (i * LEVEL_BITS);
    return pattern;
}

void compare_touch(const struct link_field *f, int side, const uint32_t *rows, size_t count)
{
    uint64_t sum = 0;

    if (f->kind == LINK_KIND_WORDS)
        for (size_t n = 0; n < count; n++)
            sum += link_has_words(f, side, rows[n]);
    else if (f->kind == LINK_KIND_DIGITS)
        for (size_t n = 0; n < count; n++)
            sum += f->digits[side][rows[n]];
    else
        for (size_t n = 0; n < count; n++)
            sum += f->code[side][rows[n]];
    __asm__ volatile("" : : "r"(sum)); /* the loads are the work */
}

/* A batch while it is compared: of each field of words the pairs that their cards do not decide. */
struct batch {
    const struct comparer *c;
    struct compare_memo *memo;
    const struct link_pair *pairs;
    uint64_t *patterns;
    uint16_t *open; /* [pair] of one field */
};

static enum level card_text_level(const struct batch *b, int i, const uint32_t *left, const uint32_t *right)
{
    const struct comparison *it = &b->c->list[i];
    const struct link_field *f = &b->c->set->field[it->field];
    int at = b->c->cards->at[i];
    enum level level = text_level(b->memo, f->dict, left[at], right[at], it->is_number);

    if (level >= TEXT_LIKE || it->beside < 0)
        return level;
    at = b->c->cards->at[it->beside];
    return crossed(b->memo, it, f, (struct crossing){ left[b->c->cards->at[i]], right[b->c->cards->at[i]], left[at], right[at] }) ? TEXT_ELSEWHERE : level;
}

static bool is_person(const struct comparer *c, int i) { return c->set->field[c->list[i].field].role == LINK_PERSON_NUMBER; }

/* The level of the personal number that says that two cards are of two people, in its place; else 0. */
static uint64_t cards_veto(const struct batch *b, const uint32_t *left, const uint32_t *right)
{
    const struct comparer *c = b->c;

    for (int i = 0; i < c->count; i++) {
        uint64_t x, y;

        if (!is_person(c, i))
            continue;
        x = card_wide(left, c->cards->at[i]);
        y = card_wide(right, c->cards->at[i]);
        if (x && y && x != y && compare_persons(x, y) == LEVEL_DIFFERENT)
            return (uint64_t)LEVEL_DIFFERENT << (i * LEVEL_BITS);
    }
    return 0;
}

/* Fields that are decided by what stands on the cards; words that differ stay LEVEL_DIFFERENT until they are looked at. */
static uint64_t cards_pattern(const struct batch *b, const uint32_t *left, const uint32_t *right)
{
    const struct comparer *c = b->c;
    uint64_t pattern = cards_veto(b, left, right);

    if (pattern)
        return pattern;
    for (int i = 0; i < c->count; i++) {
        const struct link_field *f = &c->set->field[c->list[i].field];
        int at = c->cards->at[i];
        bool wide = f->kind == LINK_KIND_WORDS || f->kind == LINK_KIND_DIGITS;
        uint64_t x = wide ? card_wide(left, at) : left[at], y = wide ? card_wide(right, at) : right[at];
        enum level level = LEVEL_UNKNOWN;

        if (x && x == y)
            level = LEVEL_SAME;
        else if (x && y)
            level = f->kind == LINK_KIND_WORDS    ? LEVEL_DIFFERENT
                    : f->kind == LINK_KIND_DIGITS ? digits_level(f, x, y)
                    : f->kind == LINK_KIND_DAY    ? compare_days((uint32_t)x, (uint32_t)y)
                                                  : card_text_level(b, i, left, right);
        pattern |= (uint64_t)level << (i * LEVEL_BITS);
    }
    return pattern;
}

/* One field of some pairs, `open` of the batch, into their patterns, where it is LEVEL_UNKNOWN so far. */
static void batch_field(const struct batch *b, int i, const uint16_t *open, size_t count)
{
    const struct link_field *f = &b->c->set->field[b->c->list[i].field];
    int right = link_side(b->c->set, 1);
    uint32_t rows[2][COMPARE_TOUCHED];

    for (size_t from = 0; from < count; from += COMPARE_TOUCHED) {
        size_t n = count - from < COMPARE_TOUCHED ? count - from : COMPARE_TOUCHED;

        for (size_t k = 0; k < n; k++) {
            rows[0][k] = b->pairs[open[from + k]].left;
            rows[1][k] = b->pairs[open[from + k]].right;
        }
        compare_touch(f, 0, rows[0], n);
        compare_touch(f, right, rows[1], n);
        for (size_t k = 0; k < n; k++)
            b->patterns[open[from + k]] |= (uint64_t)field_level(b->c, b->memo, i, (struct view){ 0, rows[0][k] }, (struct view){ right, rows[1][k] })
                                           << (i * LEVEL_BITS);
    }
}

static void cards_touch(const struct cards *k, int right, const struct link_pair *pairs, size_t count)
{
    uint32_t sum = 0;

    for (size_t n = 0; n < count; n++)
        for (int unit = 0; unit < k->units; unit += CARD_LINE_UNITS)
            sum += card_of(k, 0, pairs[n].left)[unit] + card_of(k, right, pairs[n].right)[unit];
    __asm__ volatile("" : : "r"(sum));
}

static void cards_compare(const struct batch *b, size_t count)
{
    const struct cards *k = b->c->cards;
    int right = link_side(b->c->set, 1);

    for (size_t from = 0; from < count; from += COMPARE_TOUCHED) {
        size_t to = count - from < COMPARE_TOUCHED ? count : from + COMPARE_TOUCHED;

        cards_touch(k, right, b->pairs + from, to - from);
        for (size_t n = from; n < to; n++)
            b->patterns[n] = cards_pattern(b, card_of(k, 0, b->pairs[n].left), card_of(k, right, b->pairs[n].right));
    }
    for (int i = 0; i < b->c->count; i++) {
        size_t open = 0;

        if (b->c->set->field[b->c->list[i].field].kind != LINK_KIND_WORDS)
            continue;
        for (size_t n = 0; n < count; n++) {
            b->open[open] = (uint16_t)n;
            open += pattern_level(b->patterns[n], i) == LEVEL_DIFFERENT;
        }
        for (size_t n = 0; n < open; n++)
            b->patterns[b->open[n]] &= ~((uint64_t)LEVEL_MASK << (i * LEVEL_BITS));
        batch_field(b, i, b->open, open);
    }
}

/* From the columns, a field after the other, personal numbers first. */
static void columns_compare(const struct batch *b, size_t count)
{
    size_t open = count;

    for (size_t n = 0; n < count; n++) {
        b->patterns[n] = 0;
        b->open[n] = (uint16_t)n;
    }
    for (int i = 0; i < b->c->count; i++) {
        size_t kept = 0;

        if (!is_person(b->c, i))
            continue;
        batch_field(b, i, b->open, open);
        for (size_t n = 0; n < open; n++) {
            uint16_t pair = b->open[n];

            b->open[kept] = pair;
            kept += pattern_level(b->patterns[pair], i) != LEVEL_DIFFERENT;
        }
        open = kept;
    }
    for (int i = 0; i < b->c->count; i++)
        if (!is_person(b->c, i))
            batch_field(b, i, b->open, open);
}

void compare_pairs(const struct comparer *c, struct compare_memo *memo, const struct link_pair *pairs, size_t count, uint64_t *ret_patterns)
{
    uint16_t open[COMPARE_MANY + 1];
    const struct batch b = { c, memo, pairs, ret_patterns, open };

    MUST(count <= COMPARE_MANY);
    (c->cards ? cards_compare : columns_compare)(&b, count);
}

void comparer_cards(struct comparer *c, int threads) { c->cards = cards_new(c, threads); }

void comparer_cards_drop(struct comparer *c)
{
    cards_free(c->cards);
    c->cards = NULL;
}

uint64_t compare_pair(const struct comparer *c, struct compare_memo *memo, struct link_pair pair)
{
    return compare_records(c, memo, 0, pair.left, link_side(c->set, 1), pair.right);
}
