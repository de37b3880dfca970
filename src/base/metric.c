/* Metrics in shards: a thread adds to the cells of its shard with a relaxed atomic and reading sums over the shards, so
 * that counting costs a few nanoseconds on the hottest path and never waits. A reader may see one series a moment before
 * another; a series by itself never goes back.
 *
 * Refuses names and labels that the text format does not know; these come from the source, so that is a broken build. */
#include "base/metric.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SHARDS 16
#define CELLS_PER_LINE 8 /* of a cache line of 64 bytes */

static const int64_t bounds_us[] = { 50,    100,   250,    500,    1000,   2500,    5000,    10000,
                                     25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000 };
#define BOUNDS (sizeof bounds_us / sizeof bounds_us[0])
/* A histogram's series: one cell a bucket, one for what is above, the sum of microseconds. */
#define HISTOGRAM_CELLS (BOUNDS + 2)

typedef _Atomic int64_t cell;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *first_metric;
static atomic_uint next_shard;
static _Thread_local unsigned own_shard; /* 1 … SHARDS; 0: not given yet */

static size_t cells_of(const struct metric *m)
{
    return m->kind == METRIC_HISTOGRAM ? HISTOGRAM_CELLS : 1;
}

static size_t label_count(const struct metric_label *l)
{
    return l->name ? l->count : 1;
}

static bool is_name(const char *s)
{
    for (const char *c = s; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || *c == '_' || (*c >= '0' && *c <= '9' && c > s)))
            return false;
    return *s != '\0';
}

void metric_register(struct metric *m)
{
    struct metric **at = &first_metric;

    MUST(m->cells == NULL && is_name(m->name));
    for (int i = 0; i < 2; i++)
        MUST(!m->labels[i].name || (is_name(m->labels[i].name) && m->labels[i].count > 0));
    m->series = label_count(&m->labels[0]) * label_count(&m->labels[1]);
    m->stride = (m->series * cells_of(m) + CELLS_PER_LINE - 1) / CELLS_PER_LINE * CELLS_PER_LINE;
    m->cells = calloc(m->stride * SHARDS, sizeof(cell));
    MUST(m->cells != NULL);
    pthread_mutex_lock(&lock);
    for (; *at && strcmp((*at)->name, m->name) < 0; at = &(*at)->next)
        continue;
    MUST(!*at || strcmp((*at)->name, m->name) != 0);
    m->next = *at;
    *at = m;
    pthread_mutex_unlock(&lock);
}

static cell *series_at(const struct metric *m, size_t shard, size_t first, size_t second)
{
    MUST(m->cells && first < label_count(&m->labels[0]) && second < label_count(&m->labels[1]));
    return (cell *)m->cells + shard * m->stride + (first * label_count(&m->labels[1]) + second) * cells_of(m);
}

static size_t shard_here(void)
{
    if (own_shard == 0)
        own_shard = atomic_fetch_add_explicit(&next_shard, 1, memory_order_relaxed) % SHARDS + 1;
    return own_shard - 1;
}

void metric_add(struct metric *m, size_t first, size_t second, int64_t by)
{
    MUST(m->kind == METRIC_GAUGE || (m->kind == METRIC_COUNTER && by >= 0));
    atomic_fetch_add_explicit(series_at(m, shard_here(), first, second), by, memory_order_relaxed);
}

void metric_set(struct metric *m, size_t first, size_t second, int64_t value)
{
    MUST(m->kind == METRIC_GAUGE);
    atomic_store_explicit(series_at(m, 0, first, second), value, memory_order_relaxed);
}

void metric_observe_us(struct metric *m, size_t first, size_t second, int64_t us)
{
    cell *c = series_at(m, shard_here(), first, second);
    size_t bucket = 0;

    MUST(m->kind == METRIC_HISTOGRAM);
    while (bucket < BOUNDS && us > bounds_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&c[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c[BOUNDS + 1], us > 0 ? us : 0, memory_order_relaxed);
}

static int64_t sum_of(const struct metric *m, size_t first, size_t second, size_t from, size_t count)
{
    int64_t sum = 0;

    for (size_t shard = 0; shard < SHARDS; shard++) {
        cell *c = series_at(m, shard, first, second);

        for (size_t i = from; i < from + count; i++)
            sum += atomic_load_explicit(&c[i], memory_order_relaxed);
    }
    return sum;
}

int64_t metric_value(const struct metric *m, size_t first, size_t second)
{
    return sum_of(m, first, second, 0, m->kind == METRIC_HISTOGRAM ? BOUNDS + 1 : 1);
}

/* Text format: a backslash, a quote and a line end are escaped in label values. */
static void put_value(struct buf *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            buf_char(out, '\\');
        if (*value == '\n')
            buf_add(out, STR("\\n"));
        else
            buf_char(out, *value);
    }
}

