/* Decisions: who may, on which view, with which proof; what they change, whom they are told to; and that a merge that is undone
 * leaves nothing behind. */
#include "register/test/fixture.h"

#include <string.h>

#include "cases/inside.h"
#include "notice/notice.h"
#include "notice/notice_ops.h"
#include "register/sector/inside.h"

enum { PEOPLE = 60, PAIRS_SQLITE = 1000, PAIRS_POSTGRESQL = 60, OTHER_ACCOUNT = 77 };

static const struct operation probe = { .name = "test.open", .may = ROLE_COORDINATOR, .writes = true };

static void plain(struct fixture *f, uint32_t role)
{
    if (role == ROLE_OFFICER)
        as_officer(f, "");
    else
        as_coordinator(f, "");
    f->cx.purpose = (struct purpose){ 0 };
}

static struct person_birth_out known(struct fixture *f, const char *name, int32_t birth)
{
    struct person_birth_out p = resident(f, name, birth);
    plain(f, ROLE_COORDINATOR);
    return p;
}

/* A row of the farmers' association that says the person was born on `birth`; number 0: nobody is named. */
static int64_t farmer(struct fixture *f, int64_t number, int32_t birth)
{
    struct sector_given_cell cells[] = { { STR("joined"), STR("2020-01-01") }, { STR("state"), STR("active") } };
    struct sector_given g = { .has_number = number != 0, .number = number, .has_name = true, .name = STR("Nguyễn Văn An"), .has_birth = true, .birth = { birth },
                              .cells = cells, .cells_count = 2 };
    struct sector_put_out out;
    plain(f, ROLE_COORDINATOR);
    f->cx.purpose = (struct purpose){ STR("register"), STR("farmers") };
    GOOD(call(f, "sector.put", &(struct sector_put_in){ .code = STR("farmers"), .rows = &g, .rows_count = 1 }, &out));
    plain(f, ROLE_COORDINATOR);
    return out.rows[0].row;
}

static int64_t opened(struct fixture *f, const struct case_new *c)
{
    int64_t id = 0;
    begin(f);
    f->journal = (struct journal){ .op = &probe };
    GOOD(case_open(&f->cx, c, &id));
    commit(f);
    return id;
}

static struct case_show_out shown(struct fixture *f, int64_t id)
{
    struct case_show_out out;
    GOOD(call(f, "case.show", &(struct case_show_in){ .id = id }, &out));
    return out;
}

static struct sector_content content_of(struct fixture *f, int64_t id, struct sector_row_row *row)
{
    const struct sector_register *s = defs_sector(f->app->defs, STR("farmers"), f->cx.today);
    struct sector_content c;
    bool known;
    begin(f);
    GOOD(sector_row_get(&f->cx, 0, STR("farmers"), id, row, &known));
    GOOD(sector_content_read(s, row->doc, &c));
    GOOD(sector_figures_check(&f->cx, STR("farmers")));
    commit(f);
    assert_true(known);
    return c;
}

static struct case_new conflict(int64_t row, int64_t person)
{
    return (struct case_new){ .kind = CASE_CONFLICT, .register_code = STR("farmers"), .row = row, .person = { person }, .attribute = STR("birth"),
                              .said = STR("1990-02-01"), .held = STR("1990-01-02"), .source = STR("run/1") };
}

#define DECIDE(id_, version_, choice_, ...) call(f, "case.adjudicate", &(struct case_adjudicate_in){ .id = id_, .expected_version = version_, .choice = choice_, __VA_ARGS__ }, &out)
#define REASON .has_reason = true, .reason = STR("vì giấy tờ")

