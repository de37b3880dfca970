/* Proofs: of all proofs for a claim about a tree exactly the honest one is accepted. Input: start, end, size, the number of
 * hashes, then bytes to be laid over the honest proof. */
#include "fuzz/fuzz.h"
#include "ledger/merkle.h"
#include <string.h>

enum { LEAVES = 128 };
static struct merkle_hash leaves[LEAVES];

static STATUS node(void *with, int level, uint64_t index, struct merkle_hash *ret)
{
    struct merkle_range r;

    (void)with;
    merkle_range_init(&r);
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_range_add(&r, &leaves[i]);
    merkle_range_root(&r, ret);
    return OK;
}

static void make_leaves(void)
{
    for (int i = 0; i < LEAVES && leaves[LEAVES - 1].b[0] == 0; i++) {
        char text[2] = { 'l', (char)i };
        merkle_leaf((str){ text, 2 }, &leaves[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct merkle_source source = { node, NULL };
    struct merkle_proof honest = { 0 }, tried = { 0 };
    struct merkle_hash subtree, root;

    if (size < 4)
        return 0;
    make_leaves();
    uint64_t start = data[0] % LEAVES, end = data[1] % LEAVES, total = data[2] % LEAVES;
    bool meaningful = merkle_is_subtree(start, end) && end <= total;
    MUST(status_ok(merkle_prove(&source, start, end, total, &honest)) == meaningful);
    tried.count = data[3] % (MERKLE_PROOF_MAX + 1);
    for (size_t i = 0; i < tried.count; i++) {
        for (size_t k = 0; k < SHA256_BYTES; k++) {
            size_t at = 4 + i * SHA256_BYTES + k;
            tried.path[i].b[k] = honest.path[i].b[k] ^ (at < size ? data[at] : 0);
        }
    }
    merkle_empty(&subtree);
    if (meaningful)
        MUST(status_ok(merkle_root_of(&source, start, end, &subtree)));
    MUST(status_ok(merkle_root_of(&source, 0, total, &root)));
    bool same = tried.count == honest.count && memcmp(tried.path, honest.path, honest.count * sizeof *honest.path) == 0;
    struct merkle_claim claim = { start, end, total, merkle_str(&subtree), merkle_str(&root) };
    MUST(status_ok(merkle_check_subtree(&claim, &tried)) == (meaningful && same));
    if (meaningful && start == 0)
        MUST(status_ok(merkle_check_consistency(end, total, &tried, merkle_str(&subtree), merkle_str(&root))) == (same && end > 0));
    if (meaningful && end == start + 1)
        MUST(status_ok(merkle_check_inclusion(start, total, merkle_str(&subtree), &tried, merkle_str(&root))) == same);
    return 0;
}
