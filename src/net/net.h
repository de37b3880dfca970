/* The HTTP edge: reads HTTP/1.1 (RFC 9110, 9112), refuses what is malformed or too large, hands complete requests to one
 * handler and sends its replies. libmicrohttpd is driven from our own loops, one daemon a thread.
 *
 * It knows no route, no session and no word of a user's language: faces do. It refuses by itself: both Content-Length
 * and Transfer-Encoding, repeated or malformed lengths, a missing or repeated Host, white space before a colon, bare LF,
 * folded headers, methods it does not know, bodies over the limit of their route, bytes that come too slowly. */
#pragma once
#include "base/base.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS };

/* A name with its value, decoded and checked to be UTF-8 without control characters (line ends and tab are allowed in
 * fields of a form). Repeated names stand repeatedly, in the order of arrival. */
struct param {
    str name, value;
};
struct param_list {
    const struct param *list;
    size_t count;
};

/* A file of a multipart/form-data body. */
struct request_file {
    str field, filename, content_type; /* filename: last component only, may be "" */
    str bytes;                         /* a slice of the body: of memory, or of the mapped spool file */
};
struct request_file_list {
    const struct request_file *list;
    size_t count;
};

/* All slices live until exchange_finish() is called, and so does the arena. */
struct request {
    enum http_method method;
    bool head;        /* HEAD: arrives as HTTP_GET; the server leaves the body of the reply out */
    bool tls;         /* the connection (or the trusted proxy's) is encrypted */
    str path;         /* percent-decoded, UTF-8, begins with "/", no empty, "." or ".." component, no NUL */
    str query_string; /* as it came, without "?" */
    str peer;         /* address of the client, "192.0.2.1" or "2001:db8::1" */
    str host;         /* as in the Host field, with port */
    str content_type; /* as it came, with parameters; "" if none */
    str body;
    int body_fd;      /* the spooled body, unlinked, to dup(2) when it is needed after the reply; -1 if in memory */
    str client_certificate; /* DER, verified against tls_trust_pem; "" if the client showed none */
    uint64_t id;            /* of this request, in the log and in X-Request-Id */
    int64_t started_us;     /* clock_mono_us() when its head was complete */
    struct arena *arena;
    struct param_list headers;    /* names as they came; look up with request_header() */
    struct param_list queries;    /* of the URL */
    struct param_list fields;     /* of an urlencoded or multipart body, without files */
    struct request_file_list files;
};

str request_header(const struct request *r, str name); /* case does not matter; "" if absent; first of several */
str request_cookie(const struct request *r, str name); /* "" if absent; a name that stands twice counts as absent */
bool request_query(const struct request *r, str name, str *ret_value); /* first of several */
bool request_field(const struct request *r, str name, str *ret_value);
bool request_param(const struct request *r, str name, str *ret_value); /* field, or else query */
const struct request_file *request_file(const struct request *r, str field);
bool request_type_is(const struct request *r, str media_type); /* compares type/subtype only */
bool request_accepts_gzip(const struct request *r);
bool request_etag_matches(const struct request *r, str etag); /* If-None-Match; etag with its quotes */
/* Requests that show no credentials (Authorization, Cookie) take from the bucket of strangers, by address, before a face sees
 * them. One whose credentials turn out to be nobody's does it then, by request_is_welcome(): false if the bucket is empty. */
bool request_has_credentials(const struct request *r);
struct rate;
bool request_is_welcome(const struct request *r, struct rate *strangers); /* NULL: everybody is */
bool request_may_try(const struct request *r, struct rate *strangers); /* the same without taking: who failed too often waits first */
#define SIMULATOR_STATE "simulator" /* the credential of the simulated bank; none: there is no such bank */
#define STRANGERS_STATE "strangers" /* under which the rate is kept for the faces */
/* Which of `offers` (comma-separated, best first) the client likes most, by the q-values of `name` ("accept",
 * "accept-language"); "" if none is acceptable, the first offer if the client sent no such field. */
str request_prefers(const struct request *r, str name, str offers);

/* What the handler fills. Every reply carries the security fields and "cache-control: no-store" unless `cache` says
 * otherwise; a handler adds none of them. */
