/* Proofs against a naive tree written from the definition in RFC 6962 section 2.1, for every size up to 70 and for random
 * larger ones; each proof with one bit changed, one hash more or less, or another size, is refused. */
#include "ledger/merkle.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 700 };
static struct merkle_hash leaves[LEAVES];

static void naive_root(uint64_t from, uint64_t to, struct merkle_hash *ret)
{
    struct merkle_hash left, right;
    uint64_t k = 1;

    if (from == to) {
        merkle_empty(ret);
    } else if (to - from == 1) {
        *ret = leaves[from];
    } else {
        while (k * 2 < to - from)
            k *= 2;
        naive_root(from, from + k, &left);
        naive_root(from + k, to, &right);
        merkle_node(&left, &right, ret);
    }
}

static STATUS naive_node(void *with, int level, uint64_t index, struct merkle_hash *ret)
{
    (void)with;
    naive_root(index << level, (index + 1) << level, ret);
    return OK;
}

static const struct merkle_source source = { naive_node, NULL };

static int make_leaves(void **state)
{
    (void)state;
    for (int i = 0; i < LEAVES; i++) {
        char text[16];
        int len = snprintf(text, sizeof text, "leaf %d", i);
        merkle_leaf((str){ text, (size_t)len }, &leaves[i]);
    }
    return 0;
}

static void assert_hash(const struct merkle_hash *h, const char *hex)
{
    struct buf b DEFER(buf_done);

    buf_init(&b, 128);
    buf_hex(&b, h->b, SHA256_BYTES);
    assert_true(str_eq(buf_str(&b), str_of(hex)));
}

