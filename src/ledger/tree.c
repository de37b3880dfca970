/* Reading the stored tree: tiles, checkpoints and the proofs made from them. Nothing here is trusted: a tile that is
 * missing or torn is ERR_CORRUPT, and a proof that does not lead to the checkpoint's root is not given away. A request
 * reads a handful of tiles; the last eight are kept at hand.
 *
 * tested by: src/ledger/test/ledger_test.c */
#include "ledger/inside.h"
#include <string.h>

enum { SCRATCH_BYTES_MAX = 256 << 20 };

void scratch_begin(struct scratch *s, const struct ctx *cx)
{
    s->cx = *cx;
    s->cx.arena = arena_new(SCRATCH_BYTES_MAX);
}
void scratch_reset(struct scratch *s)
{
    arena_reset(s->cx.arena);
}
void scratch_done(struct scratch *s)
{
    arena_free(s->cx.arena);
}

struct tree *tree_open(struct ctx *cx, int16_t shard)
{
    struct tree *t = ARENA_NEW(cx->arena, struct tree);

    t->cx = cx;
    t->shard = shard;
    for (int i = 0; i < TREE_CACHE; i++)
        t->slot[i].level = -1;
    return t;
}

STATUS tree_tile(struct tree *t, int level, int64_t place, int width, const struct tree_slot **ret)
{
    struct ledger_tile_get_row row;
    struct tree_slot *slot;
    bool found;

    for (int i = 0; i < TREE_CACHE; i++) {
        slot = &t->slot[i];
        if (slot->level == level && slot->place == place && slot->width >= width) {
            *ret = slot;
            return OK;
        }
    }
    TRY(ledger_tile_get(t->cx, t->shard, (int16_t)level, place, &row, &found));
    if (!found || row.width < width || row.width > TILE_WIDTH || row.body.len != (size_t)row.width * SHA256_BYTES)
        return FAIL(CORRUPT);
    slot = &t->slot[t->next];
    t->next = (t->next + 1) % TREE_CACHE;
    slot->level = level;
    slot->place = place;
    slot->width = row.width;
    memcpy(slot->hash, row.body.ptr, row.body.len);
    *ret = slot;
    return OK;
}

static STATUS node(void *with, int level, uint64_t index, struct merkle_hash *ret)
{
    int within = level % TILE_BITS;
    uint64_t first = index << within;
    int offset = (int)(first % TILE_WIDTH);
    const struct tree_slot *slot;

    TRY(tree_tile(with, level / TILE_BITS, (int64_t)(first / TILE_WIDTH), offset + (1 << within), &slot));
    tile_subtree(&slot->hash[offset], within, ret);
    return OK;
}

struct merkle_source tree_source(struct tree *t)
{
    return (struct merkle_source){ node, t };
}

STATUS tree_checkpoint(struct ctx *cx, int16_t shard, struct ledger_checkpoint_row *ret, bool *ret_found)
{
    struct ledger_checkpoint_row *rows;
    struct merkle_hash *empty = ARENA_NEW(cx->arena, struct merkle_hash);
    size_t count;

    TRY(ledger_checkpoint_newest(cx, shard, &rows, &count));
    *ret_found = count > 0;
    if (count > 0) {
        *ret = rows[0];
        return ret->root.len == SHA256_BYTES && ret->size > 0 ? OK : FAIL(CORRUPT);
    }
    merkle_empty(empty);
    *ret = (struct ledger_checkpoint_row){ .root = merkle_str(empty) };
    return OK;
}

static str published(struct arena *a, const struct ledger_checkpoint_row *row)
{
    return arena_join(a, row->note, row->cosignatures);
}

STATUS ledger_checkpoint_last(struct ctx *cx, int16_t shard, struct ledger_checkpoint *ret)
{
    struct ledger_checkpoint_row row;
    bool found;
    str rest;

    *ret = (struct ledger_checkpoint){ 0 };
    TRY(tree_checkpoint(cx, shard, &row, &found));
    memcpy(ret->root, row.root.ptr, SHA256_BYTES);
    if (!found)
        return OK;
    ret->note = published(cx->arena, &row);
    rest = row.note;
    if (!str_cut(&rest, '\n', &ret->origin))
        return FAIL(CORRUPT);
    ret->size = row.size;
    ret->time_us = row.time_us;
    return OK;
}

STATUS ledger_checkpoint_check(struct arena *a, str note, str origin, const uint8_t public_key[static SIGN_PUBLIC_BYTES],
                               struct ledger_checkpoint *ret)
{
    struct note_verifier v;
    struct checkpoint c;
    struct note n;

    TRY(note_verifier_make(origin, NOTE_ED25519, public_key, &v));
    TRY(note_parse(note, &n));
    TRY(note_check(a, &n, &v, NULL));
    TRY(checkpoint_parse(a, n.text, &c));
    if (!str_eq(c.origin, origin))
        return FAIL_AT(LEDGER_PROOF, STR("origin"));
    *ret = (struct ledger_checkpoint){ .note = note, .origin = c.origin, .size = (int64_t)c.size };
    memcpy(ret->root, c.root.b, SHA256_BYTES);
    return OK;
}

