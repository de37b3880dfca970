/* Draws names as they occur: surname from the father, middle words by sex and time, given names by measured shares.
 * Other ethnic groups keep the form of their names. Tables are built once, then read-only.
 * tested by: src/synth/test/synth_test.c */
#include "synth/inside.h"

#include <pthread.h>
#include <string.h>

enum { WORDS_MAX = 400, GROUPS_MAX = 16, FORM_MAX = 16, PROVINCES = 100 };

struct word {
    const char *text;
    int share;
};
#define SURNAME(t, s)
#define MIDDLE_M(t, s)
#define MIDDLE_F(t, s)
#define GIVEN_M(t, s)
#define GIVEN_F(t, s)
#undef SURNAME
#define SURNAME(t, s) { t, s },
static const struct word surnames[] = {
#include "synth/name.def"
};
#undef SURNAME
#define SURNAME(t, s)
#undef MIDDLE_M
#define MIDDLE_M(t, s) { t, s },
static const struct word middles_m[] = {
#include "synth/name.def"
};
#undef MIDDLE_M
#define MIDDLE_M(t, s)
#undef MIDDLE_F
#define MIDDLE_F(t, s) { t, s },
static const struct word middles_f[] = {
#include "synth/name.def"
};
#undef MIDDLE_F
#define MIDDLE_F(t, s)
#undef GIVEN_M
#define GIVEN_M(t, s) { t, s },
static const struct word givens_m[] = {
#include "synth/name.def"
};
#undef GIVEN_M
#define GIVEN_M(t, s)
#undef GIVEN_F
#define GIVEN_F(t, s) { t, s },
static const struct word givens_f[] = {
#include "synth/name.def"
};

struct drawer {
    const struct word *words;
    uint32_t until[WORDS_MAX];
    uint32_t total;
    size_t count;
};
static struct drawer surname_drawer, middle_m, middle_f, given_m, given_f;

struct group {
    int code;
    const char *surnames, *men, *women, *provinces;
};
#define ETHNIC(code, surnames, men, women, provinces) { code, surnames, men, women, provinces },
static const struct group groups[] = {
#include "synth/ethnic.def"
};
enum { GROUP_COUNT = sizeof groups / sizeof *groups };
static uint16_t share_of[PROVINCES][GROUP_COUNT]; /* in 1/1000 */

static void drawer_make(struct drawer *d, const struct word *words, size_t count)
{
    MUST(count <= WORDS_MAX);
    d->words = words;
    d->count = count;
    for (size_t i = 0; i < count; i++)
        d->until[i] = d->total += (uint32_t)words[i].share;
}

static const char *draw(const struct drawer *d, struct rng *r)
{
    uint32_t x = rng_below(r, d->total);
    size_t low = 0, high = d->count - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (d->until[mid] > x)
            high = mid;
        else
            low = mid + 1;
    }
    return d->words[low].text;
}

static void shares_read(size_t g)
{
    str rest = str_of(groups[g].provinces), piece, code;
    while (str_cut(&rest, ' ', &piece)) {
        int64_t province = 0, share = 0;
        MUST(str_cut(&piece, ':', &code) && str_i64(code, &province) && str_i64(piece, &share));
        MUST(province > 0 && province < PROVINCES);
        share_of[province][g] = (uint16_t)share;
    }
}

static void tables_make(void)
{
    drawer_make(&surname_drawer, surnames, sizeof surnames / sizeof *surnames);
    drawer_make(&middle_m, middles_m, sizeof middles_m / sizeof *middles_m);
    drawer_make(&middle_f, middles_f, sizeof middles_f / sizeof *middles_f);
    drawer_make(&given_m, givens_m, sizeof givens_m / sizeof *givens_m);
    drawer_make(&given_f, givens_f, sizeof givens_f / sizeof *givens_f);
    for (size_t g = 0; g < GROUP_COUNT; g++)
        shares_read(g);
}

void name_tables_make(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, tables_make);
}

/* One of "a|b|c". */
static str form_draw(struct rng *r, const char *forms)
{
    str rest = str_of(forms), piece, pieces[FORM_MAX];
    uint32_t n = 0;
    while (n < FORM_MAX && str_cut(&rest, '|', &piece))
        pieces[n++] = piece;
    return pieces[rng_below(r, n)];
}

static const struct group *group_of(int ethnic)
{
    for (size_t g = 0; g < GROUP_COUNT; g++)
        if (groups[g].code == ethnic)
            return &groups[g];
    return NULL;
}

void style_draw(struct rng *r, int old_province, struct name_style *ret)
{
    uint32_t x = rng_below(r, 1000), until = 0;
    str surname = { 0 };
    ret->ethnic = 1;
    for (size_t g = 0; g < GROUP_COUNT && old_province < PROVINCES; g++) {
        until += share_of[old_province][g];
        if (x < until) {
            ret->ethnic = groups[g].code;
            surname = form_draw(r, groups[g].surnames);
            break;
        }
    }
    if (ret->ethnic == 1)
        surname = str_of(draw(&surname_drawer, r));
    MUST(surname.len < sizeof ret->surname);
    memcpy(ret->surname, surname.ptr, surname.len);
    ret->surname[surname.len] = 0;
}

static char *put(char *at, const char *end, str s)
{
    if (at + s.len + 1 >= end)
        return at;
    memcpy(at, s.ptr, s.len);
    return at + s.len;
}

/* Thị and Văn were nearly universal once and are rarer with each generation. */
static const char *middle_draw(struct rng *r, enum sex sex, int year)
{
    double old = year < 1960 ? 0.75 : year < 1980 ? 0.5 : year < 2000 ? 0.2 : 0;
    if (rng_chance(r, old))
        return sex == SEX_MALE ? "Văn" : "Thị";
    return draw(sex == SEX_MALE ? &middle_m : &middle_f, r);
}

/* A second middle word: neither the first again, nor one of the two that stand first or not at all. */
static char *second_put(struct rng *r, enum sex sex, const char *first, char *at, const char *end)
{
    const char *word = draw(sex == SEX_MALE ? &middle_m : &middle_f, r);
    if (strcmp(word, first) == 0 || strcmp(word, "Văn") == 0 || strcmp(word, "Thị") == 0)
        return at;
    at = put(at, end, STR(" "));
    return put(at, end, str_of(word));
}

void name_draw(struct rng *r, const struct name_style *style, enum sex sex, int year, char out[static 64])
{
    const struct group *g = group_of(style->ethnic);
    char *at = out;
    const char *end = out + 64;
    bool first = g && (str_starts(str_of(g->women), STR("H'")) && style->ethnic != 10);
    str given = g ? form_draw(r, sex == SEX_MALE ? g->men : g->women) : str_of(draw(sex == SEX_MALE ? &given_m : &given_f, r));
    if (first) { /* Ê-đê: own name first, then the family's */
        at = put(at, end, given);
        at = put(at, end, STR(" "));
        at = put(at, end, str_of(style->surname));
        *at = 0;
        return;
    }
    at = put(at, end, str_of(style->surname));
    if (!g && !rng_chance(r, 0.007)) {
        const char *middle = middle_draw(r, sex, year);
        at = put(at, end, STR(" "));
        at = put(at, end, str_of(middle));
        if (rng_chance(r, 0.3))
            at = second_put(r, sex, middle, at, end);
    }
    at = put(at, end, STR(" "));
    at = put(at, end, given);
    *at = 0;
}
