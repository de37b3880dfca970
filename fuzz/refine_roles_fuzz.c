/* roles.yaml and a line of heads from any bytes, cut apart at the first NUL: what is read is held against the heads, and what
 * is written from it reads back as the same columns and roles. */
#include "refine/link/roles.h"

#include <string.h>

#include "fuzz/fuzz.h"

enum { BYTES_MAX = 64 << 20 };

static void written_check(struct arena *a, const struct roles *r)
{
    struct roles again;
    struct buf out;

    buf_init(&out, BYTES_MAX);
    roles_write(r, &out);
    MUST(status_ok(buf_check(&out)) && status_ok(roles_read(a, LANG_EN, STR("again"), arena_str(a, buf_str(&out)), &again)));
    MUST(again.count == r->count);
    for (size_t i = 0; i < r->count; i++)
        MUST(str_eq(again.columns[i].head, r->columns[i].head) && again.columns[i].role == r->columns[i].role);
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(BYTES_MAX);
    str text = { (const char *)data, size }, roles = str_slice(text, 0, str_find_char(text, 0)), csv = str_from(text, roles.len + 1);
    struct roles_heads heads;
    struct roles r;
    bool has_heads = status_ok(roles_heads_read(a, STR("list"), csv, &heads));

    if (status_ok(roles_read(a, LANG_EN, STR("roles"), roles, &r))) {
        written_check(a, &r);
        if (has_heads)
            (void)!status_ok(roles_check(&r, &heads, 1));
    }
    if (has_heads && status_ok(roles_guess(a, &csv, &heads, 1, &r)))
        written_check(a, &r);
    arena_free(a);
    return 0;
}
