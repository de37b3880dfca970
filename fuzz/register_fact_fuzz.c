/* Documents of events: refused whole, or read, and then what is read is written and read back as the same. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "register/inside.h"

static bool same(const struct fact *a, const struct fact *b)
{
    return a->field == b->field && a->source == b->source && a->confidence == b->confidence && a->from.ymd == b->from.ymd &&
           a->to.ymd == b->to.ymd && a->number == b->number && str_eq(a->text, b->text) && a->evidence == b->evidence;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char again[DOC_BYTES_MAX];
    struct event e = { .effective = { 20261121 } }, back = e;
    if (size > DOC_BYTES_MAX / 4)
        return 0;
    struct arena *a = arena_new(4 << 20);
    if (status_ok(facts_decode(a, (str){ (const char *)data, size }, &e))) {
        MUST(e.fact_count <= FACTS_MAX);
        size_t len = facts_encode_into(&e, again, sizeof again);
        MUST(status_ok(facts_decode(a, (str){ again, len }, &back)) && back.fact_count == e.fact_count);
        for (size_t i = 0; i < e.fact_count; i++)
            MUST(same(&e.facts[i], &back.facts[i]));
        struct held_facts held = { 0 };
        held_take(&held, &e, DAY_LAST, TIME_LAST);
    }
    arena_free(a);
    return 0;
}
