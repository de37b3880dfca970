/* Two files about the same people as two agencies would hold them, or one file with duplicates, and the answers: the test
 * bed of linkage. Everything is drawn from (seed, block), written in the order of blocks and shuffled by the seed, so that
 * the bytes do not depend on the number of threads.
 *
 * Refuses rates and sizes out of range. Defaults are near what is reported of lists (1 to 5 % typing errors a field, a
 * third of the numbers missing on one side), so that no rule of one line solves it.
 * tested by: src/synth/test/pairs_test.c */
#include "synth/pairs.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ID_BITS_MIN = 24, RECORDS_MAX = 100000000, COPIES_MAX = 3, TEXT_TRUTH = 2 };

const char *const synth_slip_names[SYNTH_SLIP_COUNT] = {
#define SLIP(name, first, second) #name,
    SYNTH_SLIPS(SLIP)
#undef SLIP
};
const double synth_slip_rates[SIDES][SYNTH_SLIP_COUNT] = {
#define SLIP(name, first, second) first,
    { SYNTH_SLIPS(SLIP) },
#undef SLIP
#define SLIP(name, first, second) second,
    { SYNTH_SLIPS(SLIP) },
#undef SLIP
};

struct pairing {
    const struct synth_pairs_options *o;
    const struct plan *plan;
    int64_t persons, copies; /* persons drawn; records beyond one a person, with `dedupe` */
    int id_bits;
    struct scatter *scatter[SIDES];
    FILE *truth;
    _Atomic int64_t records[SIDES], pairs, done[SIDES][SYNTH_SLIP_COUNT];
};

/* --- ids ---------------------------------------------------------------------------------------------------------- */

/* A bijection of the numbers below 2^bits, so that neither order nor likeness of ids tells who is who. */
static uint64_t id_scramble(uint64_t x, int bits, uint64_t key)
{
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (int round = 0; round < 4; round++) {
        x = (x + key) & mask;
        x = (x * 0x9E3779B97F4A7C15u) & mask;
        x ^= x >> (bits / 2);
        key = key << 17 | key >> 47;
    }
    return x;
}

