/* Metrics of the edge: replies by class of status, their time, refusals by error, connections and those cut off for
 * being slow. Paths, hosts and addresses are never labels.
 * tested by: src/net/test/server_test.c */
#include "net/net_metric.h"

#include "base/metric.h"

static const char *const status_classes[] = { "1xx", "2xx", "3xx", "4xx", "5xx" };
static const char *const error_names[ERR_COUNT] = {
    [ERR_OK] = "OK",
#define ERROR(name, class, http) [ERR_##name] = #name,
#include "tables/errors.def"
#undef ERROR
};
static const char *const states[] = { "idle", "head", "body", "running", "sending" };

METRIC_DEFINE(replies, METRIC_COUNTER, "dancu_net_replies_total", "Replies by class of their status.",
              { { "class", status_classes, 5 } })
METRIC_DEFINE(duration, METRIC_HISTOGRAM, "dancu_net_request_seconds",
              "From the complete head of a request to its reply being handed on.", { { NULL, NULL, 0 } })
METRIC_DEFINE(refusals, METRIC_COUNTER, "dancu_net_refusals_total", "Requests that the edge itself refused.",
              { { "error", error_names, ERR_COUNT } })
METRIC_DEFINE(cuts, METRIC_COUNTER, "dancu_net_slow_total", "Connections cut off because bytes came too slowly.",
              { { "state", states, 5 } })
METRIC_DEFINE(connections, METRIC_GAUGE, "dancu_net_connections", "Open connections.", { { NULL, NULL, 0 } })

void net_metric_reply(const struct flight *f)
{
    int class = f->x.reply.status / 100 - 1;

    metric_add(&replies, class >= 0 && class < 5 ? (size_t)class : 4, 0, 1);
    metric_observe_us(&duration, 0, 0, clock_mono_us() - f->x.request.started_us);
}

void net_metric_refusal(enum error_code error)
{
    metric_add(&refusals, error, 0, 1);
}

void net_metric_cut(enum link_state state)
{
    metric_add(&cuts, state, 0, 1);
}

void net_metric_links(struct loop *l)
{
    int64_t now = (int64_t)l->link_count;

    if (now != l->links_told)
        metric_add(&connections, 0, 0, now - l->links_told);
    l->links_told = now;
}
