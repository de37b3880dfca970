/* Weighs the candidates of a row; see judge.h. The shares below are those of a population like Viet Nam's, rounded: among two
 * people (u) they follow from how names, births and numbers are spread, between a row and its person (m) from what clerks'
 * slips look like. A list is too short, and too one-sided a sample of the register, to learn them from.
 * tested by: src/centre/test/judge_test.c, src/centre/test/list_test.c */
#include "centre/judge.h"

#include "match/score/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the rows of a list, how many mean somebody who is in the register. */
static const double share_known = 0.95;
/* People among whom a row without name or birth may mean one. */
static const double population = 1e8;
/* From here on the row means the candidate; below, a human is asked as long as it is likelier than the other bound. */
static const double taken_from = 0.8, asked_from = 0.02;
/* A number that a repair restored may be anybody's: so many bits less. */
static const float doubt_bits = 10;

enum { NAME_BYTES_MAX = 1024 };

struct share {
    double m, u;
};
/* By level; see enum level. A level with 0 does not occur. */
static const struct share shares[JUDGE_FIELDS][LEVELS] = {
    [JUDGE_NUMBER] = { { 0, 0 }, { .06, .9997 }, { .01, 3e-4 }, { .01, 1e-6 }, { .02, 1e-8 }, { .02, 1e-8 }, { .05, 1e-8 }, { .83, 1e-9 } },
    [JUDGE_OLD_NUMBER] = { { 0, 0 }, { .06, .99 }, { .01, .01 }, { .01, 1e-5 }, { .02, 1e-6 }, { .02, 1e-7 }, { .05, 1e-6 }, { .83, 1e-8 } },
    [JUDGE_NAME] = { { 0, 0 }, { .01, .67 }, { .01, .3 }, { .01, .02 }, { .05, .006 }, { .08, 2e-4 }, { .06, 3e-4 }, { .78, 1e-4 } },
    [JUDGE_BIRTH] = { { 0, 0 }, { .03, .97 }, { .02, .02 }, { .04, 4e-3 }, { .05, 4e-4 }, { .01, 1e-5 }, { .05, 1.4e-2 }, { .80, 4e-5 } },
    [JUDGE_SEX] = { { 0, 0 }, { .02, .5 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { .98, .5 } },
    [JUDGE_UNIT] = { { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { .85, 3e-4 } },
};
/* A row that gives only the year, or a name without any diacritic, can agree no better: these are what "equal" is for it. */
static const struct share birth_coarse = { .95, 1.4e-2 }, name_plain = { .84, 4e-4 };

struct judge {
    struct arena *arena;
    struct compare_memo *memo;
    struct table codes;    /* word with tones: its code */
    struct link_dict dict; /* words of names; grows */
    struct word_facts facts;
    str *texts, *keys;
    uint64_t *hashes;
    size_t cap;
};

struct judge *judge_new(struct arena *a)
{
    struct judge *j = ARENA_NEW(a, struct judge);

    j->arena = a;
    j->memo = compare_memo_new();
    table_init(&j->codes);
    return j;
}

void judge_free(struct judge *j)
{
    if (!j)
        return;
    compare_memo_free(j->memo);
    table_done(&j->codes);
}

/* --- names ----------------------------------------------------------------------------------------------------------------- */

static void dict_grow(struct judge *j)
{
    size_t cap = j->cap ? j->cap * 2 : 1024, used = j->dict.count ? j->dict.count + 1 : 0;
    str *texts = ARENA_ARRAY(j->arena, str, cap), *keys = ARENA_ARRAY(j->arena, str, cap);
    uint64_t *hashes = ARENA_ARRAY(j->arena, uint64_t, cap);
    struct word_fact *facts = ARENA_ARRAY(j->arena, struct word_fact, cap);

    if (used) {
        memcpy(texts, j->texts, used * sizeof *texts);
        memcpy(keys, j->keys, used * sizeof *keys);
        memcpy(hashes, j->hashes, used * sizeof *hashes);
        memcpy(facts, j->facts.fact, used * sizeof *facts);
    }
    j->texts = texts;
    j->keys = keys;
    j->hashes = hashes;
    j->cap = cap;
    j->dict.text = texts;
    j->dict.tones = keys;
    j->dict.hash = hashes;
    j->facts = (struct word_facts){ .dict = &j->dict, .fact = facts };
}

/* The engine makes them for whole dictionaries; here words come one by one. */
static struct word_fact word_fact(str text, str key, uint64_t hash)
{
    uint32_t unused[2] = { 0 };
    uint64_t hashes[2] = { 0, hash };
    const str texts[2] = { { 0 }, text }, keys[2] = { { 0 }, key };
    const struct link_dict one = { .count = 1, .text = texts, .tones = keys, .uses = { unused, unused }, .hash = hashes };
    const struct link_set alone = { .sides = 1 };
    struct word_facts facts;
    struct word_fact fact;

    word_facts_make(&facts, &alone, &one);
    fact = facts.fact[1];
    word_facts_done(&facts);
    return fact;
}

static uint32_t word_code(struct judge *j, str key)
{
    void *known = table_get(&j->codes, key);

    if (known)
        return (uint32_t)(uintptr_t)known;
    if (j->dict.count + 2 > j->cap)
        dict_grow(j);
    uint32_t code = ++j->dict.count;
    j->keys[code] = arena_str(j->arena, key);
    j->texts[code] = viet_fold(j->arena, key);
    j->hashes[code] = str_hash(j->texts[code]);
    j->facts.fact[code] = word_fact(j->texts[code], j->keys[code], j->hashes[code]);
    table_set(&j->codes, j->keys[code], (void *)(uintptr_t)code);
    return code;
}

static struct words name_words(struct judge *j, str name, uint32_t codes[static LINK_WORDS_MAX])
{
    str rest = viet_key(j->arena, text_cut(name, NAME_BYTES_MAX)), word;
    struct words w = { .code = codes };

    while (w.count < LINK_WORDS_MAX && str_cut(&rest, ' ', &word))
        if (word.len)
            codes[w.count++] = word_code(j, word);
    return w;
}

static enum level name_level(struct judge *j, str left, str right)
{
    uint32_t a[LINK_WORDS_MAX], b[LINK_WORDS_MAX];

    if (left.len && str_eq(left, right))
        return LEVEL_SAME;
    struct words x = name_words(j, left, a), y = name_words(j, right, b);

    return x.count && y.count ? words_name_level(j->memo, &j->facts, x, y) : LEVEL_UNKNOWN;
}

static bool is_plain(str row, str known) { return text_is_ascii(row) || text_is_ascii(known); }

/* --- fields ---------------------------------------------------------------------------------------------------------------- */

static enum level number_level(int64_t row, int64_t known, unsigned digits)
{
    return row && known ? compare_digits(link_digits(digits, (uint64_t)row), link_digits(digits, (uint64_t)known)) : LEVEL_UNKNOWN;
}

static enum level birth_level(day row, day known)
{
    if (day_is_none(row) || day_is_none(known))
        return LEVEL_UNKNOWN;
    return compare_days(link_day(day_year(row), day_month(row), day_of_month(row)),
                        link_day(day_year(known), day_month(known), day_of_month(known)));
}

/* Where only the year was known, lists write the first of January: it contradicts no day of that year. */
static bool stands_for_year(day row, day known)
{
    return row.ymd % 10000 == 101 && day_year(row) == day_year(known);
}

static bool births_agree(day a, day b) { return day_can_be(a, b) || day_can_be(b, a) || stands_for_year(a, b); }

bool judge_same_unit(const struct list_person *row, const struct person *p)
{
    const struct place_found *f = &row->place;
    bool here = f->today.v == p->unit.v || f->named.v == p->unit.v;

    for (size_t i = 0; f->answer == PLACE_DIVIDED && i < f->choice_count && i < PLACE_CHOICES; i++)
        here |= f->choices[i].v == p->unit.v;
    return p->unit.v && here;
}

static struct share share_of(enum judge_field f, enum level level, const struct list_person *row, const struct person *p)
{
    if (f == JUDGE_NAME && level == NAME_LETTERS && is_plain(row->name, p->name))
        return name_plain;
    if (f == JUDGE_BIRTH && level == DAYS_COARSE)
        return birth_coarse;
    return shares[f][level];
}

static void candidate_weigh(struct judge *j, const struct list_person *row, struct candidate *c)
{
    const struct person *p = c->person;
    enum level other = birth_level(row->birth_other, p->birth), born = birth_level(row->birth, p->birth);

    if (born != LEVEL_SAME && stands_for_year(row->birth, p->birth))
        born = DAYS_COARSE;
    c->level[JUDGE_UNIT] = judge_same_unit(row, p) ? LEVEL_SAME : LEVEL_UNKNOWN;
    c->level[JUDGE_NUMBER] = (uint8_t)number_level(row->number, p->number, 12);
    c->level[JUDGE_OLD_NUMBER] = (uint8_t)number_level(row->old_number, c->old_number, 9);
    c->level[JUDGE_NAME] = (uint8_t)name_level(j, row->name, p->name);
    c->level[JUDGE_BIRTH] = (uint8_t)(other > born ? other : born);
    c->level[JUDGE_SEX] = (uint8_t)(row->sex == SEX_UNKNOWN || p->sex == SEX_UNKNOWN ? LEVEL_UNKNOWN : (int)row->sex == p->sex ? LEVEL_SAME : LEVEL_DIFFERENT);
    for (int f = 0; f < JUDGE_FIELDS; f++) {
        struct share s = share_of((enum judge_field)f, (enum level)c->level[f], row, p);
        c->bits[f] = s.u > 0 && s.m > 0 ? (float)log2(s.m / s.u) : 0;
        c->differs[f] = c->level[f] != LEVEL_UNKNOWN && c->level[f] != LEVEL_SAME;
    }
    c->differs[JUDGE_NAME] &= !(c->level[JUDGE_NAME] == NAME_LETTERS && is_plain(row->name, p->name));
    c->differs[JUDGE_BIRTH] = born != LEVEL_UNKNOWN && !births_agree(row->birth, p->birth);
    if (row->number_doubtful && c->bits[JUDGE_NUMBER] > doubt_bits)
        c->bits[JUDGE_NUMBER] -= doubt_bits;
    c->total = 0;
    for (int f = 0; f < JUDGE_FIELDS; f++)
        c->total += (double)c->bits[f];
}

/* --- the row ---------------------------------------------------------------------------------------------------------------- */

static bool has_key(const struct candidate *c)
{
    return c->level[JUDGE_NAME] >= NAME_LETTERS && c->level[JUDGE_BIRTH] >= DAYS_COARSE;
}

/* Bits before any field. Of strangers, as many bear the name and birth by chance as the register has people that do; so the
 * people among whom the row means one are those, over the chance. Where the name or the birth is missing, all people. */
static double start_bits(const struct list_person *row, const struct candidate *list, size_t count)
{
    double bearers = 0.5, chance = 0;

    for (size_t i = 0; i < count; i++) {
        if (!has_key(&list[i]))
            continue;
        double u = share_of(JUDGE_NAME, (enum level)list[i].level[JUDGE_NAME], row, list[i].person).u *
                   share_of(JUDGE_BIRTH, (enum level)list[i].level[JUDGE_BIRTH], row, list[i].person).u;
        bearers++;
        chance = fmax(chance, u);
    }
    return log2(share_known / (1 - share_known)) - log2(chance > 0 ? bearers / chance : population);
}

static int likelier_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->total != y->total)
        return x->total > y->total ? -1 : 1;
    return x->person->id.v < y->person->id.v ? -1 : x->person->id.v > y->person->id.v;
}

