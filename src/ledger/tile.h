/* The address space of C2SP tlog-tiles, purely as numbers and text: which tile a path names, how wide it is at a size. */
#pragma once
#include "ledger/merkle.h"

enum { TILE_WIDTH = 256, TILE_BITS = 8, TILE_LEVEL_MAX = 7, TILE_ENTRIES = -1 };

struct tile_path {
    int level; /* TILE_ENTRIES: a bundle of leaf data */
    uint64_t index;
    int width; /* 256: full */
};
/* "tile/<L>/<N>[.p/<W>]" or "tile/entries/<N>[.p/<W>]". ERR_ROUTE_UNKNOWN. */
STATUS tile_path_parse(str path, struct tile_path *ret);
void tile_path_write(const struct tile_path *p, struct buf *out);
/* Hashes that the tile has in a tree of `size` leaves: 0 … 256. */
int tile_width_at(int level, uint64_t index, uint64_t size);
/* Root of the complete subtree of 2^level hashes that starts at `first`. */
void tile_subtree(const struct merkle_hash *first, int level, struct merkle_hash *ret);