static void id_write(const struct pairing *g, char letter, int64_t index, struct buf *out)
{
    buf_char(out, letter);
    buf_pad(out, id_scramble((uint64_t)index, g->id_bits, (g->o->seed + 1) * 0xD6E8FEB86659FD93u + (uint8_t)letter), 9);
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static void record_add(struct pairing *g, struct crowd *c, const struct crowd_person *who, int side, int64_t index, struct buf *text)
{
    size_t at = text->len;
    buf_bytes(text, "\0\0", 2);
    id_write(g, g->o->dedupe ? 'R' : (char)('A' + side), index, text);
    uint64_t done = record_write(c, who, g->o->rates[side], side, text);
    size_t len = text->len - at - 2;
    MUST(!text->full && len < 1 << 16);
    text->ptr[at] = (char)(len & 255);
    text->ptr[at + 1] = (char)(len >> 8);
    atomic_fetch_add_explicit(&g->records[side], 1, memory_order_relaxed);
    for (int s = 0; done; s++, done >>= 1)
        if (done & 1)
            atomic_fetch_add_explicit(&g->done[side][s], 1, memory_order_relaxed);
}

static void pair_add(struct pairing *g, struct crowd *c, const struct crowd_person *who, int64_t index, struct buf *texts)
{
    const double *first = g->o->rates[0], *second = g->o->rates[1];
    double x = rng_unit(&c->r);
    bool in_first = x >= first[SYNTH_SLIP_absent], in_second = !in_first || x < 1 - second[SYNTH_SLIP_absent];
    bool in[SIDES] = { in_first, in_second };
    for (int side = 0; side < SIDES; side++) {
        if (in[side])
            record_add(g, c, who, side, index, &texts[side]);
        else
            atomic_fetch_add_explicit(&g->done[side][SYNTH_SLIP_absent], 1, memory_order_relaxed);
    }
    if (!in_first || !in_second)
        return;
    id_write(g, 'A', index, &texts[TEXT_TRUTH]);
    buf_char(&texts[TEXT_TRUTH], ',');
    id_write(g, 'B', index, &texts[TEXT_TRUTH]);
    buf_char(&texts[TEXT_TRUTH], '\n');
    atomic_fetch_add_explicit(&g->pairs, 1, memory_order_relaxed);
}

static void copies_add(struct pairing *g, struct crowd *c, const struct crowd_person *who, int64_t index, int copies, struct buf *texts)
{
    for (int copy = 0; copy <= copies; copy++) {
        record_add(g, c, who, copy > 0, index + copy, &texts[0]);
        id_write(g, 'R', index + copy, &texts[TEXT_TRUTH]);
        buf_char(&texts[TEXT_TRUTH], ',');
        id_write(g, 'E', index, &texts[TEXT_TRUTH]);
        buf_char(&texts[TEXT_TRUTH], '\n');
    }
    atomic_fetch_add_explicit(&g->pairs, copies * (copies + 1) / 2, memory_order_relaxed);
}

/* Seven of ten who stand again do so once, two twice, one three times; until the block's share is used up. */
static void copies_deal(struct rng *r, size_t people, int64_t wanted, uint8_t *copies)
{
    while (wanted > 0) {
        size_t i = rng_below(r, (uint32_t)people);
        double x = rng_unit(r);
        int64_t n = x < 0.7 ? 1 : x < 0.9 ? 2 : 3;
        n = n < wanted ? n : wanted;
        if (copies[i])
            n = copies[i] < COPIES_MAX ? 1 : 0;
        copies[i] = (uint8_t)(copies[i] + n);
        wanted -= n;
    }
}

static int64_t copies_before(const struct pairing *g, int64_t persons)
{
    return (int64_t)((__extension__ (__int128)g->copies * persons) / g->persons);
}

static void block_fill(void *with, int64_t index, const struct block *b, struct buf *texts)
{
    struct pairing *g = with;
    int64_t first = index * CROWD_MAX, left = g->persons - first;
    struct crowd *c = crowd_new();
    uint8_t copies[CROWD_MAX] = { 0 };
    crowd_make(g->plan, g->o, b, index, c);
    if ((int64_t)c->count > left)
        c->count = (size_t)left;
    MUST(c->count == CROWD_MAX || (int64_t)c->count == left);
    if (g->o->dedupe)
        copies_deal(&c->r, c->count, copies_before(g, first + (int64_t)c->count) - copies_before(g, first), copies);
    int64_t next = first + (g->o->dedupe ? copies_before(g, first) : 0);
    for (size_t i = 0; i < c->count; next += 1 + copies[i], i++) {
        if (g->o->dedupe)
            copies_add(g, c, &c->people[i], next, copies[i], texts);
        else
            pair_add(g, c, &c->people[i], next, texts);
    }
    crowd_free(c);
}

static status texts_take(void *with, int64_t index, const struct buf *texts)
{
    struct pairing *g = with;
    int64_t made = (index + 1) * CROWD_MAX;
    for (int side = 0; side < SIDES; side++)
        if (g->scatter[side])
            TRY(scatter_add(g->scatter[side], buf_str(&texts[side])));
    if (fwrite(texts[TEXT_TRUTH].ptr, 1, texts[TEXT_TRUTH].len, g->truth) != texts[TEXT_TRUTH].len)
        return synth_out_bad(g->o->directory);
    if (g->o->progress)
        g->o->progress(g->o->progress_with, made < g->persons ? made : g->persons, g->persons);
    return OK;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static const char roles[] = "# What the columns are: for dancu link.\n"
                            "columns:\n  id: id\n  ho_ten: full-name\n  ngay_sinh: birth-date\n  gioi_tinh: sex\n  so_dinh_danh: person-number\n"
                            "  ten_cha: father-name\n  ten_me: mother-name\n  noi_o: address\n  dien_thoai: phone\n";

static STATUS close_checked(const struct pairing *g, FILE *f)
{
    return fclose(f) == 0 ? OK : synth_out_bad(g->o->directory);
}

static STATUS side_write(struct pairing *g, int side, const char *name)
{
    FILE *f;
    TRY(synth_file_open(g->o->directory, name, &f));
    fputs(record_head, f);
    status st = scatter_write(g->scatter[side], f);
    status closed = close_checked(g, f);
    return status_ok(st) ? closed : st;
}

static STATUS notes_write(struct pairing *g)
{
    const struct synth_pairs_options *o = g->o;
    FILE *f;
    TRY(synth_file_open(o->directory, "roles.yaml", &f));
    fputs(roles, f);
    TRY(close_checked(g, f));
    TRY(synth_file_open(o->directory, "synth.txt", &f));
    fprintf(f, "Synthetic people: nobody in these files is real, though a number may by chance be somebody's.\n\n");
    fprintf(f, "people %lld, seed %llu, records %lld and %lld, true pairs %lld\n\n", (long long)g->persons, (unsigned long long)o->seed,
            (long long)g->records[0], (long long)g->records[1], (long long)g->pairs);
    fprintf(f, "%-22s %12s %10s %12s %10s\n", "slip", o->dedupe ? "first: rate" : "A: rate", "records", o->dedupe ? "again: rate" : "B: rate", "records");
    for (int s = 0; s < SYNTH_SLIP_COUNT; s++)
        fprintf(f, "%-22s %12.4f %10lld %12.4f %10lld\n", synth_slip_names[s], o->rates[0][s], (long long)g->done[0][s], o->rates[1][s],
                (long long)g->done[1][s]);
    return close_checked(g, f);
}

static STATUS files_write(struct pairing *g, const struct relay *relay)
{
    const struct synth_pairs_options *o = g->o;
    int64_t rows = g->persons + g->copies;
    TRY(synth_directory_make(o->directory));
    TRY(synth_file_open(o->directory, "truth.csv", &g->truth));
    fputs(o->dedupe ? "record,entity\n" : "id_a,id_b\n", g->truth);
    for (int side = 0; side < (o->dedupe ? 1 : SIDES); side++)
        TRY(scatter_open(o->directory, rows, o->seed * 2 + (uint64_t)side, &g->scatter[side]));
    TRY(relay_run(relay));
    TRY(side_write(g, 0, o->dedupe ? "records.csv" : "A.csv"));
    if (!o->dedupe)
        TRY(side_write(g, 1, "B.csv"));
    return notes_write(g);
}

static STATUS options_check(const struct synth_pairs_options *o)
{
    if (o->people < SYNTH_PEOPLE_MIN || o->people > RECORDS_MAX)
        return FAIL_AT(VALUE_RANGE, STR("people"));
    if (o->dedupe && !(o->duplicates >= 0 && o->duplicates <= 0.7))
        return FAIL_AT(VALUE_RANGE, STR("duplicates"));
    for (int side = 0; side < SIDES; side++)
        for (int s = 0; s < SYNTH_SLIP_COUNT; s++)
            if (!(o->rates[side][s] >= 0 && o->rates[side][s] <= 1))
                return FAIL_AT(VALUE_RANGE, str_of(synth_slip_names[s]));
    if (o->rates[0][SYNTH_SLIP_absent] + o->rates[1][SYNTH_SLIP_absent] > 1)
        return FAIL_AT(VALUE_RANGE, STR("absent"));
    return OK;
}

STATUS synth_pairs(const struct defs *defs, const struct synth_pairs_options *o, struct synth_pairs_result *ret)
{
    struct plan plan;
    struct pairing g = { .o = o, .plan = &plan, .id_bits = ID_BITS_MIN };
    *ret = (struct synth_pairs_result){ 0 };
    TRY(options_check(o));
    g.copies = o->dedupe ? (int64_t)((double)o->people * o->duplicates) : 0;
    g.persons = o->people - g.copies;
    while (((int64_t)1 << g.id_bits) < o->people * 2)
        g.id_bits++;
    int64_t blocks = (g.persons + CROWD_MAX - 1) / CROWD_MAX;
    struct arena *a = arena_new(1u << 30);
    status st = plan_make(a, defs, &(struct synth_options){ .people = blocks * SYNTH_BLOCK, .seed = o->seed }, &plan);
    struct relay relay = { .plan = &plan, .threads = o->threads, .with = &g, .fill = block_fill, .take = texts_take };
    if (status_ok(st))
        st = files_write(&g, &relay);
    if (g.truth && fclose(g.truth) != 0 && status_ok(st))
        st = synth_out_bad(o->directory);
    for (int side = 0; side < SIDES; side++)
        scatter_close(g.scatter[side]);
    arena_free(a);
    ret->people = g.persons;
    ret->pairs = g.pairs;
    for (int side = 0; side < SIDES; side++) {
        ret->records[side] = g.records[side];
        for (int s = 0; s < SYNTH_SLIP_COUNT; s++)
            ret->done[side][s] = g.done[side][s];
    }
    return st;
}
