/* Files at rest (design: content-addressed, encrypted per subject). A file is named by a keyed digest of its content, so that the
 * same one is kept once and the name tells nothing to somebody who has a copy of the folder. The person's key lies in the
 * database, sealed by the installation's; destroying it erases the files wherever copies of them lie. What no row names is swept up.
 * Law: NĐ 13/2023/NĐ-CP, Luật Bảo vệ dữ liệu cá nhân 2025 (erasure).
 * tested by: src/service/test/paper_test.c */
#include "service/file/vault.h"
#include "gate/prepare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, URL_BYTES_MAX = 200 };
static const char state_name[] = "service.keys";

static status io_bad(void)
{
    int was = errno;
    status st = was == ENOSPC || was == EDQUOT ? FAIL(DISK_FULL) : FAIL_AT(IO, STR("files"));
    fault_detail("%s", strerror(was));
    return st;
}

/* --- keys ----------------------------------------------------------------------------------------------------------------- */

/* One line of the file `public-url` in the installation's folder. */
static char *public_url_read(str directory)
{
    char path[PATH_BYTES], line[URL_BYTES_MAX];
    snprintf(path, sizeof path, "%.*s/public-url", STR_ARG(directory));
    FILE *f = fopen(path, "re");
    bool got = f && fgets(line, sizeof line, f);
    if (f)
        fclose(f);
    str url = got ? str_trim(str_of(line)) : (str){ 0 };
    while (str_ends(url, STR("/")))
        url.len--;
    bool good = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
    return good ? strndup(url.ptr, url.len) : strdup("https://dancu.local");
}

static STATUS keys_open(const struct app *app, struct service_keys *k)
{
    char path[PATH_BYTES];
    k->public_url = public_url_read(app->directory);
    MUST(k->public_url);
    TRY(key_file_in(app->directory, "vault.key", k->vault));
    snprintf(path, sizeof path, "%.*s/signing", STR_ARG(app->directory));
    return authority_open(str_of(path), STR("dancu"), &k->authority);
}

static void keys_free(struct service_keys *k)
{
    authority_close(k->authority);
    secret_wipe(k->vault, sizeof k->vault);
    free(k->public_url);
    free(k);
}

