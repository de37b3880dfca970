/* A few threads that do one piece of work together, this one among them. */
#pragma once
#include <stdint.h>

enum { CREW_MAX = 64 };

/* Runs work(arg, thread) for each thread number below `threads` and returns when all have ended. */
void crew_run(int threads, void (*work)(void *arg, int thread), void *arg);
/* Where the slice of a thread begins; that of thread number `threads` is `count`. */
static inline uint64_t crew_from(uint64_t count, int thread, int threads)
{
    return count / (uint64_t)threads * (uint64_t)thread + count % (uint64_t)threads * (uint64_t)thread / (uint64_t)threads;
}
