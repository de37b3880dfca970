/* Who is at the other end: forwarded addresses from the proxy and from nobody else; TLS, with and without the client's
 * certificate. Keys and certificates are made here, by the same library that checks them. */
#include "net/edge.h"
#include "net/test/wire.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *a;

static void forwarded(void **state)
{
    struct server_options trusting = { .proxy = STR("127.0.0.1") }, wary = { .proxy = STR("192.0.2.9") };
    struct wire *w = wire_start(&trusting), *none = wire_start(NULL), *other = wire_start(&wary);
    str asked = STR("GET /echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.5, 2001:db8::7\r\nX-Forwarded-Proto: https\r\n\r\n");
    str odd = STR("GET /echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: not an address\r\n\r\n");

    (void)state;
    assert_true(wire_has(wire_ask(w, a, asked), "\npeer: 2001:db8::7\n"));
    assert_true(wire_has(wire_ask(w, a, asked), "\ntls: 1\n"));
    assert_true(wire_has(wire_ask(w, a, asked), "\nStrict-Transport-Security: max-age="));
    assert_true(wire_has(wire_ask(w, a, odd), "\npeer: 127.0.0.1\n"));
    assert_true(wire_has(wire_ask(w, a, odd), "\ntls: 0\n"));
    assert_true(wire_has(wire_ask(none, a, asked), "\npeer: 127.0.0.1\n"));
    assert_true(wire_has(wire_ask(none, a, asked), "\ntls: 0\n"));
    assert_true(wire_has(wire_ask(other, a, asked), "\npeer: 127.0.0.1\n"));
    wire_free(w);
    wire_free(none);
    wire_free(other);
}

