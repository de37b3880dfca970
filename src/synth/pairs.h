/* Inside of pairs: the people of a block as agencies could know them, and a record of one. */
#pragma once
#include "synth/inside.h"
#include "synth/slip.h"

enum { CROWD_MAX = 1600, STREET_BYTES = 64, SIDES = 2 };

struct crowd_home {
    char street[SIDES][STREET_BYTES]; /* "Số 5 ngõ 12" and, after a move, another */
    int group[SIDES];                 /* hamlet or residential group */
    str now[SIDES], before[SIDES];    /* the commune and what it lies in, today and until mid-2025 */
    bool moved[SIDES];                /* what the file of that side says: [1] of the fields above */
};
struct crowd_person {
    const struct human *human;
    char name[64], father[64], mother[64];
    char phone[11]; /* "" none */
    uint16_t home;  /* 0 none */
};
/* At most CROWD_MAX living people of a block. */
struct crowd {
    struct arena *arena;
    struct rng r;
    struct crowd_home homes[BLOCK_HOUSEHOLDS_MAX + 1];
    struct crowd_person people[CROWD_MAX];
    size_t count;
};
struct crowd *crowd_new(void);
void crowd_free(struct crowd *c);
void crowd_make(const struct plan *p, const struct synth_pairs_options *o, const struct block *b, int64_t index, struct crowd *ret);

extern const char record_head[];
/* Appends the record's row without its id: ",name,…\n". Returns the slips that were done, as bits. */
uint64_t record_write(struct crowd *c, const struct crowd_person *who, const double *rates, int side, struct buf *out);

/* Rows of any number in random order through temporary files: rows are dealt to heaps, and each heap is shuffled. */
struct scatter;
STATUS scatter_open(str directory, int64_t rows, uint64_t seed, struct scatter **ret);
void scatter_close(struct scatter *s); /* NULL is allowed */
/* `framed`: rows with two bytes of length (low byte first) before each. */
STATUS scatter_add(struct scatter *s, str framed);
STATUS scatter_write(struct scatter *s, FILE *out);
