/* Stopping a list and going on with it. A list that was stopped keeps what was done: each chunk had committed whole, and the next one is refused by the state that it finds.
 * tested by: src/centre/test/into_test.c */
#include "centre/inside.h"

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
