/* Stopping a list, going on with it, and what the list before it had that it has not. A list that was stopped keeps what was
 * done: each chunk had committed whole, and the next one is refused by the state that it finds.
 * tested by: src/centre/test/into_test.c */
#include "centre/into.h"
#include "register/register_sql.h"

enum { GONE_ROWS = 200 };

STATUS list_cancel(struct ctx *cx, const struct list_cancel_in *in, struct list_cancel_out *ret)
{
    struct delivery_row d;
    int64_t moved;

    TRY(delivery_of(cx, in->delivery, &d));
    TRY(delivery_move(cx, &(struct delivery_move_params){ CENTRE_SHARD, d.id, DELIVERY_WAITING, DELIVERY_RUNNING, DELIVERY_CANCELLED }, &moved));
    if (!moved && d.state != DELIVERY_CANCELLED)
        return FAIL(DELIVERY_ENDED);
    *ret = (struct list_cancel_out){ .state = DELIVERY_CANCELLED, .rows_done = d.rows_done };
    return OK;
}

STATUS list_resume(struct ctx *cx, const struct list_resume_in *in, struct list_resume_out *ret)
{
    struct delivery_row d;
    int64_t moved;

    TRY(delivery_of(cx, in->delivery, &d));
    TRY(delivery_move(cx, &(struct delivery_move_params){ CENTRE_SHARD, d.id, DELIVERY_CANCELLED, DELIVERY_FAILED, DELIVERY_WAITING }, &moved));
    if (!moved && d.state == DELIVERY_DONE)
        return FAIL(DELIVERY_ENDED);
    worker_wake_after(cx, app_state(cx->app, "centre"));
    *ret = (struct list_resume_out){ .state = moved ? DELIVERY_WAITING : d.state, .rows_done = d.rows_done };
    return OK;
}

/* Ids only: who wants to see a row asks the register, under its own ground. */
STATUS list_gone(struct ctx *cx, const struct list_gone_in *in, struct list_gone_out *ret)
{
    struct sector_delivery_get_row into;
    struct sector_rows_left_list_row *rows;
    struct delivery_row d;
    bool found;
    size_t n = 0;

    TRY(delivery_of(cx, in->delivery, &d));
    TRY(sector_delivery_get(cx, CENTRE_SHARD, d.id, &into, &found));
    if (!found)
        return OK;
    ret->code = into.code;
    if (!into.previous || !into.done)
        return OK;
    TRY(sector_rows_left_list(cx, &(struct sector_rows_left_list_params){ CENTRE_SHARD, into.code, into.previous, in->has_after ? in->after : 0, GONE_ROWS },
                              &rows, &n));
    ret->rows = ARENA_ARRAY(cx->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        ret->rows[ret->rows_count++] = rows[i].id;
    ret->next = n == GONE_ROWS ? rows[n - 1].id : 0;
    return OK;
}
