/* The Merkle tree of RFC 6962 section 2.1 and RFC 9162: hashing, proofs and their checking, without storage. Inclusion
 * and consistency are two cases of one thing, the consistency of a subtree [start, end) with the tree of `size` leaves
 * (draft-ietf-plants-merkle-tree-certs): inclusion is the subtree of one leaf, consistency the one that starts at 0. */
#pragma once
#include "crypt/crypt.h"

struct merkle_hash {
    uint8_t b[SHA256_BYTES];
};

enum { MERKLE_PROOF_MAX = 64 };
/* Nearest sibling first. */
struct merkle_proof {
    size_t count;
    struct merkle_hash path[MERKLE_PROOF_MAX];
};

void merkle_empty(struct merkle_hash *ret); /* root of the empty tree: SHA-256 of nothing */
void merkle_leaf(str data, struct merkle_hash *ret);
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *ret);

/* The right edge of a growing tree: the roots of its complete subtrees, largest first. */
struct merkle_range {
    uint64_t size;
    size_t count;
    struct merkle_hash part[64];
};
void merkle_range_init(struct merkle_range *r);
void merkle_range_add(struct merkle_range *r, const struct merkle_hash *leaf);
/* Takes over a complete subtree of 2^level leaves; r->size must be a multiple of 2^level. */
void merkle_range_add_subtree(struct merkle_range *r, int level, const struct merkle_hash *root);
void merkle_range_root(const struct merkle_range *r, struct merkle_hash *ret);

/* Gives the root of the complete subtree number `index` of 2^level leaves. */
struct merkle_source {
    STATUS (*node)(void *with, int level, uint64_t index, struct merkle_hash *ret);
    void *with;
};
/* Root of the leaves [start, end); start = 0 or [start, end) a subtree. */
STATUS merkle_root_of(const struct merkle_source *s, uint64_t start, uint64_t end, struct merkle_hash *ret);
/* start and end as in merkle_is_subtree, end <= size; anything else is ERR_LEDGER_PROOF. */
STATUS merkle_prove(const struct merkle_source *s, uint64_t start, uint64_t end, uint64_t size, struct merkle_proof *ret);

/* start <= end, and start a multiple of the smallest power of two that is not below end - start. */
bool merkle_is_subtree(uint64_t start, uint64_t end);

/* All checks are ERR_LEDGER_PROOF or OK. Roots and the leaf are taken as they came, of any length: a wrong length is a
 * wrong proof, except where nothing but equality is claimed. */
STATUS merkle_check_inclusion(uint64_t index, uint64_t size, str leaf, const struct merkle_proof *p, str root);
/* Refuses size_old = 0: an empty tree is consistent with everything, so such a proof says nothing. */
STATUS merkle_check_consistency(uint64_t size_old, uint64_t size, const struct merkle_proof *p, str root_old, str root);
/* Leaf `index` (counted in the whole tree) in the subtree [start, end). */
STATUS merkle_check_subtree_inclusion(uint64_t index, uint64_t start, uint64_t end, str leaf, const struct merkle_proof *p,
                                      str root);
struct merkle_claim {
    uint64_t start, end, size; /* the subtree and the tree */
    str subtree_root, root;
};
STATUS merkle_check_subtree(const struct merkle_claim *c, const struct merkle_proof *p);

static inline str merkle_str(const struct merkle_hash *h)
{
    return (str){ (const char *)h->b, SHA256_BYTES };
}
