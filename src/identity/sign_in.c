/* Sign-in in three steps on three kinds of threads: the account is read by a lane, the password is checked by the pool,
 * the session is written by a lane. The answer "no" takes the same way for a wrong password and an unknown name; the
 * count of failures is written behind the answer, so that a commit does not give the known name away.
 * tested by: src/identity/identity_test.c */
#include "identity/inside.h"

#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 20 };

struct sign_in_inside {
    struct job job;
    struct work work;
    struct sign_in *of;
    struct account_by_login_row account;
    bool found;
    char rehash[PASSWORD_HASH_BYTES]; /* of a right password whose stored hash is out of date; else "" */
};

/* --- what both ways share ---------------------------------------------------------------------------------------- */

void actor_of_row(struct ctx *cx, const struct account_by_login_row *row)
{
    cx->actor = (struct actor){
        .roles = (uint32_t)row->roles,
        .account = { row->id },
        .person = { row->person },
        .unit = { row->unit },
        .organisation = row->organisation,
        .name = row->login,
    };
}

static STATUS throttle_ask(struct identity *id, str login, str peer)
{
    int64_t now = clock_now_us();
    if (throttle_is_closed(id->throttle, STR("name"), login, SIGN_IN_NAME_FAILURES_MAX, now) ||
        throttle_is_closed(id->throttle, STR("peer"), peer, SIGN_IN_PEER_FAILURES_MAX, now))
        return FAIL(SIGN_IN_SLOWED);
    return OK;
}

/* The password against the account as it was read. */
static STATUS password_ask(const struct account_by_login_row *row, bool found, str password)
{
    int64_t now = clock_now_us();
    if (found && row->locked_until_us > now)
        return FAIL(SIGN_IN_SLOWED);
    bool usable = found && row->state == ACCOUNT_LIVE;
    TRY(password_check(usable ? row->password : (str){ 0 }, password));
    return usable ? OK : FAIL(SIGN_IN_FAILED);
}

STATUS session_create(struct ctx *cx, int64_t account, str *ret_token)
{
    struct sessions_of_row *open;
    size_t count;
    uint8_t digest[SHA256_BYTES];
    TRY(sessions_of(cx, SHARD, account, &open, &count));
    size_t live = 0, oldest = 0;
    for (size_t i = 0; i < count; i++) {
        if (open[i].ends_us <= cx->now_us) {
            TRY(session_drop_one(cx, SHARD, account, open[i].id, NULL));
            continue;
        }
        if (live == 0 || open[i].created_us < open[oldest].created_us)
            oldest = i;
        live++;
    }
    if (live >= SESSIONS_MAX)
        TRY(session_drop_one(cx, SHARD, account, open[oldest].id, NULL));
    *ret_token = token_of_kind(cx->arena, 's');
    TRY(token_digest(*ret_token, 's', digest));
    struct session_add_params p = {
        .shard = SHARD,
        .digest = { (const char *)digest, sizeof digest },
        .id = id_random(),
        .account = account,
        .created_us = cx->now_us,
        .ends_us = cx->now_us + (int64_t)SESSION_LIFE_S * 1000000,
    };
    return session_add(cx, &p, NULL);
}

STATUS session_end(struct ctx *cx, str token)
{
    uint8_t digest[SHA256_BYTES];
    if (!str_starts(token, STR("s_")) || !status_ok(token_digest(token, 's', digest)))
        return OK;
    cache_drop(identity_of(cx->app)->cache, digest);
    return session_drop(cx, SHARD, (str){ (const char *)digest, sizeof digest }, NULL);
}

/* --- failures, written behind the answer ------------------------------------------------------------------------- */

struct failure {
    struct work work;
    int64_t account, locked_until_us;
    int32_t failures;
};

static status failure_run(struct ctx *cx, void *arg)
{
    const struct failure *f = arg;
    return account_failed(cx, SHARD, f->account, f->failures, f->locked_until_us, NULL);
}

static void failure_done(struct work *w)
{
    struct failure *f = w->arg;
    arena_free(w->cx.arena);
    free(f);
}

static void failure_count(struct app *app, str login, str peer, const struct account_by_login_row *row, bool found)
{
    struct identity *id = identity_of(app);
    int64_t now = clock_now_us();
    int failures = throttle_fail(id->throttle, STR("name"), login, now);
    throttle_fail(id->throttle, STR("peer"), peer, now);
    if (!found || !app->lanes)
        return;
    struct failure *f = calloc(1, sizeof *f);
    MUST(f);
    f->account = row->id;
    f->failures = row->failures + 1;
    f->locked_until_us = failures >= SIGN_IN_NAME_FAILURES_MAX ? now + (int64_t)SIGN_IN_SLOWED_S * 1000000 : 0;
    f->work = (struct work){ .run = failure_run, .done = failure_done, .arg = f, .writes = true };
    ctx_for_program(&f->work.cx, app, arena_new(1 << 16), STR("sign-in"));
    lanes_submit(app->lanes, &f->work);
}

