/* Counters of the door: calls by operation and outcome, refusals by reason. Tests assert on them; operators watch them.
 * tested by: src/gate/test/gate_test.c */
#include "gate/ground.h"

#include "base/metric.h"

#include <pthread.h>
#include <stdlib.h>

enum reason { REASON_ROLE, REASON_GROUND, REASON_RATE, REASON_RULE, REASON_COUNT };
static const char *const reason_words[] = { "role", "ground", "rate", "rule" };
static const char *const outcome_words[] = { "ok", "refused", "invalid", "missing", "busy", "broken" };

METRIC_DEFINE(refused, METRIC_COUNTER, "dancu_gate_refused_total", "Calls refused at the door or by a rule, by reason.",
              { { "reason", reason_words, REASON_COUNT } })

static struct metric calls = { .name = "dancu_operations_total", .help = "Calls by operation and outcome.", .kind = METRIC_COUNTER };
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char **names;
static size_t name_count;

static void calls_register(void)
{
    calls.labels[0] = (struct metric_label){ "operation", names, name_count };
    calls.labels[1] = (struct metric_label){ "outcome", outcome_words, sizeof outcome_words / sizeof *outcome_words };
    metric_register(&calls);
}

/* A process has one list of modules, so the first one that starts names the series. */
void gate_count_start(const struct app *app)
{
    if (!names) {
        names = calloc(app->operations.count + 1, sizeof *names);
        MUST(names);
        for (size_t m = 0; m < app->module_count; m++)
            for (size_t i = 0; i < app->modules[m]->operation_count; i++)
                names[name_count++] = app->modules[m]->operations[i].name;
    }
    pthread_once(&once, calls_register);
}

static size_t operation_index(const struct app *app, const struct operation *op)
{
    size_t before = 0;
    for (size_t m = 0; m < app->module_count; m++) {
        const struct module *module = app->modules[m];
        if (module->operation_count && op >= module->operations && op < module->operations + module->operation_count)
            return before + (size_t)(op - module->operations);
        before += module->operation_count;
    }
    return 0;
}

static enum reason reason_of(status st)
{
    switch (st.code) {
    case ERR_NOT_ALLOWED:
    case ERR_SIGNED_OUT: return REASON_ROLE;
    case ERR_PURPOSE_MISSING:
    case ERR_GROUND_UNKNOWN:
    case ERR_GROUND_NOT_LIVE:
    case ERR_GROUND_FIELDS:
    case ERR_GROUND_PERSON:
    case ERR_GROUND_HOURS: return REASON_GROUND;
    case ERR_RATE_LIMIT: return REASON_RATE;
    default: return REASON_RULE;
    }
}

void gate_count(const struct app *app, const struct operation *op, status st)
{
    enum error_class class = error_def(st.code)->class;
    metric_add(&calls, operation_index(app, op), class, 1);
    if (class == CLASS_REFUSED)
        METRIC_ADD_AT(refused, reason_of(st), 1);
}
