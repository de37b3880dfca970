/* What the files of this folder share: the loop of a thread, its connections, and the exchange with what the face does
 * not see. Not for other folders. */
#pragma once
#include "net/net.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* A whole request head must fit in the connection's pool, as must the head of the reply. The library clears all of it
 * after each request, so that more room costs every request its time. */
#define EDGE_POOL_BYTES ((size_t)10 << 10)
#define EDGE_HEAD_BYTES_MAX ((size_t)6 << 10)
#define EDGE_HEADERS_MAX 100
#define EDGE_PARAMS_MAX 1000
/* A body that is too long is still read up to here, so that the sender sees the reply and not a reset connection. */
#define EDGE_DISCARD_MAX ((uint64_t)16 << 20)

struct flight;

/* Where other threads lay finished exchanges for a loop. It outlives the loop while somebody may still write to it. */
struct mailbox {
    _Atomic(struct flight *) head; /* latest first */
    atomic_bool asleep;            /* the loop waits: whoever clears this wakes it */
    atomic_bool turn_due;          /* what turn() waited for has come */
    atomic_int owners;
    int wake_fd; /* eventfd */
};

enum link_state { LINK_IDLE, LINK_HEAD, LINK_BODY, LINK_RUNNING, LINK_SENDING };

/* One connection. */
struct link {
    struct link *previous, *next;
    struct flight *flight;
    struct MHD_Connection *connection;
    struct loop *loop;
    int fd;
    enum link_state state;
    int64_t since_us, deadline_us;
    bool certificate_read;
    char *certificate; /* DER, verified; NULL: none */
    size_t certificate_bytes;
    char peer[48];
};

enum flight_phase { PHASE_HEAD, PHASE_BODY, PHASE_RUN, PHASE_REPLY };
enum flight_state { FLIGHT_HELD, FLIGHT_RUNNING, FLIGHT_FINISHED, FLIGHT_ABANDONED };

/* An exchange on its way. */
struct flight {
    struct exchange x; /* first: the face's pointer is ours */
    struct loop *loop;
    struct link *link;
    struct mailbox *mailbox;
    struct flight *next; /* in the mailbox, or in the pool */
    enum flight_phase phase;
    atomic_int state;  /* enum flight_state */
    atomic_int owners; /* 2 once abandoned: the loop and the handler */
    bool done_inline, close;
    bool soon; /* finished by turn(), the connection is not suspended */
    enum error_code refusal; /* to be told once the body is read */
    str raw_uri;
    const char *uri_at; /* where the library holds it: checked for gaps */
    uint64_t length, body_used;
    char *body, *mapped;
    int spool_fd;
    struct arena *arena;
    struct kept *kept; /* outlives the exchange, as the arena does; NULL: none yet */
};

struct loop {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct mailbox *mailbox;
    struct link *links;
    struct flight *pool;
    size_t pool_count, link_count, running;
    int64_t now_us, swept_us, links_told;
    int listen_fd, wait_fd;
    pthread_t thread;
    bool started, quiet;
    bool finished;                /* turn() finished an exchange */
    size_t waiting;               /* exchanges that a later turn() will finish */
    size_t came, seen;            /* handled since turn() was called; of these, when the loop last looked */
    int sending;                  /* runs of the library until what turn() finished has been sent */
};

struct server {
    struct server_options options;
    struct loop *loops;
    int loop_count;
    uint16_t port;
    _Atomic uint64_t next_id;
    atomic_bool stopping;
    _Atomic int64_t stop_at_us;
    _Atomic size_t cut_off;
    struct arena *arena;
};

/* head.c: pure checks of a request head */
struct head {
    str method, uri, version;
    const struct param *headers;
    size_t header_count, bytes; /* of the whole head, as the library counted it off the wire */
};
STATUS head_layout(const struct head *h);
STATUS head_fields(const struct head *h, str *ret_host, uint64_t *ret_length);
bool head_method(str name, enum http_method *ret, bool *ret_head);
/* Splits a request target into path and query; ERR_REQUEST_MALFORMED. An absolute target must name `host`. */
STATUS head_target(struct arena *a, str target, str host, str *ret_path, str *ret_query);

/* params.c */
STATUS params_urlencoded(struct arena *a, str text, struct param_list *ret);
STATUS params_percent(struct arena *a, str text, bool plus_is_space, str *ret);
/* Line ends of a form (CR LF) become LF; text_check_lines() then judges the whole. */
STATUS params_lines(struct arena *a, str field, str *text);

/* multipart.c: RFC 7578 */
STATUS params_multipart(struct arena *a, str content_type, str body, struct param_list *ret_fields,
                        struct request_file_list *ret_files);

/* intake.c: the callbacks of the library */
void *intake_target(void *server, const char *uri, struct MHD_Connection *c);
/* The library's signature, longer than our own functions may be; behind its doorstep everything hangs on the flight. */
#define INTAKE_STEP_PARAMETERS                                                                                         \
    void *loop, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,  \
        size_t *data_bytes, void **flight
enum MHD_Result intake_step(INTAKE_STEP_PARAMETERS);
void intake_completed(void *loop, struct MHD_Connection *c, void **flight, enum MHD_RequestTerminationCode how);
void intake_connection(void *loop, struct MHD_Connection *c, void **link, enum MHD_ConnectionNotificationCode what);

/* body.c */
STATUS body_begin(struct flight *f, struct body_rule rule);
STATUS body_add(struct flight *f, const char *data, size_t bytes);
STATUS body_end(struct flight *f); /* the body as one slice, and its fields and files */

/* flight.c */
extern _Thread_local struct flight *flight_here; /* whose handler this thread runs now */
struct flight *flight_new(struct loop *l);
void flight_drop(struct flight *f); /* back to the loop's pool */
void flight_free(struct flight *f);
void mailbox_release(struct mailbox *m);
struct flight *mailbox_take(struct mailbox *m); /* all, oldest first */
void mailbox_turn(void *mailbox); /* brings the next turn() about; from any thread */

/* answer.c: x->reply to the library's response */
void answer_forget(struct kept *k); /* NULL is allowed */
enum MHD_Result answer_send(struct flight *f, struct MHD_Connection *c);
enum MHD_Result answer_refuse(struct flight *f, struct MHD_Connection *c, enum error_code error);
enum MHD_Result answer_stopping(struct MHD_Connection *c);

/* loop.c */
void *loop_run(void *loop);
void loop_came(struct loop *l); /* a handler was called; turn() will be, perhaps at once */
void link_state_set(struct link *k, enum link_state state, uint64_t bytes);

/* peer.c */
void peer_address(struct link *k, const struct sockaddr *address);
void peer_forwarded(struct flight *f);
STATUS peer_certificate(struct flight *f);