/* --- the way of a page ------------------------------------------------------------------------------------------- */

static void finish(struct sign_in *s, status st)
{
    s->result = st;
    if (!status_ok(st))
        s->fault = *fault_here();
    s->done(s);
}

static status session_run(struct ctx *cx, void *arg)
{
    struct sign_in_inside *in = arg;
    TRY(session_end(cx, in->of->old_token));
    if (in->rehash[0])
        TRY(account_set_password(cx, SHARD, in->account.id, str_of(in->rehash), cx->now_us, NULL));
    else if (in->account.failures)
        TRY(account_failed(cx, SHARD, in->account.id, 0, 0, NULL));
    return session_create(cx, in->account.id, &in->of->token);
}

static void session_done(struct work *w)
{
    struct sign_in_inside *in = w->arg;
    if (!status_ok(w->result))
        *fault_here() = w->fault;
    finish(in->of, w->result);
}

static void work_send(struct sign_in_inside *in, status (*run)(struct ctx *, void *), void (*done)(struct work *), bool writes)
{
    struct sign_in *s = in->of;
    in->work = (struct work){ .run = run, .done = done, .arg = in, .writes = writes };
    ctx_for_program(&in->work.cx, s->app, s->arena, STR("sign-in"));
    in->work.cx.request_id = s->request_id;
    lanes_submit(s->app->lanes, &in->work);
}

static void password_run(struct job *j)
{
    struct sign_in_inside *in = (struct sign_in_inside *)j; /* its first member */
    struct sign_in *s = in->of;
    struct identity *id = identity_of(s->app);
    fault_clear();
    status st = throttle_ask(id, s->login, s->peer); /* others may have failed while this one waited */
    if (status_ok(st)) {
        st = password_ask(&in->account, in->found, s->password);
        if (status_is(st, ERR_SIGN_IN_FAILED))
            failure_count(s->app, s->login, s->peer, &in->account, in->found);
    }
    if (!status_ok(st)) {
        finish(s, st);
        return;
    }
    throttle_clear(id->throttle, STR("name"), s->login);
    if (password_is_stale(in->account.password) && !status_ok(password_hash(s->password, in->rehash)))
        in->rehash[0] = 0; /* the old hash goes on serving */
    work_send(in, session_run, session_done, true);
}

static status account_run(struct ctx *cx, void *arg)
{
    struct sign_in_inside *in = arg;
    return account_by_login(cx, in->of->login, &in->account, &in->found);
}

static void account_done(struct work *w)
{
    struct sign_in_inside *in = w->arg;
    status st = w->result;
    if (!status_ok(st)) {
        *fault_here() = w->fault;
    } else {
        in->job.run = password_run;
        st = pool_submit(identity_of(in->of->app)->pool, &in->job);
    }
    if (!status_ok(st))
        finish(in->of, st);
}

void sign_in_start(struct sign_in *s)
{
    fault_clear();
    s->login = login_fold(s->arena, s->login);
    status st = text_check(STR("password"), s->password, PASSWORD_BYTES_MAX);
    if (status_ok(st) && !login_is_valid(s->login))
        st = FAIL(SIGN_IN_FAILED);
    if (status_ok(st))
        st = throttle_ask(identity_of(s->app), s->login, s->peer);
    if (!status_ok(st)) {
        finish(s, st);
        return;
    }
    s->inside = ARENA_NEW(s->arena, struct sign_in_inside);
    s->inside->of = s;
    work_send(s->inside, account_run, account_done, false);
}

/* --- the way of a verb ------------------------------------------------------------------------------------------- */

STATUS identity_sign_in(struct ctx *cx, str login, str password)
{
    struct account_by_login_row row = { 0 };
    bool found;
    struct identity *id = identity_of(cx->app);
    str name = login_fold(cx->arena, login);
    if (!login_is_valid(name))
        return FAIL(SIGN_IN_FAILED);
    TRY(throttle_ask(id, name, STR("here")));
    TRY(account_by_login(cx, name, &row, &found));
    status st = password_ask(&row, found, password);
    if (status_is(st, ERR_SIGN_IN_FAILED))
        failure_count(cx->app, name, STR("here"), &row, found);
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    throttle_clear(id->throttle, STR("name"), name);
    actor_of_row(cx, &row);
    return OK;
}
