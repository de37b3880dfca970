/* A calendar day with its precision in one number: yyyymmdd, where 00 stands for what is not known. 19500000 is "some
 * day of 1950" (legal for old records), 19500300 "March 1950", 0 "not known at all". The proleptic Gregorian calendar,
 * years 1 to 9999. Comparing two days of the same precision compares their numbers. */
#pragma once
#include "base/status.h"
#include "base/str.h"

struct arena;
struct buf;

typedef struct day {
    int32_t ymd;
} day;

enum day_precision { DAY_UNKNOWN, DAY_YEAR, DAY_MONTH, DAY_FULL };

static inline int day_year(day d) { return d.ymd / 10000; }
static inline int day_month(day d) { return d.ymd / 100 % 100; }
static inline int day_of_month(day d) { return d.ymd % 100; }
static inline bool day_is_none(day d) { return d.ymd == 0; }
static inline bool day_eq(day a, day b) { return a.ymd == b.ymd; }

bool day_is_valid(day d); /* a real day, month or year; day_none is valid */
enum day_precision day_precision(day d);
bool day_make(int year, int month, int day_of_month, day *ret); /* 0 for what is unknown; false if there is no such day */
/* Days since 1970-01-01 of the first (last) day that `d` can mean. */
int32_t day_first(day d);
int32_t day_last(day d);
day day_from_number(int32_t days_since_1970);
day day_add(day full, int32_t days);
int day_weekday(day full);                 /* 1 Monday … 7 Sunday (ISO 8601) */
int day_days_in_month(int year, int month);
bool day_can_be(day claimed, day known);   /* does the less precise one contain the other? none never matches */
/* Completed years at `on`; for an imprecise birth the least age that is certain. */
int day_age(day birth, day on);
STATUS day_parse(str iso, day *ret); /* yyyy, yyyy-mm or yyyy-mm-dd; ERR_DAY_FORMAT */
void day_iso(day d, struct buf *out);
str day_iso_str(struct arena *a, day d);
str day_vi(struct arena *a, day d); /* dd/mm/yyyy, mm/yyyy or yyyy */
/* Vietnam keeps UTC+7 without summer time. */
day day_of_us(int64_t us_utc);
int64_t day_start_us(day full);
