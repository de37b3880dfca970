/* Bytes of entries and batches. A batch is what one transaction appends: records in a row, each
 *
 *   length  varint, of what follows
 *   tag     1 byte: 1 live, 2 forgotten
 *   live:       salt (16), body        forgotten:  commitment (32)
 *
 * and the body, which the commitment covers, is canonical: one entry has one encoding.
 *
 *   version 1 | kind (1) | time (8) | person (8) | fields (8)          big endian, at fixed places so that a scan
 *                                                                       for a person need not decode
 *   roles, account, unit, request, count                               varints (signed ones zigzag)
 *   operation, organisation, purpose kind, purpose reference           varint length and bytes
 *   digest present (1), digest (32)
 */
#pragma once
#include "ledger/ledger.h"

enum {
    ENTRY_SALT_BYTES = 16,
    ENTRY_FIXED_BYTES = 26,
    ENTRY_BYTES_MAX = ENTRY_FIXED_BYTES + 50 + 4 * (2 + LEDGER_TEXT_BYTES_MAX) + 1 + SHA256_BYTES,
    RECORD_BYTES_MAX = 3 + 1 + ENTRY_SALT_BYTES + ENTRY_BYTES_MAX,
    BATCH_ENTRIES_MAX = 256, /* a larger append becomes several rows, so that one entry is found without reading much */
    BATCH_BYTES_MAX = BATCH_ENTRIES_MAX * RECORD_BYTES_MAX,
};

/* ERR_TEXT_TOO_LONG, ERR_VALUE_RANGE. */
STATUS entry_check(const struct ledger_entry *e);
/* Adds one live record under a fresh salt. The entry has passed entry_check(). */
void entry_write(const struct ledger_entry *e, struct buf *out);

struct record {
    bool forgotten;
    str whole; /* the record with its length, as it lies in the batch */
    str salt, body;
    struct merkle_hash commitment;
};
/* Cuts the next record off a batch and computes its commitment. ERR_CORRUPT. */
STATUS record_next(str *rest, struct record *ret);
/* The same without hashing: only person (0 for none and for the forgotten) is read. */
STATUS record_next_person(str *rest, int64_t *ret_person);
/* Texts point into the record. ERR_CORRUPT on anything but the canonical form. */
STATUS entry_read(const struct record *r, struct ledger_entry *ret);
/* "yyyymmdd" and the agreement's reference: under which an entry is counted. Empty for one that is not under an agreement. */
enum { COUNT_KEY_BYTES = 8 + LEDGER_TEXT_BYTES_MAX };
str entry_count_key(const struct ledger_entry *e, char room[static COUNT_KEY_BYTES]);
void record_write_forgotten(const struct merkle_hash *commitment, struct buf *out);
