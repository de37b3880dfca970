/* The log writes each line with a single write(2), so that lines of several threads and processes do not mix, and from
 * a fixed buffer, so that it works when memory is short. Fields that no longer fit are left out and `cut` says so. */
#include "base/log.h"

#include "base/clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 2048u
#define TAIL ",\"cut\":true}\n"

static atomic_int lowest_level = LOG_INFO;

struct line {
    char bytes[LINE_BYTES];
    size_t len;
    bool cut;
};

/* Adds a whole piece or none; room for the tail is always kept. */
static void add(struct line *l, const char *piece, size_t len)
{
    if (l->cut || len > sizeof l->bytes - sizeof TAIL - l->len) {
        l->cut = true;
        return;
    }
    memcpy(l->bytes + l->len, piece, len);
    l->len += len;
}

/* Words of the program are ASCII; any other byte is shown as "?", so that a line is JSON whatever was passed. */
static size_t quote(char *out, size_t cap, const char *word)
{
    size_t len = 0;

    out[len++] = '"';
    for (; *word && len + 1 < cap; word++) {
        bool plain = *word >= ' ' && *word <= '~' && *word != '"' && *word != '\\';

        out[len++] = plain ? *word : '?';
    }
    out[len++] = '"';
    return len;
}

static void add_field(struct line *l, const struct log_field *f)
{
    char piece[512];
    size_t len = 1;

    piece[0] = ',';
    len += quote(piece + len, 128, f->key);
    piece[len++] = ':';
    if (f->word)
        len += quote(piece + len, sizeof piece - len, f->word);
    else
        len += (size_t)snprintf(piece + len, sizeof piece - len, "%lld", (long long)f->number);
    add(l, piece, len);
}

static void begin(struct line *l, enum log_level level, const char *event)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    char at[28], head[96], word[128];

    clock_format(clock_now_us(), at);

    int len = snprintf(head, sizeof head, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":", at, names[level]);

    l->len = 0;
    l->cut = false;
    add(l, head, (size_t)len);
    add(l, word, quote(word, sizeof word, event));
}

/* Nobody could be told that the log is gone, so a failed write is passed over. */
static void finish(struct line *l)
{
    const char *tail = l->cut ? TAIL : "}\n";
    size_t len = strlen(tail);

    memcpy(l->bytes + l->len, tail, len);
    l->len += len;

    ssize_t written;

    do
        written = write(STDERR_FILENO, l->bytes, l->len);
    while (written < 0 && errno == EINTR);
}

void log_level_set(enum log_level lowest)
{
    atomic_store(&lowest_level, (int)lowest);
}

static bool is_heard(enum log_level level)
{
    return level < LOG_NONE && (int)level >= atomic_load(&lowest_level);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    struct line l;
    int saved = errno;

    if (!is_heard(level))
        return;
    begin(&l, level, event);
    for (size_t i = 0; i < count; i++)
        if (fields[i].key)
            add_field(&l, &fields[i]);
    finish(&l);
    errno = saved;
}

/* "src/gate/gate.c" out of whatever path the compiler was called with. */
static const char *short_path(const char *file)
{
    const char *found = strstr(file, "src/");

    return found ? found : file;
}

/* Head, error and detail are bounded by their pieces and leave room for the opening of the list, so that the closing
 * bracket always has its counterpart; the byte for it is the terminator that `sizeof TAIL` counts. */
static void add_trace(struct line *l, const struct fault *f)
{
    char piece[256];

    add(l, ",\"trace\":[", 10);
    for (int i = 0; i < f->depth && !l->cut; i++) {
        int len = snprintf(piece, sizeof piece, "%s\"%.200s:%d\"", i ? "," : "", short_path(f->trace[i].file),
                           f->trace[i].line);

        add(l, piece, (size_t)len);
    }
    l->bytes[l->len++] = ']';
}

void log_fault(const char *event, uint64_t request_id)
{
    static const char *const classes[] = { "ok", "refused", "invalid", "missing", "busy", "broken" };
    const struct fault *f = fault_here();
    const struct error_def *def = error_def(f->status.code);
    enum log_level level = def->class == CLASS_BROKEN ? LOG_ERROR : def->class == CLASS_BUSY ? LOG_WARN : LOG_INFO;
    struct line l;
    int saved = errno;

    if (!is_heard(level))
        return;
    begin(&l, level, event);
    add_field(&l, &LOG_NUM("request", request_id));
    add_field(&l, &LOG_WORD("error", def->name));
    add_field(&l, &LOG_WORD("class", classes[def->class]));
    if (f->row)
        add_field(&l, &LOG_NUM("row", f->row));
    if (f->detail[0])
        add_field(&l, &LOG_WORD("detail", f->detail));
    add_trace(&l, f);
    finish(&l);
    errno = saved;
}
