/* The fault record of each thread and the table of errors. The record holds fixed arrays, so that a failure can be told
 * when there is no memory. It refuses bytes that are not UTF-8, since field and word travel back to the caller. */
#include "base/status.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACE_MAX ((int)(sizeof((struct fault *)0)->trace / sizeof((struct fault *)0)->trace[0]))

static _Thread_local struct fault here;

static const struct error_def defs[ERR_COUNT] = {
    [ERR_OK] = { "OK", CLASS_OK, 200 },
#define ERROR(name, class, http) [ERR_##name] = { #name, CLASS_##class, http },
#include "tables/errors.def"
#undef ERROR
};

/* A code outside of the table can only come from a broken status; it is told as INTERNAL. */
const struct error_def *error_def(enum error_code code)
{
    return &defs[(unsigned)code < ERR_COUNT ? code : ERR_INTERNAL];
}

struct fault *fault_here(void)
{
    return &here;
}

void fault_clear(void)
{
    here = (struct fault){ 0 };
}

static void keep(char *out, size_t cap, str s)
{
    str kept = text_is_utf8(s) ? text_cut(s, cap - 1) : (str){ 0 };

    if (kept.len)
        memcpy(out, kept.ptr, kept.len);
    out[kept.len] = '\0';
}

static void trace_add(const char *file, int line)
{
    if (here.depth >= TRACE_MAX)
        return;
    here.trace[here.depth].file = file;
    here.trace[here.depth].line = line;
    here.depth++;
}

/* `field` and `what` may point into the record itself (a fault raised anew from the old one). */
status fault_raise(enum error_code code, const char *file, int line, str field, str what)
{
    struct fault fresh = { .status = { (uint16_t)code } };

    MUST((unsigned)code > ERR_OK && (unsigned)code < ERR_COUNT);
    keep(fresh.field, sizeof fresh.field, field);
    keep(fresh.what, sizeof fresh.what, what);
    here = fresh;
    trace_add(file, line);
    return here.status;
}

/* A status that was kept while another failure came in between no longer owns the record: it starts a new one rather
 * than borrow a stranger's place and word. */
status fault_pass(status st, const char *file, int line)
{
    if (here.status.code != st.code)
        here = (struct fault){ .status = st };
    trace_add(file, line);
    return st;
}

void fault_place(int64_t row, int32_t column)
{
    here.row = row;
    here.column = column;
}

void fault_detail(const char *format, ...)
{
    char text[sizeof here.detail];
    va_list args;

    va_start(args, format);

    int len = vsnprintf(text, sizeof text, format, args);

    va_end(args);
    if (len < 0)
        return;
    if ((size_t)len >= sizeof text)
        len = (int)sizeof text - 1;

    /* vsnprintf may have cut inside a character: look for its boundary as if one more byte were there. */
    size_t end = (size_t)len;

    while (end > 0 && len - (int)end < 3 && !text_is_utf8((str){ text, end }))
        end--;
    keep(here.detail, sizeof here.detail, (str){ text, end });
}

/* The condition is source text, so nothing of a person is in it. */
void must_fail(const char *condition, const char *file, int line)
{
    char text[512];
    int len = snprintf(text, sizeof text, "dancu: broken invariant at %s:%d: %s\n", file, line, condition);

    if (len > 0) {
        ssize_t written = write(STDERR_FILENO, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
        (void)written;
    }
    abort();
}
