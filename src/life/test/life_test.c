/* Whatever is done to life events in whatever order by whomever: each leg is the fold of its moments, no effect lacks its cause, each
 * effect happens once, every bundle can be brought to its end, and what is refused changes nothing. */
#include "register/test/fixture.h"

#include <stdio.h>

#include "life/inside.h"

extern const struct module money_module; /* legs grant benefits, by the operations of a module above this one */

enum { STEPS_SQLITE = 3000, STEPS_POSTGRESQL = 300, BUNDLES_MAX = 600, FAMILIES = 4 };

struct world {
    struct fixture *f;
    struct rng rng;
    struct person_birth_out mothers[FAMILIES], fathers[FAMILIES];
    int64_t bundles[BUNDLES_MAX];
    size_t count, done, refused;
};

static void as_actor(struct world *w, uint32_t role, int64_t person, str organisation)
{
    struct ctx *cx = &w->f->cx;
    as_officer(w->f, "");
    cx->purpose = (struct purpose){ 0 };
    cx->actor.roles = role;
    cx->actor.person = (person_id){ person };
    cx->actor.account = (account_id){ 100 + (person ? 1 : (int64_t)(organisation.len ? (unsigned char)organisation.ptr[organisation.len - 1] : 0)) };
    cx->actor.organisation = organisation;
}

static struct bundle seen(struct world *w, int64_t id)
{
    struct bundle b;
    begin(w->f);
    GOOD(bundle_find(&w->f->cx, id, &b));
    commit(w->f);
    return b;
}

static void event_open(struct world *w)
{
    uint32_t family = rng_below(&w->rng, FAMILIES);
    struct dossier_create_out made;
    struct dossier_submit_out sent;
    struct dossier_create_in create = { .procedure = STR("birth-linked") };
    struct answer answers[] = { { STR("child_name"), STR("Ma Thị Hoa") }, { STR("child_sex"), STR("female") }, { STR("child_birth"), STR("2026-11-20") },
                                { STR("registered_at"), STR("00004@new") },
                                { STR("father_number"), arena_printf(w->f->cx.arena, "%012lld", (long long)w->fathers[family].number) } };
    as_actor(w, ROLE_CITIZEN, w->mothers[family].person, STR(""));
    GOOD(call(w->f, "dossier.create", &create, &made));
    struct dossier_submit_in submit = { .dossier = made.now.dossier, .expected_version = made.now.version, .answers = answers,
                                        .answers_count = rng_chance(&w->rng, 0.5) ? 5 : 4 };
    GOOD(call(w->f, "dossier.submit", &submit, &sent));
    assert_int_equal(sent.now.state, DOSSIER_PROCESSING);
    w->bundles[w->count++] = made.now.dossier;
}

/* The row is what its moments make of it, and nothing stands without its cause. */
static void folds(struct world *w, int64_t id)
{
    struct bundle b = seen(w, id);
    enum leg_state states[LIFE_LEGS_MAX] = { LEG_WAITING };
    int32_t versions[LIFE_LEGS_MAX] = { 0 };
    struct life_moment_row *moments;
    size_t count;
    begin(w->f);
    GOOD(life_moments(&w->f->cx, SHARD, id, &moments, &count));
    commit(w->f);
    assert_int_equal(count, b.row.version);
    for (size_t i = 0; i < count; i++) {
        enum leg_state to = states[moments[i].leg];
        assert_int_equal(moments[i].seq, i + 1);
        if (moments[i].command != LEG_ALARM)
            assert_true(leg_move(states[moments[i].leg], (enum leg_command)moments[i].command, &to));
        assert_int_equal(to, moments[i].state);
        states[moments[i].leg] = to;
        versions[moments[i].leg]++;
    }
    for (size_t i = 0; i < b.event->leg_count; i++) {
        assert_int_equal(b.legs[i].state, states[i]);
        assert_int_equal(b.legs[i].version, versions[i]);
        for (size_t k = 0; k < i; k++)
            if (states[i] == LEG_DONE && (b.event->legs[i].needs >> k & 1))
                assert_true(states[k] == LEG_DONE || b.legs[k].absent);
        assert_true(!leg_is_owned(states[i]) || b.legs[i].organisation.len > 0);
    }
    if (b.row.state != BUNDLE_WITHDRAWN)
        assert_int_equal(b.row.state, bundle_of(b.event, states, bundle_absent(&b)));
}

