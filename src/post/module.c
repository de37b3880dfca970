/* The module as the process knows it. tested by: tests/scenario/post.scn */
#include "post/inside.h"

static status post_start(struct app *app)
{
    struct sender *s = NULL;
    if (!app->lanes)
        return OK;
    TRY(sender_start(app, &s));
    app_state_set(app, "post", s);
    return OK;
}

static void post_stop(struct app *app) { sender_stop(app_state(app, "post")); }
static void post_end(struct app *app) { sender_free(app_state(app, "post")); }

/* Named in the ledger by what a message changes; nobody can name it from outside. */
static status ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    if (post_sender(cx).len == 0)
        return FAIL_WITH(GROUND_NOT_LIVE, STR("purpose"), cx->purpose.reference);
    *ret = (struct grant){ .fields = op->reads };
    return OK;
}

static const struct ground_kind post_ground = { "post", ground_check };

const struct module post_module = {
    .name = "post",
    .operations = post_operations,
    .operation_count = POST_OPERATION_COUNT,
    .migrations = &post_migrations,
    .grounds = &post_ground,
    .ground_count = 1,
    .start = post_start,
    .stop = post_stop,
    .end = post_end,
};
