/* Behind slip.h. How often a field is as it was comes from the model's shares; besides, what is no name and no date of birth is
 * missing in a fifth of all lists. A slip in a text is taken to leave nothing of it, which is the worst case for a key.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/slip.h"

#include "match/set/hash.h"
#include "match/set/word.h"

#include <stdlib.h>
#include <string.h>

static const double missing_rarely = .02, missing_often = .2;

struct dice {
    uint64_t state;
};

static uint32_t dice_below(struct dice *d, uint32_t limit)
{
    d->state = link_mix(d->state + 0x9E3779B97F4A7C15u, 11);
    return limit ? (uint32_t)((d->state >> 32) % limit) : 0;
}

static double dice_share(struct dice *d) { return dice_below(d, 1u << 30) / (double)(1u << 30); }

enum event { EVENT_SAME, EVENT_SLIP, EVENT_OTHER, EVENT_MISSING };

static enum event event_draw(struct dice *dice, const struct index_def *d, int i)
{
    enum link_role role = d->field[i].role;
    bool rarely = role == LINK_FULL_NAME || role == LINK_GIVEN_NAME || role == LINK_SURNAME || role == LINK_BIRTH_DATE;
    double at = dice_share(dice);

    if (dice_share(dice) < (rarely ? missing_rarely : missing_often))
        return EVENT_MISSING;
    if (at < d->m[i][LEVEL_SAME])
        return EVENT_SAME;
    return at < d->m[i][LEVEL_SAME] + d->m[i][LEVEL_DIFFERENT] ? EVENT_OTHER : EVENT_SLIP;
}

static uint32_t day_slip(struct dice *dice, uint32_t from)
{
    int y = link_day_year(from), m = link_day_month(from), d = link_day_day(from);

    switch (dice_below(dice, 4)) {
    case 0: return link_day(y + 1 + (int)dice_below(dice, 9), m, d);
    case 1: return link_day(y, m % 12 + 1, d);
    case 2: return link_day(y, m, d % 28 + 1);
    default: return m && d && d <= 12 ? link_day(y, d, m) : link_day(y, m, 0);
    }
}

static uint64_t digits_slip(struct dice *dice, uint64_t digits)
{
    uint64_t value = digits << 8 >> 8, place = 1;

    for (unsigned i = dice_below(dice, (uint32_t)(digits >> 56)); i > 0; i--)
        place *= 10;
    value = value / place % 10 == 9 ? value - place : value + place;
    return link_digits((unsigned)(digits >> 56), value);
}

static void words_slip(struct dice *dice, const struct link_field *f, struct link_words *w)
{
    uint32_t n = (uint32_t)w->count, at = dice_below(dice, n), kind = dice_below(dice, 3), *word = w->code;

    if (kind == 0 && n > 1) {
        memmove(word + at, word + at + 1, (n - at - 1u) * sizeof *word);
        word[--w->count] = 0;
    } else if (kind == 1 && n > 1) {
        uint32_t other = at ? at - 1 : at + 1, swap = word[at];

        word[at] = word[other];
        word[other] = swap;
    } else {
        word[at] = 1 + dice_below(dice, f->dict->count);
    }
}

static void words_copy(struct dice *dice, enum event event, const struct link_field *from, struct link_field *to, uint32_t row, uint32_t record)
{
    struct link_words words = link_words(from, 0, record);

    if (event == EVENT_SLIP && words.count)
        words_slip(dice, from, &words);
    if (event != EVENT_MISSING)
        memcpy(link_row(to, 0, row), words.code, sizeof words.code);
}

static void value_copy(struct dice *dice, enum event event, const struct link_field *from, struct link_field *to, uint32_t row, uint32_t record)
{
    bool slip = event == EVENT_SLIP;

    if (from->kind == LINK_KIND_WORDS) {
        words_copy(dice, event, from, to, row, record);
    } else if (from->kind == LINK_KIND_DIGITS) {
        uint64_t digits = from->digits[0][record];
        to->digits[0][row] = event == EVENT_MISSING ? 0 : slip && digits ? digits_slip(dice, digits) : digits;
    } else {
        uint32_t code = from->code[0][record];

        if (slip && code)
            code = from->kind == LINK_KIND_DAY ? day_slip(dice, code) : 1 + dice_below(dice, from->dict->count);
        to->code[0][row] = event == EVENT_MISSING ? 0 : code;
    }
}

static void columns_new(struct link_field *f, uint32_t count)
{
    size_t rows = count + 1u;

    f->code[0] = calloc(rows, sizeof(uint32_t));
    f->digits[0] = calloc(rows, sizeof(uint64_t));
    f->word[0] = calloc(rows, link_row_bytes(LINK_ROW_WIDE));
    f->row = LINK_ROW_WIDE;
    MUST(f->code[0] && f->digits[0] && f->word[0]);
}

void slips_make(struct slips *s, const struct index_def *d, const struct link_set *sample, const int *field, const uint32_t *records, uint32_t count)
{
    *s = (struct slips){ *sample, count };
    s->set.count[0] = count;
    for (int i = 0; i < sample->fields; i++)
        columns_new(&s->set.field[i], count);
    for (uint32_t row = 0; row < count; row++) {
        struct dice dice = { sample->hash[0][records[row]] };

        for (int i = 0; i < d->fields; i++) {
            enum event event = event_draw(&dice, d, i);
            uint32_t record = event == EVENT_OTHER ? records[dice_below(&dice, count)] : records[row];

            value_copy(&dice, event, &sample->field[field[i]], &s->set.field[field[i]], row, record);
        }
    }
}

void slips_done(struct slips *s)
{
    for (int i = 0; i < s->set.fields; i++) {
        struct link_field *f = &s->set.field[i];

        free(f->code[0]);
        free(f->digits[0]);
        free(f->word[0]);
    }
}
