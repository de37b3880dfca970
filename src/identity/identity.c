/* The module: its state, its start and stop, and the small facts about names, tokens and passwords. */
#include "identity/inside.h"

#include <stdlib.h>
#include <string.h>

enum { PASSWORD_THREADS = 2, PASSWORD_WAITING_MAX = 64 };

struct identity *identity_of(const struct app *app)
{
    struct identity *id = app_state(app, "identity");
    MUST(id);
    return id;
}

static status identity_start(struct app *app)
{
    struct identity *id = calloc(1, sizeof *id);
    MUST(id);
    id->throttle = throttle_new();
    id->cache = cache_new();
    id->pool = pool_new(PASSWORD_THREADS, PASSWORD_WAITING_MAX);
    app_state_set(app, "identity", id);
    app->authenticate = identity_actor;
    app->sign_in = identity_sign_in;
    return OK;
}

static void identity_stop(struct app *app)
{
    struct identity *id = app_state(app, "identity");
    if (!id)
        return;
    pool_stop(id->pool); /* what waits is still answered; then it refuses */
}

/* Lanes still answer calls after the module has stopped, so what they use goes last. */
static void identity_end(struct app *app)
{
    struct identity *id = app_state(app, "identity");
    if (!id)
        return;
    pool_free(id->pool);
    cache_free(id->cache);
    throttle_free(id->throttle);
    free(id);
}

bool login_is_valid(str login)
{
    for (size_t i = 0; i < login.len; i++) {
        char c = login.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '@';
        if (!ok)
            return false;
    }
    return login.len >= 2 && login.len <= LOGIN_BYTES_MAX;
}

str login_fold(struct arena *arena, str login)
{
    str trimmed = str_trim(login);
    char *out = arena_z(arena, trimmed);
    for (size_t i = 0; i < trimmed.len; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] - 'A' + 'a');
    return (str){ out, trimmed.len };
}

/* "s_" a session's, "t_" a system's, then 32 random bytes: a leaked one tells at once what it is. */
str token_of_kind(struct arena *arena, char kind)
{
    char prefix[2] = { kind, '_' };
    return arena_join(arena, (str){ prefix, 2 }, token_make(arena, TOKEN_BYTES));
}

STATUS token_digest(str token, char kind, uint8_t out[static SHA256_BYTES])
{
    enum { TOKEN_CHARS = 2 + (TOKEN_BYTES * 4 + 2) / 3 };
    if (token.len != TOKEN_CHARS || token.ptr[0] != kind || token.ptr[1] != '_')
        return FAIL(SIGNED_OUT);
    sha256_of(token.ptr, token.len, out);
    return OK;
}

int64_t id_random(void)
{
    int64_t id = (int64_t)(random_u64() >> 1);
    return id ? id : 1;
}

/* NIST SP 800-63B section 5.1.1.2: length counts, not kinds of characters. Ours: nor may it hold the name. */
STATUS password_judge(str login, str password)
{
    TRY(text_check(STR("password"), password, PASSWORD_BYTES_MAX));
    bool holds_name = str_find(password, login) < password.len;
    bool one_character = true;
    for (size_t i = 1; i < password.len; i++)
        if (password.ptr[i] != password.ptr[0])
            one_character = false;
    if (password.len < PASSWORD_BYTES_MIN || holds_name || one_character)
        return FAIL_AT(PASSWORD_WEAK, STR("password"));
    return OK;
}

static void csrf_mac(str token, uint8_t out[static SHA256_BYTES])
{
    hmac_sha256(token, STR("dancu form"), out);
}

str csrf_of(struct arena *arena, str token)
{
    uint8_t mac[SHA256_BYTES];
    csrf_mac(token, mac);
    return base64url_encode(arena, (str){ (const char *)mac, sizeof mac });
}

STATUS csrf_check(struct arena *arena, str token, str given)
{
    if (str_is_empty(token) || !secret_eq(csrf_of(arena, token), given))
        return FAIL(CSRF);
    return OK;
}

str visitor_token(struct arena *arena)
{
    return token_make(arena, TOKEN_BYTES);
}

const struct module identity_module = {
    .name = "identity",
    .operations = identity_operations,
    .operation_count = IDENTITY_OPERATION_COUNT,
    .migrations = &identity_migrations,
    .start = identity_start,
    .stop = identity_stop,
    .end = identity_end,
};
