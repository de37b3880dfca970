/* Whatever is done in whatever order: each row is the fold of its events, each figure a count, a number belongs to one
 * person, what the register once believed can be asked for ever, and a merge undone leaves no mark but in the history. */
#include "fixture.h"

enum { PEOPLE_MAX = 40, STEPS = 250, SNAPSHOTS = 12 };

struct world {
    struct fixture *f;
    struct rng rng;
    int64_t ids[PEOPLE_MAX];
    size_t count;
    size_t done, refused;
};

static int64_t somebody(struct world *w)
{
    struct person p = person_of(w->f, w->ids[rng_below(&w->rng, (uint32_t)w->count)]);
    return p.number ? p.number : 1;
}

static day some_day(struct world *w)
{
    return (day){ (int32_t)(1990 + rng_below(&w->rng, 37)) * 10000 + (int32_t)(1 + rng_below(&w->rng, 12)) * 100 + (int32_t)(1 + rng_below(&w->rng, 28)) };
}

static status be_born(struct world *w)
{
    static const char *const names[] = { "Nguyễn Văn An", "Lê Thị Bích", "Trần Quốc Toản", "Y Moan Êñuôl" };
    struct person_birth_in in = { .name = str_of(names[rng_below(&w->rng, 4)]), .sex = rng_chance(&w->rng, 0.5) ? SEX_MALE : SEX_FEMALE,
                                  .birth = some_day(w), .registered_at = { UNIT_A } };
    struct person_birth_out out;
    if (w->count == PEOPLE_MAX)
        return OK;
    in.has_mother = w->count > 4 && rng_chance(&w->rng, 0.4);
    in.mother = in.has_mother ? somebody(w) : 0;
    status st = call(w->f, "person.birth", &in, &out);
    if (status_ok(st))
        w->ids[w->count++] = out.person;
    return st;
}

static status change(struct world *w, uint32_t kind)
{
    union {
        struct person_death_out death;
        struct person_marriage_out marriage;
        struct person_divorce_out divorce;
        struct person_missing_out missing;
        struct person_move_out move;
    } out;
    int64_t a = somebody(w), b = somebody(w);
    day on = some_day(w);
    switch (kind) {
    case 0:
        return call(w->f, "person.death", &(struct person_death_in){ .number = a, .death = on }, &out);
    case 1:
    case 2:
        return call(w->f, "person.marriage", &(struct person_marriage_in){ .first = a, .second = b, .effective = on }, &out);
    case 3:
        return call(w->f, "person.divorce", &(struct person_divorce_in){ .first = a, .second = person_of(w->f, w->ids[0]).number, .effective = on }, &out);
    case 4:
        return call(w->f, "person.missing", &(struct person_missing_in){ .number = a, .effective = on, .found = rng_chance(&w->rng, 0.5) }, &out);
    default:
        as_officer(w->f, "residence-management");
        w->f->cx.actor.unit = (unit_id){ 2100001 };
        return call(w->f, "person.move", &(struct person_move_in){ .number = a, .unit = { on.ymd < 20250701 ? UNIT_OLD : UNIT_A }, .effective = on }, &out);
    }
}

static status put_right(struct world *w, uint32_t kind)
{
    union {
        struct person_correct_out correct;
        struct person_merge_out merge;
        struct person_unmerge_out unmerge;
        struct number_cancel_out cancel;
    } out;
    int64_t a = somebody(w), b = somebody(w);
    as_coordinator(w->f, "correction");
    switch (kind) {
    case 0:
        return call(w->f, "person.correct", &(struct person_correct_in){ .number = a, .field = STR("name"), .value = STR("Phan Bội Châu"),
                        .source = STR("civil_status"), .evidence = STR("x") }, &out);
    case 1:
        return call(w->f, "person.correct", &(struct person_correct_in){ .number = a, .field = STR("birth"), .value = day_iso_str(w->f->cx.arena, some_day(w)),
                        .source = STR("civil_status"), .evidence = STR("x") }, &out);
    case 2:
        return call(w->f, "person.merge", &(struct person_merge_in){ .number = a, .into = b, .evidence = STR("x") }, &out);
    case 3:
        return call(w->f, "person.unmerge", &(struct person_unmerge_in){ .number = a, .evidence = STR("x") }, &out);
    default:
        return call(w->f, "number.cancel", &(struct number_cancel_in){ .number = a, .replace = rng_chance(&w->rng, 0.7), .has_registered_at = true,
                        .registered_at = { UNIT_A }, .evidence = STR("x") }, &out);
    }
}

