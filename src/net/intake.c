/* How a request comes in: the library calls with the target, with the whole head, with pieces of the body, at its end,
 * and when all is over. Each exchange walks through its phases in this order and never back:
 *
 *   HEAD → BODY → RUN → REPLY        a refusal goes from HEAD, or from the end of BODY, straight to REPLY.
 *
 * While the handler runs elsewhere the connection is suspended, and the library leaves it alone. One that is to be finished
 * by the end of the turn stays: the library asks for its reply again in the next turn.
 * tested by: src/net/test/head_test.c */
#include "net/edge.h"

#include <stdlib.h>
#include <string.h>

#define BODY_BYTES_DEFAULT ((size_t)64 << 10)

static struct link *link_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    MUST(info && info->socket_context);
    return info->socket_context;
}

/* The request line is there; the library will cut up the target, so it is copied now. */
void *intake_target(void *server, const char *uri, struct MHD_Connection *c)
{
    struct link *k = link_of(c);
    struct flight *f = flight_new(k->loop);

    (void)server;
    f->link = k;
    k->flight = f;
    f->raw_uri = arena_str(f->arena, str_of(uri));
    f->uri_at = uri;
    link_state_set(k, LINK_HEAD, 0);
    return f;
}

struct gathering {
    struct param list[EDGE_HEADERS_MAX];
    size_t count;
    bool too_many;
};

static enum MHD_Result gather(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value,
                              size_t value_len)
{
    struct gathering *g = cls;

    (void)kind;
    if (g->count == EDGE_HEADERS_MAX) {
        g->too_many = true;
        return MHD_NO;
    }
    g->list[g->count++] = (struct param){ { name, name_len }, { value, value_len } };
    return MHD_YES;
}

/* The layout was checked, so the fields stand in one piece: one copy takes them all. They must outlive the connection,
 * because an abandoned handler may still look at them. */
static void keep_headers(struct flight *f, const struct gathering *g)
{
    const struct param *first = &g->list[0], *last = &g->list[g->count ? g->count - 1 : 0];
    struct param *kept;
    str block;

    if (g->count == 0)
        return;
    block = (str){ first->name.ptr, (size_t)(last->value.ptr + last->value.len - first->name.ptr) };
    block = arena_str(f->arena, block);
    kept = ARENA_ARRAY(f->arena, struct param, g->count);
    for (size_t i = 0; i < g->count; i++) {
        kept[i].name = (str){ block.ptr + (g->list[i].name.ptr - first->name.ptr), g->list[i].name.len };
        kept[i].value = (str){ block.ptr + (g->list[i].value.ptr - first->name.ptr), g->list[i].value.len };
    }
    f->x.request.headers = (struct param_list){ kept, g->count };
}

static STATUS read_head(struct flight *f, struct MHD_Connection *c, const char *method, const char *version)
{
    struct request *r = &f->x.request;
    struct gathering g;
    const union MHD_ConnectionInfo *size = MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    struct head h = { str_of(method), { f->uri_at, f->raw_uri.len }, str_of(version), g.list, 0, 0 };
    str host = { 0 };

    g.count = 0;
    g.too_many = false;
    MHD_get_connection_values_n(c, MHD_HEADER_KIND, gather, &g);
    h.header_count = g.count;
    h.bytes = size ? size->header_size : 0;
    if (g.too_many || h.bytes > EDGE_HEAD_BYTES_MAX)
        return FAIL(HEAD_TOO_LARGE);
    TRY(head_layout(&h));
    keep_headers(f, &g);
    h.headers = r->headers.list;
    TRY(head_fields(&h, &host, &f->length));
    r->host = host;
    if (!head_method(h.method, &r->method, &r->head))
        return FAIL(METHOD_WRONG);
    r->content_type = request_header(r, STR("content-type"));
    peer_forwarded(f);
    TRY(head_target(f->arena, f->raw_uri, r->host, &r->path, &r->query_string));
    TRY(params_urlencoded(f->arena, r->query_string, &r->queries));
    return peer_certificate(f);
}

static STATUS check_body(struct flight *f)
{
    const struct server_handlers *h = &f->loop->server->options.handlers;
    struct body_rule rule = { BODY_BYTES_DEFAULT, false };

    if (f->length == 0)
        return OK;
    if (h->body_rule)
        rule = h->body_rule(&f->x.request, h->app);
    return body_begin(f, rule);
}

/* A head that was understood, though its request is refused, lets us read the body away, so that the reply arrives. */
static enum MHD_Result begin(struct flight *f, struct MHD_Connection *c, const char *method, const char *version)
{
    struct server *s = f->loop->server;
    status st;

