/* Faults on demand: the N-th call of the store fails, so that a test can walk every failure path (style.md, Tests). One
 * counter for the process; a call is what crosses the face: begin, mark, query, row, commit.
 *
 * Refuses nothing and costs one relaxed atomic addition a call when it is not armed. */
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "store/engine.h"

static _Atomic int64_t calls, armed_at;
static _Atomic int armed_kind;

void store_fault_set(int64_t nth_call, enum store_fault kind)
{
    atomic_store(&armed_kind, (int)kind);
    atomic_store(&armed_at, nth_call > 0 ? atomic_load(&calls) + nth_call : 0);
}

int64_t store_calls(void)
{
    return atomic_load_explicit(&calls, memory_order_relaxed);
}

static status strike(enum store_call call)
{
    switch ((enum store_fault)atomic_load(&armed_kind)) {
    case STORE_FAULT_KILL:
        (void)kill(getpid(), SIGKILL);
        return FAIL(FAULT_INJECTED);
    case STORE_FAULT_FULL:
        return FAIL(DISK_FULL);
    case STORE_FAULT_UNKNOWN_COMMIT:
        if (call == STORE_CALL_COMMIT)
            return FAIL(STORE_GONE);
        atomic_fetch_add(&armed_at, 1); /* waits for the next commit */
        return OK;
    case STORE_FAULT_ERROR:
        break;
    }
    return FAIL(FAULT_INJECTED);
}

status store_fault_point(enum store_call call)
{
    int64_t now = atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed) + 1;
    int64_t at = atomic_load_explicit(&armed_at, memory_order_relaxed);

    if (at == 0 || now != at)
        return OK;
    return strike(call);
}