static void matrix_proposes_and_row_is_put_right(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = known(f, NULL, 19900102);
    int64_t row = farmer(f, p.number, 19900201);
    struct case_new c = conflict(row, p.person);
    struct case_acknowledge_out ack;
    struct case_adjudicate_out out;
    struct case_told_out told;
    struct sector_row_row r;
    int64_t id = opened(f, &c);
    struct case_show_out s = shown(f, id);
    assert_int_equal(s.choices_count, 3);
    assert_true(s.choices[0].word == CHOICE_REGISTER && s.choices[0].proposed && !s.choices[1].proposed);
    assert_true(str_eq(s.said_source, STR("list")) && str_eq(s.item.said, STR("01/02/1990")));
    assert_int_equal(s.listed_count, 1);
    assert_int_equal(s.sides[0].number, p.number);
    BAD(DECIDE(id, 1, CHOICE_ROW, ), FIELD_MISSING);                 /* against the proposal: why? */
    BAD(DECIDE(id, 1, CHOICE_ROW, REASON), CASE_PROOF);              /* a list cannot overrule the civil status alone */
    BAD(DECIDE(id, 1, CHOICE_MERGE, REASON), CASE_CHOICE);
    BAD(DECIDE(id, 1, CHOICE_OTHER, REASON), FIELD_MISSING);
    BAD(DECIDE(id, 0, CHOICE_REGISTER, ), CASE_SETTLED);
    GOOD(DECIDE(id, 1, CHOICE_REGISTER, ));
    assert_int_equal(out.now.state, CASE_STATE_PROPAGATED);
    BAD(DECIDE(id, 1, CHOICE_REGISTER, ), CASE_SETTLED);
    assert_non_null(strstr(fault_here()->what, "test"));
    assert_int_equal(content_of(f, row, &r).listed.birth.ymd, 19900102);
    assert_int_equal(r.person, p.person);
    GOOD(call(f, "case.told", &(struct case_told_in){ .code = STR("farmers") }, &told));
    assert_int_equal(told.holders_count, 1);
    assert_int_equal(told.holders[0].row, row);
    GOOD(call(f, "case.acknowledge", &(struct case_acknowledge_in){ .id = id, .code = STR("farmers") }, &ack));
    assert_int_equal(ack.now.state, CASE_STATE_CLOSED);
    BAD(call(f, "case.acknowledge", &(struct case_acknowledge_in){ .id = id, .code = STR("farmers") }, &ack), CASE_NOT_TOLD);
    BAD(call(f, "case.acknowledge", &(struct case_acknowledge_in){ .id = id, .code = STR("bees") }, &ack), REGISTER_MISSING);
    assert_int_equal(opened(f, &c), id); /* the same values: not asked again */
    c.said = STR("1990-03-01");
    assert_int_not_equal(opened(f, &c), id);
}

static void a_paper_lets_the_row_win(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = known(f, NULL, 19900102);
    int64_t row = farmer(f, p.number, 19900201);
    struct case_new c = conflict(row, p.person);
    struct case_adjudicate_out out;
    struct sector_row_row r;
    int64_t id = opened(f, &c);
    plain(f, ROLE_OFFICER);
    BAD(DECIDE(id, 1, CHOICE_ROW, REASON, .has_source = true, .source = STR("civil_status")), CASE_PROOF); /* which paper? */
    BAD(DECIDE(id, 1, CHOICE_ROW, REASON, .has_source = true, .source = STR("gossip"), .has_evidence = true, .evidence = STR("x")), ENUM_UNKNOWN);
    GOOD(DECIDE(id, 1, CHOICE_ROW, REASON, .has_source = true, .source = STR("civil_status"), .has_evidence = true, .evidence = STR("KS 12/1990")));
    struct person after = person_of(f, p.person);
    assert_int_equal(after.birth.ymd, 19900201);
    assert_int_equal(content_of(f, row, &r).listed.birth.ymd, 19900201);
    /* Neither was right: both take the value. */
    c.said = STR("1990-02-02");
    c.held = STR("1990-02-01");
    id = opened(f, &c);
    GOOD(DECIDE(id, 1, CHOICE_OTHER, REASON, .has_value = true, .value = STR("6/5/1991"), .has_source = true, .source = STR("civil_status"), .has_evidence = true,
                .evidence = STR("KS 12/1990")));
    assert_int_equal(person_of(f, p.person).birth.ymd, 19910506);
    assert_int_equal(content_of(f, row, &r).listed.birth.ymd, 19910506);
    folds_hold(f);
}