struct reply {
    int status;       /* 200 at first */
    str content_type; /* "" for no body */
    str body;         /* must live until the reply is sent: arena, static, or freed by `release` */
    int body_fd;      /* ≥ 0: the whole file from offset 0 instead of `body`; closed by the server */
    str cache;        /* Cache-Control; "" = no-store */
    void (*release)(void *arg); /* called on the net thread once the reply is sent or dropped */
    void *release_arg;
    struct param *headers; /* by reply_header() */
    size_t header_count;
};

struct exchange {
    struct request request;
    struct reply reply;
    void *user; /* the handler's */
};

/* `value` is copied; control characters in it become "_", so that no input can add a field. */
void reply_header(struct exchange *x, str name, str value);
/* Set-Cookie with Path=/; HttpOnly; SameSite=Lax (and Secure on TLS). max_age_s 0: until the browser closes; < 0: now. */
void reply_cookie(struct exchange *x, str name, str value, int64_t max_age_s);
/* 303 See Other (after a POST) to a path of our own; "/" in place of one that would leave the site. */
void reply_redirect(struct exchange *x, str path);
/* Content-Disposition: the browser saves the body under this name, in whatever letters. */
void reply_attachment(struct exchange *x, str file_name);

struct body_rule {
    size_t bytes_max;
    bool spool; /* true: keep the body in a file once it passes NET_BODY_MEMORY_MAX; false: the limit is at most that */
};
#define NET_BODY_MEMORY_MAX ((size_t)1 << 20)

struct server_handlers {
    /* Called on a net thread when the request is complete; must not block. Ends with exchange_finish(), now or later. */
    void (*handle)(struct exchange *x, void *app);
    /* Called on a net thread after handle() was, perhaps many times: the moment to work on these requests together, or to wake
     * who does, once for all. Returns how many exchanges that were promised by exchange_soon() still wait for something:
     * wake(loop), from any thread, brings the next turn about. NULL: nothing to do. */
    size_t (*turn)(void *app, void (*wake)(void *loop), void *loop);
    /* Called when the head is complete: method, path, query, headers, peer are there, the body is not. NULL: 64 KiB. */
    struct body_rule (*body_rule)(const struct request *r, void *app);
    /* Fills x->reply for a refusal of the server itself (`error` is of tables/errors.def, reply.status is set). Must not
     * block nor finish. The request may be incomplete. NULL: a bare problem document (RFC 9457). */
    void (*refuse)(struct exchange *x, enum error_code error, void *app);
    void *app;
};

struct server_options {
    str address;               /* "127.0.0.1", "::1", "0.0.0.0" or "::" */
    uint16_t port;             /* 0: one that is free, see server_port() */
    int threads;               /* 0: 1 */
    const char *tls_certificate_pem, *tls_key_pem; /* both or none */
    const char *tls_trust_pem; /* certificates of authorities whose clients are recognised; NULL: ask for none */
    bool tls_client_required;  /* refuse a request without a verified certificate */
    str proxy;                 /* address of the one proxy whose X-Forwarded-For and -Proto are believed; "" none */
    str spool_directory;       /* for large bodies; "" = they are refused */
    int connections_max;       /* of all threads; 0: 4096 */
    int connections_per_peer_max; /* of one address and thread; 0: no limit (behind a proxy all come from one) */
    int idle_timeout_s;        /* between requests, until a whole request line is there; 0: 60 */
    int head_timeout_s;        /* for the rest of the head; 0: 10 */
    int transfer_floor;        /* bytes/s below which a body or reply is cut off, after head_timeout_s; 0: 8192 */
    size_t arena_bytes_max;    /* of one exchange; 0: 64 MiB */
    struct server_handlers handlers;
};

/* Finishes the exchange: from the handler itself or later from any thread, once. The exchange is gone afterwards. */
void exchange_finish(struct exchange *x);
/* From the handler: promises that a turn() finishes it, on this thread. Its connection then need not be set aside meanwhile. */
void exchange_soon(struct exchange *x);

struct server;
STATUS server_start(const struct server_options *o, struct server **ret); /* ERR_IO with detail; ERR_USAGE */
uint16_t server_port(const struct server *s);
/* Stops accepting, lets what runs finish, closes; after deadline_ms answers 503 for what still runs (its later
 * exchange_finish() is then harmless). Frees the server. Returns how many exchanges were cut off. */
size_t server_stop(struct server *s, int64_t deadline_ms);