    f->x.request.id = atomic_fetch_add_explicit(&s->next_id, 1, memory_order_relaxed);
    f->x.request.started_us = clock_mono_us();
    f->phase = PHASE_BODY;
    st = read_head(f, c, method, version);
    if (!status_ok(st)) {
        f->close = true;
        return answer_refuse(f, c, st.code);
    }
    st = check_body(f);
    if (!status_ok(st) && (f->length > EDGE_DISCARD_MAX || request_header(&f->x.request, STR("expect")).len)) {
        f->close = true;
        return answer_refuse(f, c, st.code);
    }
    f->refusal = st.code;
    link_state_set(f->link, LINK_BODY, f->length);
    return MHD_YES;
}

/* The first failure stays; what follows of the body is read and thrown away. */
static void take(struct flight *f, const char *data, size_t bytes)
{
    status st;

    if (f->refusal != ERR_OK)
        return;
    st = body_add(f, data, bytes);
    f->refusal = st.code;
}

static enum MHD_Result run(struct flight *f, struct MHD_Connection *c)
{
    const struct server_handlers *h = &f->loop->server->options.handlers;

    f->phase = PHASE_RUN;
    link_state_set(f->link, LINK_RUNNING, 0);
    atomic_fetch_add_explicit(&f->mailbox->owners, 1, memory_order_relaxed);
    atomic_store(&f->state, FLIGHT_RUNNING);
    flight_here = f;
    h->handle(&f->x, h->app);
    flight_here = NULL;
    if (!f->done_inline) {
        f->loop->running++;
        if (!f->soon)
            MHD_suspend_connection(c);
        loop_came(f->loop);
        return MHD_YES;
    }
    mailbox_release(f->mailbox);
    atomic_store_explicit(&f->state, FLIGHT_HELD, memory_order_relaxed);
    f->phase = PHASE_REPLY;
    loop_came(f->loop);
    return answer_send(f, c);
}

static enum MHD_Result complete(struct flight *f, struct MHD_Connection *c)
{
    status st = { (uint16_t)f->refusal };

    if (status_ok(st))
        st = body_end(f);
    return status_ok(st) ? run(f, c) : answer_refuse(f, c, st.code);
}

enum MHD_Result intake_step(INTAKE_STEP_PARAMETERS)
{
    struct flight *f = *flight;

    (void)loop;
    (void)url;
    if (!f) /* abandoned by a stop */
        return answer_stopping(c);
    switch (f->phase) {
    case PHASE_HEAD:
        return begin(f, c, method, version);
    case PHASE_BODY:
        if (*data_bytes == 0)
            return complete(f, c);
        take(f, data, *data_bytes);
        *data_bytes = 0;
        return MHD_YES;
    case PHASE_RUN: /* resumed; or not suspended, and asked again in each turn */
        if (atomic_load(&f->state) == FLIGHT_ABANDONED) {
            *flight = NULL;
            f->link->flight = NULL;
            flight_drop(f);
            return answer_stopping(c);
        }
        if (atomic_load(&f->state) == FLIGHT_RUNNING)
            return MHD_YES;
        f->phase = PHASE_REPLY;
        return answer_send(f, c);
    case PHASE_REPLY:
        break;
    }
    return MHD_NO;
}

void intake_completed(void *loop, struct MHD_Connection *c, void **flight, enum MHD_RequestTerminationCode how)
{
    struct flight *f = *flight;
    struct link *k = f ? f->link : link_of(c);

    (void)loop;
    (void)how;
    *flight = NULL;
    k->flight = NULL;
    link_state_set(k, LINK_IDLE, 0);
    if (f && f->soon && f->phase == PHASE_RUN && atomic_load(&f->state) == FLIGHT_RUNNING) { /* its peer has gone */
        f->loop->running--;
        atomic_store(&f->owners, 2);
        atomic_store(&f->state, FLIGHT_ABANDONED);
    }
    if (f)
        flight_drop(f);
}

static void link_begin(struct loop *l, struct MHD_Connection *c, void **link)
{
    const union MHD_ConnectionInfo *address = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct link *k = calloc(1, sizeof *k);

    MUST(k != NULL && fd != NULL);
    k->connection = c;
    k->loop = l;
    k->fd = fd->connect_fd;
    peer_address(k, address ? address->client_addr : NULL);
    k->next = l->links;
    if (k->next)
        k->next->previous = k;
    l->links = k;
    l->link_count++;
    link_state_set(k, LINK_IDLE, 0);
    *link = k;
}

void intake_connection(void *loop, struct MHD_Connection *c, void **link, enum MHD_ConnectionNotificationCode what)
{
    struct loop *l = loop;
    struct link *k = *link;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        link_begin(l, c, link);
        return;
    }
    if (k->next)
        k->next->previous = k->previous;
    if (k->previous)
        k->previous->next = k->next;
    else
        l->links = k->next;
    l->link_count--;
    free(k->certificate);
    free(k);
    *link = NULL;
}
