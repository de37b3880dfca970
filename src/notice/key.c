/* One secret of the installation (notice.key in the data folder), and the two that are made of it: the key by which receivers know that a
 * notice comes from here, and the one behind the codes that confirm an address. A code is made of whose address it is, which and when it
 * was asked for, so that it need not be stored and fits nothing else.
 * tested by: src/notice/test/notice_test.c */
#include "notice/inside.h"

#include <stdio.h>

enum { CODES = 1000000 };

static STATUS derived(const struct app *app, const char *what, uint8_t out[static SHA256_BYTES])
{
    uint8_t seed[KEY_FILE_BYTES];
    TRY(key_file_in(app->directory, "notice.key", seed));
    hmac_sha256((str){ (const char *)seed, sizeof seed }, str_of(what), out);
    secret_wipe(seed, sizeof seed);
    return OK;
}

STATUS notice_sign_key(const struct app *app, struct sign_key *ret)
{
    uint8_t seed[SHA256_BYTES];
    TRY(derived(app, "dancu notice signature 1", seed));
    sign_key_of_seed(seed, ret);
    secret_wipe(seed, sizeof seed);
    return OK;
}

STATUS contact_code(const struct app *app, int64_t person, const struct contact_row *c, char out[static CODE_DIGITS + 1])
{
    uint8_t key[SHA256_BYTES], mac[SHA256_BYTES];
    char text[400];
    uint64_t number = 0;
    int len = snprintf(text, sizeof text, "%lld %d %lld %.*s", (long long)person, c->channel, (long long)c->asked_us, STR_ARG(c->waiting));
    MUST(len > 0 && (size_t)len < sizeof text);
    TRY(derived(app, "dancu contact code 1", key));
    hmac_sha256((str){ (const char *)key, sizeof key }, (str){ text, (size_t)len }, mac);
    for (int i = 0; i < 8; i++)
        number = number << 8 | mac[i];
    (void)snprintf(out, CODE_DIGITS + 1, "%06u", (unsigned)(number % CODES));
    secret_wipe(key, sizeof key);
    secret_wipe(mac, sizeof mac);
    return OK;
}