static void whom_a_row_means_is_chosen(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out a = known(f, NULL, 19900102), b = known(f, NULL, 19900103);
    int64_t row = farmer(f, 0, 19900101), taken;
    struct case_candidate who[] = { { .person = { a.person }, .percent = 60 }, { .person = { b.person }, .percent = 35 } };
    struct case_new c = { .kind = CASE_AMBIGUOUS, .register_code = STR("farmers"), .row = row, .unit = { UNIT_A }, .source = STR("run/1"), .candidates = who, .candidate_count = 2 };
    struct case_adjudicate_out out;
    struct sector_row_row r;
    int64_t id = opened(f, &c);
    struct case_show_out s = shown(f, id);
    assert_int_equal(s.choices_count, 3); /* two candidates, nobody */
    assert_int_equal(s.candidates[1].number, b.number);
    BAD(DECIDE(id, 1, CHOICE_CANDIDATE, .has_candidate = true, .candidate = 3), CASE_CHOICE);
    GOOD(DECIDE(id, 1, CHOICE_CANDIDATE, .has_candidate = true, .candidate = 2));
    (void)content_of(f, row, &r);
    assert_true(r.person == b.person && r.why_not == LINK_LINKED);
    /* A second row of the same person would be a duplicate: refused, and nothing has changed. */
    taken = farmer(f, 0, 19900909);
    c.row = taken;
    id = opened(f, &c);
    BAD(DECIDE(id, 1, CHOICE_CANDIDATE, .has_candidate = true, .candidate = 2), ROW_EXISTS);
    GOOD(DECIDE(id, 1, CHOICE_NOBODY, REASON));
    assert_int_equal(out.now.state, CASE_STATE_CLOSED);
    /* … and as a case of its own, the later row ends. */
    struct case_new twin = { .kind = CASE_DUPLICATE, .register_code = STR("farmers"), .row = row, .other_row = taken, .person = { b.person }, .source = STR("run/1") };
    id = opened(f, &twin);
    s = shown(f, id);
    assert_true(s.choices[1].word == CHOICE_END_OTHER && s.choices[1].proposed);
    GOOD(DECIDE(id, 1, CHOICE_END_OTHER, ));
    (void)content_of(f, taken, &r);
    assert_int_equal(r.state, SECTOR_ENDED);
}

static void evidence_is_asked_and_comes_or_not(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = known(f, NULL, 19900102);
    struct case_new c = conflict(farmer(f, p.number, 19900201), p.person);
    int64_t id = opened(f, &c);
    struct case_ask_out asked;
    struct case_supply_out came;
    struct case_waive_out waived;
    struct notice_list_out told;
    struct case_sweep_out swept;
    struct case_sweep_in none = { 0 };
    BAD(call(f, "case.ask", &(struct case_ask_in){ .id = id, .expected_version = 1, .reason = STR(" ") }, &asked), FIELD_MISSING);
    GOOD(call(f, "case.ask", &(struct case_ask_in){ .id = id, .expected_version = 1, .reason = STR("giấy khai sinh") }, &asked));
    assert_int_equal(asked.now.queue, QUEUE_EVIDENCE);
    GOOD(call(f, "case.supply", &(struct case_supply_in){ .id = id, .expected_version = 2, .evidence = STR("KS 12/1990") }, &came));
    GOOD(call(f, "case.ask", &(struct case_ask_in){ .id = id, .expected_version = 3, .reason = STR("bản gốc") }, &asked));
    clock_advance_us(INT64_C(30) * 86400 * 1000000);
    f->cx.actor.roles = ROLE_OPERATOR;
    f->cx.actor.account.v = OTHER_ACCOUNT;
    GOOD(call(f, "case.sweep", &none, &swept));
    assert_int_equal(swept.returned, 1);
    plain(f, ROLE_COORDINATOR);
    GOOD(call(f, "notice.list", &(struct notice_list_in){ 0 }, &told)); /* who had asked; that the paper came he had entered himself */
    assert_true(told.notices_count == 1 && str_eq(told.notices[0].event, STR("case.supply")) && told.notices[0].about == id);
    plain(f, ROLE_OFFICER);
    BAD(call(f, "case.waive", &(struct case_waive_in){ .id = id, .expected_version = 5, .reason = STR("") }, &waived), FIELD_MISSING);
    GOOD(call(f, "case.waive", &(struct case_waive_in){ .id = id, .expected_version = 5, .reason = STR("trùng") }, &waived));
    BAD(call(f, "case.waive", &(struct case_waive_in){ .id = id, .expected_version = 6, .reason = STR("trùng") }, &waived), CASE_STATE);
    assert_int_equal(opened(f, &c), id);
}

