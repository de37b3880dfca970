/* Operations on accounts. Passwords are hashed and checked in the rehearsal of a command, and not on the lane that writes.
 *
 * Refuses: a sign-in name that is taken, a weak password, an officer without a unit, a citizen who is not in the register.
 * tested by: src/identity/identity_test.c */
#include "gate/prepare.h"
#include "identity/inside.h"

#include <string.h>

enum { TOKEN_DAYS = 90, PASSWORD_RANDOM_BYTES = 16 };

static const uint32_t kind_roles[] = {
    [ACCOUNT_CREATE_IN_KIND_CITIZEN] = ROLE_CITIZEN,         [ACCOUNT_CREATE_IN_KIND_OFFICER] = ROLE_OFFICER,
    [ACCOUNT_CREATE_IN_KIND_COORDINATOR] = ROLE_COORDINATOR, [ACCOUNT_CREATE_IN_KIND_LEADER] = ROLE_LEADER,
    [ACCOUNT_CREATE_IN_KIND_SYSTEM] = ROLE_SYSTEM,           [ACCOUNT_CREATE_IN_KIND_AUDITOR] = ROLE_AUDITOR,
    [ACCOUNT_CREATE_IN_KIND_OPERATOR] = ROLE_OPERATOR,
};

struct taken {
    str password, hash;
};

/* One that is left out is made. */
static STATUS password_take(struct ctx *cx, str login, str given, struct taken *ret)
{
    const struct taken *earlier = prepared_find(cx, "password_take", given);
    if (earlier) {
        *ret = *earlier;
        return OK;
    }
    char hash[PASSWORD_HASH_BYTES];
    struct taken *t = ARENA_NEW(cx->arena, struct taken);
    /* One that is drawn may hold a short name by chance: it is no easier to guess. */
    t->password = str_is_empty(given) ? token_make(cx->arena, PASSWORD_RANDOM_BYTES) : given;
    if (!str_is_empty(given))
        TRY(password_judge(login, given));
    TRY(password_hash(t->password, hash));
    t->hash = arena_str(cx->arena, str_of(hash));
    prepared_keep(cx, "password_take", given, t);
    *ret = *t;
    return OK;
}

static STATUS password_prove(struct ctx *cx, str hash, str password)
{
    str key = arena_join(cx->arena, hash, password);
    if (prepared_find(cx, "password_prove", key))
        return OK;
    TRY(password_check(hash, password));
    prepared_keep(cx, "password_prove", key, key.ptr);
    return OK;
}

static STATUS account_find(struct ctx *cx, str login, struct account_by_login_row *ret)
{
    bool found;
    TRY(account_by_login(cx, login_fold(cx->arena, login), ret, &found));
    return found ? OK : FAIL_AT(ACCOUNT_MISSING, STR("login"));
}

STATUS account_open(struct ctx *cx, const struct account_opening *o, int64_t *ret_account)
{
    struct account_by_login_row row;
    bool taken;
    TRY(account_by_login(cx, o->login, &row, &taken));
    if (taken)
        return FAIL_WITH(ROW_EXISTS, STR("login"), o->login);
    struct account_add_params p = {
        .shard = SHARD,
        .id = id_random(),
        .login = o->login,
        .roles = (int32_t)o->roles,
        .unit = o->unit.v,
        .organisation = o->organisation,
        .person = o->person.v,
        .password = o->hash,
        .created_us = cx->now_us,
    };
    TRY(login_claim_add(cx, p.login, SHARD, p.id, NULL));
    TRY(account_add(cx, &p, NULL));
    TRY(change_note(cx, (struct subject){ o->person, o->unit }, 0));
    *ret_account = p.id;
    return OK;
}

