/* One cell mended: what comes out is clean and comes out again as itself, whatever typing or encoding was undone; each repair
 * is told with valid texts. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

enum { TEXT_MAX = 512, LIMIT = 1024, KEPT = 16 };

static void check_repairs(const struct cell_mending *m)
{
    for (size_t i = 0; i < m->count && i < m->cap; i++) {
        const struct repair *r = &m->repairs[i];
        MUST(r->rule > REPAIR_NONE && r->rule < REPAIR_COUNT && r->confidence >= 0.8 && r->confidence <= 1);
        MUST(text_is_utf8(r->before) && text_is_utf8(r->after) && !str_eq(r->before, r->after));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str raw = { (const char *)data, size < TEXT_MAX ? size : TEXT_MAX }, once, twice;
    struct arena *a = arena_new(4 << 20);
    struct repair list[KEPT];
    struct cell_mending m = { .arena = a, .words = true, .bytes_max = LIMIT, .repairs = list, .cap = KEPT };

    if (status_ok(cell_mend(&m, STR("cell"), raw, &once))) {
        MUST(text_is_utf8(once) && once.len <= 2 * LIMIT);
        MUST(m.count > 0 || str_eq(once, raw));
        check_repairs(&m);
        MUST(status_ok(viet_enter(a, STR("cell"), once, 2 * LIMIT, &twice)) && str_eq(once, twice));
        size_t words;
        MUST(syllable_share(once, &words) <= 1);
    }
    fault_clear();
    arena_free(a);
    return 0;
}