/* RFC 6962 fixes these two; Certificate Transparency publishes the same values. */
static void known_hashes(void **state)
{
    struct merkle_hash h;

    (void)state;
    merkle_empty(&h);
    assert_hash(&h, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    merkle_leaf(STR(""), &h);
    assert_hash(&h, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void range_is_the_tree(void **state)
{
    struct merkle_range r;
    struct merkle_hash grown, naive;

    (void)state;
    merkle_range_init(&r);
    for (uint64_t n = 0; n < LEAVES; n++) {
        merkle_range_root(&r, &grown);
        naive_root(0, n, &naive);
        assert_memory_equal(grown.b, naive.b, SHA256_BYTES);
        assert_true(status_ok(merkle_root_of(&source, 0, n, &grown)));
        assert_memory_equal(grown.b, naive.b, SHA256_BYTES);
        merkle_range_add(&r, &leaves[n]);
    }
}

static void range_takes_subtrees(void **state)
{
    struct merkle_range r;
    struct merkle_hash h, naive;

    (void)state;
    merkle_range_init(&r);
    naive_root(0, 256, &h);
    merkle_range_add_subtree(&r, 8, &h);
    naive_root(256, 512, &h);
    merkle_range_add_subtree(&r, 8, &h);
    merkle_range_add(&r, &leaves[512]);
    merkle_range_root(&r, &h);
    naive_root(0, 513, &naive);
    assert_memory_equal(h.b, naive.b, SHA256_BYTES);
}

static bool claim_holds(uint64_t start, uint64_t end, uint64_t size, const struct merkle_proof *p)
{
    struct merkle_hash subtree, root;

    naive_root(start, end <= LEAVES ? end : LEAVES, &subtree);
    naive_root(0, size <= LEAVES ? size : LEAVES, &root);
    return status_ok(merkle_check_subtree(&(struct merkle_claim){ start, end, size, merkle_str(&subtree), merkle_str(&root) }, p));
}

static void every_change_is_refused(uint64_t start, uint64_t end, uint64_t size, const struct merkle_proof *p)
{
    struct merkle_proof bad = *p;

    for (size_t i = 0; i < p->count; i++) {
        bad.path[i].b[(i * 7) % SHA256_BYTES] ^= 0x10;
        assert_false(claim_holds(start, end, size, &bad));
        bad.path[i] = p->path[i];
    }
    if (p->count > 0) {
        bad.count = p->count - 1;
        assert_false(claim_holds(start, end, size, &bad));
        memmove(&bad.path[0], &p->path[1], sizeof *bad.path * (p->count - 1));
        assert_false(claim_holds(start, end, size, &bad));
        bad = *p;
    }
    bad.path[bad.count++] = leaves[3];
    assert_false(claim_holds(start, end, size, &bad));
}

static void prove_and_check(uint64_t start, uint64_t end, uint64_t size)
{
    struct merkle_proof p;

    assert_true(status_ok(merkle_prove(&source, start, end, size, &p)));
    if (!claim_holds(start, end, size, &p))
        fail_msg("[%d, %d) of %d", (int)start, (int)end, (int)size);
    if (start < end)
        every_change_is_refused(start, end, size, &p);
}

static void all_small_subtrees(void **state)
{
    int subtrees = 0;

    (void)state;
    for (uint64_t size = 1; size <= 70; size++) {
        for (uint64_t start = 0; start < size; start++) {
            for (uint64_t end = start; end <= size; end++) {
                if (!merkle_is_subtree(start, end))
                    continue;
                prove_and_check(start, end, size);
                subtrees++;
            }
        }
    }
    assert_true(subtrees > 5000);
}

static void random_large(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 20261121, 0);
    for (int round = 0; round < 150; round++) {
        uint64_t size = 1 + rng_below(&r, LEAVES - 1), index = rng_below(&r, (uint32_t)size);
        struct merkle_proof p;
        struct merkle_hash root;
        naive_root(0, size, &root);
        assert_true(status_ok(merkle_prove(&source, index, index + 1, size, &p)));
        assert_true(status_ok(merkle_check_inclusion(index, size, merkle_str(&leaves[index]), &p, merkle_str(&root))));
        assert_false(status_ok(merkle_check_inclusion(index + 1, size, merkle_str(&leaves[index]), &p, merkle_str(&root))));
        assert_false(status_ok(merkle_check_inclusion(index, size, merkle_str(&leaves[(index + 1) % LEAVES]), &p, merkle_str(&root))));
        prove_and_check(0, index + 1, size);
    }
}

static void subtree_rule(void **state)
{
    (void)state;
    assert_true(merkle_is_subtree(0, 0) && merkle_is_subtree(0, 13) && merkle_is_subtree(5, 6) && merkle_is_subtree(8, 14));
    assert_true(merkle_is_subtree(4, 7) && merkle_is_subtree(3, 3) && merkle_is_subtree(6, 8));
    assert_false(merkle_is_subtree(2, 5) || merkle_is_subtree(1, 3) || merkle_is_subtree(4, 9) || merkle_is_subtree(2, 1));
    assert_false(merkle_is_subtree(1, UINT64_MAX));
}

static void refusals(void **state)
{
    struct merkle_proof p;
    struct merkle_hash h;

    (void)state;
    assert_true(status_is(merkle_prove(&source, 0, 5, 4, &p), ERR_LEDGER_PROOF));
    assert_true(status_is(merkle_prove(&source, 2, 5, 8, &p), ERR_LEDGER_PROOF));
    merkle_empty(&h);
    p.count = 0;
    assert_true(status_is(merkle_check_consistency(0, 5, &p, merkle_str(&h), merkle_str(&h)), ERR_LEDGER_PROOF));
    assert_true(status_is(merkle_check_inclusion(0, 0, merkle_str(&h), &p, merkle_str(&h)), ERR_LEDGER_PROOF));
    assert_true(status_is(merkle_check_inclusion(UINT64_MAX, UINT64_MAX, merkle_str(&h), &p, merkle_str(&h)), ERR_LEDGER_PROOF));
    assert_true(status_is(merkle_check_inclusion(0, 1, STR("short"), &p, STR("short")), ERR_LEDGER_PROOF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_hashes),      cmocka_unit_test(range_is_the_tree), cmocka_unit_test(range_takes_subtrees),
        cmocka_unit_test(all_small_subtrees), cmocka_unit_test(random_large),      cmocka_unit_test(subtree_rule),
        cmocka_unit_test(refusals),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
