/* The file of a tape has two halves that take turns. A half is begun anew when all that it holds stands in the tables, so
 * the file stays small and is overwritten in place, where fdatasync(2) has no metadata to write. New room is filled with
 * zeros first, for the same reason. Whole blocks are written, past the page cache where the file system lets us (O_DIRECT):
 * that halves the processor's time for a batch, and the disk's.
 *
 *   record: magic (4) | length of the body (4) | number (8) | entries (4) | zero (4) | check (8) | body
 *
 * Integers are big endian; the check is a sum over head and body that finds torn writes, no protection against people (the
 * ledger's tree is that). What is valid of a half is the longest run of good records from its start whose numbers go up by
 * one: a torn record and the rest of an older turn end it. After a failed write or sync the next batch overwrites the
 * place, since the kernel may have dropped what it could not write.
 *
 * One thread of the tape's own writes: all that was posted while it waited for the disk is its next batch. Nobody else waits
 * for the disk unless they choose to.
 *
 * Readers: a record leaves memory when no DB_READ transaction of this process is open that began before the record was
 * settled. Another process sees records only once they stand in the tables.
 *
 * Refuses a second owner, and a file whose numbers do not go on from the tables'.
 * tested by: src/store/test/tape_test.c */
#include "store/tape.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "store/engine.h"

#define HALF_BYTES ((size_t)32 << 20)
#define GROW_BYTES_MIN ((size_t)64 << 10)
#define GROW_BYTES_MAX ((size_t)1 << 20)
#define BATCH_BYTES_MAX ((size_t)4 << 20) /* unless one post is more */
#define MAGIC 0x44415450u
/* A batch costs the processor much the same, whatever it holds. So while several share one, the next begins no sooner than this
 * after it began: whoever is not alone waits a little longer for the disk, and all wait shorter for the processor. */
#define BATCH_SHARED_BYTES ((size_t)512) /* some five disclosures */
#define BATCH_EVERY_US 300
#define SLICE_NS 100000 /* the least that the kernel takes */
enum { BLOCK_BYTES = 4096, HEAD_BYTES = 32, CHECKED_BYTES = 24, WAIT_S = 5, OPEN_TRIES = 10 };

struct half {
    size_t used, ready; /* bytes with records; bytes filled once */
    int64_t last;       /* its last number, 0: none */
};

struct held {
    struct tape_record record;
    struct held *next;
};

struct tape {
    struct store *store;
    char *path;
    int fd;
    pthread_t writer;
    struct half half[2]; /* these are the writer's */
    int turn;
    char *draft; /* the batch as it will stand in the file, from the beginning of the block in which the half's last record ends */
    size_t draft_cap;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t freed, posted;
    struct tape_post *queue, **queue_end;
    bool asleep, stopping;
    struct held *first, **end; /* durable */
    int64_t last, settled;     /* last: durable */
    status stalled;
};

static status io_failed(const char *what)
{
    int why = errno;
    status st = why == ENOSPC || why == EDQUOT ? FAIL_AT(DISK_FULL, STR("tape")) : FAIL_AT(IO, STR("tape"));

    fault_detail("tape: %s: errno %d", what, why);
    return st;
}

static void put(uint8_t *at, uint64_t v, int bytes)
{
    for (int i = bytes; i > 0; i--, v >>= 8)
        at[i - 1] = (uint8_t)v;
}

static uint64_t get(const uint8_t *at, int bytes)
{
    uint64_t v = 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | at[i];
    return v;
}

/* Words of eight bytes, the last one padded with zeros. */
static uint64_t sum_add(uint64_t sum, const void *bytes, size_t len)
{
    const char *from = bytes;

    for (size_t at = 0; at < len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, from + at, len - at < 8 ? len - at : 8);
        sum = (sum ^ htole64(word)) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 29;
    }
    return sum;
}

static size_t write_record(const struct tape_record *r, char *at)
{
    uint8_t *head = (uint8_t *)at;

    put(head, MAGIC, 4);
    put(head + 4, r->body.len, 4);
    put(head + 8, (uint64_t)r->number, 8);
    put(head + 16, (uint64_t)r->entries, 4);
    put(head + 20, 0, 4);
    put(head + 24, sum_add(sum_add(0, head, CHECKED_BYTES), r->body.ptr, r->body.len), 8);
    memcpy(at + HEAD_BYTES, r->body.ptr, r->body.len);
    return HEAD_BYTES + r->body.len;
}

