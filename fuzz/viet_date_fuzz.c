/* Dates of lists: what is read is a real day in range, the second reading too, and its ISO form reads back as the same. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

static void check_real(day d)
{
    MUST(day_is_valid(d) && (day_is_none(d) || (day_year(d) >= 1800 && day_year(d) <= 2199)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str raw = { (const char *)data, size < 512 ? size : 512 };
    struct date_reading r, again;
    struct lunar_day lunar;
    day back;
    bool month_first;

    if (!text_is_utf8(raw))
        return 0;
    for (int habit = 0; habit < 2; habit++) {
        const struct date_habits habits = { .today = { 20261121 }, .month_first = habit, .epoch_1904 = habit };
        if (!date_read(raw, &habits, &r)) {
            MUST(day_is_none(r.day) && r.rule == DATE_UNREAD);
            continue;
        }
        MUST(!day_is_none(r.day) && r.rule != DATE_UNREAD);
        check_real(r.day);
        check_real(r.other);
        struct arena *a = arena_new(4096);
        MUST(date_read(day_iso_str(a, r.day), &habits, &again) && day_eq(again.day, r.day));
        arena_free(a);
        if (lunar_of_day(r.day, &lunar))
            MUST(lunar_to_day(lunar, &back) && day_eq(back, r.day));
    }
    (void)date_order_detect(&raw, 1, &month_first);
    return 0;
}
