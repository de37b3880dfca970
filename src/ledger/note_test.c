/* The example of the standard verifies; own notes round-trip; every second spelling is refused. */
#include "ledger/note.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    a = arena_new(1 << 24);
    return 0;
}
static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

/* From C2SP signed-note. */
#define VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SIGNED                                                                                                         \
    "This is an example message.\n\n" DASH "example.com/foo "                                                           \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

static void example_of_the_standard(void **state)
{
    struct note_verifier v;
    struct note n;

    (void)state;
    assert_true(status_ok(note_verifier_parse(a, STR(VKEY), &v)));
    assert_true(str_eq(note_verifier_text(a, &v), STR(VKEY)));
    assert_true(status_ok(note_parse(STR(SIGNED), &n)));
    assert_true(str_eq(n.text, STR("This is an example message.\n")));
    assert_true(status_ok(note_check(a, &n, &v, NULL)));
}

static void changed_text_or_signature(void **state)
{
    struct note_verifier v;
    struct note n;
    char *copy = arena_z(a, STR(SIGNED));

    (void)state;
    assert_true(status_ok(note_verifier_parse(a, STR(VKEY), &v)));
    copy[3] ^= 1;
    assert_true(status_ok(note_parse((str){ copy, sizeof SIGNED - 1 }, &n)));
    assert_true(status_is(note_check(a, &n, &v, NULL), ERR_SIGNATURE));
    copy[3] ^= 1;
    copy[60] = copy[60] == 'A' ? 'B' : 'A';
    assert_true(status_ok(note_parse((str){ copy, sizeof SIGNED - 1 }, &n)));
    assert_false(status_ok(note_check(a, &n, &v, NULL)));
}

static struct note_verifier verifier(const char *name, enum note_kind kind, struct sign_key *key)
{
    struct note_verifier v;

    sign_key_make(key);
    assert_true(status_ok(note_verifier_make(str_of(name), kind, key->public_key, &v)));
    return v;
}

static void many_signers(void **state)
{
    struct sign_key k1, k2, k3;
    struct note_verifier v1 = verifier("a.example/log", NOTE_ED25519, &k1), v2 = verifier("w.example/w", NOTE_COSIGNATURE, &k2),
                         v3 = verifier("a.example/log", NOTE_ED25519, &k3);
    str text = STR("a.example/log\n3\nvBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n");
    struct note n;
    int64_t seconds;

    (void)state;
    str first = note_sign_line(a, &v1, &k1, text), second = note_cosign_line(a, &v2, &k2, text, 1795000000);
    str whole = arena_printf(a, "%.*s\n%.*s%.*s", STR_ARG(text), STR_ARG(first), STR_ARG(second));
    assert_true(status_ok(note_parse(whole, &n)));
    assert_true(status_ok(note_check(a, &n, &v1, &seconds)) && seconds == 0);
    assert_true(status_ok(note_check(a, &n, &v2, &seconds)) && seconds == 1795000000);
    assert_true(status_is(note_check(a, &n, &v3, NULL), ERR_SIGNATURE)); /* same name, another key: unknown */

    /* A cosignature under another time does not verify. */
    str other = note_cosign_line(a, &v2, &k2, text, 1795000001), moved;
    char *mixed = arena_z(a, second);
    size_t stamp = sizeof DASH - 1 + v2.name.len + 1 + 5;
    memcpy(mixed + stamp, other.ptr + stamp, 11);
    moved = arena_printf(a, "%.*s\n%s", STR_ARG(text), mixed);
    assert_true(status_ok(note_parse(moved, &n)));
    assert_true(status_is(note_check(a, &n, &v2, NULL), ERR_SIGNATURE));
}

static void bad_line_of_a_known_key_spoils_the_note(void **state)
{
    struct sign_key k;
    struct note_verifier v = verifier("a.example/log", NOTE_ED25519, &k);
    str text = STR("text\n"), good = note_sign_line(a, &v, &k, text), bad = note_sign_line(a, &v, &k, STR("other\n"));
    struct note n;

    (void)state;
    assert_true(status_ok(note_parse(arena_printf(a, "text\n\n%.*s%.*s", STR_ARG(good), STR_ARG(bad)), &n)));
    assert_true(status_is(note_check(a, &n, &v, NULL), ERR_SIGNATURE));
}

