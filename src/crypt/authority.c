/* The installation's own certificate authority: a root, a time-stamp authority, and one signing key an organisation, each in a
 * file that only this program can read. Made at the first need, never overwritten: two makers race for one link(2) and the
 * loser takes the winner's. Keys of organisations are made anew each year and their certificates live three, so that what
 * was signed on the last day of a year can still be checked in the register of certificates. RFC 5280, RFC 3161 section 2.3.
 *
 * An installation whose organisations have keys of a licensed authority puts those files in the place of its own.
 * tested by: src/paper/test/authority_test.c */
#include "crypt/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, ROOT_DAYS = 20 * 366, SIGNER_DAYS = 3 * 366, NAME_BYTES_MAX = 64, SIGNERS_KEPT = 4096, DAY_S = 86400 };

struct authority {
    pthread_mutex_t lock;
    char *folder;
    struct signer root, stamp;
    struct signer *signers; /* loaded ones; they live as long as the authority */
    size_t count;
};

static void free_file(FILE **f)
{
    if (*f)
        fclose(*f);
}

static bool extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX cx;
    X509V3_set_ctx_nodb(&cx);
    X509V3_set_ctx(&cx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &cx, nid, value);
    bool good = e && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return good;
}

/* X.520 allows 64 characters in a name; a longer one is cut, the code beside it tells which office it is. */
static bool name_fill(X509_NAME *n, str name, str code)
{
    str cut = text_cut(name, NAME_BYTES_MAX);
    return X509_NAME_add_entry_by_txt(n, "OU", MBSTRING_UTF8, (const unsigned char *)code.ptr, (int)code.len, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const unsigned char *)cut.ptr, (int)cut.len, -1, 0) == 1;
}

static bool uses_set(X509 *x, X509 *issuer, enum signer_kind kind)
{
    bool good = extend(x, issuer, NID_subject_key_identifier, "hash") &&
                extend(x, issuer, NID_basic_constraints, kind == SIGNER_ROOT ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE");
    if (kind == SIGNER_ROOT)
        return good && extend(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    good = good && extend(x, issuer, NID_authority_key_identifier, "keyid") && extend(x, issuer, NID_key_usage, "critical,digitalSignature,nonRepudiation");
    return good && (kind != SIGNER_STAMP || extend(x, issuer, NID_ext_key_usage, "critical,timeStamping"));
}

static bool certificate_fill(X509 *x, const struct signer *s, const struct signer *root, str name, str code)
{
    uint64_t serial;
    long long now_s = clock_now_us() / 1000000, days = s->kind == SIGNER_SIGN ? SIGNER_DAYS : ROOT_DAYS;
    X509 *issuer = root ? root->certificate : x;
    random_bytes(&serial, sizeof serial);
    return X509_set_version(x, X509_VERSION_3) == 1 && ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1 | 1) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(x), now_s - DAY_S) && ASN1_TIME_set(X509_getm_notAfter(x), now_s + days * DAY_S) &&
           X509_set_pubkey(x, s->key) == 1 && name_fill(X509_get_subject_name(x), name, code) &&
           X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 && uses_set(x, issuer, s->kind) &&
           X509_sign(x, root ? root->key : s->key, EVP_sha256()) > 0;
}

static void signer_free(struct signer *s)
{
    X509_free(s->certificate);
    EVP_PKEY_free(s->key);
    free(s->file);
    *s = (struct signer){ 0 };
}

/* --- files ---------------------------------------------------------------------------------------------------------------- */

static status refuse(const char *why)
{
    status st = FAIL(KEY_FILE);
    fault_detail("signing key: %s", why);
    return st;
}

static STATUS signer_read(FILE *f, struct signer *ret)
{
    struct stat s;
    if (fstat(fileno(f), &s) != 0 || !S_ISREG(s.st_mode) || s.st_uid != geteuid())
        return refuse("not a file of this user");
    if ((s.st_mode & 077) != 0)
        return refuse("group or others may use the file: chmod 600");
    ret->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    ret->certificate = ret->key ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (!ret->certificate || X509_check_private_key(ret->certificate, ret->key) != 1) {
        signer_free(ret);
        return refuse("not a private key with its certificate");
    }
    return OK;
}

static bool signer_write(const char *path, const struct signer *s)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return false;
    bool good = PEM_write_PrivateKey(f, s->key, NULL, NULL, 0, NULL, NULL) == 1 && PEM_write_X509(f, s->certificate) == 1;
    good = good && fflush(f) == 0 && fsync(fd) == 0;
    return fclose(f) == 0 && good;
}