static void addresses(void **state)
{
    struct link k = { 0 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    (void)state;
    inet_pton(AF_INET, "198.51.100.4", &v4.sin_addr);
    peer_address(&k, (struct sockaddr *)&v4);
    assert_string_equal(k.peer, "198.51.100.4");
    inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
    peer_address(&k, (struct sockaddr *)&v6);
    assert_string_equal(k.peer, "2001:db8::1");
    inet_pton(AF_INET6, "::ffff:198.51.100.5", &v6.sin6_addr);
    peer_address(&k, (struct sockaddr *)&v6);
    assert_string_equal(k.peer, "198.51.100.5");
}

struct identity {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
    char key_pem[4096], certificate_pem[4096];
};

/* A certificate for `name`, signed by `issuer`, or by itself if that is NULL. */
static void make_identity_with(struct identity *id, const char *name, const struct identity *issuer,
                               gnutls_pk_algorithm_t algorithm)
{
    unsigned bits = algorithm == GNUTLS_PK_RSA ? 2048 : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    size_t key_bytes = sizeof id->key_pem, certificate_bytes = sizeof id->certificate_pem;
    unsigned char serial = issuer ? 2 : 1;

    gnutls_x509_privkey_init(&id->key);
    gnutls_x509_crt_init(&id->certificate);
    assert_int_equal(gnutls_x509_privkey_generate(id->key, algorithm, bits, 0), 0);
    gnutls_x509_crt_set_version(id->certificate, 3);
    gnutls_x509_crt_set_serial(id->certificate, &serial, 1);
    gnutls_x509_crt_set_activation_time(id->certificate, time(NULL) - 60);
    gnutls_x509_crt_set_expiration_time(id->certificate, time(NULL) + 3600);
    gnutls_x509_crt_set_key(id->certificate, id->key);
    gnutls_x509_crt_set_dn_by_oid(id->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    gnutls_x509_crt_set_basic_constraints(id->certificate, issuer == NULL, -1);
    assert_int_equal(gnutls_x509_crt_sign2(id->certificate, issuer ? issuer->certificate : id->certificate,
                                           issuer ? issuer->key : id->key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_privkey_export(id->key, GNUTLS_X509_FMT_PEM, id->key_pem, &key_bytes), 0);
    assert_int_equal(gnutls_x509_crt_export(id->certificate, GNUTLS_X509_FMT_PEM, id->certificate_pem, &certificate_bytes), 0);
    id->key_pem[key_bytes] = id->certificate_pem[certificate_bytes] = '\0';
}

static void make_identity(struct identity *id, const char *name, const struct identity *issuer)
{
    make_identity_with(id, name, issuer, GNUTLS_PK_ECDSA);
}

static void drop_identity(struct identity *id)
{
    gnutls_x509_privkey_deinit(id->key);
    gnutls_x509_crt_deinit(id->certificate);
}

/* One request over TLS; "" if there is no reply. */
static str ask_tls(struct wire *w, const char *priorities, const struct identity *client)
{
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
    int fd = wire_connect(w), rc;
    char reply[8192];
    str asked = STR("GET /echo HTTP/1.1\r\nHost: example.vn\r\nConnection: close\r\n\r\n");
    size_t have = 0;

    gnutls_certificate_allocate_credentials(&credentials);
    if (client)
        gnutls_certificate_set_x509_key(credentials, (gnutls_x509_crt_t[]){ client->certificate }, 1, client->key);
    gnutls_init(&session, GNUTLS_CLIENT);
    gnutls_priority_set_direct(session, priorities, NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(session, fd);
    gnutls_handshake_set_timeout(session, 3000);
    do
        rc = gnutls_handshake(session);
    while (rc < 0 && !gnutls_error_is_fatal(rc));
    if (rc == 0 && gnutls_record_send(session, asked.ptr, asked.len) == (ssize_t)asked.len)
        for (;;) {
            ssize_t n = gnutls_record_recv(session, reply + have, sizeof reply - have);

            if (n <= 0)
                break;
            have += (size_t)n;
        }
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(credentials);
    close(fd);
    return arena_str(a, (str){ reply, have });
}

/* An RSA certificate, so that the old key exchange without forward secrecy is possible, and refused. */
static void tls(void **state)
{
    struct identity server;
    struct server_options o = { 0 };
    struct wire *w;
    str reply;

    (void)state;
    make_identity_with(&server, "server", NULL, GNUTLS_PK_RSA);
    o.tls_key_pem = server.key_pem;
    o.tls_certificate_pem = server.certificate_pem;
    w = wire_start(&o);
    reply = ask_tls(w, "NORMAL", NULL);
    assert_int_equal(wire_status(reply), 200);
    assert_true(wire_has(reply, "\ntls: 1\n"));
    assert_true(wire_has(reply, "\ncertificate: 0\n"));
    assert_true(wire_has(reply, "\nStrict-Transport-Security: max-age="));
    assert_int_equal(wire_status(ask_tls(w, "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL)), 200);
    assert_int_equal(wire_status(ask_tls(w, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL)), 200);
    assert_int_equal(wire_status(ask_tls(w, "LEGACY:-VERS-ALL:+VERS-TLS1.1", NULL)), 0);
    assert_int_equal(wire_status(ask_tls(w, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", NULL)), 0);
    assert_int_equal(wire_status(wire_ask(w, a, STR("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"))), 0);
    wire_free(w);
    drop_identity(&server);
}

static void mutual_tls(void **state)
{
    struct identity server, authority, partner, pretender, stranger;
    struct server_options o = { 0 };
    struct wire *w;
    str reply;

    (void)state;
    make_identity(&server, "server", NULL);
    make_identity(&authority, "authority", NULL);
    make_identity(&partner, "partner", &authority);
    make_identity(&pretender, "authority", NULL); /* the right name, another key */
    make_identity(&stranger, "partner", &pretender);
    o.tls_key_pem = server.key_pem;
    o.tls_certificate_pem = server.certificate_pem;
    o.tls_trust_pem = authority.certificate_pem;
    w = wire_start(&o);
    reply = ask_tls(w, "NORMAL", &partner);
    assert_int_equal(wire_status(reply), 200);
    assert_false(wire_has(reply, "\ncertificate: 0\n"));
    assert_true(wire_has(ask_tls(w, "NORMAL", &stranger), "\ncertificate: 0\n"));
    assert_true(wire_has(ask_tls(w, "NORMAL", NULL), "\ncertificate: 0\n"));
    wire_free(w);
    o.tls_client_required = true;
    w = wire_start(&o);
    assert_int_equal(wire_status(ask_tls(w, "NORMAL", &partner)), 200);
    reply = ask_tls(w, "NORMAL", &stranger);
    assert_int_equal(wire_status(reply), 401);
    assert_true(wire_has(reply, "CERTIFICATE_REQUIRED"));
    assert_int_equal(wire_status(ask_tls(w, "NORMAL", NULL)), 401);
    wire_free(w);
    drop_identity(&server), drop_identity(&authority), drop_identity(&partner);
    drop_identity(&pretender), drop_identity(&stranger);
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)16 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forwarded),
        cmocka_unit_test(addresses),
        cmocka_unit_test(tls),
        cmocka_unit_test(mutual_tls),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
