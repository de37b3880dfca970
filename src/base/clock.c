/* The clock. Real time comes from the kernel; a test freezes it with one atomic number, which all threads see. Times
 * are written and read as RFC 3339. A leap second (":60") is refused: POSIX time has no place for it. */
#include "base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define RUNNING INT64_MIN
#define DAY_SECONDS 86400ll
#define SECOND_US 1000000ll
#define FIRST_US (-719162 * DAY_SECONDS * SECOND_US)                    /* 0001-01-01T00:00:00Z */
#define LAST_US ((2932896 + 1) * DAY_SECONDS * SECOND_US - 1)           /* 9999-12-31T23:59:59.999999Z */

static _Atomic int64_t frozen_us = RUNNING;

static int64_t read_us(clockid_t id)
{
    struct timespec t;

    MUST(clock_gettime(id, &t) == 0);
    return t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    int64_t frozen = atomic_load_explicit(&frozen_us, memory_order_acquire);

    return frozen == RUNNING ? read_us(CLOCK_REALTIME) : frozen;
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

void clock_set_us(int64_t us)
{
    MUST(us != RUNNING);
    atomic_store_explicit(&frozen_us, us, memory_order_release);
}

void clock_advance_us(int64_t by_us)
{
    int64_t before = atomic_load(&frozen_us), after;

    do
        after = (before == RUNNING ? read_us(CLOCK_REALTIME) : before) + by_us;
    while (!atomic_compare_exchange_weak(&frozen_us, &before, after));
}

void clock_release(void)
{
    atomic_store_explicit(&frozen_us, RUNNING, memory_order_release);
}

static void digits(char *out, int count, unsigned value)
{
    for (; count > 0; value /= 10)
        out[--count] = (char)('0' + value % 10);
}

/* A time outside of the years 1 to 9999 has no RFC 3339 form and is written as the nearest that has. */
void clock_format(int64_t us, char out[static 28])
{
    if (us < FIRST_US)
        us = FIRST_US;
    if (us > LAST_US)
        us = LAST_US;

    int64_t from_first = us - FIRST_US;
    day d = day_from_number((int32_t)(from_first / (DAY_SECONDS * SECOND_US) - 719162));
    unsigned second = (unsigned)(from_first / SECOND_US % DAY_SECONDS), part = (unsigned)(from_first % SECOND_US);

    memcpy(out, "0000-00-00T00:00:00.000000Z", 28);
    digits(out, 4, (unsigned)day_year(d));
    digits(out + 5, 2, (unsigned)day_month(d));
    digits(out + 8, 2, (unsigned)day_of_month(d));
    digits(out + 11, 2, second / 3600);
    digits(out + 14, 2, second / 60 % 60);
    digits(out + 17, 2, second % 60);
    digits(out + 20, 6, part);
}

/* Two digits at `at`, or -1. */
static int two(str s, size_t at)
{
    str pair = str_slice(s, at, at + 2);

    return pair.len == 2 && str_is_digits(pair) ? (pair.ptr[0] - '0') * 10 + (pair.ptr[1] - '0') : -1;
}

static bool parse_time(str s, int64_t *ret_us)
{
    int hour = two(s, 0), minute = two(s, 3), second = two(s, 6);

    if (s.len < 8 || s.ptr[2] != ':' || s.ptr[5] != ':')
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *ret_us = ((hour * 60 + minute) * 60 + second) * SECOND_US;
    return true;
}

/* Cuts ".digits" off; what is finer than a microsecond is dropped. */
static bool parse_fraction(str *s, int64_t *ret_us)
{
    int64_t value = 0, unit = SECOND_US / 10;
    size_t at = 1;

    *ret_us = 0;
    if (s->len == 0 || s->ptr[0] != '.')
        return true;
    for (; at < s->len && s->ptr[at] >= '0' && s->ptr[at] <= '9'; at++, unit /= 10)
        value += (s->ptr[at] - '0') * unit;
    *s = str_from(*s, at);
    *ret_us = value;
    return at > 1;
}

static bool parse_offset(str s, int64_t *ret_us)
{
    *ret_us = 0;
    if (s.len == 1)
        return s.ptr[0] == 'Z' || s.ptr[0] == 'z';
    if (s.len != 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':')
        return false;

    int hour = two(s, 1), minute = two(s, 4);

    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return false;
    *ret_us = (hour * 60 + minute) * 60 * SECOND_US * (s.ptr[0] == '-' ? -1 : 1);
    return true;
}

bool clock_parse(str rfc3339, int64_t *ret_us)
{
    day d;
    int64_t time_us, part_us, offset_us;
    str date = str_slice(rfc3339, 0, 10), rest = str_from(rfc3339, 19);

    if (rfc3339.len < 20 || (rfc3339.ptr[10] != 'T' && rfc3339.ptr[10] != 't'))
        return false;
    if (!parse_time(str_slice(rfc3339, 11, 19), &time_us) || !parse_fraction(&rest, &part_us) ||
        !parse_offset(rest, &offset_us) || !status_ok(day_parse(date, &d)))
        return false;

    int64_t us = day_first(d) * DAY_SECONDS * SECOND_US + time_us + part_us - offset_us;

    if (us < FIRST_US || us > LAST_US)
        return false;
    *ret_us = us;
    return true;
}
