/* A person's view of their own sessions, and ending them. Refuses nothing but what the gate refuses: other people's
 * sessions are out of reach because the account is the actor's.
 * tested by: src/identity/identity_test.c */
#include "identity/inside.h"

STATUS session_list(struct ctx *cx, const struct session_list_in *in, struct session_list_out *ret)
{
    struct sessions_of_row *rows;
    size_t count;
    (void)in;
    TRY(sessions_of(cx, SHARD, cx->actor.account.v, &rows, &count));
    ret->sessions = ARENA_ARRAY(cx->arena, struct session_item, count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].ends_us <= cx->now_us)
            continue;
        ret->sessions[ret->sessions_count++] = (struct session_item){
            .id = rows[i].id,
            .created = rows[i].created_us,
            .seen = rows[i].seen_us,
            .ends = rows[i].ends_us,
        };
    }
    return OK;
}

STATUS session_revoke(struct ctx *cx, const struct session_revoke_in *in, struct session_revoke_out *ret)
{
    int64_t account = cx->actor.account.v;
    if (in->has_id)
        TRY(session_drop_one(cx, SHARD, account, in->id, &ret->ended));
    else
        TRY(session_drop_all(cx, SHARD, account, &ret->ended));
    cache_drop_account(identity_of(cx->app)->cache, account);
    return OK;
}
