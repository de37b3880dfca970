/* Notes, checkpoints, verifier keys, tile paths and ledger records from anybody: what is accepted has one spelling, so
 * writing it again gives the same bytes, and no bytes of a stranger pass for a note of ours. */
#include "fuzz/fuzz.h"
#include "ledger/entry.h"
#include "ledger/note.h"
#include "ledger/tile.h"
#include <string.h>

static void try_note(struct arena *a, str s, const struct note_verifier *ours)
{
    struct note n;
    struct checkpoint c;

    if (!status_ok(note_parse(s, &n)))
        return;
    MUST(n.text.len + 1 + n.signatures.len == s.len && n.text.ptr[n.text.len - 1] == '\n');
    MUST(!status_ok(note_check(a, &n, ours, NULL)));
    if (status_ok(checkpoint_parse(a, n.text, &c)))
        MUST(str_eq(checkpoint_text(a, &c), n.text));
}

static void try_path(str s)
{
    struct tile_path p;
    struct buf b DEFER(buf_done);

    buf_init(&b, 256);
    if (!status_ok(tile_path_parse(s, &p)))
        return;
    tile_path_write(&p, &b);
    MUST(str_eq(buf_str(&b), s));
}

/* A record that reads is the one encoding of its entry. */
static void try_record(str s)
{
    struct record r, again;
    struct ledger_entry e;
    struct buf b DEFER(buf_done);
    str rest = s;
    int64_t person = 0;

    buf_init(&b, BATCH_BYTES_MAX);
    if (!status_ok(record_next(&rest, &r)) || !status_ok(entry_read(&r, &e)))
        return;
    rest = s;
    MUST(status_ok(record_next_person(&rest, &person)) && person == e.person.v);
    if (r.forgotten)
        return;
    entry_write(&e, &b);
    rest = buf_str(&b);
    MUST(status_ok(record_next(&rest, &again)) && str_eq(again.body, r.body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[SIGN_SEED_BYTES] = { 1 };
    struct arena *a = arena_new((size_t)16 << 20);
    str s = { (const char *)data, size };
    struct note_verifier ours, v;
    struct sign_key key;

    sign_key_of_seed(seed, &key);
    MUST(status_ok(note_verifier_make(STR("fuzz.example/log"), NOTE_ED25519, key.public_key, &ours)));
    try_note(a, s, &ours);
    if (status_ok(note_verifier_parse(a, s, &v)))
        MUST(str_eq(note_verifier_text(a, &v), s));
    try_path(s);
    try_record(s);
    arena_free(a);
    return 0;
}