struct judgement judge_row(struct judge *j, const struct list_person *row, struct candidate *list, size_t count)
{
    struct judgement out = { .verdict = VERDICT_NONE };
    double sum = 1, start; /* 1: nobody of them */

    if (!count)
        return out;
    for (size_t i = 0; i < count; i++)
        candidate_weigh(j, row, &list[i]);
    qsort(list, count, sizeof *list, likelier_first);
    start = start_bits(row, list, count);
    for (size_t i = 0; i < count; i++)
        sum += exp2(list[i].total + start);
    for (size_t i = 0; i < count; i++) {
        list[i].probability = exp2(list[i].total + start) / sum;
        out.in_question += list[i].probability >= asked_from;
    }
    if (list[0].probability >= taken_from && !list[0].weak) {
        out.verdict = VERDICT_ONE;
        out.in_question = 1;
    } else if (list[0].probability >= asked_from) {
        out.verdict = VERDICT_MANY;
    }
    return out;
}

/* --- evidence ---------------------------------------------------------------------------------------------------------------- */

/* Eleven bits a field (three of level, eight of weight), then seven of per cent, and one that says that the units agree. */
enum { FIELD_BITS = 11, PACKED_FIELDS = JUDGE_UNIT, PERCENT_AT = PACKED_FIELDS * FIELD_BITS, UNIT_AT = PERCENT_AT + 7 };