static status move_one(struct world *w, int64_t id)
{
    struct bundle b = seen(w, id);
    union {
        struct life_take_out take;
        struct life_complete_out complete;
        struct life_refuse_out refuse;
        struct life_acknowledge_out acknowledge;
        struct life_consent_out consent;
        struct life_withdraw_out withdraw;
    } out;
    uint32_t leg = rng_below(&w->rng, (uint32_t)b.event->leg_count);
    for (int tries = 0; tries < 20 && !leg_is_owned((enum leg_state)b.legs[leg].state); tries++)
        leg = rng_below(&w->rng, (uint32_t)b.event->leg_count);
    str key = b.event->legs[leg].key;
    int64_t version = b.legs[leg].version - rng_chance(&w->rng, 0.05);
    if (b.legs[leg].person && rng_chance(&w->rng, 0.8)) {
        as_actor(w, ROLE_CITIZEN, b.legs[leg].person, STR(""));
        return call(w->f, "life.consent", &(struct life_consent_in){ .bundle = id, .leg = key, .agree = rng_chance(&w->rng, 0.8) }, &out);
    }
    as_actor(w, ROLE_OFFICER, 0, rng_chance(&w->rng, 0.9) ? b.legs[leg].organisation : STR("H26.00004.TP"));
#define CALL(op, ...) return call(w->f, "life." #op, &(struct life_##op##_in){ .bundle = id, .leg = key, .expected_version = version, __VA_ARGS__ }, &out)
    switch (rng_below(&w->rng, 12)) {
    case 0: CALL(acknowledge, );
    case 1:
    case 2:
    case 3:
    case 4: CALL(take, );
    case 5: CALL(refuse, .reason = STR("x"));
    case 6:
        as_actor(w, ROLE_CITIZEN, b.row.applicant, STR(""));
        return call(w->f, "life.withdraw", &(struct life_withdraw_in){ .bundle = id, .expected_version = b.row.version }, &out);
    default: CALL(complete, );
    }
}

/* Children in the register: one for each registration that was done, and no more. */
static void effects_are_counted_once(struct world *w)
{
    size_t children = 0, registered = 0, count;
    struct person *list;
    begin(w->f);
    for (int i = 0; i < FAMILIES; i++) {
        GOOD(children_of(&w->f->cx, (person_id){ w->mothers[i].person }, &list, &count));
        children += count;
    }
    commit(w->f);
    for (size_t i = 0; i < w->count; i++)
        registered += seen(w, w->bundles[i]).legs[0].state == LEG_DONE;
    assert_int_equal(children, registered);
}

static void families_make(struct world *w)
{
    for (int i = 0; i < FAMILIES; i++) {
        struct person_move_out moved;
        as_officer(w->f, "civil-status");
        w->fathers[i] = born(w->f, "Ma Văn Hiếu", SEX_MALE, 19900101);
        w->mothers[i] = born(w->f, "Tẩn Tả Mẩy", SEX_FEMALE, 19920202);
        as_officer(w->f, "residence-management");
        w->f->cx.actor.unit = (unit_id){ UNIT_A };
        GOOD(call(w->f, "person.move", &(struct person_move_in){ .number = w->fathers[i].number, .unit = { UNIT_A }, .effective = { 20260101 } }, &moved));
        GOOD(call(w->f, "person.move", &(struct person_move_in){ .number = w->mothers[i].number, .unit = { UNIT_A }, .effective = { 20260101 },
                                                                 .has_household = true, .household = moved.household }, &moved));
    }
}

static void any_order_of_commands_keeps_the_rules(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct world w = { .f = f };
    int steps = store_engine(f->app->store) == STORE_SQLITE ? STEPS_SQLITE : STEPS_POSTGRESQL;
    rng_seed(&w.rng, 11, 1);
    families_make(&w);
    for (int i = 0; i < steps; i++) {
        if (w.count < 3 || (w.count < BUNDLES_MAX && rng_chance(&w.rng, 0.08)))
            event_open(&w);
        int64_t id = w.bundles[w.count - 1 - rng_below(&w.rng, (uint32_t)(w.count < 8 ? w.count : 8))];
        struct bundle before = seen(&w, id);
        status st = move_one(&w, id);
        if (!status_ok(st))
            assert_int_equal(seen(&w, id).row.version, before.row.version);
        w.done += status_ok(st);
        w.refused += !status_ok(st);
        fault_clear();
        folds(&w, id);
    }
    effects_are_counted_once(&w);
    print_message("# %zu commands done, %zu refused, %zu bundles\n", w.done, w.refused, w.count);
    assert_true(w.done > (size_t)steps / 8);
}

/* A leg is nobody's reason to change a register but its own command's. */
static void a_leg_is_no_ground_to_borrow(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct world w = { .f = f };
    struct person_birth_out out;
    rng_seed(&w.rng, 1, 1);
    families_make(&w);
    event_open(&w);
    struct bundle b = seen(&w, w.bundles[0]);
    as_actor(&w, ROLE_OFFICER, 0, b.legs[0].organisation);
    f->cx.purpose = (struct purpose){ STR("life"), arena_printf(f->cx.arena, "%lld.register", (long long)w.bundles[0]) };
    struct person_birth_in in = { .name = STR("An"), .sex = SEX_MALE, .birth = { 20261101 }, .registered_at = { UNIT_A } };
    BAD(call(f, "person.birth", &in, &out), GROUND_NOT_LIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(any_order_of_commands_keeps_the_rules), EVERYWHERE(a_leg_is_no_ground_to_borrow) };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &service_module;
    fixture_modules[3] = &money_module;
    fixture_modules[4] = &life_module;
    fixture_module_count = 5;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
