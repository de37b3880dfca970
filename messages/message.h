/* Words for people: what the typed functions of the generated messages.h stand on. Texts come from messages/<module>.yaml,
 * one row a key, in Vietnamese and English; arguments are bytes 1 … 8 in the text, and an optional part stands between
 * bytes 14 and 15 and vanishes when an argument in it is empty or zero. */
#pragma once
#include "base/ctx.h"
#include "base/status.h"

enum msg_kind { MSG_STR, MSG_NUMBER, MSG_DECIMAL, MSG_DAY, MSG_TIME };

struct msg_arg {
    enum msg_kind kind;
    str text;
    int64_t number; /* of MSG_TIME: microseconds UTC */
    double decimal;
    day day;
};

struct msg_row {
    str key;
    str text[2]; /* by enum lang */
    str en_one;  /* English when the first number is one; empty if it has no such form */
};
struct msg_error_row {
    size_t message, hint; /* rows */
};
extern const struct msg_row msg_rows[]; /* sorted by key */
extern const size_t msg_row_count;
extern const struct msg_error_row msg_error_rows[ERR_COUNT];

str msg_text(size_t row, enum lang lang);
str msg_fill(struct arena *arena, enum lang lang, size_t row, const struct msg_arg *args);

/* A message that is said before the language is known. Its texts are the caller's. */
enum { MSG_ARGS_MAX = 4 };
struct msg_kept {
    size_t row;
    struct msg_arg args[MSG_ARGS_MAX];
};
str msg_say(struct arena *arena, enum lang lang, const struct msg_kept *kept);

/* A label whose key comes from data (a state, a role, a fact). False, and *ret untouched, if there is none. */
bool msg_find(str key, enum lang lang, str *ret);

/* What went wrong and where, and what to do, for the user who caused it. A field is called by its label
 * (key field_<name>) where there is one. May contain personal data of the request: never for a log. */
str msg_error(struct arena *arena, enum lang lang, const struct fault *fault);
str msg_error_hint(struct arena *arena, enum lang lang, const struct fault *fault);

/* Figures and days as people of that language write them. */
str msg_number(struct arena *arena, enum lang lang, int64_t number);
str msg_decimal(struct arena *arena, enum lang lang, double value); /* one digit after the mark */
str msg_day(struct arena *arena, enum lang lang, day d);
str msg_time(struct arena *arena, enum lang lang, int64_t us); /* Vietnam's time, to the minute */