static void two_officers_see_each_other(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = known(f, NULL, 19900102);
    struct case_new c = conflict(farmer(f, p.number, 19900201), p.person);
    int64_t id = opened(f, &c);
    struct case_claim_out claim;
    struct case_show_out s;
    plain(f, ROLE_OFFICER);
    f->cx.actor.name = STR("lan");
    GOOD(call(f, "case.claim", &(struct case_claim_in){ .id = id }, &claim));
    assert_true(claim.mine);
    f->cx.actor.account.v = OTHER_ACCOUNT;
    f->cx.actor.name = STR("mai");
    GOOD(call(f, "case.claim", &(struct case_claim_in){ .id = id }, &claim));
    assert_true(!claim.mine && str_eq(claim.claimed_by, STR("lan")));
    s = shown(f, id);
    assert_true(str_eq(s.claimed_by, STR("lan")) && s.has_claimed_since);
    clock_advance_us(INT64_C(1000) * CASE_CLAIM_S * 1000);
    GOOD(call(f, "case.claim", &(struct case_claim_in){ .id = id }, &claim));
    assert_true(claim.mine); /* the other has left it */
    f->cx.actor.unit = (unit_id){ UNIT_B };
    BAD(call(f, "case.claim", &(struct case_claim_in){ .id = id }, &claim), CASE_MISSING);
}

static size_t notices_of(struct fixture *f, const char *event)
{
    struct notice_list_out out;
    size_t n = 0;
    GOOD(call(f, "notice.list", &(struct notice_list_in){ .has_limit = true, .limit = 50 }, &out));
    for (size_t i = 0; i < out.notices_count; i++)
        n += str_eq(out.notices[i].event, str_of(event));
    return n;
}

static void late_holders_are_chased(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = known(f, NULL, 19900102);
    struct case_new c = conflict(farmer(f, p.number, 19900201), p.person);
    int64_t id = opened(f, &c);
    struct case_adjudicate_out out;
    struct case_sweep_out swept;
    struct case_sweep_in none = { 0 };
    GOOD(DECIDE(id, 1, CHOICE_REGISTER, ));
    f->cx.actor.roles = ROLE_OPERATOR;
    GOOD(call(f, "case.sweep", &none, &swept));
    assert_int_equal(swept.chased, 0);
    clock_advance_us(INT64_C(8) * 86400 * 1000000);
    GOOD(call(f, "case.sweep", &none, &swept));
    assert_int_equal(swept.chased, 1);
    GOOD(call(f, "case.sweep", &none, &swept));
    assert_int_equal(swept.chased, 0); /* until it is late once more */
    plain(f, ROLE_COORDINATOR);
    struct case_show_out s = shown(f, id);
    assert_true(s.holders_count == 1 && s.holders[0].chased == 1 && s.events[s.events_count - 1].command == DO_CHASE);
    clock_advance_us(INT64_C(8) * 86400 * 1000000);
    f->cx.actor.roles = ROLE_OPERATOR;
    GOOD(call(f, "case.sweep", &none, &swept));
    assert_int_equal(swept.chased, 1);
    plain(f, ROLE_OFFICER);
    assert_int_equal(notices_of(f, "case.propagate"), 1);
    assert_int_equal(notices_of(f, "case.chase"), 1); /* however often it is chased */
    f->cx.actor.unit = (unit_id){ UNIT_B };
    assert_int_equal(notices_of(f, "case.chase"), 0);
    plain(f, ROLE_COORDINATOR);
    assert_int_equal(notices_of(f, "case.chase"), 1);
    assert_int_equal(notices_of(f, "case.propagate"), 0);
}

static void late_cases_are_told_once_for_a_unit_and_a_day(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = known(f, NULL, 19900102), q = known(f, NULL, 19850307);
    struct case_sweep_in none = { 0 };
    struct case_sweep_out swept;
    opened(f, &(struct case_new){ .kind = CASE_SAME_PERSON, .person = { p.person }, .other_person = { q.person }, .source = STR("run/1") });
    struct case_new c = conflict(farmer(f, p.number, 19900201), p.person), d = conflict(farmer(f, q.number, 19900201), q.person);
    opened(f, &c);
    opened(f, &d);
    plain(f, ROLE_OFFICER);
    assert_int_equal(notices_of(f, "case.open"), 0); /* what a run opens stands in the queue */
    for (int i = 0; i < 30; i++) {
        clock_advance_us(INT64_C(86400) * 1000000 / 2);
        f->cx.actor.roles = ROLE_OPERATOR;
        GOOD(call(f, "case.sweep", &none, &swept));
    }
    plain(f, ROLE_OFFICER);
    assert_int_equal(notices_of(f, "case.late"), 2); /* after five working days the two, after seven the one */
    plain(f, ROLE_COORDINATOR);
    assert_int_equal(notices_of(f, "case.late"), 2);
}

/* --- merges ------------------------------------------------------------------------------------------------------------------- */

