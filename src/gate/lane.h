/* What lanes and rounds share. Inside of the gate. */
#pragma once
#include "gate/gate.h"

#include <pthread.h>

enum {
    GROUP_WORKS_MAX = 256,
    GROUP_ENTRIES_MAX = 28000, /* below LEDGER_GROUP_MAX, with room for one more journal */
    LANES_MAX = 16,
    ROUNDS_MAX = 32,
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct work *head, **tail;
    bool stopping;
};

/* In the order in which they stop: each hands work on to a later one only. */
enum task { TASK_SLOW, TASK_READ, TASK_SHOW, TASK_RECORD, TASK_WRITE, TASKS };

struct lane {
    struct lanes *of;
    enum task task;
    struct db *db; /* NULL: a recording lane */
    bool keeper;   /* sequences the ledger and lets the store idle */
    bool behind;   /* more waits for the sequencer than a step takes */
    bool tape_refused;
    pthread_t thread;
    struct arena *arena;
    int64_t tick_at_us;
    day counted; /* the last day whose entries have been counted */
};

/* round.c: what net threads run by themselves. */
struct round;
struct rounds {
    uint64_t id;        /* of these lanes among all that this process has had */
    int count;          /* atomic */
    struct round *list[ROUNDS_MAX];
};

struct lanes {
    struct app *app;
    struct queue queue[TASKS];
    struct lane lane[LANES_MAX];
    int count;
    struct rounds rounds;
};

/* Runs all in one read transaction. */
void works_read(struct db *db, struct work *const *list, size_t n);
/* The entries of all of them, on `a`; returns how many. */
size_t works_entries(struct arena *a, struct work *const *list, size_t n, struct ledger_entry **ret);
bool work_again(status st); /* a failure that may not meet a second try */
/* Puts the entries of what ran on the tape, which is there, with one sync; then calls done. Returns how many works fitted. */
size_t works_record(struct store *s, struct arena *a, struct work *const *list, size_t n);
void work_fail(struct work *w, status st);

void rounds_init(struct rounds *r);
void rounds_free(struct rounds *r); /* no thread runs one any more */
/* Takes the work into this thread's round; false: it is for a lane. */
bool round_take(struct lanes *ls, struct work *w);
/* As lanes_flush(), for what this thread's round has taken. */
size_t round_run(struct lanes *ls, void (*wake)(void *arg), void *arg);
