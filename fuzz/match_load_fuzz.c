/* One or two lists from any bytes: what is loaded has codes within its dictionaries and is the same by two threads, and
 * the pairs of its plan stand within the records, each once by the first rule. The first byte cuts the lists apart. */
#include "match/block/block.h"
#include "match/set/load.h"
#include "match/set/word.h"

#include "fuzz/fuzz.h"

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }

static const struct link_column columns[] = {
    COLUMN("id", ID), COLUMN("a", FULL_NAME), COLUMN("b", BIRTH_DATE), COLUMN("c", PERSON_NUMBER), COLUMN("d", GIVEN_NAME),
    COLUMN("e", SURNAME), COLUMN("f", SEX), COLUMN("g", ADDRESS),
};

static void field_check(const struct link_set *s, const struct link_field *f, int side)
{
    for (uint32_t r = 0; r < s->count[side]; r++) {
        if (f->kind == LINK_KIND_TEXT)
            MUST(f->code[side][r] <= f->dict->count);
        for (int i = 0; f->kind == LINK_KIND_WORDS && i < link_words(f, side, r).count; i++)
            MUST(link_words(f, side, r).code[i] <= f->dict->count);
        if (f->kind == LINK_KIND_DAY)
            MUST(link_day_month(f->code[side][r]) <= 12 && link_day_day(f->code[side][r]) <= 31);
        if (f->kind == LINK_KIND_DIGITS)
            MUST(f->digits[side][r] >> 56 <= LINK_DIGITS_MAX);
    }
}

static void pairs_check(void *arg, int thread, int rule, const struct link_pair *pairs, size_t count, uint8_t *settled)
{
    const struct link_set *s = arg;

    (void)settled;
    MUST(thread == 0 && rule >= 0 && rule < LINK_RULES_MAX && count <= LINK_BATCH);
    for (size_t i = 0; i < count; i++) {
        MUST(pairs[i].left < s->count[0] && pairs[i].right < s->count[link_side(s, 1)]);
        MUST(s->sides == 2 || pairs[i].left != pairs[i].right);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_load_options o = { .column = columns, .columns = sizeof columns / sizeof *columns, .threads = 1 };
    const struct link_options options = { .threads = 1 };
    str text = { (const char *)data + 1, size ? size - 1 : 0 };
    struct link_set *s = NULL;
    struct link_plan *plan;
    size_t cut;

    if (size == 0)
        return 0;
    cut = text.len * data[0] / 255;
    if (!status_ok(link_set_load(&s, str_slice(text, 0, cut), str_from(text, cut), &o)))
        return 0;
    for (int i = 0; i < s->fields; i++)
        for (int side = 0; side < s->sides; side++)
            field_check(s, &s->field[i], side);
    link_block_plan(s, &options, &plan);
    link_block_run(plan, 1, pairs_check, s);
    link_plan_free(plan);
    link_set_free(s);
    return 0;
}