STATUS keys_of(struct app *app, const struct service_keys **ret)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    status st = OK;
    pthread_mutex_lock(&lock);
    struct service_keys *k = app_state(app, state_name);
    if (!k) {
        k = calloc(1, sizeof *k);
        MUST(k);
        st = keys_open(app, k);
        if (status_ok(st)) {
            app_state_set(app, state_name, k);
        } else {
            keys_free(k);
            k = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
    *ret = k;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

void keys_close(struct app *app)
{
    struct service_keys *k = app_state(app, state_name);
    if (k)
        keys_free(k);
}

static str subject_bound(struct ctx *cx, person_id subject) { return arena_printf(cx->arena, "subject %lld", (long long)subject.v); }

/* The person's key, and how it is stored; *ret_new: it is made, and nowhere stored yet. */
static STATUS subject_key_make(struct ctx *cx, person_id subject, str *ret_key, str *ret_sealed, bool *ret_new)
{
    struct subject_key_get_row row;
    const struct service_keys *keys;
    uint8_t key[STREAM_KEY_BYTES];
    bool found;
    TRY(keys_of(cx->app, &keys));
    TRY(subject_key_get(cx, SHARD, subject.v, &row, &found));
    *ret_new = !found;
    *ret_sealed = found ? row.sealed : (str){ 0 };
    if (found && row.sealed.len == 0)
        return FAIL(ERASED);
    if (found)
        return seal_open(cx->arena, keys->vault, subject_bound(cx, subject), row.sealed, ret_key);
    random_bytes(key, sizeof key);
    *ret_key = arena_str(cx->arena, (str){ (char *)key, sizeof key });
    secret_wipe(key, sizeof key);
    return seal_make(cx->arena, keys->vault, subject_bound(cx, subject), *ret_key, ret_sealed);
}

static STATUS subject_key_of(struct ctx *cx, person_id subject, str *ret)
{
    bool is_new;
    str sealed = { 0 };
    TRY(subject_key_make(cx, subject, ret, &sealed, &is_new));
    return is_new ? FAIL(CORRUPT) : OK;
}

STATUS vault_erase(struct ctx *cx, person_id subject) { return subject_key_drop(cx, SHARD, subject.v, STR(""), NULL); }

/* --- files ---------------------------------------------------------------------------------------------------------------- */

static void path_of(const struct app *app, str file, const char *ending, char out[static PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%.*s/vault/%.2s/%.*s%s", STR_ARG(app->directory), file.ptr, STR_ARG(file), ending);
}

static STATUS folder_make(const struct app *app, str file)
{
    char folder[PATH_BYTES];
    snprintf(folder, sizeof folder, "%.*s/vault", STR_ARG(app->directory));
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return io_bad();
    snprintf(folder, sizeof folder, "%.*s/vault/%.2s", STR_ARG(app->directory), file.ptr);
    return mkdir(folder, 0700) == 0 || errno == EEXIST ? OK : io_bad();
}

/* The folder of a file, locked: whoever keeps a file shares it, the sweep has it alone. -1: there is none. */
static STATUS folder_open(const struct app *app, str file, int lock, int *ret)
{
    char folder[PATH_BYTES];
    snprintf(folder, sizeof folder, "%.*s/vault/%.2s", STR_ARG(app->directory), file.ptr);
    *ret = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret < 0)
        return errno == ENOENT ? OK : io_bad();
    return flock(*ret, lock) == 0 ? OK : io_bad();
}

static void folder_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static STATUS file_is_new(const char *path, size_t bytes, bool *ret)
{
    struct stat s;
    *ret = stat(path, &s) != 0 || (size_t)s.st_size != bytes;
    return *ret || utimensat(AT_FDCWD, path, NULL, 0) == 0 ? OK : io_bad(); /* young again: no sweep takes it away */
}

static STATUS file_write(const struct app *app, str file, str key, str bytes)
{
    char path[PATH_BYTES], draft[PATH_BYTES], ending[40];
    int folder DEFER(folder_close) = -1;
    bool is_new;
    TRY(folder_make(app, file));
    TRY(folder_open(app, file, LOCK_SH, &folder));
    MUST(folder >= 0);
    path_of(app, file, "", path);
    TRY(file_is_new(path, stream_sealed_bytes(bytes.len), &is_new));
    if (!is_new)
        return OK;
    snprintf(ending, sizeof ending, ".%016llx", (unsigned long long)random_u64());
    path_of(app, file, ending, draft);
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_bad();
    status st = stream_seal(fd, (const uint8_t *)key.ptr, file, bytes);
    if (status_ok(st) && fsync(fd) != 0)
        st = io_bad();
    close(fd);
    if (status_ok(st) && rename(draft, path) != 0)
        st = io_bad();
    if (!status_ok(st)) {
        unlink(draft);
        return fault_pass(st, __FILE__, __LINE__);
    }
    /* So that the name survives a crash; the transaction that names the file commits after it. */
    return fsync(folder) == 0 ? OK : io_bad();
}

/* By the clock of the file system: ours may be set. */
static STATUS orphan_remove(struct ctx *cx, int folder, const char *name)
{
    struct paper_of_file_row paper;
    struct attachment_of_file_row attachment;
    struct stat s;
    bool named = false;
    if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode) || time(NULL) - s.st_mtime < VAULT_ORPHAN_S)
        return OK;
    if (strlen(name) == VAULT_NAME_BYTES - 1)
        TRY(paper_of_file(cx, SHARD, str_of(name), &paper, &named));
    if (strlen(name) == VAULT_NAME_BYTES - 1 && !named)
        TRY(attachment_of_file(cx, SHARD, str_of(name), &attachment, &named));
    return named || unlinkat(folder, name, 0) == 0 ? OK : io_bad();
}

