/* Ratings add up whatever the order in which they come and are given once; complaints go their way by the head alone and never past their
 * states; deadlines end on working days; what is late is told once, however many share a due time and however small the steps. */
#include "register/test/fixture.h"

#include <stdio.h>
#include <string.h>

#include "notice/notice_ops.h"
#include "service/feedback/inside.h"

enum { DOSSIERS = 24, STEPS = 400 };

static void as_applicant(struct fixture *f, struct person_birth_out p)
{
    as_citizen(f, (person_id){ p.person });
    f->cx.actor.account = (account_id){ 100 };
}

static void as_worker(struct fixture *f, str office)
{
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    f->cx.actor.account = (account_id){ 204 };
    f->cx.actor.organisation = office;
}

static void as_head(struct fixture *f, str office, int64_t account)
{
    as_worker(f, office);
    f->cx.actor.roles = ROLE_LEADER;
    f->cx.actor.account = (account_id){ account };
}

static int64_t submitted(struct fixture *f, struct person_birth_out p, char office[static 60])
{
    struct dossier_create_out made;
    struct dossier_submit_out sent;
    struct answer answers[] = { { STR("purpose"), STR("property") } };
    as_applicant(f, p);
    GOOD(call(f, "dossier.create", &(struct dossier_create_in){ .procedure = STR("marital-status") }, &made));
    GOOD(call(f, "dossier.submit", &(struct dossier_submit_in){ .dossier = made.now.dossier, .expected_version = made.now.version, .answers = answers, .answers_count = 1 }, &sent));
    (void)snprintf(office, 60, "%.*s", STR_ARG(sent.organisation));
    return made.now.dossier;
}

static int64_t processing(struct fixture *f, struct person_birth_out p, char office[static 60], int64_t *ret_version)
{
    union { struct dossier_accept_out accept; struct dossier_take_out take; } out;
    int64_t id = submitted(f, p, office);
    struct dossier_row row;
    bool known;
    begin(f);
    GOOD(dossier_get(&f->cx, SHARD, id, &row, &known));
    commit(f);
    as_worker(f, str_of(office));
    GOOD(call(f, "dossier.accept", &(struct dossier_accept_in){ .dossier = id, .expected_version = row.version }, &out));
    GOOD(call(f, "dossier.take", &(struct dossier_take_in){ .dossier = id, .expected_version = out.accept.now.version }, &out));
    *ret_version = out.take.now.version;
    return id;
}

static int64_t finished(struct fixture *f, struct person_birth_out p, char office[static 60])
{
    struct dossier_decide_out done;
    int64_t version, id = processing(f, p, office, &version);
    GOOD(call(f, "dossier.decide", &(struct dossier_decide_in){ .dossier = id, .expected_version = version, .grant = true }, &done));
    return id;
}

static void ratings_add_up(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = resident(f, NULL, 19900201);
    struct rating_figures_out out;
    struct rating_give_out given;
    struct rng rng;
    int64_t ids[DOSSIERS], satisfied = 0;
    char office[60];
    rng_seed(&rng, 3, 0);
    for (int i = 0; i < DOSSIERS; i++)
        ids[i] = finished(f, p, office);
    for (int i = 0; i < DOSSIERS; i++) {
        struct rating_give_in in = { .dossier = ids[i], .level = 1 + rng_below(&rng, 5) };
        as_applicant(f, p);
        if (in.level <= 2) {
            BAD(call(f, "rating.give", &in, &given), FIELD_MISSING);
            in.has_reason = true;
            in.reason = STR("chậm");
        }
        GOOD(call(f, "rating.give", &in, &given));
        satisfied += in.level >= 4;
        in.level = 5;
        BAD(call(f, "rating.give", &in, &given), RATING_AGAIN);
        if (i % 5 == 0)
            clock_advance_us(INT64_C(40) * 86400 * 1000000); /* over several months */
    }
    as_worker(f, str_of(office));
    GOOD(call(f, "rating.figures", &(struct rating_figures_in){ 0 }, &out));
    assert_int_equal(out.total.ratings, DOSSIERS);
    assert_int_equal(out.total.satisfied, satisfied);
    assert_int_equal(out.offices[0].share, satisfied * 1000 / DOSSIERS);
    assert_int_equal(out.procedures[0].ratings, DOSSIERS);
    struct rating_figures_in now = { .has_from = true, .from = f->cx.today.ymd / 100 };
    GOOD(call(f, "rating.figures", &now, &out));
    assert_true(out.total.ratings < DOSSIERS);
    as_worker(f, STR("H26.00008.TP")); /* another office sees nothing of it */
    GOOD(call(f, "rating.figures", &(struct rating_figures_in){ 0 }, &out));
    assert_int_equal(out.total.ratings, 0);
    BAD(call(f, "rating.figures", &(struct rating_figures_in){ .has_organisation = true, .organisation = str_of(office) }, &out), NOT_ALLOWED);
}