static void put_name(struct buf *out, const struct metric *m, const char *suffix, size_t at[2], const char *bound)
{
    bool open = false;

    buf_printf(out, "%s%s", m->name, suffix);
    for (int i = 0; i < 2; i++) {
        if (!m->labels[i].name)
            continue;
        buf_printf(out, "%s%s=\"", open ? "," : "{", m->labels[i].name);
        put_value(out, m->labels[i].values[at[i]]);
        buf_char(out, '"');
        open = true;
    }
    if (bound)
        buf_printf(out, "%sle=\"%s\"", open ? "," : "{", bound);
    if (open || bound)
        buf_char(out, '}');
}

static void put_seconds(struct buf *out, int64_t us)
{
    buf_i64(out, us / 1000000);
    buf_char(out, '.');
    buf_pad(out, (uint64_t)(us % 1000000), 6);
}

static void put_bucket(struct buf *out, const struct metric *m, size_t at[2], const char *bound, int64_t count)
{
    put_name(out, m, "_bucket", at, bound);
    buf_printf(out, " %lld\n", (long long)count);
}

static void put_histogram(struct buf *out, const struct metric *m, size_t at[2])
{
    struct buf bound;
    int64_t below = 0;

    buf_init(&bound, 64);
    for (size_t i = 0; i < BOUNDS; i++) {
        below += sum_of(m, at[0], at[1], i, 1);
        buf_clear(&bound);
        put_seconds(&bound, bounds_us[i]);
        buf_char(&bound, '\0');
        put_bucket(out, m, at, bound.ptr, below);
    }
    buf_done(&bound);
    below += sum_of(m, at[0], at[1], BOUNDS, 1);
    put_bucket(out, m, at, "+Inf", below);
    put_name(out, m, "_sum", at, NULL);
    buf_char(out, ' ');
    put_seconds(out, sum_of(m, at[0], at[1], BOUNDS + 1, 1));
    buf_char(out, '\n');
    put_name(out, m, "_count", at, NULL);
    buf_printf(out, " %lld\n", (long long)below);
}

static void put_metric(struct buf *out, const struct metric *m)
{
    static const char *const kinds[] = { "counter", "gauge", "histogram" };
    size_t at[2];

    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, kinds[m->kind]);
    for (at[0] = 0; at[0] < label_count(&m->labels[0]); at[0]++)
        for (at[1] = 0; at[1] < label_count(&m->labels[1]); at[1]++) {
            if (m->kind == METRIC_HISTOGRAM) {
                put_histogram(out, m, at);
                continue;
            }
            put_name(out, m, "", at, NULL);
            buf_printf(out, " %lld\n", (long long)metric_value(m, at[0], at[1]));
        }
}

static const struct metric *list_head(void)
{
    const struct metric *m;

    pthread_mutex_lock(&lock);
    m = first_metric;
    pthread_mutex_unlock(&lock);
    return m;
}

void metric_expose(struct buf *out)
{
    for (const struct metric *m = list_head(); m; m = m->next)
        put_metric(out, m);
}

static bool series_named(const struct metric *m, str series, size_t at[2])
{
    struct buf name;
    bool same;

    buf_init(&name, 4096);
    put_name(&name, m, "", at, NULL);
    same = str_eq(buf_str(&name), series);
    buf_done(&name);
    return same;
}

bool metric_find(str series, int64_t *ret_value)
{
    for (const struct metric *m = list_head(); m; m = m->next) {
        if (!str_starts(series, str_of(m->name)))
            continue;
        for (size_t i = 0; i < m->series; i++) {
            size_t seconds = label_count(&m->labels[1]), at[2] = { i / seconds, i % seconds };

            if (series_named(m, series, at)) {
                *ret_value = metric_value(m, at[0], at[1]);
                return true;
            }
        }
    }
    return false;
}
