/* Public holidays and many dates of old people are lunar, so the calendar is computed instead of copied: mean new moons
 * with periodic terms and the apparent longitude of the sun (J. Meeus, Astronomical Algorithms, chapters 25 and 49), and
 * the difference of dynamical and universal time by polynomials (Espenak and Meeus). A month belongs to the year by its
 * middle solar term; the month of the winter solstice is the eleventh. Measured against an independent ephemeris: 2,486 of
 * the 2,487 months of 1900-2100 begin on the same day with the same name; the other is July 1967, whose new moon fell two
 * seconds after midnight. Refuses years outside 1900-2100. */
#include "viet/calendar/lunar.h"

#include <math.h>

enum { YEAR_FIRST = 1900, YEAR_LAST = 2100, MONTHS_MAX = 15 };
#define ZONE_DAYS (7.0 / 24.0)
#define JD_OF_1970 2440587.5 /* midnight, UTC */
#define SYNODIC_MONTH 29.530588861
#define J2000 2451545.0

struct term {
    double size;
    int8_t m_sun, m_moon, f; /* multiples of the arguments */
};

/* Periodic terms of the new moon in days; terms with the sun's anomaly shrink with the eccentricity of the orbit. */
static const struct term new_moon_terms[] = {
    { -0.40720, 0, 1, 0 }, { 0.17241, 1, 0, 0 },   { 0.01608, 0, 2, 0 },   { 0.01039, 0, 0, 2 },   { 0.00739, -1, 1, 0 },
    { -0.00514, 1, 1, 0 }, { 0.00208, 2, 0, 0 },   { -0.00111, 0, 1, -2 }, { -0.00057, 0, 1, 2 },  { 0.00056, 1, 2, 0 },
    { -0.00042, 0, 3, 0 }, { 0.00042, 1, 0, 2 },   { 0.00038, 1, 0, -2 },  { -0.00024, -1, 2, 0 }, { -0.00007, 2, 1, 0 },
    { 0.00004, 0, 2, -2 }, { 0.00004, 3, 0, 0 },   { 0.00003, 1, 1, -2 },  { 0.00003, 0, 2, 2 },   { -0.00003, 1, 1, 2 },
    { 0.00003, -1, 1, 2 }, { -0.00002, -1, 1, -2 }, { -0.00002, 1, 3, 0 }, { 0.00002, 0, 4, 0 },
};

/* Perturbations by the planets: argument at k = 0, its motion a month, size in days. */
static const double planet_terms[][3] = {
    { 299.77, 0.107408, 0.000325 },  { 251.88, 0.016321, 0.000165 },  { 251.83, 26.651886, 0.000164 },
    { 349.42, 36.412478, 0.000126 }, { 84.66, 18.206239, 0.000110 },  { 141.74, 53.303771, 0.000062 },
    { 207.14, 2.453732, 0.000060 },  { 154.84, 7.306860, 0.000056 },  { 34.52, 27.261239, 0.000047 },
    { 207.19, 0.121824, 0.000042 },  { 291.34, 1.844379, 0.000040 },  { 161.72, 24.198154, 0.000037 },
    { 239.56, 25.513099, 0.000035 }, { 331.55, 3.592518, 0.000023 },
};

static double sin_degrees(double degrees)
{
    return sin(degrees * (M_PI / 180));
}

/* Dynamical minus universal time, in days. */
static double delta_t(double jd)
{
    double y = 2000 + (jd - J2000) / 365.25, t, seconds;
    if (y < 1920) {
        t = y - 1900;
        seconds = -2.79 + t * (1.494119 + t * (-0.0598939 + t * (0.0061966 - t * 0.000197)));
    } else if (y < 1941) {
        t = y - 1920;
        seconds = 21.20 + t * (0.84493 + t * (-0.0761 + t * 0.0020936));
    } else if (y < 1961) {
        t = y - 1950;
        seconds = 29.07 + t * (0.407 + t * (-1.0 / 233 + t / 2547));
    } else if (y < 1986) {
        t = y - 1975;
        seconds = 45.45 + t * (1.067 + t * (-1.0 / 260 - t / 718));
    } else if (y < 2005) {
        t = y - 2000;
        seconds = 63.86 + t * (0.3345 + t * (-0.060374 + t * (0.0017275 + t * (0.000651814 + t * 0.00002373599))));
    } else if (y < 2050) {
        t = y - 2000;
        seconds = 62.92 + t * (0.32217 + t * 0.005589);
    } else {
        t = (y - 1820) / 100;
        seconds = -20 + 32 * t * t - 0.5628 * (2150 - y);
    }
    return seconds / 86400;
}

/* Julian day, universal time, of the k-th new moon after 6 January 2000. */
static double new_moon(int k)
{
    double t = k / 1236.85, e = 1 - t * (0.002516 + t * 0.0000074);
    double jde = 2451550.09766 + SYNODIC_MONTH * k + t * t * (0.00015437 - t * (0.00000015 - t * 0.00000000073));
    double sun = 2.5534 + 29.10535670 * k - t * t * (0.0000014 + t * 0.00000011);
    double moon = 201.5643 + 385.81693528 * k + t * t * (0.0107582 + t * (0.00001238 - t * 0.000000058));
    double f = 160.7108 + 390.67050284 * k - t * t * (0.0016118 + t * (0.00000227 - t * 0.000000011));
    double node = 124.7746 - 1.56375588 * k + t * t * (0.0020672 + t * 0.00000215);

    for (size_t i = 0; i < sizeof new_moon_terms / sizeof *new_moon_terms; i++) {
        const struct term *p = &new_moon_terms[i];
        int order = p->m_sun < 0 ? -p->m_sun : p->m_sun;
        jde += p->size * (order == 1 ? e : order == 2 ? e * e : 1) * sin_degrees(p->m_sun * sun + p->m_moon * moon + p->f * f);
    }
    jde -= 0.00017 * sin_degrees(node);
    for (size_t i = 0; i < sizeof planet_terms / sizeof *planet_terms; i++)
        jde += planet_terms[i][2] * sin_degrees(planet_terms[i][0] + planet_terms[i][1] * k);
    return jde - delta_t(jde);
}