static void malformed_notes(void **state)
{
    static const char *const bad[] = { "", "\n", "text", "text\n", "text\n\n", "text\n" DASH "a b\n", "te\txt\n\n" DASH "a AAAA\n",
                                       "te\xffxt\n\n" DASH "a AAAAAAA=\n", "text\n\n" DASH "a AAAAAAA=" };
    static const char *const bad_lines[] = { "a AAAAAAA=\n", "- a AAAAAAA=\n", DASH "a\n", DASH "a  AAAAAAA=\n", DASH "a AAAA\n",
                                             DASH "a+b AAAAAAA=\n", DASH " AAAAAAA=\n", DASH "a AAAAAAA\n", DASH "a AAAAAAB=\n",
                                             DASH "a\xc2\xa0z AAAAAAA=\n", DASH "a AAAAAAA= \n" };
    struct sign_key k;
    struct note_verifier v = verifier("x", NOTE_ED25519, &k);
    struct note n;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(status_is(note_parse(str_of(bad[i]), &n), ERR_LEDGER_PROOF));
    for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
        assert_true(status_ok(note_parse(arena_printf(a, "text\n\n%s", bad_lines[i]), &n)));
        assert_true(status_is(note_check(a, &n, &v, NULL), ERR_LEDGER_PROOF));
    }
    assert_true(status_ok(note_parse(STR("text\n\n" DASH "a AAAAAAA=\n"), &n)));
    assert_true(status_is(note_check(a, &n, &v, NULL), ERR_SIGNATURE));
}

static void many_lines(void **state)
{
    struct sign_key k;
    struct note_verifier v = verifier("x", NOTE_ED25519, &k);
    struct buf b DEFER(buf_done);
    struct note n;

    (void)state;
    buf_init(&b, NOTE_BYTES_MAX);
    buf_add(&b, STR("text\n\n"));
    for (int i = 0; i < 15; i++)
        buf_add(&b, STR(DASH "unknown AAAAAAA=\n"));
    buf_add(&b, note_sign_line(a, &v, &k, STR("text\n")));
    assert_true(status_ok(note_parse(buf_str(&b), &n)));
    assert_true(status_ok(note_check(a, &n, &v, NULL)));
    for (int i = 0; i < NOTE_LINES_MAX; i++)
        buf_add(&b, STR(DASH "unknown AAAAAAA=\n"));
    assert_true(status_ok(note_parse(buf_str(&b), &n)));
    assert_true(status_is(note_check(a, &n, &v, NULL), ERR_LEDGER_PROOF));
}

static void bad_verifiers(void **state)
{
    static const char *const bad[] = {
        "", "name", "name+530d903a", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
    };
    struct note_verifier v;
    struct sign_key k;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(status_is(note_verifier_parse(a, str_of(bad[i]), &v), ERR_LEDGER_PROOF));
    sign_key_make(&k);
    assert_true(status_is(note_verifier_make(STR("two words"), NOTE_ED25519, k.public_key, &v), ERR_VALUE_RANGE));
    assert_true(status_is(note_verifier_make(STR("plus+plus"), NOTE_ED25519, k.public_key, &v), ERR_VALUE_RANGE));
    assert_true(status_is(note_verifier_make(STR(""), NOTE_ED25519, k.public_key, &v), ERR_VALUE_RANGE));
}

static void checkpoint_round_trip(void **state)
{
    struct checkpoint c = { .origin = STR("a.example/log"), .extension = STR("more\nlines\n") }, back;
    static const uint64_t sizes[] = { 0, 1, 255, 256, 109482, INT64_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        c.size = sizes[i];
        random_bytes(c.root.b, SHA256_BYTES);
        assert_true(status_ok(checkpoint_parse(a, checkpoint_text(a, &c), &back)));
        assert_true(str_eq(back.origin, c.origin) && back.size == c.size && str_eq(back.extension, c.extension));
        assert_memory_equal(back.root.b, c.root.b, SHA256_BYTES);
    }
}

#define ROOT "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n"

static void malformed_checkpoints(void **state)
{
    static const char *const bad[] = { "", "a\n3\n", "a\n3\n" ROOT "\n", "\n3\n" ROOT, "a\n03\n" ROOT, "a\n-3\n" ROOT, "a\n+3\n" ROOT,
                                       "a\n\n" ROOT, "a\n 3\n" ROOT, "a\n9223372036854775808\n" ROOT, "a\n3\nvBoGQ7E=\n",
                                       "a\n3\nvBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms\n", "a\n3\n" ROOT "x\n\ny\n", "a\n3\n" ROOT "x" };
    struct checkpoint c;

    (void)state;
    assert_true(status_ok(checkpoint_parse(a, STR("a\n3\n" ROOT), &c)));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(status_is(checkpoint_parse(a, str_of(bad[i]), &c), ERR_LEDGER_PROOF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_of_the_standard),
        cmocka_unit_test(changed_text_or_signature),
        cmocka_unit_test(many_signers),
        cmocka_unit_test(bad_line_of_a_known_key_spoils_the_note),
        cmocka_unit_test(malformed_notes),
        cmocka_unit_test(many_lines),
        cmocka_unit_test(bad_verifiers),
        cmocka_unit_test(checkpoint_round_trip),
        cmocka_unit_test(malformed_checkpoints),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