/* Bytes of the record at the beginning of `from`; 0: none. */
static size_t read_record(str from, struct tape_record *ret)
{
    const uint8_t *head = (const uint8_t *)from.ptr;

    if (from.len < HEAD_BYTES || get(head, 4) != MAGIC || get(head + 4, 4) > from.len - HEAD_BYTES)
        return 0;
    *ret = (struct tape_record){ (int64_t)get(head + 8, 8), (int32_t)get(head + 16, 4), { from.ptr + HEAD_BYTES, get(head + 4, 4) } };
    return get(head + 24, 8) == sum_add(sum_add(0, head, CHECKED_BYTES), ret->body.ptr, ret->body.len) ? HEAD_BYTES + ret->body.len : 0;
}

/* ---- what waits, in memory */

static struct held *hold(const struct tape_record *r)
{
    struct held *h = malloc(sizeof *h + r->body.len);

    MUST(h != NULL);
    h->record = *r;
    h->record.body.ptr = memcpy(h + 1, r->body.ptr, r->body.len);
    h->next = NULL;
    return h;
}

static void let_go_all(struct held *h)
{
    while (h != NULL) {
        struct held *next = h->next;
        free(h);
        h = next;
    }
}

static void wait_for(struct tape *t, struct held *h)
{
    *t->end = h;
    t->end = &h->next;
    t->last = h->record.number;
}

/* The oldest settled number that some snapshot may lack. */
static int64_t seen_by_all(const struct tape *t)
{
    int64_t least = t->settled;

    for (size_t i = 0; i < TAPE_READERS_MAX; i++) {
        int64_t from = __atomic_load_n(&t->store->tape_readers[i], __ATOMIC_SEQ_CST);
        if (from > 0 && from - 1 < least)
            least = from - 1;
    }
    return least;
}

static void let_go(struct tape *t)
{
    int64_t upto = seen_by_all(t);

    while (t->first != NULL && t->first->record.number <= upto) {
        struct held *gone = t->first;
        t->first = gone->next;
        free(gone);
    }
    if (t->first == NULL)
        t->end = &t->first;
}

void tape_settle(struct tape *t, int64_t number)
{
    pthread_mutex_lock(&t->lock);
    MUST(number <= t->last);
    if (number > t->settled)
        __atomic_store_n(&t->settled, number, __ATOMIC_SEQ_CST);
    t->stalled = OK;
    let_go(t);
    pthread_cond_broadcast(&t->freed);
    pthread_mutex_unlock(&t->lock);
}

void tape_stalled(struct tape *t, status why)
{
    pthread_mutex_lock(&t->lock);
    t->stalled = why;
    pthread_cond_broadcast(&t->freed);
    pthread_mutex_unlock(&t->lock);
}

size_t tape_waiting(struct tape *t, struct arena *a, int64_t number, size_t most, struct tape_record **ret)
{
    size_t n = 0;

    pthread_mutex_lock(&t->lock);
    most = t->last <= number ? 0 : (uint64_t)(t->last - number) < most ? (size_t)(t->last - number) : most;
    *ret = ARENA_ARRAY(a, struct tape_record, most + 1);
    for (const struct held *h = t->first; h != NULL && n < most; h = h->next)
        if (h->record.number > number)
            (*ret)[n++] = h->record;
    pthread_mutex_unlock(&t->lock);
    return n;
}

struct tape *tape_of(const struct store *s)
{
    return __atomic_load_n(&s->tape, __ATOMIC_ACQUIRE);
}

