/* The digest of a database: its hash against the standard's vectors, its sense on both engines. */
#include <string.h>

#include "bench.h"
#include "store/content_hash.h"

static void hash_is(const char *text, int times, const char *want)
{
    struct content_hash h;
    char hex[65];

    content_hash_begin(&h);
    for (int i = 0; i < times; i++)
        content_hash_add(&h, text, strlen(text));
    content_hash_end(&h, hex);
    assert_string_equal(hex, want);
}

/* FIPS 180-2 appendix B, and the empty message. */
static void vectors(void **state)
{
    (void)state;
    hash_is("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_is("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    hash_is("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void the_digest_tells_content(void **state)
{
    struct bench *b = bench_ready(state);
    char one[65], two[65], three[65];

    GOOD(probe_people_add(b, 1, 1200));
    GOOD(store_digest(b->store, STR(""), one));
    GOOD(store_digest(b->store, STR(""), two));
    assert_string_equal(one, two);
    GOOD(tx_begin(b->db, &b->cx.tx));
    GOOD(probe_claim_take(&b->cx, 1, 1, NULL));
    GOOD(tx_commit(b->cx.tx));
    GOOD(store_digest(b->store, STR("x, probe_claim"), three));
    assert_string_not_equal(three, one); /* the table itself is part of it */
    GOOD(store_digest(b->store, STR(""), two));
    assert_string_not_equal(one, two);
    /* Both engines agree on this content. */
    assert_string_equal(one, "b57273a5cccdc0dfe9d1fd1b959de56cf3dc24c5c40f891af6d3f7a129190fec");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        EVERYWHERE(the_digest_tells_content),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
