/* What an office let pass: each dossier whose time has run out is told to whom definitions/notices.yaml names, once for each due time. The
 * watch goes through due times in their order and remembers how far it has come, so that a round costs what is new.
 * tested by: src/service/test/feedback_test.c */
#include "service/feedback/inside.h"

enum { MINUTE_US = 60000000 };

static STATUS watch_move(struct ctx *cx, const struct dossier_row *last)
{
    int64_t changed = 0;
    TRY(watch_set(cx, SHARD, STR("late"), last->due_us, last->id, &changed));
    return changed ? OK : watch_add(cx, SHARD, STR("late"), last->due_us, last->id, NULL);
}

STATUS dossiers_chase(struct ctx *cx, int64_t most, int64_t *ret_count)
{
    struct watch_get_row at = { 0 };
    struct dossier_row *rows;
    size_t count;
    bool known;
    TRY(watch_get(cx, SHARD, STR("late"), &at, &known));
    TRY(dossiers_late(cx, &(struct dossiers_late_params){ .shard = SHARD, .after_us = at.at_us, .after_id = at.at_id, .now_us = cx->now_us, .most = most },
                      &rows, &count));
    *ret_count = (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        struct dossier d;
        TRY(dossier_find(cx, rows[i].id, &d));
        TRY(dossier_tell(cx, &d, "late", (int32_t)(rows[i].due_us / MINUTE_US)));
    }
    return count ? watch_move(cx, &rows[count - 1]) : OK;
}
