/* One error convention. A function that can fail returns a `status` that the compiler forces to be looked at; OK or one
 * row of tables/errors.def, whose class decides the reaction. Where the failure arose, the thread's fault record keeps
 * the place (field, row, column), the offending word for the message to the user, and file and line of each TRY on the
 * way up. The fault's `what` may be personal: it goes into the reply to the caller and never into a log. */
#pragma once
#include "base/str.h"

enum error_class { CLASS_OK, CLASS_REFUSED, CLASS_INVALID, CLASS_MISSING, CLASS_BUSY, CLASS_BROKEN };

enum error_code {
    ERR_OK = 0,
#define ERROR(name, class, http) ERR_##name,
#include "tables/errors.def"
#undef ERROR
    ERR_COUNT
};

typedef struct status {
    uint16_t code; /* enum error_code */
} status;

#define STATUS __attribute__((warn_unused_result)) status
#define OK ((status){ ERR_OK })

struct fault {
    status status;
    char field[96];   /* name of the input field, column or file that is at fault; "" if none */
    char what[480];   /* the word or the list of words that was refused, shortened on a UTF-8 boundary; may be personal */
    char detail[200]; /* technical remark for operators, without personal data, e.g. an SQLSTATE */
    int64_t row;      /* 1-based line or row of the input, 0 if none */
    int32_t column;   /* 1-based, 0 if none */
    int depth;
    struct { const char *file; int line; } trace[12];
};

/* The record of this thread's latest failure. */
struct fault *fault_here(void);
void fault_clear(void);
status fault_raise(enum error_code code, const char *file, int line, str field, str what);
status fault_pass(status st, const char *file, int line);
void fault_place(int64_t row, int32_t column);
__attribute__((format(printf, 1, 2))) void fault_detail(const char *format, ...);

#define FAIL(code) fault_raise(ERR_##code, __FILE__, __LINE__, (str){ 0 }, (str){ 0 })
#define FAIL_AT(code, field) fault_raise(ERR_##code, __FILE__, __LINE__, (field), (str){ 0 })
#define FAIL_WITH(code, field, what) fault_raise(ERR_##code, __FILE__, __LINE__, (field), (what))

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        status try_status_ = (call);                                                                                   \
        if (try_status_.code != ERR_OK)                                                                                \
            return fault_pass(try_status_, __FILE__, __LINE__);                                                        \
    } while (0)

static inline bool status_ok(status st) { return st.code == ERR_OK; }
static inline bool status_is(status st, enum error_code code) { return st.code == code; }

struct error_def {
    const char *name; /* "GROUND_NOT_LIVE", stable: part of the API */
    enum error_class class;
    int http;
};
const struct error_def *error_def(enum error_code code);

/* Runs `function(pointer)` when the variable leaves its scope. */
#define DEFER(function) __attribute__((cleanup(function)))

/* An assertion that stays on in production: a broken invariant stops the process before it does harm. */
#define MUST(condition) ((condition) ? (void)0 : must_fail(#condition, __FILE__, __LINE__))
__attribute__((noreturn, cold)) void must_fail(const char *condition, const char *file, int line);