STATUS account_create(struct ctx *cx, const struct account_create_in *in, struct account_create_out *ret)
{
    struct taken taken;
    struct account_opening o = {
        .login = login_fold(cx->arena, in->login),
        .roles = kind_roles[in->kind],
        .organisation = in->organisation,
        .unit = in->unit,
    };
    if (!login_is_valid(o.login))
        return FAIL_WITH(LOGIN_FORMAT, STR("login"), o.login);
    bool placed = in->kind == ACCOUNT_CREATE_IN_KIND_OFFICER || in->kind == ACCOUNT_CREATE_IN_KIND_LEADER;
    if (placed && !in->has_unit)
        return FAIL_AT(FIELD_MISSING, STR("unit"));
    if (in->kind == ACCOUNT_CREATE_IN_KIND_SYSTEM && !in->has_organisation)
        return FAIL_AT(FIELD_MISSING, STR("organisation"));
    if (in->kind == ACCOUNT_CREATE_IN_KIND_CITIZEN) {
        if (!in->has_person)
            return FAIL_AT(FIELD_MISSING, STR("person"));
        TRY(account_person(cx, in->person, &o.person, &o.unit));
    }
    TRY(password_take(cx, o.login, in->password, &taken));
    ret->password = taken.password;
    o.hash = taken.hash;
    return account_open(cx, &o, &ret->account);
}

STATUS account_password(struct ctx *cx, const struct account_password_in *in, struct account_password_out *ret)
{
    struct account_by_login_row row;
    struct taken taken;
    struct throttle *throttle = identity_of(cx->app)->throttle;
    if (throttle_is_closed(throttle, STR("name"), cx->actor.name, SIGN_IN_NAME_FAILURES_MAX, cx->now_us))
        return FAIL(SIGN_IN_SLOWED);
    TRY(account_find(cx, cx->actor.name, &row));
    status st = password_prove(cx, row.password, in->old);
    if (!status_ok(st)) {
        throttle_fail(throttle, STR("name"), cx->actor.name, cx->now_us);
        return fault_pass(st, __FILE__, __LINE__);
    }
    if (str_is_empty(in->new))
        return password_judge(row.login, in->new);
    TRY(password_take(cx, row.login, in->new, &taken));
    TRY(account_set_password(cx, SHARD, row.id, taken.hash, cx->now_us, NULL));
    TRY(session_drop_all(cx, SHARD, row.id, NULL));
    TRY(change_note(cx, (struct subject){ { row.person }, { row.unit } }, 0));
    cache_drop_account(identity_of(cx->app)->cache, row.id);
    ret->done = true;
    return OK;
}

STATUS account_block(struct ctx *cx, const struct account_block_in *in, struct account_block_out *ret)
{
    struct account_by_login_row row;
    TRY(account_find(cx, in->login, &row));
    TRY(account_set_state(cx, SHARD, row.id, in->blocked ? ACCOUNT_BLOCKED : ACCOUNT_LIVE, cx->now_us, NULL));
    if (in->blocked)
        TRY(session_drop_all(cx, SHARD, row.id, NULL));
    TRY(change_note(cx, (struct subject){ { row.person }, { row.unit } }, 0));
    cache_drop_account(identity_of(cx->app)->cache, row.id);
    ret->done = true;
    return OK;
}

STATUS token_give(struct ctx *cx, int64_t account, int64_t days, str *ret_token, int64_t *ret_ends_us)
{
    uint8_t digest[SHA256_BYTES];
    str token = token_of_kind(cx->arena, 't');
    TRY(token_digest(token, 't', digest));
    TRY(api_token_drop_all(cx, SHARD, account, NULL));
    struct api_token_add_params p = {
        .shard = SHARD,
        .digest = { (const char *)digest, sizeof digest },
        .id = id_random(),
        .account = account,
        .created_us = cx->now_us,
        .ends_us = cx->now_us + days * 86400 * 1000000,
    };
    TRY(api_token_add(cx, &p, NULL));
    cache_drop_account(identity_of(cx->app)->cache, account);
    *ret_token = token;
    *ret_ends_us = p.ends_us;
    return OK;
}

STATUS account_token(struct ctx *cx, const struct account_token_in *in, struct account_token_out *ret)
{
    struct account_by_login_row row;
    TRY(account_find(cx, in->login, &row));
    if (!(row.roles & ROLE_SYSTEM))
        return FAIL_WITH(ACCOUNT_MISSING, STR("login"), in->login);
    TRY(change_note(cx, (struct subject){ PERSON_NONE, UNIT_NONE }, 0));
    return token_give(cx, row.id, in->has_days ? in->days : TOKEN_DAYS, &ret->token, &ret->ends);
}
