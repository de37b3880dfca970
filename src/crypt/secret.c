/* Secrets in memory and on their way: wiping, comparing, random tokens, base64. Decoding is strict, because two texts
 * that mean the same bytes would let one signature or token appear under many names. */
#include "crypt/crypt.h"
#include <sodium.h>
#include <string.h>

void secret_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}

bool secret_eq(str a, str b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0;
}

static str encode(struct arena *a, str bytes, int variant)
{
    size_t room = sodium_base64_encoded_len(bytes.len, variant);
    char *text = arena_alloc(a, room);

    sodium_bin2base64(text, room, (const unsigned char *)bytes.ptr, bytes.len, variant);
    return (str){ text, strlen(text) };
}

static STATUS decode(struct arena *a, str text, int variant, str *ret)
{
    size_t room = text.len / 4 * 3 + 3, len = 0;
    unsigned char *bytes = arena_alloc(a, room);
    const char *end = NULL;

    if (text.len == 0) {
        *ret = (str){ (const char *)bytes, 0 };
        return OK;
    }
    /* libsodium itself refuses white space, a wrong padding and non-zero trailing bits, but 1.0.18 takes any byte above
     * 0x7f for a letter (found by fuzzing). */
    if (!text_is_ascii(text))
        return FAIL(BASE64);
    if (sodium_base642bin(bytes, room, text.ptr, text.len, NULL, &len, &end, variant) != 0 || end != text.ptr + text.len)
        return FAIL(BASE64);
    *ret = (str){ (const char *)bytes, len };
    return OK;
}

STATUS base64_decode(struct arena *a, str text, str *ret_bytes)
{
    return decode(a, text, sodium_base64_VARIANT_ORIGINAL, ret_bytes);
}

STATUS base64url_decode(struct arena *a, str text, str *ret_bytes)
{
    return decode(a, text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, ret_bytes);
}

str base64url_encode(struct arena *a, str bytes)
{
    return encode(a, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

str token_make(struct arena *a, size_t bytes)
{
    uint8_t raw[64];
    str text;

    MUST(bytes >= 16 && bytes <= sizeof raw);
    random_bytes(raw, bytes);
    text = base64url_encode(a, (str){ (const char *)raw, bytes });
    secret_wipe(raw, sizeof raw);
    return text;
}
