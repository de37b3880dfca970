/* Inside of post: what its parts share. */
#pragma once
#include "crypt/crypt.h"
#include "post/post.h"
#include "post/post_ops.h"
#include "post/post_sql.h"

enum { SHARD = 0, SIGNATURE_CHARS = 86, KEY_CHARS = 43, BODY_BYTES_MAX = 400000 };

/* --- wire.c --- */
struct post_letter {
    str from, to, kind, body;
    int64_t stream, seq;
};
STATUS letter_sign(struct arena *a, const struct sign_key *own, const struct post_letter *l, str *ret);
STATUS letter_check(struct arena *a, const struct peer *from, const struct post_letter *l, str signature); /* ERR_SIGNATURE */
STATUS answer_sign(struct ctx *cx, const struct post_letter *l, int outcome, str *ret);
STATUS answer_check(struct arena *a, const struct peer *from, const struct post_letter *l, int outcome, str signature);
STATUS node_key(const struct app *app, struct sign_key *ret);
int64_t letter_digest(const struct post_letter *l);

/* --- send.c: the thread that sends --- */
struct sender;
STATUS sender_start(struct app *app, struct sender **ret);
void sender_stop(struct sender *s);
void sender_free(struct sender *s);
void sender_wake(struct ctx *cx, struct sender *s); /* a hint: with this transaction, something waits */

/* --- outbox.c: what the sender does in transactions --- */
struct outbox {
    str node;
    size_t most;
    struct post_letter *letters; /* that may go out: the first of each stream, the oldest first */
    size_t count;
};
struct settled {
    const struct post_letter **letters;
    size_t count;
};
status outbox_read(struct ctx *cx, void *outbox);
status outbox_settle(struct ctx *cx, void *settled); /* removes what was taken, lets the next of its stream go */
