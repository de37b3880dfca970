/* Signed notes, strictly read: one text has one meaning. Limits: 16 KiB a note, 64 signature lines (the standard asks for
 * at least 16), 200 bytes a name.
 *
 * Refuses control characters, bad UTF-8, spaces and plus in names, leading zeros, base64 that is not canonical. The
 * ML-DSA cosignatures of the standard are passed over as unknown: no library here makes or checks them. */
#include "ledger/note.h"
#include <string.h>

#define DASH "\xe2\x80\x94 "

/* U+0020, U+0085, U+00A0, U+1680, U+2000…200A, U+2028, U+2029, U+202F, U+205F, U+3000 and the controls 9…13. */
static bool is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

static bool is_name(str name)
{
    if (name.len == 0 || name.len > NOTE_NAME_BYTES_MAX || !text_is_utf8(name))
        return false;
    for (size_t at = 0; at < name.len;) {
        uint32_t c = text_next(name, &at);
        if (c < 0x20 || c == '+' || is_space(c))
            return false;
    }
    return true;
}

static uint32_t key_id(str name, enum note_kind kind, const uint8_t public_key[static SIGN_PUBLIC_BYTES])
{
    uint8_t digest[SHA256_BYTES], separator[2] = { '\n', (uint8_t)kind };
    struct sha256 h;

    sha256_begin(&h);
    sha256_add(&h, name.ptr, name.len);
    sha256_add(&h, separator, 2);
    sha256_add(&h, public_key, SIGN_PUBLIC_BYTES);
    sha256_end(&h, digest);
    return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
}

STATUS note_verifier_make(str name, enum note_kind kind, const uint8_t public_key[static SIGN_PUBLIC_BYTES],
                          struct note_verifier *ret)
{
    if (!is_name(name))
        return FAIL_WITH(VALUE_RANGE, STR("origin"), name);
    *ret = (struct note_verifier){ .name = name, .kind = kind, .key_id = key_id(name, kind, public_key) };
    memcpy(ret->public_key, public_key, SIGN_PUBLIC_BYTES);
    return OK;
}

str note_verifier_text(struct arena *a, const struct note_verifier *v)
{
    struct buf b DEFER(buf_done);
    uint8_t key[1 + SIGN_PUBLIC_BYTES];

    key[0] = (uint8_t)v->kind;
    memcpy(key + 1, v->public_key, SIGN_PUBLIC_BYTES);
    buf_init(&b, NOTE_BYTES_MAX);
    buf_printf(&b, "%.*s+%08x+", STR_ARG(v->name), v->key_id);
    buf_base64(&b, key, sizeof key);
    return arena_str(a, buf_str(&b));
}

STATUS note_verifier_parse(struct arena *a, str vkey, struct note_verifier *ret)
{
    str rest = vkey, name, id, key;
    struct note_verifier v;
    char hex[9];

    if (!str_cut(&rest, '+', &name) || !str_cut(&rest, '+', &id) || !is_name(name) || id.len != 8)
        return FAIL_AT(LEDGER_PROOF, STR("verifier"));
    if (!status_ok(base64_decode(a, rest, &key)) || key.len != 1 + SIGN_PUBLIC_BYTES ||
        (key.ptr[0] != NOTE_ED25519 && key.ptr[0] != NOTE_COSIGNATURE))
        return FAIL_AT(LEDGER_PROOF, STR("verifier"));
    TRY(note_verifier_make(name, (enum note_kind)key.ptr[0], (const uint8_t *)key.ptr + 1, &v));
    for (int i = 0; i < 8; i++)
        hex[i] = "0123456789abcdef"[v.key_id >> (28 - 4 * i) & 15];
    if (!str_eq(id, (str){ hex, 8 }))
        return FAIL_AT(LEDGER_PROOF, STR("verifier"));
    *ret = v;
    return OK;
}

STATUS note_parse(str note, struct note *ret)
{
    size_t blank = 0;

    if (note.len == 0 || note.len > NOTE_BYTES_MAX || note.ptr[note.len - 1] != '\n' || !text_is_utf8(note))
        return FAIL_AT(LEDGER_PROOF, STR("note"));
    for (size_t i = 0; i < note.len; i++) {
        if ((unsigned char)note.ptr[i] < 0x20 && note.ptr[i] != '\n')
            return FAIL_AT(LEDGER_PROOF, STR("note"));
        if (i > 0 && note.ptr[i] == '\n' && note.ptr[i - 1] == '\n')
            blank = i;
    }
    if (blank == 0 || blank + 1 == note.len)
        return FAIL_AT(LEDGER_PROOF, STR("note"));
    ret->text = str_slice(note, 0, blank);
    ret->signatures = str_from(note, blank + 1);
    return OK;
}

static str line_of(struct arena *a, const struct note_verifier *v, const uint8_t *signature, size_t len)
{
    struct buf b DEFER(buf_done);
    uint8_t bytes[4 + 8 + SIGNATURE_BYTES];

    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(v->key_id >> (24 - 8 * i));
    memcpy(bytes + 4, signature, len);
    buf_init(&b, NOTE_BYTES_MAX);
    buf_add(&b, STR(DASH));
    buf_add(&b, v->name);
    buf_char(&b, ' ');
    buf_base64(&b, bytes, 4 + len);
    buf_char(&b, '\n');
    return arena_str(a, buf_str(&b));
}

