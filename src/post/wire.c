/* How a message and its answer are signed: Ed25519 over a text that names both nodes, the stream, the number and the content, so that
 * neither can be used elsewhere, twice under another number, or in the other direction.
 * tested by: tests/scenario/post.scn */
#include "post/inside.h"

#include <string.h>

enum { SIGNED_BYTES_MAX = BODY_BYTES_MAX + 1000 };

STATUS node_key(const struct app *app, struct sign_key *ret)
{
    uint8_t seed[KEY_FILE_BYTES];
    TRY(key_file_in(app->directory, "post.key", seed));
    sign_key_of_seed(seed, ret);
    secret_wipe(seed, sizeof seed);
    return OK;
}

static STATUS signed_text(struct arena *a, const struct post_letter *l, const char *what, str *ret)
{
    uint8_t digest[SHA256_BYTES];
    struct buf b;
    sha256_of(l->body.ptr, l->body.len, digest);
    buf_init(&b, SIGNED_BYTES_MAX);
    buf_printf(&b, "dancu post 1\n%s\n%.*s\n%.*s\n%lld %lld\n%.*s\n", what, STR_ARG(l->from), STR_ARG(l->to), (long long)l->stream, (long long)l->seq,
               STR_ARG(l->kind));
    buf_hex(&b, digest, sizeof digest);
    status st = buf_check(&b);
    *ret = arena_str(a, buf_str(&b));
    buf_done(&b);
    return st;
}

static STATUS sign(struct arena *a, const struct sign_key *own, const struct post_letter *l, const char *what, str *ret)
{
    uint8_t signature[SIGNATURE_BYTES];
    str text;
    TRY(signed_text(a, l, what, &text));
    sign_make(own, text, signature);
    *ret = base64url_encode(a, (str){ (const char *)signature, sizeof signature });
    return OK;
}

static STATUS check(struct arena *a, const struct peer *from, const struct post_letter *l, const char *what, str signature)
{
    str key, raw, text;
    TRY(base64url_decode(a, from->key, &key));
    TRY(base64url_decode(a, signature, &raw));
    if (key.len != SIGN_PUBLIC_BYTES || raw.len != SIGNATURE_BYTES)
        return FAIL(SIGNATURE);
    TRY(signed_text(a, l, what, &text));
    return sign_check((const uint8_t *)key.ptr, text, (const uint8_t *)raw.ptr);
}

static const char *const outcome_words[] = { "taken", "again", "order" };

STATUS letter_sign(struct arena *a, const struct sign_key *own, const struct post_letter *l, str *ret) { return sign(a, own, l, "message", ret); }
STATUS letter_check(struct arena *a, const struct peer *from, const struct post_letter *l, str signature) { return check(a, from, l, "message", signature); }
STATUS answer_sign(struct ctx *cx, const struct post_letter *l, int outcome, str *ret)
{
    struct sign_key own;
    TRY(node_key(cx->app, &own));
    status st = sign(cx->arena, &own, l, outcome_words[outcome], ret);
    sign_key_done(&own);
    return st;
}
STATUS answer_check(struct arena *a, const struct peer *from, const struct post_letter *l, int outcome, str signature)
{
    return check(a, from, l, outcome_words[outcome], signature);
}

int64_t letter_digest(const struct post_letter *l)
{
    uint8_t digest[SHA256_BYTES];
    struct sha256 h;
    int64_t out;
    sha256_begin(&h);
    sha256_add(&h, l->kind.ptr, l->kind.len);
    sha256_add(&h, "\n", 1);
    sha256_add(&h, l->body.ptr, l->body.len);
    sha256_end(&h, digest);
    memcpy(&out, digest, sizeof out);
    return out;
}
