/* A ZIP archive in memory, read with distrust: nothing is ever written to disk, so that a path in it can lead nowhere, and
 * yet one that tries is refused. Limits: entries, bytes of one entry, bytes of all, and how many times an entry may grow.
 * What an entry says of its size is checked before, what it really gives is counted while reading. */
#pragma once
#include "base/base.h"

struct archive;
struct entry;

/* `bytes` must outlive it. ERR_FILE_BROKEN, ERR_FILE_BOMB, ERR_FILE_ENCRYPTED. */
STATUS archive_open(str bytes, struct archive **ret);
void archive_done(struct archive **a); /* for DEFER */
/* *ret NULL when there is no such entry. */
STATUS archive_entry(struct archive *a, str name, struct entry **ret);
bool archive_has(const struct archive *a, str name);
size_t archive_count(const struct archive *a);
str archive_name(const struct archive *a, size_t i); /* lives as long as the archive */
uint64_t archive_bytes(const struct archive *a, size_t i); /* as it says of itself */
/* *ret_n 0 at the end, after its checksum held. */
STATUS archive_read(struct entry *e, void *out, size_t cap, size_t *ret_n);
void archive_entry_done(struct entry **e); /* for DEFER */
