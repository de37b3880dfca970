/* Taking messages: only of a peer, only with its signature, only the next of its stream; an earlier one is answered as before and changes
 * nothing. What a message asks for happens in the same transaction in which it is marked as taken.
 * tested by: tests/scenario/post.scn */
#include "post/inside.h"

#include <string.h>

enum { OUTCOME_TAKEN, OUTCOME_AGAIN, OUTCOME_ORDER };

str post_sender(const struct ctx *cx)
{
    const struct operation *outer = cx->journal->outer;
    bool inside = outer && strcmp(outer->name, "post.receive") == 0 && str_eq(cx->purpose.kind, STR("post"));
    return inside ? cx->purpose.reference : STR("");
}

/* As operator of this node, in the name of the other: the ledger shows whose message it was. */
static STATUS run(struct ctx *cx, const struct post_letter *l)
{
    const struct operation *op = operation_find(cx->app, l->kind);
    if (!op || !op->writes || op->may != ROLE_OPERATOR)
        return FAIL_WITH(ROUTE_UNKNOWN, STR("kind"), l->kind);
    void *in = arena_alloc(cx->arena, op->takes->bytes), *out = arena_alloc(cx->arena, op->gives->bytes);
    struct actor before = cx->actor;
    struct purpose purpose = cx->purpose;
    TRY(shape_read_json(cx, op->takes, l->body, in));
    cx->actor = (struct actor){ .roles = ROLE_OPERATOR, .organisation = l->from, .name = STR("post") };
    cx->purpose = (struct purpose){ STR("post"), l->from };
    status st = gate_call(cx, op, in, out);
    cx->actor = before;
    cx->purpose = purpose;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

static STATUS take(struct ctx *cx, const struct post_letter *l, const struct post_stream_get_row *s, bool known)
{
    struct post_stream_get_row now;
    int64_t changed = 0;
    if (!known)
        TRY(post_stream_add(cx, &(struct post_stream_add_params){ .shard = SHARD, .node = l->from, .stream = l->stream, .out_next = 1 }, NULL));
    TRY(post_in_add(cx, &(struct post_in_add_params){ .shard = SHARD, .node = l->from, .stream = l->stream, .seq = l->seq, .digest = letter_digest(l),
                                                      .kind = l->kind, .taken_us = cx->now_us }, NULL));
    TRY(run(cx, l));
    TRY(post_stream_get(cx, SHARD, l->from, l->stream, &now, &known)); /* it may have answered in the same stream */
    TRY(post_stream_set(cx, &(struct post_stream_set_params){ .shard = SHARD, .node = l->from, .stream = l->stream, .out_was = now.out_next,
                                                              .in_was = s->in_last, .out_next = now.out_next, .in_last = l->seq }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

/* Two texts under one number: one of them is not what the other node wrote. */
static STATUS again(struct ctx *cx, const struct post_letter *l)
{
    struct post_in_get_row first;
    bool known;
    TRY(post_in_get(cx, SHARD, l->from, l->stream, l->seq, &first, &known));
    return known && first.digest == letter_digest(l) ? OK : FAIL_AT(COMMAND_REUSED, STR("seq"));
}

STATUS post_receive(struct ctx *cx, const struct post_receive_in *in, struct post_receive_out *ret)
{
    const struct peer *from = defs_peer(cx->app->defs, in->from);
    const struct post_letter l = { .from = in->from, .to = in->to, .kind = in->kind, .body = in->body, .stream = in->stream, .seq = in->seq };
    struct post_stream_get_row s = { .out_next = 1 };
    bool known;
    if (!from || !str_eq(in->to, defs_node(cx->app->defs)))
        return FAIL_WITH(PEER_UNKNOWN, STR("from"), in->from);
    TRY(letter_check(cx->arena, from, &l, in->signature));
    TRY(post_stream_get(cx, SHARD, l.from, l.stream, &s, &known));
    ret->outcome = in->seq <= s.in_last ? OUTCOME_AGAIN : in->seq > s.in_last + 1 ? OUTCOME_ORDER : OUTCOME_TAKEN;
    if (ret->outcome == OUTCOME_AGAIN)
        TRY(again(cx, &l));
    if (ret->outcome == OUTCOME_TAKEN)
        TRY(take(cx, &l, &s, known));
    return answer_sign(cx, &l, ret->outcome, &ret->signature);
}

STATUS post_state(struct ctx *cx, const struct post_state_in *in, struct post_state_out *ret)
{
    const struct defs *d = cx->app->defs;
    struct sign_key key;
    (void)in;
    TRY(node_key(cx->app, &key));
    ret->key = base64url_encode(cx->arena, (str){ (const char *)key.public_key, sizeof key.public_key });
    sign_key_done(&key);
    ret->node = defs_node(d);
    ret->peers = ARENA_ARRAY(cx->arena, struct post_peer, defs_peer_count(d) + 1);
    for (size_t i = 0; i < defs_peer_count(d) && i < 100; i++) {
        const struct peer *p = defs_peer_nth(d, i);
        struct post_out_waiting_row w = { 0 };
        bool found;
        TRY(post_out_waiting(cx, SHARD, p->node, &w, &found));
        ret->peers[ret->peers_count++] = (struct post_peer){ .node = p->node, .url = p->url, .waiting = w.n, .has_oldest = w.n > 0, .oldest = w.oldest_us };
    }
    return OK;
}
