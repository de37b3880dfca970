/* JSON (RFC 8259, I-JSON of RFC 7493: no name twice, no lone surrogate) as a tree on an arena. Inside of the gate. */
#pragma once
#include "base/base.h"

enum { JSON_DEPTH_MAX = 32 };
enum json_kind { JSON_IS_NULL, JSON_IS_FALSE, JSON_IS_TRUE, JSON_IS_I64, JSON_IS_REAL, JSON_IS_TEXT, JSON_IS_LIST, JSON_IS_OBJECT };

struct json {
    enum json_kind kind;
    uint32_t count; /* members of an object, items of a list */
    struct json *first, *next;
    str name; /* of a member */
    union {
        str text;
        int64_t i;
    };
};

/* A list or an object and nothing behind it. Texts without escapes are slices of the input. Says where it is wrong, by line
 * and character, with ERR_BODY_NOT_JSON or ERR_FIELD_DOUBLE; ERR_TEXT_NOT_UTF8. Refuses whole numbers beyond 64 bits, zero
 * characters in texts, and what is nested deeper than JSON_DEPTH_MAX. */
STATUS json_read(struct arena *a, str text, const struct json **ret);
const struct json *json_member(const struct json *object, str name); /* or NULL */
