/* Accounts, sign-in and sessions: from a token to an actor. Argon2id runs on threads of its own, so that signing in never
 * holds up a lane or a net thread. An unknown name and a wrong password cannot be told apart, by words or by time.
 *
 * Refuses: more than 5 failures for a name or 60 from an address within 15 minutes (SIGN_IN_SLOWED); sessions older than
 * 12 hours or unused for 30 minutes. Tokens and passwords are kept as digests only.
 * Law: NĐ 69/2024/NĐ-CP; NIST SP 800-63B sections 5.2.2 and 7.1. */
#pragma once
#include "gate/gate.h"

extern const struct module identity_module;

enum {
    SIGN_IN_NAME_FAILURES_MAX = 5,
    SIGN_IN_PEER_FAILURES_MAX = 60,
    SIGN_IN_SLOWED_S = 15 * 60,
    SESSION_IDLE_S = 30 * 60,
    SESSION_LIFE_S = 12 * 3600,
    LOGIN_BYTES_MAX = 60,
    PASSWORD_BYTES_MIN = 10,
    PASSWORD_BYTES_MAX = 200,
};

/* Fills cx->actor from a session token or a system's bearer token; empty: the public. ERR_SIGNED_OUT for any token that
 * is not live. Needs cx->tx. The module sets it as app->authenticate. */
STATUS identity_actor(struct ctx *cx, str token);

/* A sign-in of a page. The caller keeps the struct and what it points to until `done`. */
struct sign_in {
    struct app *app;
    struct arena *arena;
    uint64_t request_id;
    str login, password, peer;
    str old_token;                   /* of the session that ends with it; may be empty */
    void (*done)(struct sign_in *s); /* on a thread of the program; must not block */
    void *user;

    status result; /* ERR_SIGN_IN_FAILED, ERR_SIGN_IN_SLOWED, ERR_OVERLOADED, or of the store */
    struct fault fault;
    str token; /* of the new session, for its cookie */
    struct sign_in_inside *inside;
};
void sign_in_start(struct sign_in *s);

/* Ends the session; no error if there is none. In a writing transaction. */
STATUS session_end(struct ctx *cx, str token);

/* The token that the forms of this session (or of a visitor's cookie) carry, and its check: ERR_CSRF. It is derived, so
 * that nothing has to be stored, and does not give the session's token away. */
str csrf_of(struct arena *arena, str token);
STATUS csrf_check(struct arena *arena, str token, str given);
/* For the form cookie of a visitor who is not signed in. */
str visitor_token(struct arena *arena);
