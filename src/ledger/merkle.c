/* One algorithm carries all proofs. From the root one walks down to the subtree in question; at each step either the
 * right half, the left half, or (for a subtree that starts at 0 and is ragged) both matter. A proof lists the hashes of
 * the halves that were left aside, deepest first; a check folds them back, keeping two running hashes: of the subtree,
 * and of the whole tree. RFC 9162 sections 2.1.3 and 2.1.4, and their generalisation to subtrees.
 *
 * Refuses spare and missing hashes, sizes out of range, subtrees that are none. */
#include "ledger/merkle.h"
#include <string.h>

void merkle_empty(struct merkle_hash *ret)
{
    sha256_of("", 0, ret->b);
}

void merkle_leaf(str data, struct merkle_hash *ret)
{
    sha256_tagged(0x00, data, (str){ 0 }, ret->b);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *ret)
{
    sha256_tagged(0x01, merkle_str(left), merkle_str(right), ret->b);
}

void merkle_range_init(struct merkle_range *r)
{
    r->size = 0;
    r->count = 0;
}

void merkle_range_add(struct merkle_range *r, const struct merkle_hash *leaf)
{
    merkle_range_add_subtree(r, 0, leaf);
}

void merkle_range_add_subtree(struct merkle_range *r, int level, const struct merkle_hash *root)
{
    uint64_t step = (uint64_t)1 << level;
    struct merkle_hash top = *root;

    MUST(level < 63 && r->size % step == 0 && r->count < 63);
    /* Each set bit of size / step from below is a complete subtree that the new one now completes. */
    for (uint64_t rest = r->size >> level; rest & 1; rest >>= 1) {
        r->count--;
        merkle_node(&r->part[r->count], &top, &top);
    }
    r->part[r->count++] = top;
    r->size += step;
}

void merkle_range_root(const struct merkle_range *r, struct merkle_hash *ret)
{
    if (r->count == 0) {
        merkle_empty(ret);
        return;
    }
    *ret = r->part[r->count - 1];
    for (size_t i = r->count - 1; i > 0; i--)
        merkle_node(&r->part[i - 1], ret, ret);
}

/* Largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

bool merkle_is_subtree(uint64_t start, uint64_t end)
{
    if (start > end)
        return false;
    if (end - start <= 1 || start == 0)
        return true;
    if (end - start > (uint64_t)1 << 62)
        return false;
    return start % (split(end - start) * 2) == 0;
}

enum side { SIDE_LEFT, SIDE_RIGHT, SIDE_BOTH };

/* The way from the root of `size` leaves down to the subtree. `part` says that below the last step a hash of the proof
 * stands for the subtree itself, because it is only a ragged piece of what the verifier knows. */
struct descent {
    size_t depth;
    enum side side[MERKLE_PROOF_MAX];
    uint64_t aside_start[MERKLE_PROOF_MAX], aside_end[MERKLE_PROOF_MAX];
    uint64_t last_start, last_end;
    bool part;
};

static void descend(uint64_t start, uint64_t end, uint64_t size, struct descent *d)
{
    uint64_t from = 0, to = size;

    d->depth = 0;
    d->part = false;
    while (from != start || to != end) {
        uint64_t middle = from + split(to - from);
        size_t i = d->depth++;
        MUST(i < MERKLE_PROOF_MAX);
        if (end <= middle) {
            d->side[i] = SIDE_LEFT;
            d->aside_start[i] = middle;
            d->aside_end[i] = to;
            to = middle;
        } else {
            d->side[i] = start >= middle ? SIDE_RIGHT : SIDE_BOTH;
            d->part |= d->side[i] == SIDE_BOTH;
            d->aside_start[i] = from;
            d->aside_end[i] = middle;
            from = middle;
            start = start < middle ? middle : start;
        }
    }
    d->last_start = from;
    d->last_end = to;
}

STATUS merkle_root_of(const struct merkle_source *s, uint64_t start, uint64_t end, struct merkle_hash *ret)
{
    struct merkle_range r;
    uint64_t at = start;

    merkle_range_init(&r);
    /* [start, end) from its largest complete subtree down; relative to `start` it is a tree of its own. */
    for (int level = 62; level >= 0; level--) {
        uint64_t step = (uint64_t)1 << level;
        struct merkle_hash h;
        if (!((end - start) & step))
            continue;
        MUST(at % step == 0);
        TRY(s->node(s->with, level, at >> level, &h));
        merkle_range_add_subtree(&r, level, &h);
        at += step;
    }
    merkle_range_root(&r, ret);
    return OK;
}