static status merge_step(struct fixture *f, int64_t id, int64_t *version, bool first)
{
    struct case_adjudicate_out proposed;
    struct case_confirm_out done;
    if (first) {
        status st = call(f, "case.adjudicate", &(struct case_adjudicate_in){ .id = id, .expected_version = *version, .choice = CHOICE_MERGE }, &proposed);
        *version = status_ok(st) ? proposed.now.version : *version;
        return st;
    }
    status st = call(f, "case.confirm", &(struct case_confirm_in){ .id = id, .expected_version = *version }, &done);
    *version = status_ok(st) ? done.now.version : *version;
    return st;
}

static void a_merge_needs_two_people(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out a = known(f, NULL, 19900102), b = known(f, NULL, 19900102);
    struct case_new c = { .kind = CASE_SAME_PERSON, .person = { a.person }, .other_person = { b.person }, .source = STR("run/1") }, turned = c;
    struct case_reject_out rejected;
    int64_t id = opened(f, &c), version = 1;
    turned.person = c.other_person;
    turned.other_person = c.person;
    assert_int_equal(opened(f, &turned), id);
    BAD(merge_step(f, id, &version, false), CASE_STATE);
    GOOD(merge_step(f, id, &version, true));
    BAD(merge_step(f, id, &version, false), SAME_OFFICER);
    assert_int_equal(person_of(f, a.person).survives_as.v, 0);
    f->cx.actor.account.v = OTHER_ACCOUNT;
    GOOD(call(f, "case.reject", &(struct case_reject_in){ .id = id, .expected_version = version, .reason = STR("khác cha mẹ") }, &rejected));
    version = rejected.now.version;
    GOOD(merge_step(f, id, &version, true));
    plain(f, ROLE_OFFICER);
    BAD(merge_step(f, id, &version, false), NOT_ALLOWED);
    plain(f, ROLE_COORDINATOR);
    GOOD(merge_step(f, id, &version, false));
    assert_int_equal(person_of(f, a.person).survives_as.v, b.person);
    folds_hold(f);
}

static int64_t keeper_of(struct fixture *f, int64_t row_id)
{
    struct sector_row_row row;
    (void)content_of(f, row_id, &row);
    return row.person;
}

/* A record that was two: its rows go where the person goes, through two merges and back, each to whom it was written about. */
static void a_merge_takes_the_rows_along(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p[3];
    struct person_merge_out merged;
    struct person_unmerge_out apart;
    int64_t rows[3];
    for (int i = 0; i < 3; i++) {
        p[i] = known(f, NULL, 19900102);
        rows[i] = farmer(f, p[i].number, 19900102);
    }
    for (int i = 0; i < 2; i++) {
        as_coordinator(f, "correction");
        GOOD(call(f, "person.merge", &(struct person_merge_in){ .number = p[i].number, .into = p[i + 1].number, .evidence = STR("BB-1") }, &merged));
        assert_int_equal(keeper_of(f, rows[0]), p[i + 1].person);
    }
    assert_int_equal(keeper_of(f, rows[1]), p[2].person);
    as_coordinator(f, "correction");
    GOOD(call(f, "person.unmerge", &(struct person_unmerge_in){ .number = p[1].number, .evidence = STR("BB-2") }, &apart));
    assert_true(keeper_of(f, rows[0]) == p[1].person && keeper_of(f, rows[1]) == p[1].person && keeper_of(f, rows[2]) == p[2].person);
    as_coordinator(f, "correction");
    GOOD(call(f, "person.unmerge", &(struct person_unmerge_in){ .number = p[0].number, .evidence = STR("BB-3") }, &apart));
    assert_true(keeper_of(f, rows[0]) == p[0].person && keeper_of(f, rows[1]) == p[1].person);
    folds_hold(f);
}