static str cosigned_text(struct arena *a, str text, int64_t seconds)
{
    return arena_printf(a, "cosignature/v1\ntime %lld\n%.*s", (long long)seconds, STR_ARG(text));
}

str note_sign_line(struct arena *a, const struct note_verifier *v, const struct sign_key *key, str text)
{
    uint8_t signature[SIGNATURE_BYTES];

    MUST(v->kind == NOTE_ED25519);
    sign_make(key, text, signature);
    return line_of(a, v, signature, sizeof signature);
}

str note_cosign_line(struct arena *a, const struct note_verifier *v, const struct sign_key *key, str text, int64_t seconds)
{
    uint8_t stamped[8 + SIGNATURE_BYTES];

    MUST(v->kind == NOTE_COSIGNATURE && seconds >= 0);
    for (int i = 0; i < 8; i++)
        stamped[i] = (uint8_t)((uint64_t)seconds >> (56 - 8 * i));
    sign_make(key, cosigned_text(a, text, seconds), stamped + 8);
    return line_of(a, v, stamped, sizeof stamped);
}

static STATUS check_bytes(struct arena *a, const struct note *n, const struct note_verifier *v, str bytes, int64_t *ret_seconds)
{
    uint64_t seconds = 0;
    str text = n->text;

    if (v->kind == NOTE_COSIGNATURE) {
        if (bytes.len != 8 + SIGNATURE_BYTES)
            return FAIL(SIGNATURE);
        for (int i = 0; i < 8; i++)
            seconds = seconds << 8 | (uint8_t)bytes.ptr[i];
        if (seconds > INT64_MAX)
            return FAIL(SIGNATURE);
        text = cosigned_text(a, n->text, (int64_t)seconds);
        bytes = str_from(bytes, 8);
    }
    if (bytes.len != SIGNATURE_BYTES)
        return FAIL(SIGNATURE);
    TRY(sign_check(v->public_key, text, (const uint8_t *)bytes.ptr));
    if (ret_seconds)
        *ret_seconds = (int64_t)seconds;
    return OK;
}

/* Splits "— name base64" into name, key id and signature. */
static STATUS read_line(struct arena *a, str line, str *ret_name, uint32_t *ret_id, str *ret_signature)
{
    str rest = str_from(line, sizeof DASH - 1), bytes;
    const uint8_t *p;

    if (!str_starts(line, STR(DASH)) || !str_cut(&rest, ' ', ret_name) || !is_name(*ret_name))
        return FAIL_AT(LEDGER_PROOF, STR("note"));
    if (!status_ok(base64_decode(a, rest, &bytes)) || bytes.len < 5)
        return FAIL_AT(LEDGER_PROOF, STR("note"));
    p = (const uint8_t *)bytes.ptr;
    *ret_id = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    *ret_signature = str_from(bytes, 4);
    return OK;
}

STATUS note_check(struct arena *a, const struct note *n, const struct note_verifier *v, int64_t *ret_seconds)
{
    str rest = n->signatures, line, name, signature;
    bool signed_by = false;
    uint32_t id = 0;

    for (int lines = 0; rest.len > 0 && str_cut(&rest, '\n', &line); lines++) {
        if (lines == NOTE_LINES_MAX)
            return FAIL_AT(LEDGER_PROOF, STR("note"));
        TRY(read_line(a, line, &name, &id, &signature));
        if (id != v->key_id || !str_eq(name, v->name))
            continue;
        TRY(check_bytes(a, n, v, signature, ret_seconds));
        signed_by = true;
    }
    return signed_by ? OK : FAIL(SIGNATURE);
}

str checkpoint_text(struct arena *a, const struct checkpoint *c)
{
    struct buf b DEFER(buf_done);

    buf_init(&b, NOTE_BYTES_MAX);
    buf_add(&b, c->origin);
    buf_char(&b, '\n');
    buf_u64(&b, c->size);
    buf_char(&b, '\n');
    buf_base64(&b, c->root.b, SHA256_BYTES);
    buf_char(&b, '\n');
    buf_add(&b, c->extension);
    MUST(!b.full);
    return arena_str(a, buf_str(&b));
}

/* Decimal without leading zeros, up to 2^63-1. */
static bool read_size(str s, uint64_t *ret)
{
    int64_t n;

    if (!str_is_digits(s) || (s.len > 1 && s.ptr[0] == '0') || !str_i64(s, &n))
        return false;
    *ret = (uint64_t)n;
    return true;
}

STATUS checkpoint_parse(struct arena *a, str text, struct checkpoint *ret)
{
    str rest = text, origin, size, root, bytes, line, extension;

    if (text.len == 0 || text.ptr[text.len - 1] != '\n' || !str_cut(&rest, '\n', &origin) || !str_cut(&rest, '\n', &size) ||
        !str_cut(&rest, '\n', &root) || origin.len == 0)
        return FAIL_AT(LEDGER_PROOF, STR("checkpoint"));
    extension = rest;
    while (rest.len > 0 && str_cut(&rest, '\n', &line)) {
        if (line.len == 0)
            return FAIL_AT(LEDGER_PROOF, STR("checkpoint"));
    }
    if (!read_size(size, &ret->size) || !status_ok(base64_decode(a, root, &bytes)) || bytes.len != SHA256_BYTES)
        return FAIL_AT(LEDGER_PROOF, STR("checkpoint"));
    ret->origin = origin;
    ret->extension = extension;
    memcpy(ret->root.b, bytes.ptr, SHA256_BYTES);
    return OK;
}
