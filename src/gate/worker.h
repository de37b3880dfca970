/* A thread of a module that works off what its tables say is to be done: one step after another, each saying how long to rest
 * before the next. A wake-up ends a rest early; it is a hint, and looking again is the guarantee.
 *
 * A module that names a plan (struct module) has its worker for its state, from its start until it ends. A process that
 * serves nobody does what it was asked and no more: there, sweeps have no worker. */
#pragma once
#include "gate/gate.h"

#include <pthread.h>

struct worker;
struct worker_plan {
    const char *job; /* as which the program acts: "lists" */
    int (*step)(struct worker *w); /* returns the rest in ms; 0: at once */
    int first_ms; /* the rest before the first step; in a process with debug verbs a sweep's is every_ms */
    void *with;
    /* For sweep_step(): */
    const char *sweep; /* an operation that takes nothing and says whether there is `more`: "case.sweep" */
    int every_ms, pause_ms; /* when there is no more; when there is */
};
/* Calls plan->sweep, in one transaction of the writing lane; a call that fails is tried again after every_ms. */
int sweep_step(struct worker *w);

STATUS worker_start(struct app *app, const struct worker_plan *plan, struct worker **ret); /* *ret NULL: not here */
void worker_stop(struct worker *w); /* after the step under way; NULL is allowed, here and in the next three */
void worker_free(struct worker *w);
void worker_wake(struct worker *w);
void worker_wake_after(struct ctx *cx, struct worker *w); /* once the transaction of `cx` has committed */

/* In a step, which asks now and then whether to stop. */
struct app *worker_app(const struct worker *w);
void *worker_with(const struct worker *w);
bool worker_stopping(struct worker *w);
void worker_pause(struct worker *w, int ms); /* ends early when the process stops */
/* One transaction, on a lane, as the program. */
STATUS worker_call(struct worker *w, struct arena *a, bool writes, status (*run)(struct ctx *, void *), void *arg);
/* What a step hands to the operation that it calls: kept for the call whose request id is this ticket, which nobody else
 * can know. WORKER_HANDS_MAX at a time; NULL takes it back. */
enum { WORKER_HANDS_MAX = 4 };
void worker_hand(struct worker *w, uint64_t ticket, void *what);
void *worker_handed(struct worker *w, uint64_t ticket); /* NULL: nothing for this call; so for a worker of NULL */
/* May the same succeed later: is the store only full, busy or away? */
bool worker_may_wait(status st);

/* A call of an operation on a lane while the step goes on: offered in somebody's name, waited for later, and offered again as long as
 * it may yet succeed. `what` is handed to the operation. */
struct errand {
    struct worker *worker;
    const char *operation, *waits; /* "list.match"; what the log says when it has to be offered again */
    const void *in;                /* of the operation */
    void *what;
    bool (*more)(const void *what); /* a reading call that succeeded goes to the lane again while there is; others' come between. NULL: never */
    struct actor actor;             /* in whose name, and why: his are the ledger entries */
    struct purpose purpose;
    /* made by errand_start(), errand_offer(): */
    struct arena *arena;
    struct work work;
    uint64_t ticket;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool offered, ended;
};
void errand_start(struct errand *e, const struct errand *as); /* as far as it says what to do for whom */
void errand_offer(struct errand *e, struct arena *a, bool writes); /* nothing is on its way */
STATUS errand_insist(struct errand *e); /* until what was offered has succeeded; its fault is the caller's */
void errand_end(struct errand *e); /* what is on its way comes back first; the fault that is told stays */

/* Work that looks in a reading lane and writes in a later transaction. What the calls under way have noted leaves their journal
 * for `inout`, which grows, and enters that of the same operation there: it commits with what came of it. Until then nothing
 * of it may be shown to anybody. */
struct looked {
    struct ledger_entry *entries; /* in the arena of the calls that looked */
    size_t count, cap;
    struct ledger_entry *room; /* of the journal of the call before, for that of the next */
    size_t room_cap;
};
void journal_lend(struct ctx *cx, const struct looked *from); /* at the start of a call that will take */
void journal_take(struct ctx *cx, struct looked *inout);
STATUS journal_put(struct ctx *cx, const struct ledger_entry *entries, size_t count);
/* Tests: after so many more calls, those of this operation find the program busy, so that work in the background stands still where
 * one wants to look at it; -1 lets it go on. One operation at a time. */
void operation_hold(str name, int64_t calls);
