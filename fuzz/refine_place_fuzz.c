/* Any text as an address: reading it ends, its parts are slices of it, its answer agrees with itself, and a path that the answer
 * names reads as the same unit. */
#include "fuzz/fuzz.h"
#include "refine/place.h"
#include "viet/viet.h"

static struct defs *defs;
static struct places places;

static void check_again(struct arena *a, const struct place_found *f)
{
    struct place_found again;
    str path = defs_unit_path(a, defs, f->named, places_day(&places, f->named), LANG_VI);

    places_find(&places, a, path, &again);
    MUST(again.named.v == f->named.v || again.answer == PLACE_SEVERAL || again.answer == PLACE_KNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(32 << 20);
    struct place_found f;
    str text;

    if (!defs) {
        MUST(status_ok(defs_load(NULL, (str){ 0 }, &defs, NULL)));
        places_init(&places, defs, (day){ 20261122 });
    }
    if (status_ok(viet_enter_cell(a, (str){ 0 }, (str){ (const char *)data, size }, 1024, &text))) {
        places_find(&places, a, text, &f);
        MUST(f.rest.len == 0 || (f.rest.ptr >= text.ptr && f.rest.ptr + f.rest.len <= text.ptr + text.len));
        MUST((f.answer == PLACE_KNOWN) == (f.today.v != 0));
        MUST(f.answer != PLACE_DIVIDED || (f.named.v && f.choice_count > 1));
        if (f.named.v && f.answer == PLACE_KNOWN)
            check_again(a, &f);
    } else {
        fault_clear();
    }
    arena_free(a);
    return 0;
}
