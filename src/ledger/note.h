/* Signed notes (C2SP signed-note), checkpoints (tlog-checkpoint) and Ed25519 cosignatures (tlog-cosignature, v1). Pure:
 * text in, text out. A name that is not known is no error, its line is passed over; a line under a known name and key id
 * that does not verify spoils the note. */
#pragma once
#include "crypt/crypt.h"
#include "ledger/merkle.h"

enum { NOTE_BYTES_MAX = 16384, NOTE_LINES_MAX = 64, NOTE_NAME_BYTES_MAX = 200 };
enum note_kind { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

/* Who may sign: a name and an Ed25519 key of one kind. */
struct note_verifier {
    str name;
    enum note_kind kind;
    uint32_t key_id;
    uint8_t public_key[SIGN_PUBLIC_BYTES];
};
STATUS note_verifier_make(str name, enum note_kind kind, const uint8_t public_key[static SIGN_PUBLIC_BYTES],
                          struct note_verifier *ret);            /* ERR_VALUE_RANGE: no name of a key */
STATUS note_verifier_parse(struct arena *a, str vkey, struct note_verifier *ret); /* "name+hash+base64"; ERR_LEDGER_PROOF */
str note_verifier_text(struct arena *a, const struct note_verifier *v);

struct note {
    str text;       /* signed text, its last newline included */
    str signatures; /* the lines below the blank one */
};
STATUS note_parse(str note, struct note *ret); /* ERR_LEDGER_PROOF */
/* "— name base64\n" over `text`, by the note's own algorithm. */
str note_sign_line(struct arena *a, const struct note_verifier *v, const struct sign_key *key, str text);
/* The same as a witness does it, at `seconds` since 1970. */
str note_cosign_line(struct arena *a, const struct note_verifier *v, const struct sign_key *key, str text, int64_t seconds);
/* OK when `v` has signed; ret_seconds (NULL allowed) is the time of a cosignature, else 0. ERR_SIGNATURE. */
STATUS note_check(struct arena *a, const struct note *n, const struct note_verifier *v, int64_t *ret_seconds);

struct checkpoint {
    str origin;
    uint64_t size;
    struct merkle_hash root;
    str extension; /* further lines; signed, but without meaning to us */
};
str checkpoint_text(struct arena *a, const struct checkpoint *c);
STATUS checkpoint_parse(struct arena *a, str text, struct checkpoint *ret); /* ERR_LEDGER_PROOF */
