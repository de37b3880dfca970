/* Messages that wait to be sent, and what becomes of them.
 * tested by: tests/scenario/post.scn */
#include "post/inside.h"

static STATUS stream_get(struct ctx *cx, str node, int64_t stream, struct post_stream_get_row *ret)
{
    bool found;
    TRY(post_stream_get(cx, SHARD, node, stream, ret, &found));
    if (found)
        return OK;
    *ret = (struct post_stream_get_row){ .out_next = 1, .in_last = 0 };
    return post_stream_add(cx, &(struct post_stream_add_params){ .shard = SHARD, .node = node, .stream = stream, .out_next = 1 }, NULL);
}

STATUS post_send(struct ctx *cx, str node, int64_t stream, str kind, str body)
{
    struct post_stream_get_row s;
    struct post_out_first_row first;
    int64_t changed = 0;
    bool waits;
    if (!defs_peer(cx->app->defs, node))
        return FAIL_WITH(PEER_UNKNOWN, STR("node"), node);
    if (body.len > BODY_BYTES_MAX)
        return FAIL(BODY_TOO_LARGE);
    TRY(stream_get(cx, node, stream, &s));
    TRY(post_out_first(cx, SHARD, node, stream, &first, &waits));
    TRY(post_out_add(cx, &(struct post_out_add_params){ .shard = SHARD, .node = node, .stream = stream, .seq = s.out_next, .head = !waits, .kind = kind,
                                                        .written_us = cx->now_us, .body = body }, NULL));
    TRY(post_stream_set(cx, &(struct post_stream_set_params){ .shard = SHARD, .node = node, .stream = stream, .out_was = s.out_next, .in_was = s.in_last,
                                                              .out_next = s.out_next + 1, .in_last = s.in_last }, &changed));
    sender_wake(cx, app_state(cx->app, "post"));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

status outbox_read(struct ctx *cx, void *outbox)
{
    struct outbox *o = outbox;
    struct post_out_heads_row *rows;
    TRY(post_out_heads(cx, SHARD, o->node, (int64_t)o->most, &rows, &o->count));
    o->letters = ARENA_ARRAY(cx->arena, struct post_letter, o->count + 1);
    for (size_t i = 0; i < o->count; i++)
        o->letters[i] = (struct post_letter){ .from = defs_node(cx->app->defs), .to = o->node, .kind = rows[i].kind, .body = rows[i].body,
                                              .stream = rows[i].stream, .seq = rows[i].seq };
    return OK;
}

status outbox_settle(struct ctx *cx, void *settled)
{
    const struct settled *s = settled;
    for (size_t i = 0; i < s->count; i++) {
        const struct post_letter *l = s->letters[i];
        TRY(post_out_done(cx, SHARD, l->to, l->stream, l->seq, NULL));
        TRY(post_out_next(cx, SHARD, l->to, l->stream, l->seq + 1, NULL));
    }
    return OK;
}