/* The slot holds one more than what was settled when the transaction began; 0: free, -1: taken and outside one. */
void tape_reader_begin(struct db *d)
{
    struct tape *t = tape_of(d->store);

    for (int i = 0; d->tape_slot == 0; i++) {
        int64_t none = 0;
        MUST(i < TAPE_READERS_MAX);
        if (__atomic_compare_exchange_n(&d->store->tape_readers[i], &none, -1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            d->tape_slot = i + 1;
    }
    if (t == NULL) /* records that come later may be settled while this snapshot lives */
        __atomic_store_n(&d->store->tape_readers[d->tape_slot - 1], 1, __ATOMIC_SEQ_CST);
    else
        __atomic_store_n(&d->store->tape_readers[d->tape_slot - 1], __atomic_load_n(&t->settled, __ATOMIC_SEQ_CST) + 1, __ATOMIC_SEQ_CST);
}

void tape_reader_end(struct db *d, bool close)
{
    if (d->tape_slot != 0)
        __atomic_store_n(&d->store->tape_readers[d->tape_slot - 1], close ? 0 : -1, __ATOMIC_SEQ_CST);
    if (close)
        d->tape_slot = 0;
}

/* ---- adding */

static bool half_is_free(const struct tape *t, const struct half *h)
{
    return h->last <= t->settled;
}

/* Room for `bytes` in the half whose turn it is, or in the other one once that is free again. Under the lock, which a wait
 * lets go. */
static STATUS half_for(struct tape *t, size_t bytes, struct half **ret)
{
    struct timespec until;
    int late = 0;

    if (bytes > HALF_BYTES)
        return FAIL_AT(VALUE_RANGE, STR("tape"));
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    for (;;) {
        *ret = &t->half[t->turn];
        if (half_is_free(t, *ret))
            (*ret)->used = 0;
        if ((*ret)->used + bytes <= HALF_BYTES)
            return OK;
        if (half_is_free(t, &t->half[!t->turn])) {
            t->turn = !t->turn;
            continue;
        }
        if (!status_ok(t->stalled))
            return fault_raise(t->stalled.code, __FILE__, __LINE__, STR("tape"), (str){ 0 });
        if (late != 0)
            return FAIL_AT(STORE_BUSY, STR("tape"));
        late = pthread_cond_timedwait(&t->freed, &t->lock, &until);
    }
}

static status write_at(int fd, const char *bytes, size_t len, size_t at)
{
    while (len > 0) {
        ssize_t n = pwrite(fd, bytes, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return io_failed("write");
        bytes += n;
        at += (size_t)n;
        len -= (size_t)n;
    }
    return OK;
}

static size_t blocks(size_t bytes)
{
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

/* Fills what comes next with zeros, so that later syncs have only data to write. */
static status grow(struct tape *t, struct half *h, size_t needed)
{
    static const char zeros[GROW_BYTES_MIN] __attribute__((aligned(BLOCK_BYTES)));
    size_t start = h == t->half ? 0 : HALF_BYTES, step = h->ready / 4;

    step = step < GROW_BYTES_MIN ? GROW_BYTES_MIN : step > GROW_BYTES_MAX ? GROW_BYTES_MAX : step;
    size_t ready = blocks(h->ready + step < needed ? needed : h->ready + step);
    ready = ready < HALF_BYTES ? ready : HALF_BYTES;
    for (size_t at = h->ready; at < ready; at += sizeof zeros)
        TRY(write_at(t->fd, zeros, ready - at < sizeof zeros ? ready - at : sizeof zeros, start + at));
    h->ready = ready;
    return OK;
}

/* The first posts that make a batch, of `*ret_bytes` in the file. Under the lock. */
static struct tape_post *batch_take(struct tape *t, size_t *ret_bytes)
{
    struct tape_post *first = t->queue, **at = &t->queue;
    size_t bytes = 0;

    while (*at != NULL && (at == &t->queue || bytes + (*at)->bytes <= BATCH_BYTES_MAX)) {
        bytes += (*at)->bytes;
        at = &(*at)->next;
    }
    t->queue = *at;
    *at = NULL;
    if (t->queue == NULL)
        t->queue_end = &t->queue;
    *ret_bytes = bytes;
    return first;
}

static void draft_room(struct tape *t, size_t bytes)
{
    void *fresh;

    if (bytes <= t->draft_cap)
        return;
    bytes = blocks(bytes + bytes / 2);
    MUST(posix_memalign(&fresh, BLOCK_BYTES, bytes) == 0);
    if (t->draft != NULL)
        memcpy(fresh, t->draft, t->draft_cap);
    free(t->draft);
    t->draft = fresh;
    t->draft_cap = bytes;
}

/* Numbers the records from `number` on and writes them behind the `begun` bytes of their block that are there. */
static void draft_make(struct tape *t, struct tape_post *batch, size_t begun, int64_t number)
{
    size_t len = begun;

    for (struct tape_post *p = batch; p != NULL; p = p->next) {
        p->first = number;
        for (struct held *h = p->held; h != NULL; h = h->next) {
            h->record.number = number++;
            len += write_record(&h->record, t->draft + len);
        }
    }
    memset(t->draft + len, 0, blocks(len) - len);
}

static status half_write(struct tape *t, struct half *h, size_t bytes)
{
    size_t begun = h->used % BLOCK_BYTES, from = h->used - begun, whole = blocks(begun + bytes);

    if (from + whole > h->ready)
        TRY(grow(t, h, from + whole));
    TRY(write_at(t->fd, t->draft, whole, (h == t->half ? 0 : HALF_BYTES) + from));
    return fdatasync(t->fd) == 0 ? OK : io_failed("fdatasync");
}

/* The batch is kept whole or not at all. Under the lock, which is let go while the disk works. */
static status batch_keep(struct tape *t, struct tape_post *batch, size_t bytes)
{
    struct half *h = NULL;

    TRY(half_for(t, bytes, &h));
    int64_t number = t->last + 1;
    size_t begun = h->used % BLOCK_BYTES, end = begun + bytes;
    pthread_mutex_unlock(&t->lock);
    draft_room(t, blocks(end));
    draft_make(t, batch, begun, number);
    status st = half_write(t, h, bytes);
    if (status_ok(st))
        memmove(t->draft, t->draft + end - end % BLOCK_BYTES, end % BLOCK_BYTES);
    pthread_mutex_lock(&t->lock);
    if (!status_ok(st))
        return st;
    h->used += bytes;
    for (struct tape_post *p = batch; p != NULL; p = p->next)
        while (p->held != NULL) {
            struct held *kept = p->held;
            p->held = kept->next;
            kept->next = NULL;
            wait_for(t, kept);
        }
    h->last = t->last;
    return OK;
}

/* Takes the posts of the first one's owner out of the batch, which is not empty. */
static struct tape_post *posts_of_one(struct tape_post **batch)
{
    struct tape_post *first = *batch, **end = &first->next, **at = batch;

    *batch = first->next;
    while (*at != NULL) {
        struct tape_post *p = *at;
        if (p->owner != first->owner) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        *end = p;
        end = &p->next;
    }
    *end = NULL;
    return first;
}

static void batch_tell(struct tape_post *batch, status st)
{
    for (struct tape_post *p = batch; p != NULL; p = p->next) {
        let_go_all(p->held);
        p->held = NULL;
        p->result = status_ok(st) ? p->result : st;
    }
    while (batch != NULL) {
        struct tape_post *list = posts_of_one(&batch);
        list->done(list);
    }
}

/* Without the lock. */
static void sleep_until(int64_t mono_us)
{
    const struct timespec until = { mono_us / 1000000, mono_us % 1000000 * 1000 };

    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL); /* woken early: no harm */
}

/* Short work that everybody waits for: a wish that it need not wait for the slices of others to end. The kernel may know of none
 * (before Linux 6.12), or refuse; the work is the same. */
static void ask_to_be_soon(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns, deadline_ns, period_ns;
    } wish = { .size = sizeof wish, .nice = getpriority(PRIO_PROCESS, 0), .runtime_ns = SLICE_NS };

    (void)syscall(SYS_sched_setattr, 0, &wish, 0);
}

static void *writer_main(void *arg)
{
    struct tape *t = arg;
    size_t bytes = 0;
    int64_t began_us = 0;

    pthread_setname_np(pthread_self(), "tape");
    ask_to_be_soon();
    pthread_mutex_lock(&t->lock);
    while (t->queue != NULL || !t->stopping) {
        if (t->queue == NULL) {
            t->asleep = true;
            pthread_cond_wait(&t->posted, &t->lock);
            t->asleep = false;
            continue;
        }
        if (bytes >= BATCH_SHARED_BYTES) {
            pthread_mutex_unlock(&t->lock);
            sleep_until(began_us + BATCH_EVERY_US);
            pthread_mutex_lock(&t->lock);
        }
        began_us = clock_mono_us();
        struct tape_post *batch = batch_take(t, &bytes);
        status st = batch_keep(t, batch, bytes);
        pthread_mutex_unlock(&t->lock);
        batch_tell(batch, st);
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static void post_hold(struct tape_post *p, const struct tape_record *list, size_t count)
{
    struct held **end = &p->held;

    p->bytes = 0;
    for (size_t i = 0; i < count; i++) {
        *end = hold(&list[i]);
        end = &(*end)->next;
        p->bytes += HEAD_BYTES + list[i].body.len;
    }
    *end = NULL;
}

void tape_post(struct tape *t, struct tape_post *p, const struct tape_record *list, size_t count)
{
    p->result = store_fault_point(STORE_CALL_COMMIT);
    p->held = NULL;
    p->next = NULL;
    if (count == 0 || (!status_ok(p->result) && !status_is(p->result, ERR_STORE_GONE))) {
        p->done(p);
        return;
    }
    post_hold(p, list, count);
    pthread_mutex_lock(&t->lock);
    *t->queue_end = p;
    t->queue_end = &p->next;
    if (t->asleep)
        pthread_cond_signal(&t->posted);
    pthread_mutex_unlock(&t->lock);
}

struct waiting {
    struct tape_post post; /* first */
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
    struct fault fault;
};

static void waiting_done(struct tape_post *list)
{
    struct waiting *w = (struct waiting *)list;

    pthread_mutex_lock(&w->lock);
    w->done = true;
    w->fault = *fault_here();
    pthread_cond_signal(&w->over);
    pthread_mutex_unlock(&w->lock);
}

STATUS tape_add(struct tape *t, struct tape_record *list, size_t count)
{
    struct waiting w = { .post.done = waiting_done, .lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER };

    w.post.owner = &w;
    tape_post(t, &w.post, list, count);
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.over, &w.lock);
    pthread_mutex_unlock(&w.lock);
    if (!status_ok(w.post.result)) {
        *fault_here() = w.fault;
        return fault_raise(w.post.result.code, __FILE__, __LINE__, STR("tape"), (str){ 0 });
    }
    for (size_t i = 0; i < count; i++)
        list[i].number = w.post.first + (int64_t)i;
    return OK;
}

/* ---- opening */

/* The directory's entry of a new file has to be on disk as well. */
static STATUS keep_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");

    MUST(folder != NULL);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return io_failed("open of the directory");
    status st = fsync(fd) == 0 ? OK : io_failed("fsync of the directory");
    close(fd);
    return st;
}

/* Locks the file that stands at the path, not one that its last owner has just removed. */
static STATUS lock_file(struct tape *t)
{
    struct stat ours, there;

    for (int try = 0; try < OPEN_TRIES; try++) {
        t->fd = open(t->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
        if (t->fd < 0)
            return io_failed("open");
        if (flock(t->fd, LOCK_EX | LOCK_NB) != 0)
            return errno == EWOULDBLOCK ? FAIL_AT(STORE_BUSY, STR("tape")) : io_failed("flock");
        if (fstat(t->fd, &ours) == 0 && stat(t->path, &there) == 0 && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
            return ours.st_size > 0 ? OK : keep_name(t->path);
        close(t->fd);
        t->fd = -1;
    }
    return FAIL_AT(STORE_BUSY, STR("tape"));
}

struct found {
    struct tape_record *list;
    size_t count;
};

static STATUS read_half(struct tape *t, int which, struct arena *a, struct found *ret)
{
    size_t start = which == 0 ? 0 : HALF_BYTES, size, got = 0, cap = 0, at = 0, len;
    struct tape_record r;
    struct stat about;

    *ret = (struct found){ 0 };
    if (fstat(t->fd, &about) != 0)
        return io_failed("fstat");
    size = (size_t)about.st_size > start ? (size_t)about.st_size - start : 0;
    size = size < HALF_BYTES ? size : HALF_BYTES;
    char *bytes = arena_alloc(a, size + 1);
    while (got < size) {
        ssize_t n = pread(t->fd, bytes + got, size - got, (off_t)(start + got));
        if (n <= 0)
            return io_failed("read");
        got += (size_t)n;
    }
    t->half[which].ready = blocks(size);
    for (; (len = read_record((str){ bytes + at, size - at }, &r)) > 0; at += len) {
        if (ret->count > 0 && r.number != ret->list[ret->count - 1].number + 1)
            break;
        ret->list = rows_room(a, ret->list, ret->count, &cap, sizeof *ret->list);
        ret->list[ret->count++] = r;
    }
    t->half[which].used = at;
    t->half[which].last = ret->count > 0 ? ret->list[ret->count - 1].number : 0;
    return OK;
}

/* Both halves in the order of their numbers; what the tables hold is passed over. */
static STATUS recover(struct tape *t, struct arena *a)
{
    struct found half[2];

    for (int i = 0; i < 2; i++)
        TRY(read_half(t, i, a, &half[i]));
    t->turn = t->half[1].last > t->half[0].last;
    for (int i = 0; i < 2; i++) {
        const struct found *f = &half[i == 0 ? !t->turn : t->turn];
        for (size_t k = 0; k < f->count; k++) {
            if (f->list[k].number <= t->last)
                continue;
            if (f->list[k].number != t->last + 1) {
                status st = FAIL_AT(CORRUPT, STR("tape"));
                fault_detail("record %lld follows %lld", (long long)f->list[k].number, (long long)t->last);
                return st;
            }
            wait_for(t, hold(&f->list[k]));
        }
    }
    return OK;
}

/* The block in which the last record ends is read, to be written again with the next ones. Later writes go past the page cache;
 * a file system that cannot do that keeps its cache. */
static STATUS writing_begin(struct tape *t)
{
    const struct half *h = &t->half[t->turn];
    size_t begun = h->used % BLOCK_BYTES, from = (t->turn == 0 ? 0 : HALF_BYTES) + h->used - begun;
    int flags = fcntl(t->fd, F_GETFL);

    draft_room(t, BLOCK_BYTES);
    if (begun > 0 && pread(t->fd, t->draft, begun, (off_t)from) != (ssize_t)begun)
        return io_failed("read");
    if (flags < 0 || fcntl(t->fd, F_SETFL, flags | O_DIRECT) != 0)
        return errno == EINVAL ? OK : io_failed("fcntl");
    return OK;
}

static char *path_of(const struct store *s)
{
    size_t len = strlen(s->url);
    char *path = malloc(len + sizeof "-tape");

    MUST(path != NULL);
    memcpy(path, s->url, len);
    memcpy(path + len, "-tape", sizeof "-tape");
    return path;
}

static void tape_free(struct tape *t)
{
    let_go_all(t->first);
    if (t->fd >= 0)
        close(t->fd);
    pthread_cond_destroy(&t->freed);
    pthread_cond_destroy(&t->posted);
    pthread_mutex_destroy(&t->lock);
    free(t->draft);
    free(t->path);
    free(t);
}

/* Signals are for other threads. */
static STATUS writer_start(struct tape *t)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&t->writer, NULL, writer_main, t);
    bool started = errno == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started ? OK : io_failed("thread");
}

STATUS tape_open(struct store *s, int64_t after, struct tape **ret)
{
    struct tape *t = calloc(1, sizeof *t);

    MUST(t != NULL && tape_of(s) == NULL && s->engine->kind == STORE_SQLITE);
    *ret = NULL;
    t->store = s;
    t->path = path_of(s);
    t->end = &t->first;
    t->queue_end = &t->queue;
    t->fd = -1;
    t->last = t->settled = after;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->freed, NULL);
    pthread_cond_init(&t->posted, NULL);
    struct arena *a = arena_new(4 * HALF_BYTES);
    status st = lock_file(t);
    if (status_ok(st))
        st = recover(t, a);
    if (status_ok(st))
        st = writing_begin(t);
    if (status_ok(st))
        st = writer_start(t);
    arena_free(a);
    if (!status_ok(st)) {
        tape_free(t);
        return st;
    }
    __atomic_store_n(&s->tape, t, __ATOMIC_RELEASE);
    *ret = t;
    return OK;
}

void tape_close(struct tape *t)
{
    if (t == NULL)
        return;
    __atomic_store_n(&t->store->tape, NULL, __ATOMIC_RELEASE);
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_signal(&t->posted);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->writer, NULL);
    if (t->settled == t->last)
        unlink(t->path);
    tape_free(t);
}
