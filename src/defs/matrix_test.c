/* The matrix that is shipped is total and never loops; sets of random chains are taken exactly when they make a total order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/test/folder.h"
#include "defs/matrix.h"

enum { TRIALS = 120, PAIRS_MAX = 40 };
static struct folder folder;

static int setup(void **state)
{
    (void)state;
    return folder_make(&folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    folder_end(&folder);
    return 0;
}

/* NULL: refused, and `reason` holds the first reason. */
static struct defs *load(struct arena *a, str body, str *ret_reason)
{
    struct defs *d = NULL;
    struct defs_problems problems = { .lang = LANG_EN };
    folder_put(&folder, "definitions/authority.yaml", arena_z(a, body));
    bool good = status_ok(defs_load(a, str_of(folder.path), &d, &problems));
    *ret_reason = good ? STR("") : problems.list[0].reason;
    return good ? d : NULL;
}

static void shipped_matrix_is_total(void **state)
{
    struct defs *d = NULL;
    (void)state;
    assert_true(status_ok(defs_load(NULL, STR(""), &d, NULL)));
    for (int field = 0; field < FIELD_END; field++) {
        bool taken[SOURCE_COUNT + 1] = { false };
        for (int a = 0; a < SOURCE_COUNT; a++) {
            int rank = defs_source_rank(d, (enum person_field)field, (enum fact_source)a);
            assert_in_range(rank, 1, SOURCE_COUNT);
            assert_false(taken[rank]); /* of any two, exactly one wins */
            taken[rank] = true;
            for (int b = 0; b < SOURCE_COUNT; b++)
                assert_false(defs_source_wins(d, (enum person_field)field, (enum fact_source)a, (enum fact_source)b) &&
                             defs_source_wins(d, (enum person_field)field, (enum fact_source)b, (enum fact_source)a));
        }
    }
    assert_int_equal(defs_source_of(d, STR("births")), SOURCE_CIVIL_STATUS);
    assert_int_equal(defs_source_of(d, STR("farmers")), SOURCE_LIST);
    assert_int_equal(defs_days(d, STR("conflict")), 5);
    assert_int_equal(defs_days(d, STR("no-such")), -1);
    assert_true(str_eq(defs_offer_topic(d, STR("driving_licence"))->register_code, STR("driving-licences")));
    assert_null(defs_offer_topic(d, STR("horse")));
    defs_free(d);
}

static const char all_fields[] = "name, birth, sex, birth_place, birth_registration, origin, ethnic, religion, nationality, father, mother, spouse, children, "
                                 "representative, marital, death, other_name, old_number, card, residence, temporary_residence, present_place, residence_state, "
                                 "residence_dossier, household, relation, address, number, state, survives_as, blood, shared, phone, email";

/* Random pairs; as an order of `email` alone, of which population.yaml knows two sources only. */
struct trial {
    bool over[SOURCE_COUNT][SOURCE_COUNT];
    bool loop, total;
};

static str trial_make(struct arena *a, struct rng *r, struct trial *t)
{
    struct buf b;
    int order[SOURCE_COUNT];
    size_t pairs = rng_below(r, PAIRS_MAX);
    bool lawful = rng_chance(r, 0.5);
    memset(t, 0, sizeof *t);
    buf_init(&b, 16384);
    for (int i = 0; i < SOURCE_COUNT; i++)
        order[i] = i;
    for (int i = SOURCE_COUNT - 1; i > 0; i--) {
        int k = (int)rng_below(r, (uint32_t)i + 1), kept = order[i];
        order[i] = order[k];
        order[k] = kept;
    }
    buf_printf(&b, "registers: {}\ndays: {}\norders:\n  - for: [email]\n    wins:\n");
    for (size_t i = 0; i < pairs + SOURCE_COUNT - 1; i++) {
        uint32_t x = i < pairs ? rng_below(r, SOURCE_COUNT) : (uint32_t)(i - pairs), y = i < pairs ? rng_below(r, SOURCE_COUNT) : x + 1;
        if (i >= pairs && rng_chance(r, 0.1))
            continue;
        if ((lawful || i >= pairs) && x > y) {
            uint32_t kept = x;
            x = y;
            y = kept;
        }
        if (x == y)
            continue;
        t->over[order[x]][order[y]] = true;
        buf_printf(&b, "      - \"%.*s > %.*s\"\n", STR_ARG(fact_source_def((enum fact_source)order[x])->key), STR_ARG(fact_source_def((enum fact_source)order[y])->key));
    }
    str text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

static void trial_judge(struct trial *t)
{
    for (int via = 0; via < SOURCE_COUNT; via++)
        for (int x = 0; x < SOURCE_COUNT; x++)
            for (int y = 0; y < SOURCE_COUNT; y++)
                t->over[x][y] |= t->over[x][via] && t->over[via][y];
    t->total = true;
    for (int x = 0; x < SOURCE_COUNT; x++)
        for (int y = 0; y < SOURCE_COUNT; y++) {
            t->loop |= x == y && t->over[x][y];
            t->total &= x == y || t->over[x][y] || t->over[y][x];
        }
}

static void random_chains_are_taken_only_as_orders(void **state)
{
    struct rng r;
    int seen[3] = { 0 };
    (void)state;
    rng_seed(&r, 4, 1);
    for (int i = 0; i < TRIALS; i++) {
        struct arena *a = arena_new(8 << 20);
        struct trial t;
        str reason, text = trial_make(a, &r, &t);
        struct defs *d = load(a, text, &reason);
        trial_judge(&t);
        assert_null(d); /* the other fields have no order: always refused; what matters is the first reason */
        if (t.loop)
            assert_true(str_find(reason, STR("loop")) < reason.len);
        else if (!t.total)
            assert_true(str_find(reason, STR("nothing says which")) < reason.len);
        else
            assert_true(str_find(reason, STR("no order names")) < reason.len || str_find(reason, STR("believed over")) < reason.len);
        seen[t.loop ? 0 : !t.total ? 1 : 2]++;
        arena_free(a);
    }
    assert_true(seen[0] > 5 && seen[1] > 5 && seen[2] > 5);
}

static void refused(const char *registers, const char *fields, const char *wins, const char *word)
{
    struct arena *a = arena_new(8 << 20);
    str reason, text = arena_printf(a, "registers: %s\ndays: {conflict: 1}\norders:\n  - for: [%s]\n    wins: [\"%s\"]\n", registers, fields, wins);
    assert_null(load(a, text, &reason));
    if (str_find(reason, str_of(word)) >= reason.len)
        fail_msg("got “%.*s”, expected “%s”", STR_ARG(reason), word);
    arena_free(a);
}

static void what_is_wrong_is_told(void **state)
{
    static const char chain[] = "civil_status > identity > residence > population > social_insurance > health > education > list > citizen";
    (void)state;
    refused("{}", all_fields, "civil_status > identiti", "there is no source “identiti”");
    refused("{}", "name, name", chain, "the field “name” stands in two orders");
    refused("{}", "nane", chain, "there is no field “nane”");
    refused("{}", "name", "citizen > list > education > health > social_insurance > population > residence > identity > civil_status", "is believed over");
    refused("{}", "name", chain, "no order names the field “other_name”");
    refused("{bees: list}", "name", chain, "no order names");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(shipped_matrix_is_total), cmocka_unit_test(random_chains_are_taken_only_as_orders),
                                        cmocka_unit_test(what_is_wrong_is_told) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