static void an_unfinished_dossier_is_not_rated(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = resident(f, NULL, 19900201), other = resident(f, NULL, 19900201);
    struct rating_give_out given;
    char office[60];
    int64_t id = submitted(f, p, office);
    as_applicant(f, p);
    BAD(call(f, "rating.give", &(struct rating_give_in){ .dossier = id, .level = 5 }, &given), RATING_EARLY);
    as_applicant(f, other);
    BAD(call(f, "rating.give", &(struct rating_give_in){ .dossier = id, .level = 5 }, &given), DOSSIER_MISSING);
}

/* Any command in any state by anyone: only the moves of the law come through. */
static void complaints_keep_their_way(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = resident(f, NULL, 19900201);
    union { struct complaint_lodge_out lodge; struct complaint_accept_out accept; struct complaint_reject_out reject; struct complaint_answer_out answer; struct complaint_withdraw_out withdraw; } out;
    struct complaint_row c = { 0 };
    struct rng rng;
    char office[60];
    int64_t dossier = finished(f, p, office), id = 0;
    size_t ended = 0;
    bool known;
    rng_seed(&rng, 8, 0);
    for (int i = 0; i < STEPS; i++) {
        uint32_t who = rng_below(&rng, 4), what = rng_below(&rng, 5);
        int64_t version = c.version - (int64_t)rng_chance(&rng, 0.1);
        bool open = id && c.state <= 1, mine = who == 0, head = who == 1, right = version == c.version;
        if (mine)
            as_applicant(f, p);
        else if (who == 3)
            as_head(f, STR("H26.00008.TP"), 301);
        else
            as_head(f, str_of(office), head ? 300 : 204); /* 204 worked on the dossier */
        status st;
        bool expected;
        if (what == 0) {
            st = call(f, "complaint.lodge", &(struct complaint_lodge_in){ .dossier = dossier, .reason = STR("a"), .wish = STR("b") }, &out);
            expected = mine && !open;
        } else if (!id) {
            continue;
        } else if (what == 1) {
            st = call(f, "complaint.accept", &(struct complaint_accept_in){ .complaint = id, .expected_version = version }, &out);
            expected = head && right && open && c.state == 0;
        } else if (what == 2) {
            st = call(f, "complaint.reject", &(struct complaint_reject_in){ .complaint = id, .expected_version = version, .reason = STR("c") }, &out);
            expected = head && right && open && c.state == 0;
        } else if (what == 3) {
            st = call(f, "complaint.answer", &(struct complaint_answer_in){ .complaint = id, .expected_version = version, .outcome = (int32_t)rng_below(&rng, 3), .answer = STR("d") }, &out);
            expected = head && right && open && c.state == 1;
        } else {
            st = call(f, "complaint.withdraw", &(struct complaint_withdraw_in){ .complaint = id, .expected_version = version }, &out);
            expected = mine && right && open;
        }
        assert_int_equal(status_ok(st), expected);
        if (!status_ok(st))
            continue;
        id = out.lodge.item.complaint; /* all replies begin with the item */
        begin(f);
        GOOD(complaint_get(&f->cx, SHARD, id, &c, &known));
        commit(f);
        assert_true(calendar_is_working(defs_calendar(f->app->defs), day_of_us(c.due_us)));
        assert_true((c.ended_us > 0) == (c.state > 1));
        ended += c.ended_us > 0;
    }
    assert_in_range(ended, 10, STEPS);
}

static void what_is_late_is_told_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct person_birth_out p = resident(f, NULL, 19900201);
    struct notice_list_out list;
    char office[60];
    int64_t version, count, late = 0;
    size_t told = 0;
    for (int i = 0; i < 9; i++)
        processing(f, p, office, &version);
    for (int round = 0; round < 12; round++) {
        if (round == 3)
            clock_advance_us(INT64_C(20) * 86400 * 1000000);
        begin(f);
        f->cx.actor.roles = ROLE_OPERATOR;
        f->journal = (struct journal){ 0 };
        GOOD(dossiers_chase(&f->cx, 2, &count)); /* steps smaller than what shares a due time */
        commit(f);
        late += count;
        assert_int_equal(round < 3 ? late : 0, 0);
    }
    assert_int_equal(late, 9);
    as_worker(f, str_of(office));
    struct notice_list_in in = { .has_limit = true, .limit = 50 };
    GOOD(call(f, "notice.list", &in, &list));
    for (size_t i = 0; i < list.notices_count; i++)
        told += str_eq(list.notices[i].event, STR("dossier.late"));
    assert_int_equal(told, 18); /* each to the office and to the officer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(ratings_add_up), EVERYWHERE(an_unfinished_dossier_is_not_rated), EVERYWHERE(complaints_keep_their_way), EVERYWHERE(what_is_late_is_told_once),
    };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &service_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
