/* Blocking, comparing and judging behind match.h. Blocks are hash chains over the right side; a left row meets each record
 * of its blocks once. Names block together with the year of birth, so that a common name does not bring thousands. */
#include "match/match.h"

#include <stdlib.h>
#include <string.h>

#define NO_ROW UINT32_MAX
#define BY_YEAR (1 << 7) /* a rule of meet(), not a field */

/* Rows of the right side with equal keys, as a chain through `next`. */
struct block {
    struct table64 heads;
    uint32_t *next;
};

static void block_init(struct block *b, struct arena *arena, size_t count)
{
    table64_init(&b->heads, count);
    b->next = ARENA_ARRAY(arena, uint32_t, count + 1);
}

static void block_add(struct block *b, uint64_t key, uint32_t row)
{
    uint64_t head = NO_ROW;

    table64_get(&b->heads, key, &head);
    b->next[row] = (uint32_t)head;
    table64_set(&b->heads, key, row);
}

static uint32_t block_first(const struct block *b, uint64_t key)
{
    uint64_t head = NO_ROW;

    table64_get(&b->heads, key, &head);
    return (uint32_t)head;
}

struct finder {
    struct arena *arena;
    const struct match_columns *left, *right;
    struct block numbers, old_numbers, names;
    uint32_t *met; /* by right row: the left row, plus one, that met it last */
    uint32_t *met_at;
    struct match_pair *pairs;
    size_t count, cap;
};

static int64_t number_at(const int64_t *column, size_t i) { return column ? column[i] : 0; }
static day day_at(const day *column, size_t i) { return column ? column[i] : (day){ 0 }; }
static uint64_t name_block(int64_t hash, int year) { return (uint64_t)hash * 0x9E3779B97F4A7C15u + (uint64_t)year; }
static bool births_agree(day a, day b) { return day_can_be(a, b) || day_can_be(b, a); }

static void blocks_fill(struct finder *f)
{
    const struct match_columns *r = f->right;

    block_init(&f->numbers, f->arena, r->count);
    block_init(&f->old_numbers, f->arena, r->count);
    block_init(&f->names, f->arena, r->count);
    for (uint32_t i = 0; i < r->count; i++) {
        if (number_at(r->number, i))
            block_add(&f->numbers, (uint64_t)r->number[i], i);
        if (number_at(r->old_number, i))
            block_add(&f->old_numbers, (uint64_t)r->old_number[i], i);
        if (r->name_hash && !day_is_none(day_at(r->birth, i)))
            block_add(&f->names, name_block(r->name_hash[i], day_year(r->birth[i])), i);
    }
}

static void blocks_done(struct finder *f)
{
    table64_done(&f->numbers.heads);
    table64_done(&f->old_numbers.heads);
    table64_done(&f->names.heads);
}

static void field_compare(struct match_pair *p, uint8_t field, bool known, bool equal)
{
    if (known && equal)
        p->agree |= field;
    else if (known)
        p->differ |= field;
}

static void pair_compare(const struct finder *f, struct match_pair *p)
{
    const struct match_columns *l = f->left, *r = f->right;
    uint32_t i = p->left, k = p->right;
    int64_t a = number_at(l->number, i), b = number_at(r->number, k);
    day born = day_at(l->birth, i), known = day_at(r->birth, k);
    uint8_t sex = l->sex ? l->sex[i] : SEX_UNKNOWN, other = r->sex ? r->sex[k] : SEX_UNKNOWN;

    field_compare(p, MATCH_NUMBER, a && b, a == b);
    a = number_at(l->old_number, i);
    b = number_at(r->old_number, k);
    field_compare(p, MATCH_OLD_NUMBER, a && b, a == b);
    field_compare(p, MATCH_BIRTH, !day_is_none(born) && !day_is_none(known), births_agree(born, known));
    field_compare(p, MATCH_SEX, sex != SEX_UNKNOWN && other != SEX_UNKNOWN, sex == other);
    if (l->name && r->name && l->name[i].len && r->name[k].len)
        field_compare(p, MATCH_NAME, true, match_name_agrees(f->arena, l->name[i], r->name[k], &p->name_exact));
}

/* A number that a repair restored, and that neither name nor birth confirms, may be anybody's. */
static bool is_chance(const struct finder *f, const struct match_pair *p)
{
    return p->by == MATCH_NUMBER && f->left->number_doubtful && f->left->number_doubtful[p->left] &&
           !(p->agree & (MATCH_NAME | MATCH_BIRTH));
}

static void meet(struct finder *f, uint32_t left, uint32_t right, uint8_t by)
{
    if (f->met[right] == left + 1) {
        f->pairs[f->met_at[right]].by |= by == BY_YEAR ? MATCH_NAME : by;
        f->pairs[f->met_at[right]].weak &= by == BY_YEAR;
        return;
    }
    if (f->count == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 256;
        struct match_pair *grown = ARENA_ARRAY(f->arena, struct match_pair, cap);
        if (f->count)
            memcpy(grown, f->pairs, f->count * sizeof *grown);
        f->pairs = grown;
        f->cap = cap;
    }
    f->met[right] = left + 1;
    f->met_at[right] = (uint32_t)f->count;
    f->pairs[f->count] = (struct match_pair){ .left = left, .right = right, .by = by == BY_YEAR ? MATCH_NAME : by, .weak = by == BY_YEAR };
    pair_compare(f, &f->pairs[f->count]);
    if (is_chance(f, &f->pairs[f->count]))
        f->met[right] = 0;
    else
        f->count++;
}

