/* From a token to an actor. Runs in front of every call, so a live token costs one digest and one look into memory.
 * tested by: src/identity/identity_test.c */
#include "identity/inside.h"

#include <stdlib.h>
#include <string.h>

/* Notes in the store that a session was used, at most once a minute each, beside the call that used it. */
struct touch {
    struct work work;
    uint8_t digest[SHA256_BYTES];
    int64_t seen_us;
};

static str digest_str(const uint8_t *digest)
{
    return (str){ (const char *)digest, SHA256_BYTES };
}

static status touch_run(struct ctx *cx, void *arg)
{
    const struct touch *t = arg;
    return session_touch(cx, SHARD, digest_str(t->digest), t->seen_us, NULL);
}

static void touch_done(struct work *w)
{
    struct touch *t = w->arg;
    arena_free(w->cx.arena);
    free(t);
}

static void touch_send(struct app *app, const struct cached *e)
{
    if (!app->lanes)
        return;
    struct touch *t = calloc(1, sizeof *t);
    MUST(t);
    memcpy(t->digest, e->digest, sizeof t->digest);
    t->seen_us = e->seen_us;
    t->work = (struct work){ .run = touch_run, .done = touch_done, .arg = t, .writes = true };
    ctx_for_program(&t->work.cx, app, arena_new(1 << 16), STR("sessions"));
    lanes_submit(app->lanes, &t->work);
}

static bool is_live(const struct cached *e, int64_t now_us)
{
    bool idle = e->session && now_us - e->seen_us > (int64_t)SESSION_IDLE_S * 1000000;
    return now_us < e->ends_us && !idle;
}

static void text_keep(char *out, size_t size, str s)
{
    MUST(s.len < size);
    if (s.len)
        memcpy(out, s.ptr, s.len);
    out[s.len] = 0;
}

static STATUS entry_load(struct ctx *cx, char kind, struct cached *e)
{
    struct credential row;
    bool found = false;
    if (kind == 's')
        TRY(session_find(cx, SHARD, digest_str(e->digest), &row, &found));
    else
        TRY(api_token_find(cx, SHARD, digest_str(e->digest), &row, &found));
    if (!found || row.state != ACCOUNT_LIVE)
        return FAIL(SIGNED_OUT);
    e->account = row.account;
    e->person = row.person;
    e->roles = row.roles;
    e->unit = row.unit;
    e->session = kind == 's';
    e->ends_us = row.ends_us;
    e->checked_us = cx->now_us;
    e->stored_us = row.seen_us;
    if (row.seen_us > e->seen_us)
        e->seen_us = row.seen_us;
    text_keep(e->login, sizeof e->login, row.login);
    text_keep(e->organisation, sizeof e->organisation, row.organisation);
    return OK;
}

static void actor_of_entry(struct ctx *cx, const struct cached *e)
{
    cx->actor = (struct actor){
        .roles = (uint32_t)e->roles,
        .account = { e->account },
        .person = { e->person },
        .unit = { e->unit },
        .organisation = arena_str(cx->arena, str_of(e->organisation)),
        .name = arena_str(cx->arena, str_of(e->login)),
    };
}

STATUS identity_actor(struct ctx *cx, str token)
{
    if (str_is_empty(token)) {
        cx->actor = (struct actor){ .roles = ROLE_PUBLIC };
        return OK;
    }
    struct identity *id = identity_of(cx->app);
    struct cached e = { 0 };
    char kind = str_starts(token, STR("t_")) ? 't' : 's';
    uint8_t digest[SHA256_BYTES];
    TRY(token_digest(token, kind, digest));
    bool known = cache_get(id->cache, digest, &e);
    memcpy(e.digest, digest, sizeof digest);
    int64_t age_us = cx->now_us - e.checked_us;
    if (!known || age_us < 0 || age_us > (int64_t)CACHE_TRUST_S * 1000000) {
        status st = entry_load(cx, kind, &e);
        if (!status_ok(st)) {
            if (known)
                cache_drop(id->cache, digest);
            return fault_pass(st, __FILE__, __LINE__);
        }
        cache_put(id->cache, &e);
    }
    if (!is_live(&e, cx->now_us))
        return FAIL(SIGNED_OUT);
    e.seen_us = cx->now_us;
    bool store = e.session && e.seen_us - e.stored_us > (int64_t)SEEN_STORE_S * 1000000;
    cache_seen(id->cache, digest, e.seen_us, store ? e.seen_us : 0);
    if (store)
        touch_send(cx->app, &e);
    actor_of_entry(cx, &e);
    return OK;
}
