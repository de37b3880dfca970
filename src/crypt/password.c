/* Passwords at rest: argon2id (RFC 9106), 19 MiB, two passes, one lane; a random salt for each, kept in the PHC text
 * form. The check of an unknown account takes as long as that of a known one, so that accounts cannot be probed.
 *
 * Refuses a stored hash that asks for more memory or passes than ours: whoever could write one could stall the server. */
#include "crypt/crypt.h"
#include <sodium.h>
#include <string.h>

enum { PASSES = 2, MEMORY_KIB = 19 * 1024, PASSWORD_MAX = 1024 };
#define MEMORY_BYTES ((size_t)MEMORY_KIB * 1024)

_Static_assert((int)PASSWORD_HASH_BYTES >= crypto_pwhash_argon2id_STRBYTES, "room for the PHC text");

STATUS password_hash(str password, char out[static PASSWORD_HASH_BYTES])
{
    MUST(sodium_init() >= 0);
    if (password.len > PASSWORD_MAX)
        return FAIL_AT(TEXT_TOO_LONG, STR("password"));
    if (crypto_pwhash_argon2id_str(out, password.ptr ? password.ptr : "", password.len, PASSES, MEMORY_BYTES) != 0)
        return FAIL(MEMORY_LIMIT);
    return OK;
}

/* Reads the m= and t= of "$argon2id$v=19$m=19456,t=2,p=1$…"; false if the text is not of that form. */
static bool costs_of(str encoded, int64_t *ret_kib, int64_t *ret_passes)
{
    str rest = encoded, piece;

    if (!str_starts(encoded, STR("$argon2id$v=19$m=")) || encoded.len >= PASSWORD_HASH_BYTES)
        return false;
    rest = str_from(encoded, STR("$argon2id$v=19$m=").len);
    if (!str_cut(&rest, ',', &piece) || !str_i64(piece, ret_kib))
        return false;
    if (!str_cut(&rest, ',', &piece) || !str_starts(piece, STR("t=")) || !str_i64(str_from(piece, 2), ret_passes))
        return false;
    return str_starts(rest, STR("p=1$"));
}

static status refuse_slowly(str password)
{
    char scratch[PASSWORD_HASH_BYTES];

    TRY(password_hash(password, scratch));
    return FAIL(SIGN_IN_FAILED);
}

STATUS password_check(str encoded, str password)
{
    char text[PASSWORD_HASH_BYTES] = { 0 };
    int64_t kib, passes;

    MUST(sodium_init() >= 0);
    if (password.len > PASSWORD_MAX)
        return FAIL(SIGN_IN_FAILED);
    if (!costs_of(encoded, &kib, &passes) || kib < 8 || kib > MEMORY_KIB || passes < 1 || passes > PASSES)
        return refuse_slowly(password);
    memcpy(text, encoded.ptr, encoded.len);
    if (crypto_pwhash_argon2id_str_verify(text, password.ptr ? password.ptr : "", password.len) != 0)
        return FAIL(SIGN_IN_FAILED);
    return OK;
}

bool password_is_stale(str encoded)
{
    int64_t kib, passes;

    return !costs_of(encoded, &kib, &passes) || kib < MEMORY_KIB || passes < PASSES;
}