STATUS ledger_cosign(struct ctx *cx, int16_t shard, int64_t size, str verifier, str line)
{
    struct ledger_checkpoint_row row;
    struct note_verifier v;
    struct note n;
    int64_t changed;
    bool found;

    TRY(note_verifier_parse(cx->arena, verifier, &v));
    if (v.kind != NOTE_COSIGNATURE || line.len == 0 || str_find_char(line, '\n') != line.len - 1)
        return FAIL_AT(LEDGER_PROOF, STR("cosignature"));
    TRY(ledger_checkpoint_get(cx, shard, size, &row, &found));
    if (!found)
        return FAIL(ENTRY_MISSING);
    TRY(note_parse(arena_join(cx->arena, row.note, line), &n));
    TRY(note_check(cx->arena, &n, &v, NULL));
    if (str_find(row.cosignatures, line) < row.cosignatures.len)
        return OK;
    str all = arena_join(cx->arena, row.cosignatures, line);
    TRY(note_parse(arena_join(cx->arena, row.note, all), &n));
    TRY(note_check(cx->arena, &n, &v, NULL)); /* still within the limits of a note */
    return ledger_checkpoint_cosign(cx, shard, size, all, &changed);
}

/* Size of the tree that the last checkpoint signs; `size` 0 stands for it, a larger one is refused. */
static STATUS size_asked(struct ctx *cx, int16_t shard, int64_t *size, struct merkle_hash *ret_root)
{
    struct ledger_checkpoint_row row;
    struct tree *t;
    struct merkle_source s;
    bool found;

    TRY(tree_checkpoint(cx, shard, &row, &found));
    if (*size == 0)
        *size = row.size;
    if (*size < 1 || *size > row.size)
        return FAIL_AT(ENTRY_MISSING, STR("size"));
    memcpy(ret_root->b, row.root.ptr, SHA256_BYTES);
    if (*size == row.size)
        return OK;
    t = tree_open(cx, shard);
    s = tree_source(t);
    return merkle_root_of(&s, 0, (uint64_t)*size, ret_root);
}

STATUS ledger_prove_inclusion(struct ctx *cx, int16_t shard, int64_t index, int64_t size, struct ledger_proof *ret)
{
    struct tree *t = tree_open(cx, shard);
    struct merkle_source s = tree_source(t);
    struct merkle_hash root, leaf;

    *ret = (struct ledger_proof){ .index = index };
    TRY(size_asked(cx, shard, &size, &root));
    if (index < 0 || index >= size)
        return FAIL_AT(ENTRY_MISSING, STR("index"));
    ret->size = size;
    memcpy(ret->root, root.b, SHA256_BYTES);
    TRY(s.node(s.with, 0, (uint64_t)index, &leaf));
    memcpy(ret->leaf, leaf.b, SHA256_BYTES);
    TRY(merkle_prove(&s, (uint64_t)index, (uint64_t)index + 1, (uint64_t)size, &ret->proof));
    return ledger_check_inclusion(ret);
}

STATUS ledger_prove_consistency(struct ctx *cx, int16_t shard, int64_t size_old, int64_t size, struct ledger_proof *ret)
{
    struct tree *t = tree_open(cx, shard);
    struct merkle_source s = tree_source(t);
    struct merkle_hash root;

    *ret = (struct ledger_proof){ .index = -1, .size_old = size_old };
    TRY(size_asked(cx, shard, &size, &root));
    if (size_old < 1 || size_old > size)
        return FAIL_AT(ENTRY_MISSING, STR("size"));
    ret->size = size;
    memcpy(ret->root, root.b, SHA256_BYTES);
    TRY(merkle_root_of(&s, 0, (uint64_t)size_old, &root));
    memcpy(ret->root_old, root.b, SHA256_BYTES);
    TRY(merkle_prove(&s, 0, (uint64_t)size_old, (uint64_t)size, &ret->proof));
    return ledger_check_consistency(ret);
}

static str bytes32(const uint8_t bytes[static SHA256_BYTES])
{
    return (str){ (const char *)bytes, SHA256_BYTES };
}

STATUS ledger_check_inclusion(const struct ledger_proof *p)
{
    if (p->index < 0 || p->size < 1)
        return FAIL(LEDGER_PROOF);
    return merkle_check_inclusion((uint64_t)p->index, (uint64_t)p->size, bytes32(p->leaf), &p->proof, bytes32(p->root));
}

STATUS ledger_check_consistency(const struct ledger_proof *p)
{
    if (p->size_old < 1 || p->size < 1)
        return FAIL(LEDGER_PROOF);
    return merkle_check_consistency((uint64_t)p->size_old, (uint64_t)p->size, &p->proof, bytes32(p->root_old), bytes32(p->root));
}

STATUS ledger_proof_text(struct ctx *cx, int16_t shard, int64_t index, str *ret)
{
    struct ledger_checkpoint_row row;
    struct ledger_proof p;
    struct buf b DEFER(buf_done);
    bool found;

    buf_init(&b, 2 * NOTE_BYTES_MAX);
    TRY(ledger_prove_inclusion(cx, shard, index, 0, &p));
    TRY(ledger_checkpoint_get(cx, shard, p.size, &row, &found));
    if (!found)
        return FAIL(STORE_BUSY); /* replaced by a newer one between the two reads */
    buf_add(&b, STR("c2sp.org/tlog-proof@v1\nindex "));
    buf_i64(&b, index);
    buf_char(&b, '\n');
    for (size_t i = 0; i < p.proof.count; i++) {
        buf_base64(&b, p.proof.path[i].b, SHA256_BYTES);
        buf_char(&b, '\n');
    }
    buf_char(&b, '\n');
    buf_add(&b, published(cx->arena, &row));
    TRY(buf_check(&b));
    *ret = arena_str(cx->arena, buf_str(&b));
    return OK;
}
