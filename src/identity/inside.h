/* Inside of identity: what its parts share. */
#pragma once
#include "crypt/crypt.h"
#include "identity/identity.h"
#include "identity/identity_ops.h"
#include "identity/identity_sql.h"

enum { SHARD = 0, ACCOUNT_LIVE = 1, ACCOUNT_BLOCKED = 2, TOKEN_BYTES = 32, ORGANISATION_BYTES_MAX = 40 };

/* --- throttle.c: failures by key in bounded memory. The fullest answer to a flood is to forget the oldest key. */
struct throttle;
struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);
bool throttle_is_closed(struct throttle *t, str kind, str key, int failures_max, int64_t now_us);
int throttle_fail(struct throttle *t, str kind, str key, int64_t now_us); /* failures in the window, this one included */
void throttle_clear(struct throttle *t, str kind, str key);

/* --- cache.c: who stands behind a token, so that a live one costs no query. Entries are asked again after
 * CACHE_TRUST_S, so that a revocation by another process is seen; one by this process drops them at once. */
enum { CACHE_TRUST_S = 10, SEEN_STORE_S = 60 };
struct cached {
    uint8_t digest[SHA256_BYTES];
    int64_t account, person, seen_us, stored_us, ends_us, checked_us;
    int32_t roles, unit;
    bool session; /* else a system's token, which does not idle */
    char login[LOGIN_BYTES_MAX + 1], organisation[ORGANISATION_BYTES_MAX + 1];
};
struct cache;
struct cache *cache_new(void);
void cache_free(struct cache *c);
bool cache_get(struct cache *c, const uint8_t digest[static SHA256_BYTES], struct cached *ret);
void cache_put(struct cache *c, const struct cached *entry);
void cache_seen(struct cache *c, const uint8_t digest[static SHA256_BYTES], int64_t seen_us, int64_t stored_us);
void cache_drop(struct cache *c, const uint8_t digest[static SHA256_BYTES]);
void cache_drop_account(struct cache *c, int64_t account);

/* --- pool.c: a few threads and a short queue for work that costs milliseconds of CPU. */
struct pool;
struct job {
    void (*run)(struct job *j);
    struct job *next;
};
struct pool *pool_new(int threads, int waiting_max);
void pool_stop(struct pool *p); /* runs what waits, then refuses */
void pool_free(struct pool *p);
STATUS pool_submit(struct pool *p, struct job *j); /* ERR_OVERLOADED */

/* --- identity.c */
struct identity {
    struct throttle *throttle;
    struct cache *cache;
    struct pool *pool;
};
struct identity *identity_of(const struct app *app);
bool login_is_valid(str login);
str login_fold(struct arena *arena, str login); /* names are ASCII and compared in lower case */
STATUS token_digest(str token, char kind, uint8_t out[static SHA256_BYTES]); /* ERR_SIGNED_OUT if it has not the form */
str token_of_kind(struct arena *arena, char kind);
int64_t id_random(void); /* positive */
STATUS password_judge(str login, str password); /* ERR_PASSWORD_WEAK */
/* From name and password on the caller's thread, for verbs: costs it some 20 ms. */
STATUS identity_sign_in(struct ctx *cx, str login, str password);
STATUS session_create(struct ctx *cx, int64_t account, str *ret_token);
void actor_of_row(struct ctx *cx, const struct account_by_login_row *row);

/* --- account.c */
struct account_opening {
    str login, organisation, hash; /* hash: of the password, or "" for a system that only has a token */
    uint32_t roles;
    unit_id unit;
    person_id person;
};
STATUS account_open(struct ctx *cx, const struct account_opening *o, int64_t *ret_account); /* ERR_ROW_EXISTS */
STATUS token_give(struct ctx *cx, int64_t account, int64_t days, str *ret_token, int64_t *ret_ends_us);

/* --- demo.c: who of the register can have an account. ERR_PERSON_MISSING */
STATUS account_person(struct ctx *cx, int64_t number, person_id *ret, unit_id *ret_unit);