static void meet_by_name(struct finder *f, uint32_t left, day born, bool other)
{
    const struct match_columns *l = f->left, *r = f->right;
    uint32_t k;

    if (!l->name_hash || !l->name || !l->name[left].len || day_is_none(born))
        return;
    for (k = block_first(&f->names, name_block(l->name_hash[left], day_year(born))); k != NO_ROW; k = f->names.next[k])
        if (r->name_hash[k] == l->name_hash[left] && births_agree(born, r->birth[k]))
            meet(f, left, k, other && day_precision(born) == DAY_YEAR ? BY_YEAR : MATCH_NAME | MATCH_BIRTH);
}

static int pair_order(const void *a, const void *b)
{
    const struct match_pair *p = a, *q = b;

    return p->left != q->left ? (p->left < q->left ? -1 : 1) : (p->right > q->right) - (p->right < q->right);
}

void match_find(struct arena *arena, const struct match_columns *left, const struct match_columns *right, struct match_pairs *ret)
{
    struct finder f = { .arena = arena, .left = left, .right = right };
    uint32_t k;

    MUST(left->count < NO_ROW && right->count < NO_ROW);
    f.met = ARENA_ARRAY(arena, uint32_t, right->count + 1);
    f.met_at = ARENA_ARRAY(arena, uint32_t, right->count + 1);
    blocks_fill(&f);
    for (uint32_t i = 0; i < left->count; i++) {
        if (number_at(left->number, i))
            for (k = block_first(&f.numbers, (uint64_t)left->number[i]); k != NO_ROW; k = f.numbers.next[k])
                meet(&f, i, k, MATCH_NUMBER);
        if (number_at(left->old_number, i))
            for (k = block_first(&f.old_numbers, (uint64_t)left->old_number[i]); k != NO_ROW; k = f.old_numbers.next[k])
                meet(&f, i, k, MATCH_OLD_NUMBER);
        meet_by_name(&f, i, day_at(left->birth, i), false);
        meet_by_name(&f, i, day_at(left->birth_other, i), true);
    }
    blocks_done(&f);
    if (!f.pairs)
        f.pairs = ARENA_ARRAY(arena, struct match_pair, 1);
    if (f.count)
        qsort(f.pairs, f.count, sizeof *f.pairs, pair_order);
    *ret = (struct match_pairs){ f.pairs, f.count };
}

bool match_name_agrees(struct arena *arena, str left, str right, bool *ret_exact)
{
    *ret_exact = str_eq(viet_key(arena, left), viet_key(arena, right));
    if (*ret_exact)
        return true;
    return (text_is_ascii(left) || text_is_ascii(right)) && str_eq(viet_fold(arena, left), viet_fold(arena, right));
}

/* --- judging ------------------------------------------------------------------------------------------------------- */

static bool by_number(const struct match_pair *p) { return (p->by & MATCH_NUMBER) != 0; }
static bool is_somebody_else(const struct match_pair *p) { return (p->differ & MATCH_NAME) && (p->differ & MATCH_BIRTH); }

/* How much speaks for a pair that no number brought together; order alone counts. */
static int pair_rank(const struct match_pair *p)
{
    int rank = 0;

    rank += p->by & MATCH_OLD_NUMBER && !is_somebody_else(p) ? 16 : 0;
    rank += p->agree & MATCH_BIRTH ? 8 : 0;
    rank += p->name_exact ? 4 : p->agree & MATCH_NAME ? 2 : 0;
    rank += p->differ & MATCH_SEX ? 0 : 1;
    return rank;
}

static struct match_judgement judge_without_number(const struct match_pair *pairs, size_t count)
{
    struct match_judgement j = { .verdict = MATCH_NONE };
    int best = -1;

    for (size_t i = 0; i < count; i++) {
        int rank = pair_rank(&pairs[i]);
        if (is_somebody_else(&pairs[i]))
            continue;
        if (rank == best) {
            j.candidates++;
        } else if (rank > best) {
            best = rank;
            j.best = i;
            j.candidates = 1;
        }
    }
    if (j.candidates > 1 || (j.candidates == 1 && pairs[j.best].weak))
        j.verdict = MATCH_MANY;
    else if (j.candidates == 1)
        j.verdict = pairs[j.best].differ ? MATCH_CONFLICT : MATCH_ONE;
    return j;
}

struct match_judgement match_judge(const struct match_pair *pairs, size_t count)
{
    struct match_judgement rest = judge_without_number(pairs, count), j;

    for (size_t i = 0; i < count; i++) {
        if (!by_number(&pairs[i]))
            continue;
        j = (struct match_judgement){ .verdict = pairs[i].differ ? MATCH_CONFLICT : MATCH_ONE, .best = i, .candidates = 1 };
        /* The number says one, name and birth say another. */
        if (is_somebody_else(&pairs[i]) && rest.verdict != MATCH_NONE && !pairs[rest.best].weak) {
            j.verdict = MATCH_MANY;
            j.candidates += rest.candidates;
        }
        return j;
    }
    return rest;
}