static void step(struct world *w)
{
    uint32_t dice = rng_below(&w->rng, 10);
    as_officer(w->f, "civil-status");
    status st = w->count < 4 || dice < 2 ? be_born(w) : dice < 7 ? change(w, rng_below(&w->rng, 6)) : put_right(w, rng_below(&w->rng, 5));
    w->done += status_ok(st);
    w->refused += !status_ok(st);
    assert_true(status_ok(st) || error_def((enum error_code)st.code)->class != CLASS_BROKEN);
}

/* What was believed at a moment, to be asked again at the end. */
struct snapshot {
    int64_t id, known_us;
    struct person p;
};

static struct person believed(struct fixture *f, int64_t id, int64_t known_us)
{
    struct held_facts held;
    struct person p;
    begin(f);
    GOOD(person_as_of(&f->cx, (person_id){ id }, DAY_LAST, known_us, &held));
    commit(f);
    held_person(&held, (person_id){ id }, &p);
    return p;
}

static void numbers_have_one_owner(struct world *w)
{
    for (size_t i = 0; i < w->count; i++) {
        struct person p = person_of(w->f, w->ids[i]), found;
        enum number_state state;
        bool known;
        if (!p.number)
            continue;
        begin(w->f);
        GOOD(person_by_number(&w->f->cx, p.number, &found, &state, &known));
        commit(w->f);
        assert_true(known && found.id.v == p.id.v);
        assert_int_equal(state, p.survives_as.v ? NUMBER_CANCELLED : NUMBER_ISSUED);
        if (p.marital == MARITAL_MARRIED && p.state == PERSON_ACTIVE) {
            struct person spouse = person_of(w->f, p.spouse.v);
            assert_true(spouse.spouse.v == p.id.v || spouse.state == PERSON_DECEASED);
        }
    }
}

static void a_life(struct fixture *f, uint64_t seed)
{
    struct world w = { .f = f };
    struct snapshot seen[SNAPSHOTS];
    size_t count = 0;
    rng_seed(&w.rng, seed, 0);
    for (int i = 0; i < STEPS; i++) {
        step(&w);
        if (i % (STEPS / SNAPSHOTS) == 5 && count < SNAPSHOTS) {
            struct snapshot *s = &seen[count++];
            s->id = w.ids[rng_below(&w.rng, (uint32_t)w.count)];
            s->p = person_of(f, s->id);
            s->known_us = f->cx.now_us;
        }
    }
    assert_true(w.done > STEPS / 5 && w.refused > STEPS / 10);
    folds_hold(f);
    numbers_have_one_owner(&w);
    for (size_t i = 0; i < count; i++) {
        struct person then = believed(f, seen[i].id, seen[i].known_us);
        if (person_differs(&seen[i].p, &then))
            fail_msg("belief about %s has changed", person_differs(&seen[i].p, &then));
    }
}

static void random_lives_fold_to_their_rows(void **state) { a_life(fixture_ready(state), 20261121); }
static void other_lives_do_as_well(void **state) { a_life(fixture_ready(state), 4); }

int main(void)
{
    const struct CMUnitTest tests[] = { EVERYWHERE(random_lives_fold_to_their_rows), EVERYWHERE(other_lives_do_as_well) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
