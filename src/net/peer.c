/* Who is at the other end: the address of the socket, or the one that our own proxy vouches for; and the certificate of
 * a partner system on a mutual TLS link. A forwarded address is believed from the configured proxy only, and of a list
 * only the last entry, which that proxy wrote itself. */
#include "net/edge.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

/* An IPv4 client on a dual socket is told in its own notation. */
void peer_address(struct link *k, const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, k->peer, sizeof k->peer);
    else if (address && address->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], k->peer, sizeof k->peer);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &v6->sin6_addr, k->peer, sizeof k->peer);
}

static bool is_address(struct arena *a, str s)
{
    unsigned char out[sizeof(struct in6_addr)];
    const char *z = s.len < 46 ? arena_z(a, s) : "";

    return inet_pton(AF_INET, z, out) == 1 || inet_pton(AF_INET6, z, out) == 1;
}

void peer_forwarded(struct flight *f)
{
    struct request *r = &f->x.request;
    const struct server_options *o = &f->loop->server->options;
    str rest, one, last = { 0 };

    r->peer = str_of(f->link->peer);
    r->tls = o->tls_key_pem != NULL;
    if (o->proxy.len == 0 || !str_eq(r->peer, o->proxy))
        return;
    rest = request_header(r, STR("x-forwarded-for"));
    while (str_cut(&rest, ',', &one))
        last = str_trim(one);
    if (is_address(f->arena, last))
        r->peer = last;
    r->tls = str_eq(request_header(r, STR("x-forwarded-proto")), STR("https"));
}

/* Verified once a connection; the handshake only asked for it. */
static void read_certificate(struct link *k)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(k->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    gnutls_session_t session = info ? info->tls_session : NULL;
    const gnutls_datum_t *chain;
    unsigned int count = 0, verdict = 0;

    k->certificate_read = true;
    if (!session)
        return;
    chain = gnutls_certificate_get_peers(session, &count);
    if (!chain || count == 0)
        return;
    if (gnutls_certificate_verify_peers2(session, &verdict) != GNUTLS_E_SUCCESS || verdict != 0)
        return;
    k->certificate = malloc(chain[0].size);
    MUST(k->certificate != NULL);
    memcpy(k->certificate, chain[0].data, chain[0].size);
    k->certificate_bytes = chain[0].size;
}

STATUS peer_certificate(struct flight *f)
{
    const struct server_options *o = &f->loop->server->options;

    if (!o->tls_trust_pem)
        return OK;
    if (!f->link->certificate_read)
        read_certificate(f->link);
    f->x.request.client_certificate = (str){ f->link->certificate, f->link->certificate_bytes };
    if (o->tls_client_required && f->link->certificate_bytes == 0)
        return FAIL(CERTIFICATE_REQUIRED);
    return OK;
}
