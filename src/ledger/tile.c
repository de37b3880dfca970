/* Paths and widths of tiles (C2SP tlog-tiles). A tile is a stretch of 256 hashes of level 8·L of the tree; bundles of
 * entries have the same addresses as tiles of level 0.
 *
 * Refuses every second spelling of a path (leading zeros, width 0 or 256, missing or spare x groups), because tiles are
 * cached by path for ever. */
#include "ledger/tile.h"

static bool three_digits(str s, uint64_t *ret)
{
    if (s.len != 3 || !str_is_digits(s))
        return false;
    *ret = (uint64_t)(s.ptr[0] - '0') * 100 + (uint64_t)(s.ptr[1] - '0') * 10 + (uint64_t)(s.ptr[2] - '0');
    return true;
}

/* Decimal without leading zeros, 0 … max. */
static bool small_number(str s, int64_t max, int64_t *ret)
{
    return s.len <= 3 && str_is_digits(s) && (s.len == 1 || s.ptr[0] != '0') && str_i64(s, ret) && *ret <= max;
}

static bool parse_index(str s, uint64_t *ret)
{
    uint64_t n = 0, group;
    str rest = s, piece;

    for (int groups = 0; str_cut(&rest, '/', &piece); groups++) {
        bool more = rest.ptr != NULL;
        if (groups == 6)
            return false;
        if (more != str_starts(piece, STR("x")))
            return false;
        if (!three_digits(str_from(piece, more ? 1 : 0), &group))
            return false;
        if (groups == 0 && more && group == 0)
            return false;
        n = n * 1000 + group;
        if (!more) {
            *ret = n;
            return true;
        }
    }
    return false;
}

STATUS tile_path_parse(str path, struct tile_path *ret)
{
    str rest = path, word, level;
    size_t dot = str_find(path, STR(".p/"));
    int64_t number = TILE_ENTRIES, width = TILE_WIDTH;

    if (path.len > 64 || !str_cut(&rest, '/', &word) || !str_eq(word, STR("tile")) || !str_cut(&rest, '/', &level))
        return FAIL(ROUTE_UNKNOWN);
    if (!str_eq(level, STR("entries")) && !small_number(level, 63, &number))
        return FAIL(ROUTE_UNKNOWN);
    if (dot < path.len) {
        if (!small_number(str_from(path, dot + 3), TILE_WIDTH - 1, &width) || width < 1)
            return FAIL(ROUTE_UNKNOWN);
        size_t tail = path.len - dot;
        if (rest.len < tail)
            return FAIL(ROUTE_UNKNOWN);
        rest = str_slice(rest, 0, rest.len - tail);
    }
    if (!parse_index(rest, &ret->index))
        return FAIL(ROUTE_UNKNOWN);
    ret->level = (int)number;
    ret->width = (int)width;
    return OK;
}

void tile_path_write(const struct tile_path *p, struct buf *out)
{
    uint64_t scale = 1;

    buf_add(out, STR("tile/"));
    if (p->level == TILE_ENTRIES)
        buf_add(out, STR("entries"));
    else
        buf_u64(out, (uint64_t)p->level);
    while (p->index / scale >= 1000)
        scale *= 1000;
    for (; scale > 1; scale /= 1000) {
        buf_add(out, STR("/x"));
        buf_pad(out, p->index / scale % 1000, 3);
    }
    buf_char(out, '/');
    buf_pad(out, p->index % 1000, 3);
    if (p->width < TILE_WIDTH) {
        buf_add(out, STR(".p/"));
        buf_u64(out, (uint64_t)p->width);
    }
}

int tile_width_at(int level, uint64_t index, uint64_t size)
{
    int shift = level == TILE_ENTRIES ? 0 : level * TILE_BITS;
    uint64_t hashes = shift < 64 ? size >> shift : 0;

    if (hashes / TILE_WIDTH > index)
        return TILE_WIDTH;
    return hashes / TILE_WIDTH == index ? (int)(hashes % TILE_WIDTH) : 0;
}

void tile_subtree(const struct merkle_hash *first, int level, struct merkle_hash *ret)
{
    struct merkle_hash row[TILE_WIDTH / 2];
    size_t count = (size_t)1 << level;

    MUST(level >= 0 && level <= TILE_BITS);
    if (level == 0) {
        *ret = first[0];
        return;
    }
    for (size_t i = 0; i < count / 2; i++)
        merkle_node(&first[2 * i], &first[2 * i + 1], &row[i]);
    for (count /= 2; count > 1; count /= 2) {
        for (size_t i = 0; i < count / 2; i++)
            merkle_node(&row[2 * i], &row[2 * i + 1], &row[i]);
    }
    *ret = row[0];
}
