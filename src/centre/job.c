/* Works off deliveries, one after another, oldest first; how, stands in work.c.
 * tested by: src/centre/test/list_test.c */
#include "centre/work.h"

#include <stdlib.h>

enum { IDLE_MS = 5000, FIRST_MS = 1000, OPEN_MAX = 100 };

struct open_list {
    int64_t ids[2 * OPEN_MAX];
    size_t count;
};

static status open_find(struct ctx *cx, void *arg)
{
    struct open_list *list = arg;
    struct deliveries_in_state_row *rows;
    size_t n;

    list->count = 0;
    for (int state = DELIVERY_WAITING; state <= DELIVERY_RUNNING; state++) {
        TRY(deliveries_in_state(cx, CENTRE_SHARD, (int16_t)state, OPEN_MAX, &rows, &n));
        for (size_t i = 0; i < n; i++)
            list->ids[list->count++] = rows[i].id;
    }
    return OK;
}

static int open_off(struct worker *w)
{
    struct open_list *list = calloc(1, sizeof *list);
    struct arena *a = arena_new(1 << 20);
    bool worked = false;

    MUST(list);
    if (!status_ok(worker_call(w, a, false, open_find, list)))
        list->count = 0;
    arena_free(a);
    for (size_t i = 0; i < list->count && !worker_stopping(w); i++)
        worked |= delivery_off(w, list->ids[i]);
    free(list);
    return worked ? 0 : IDLE_MS;
}

const struct worker_plan delivery_worker = { .job = "lists", .step = open_off, .first_ms = FIRST_MS };
