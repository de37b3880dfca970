/* Structured log: one JSON object a line on standard error. Only numbers and words that stand in the source (or come
 * from a closed list of the program) can be logged, so that no name, number or token of a person can reach it. Library
 * code never logs; the edges do (main, server loop, jobs). */
#pragma once
#include "base/status.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NONE };

struct log_field {
    const char *key;
    const char *word; /* NULL: the number counts */
    int64_t number;
};

#define LOG_NUM(key, value) ((struct log_field){ "" key, NULL, (int64_t)(value) })
/* `value` must be a word of the program: a literal, an error name, an operation name. */
#define LOG_WORD(key, value) ((struct log_field){ "" key, (value), 0 })
#define LOG(level, event, ...)                                                                                         \
    log_write(LOG_##level, "" event, (struct log_field[]){ { NULL, NULL, 0 }, __VA_ARGS__ },                           \
              sizeof((struct log_field[]){ { NULL, NULL, 0 }, __VA_ARGS__ }) / sizeof(struct log_field))

void log_level_set(enum log_level lowest);
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t count);
/* The failure that the thread's fault record describes: name, class, trace, operator's detail; never its `what`. */
void log_fault(const char *event, uint64_t request_id);
