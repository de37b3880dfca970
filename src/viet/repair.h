/* One repair that was made or is proposed: what, of what, and how sure. Repairs are shown to people and kept beside the
 * source value; the source is never thrown away. */
#pragma once
#include "base/str.h"

#define REPAIR_RULES(X)                                                                                                \
    X(NONE, "repair_none")                                                                                             \
    X(LOOKALIKE, "repair_lookalike")       /* Ð, Cyrillic or full-width letters */                                     \
    X(TELEX, "repair_telex")               /* Nguyeenx */                                                              \
    X(VNI_KEYS, "repair_vni_keys")         /* Nguye64n */                                                              \
    X(VIQR, "repair_viqr")                 /* Nguye^~n */                                                              \
    X(HONORIFIC, "repair_honorific")       /* "Ông Nguyễn Văn An" */                                                   \
    X(REMARK, "repair_remark")             /* "Nguyễn Văn An (đã chết)" */                                             \
    X(ABBREVIATION, "repair_abbreviation") /* "Ng. Văn An" */                                                          \
    X(CASE, "repair_case")                 /* "nguyễn văn AN" */                                                       \
    X(PHONE_PREFIX, "repair_phone_prefix") /* eleven digits before 2018 */                                             \
    X(LEADING_ZERO, "repair_leading_zero")

enum repair_rule {
#define X(name, word) REPAIR_##name,
    REPAIR_RULES(X)
#undef X
    REPAIR_COUNT
};

struct repair {
    enum repair_rule rule;
    str before, after;
    double confidence; /* 0 … 1; below 0.8 a human should look */
};

/* A word of the program, for records and message keys. */
static inline const char *repair_name(enum repair_rule rule)
{
    static const char *const names[REPAIR_COUNT] = {
#define X(name, word) word,
        REPAIR_RULES(X)
#undef X
    };
    return rule < REPAIR_COUNT ? names[rule] : names[0];
}
