/* For the tests of the edge: a server with a few handlers, and a client that sends exactly the bytes it is given. */
#pragma once
#include "net/net.h"

#include <pthread.h>
#include <stdatomic.h>

/* Paths of the test server:
 *   /echo     tells what came in, one "name: value" a line
 *   /later    the same, finished by another thread after a millisecond
 *   /held     finished by another thread once wire_release() was called
 *   /soon     the same as /echo, finished by turn() after a millisecond
 *   /ripe     the same, finished by a later turn(), which another thread brings about after a millisecond
 *   /upload   a body of up to 64 MiB, spooled; tells length, hash and whether it came through a file
 *   /small    a body of up to 100 bytes
 *   /file     a reply from a file; /away a redirect, /save a download, /type a type and cache rule from the query
 *   others    404 */
struct wire {
    struct server *server;
    pthread_t worker;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct exchange *waiting[4096];
    size_t waiting_count;
    bool released, over;
    atomic_int handled, let_go, turns;
};

struct wire *wire_start(const struct server_options *o); /* NULL: one thread, on 127.0.0.1, usual limits */
size_t wire_stop(struct wire *w, int64_t deadline_ms);    /* what server_stop() says; the worker goes on */
void wire_free(struct wire *w);                           /* releases what is held, ends the worker */
void wire_release(struct wire *w);

int wire_connect(const struct wire *w);
void wire_send(int fd, str bytes); /* all of it, or as much as the peer takes */
/* One reply, with its body by Content-Length; "" when the connection ends first. `head` says that no body follows. */
str wire_read(struct arena *a, int fd, bool head);
bool wire_is_closed(int fd); /* reads to the end, for at most two seconds */
/* Sends, reads one reply, closes. */
str wire_ask(struct wire *w, struct arena *a, str bytes);
int wire_status(str reply); /* 0: none */
bool wire_has(str reply, const char *part);