static STATUS folder_sweep(struct ctx *cx, unsigned number)
{
    int folder DEFER(folder_close) = -1;
    char file[3];
    status st = OK;
    snprintf(file, sizeof file, "%02x", number % VAULT_FOLDERS);
    TRY(folder_open(cx->app, str_of(file), LOCK_EX, &folder));
    if (folder < 0)
        return OK;
    int listed = dup(folder);
    DIR *d = listed >= 0 ? fdopendir(listed) : NULL;
    if (!d)
        return io_bad();
    for (struct dirent *e; status_ok(st) && (e = readdir(d)) != NULL;)
        st = orphan_remove(cx, folder, e->d_name);
    closedir(d);
    return st;
}

status vault_sweep(struct ctx *cx, void *part)
{
    const struct vault_part *p = part;
    struct subject_key_any_row row;
    bool found;
    TRY(subject_key_any(cx, SHARD, &row, &found));
    if (!found) /* nobody has a file: rather another database than this vault's */
        return OK;
    for (unsigned i = 0; i < p->count; i++)
        TRY(folder_sweep(cx, p->from + i));
    return OK;
}

/* Kept by the rehearsal of this call, under the key that the person has now, or that nobody has given him another since? */
static STATUS put_earlier(struct ctx *cx, person_id subject, str name, const struct vaulted **ret)
{
    struct subject_key_get_row row;
    bool found;
    const struct vaulted *v = prepared_find(cx, "vault", name);
    *ret = NULL;
    if (!v)
        return OK;
    TRY(subject_key_get(cx, SHARD, subject.v, &row, &found));
    if (found ? str_eq(row.sealed, v->sealed) : v->key_is_new)
        *ret = v;
    return OK;
}

STATUS vault_put(struct ctx *cx, person_id subject, str bytes, struct vaulted *ret)
{
    str name = arena_printf(cx->arena, "%lld %p %zu", (long long)subject.v, (const void *)bytes.ptr, bytes.len), key = { 0 };
    uint8_t digest[SHA256_BYTES];
    const struct vaulted *earlier;
    struct buf hex;
    TRY(put_earlier(cx, subject, name, &earlier));
    if (earlier) {
        *ret = *earlier;
        return OK;
    }
    struct vaulted *v = ARENA_NEW(cx->arena, struct vaulted);
    TRY(subject_key_make(cx, subject, &key, &v->sealed, &v->key_is_new));
    MUST(key.len == STREAM_KEY_BYTES);
    hmac_sha256(key, bytes, digest);
    buf_init(&hex, VAULT_NAME_BYTES);
    buf_hex(&hex, digest, sizeof digest);
    v->file = arena_str(cx->arena, buf_str(&hex));
    buf_done(&hex);
    TRY(file_write(cx->app, v->file, key, bytes));
    prepared_keep(cx, "vault", name, v);
    *ret = *v;
    return OK;
}

STATUS vault_enter(struct ctx *cx, person_id subject, const struct vaulted *v)
{
    return v->key_is_new ? subject_key_add(cx, SHARD, subject.v, v->sealed, cx->now_us, NULL) : OK;
}

STATUS vault_keep(struct ctx *cx, person_id subject, str bytes, str *ret_file)
{
    struct vaulted v;
    TRY(vault_put(cx, subject, bytes, &v));
    *ret_file = v.file;
    return vault_enter(cx, subject, &v);
}

STATUS vault_read(struct ctx *cx, person_id subject, str file, str *ret_bytes)
{
    char path[PATH_BYTES];
    struct stat s;
    str key = { 0 };
    TRY(subject_key_of(cx, subject, &key));
    if (file.len != VAULT_NAME_BYTES - 1)
        return FAIL(CORRUPT);
    path_of(cx->app, file, "", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &s) == 0 && s.st_size > 0)
        p = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    status st = p == MAP_FAILED ? io_bad() : OK;
    if (fd >= 0)
        close(fd);
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    st = stream_open(cx->arena, (const uint8_t *)key.ptr, file, (str){ p, (size_t)s.st_size }, ret_bytes);
    munmap(p, (size_t)s.st_size);
    return status_ok(st) ? OK : FAIL(CORRUPT);
}