static STATUS signer_make(const char *path, const struct signer *root, enum signer_kind kind, str name, str code)
{
    struct signer s = { .kind = kind, .key = EVP_EC_gen("P-256"), .certificate = X509_new() };
    char draft[PATH_BYTES + 32];
    snprintf(draft, sizeof draft, "%s.%016llx.new", path, (unsigned long long)random_u64());
    bool good = s.key && s.certificate && certificate_fill(s.certificate, &s, root, name, code);
    bool written = good && signer_write(draft, &s), linked = written && (link(draft, path) == 0 || errno == EEXIST);
    int was = errno;
    if (written)
        unlink(draft);
    signer_free(&s);
    if (!good)
        return FAIL(INTERNAL);
    if (linked)
        return OK;
    return was == ENOSPC ? FAIL(DISK_FULL) : refuse("cannot write");
}

static STATUS signer_load(const struct authority *au, const char *file, struct signer *ret, str name, str code)
{
    char path[PATH_BYTES];
    enum signer_kind kind = ret->kind;
    if (snprintf(path, sizeof path, "%s/%s.pem", au->folder, file) >= (int)sizeof path)
        return refuse("path too long");
    if (access(path, F_OK) != 0)
        TRY(signer_make(path, kind == SIGNER_ROOT ? NULL : &au->root, kind, name, code));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    FILE *f DEFER(free_file) = fd < 0 ? NULL : fdopen(fd, "r");
    if (!f)
        return refuse("cannot open");
    TRY(signer_read(f, ret));
    ret->kind = kind;
    ret->file = strdup(file);
    MUST(ret->file);
    return OK;
}

/* --- the face ------------------------------------------------------------------------------------------------------------- */

STATUS authority_open(str folder, str name, struct authority **ret)
{
    struct authority *au = calloc(1, sizeof *au);
    MUST(au);
    pthread_mutex_init(&au->lock, NULL);
    au->folder = strndup(folder.ptr, folder.len);
    au->signers = calloc(SIGNERS_KEPT, sizeof *au->signers);
    MUST(au->folder && au->signers);
    au->root.kind = SIGNER_ROOT;
    au->stamp.kind = SIGNER_STAMP;
    status st = mkdir(au->folder, 0700) != 0 && errno != EEXIST ? refuse("cannot make the folder") : OK;
    if (status_ok(st))
        st = signer_load(au, "root", &au->root, name, STR("Root CA"));
    if (status_ok(st))
        st = signer_load(au, "time-stamp", &au->stamp, name, STR("Time-Stamp Authority"));
    if (!status_ok(st)) {
        authority_close(au);
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = au;
    return OK;
}

void authority_close(struct authority *au)
{
    if (!au)
        return;
    for (size_t i = 0; i < au->count; i++)
        signer_free(&au->signers[i]);
    signer_free(&au->root);
    signer_free(&au->stamp);
    free(au->signers);
    free(au->folder);
    pthread_mutex_destroy(&au->lock);
    free(au);
}

const struct signer *authority_root(const struct authority *au) { return &au->root; }
const struct signer *authority_stamp(const struct authority *au) { return &au->stamp; }

static bool code_is_plain(str code)
{
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ((c == '.' || c == '-') && i > 0)))
            return false;
    }
    return code.len > 0 && code.len <= 60;
}

static STATUS signer_of(struct authority *au, const char *file, str name, str code, const struct signer **ret)
{
    for (size_t i = 0; i < au->count; i++)
        if (strcmp(au->signers[i].file, file) == 0) {
            *ret = &au->signers[i];
            return OK;
        }
    if (au->count >= SIGNERS_KEPT)
        return FAIL(OVERLOADED);
    struct signer *s = &au->signers[au->count];
    *s = (struct signer){ .kind = SIGNER_SIGN };
    TRY(signer_load(au, file, s, name, code));
    au->count++;
    *ret = s;
    return OK;
}

STATUS authority_signer(struct authority *au, str code, str name, const struct signer **ret)
{
    char file[96];
    if (!code_is_plain(code))
        return FAIL_WITH(VALUE_RANGE, STR("organisation"), code);
    snprintf(file, sizeof file, "sign-%.*s-%d", STR_ARG(code), day_year(day_of_us(clock_now_us())));
    pthread_mutex_lock(&au->lock);
    status st = signer_of(au, file, name, code, ret);
    pthread_mutex_unlock(&au->lock);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

str signer_certificate_pem(struct arena *a, const struct signer *s)
{
    BIO *b = BIO_new(BIO_s_mem());
    char *at = NULL;
    MUST(b && PEM_write_bio_X509(b, s->certificate) == 1);
    long len = BIO_get_mem_data(b, &at);
    str out = arena_str(a, (str){ at, (size_t)len });
    BIO_free_all(b);
    return out;
}
