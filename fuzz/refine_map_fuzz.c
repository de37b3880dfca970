/* Lists as text, with a map in the first line: opening and reading end, and a row that is usable names somebody. */
#include "refine/row.h"
#include "fuzz/fuzz.h"

static void check_row(const struct list_person *p)
{
    MUST(p->name.len <= ROW_NAME_BYTES_MAX && text_is_utf8(p->name));
    MUST(day_is_valid(p->birth) && (p->number == 0 || (p->number > 0 && p->number < NUMBER_LIMIT)));
    MUST(p->reason < REASON_COUNT);
    if (p->reason == REASON_none)
        MUST(p->number || p->old_number || (p->name.len && !day_is_none(p->birth)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sheet *s DEFER(sheet_done) = NULL;
    struct sheet_options o = { 0 };
    str text = { (const char *)data, size };
    struct evidence evidence;
    struct row_journal journal;
    struct refinery by = { .evidence = &evidence, .journal = &journal };
    struct sheet_row row;
    bool more = true;

    if (!str_cut(&text, '\n', &o.map) || !text_is_utf8(o.map) || !status_ok(sheet_open(text, (day){ 20261121 }, &o, &s)))
        return 0;
    MUST(status_ok(evidence_gather(s, &evidence)));
    by.sheet = s;
    while (more && status_ok(sheet_next(s, &row, &more))) {
        struct arena *a = arena_new(16 << 20);
        struct list_person p;
        if (more) {
            row_clean(a, &by, &row, &p);
            check_row(&p);
        }
        arena_free(a);
    }
    return 0;
}