/* People without the marks of history: how often and when something was written about them. */
static uint64_t people_digest(struct fixture *f)
{
    struct person_ids_after_row *ids;
    struct buf all;
    size_t n;
    buf_init(&all, 4 << 20);
    begin(f);
    GOOD(person_ids_after(&f->cx, 0, 0, 100000, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        struct person_number_get_row claim;
        struct person p;
        bool known, claimed;
        GOOD(person_by_id(&f->cx, (person_id){ ids[i].id }, &p, &known));
        GOOD(person_number_get(&f->cx, p.number, &claim, &claimed));
        buf_printf(&all, "%lld %d %d %d %d %d %d %lld %.*s %lld %d %d %.*s %d %lld %lld %lld %lld %lld %d\n", (long long)p.id.v, p.state, p.residence_state, p.sex,
                   p.ethnic, p.marital, p.relation, (long long)p.number, STR_ARG(p.name), (long long)p.name_hash, p.birth.ymd, p.death.ymd, STR_ARG(p.nationality),
                   p.unit.v, (long long)p.household, (long long)p.father.v, (long long)p.mother.v, (long long)p.spouse.v, (long long)p.survives_as.v, claim.state);
    }
    commit(f);
    GOOD(buf_check(&all));
    uint64_t hash = str_hash(buf_str(&all));
    buf_done(&all);
    return hash;
}

/* Tables that keep history by their nature, the cases themselves, and what was told of them. */
static const char history[] = "person,person_event,case_item,case_event,case_claim,case_holder,case_figure,notice,ledger_stream,ledger_batch,ledger_cursor,"
                              "ledger_index,ledger_tile,ledger_checkpoint,ledger_state,ledger_run,ledger_page,ledger_count";

struct town {
    struct person_birth_out people[PEOPLE];
};

static void merged_and_undone(struct fixture *f, struct town *t, struct rng *r)
{
    uint32_t i = rng_below(r, PEOPLE), k = (i + 1 + rng_below(r, PEOPLE - 1)) % PEOPLE;
    struct case_new c = { .kind = CASE_SAME_PERSON, .person = { t->people[i].person }, .other_person = { t->people[k].person }, .source = STR("run/1"),
                          .said = arena_printf(f->cx.arena, "%u", rng_below(r, 1u << 30)) };
    struct case_adjudicate_out proposed;
    struct case_confirm_out done;
    struct case_undo_out undone;
    struct case_waive_out waived;
    plain(f, ROLE_COORDINATOR);
    int64_t id = opened(f, &c), version = shown(f, id).item.now.version;
    struct case_adjudicate_in in = { .id = id, .expected_version = version, .choice = rng_chance(r, 0.5) ? CHOICE_MERGE : CHOICE_MERGE_BACK };
    GOOD(call(f, "case.adjudicate", &in, &proposed));
    f->cx.actor.account.v = OTHER_ACCOUNT;
    GOOD(call(f, "case.confirm", &(struct case_confirm_in){ .id = id, .expected_version = proposed.now.version }, &done));
    GOOD(call(f, "case.undo", &(struct case_undo_in){ .id = id, .expected_version = done.now.version, .reason = STR("nhầm") }, &undone));
    GOOD(call(f, "case.waive", &(struct case_waive_in){ .id = id, .expected_version = undone.now.version, .reason = STR("nhầm") }, &waived));
}

static void a_merge_undone_leaves_nothing(void **state)
{
    struct fixture *f = fixture_ready(state);
    char before[65], after[65];
    struct town t;
    struct rng r;
    int pairs = store_engine(f->app->store) == STORE_SQLITE ? PAIRS_SQLITE : PAIRS_POSTGRESQL;
    rng_seed(&r, 11, 3);
    for (int i = 0; i < PEOPLE; i++) {
        t.people[i] = known(f, NULL, 19900101 + i % 28);
        if (i % 3 == 0)
            (void)farmer(f, t.people[i].number, 19900101);
    }
    uint64_t people = people_digest(f);
    GOOD(store_digest(f->app->store, str_of(history), before));
    for (int i = 0; i < pairs; i++) {
        struct arena *kept = f->cx.arena;
        f->cx.arena = arena_new((size_t)64 << 20);
        merged_and_undone(f, &t, &r);
        arena_free(f->cx.arena);
        f->cx.arena = kept;
        if (i % (pairs / 20) == 0)
            assert_true(people_digest(f) == people);
    }
    assert_true(people_digest(f) == people);
    GOOD(store_digest(f->app->store, str_of(history), after));
    assert_string_equal(before, after);
    as_coordinator(f, "");
    folds_hold(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(matrix_proposes_and_row_is_put_right), EVERYWHERE(a_paper_lets_the_row_win), EVERYWHERE(whom_a_row_means_is_chosen),
        EVERYWHERE(evidence_is_asked_and_comes_or_not), EVERYWHERE(two_officers_see_each_other), EVERYWHERE(late_holders_are_chased),
        EVERYWHERE(late_cases_are_told_once_for_a_unit_and_a_day),
        EVERYWHERE(a_merge_needs_two_people), EVERYWHERE(a_merge_takes_the_rows_along), EVERYWHERE(a_merge_undone_leaves_nothing),
    };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &cases_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
