/* A fault as RFC 9457 problem details: what was wrong, where, and what to do, in the caller's language. The offending
 * word goes back to the caller who sent it, and nowhere else. */
#include "gate/gate.h"

static void member(struct buf *out, const char *name, str value)
{
    buf_char(out, ',');
    buf_json(out, str_of(name));
    buf_char(out, ':');
    buf_json(out, value);
}

void problem_write(struct arena *arena, enum lang lang, const struct fault *f, uint64_t request_id, struct buf *out)
{
    const struct error_def *def = error_def(f->status.code);
    buf_printf(out, "{\"type\":\"urn:dancu:error:%s\",\"status\":%d", def->name, def->http);
    member(out, "title", msg_error(arena, lang, f));
    member(out, "code", str_of(def->name));
    str hint = msg_error_hint(arena, lang, f);
    if (!str_is_empty(hint))
        member(out, "detail", hint);
    if (f->field[0])
        member(out, "field", str_of(f->field));
    if (f->row)
        buf_printf(out, ",\"row\":%lld", (long long)f->row);
    if (f->column)
        buf_printf(out, ",\"column\":%d", f->column);
    buf_printf(out, ",\"instance\":\"urn:dancu:request:%016llx\"}", (unsigned long long)request_id);
}
