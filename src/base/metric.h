/* Counters, gauges and histograms of the process, for operators and for tests. Adding is lock-free and touches memory of
 * the calling thread's own shard. Labels take their values from closed lists of the program, at most two a metric, so
 * that no name, number or token of a person can become a label. Text format: Prometheus 0.0.4. */
#pragma once
#include "base/buf.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_label {
    const char *name;          /* NULL: no label */
    const char *const *values; /* words that live as long as the process */
    size_t count;
};

struct metric {
    const char *name, *help; /* the name's last part is its unit: _total, _bytes, _seconds */
    enum metric_kind kind;
    struct metric_label labels[2];
    void *cells; /* by metric_register() */
    size_t series, stride;
    struct metric *next;
};

/* At start, before the metric is used; a name twice stops the process. Metrics live for ever. */
void metric_register(struct metric *m);

/* `first` and `second` index the labels' values; 0 where there is no label. */
void metric_add(struct metric *m, size_t first, size_t second, int64_t by); /* counter (by >= 0) or gauge */
void metric_set(struct metric *m, size_t first, size_t second, int64_t value); /* gauge that is never added to */
void metric_observe_us(struct metric *m, size_t first, size_t second, int64_t us);
int64_t metric_value(const struct metric *m, size_t first, size_t second); /* histogram: how many observations */
/* The value of a series as /metrics names it, "dancu_x_total{kind=\"y\"}"; false if there is none. For tests. */
bool metric_find(str series, int64_t *ret_value);
void metric_expose(struct buf *out);

/* At file scope: METRIC_DEFINE(refused, METRIC_COUNTER, "dancu_gate_refused_total", "Calls refused.",
 *                              { { "reason", reason_words, REASON_COUNT } }); */
#define METRIC_DEFINE(ident, metric_kind_, metric_name, metric_help, ...)                                              \
    static struct metric ident = { .name = "" metric_name,                                                             \
                                   .help = "" metric_help,                                                             \
                                   .kind = metric_kind_,                                                               \
                                   .labels = __VA_ARGS__ };                                                            \
    __attribute__((constructor)) static void ident##_register_(void) { metric_register(&ident); }
#define METRIC_ADD(ident, by) metric_add(&(ident), 0, 0, (by))
#define METRIC_ADD_AT(ident, first, by) metric_add(&(ident), (first), 0, (by))