int64_t evidence_pack(const struct candidate *c)
{
    uint64_t out = (uint64_t)lround(floor(c->probability * 100)) << PERCENT_AT | (uint64_t)(c->level[JUDGE_UNIT] == LEVEL_SAME) << UNIT_AT;

    for (int f = 0; f < PACKED_FIELDS; f++) {
        long bits = lround(fmin(fmax((double)c->bits[f], -127), 127));
        out |= ((uint64_t)c->level[f] << 8 | (uint8_t)(int8_t)bits) << (f * FIELD_BITS);
    }
    return (int64_t)out;
}

size_t evidence_unpack(int64_t evidence, struct evidence_item ret[static JUDGE_FIELDS], int *ret_percent)
{
    const struct share unit = shares[JUDGE_UNIT][LEVEL_SAME];
    uint64_t all = (uint64_t)evidence;
    size_t n = 0;

    for (int f = 0; f < PACKED_FIELDS; f++) {
        unsigned piece = (unsigned)(all >> (f * FIELD_BITS)) & ((1u << FIELD_BITS) - 1);
        if (piece >> 8)
            ret[n++] = (struct evidence_item){ (enum judge_field)f, (int)(piece >> 8), (int8_t)(uint8_t)piece };
    }
    if (all >> UNIT_AT & 1)
        ret[n++] = (struct evidence_item){ JUDGE_UNIT, LEVEL_SAME, (int)lround(log2(unit.m / unit.u)) };
    *ret_percent = (int)(all >> PERCENT_AT & 127);
    return n;
}

const char *judge_field_word(enum judge_field f)
{
    static const char *const words[] = { "number", "old_number", "name", "birth", "sex", "residence" };
    return words[f];
}

int judge_person_field(enum judge_field f)
{
    static const int fields[JUDGE_FIELDS] = { [JUDGE_NUMBER] = FIELD_NUMBER, [JUDGE_OLD_NUMBER] = FIELD_OLD_NUMBER, [JUDGE_NAME] = FIELD_NAME,
                                              [JUDGE_BIRTH] = FIELD_BIRTH, [JUDGE_SEX] = FIELD_SEX,
                                              [JUDGE_UNIT] = FIELD_RESIDENCE };
    return fields[f];
}

const char *judge_scale_word(enum judge_field f)
{
    static const char *const words[] = { "digits", "digits", "name", "day", "text", "text" };
    return words[f];
}
