/* The vault: files of people, each sealed under a key of the person that it is about. Inside of service. */
#pragma once
#include "crypt/authority.h"
#include "service/inside.h"

enum { VAULT_NAME_BYTES = 65 };

/* Keys of the installation: the vault's and the signing authority. */
struct service_keys {
    struct authority *authority;
    uint8_t vault[STREAM_KEY_BYTES];
    char *public_url; /* "https://dancu.local": where the outside finds /verify/ */
};
/* Opened and, in a new installation, made at the first call. Any thread. */
STATUS keys_of(struct app *app, const struct service_keys **ret);
void keys_close(struct app *app);

/* A file that lies in the vault, and the key of its person, if that was made for it and is not stored yet. */
struct vaulted {
    str file, sealed; /* sealed: the key as it is stored, or is to be */
    bool key_is_new;
};
/* Seals and keeps the bytes, writing nothing to the store: a slow step (gate/prepare.h). Within one call the bytes lie still.
 * ERR_ERASED, ERR_DISK_FULL. */
STATUS vault_put(struct ctx *cx, person_id subject, str bytes, struct vaulted *ret);
/* Stores the key that vault_put() made, if it did. */
STATUS vault_enter(struct ctx *cx, person_id subject, const struct vaulted *v);
/* Both; the same bytes of the same person are kept once. Names the file. */
STATUS vault_keep(struct ctx *cx, person_id subject, str bytes, str *ret_file);
/* ERR_ERASED: the person's key was destroyed. ERR_CORRUPT: the file is not what was kept. */
STATUS vault_read(struct ctx *cx, person_id subject, str file, str *ret_bytes);
/* Removes, of the folders of the vault with these numbers (below VAULT_FOLDERS), what is older than VAULT_ORPHAN_S and named by no row:
 * kept for a call that was refused, cut off, or taken back. Reads the store only. */
enum { VAULT_FOLDERS = 256, VAULT_ORPHAN_S = 3600 };
struct vault_part {
    unsigned from, count;
};
status vault_sweep(struct ctx *cx, void *part);
/* Destroys the key: no file of this person can be read again. */
STATUS vault_erase(struct ctx *cx, person_id subject);
