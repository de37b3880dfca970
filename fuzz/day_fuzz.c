/* Days read from text: what is read is a real day, and its ISO form reads back as the same. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str s = { (const char *)data, size };
    day d, again;
    struct buf iso;

    if (!status_ok(day_parse(s, &d)))
        return 0;
    MUST(day_is_valid(d) && !day_is_none(d));
    MUST(day_first(d) <= day_last(d));
    MUST(day_can_be(d, day_from_number(day_first(d))) && day_can_be(d, day_from_number(day_last(d))));
    buf_init(&iso, 64);
    day_iso(d, &iso);
    MUST(status_ok(buf_check(&iso)));
    MUST(status_ok(day_parse(buf_str(&iso), &again)) && day_eq(d, again));
    buf_done(&iso);
    return 0;
}
