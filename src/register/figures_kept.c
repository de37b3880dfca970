/* The walk over all figures, kept for a moment: every visitor's home page asks for it, and for a nation it takes tenths of a
 * second. What is kept is shown while nothing changes; while changes go on, for as long as counting takes a twentieth of
 * the time, so that a small register is always exact. The reader is told of what time the figures are.
 * tested by: src/register/test/verify_test.c */
#include "register/inside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_US = 10 * 1000000, SHARE = 20, EXACT_US = 50000 };

struct figures_kept {
    pthread_mutex_t lock;
    _Atomic uint64_t changes;
    uint64_t changes_seen; /* when counting began */
    int64_t counted_us, cost_us, as_of_us;
    day today;
    struct unit_total *list;
    size_t count;
};

status figures_kept_start(struct app *app)
{
    struct figures_kept *k = calloc(1, sizeof *k);
    MUST(k);
    pthread_mutex_init(&k->lock, NULL);
    app_state_set(app, "register", k);
    return OK;
}

void figures_kept_end(struct app *app)
{
    struct figures_kept *k = app_state(app, "register");
    if (!k)
        return;
    pthread_mutex_destroy(&k->lock);
    free(k->list);
    free(k);
}

void figures_changed(const struct ctx *cx)
{
    struct figures_kept *k = app_state(cx->app, "register");
    if (k)
        atomic_fetch_add(&k->changes, 1);
}

static bool kept_is_good(const struct figures_kept *k, day today)
{
    int64_t age_us = clock_mono_us() - k->counted_us;
    bool unchanged = k->changes_seen == atomic_load(&k->changes);
    return k->list && k->today.ymd == today.ymd && age_us < KEPT_US && (unchanged || age_us < k->cost_us * SHARE - EXACT_US);
}

static bool kept_take(struct ctx *cx, struct figures_kept *k, struct unit_total **ret, size_t *ret_count, int64_t *ret_as_of_us)
{
    pthread_mutex_lock(&k->lock);
    bool good = kept_is_good(k, cx->today);
    if (good) {
        *ret = ARENA_ARRAY(cx->arena, struct unit_total, k->count + 1);
        memcpy(*ret, k->list, k->count * sizeof **ret);
        *ret_count = k->count;
        *ret_as_of_us = k->as_of_us;
    }
    pthread_mutex_unlock(&k->lock);
    return good;
}

STATUS figures_totals(struct ctx *cx, struct unit_total **ret, size_t *ret_count, int64_t *ret_as_of_us)
{
    struct figures_kept *k = app_state(cx->app, "register");
    *ret_as_of_us = cx->now_us;
    if (!k)
        return figures_by_unit(cx, ret, ret_count);
    if (kept_take(cx, k, ret, ret_count, ret_as_of_us))
        return OK;
    uint64_t changes = atomic_load(&k->changes);
    int64_t start_us = clock_mono_us();
    TRY(figures_by_unit(cx, ret, ret_count));
    struct unit_total *copy = calloc(*ret_count + 1, sizeof *copy);
    MUST(copy);
    memcpy(copy, *ret, *ret_count * sizeof *copy);
    pthread_mutex_lock(&k->lock);
    free(k->list);
    k->list = copy;
    k->count = *ret_count;
    k->changes_seen = changes;
    k->counted_us = clock_mono_us();
    k->cost_us = k->counted_us - start_us;
    k->as_of_us = cx->now_us;
    k->today = cx->today;
    pthread_mutex_unlock(&k->lock);
    return OK;
}