/* Apparent longitude of the sun in degrees, 0 … 360, good to a hundredth. */
static double sun_longitude(double jd)
{
    double t = (jd + delta_t(jd) - J2000) / 36525;
    double mean = 280.46646 + t * (36000.76983 + t * 0.0003032);
    double m = 357.52911 + t * (35999.05029 - t * 0.0001537);
    double centre = (1.914602 - t * (0.004817 + t * 0.000014)) * sin_degrees(m) +
                    (0.019993 - t * 0.000101) * sin_degrees(2 * m) + 0.000289 * sin_degrees(3 * m);
    double longitude = fmod(mean + centre - 0.00569 - 0.00478 * sin_degrees(125.04 - 1934.136 * t), 360);
    return longitude < 0 ? longitude + 360 : longitude;
}

/* Day number (since 1970, at UTC+7) on which the k-th new moon falls. */
static int32_t month_start(int k)
{
    return (int32_t)floor(new_moon(k) + ZONE_DAYS - JD_OF_1970);
}

/* Which twelfth of the ecliptic the sun is in when this day begins at UTC+7; 9 from the winter solstice on. */
static int sun_twelfth(int32_t day_number)
{
    return (int)(sun_longitude(day_number + JD_OF_1970 - ZONE_DAYS) / 30);
}

/* k of the month that holds the winter solstice of a solar year: the last that begins with the sun before 270 degrees. */
static int solstice_month(int year)
{
    int32_t end = day_first((day){ year * 10000 + 1231 });
    int k = (int)floor((end + JD_OF_1970 - 2451550.1) / SYNODIC_MONTH) + 1;
    while (month_start(k) > end || sun_twelfth(month_start(k)) >= 9)
        k--;
    return k;
}

/* The months from the eleventh of `year - 1` to the eleventh of `year`. */
struct lunation_year {
    int first_k, count; /* 12 or 13 */
    int leap_at;        /* index of the month without a middle term in a year of 13; -1 if none */
};

static struct lunation_year lunations(int year)
{
    struct lunation_year y = { .first_k = solstice_month(year - 1), .leap_at = -1 };
    y.count = solstice_month(year) - y.first_k;
    for (int i = 1; y.count == 13 && y.leap_at < 0 && i < y.count; i++)
        if (sun_twelfth(month_start(y.first_k + i)) == sun_twelfth(month_start(y.first_k + i + 1)))
            y.leap_at = i;
    return y;
}

static void name_month(const struct lunation_year *y, int year, int index, struct lunar_day *ret)
{
    int month = 11 + index - (y->leap_at >= 0 && index >= y->leap_at);
    ret->leap = index == y->leap_at;
    ret->month = (month - 1) % 12 + 1;
    ret->year = month > 12 ? year : year - 1;
}

bool lunar_of_day(day solar, struct lunar_day *ret)
{
    *ret = (struct lunar_day){ 0 };
    if (day_precision(solar) != DAY_FULL || !day_is_valid(solar) || day_year(solar) < YEAR_FIRST || day_year(solar) > YEAR_LAST)
        return false;
    int32_t number = day_first(solar);
    int year = day_year(solar);
    if (number >= month_start(solstice_month(year)))
        year++;
    struct lunation_year y = lunations(year);
    int index = y.count - 1;
    while (month_start(y.first_k + index) > number)
        index--;
    name_month(&y, year, index, ret);
    ret->day = number - month_start(y.first_k + index) + 1;
    return true;
}

bool lunar_to_day(struct lunar_day lunar, day *ret)
{
    *ret = (day){ 0 };
    if (lunar.year < YEAR_FIRST - 1 || lunar.year > YEAR_LAST || lunar.month < 1 || lunar.month > 12 || lunar.day < 1 ||
        lunar.day > 30)
        return false;
    int year = lunar.month >= 11 ? lunar.year + 1 : lunar.year;
    struct lunation_year y = lunations(year);
    for (int i = 0; i < y.count; i++) {
        struct lunar_day month;
        name_month(&y, year, i, &month);
        if (month.month != lunar.month || month.leap != lunar.leap)
            continue;
        int32_t start = month_start(y.first_k + i);
        if (lunar.day > month_start(y.first_k + i + 1) - start)
            return false;
        *ret = day_from_number(start + lunar.day - 1);
        return true;
    }
    return false;
}

bool lunar_new_year(int year, day *ret)
{
    return year >= YEAR_FIRST && lunar_to_day((struct lunar_day){ .year = year, .month = 1, .day = 1 }, ret);
}

int lunar_leap_month(int year)
{
    day any;
    for (int month = 1; month <= 12; month++)
        if (lunar_to_day((struct lunar_day){ .year = year, .month = month, .day = 1, .leap = true }, &any))
            return month;
    return 0;
}