STATUS merkle_prove(const struct merkle_source *s, uint64_t start, uint64_t end, uint64_t size, struct merkle_proof *ret)
{
    struct descent d;

    ret->count = 0;
    if (end > size || size > (uint64_t)1 << 62 || !merkle_is_subtree(start, end))
        return FAIL(LEDGER_PROOF);
    if (start == end)
        return OK;
    descend(start, end, size, &d);
    if (d.part)
        TRY(merkle_root_of(s, d.last_start, d.last_end, &ret->path[ret->count++]));
    for (size_t i = d.depth; i > 0; i--) {
        MUST(ret->count < MERKLE_PROOF_MAX);
        TRY(merkle_root_of(s, d.aside_start[i - 1], d.aside_end[i - 1], &ret->path[ret->count++]));
    }
    return OK;
}

static STATUS check_empty(const struct merkle_claim *c, const struct merkle_proof *p)
{
    struct merkle_hash nothing;

    merkle_empty(&nothing);
    if (p->count != 0 || !str_eq(c->subtree_root, merkle_str(&nothing)))
        return FAIL(LEDGER_PROOF);
    return OK;
}

static STATUS fold(const struct merkle_claim *c, const struct descent *d, const struct merkle_proof *p)
{
    struct merkle_hash subtree, tree;
    size_t used = 0;

    if (p->count != d->depth + (d->part ? 1 : 0))
        return FAIL(LEDGER_PROOF);
    if (d->part)
        subtree = p->path[used++];
    else if (c->subtree_root.len == SHA256_BYTES)
        memcpy(subtree.b, c->subtree_root.ptr, SHA256_BYTES);
    else
        return FAIL(LEDGER_PROOF);
    tree = subtree;
    for (size_t i = d->depth; i > 0; i--) {
        const struct merkle_hash *aside = &p->path[used++];
        if (d->side[i - 1] == SIDE_LEFT)
            merkle_node(&tree, aside, &tree);
        else
            merkle_node(aside, &tree, &tree);
        if (d->side[i - 1] == SIDE_BOTH)
            merkle_node(aside, &subtree, &subtree);
    }
    if (!str_eq(merkle_str(&tree), c->root) || !str_eq(merkle_str(&subtree), c->subtree_root))
        return FAIL(LEDGER_PROOF);
    return OK;
}

STATUS merkle_check_subtree(const struct merkle_claim *c, const struct merkle_proof *p)
{
    struct descent d;

    if (c->end > c->size || c->size > (uint64_t)1 << 62 || !merkle_is_subtree(c->start, c->end))
        return FAIL(LEDGER_PROOF);
    if (c->start == c->end)
        return check_empty(c, p);
    if (c->start == 0 && c->end == c->size)
        return p->count == 0 && str_eq(c->subtree_root, c->root) ? OK : FAIL(LEDGER_PROOF);
    descend(c->start, c->end, c->size, &d);
    return fold(c, &d, p);
}

STATUS merkle_check_inclusion(uint64_t index, uint64_t size, str leaf, const struct merkle_proof *p, str root)
{
    if (index >= size || leaf.len != SHA256_BYTES)
        return FAIL(LEDGER_PROOF);
    return merkle_check_subtree(&(struct merkle_claim){ index, index + 1, size, leaf, root }, p);
}

STATUS merkle_check_consistency(uint64_t size_old, uint64_t size, const struct merkle_proof *p, str root_old, str root)
{
    if (size_old == 0)
        return FAIL(LEDGER_PROOF);
    return merkle_check_subtree(&(struct merkle_claim){ 0, size_old, size, root_old, root }, p);
}

STATUS merkle_check_subtree_inclusion(uint64_t index, uint64_t start, uint64_t end, str leaf, const struct merkle_proof *p,
                                      str root)
{
    if (!merkle_is_subtree(start, end) || index < start || index >= end)
        return FAIL(LEDGER_PROOF);
    return merkle_check_inclusion(index - start, end - start, leaf, p, root);
}
