/* A command is done once, whatever the number of times it is sent: its id is claimed with its answer in its own transaction.
 *
 * An id that comes again with the same body gets the first answer; with another body, or from another account, it is refused,
 * since an answer belongs to him who asked.
 * tested by: src/register/test/command_test.c */
#include "gate/ground.h"
#include "gate/gate_sql.h"

enum { BODY_BYTES_MAX = 1 << 20, SHARD = 0 };

static uint64_t hash_bytes(uint64_t hash, str s)
{
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static STATUS body_hash(struct ctx *cx, const struct operation *op, const void *in, int64_t *ret)
{
    struct buf body;
    buf_init(&body, BODY_BYTES_MAX);
    shape_write_json(cx, op->takes, in, &body);
    buf_i64(&body, cx->actor.account.v);
    uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), str_of(op->name));
    *ret = (int64_t)hash_bytes(hash, buf_str(&body));
    status st = buf_check(&body);
    buf_done(&body);
    return st;
}

static STATUS claim(struct ctx *cx, const struct operation *op, int64_t hash, const void *out)
{
    struct buf result;
    buf_init(&result, BODY_BYTES_MAX);
    shape_write_json(cx, op->gives, out, &result);
    status st = buf_check(&result);
    if (status_ok(st))
        st = once_add(cx, &(struct once_add_params){ .shard = SHARD, .command = cx->command_id, .body_hash = hash,
                                                     .recorded_us = cx->now_us, .result = buf_str(&result) }, NULL);
    buf_done(&result);
    return st;
}

STATUS once_run(struct ctx *cx, const struct operation *op, const void *in, void *ret_out)
{
    struct once_get_row first;
    int64_t hash = 0;
    bool found = false;
    TRY(once_get(cx, SHARD, cx->command_id, &first, &found));
    TRY(body_hash(cx, op, in, &hash));
    if (found)
        return hash == first.body_hash ? shape_read_json(cx, op->gives, first.result, ret_out) : FAIL(COMMAND_REUSED);
    TRY(op->run(cx, in, ret_out));
    return claim(cx, op, hash, ret_out);
}
