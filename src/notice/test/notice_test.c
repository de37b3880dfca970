/* Whatever happens and in whatever order: an event tells each recipient once, each sees his own and nothing else, what has to leave is
 * delivered at least once or given up in the open, and no code is guessed. */
#include "register/test/fixture.h"

#include <stdlib.h>

#include "notice/inside.h"
#include "notice/notice.h"

enum { EVENTS = 120, PEOPLE = 4, ROUNDS = 40 };

/* The settings of an installation that can send. */
static struct channels *open_channels(struct fixture *f)
{
    struct channels *c = (struct channels *)(uintptr_t)defs_channels(f->app->defs);
    c->mail_server = STR("smtp://127.0.0.1:1");
    c->mail_from = STR("a@example.vn");
    return c;
}

static void as_person(struct fixture *f, int64_t person)
{
    as_citizen(f, (person_id){ person });
    f->cx.actor.account = (account_id){ 1000 + person };
}

static status tell(struct fixture *f, const char *name, int64_t about, int32_t seq, int64_t person)
{
    struct notice_event e = { .name = str_of(name), .about = about, .seq = seq, .code = STR("X-1"), .subject_vi = STR("v"), .subject_en = STR("e"),
                              .applicant = { person }, .assignee = { 7 }, .organisation = STR("H26.00004.TP") };
    begin(f);
    status st = notice_make(&f->cx, &e);
    if (status_ok(st)) {
        commit(f);
        return st;
    }
    tx_rollback(f->cx.tx);
    f->cx.tx = NULL;
    return st;
}

static size_t seen_by(struct fixture *f, int64_t *ret_unread)
{
    struct notice_list_in in = { .has_limit = true, .limit = 7 };
    struct notice_list_out out;
    size_t n = 0;
    int64_t last = INT64_MAX;
    do {
        GOOD(call(f, "notice.list", &in, &out));
        for (size_t i = 0; i < out.notices_count; i++) {
            assert_true(out.notices[i].notice < last);
            last = out.notices[i].notice;
        }
        n += out.notices_count;
        in.has_before = true;
        in.before = out.next;
    } while (out.next);
    *ret_unread = out.unread;
    return n;
}

static void an_event_tells_once_and_only_its_own(void **state)
{
    static const struct { const char *name; int mine, office; } kinds[] = { { "dossier.submit", 1, 1 }, { "dossier.accept", 1, 0 }, { "dossier.supply", 0, 1 }, { "dossier.take", 0, 0 } };
    struct fixture *f = fixture_ready(state);
    size_t told[PEOPLE] = { 0 }, office = 0;
    struct rng rng;
    int64_t unread;
    rng_seed(&rng, 5, 0);
    for (int i = 0; i < EVENTS; i++) {
        uint32_t who = rng_below(&rng, PEOPLE), kind = rng_below(&rng, 4);
        GOOD(tell(f, kinds[kind].name, 100 + who, i, 1 + who));
        told[who] += (size_t)kinds[kind].mine;
        office += (size_t)kinds[kind].office;
        if (kinds[kind].mine && rng_chance(&rng, 0.3)) /* the same event again is no second notice */
            GOOD(tell(f, kinds[kind].name, 100 + who, i, 1 + who));
    }
    for (int64_t p = 0; p < PEOPLE; p++) {
        as_person(f, 1 + p);
        assert_int_equal(seen_by(f, &unread), told[p]);
        assert_int_equal(unread, told[p] < 100 ? told[p] : 100);
    }
    as_officer(f, "");
    f->cx.purpose = (struct purpose){ 0 };
    assert_int_equal(seen_by(f, &unread), 0);
    f->cx.actor.organisation = STR("H26.00004.TP");
    assert_int_equal(seen_by(f, &unread), office);
}

static void what_is_rolled_back_was_not_told(void **state)
{
    struct fixture *f = fixture_ready(state);
    int64_t unread;
    begin(f);
    GOOD(notice_make(&f->cx, &(struct notice_event){ .name = STR("dossier.accept"), .about = 1, .seq = 1, .applicant = { 3 }, .code = STR(""), .subject_vi = STR(""),
                                                     .subject_en = STR(""), .organisation = STR("") }));
    tx_rollback(f->cx.tx);
    f->cx.tx = NULL;
    as_person(f, 3);
    assert_int_equal(seen_by(f, &unread), 0);
}

static void read_marks(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct notice_list_in all = { 0 };
    struct notice_list_out list;
    struct notice_read_out out;
    for (int32_t i = 0; i < 5; i++)
        GOOD(tell(f, "dossier.accept", 50, i, 2));
    as_person(f, 2);
    GOOD(call(f, "notice.list", &all, &list));
    struct notice_read_in one = { .has_notice = true, .notice = list.notices[0].notice };
    as_person(f, 3);
    BAD(call(f, "notice.read", &one, &out), NOTICE_MISSING);
    as_person(f, 2);
    GOOD(call(f, "notice.read", &one, &out));
    assert_int_equal(out.unread, 4);
    GOOD(call(f, "notice.read", &(struct notice_read_in){ 0 }, &out));
    assert_int_equal(out.read, 4);
    assert_int_equal(out.unread, 0);
}

/* --- addresses ----------------------------------------------------------------------------------------------------------------- */

static void code_of(struct fixture *f, int64_t person, char out[static CODE_DIGITS + 1])
{
    struct contact_row c;
    bool known;
    begin(f);
    GOOD(way_get(&f->cx, SHARD, person, CHANNEL_MAIL, &c, &known));
    assert_true(known);
    GOOD(contact_code(f->app, person, &c, out));
    commit(f);
}

static void an_address_counts_once_its_code_is_back(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct contact_set_in set = { .channel = CONTACT_SET_IN_CHANNEL_MAIL, .address = STR("an@example.vn") };
    struct contact_confirm_in confirm = { .channel = CONTACT_CONFIRM_IN_CHANNEL_MAIL };
    struct contact_set_out done;
    struct contact_confirm_out out;
    char code[CODE_DIGITS + 1], wrong[] = "000000";
    as_person(f, 4);
    BAD(call(f, "contact.set", &set, &done), CHANNEL_CLOSED);
    open_channels(f);
    BAD(call(f, "contact.set", &(struct contact_set_in){ .address = STR("an@example.vn\nBcc: x@y.vn") }, &done), ADDRESS_WRONG);
    confirm.code = STR("123456");
    BAD(call(f, "contact.confirm", &confirm, &out), CODE_OVER);
    GOOD(call(f, "contact.set", &set, &done));
    code_of(f, 4, code);
    wrong[0] = code[0] == '0' ? '1' : '0';
    confirm.code = str_of(wrong);
    for (int i = 0; i < CODE_TRIES; i++) {
        GOOD(call(f, "contact.confirm", &confirm, &out));
        assert_false(out.holds);
    }
    confirm.code = str_of(code);
    BAD(call(f, "contact.confirm", &confirm, &out), CODE_OVER); /* the right one, too late */
    GOOD(call(f, "contact.set", &set, &done));
    clock_advance_us((int64_t)CODE_MINUTES * 60 * 1000000);
    BAD(call(f, "contact.confirm", &confirm, &out), CODE_OVER);
    GOOD(call(f, "contact.set", &set, &done));
    code_of(f, 4, code);
    confirm.code = str_of(code);
    GOOD(call(f, "contact.confirm", &confirm, &out));
    assert_true(out.holds && out.way.has_address && !out.way.has_waiting);
    BAD(call(f, "contact.confirm", &confirm, &out), CODE_OVER); /* it is used up */
    GOOD(call(f, "contact.set", &set, &done));
    GOOD(call(f, "contact.set", &set, &done));
    BAD(call(f, "contact.set", &set, &done), CODES_MANY);
}

/* --- leaving ------------------------------------------------------------------------------------------------------------------- */

static void with_address(struct fixture *f, int64_t person)
{
    struct contact_set_out done;
    struct contact_confirm_out out;
    char code[CODE_DIGITS + 1];
    as_person(f, person);
    GOOD(call(f, "contact.set", &(struct contact_set_in){ .address = STR("an@example.vn") }, &done));
    code_of(f, person, code);
    GOOD(call(f, "contact.confirm", &(struct contact_confirm_in){ .code = str_of(code) }, &out));
    assert_true(out.holds);
}

static size_t claim(struct fixture *f, struct outbox *box)
{
    begin(f);
    GOOD(parcels_claim(&f->cx, box));
    commit(f);
    return box->count;
}

static void settle(struct fixture *f, struct outbox *box)
{
    begin(f);
    GOOD(parcels_settle(&f->cx, box));
    commit(f);
}

/* A sender that fails, dies between taking and settling, and is run twice at a time: everything arrives, under one number each. */
static void everything_leaves_at_least_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct outbox *box = calloc(1, sizeof *box), *other = calloc(1, sizeof *other);
    struct rng rng;
    size_t arrived = 0, rounds = 0;
    open_channels(f);
    with_address(f, 5);
    while (claim(f, box)) { /* the code's letter, whose address is no longer waited for */
        assert_int_equal(box->parcels[0].address.len, 0);
        box->parcels[0].done = true;
        settle(f, box);
    }
    for (int32_t i = 0; i < 30; i++)
        GOOD(tell(f, "dossier.accept", 60, i, 5));
    rng_seed(&rng, 9, 0);
    while (arrived < 30 && rounds++ < 3000) {
        size_t n = claim(f, box);
        assert_int_equal(claim(f, other), 0); /* what one has taken the other has not */
        for (size_t i = 0; i < n; i++) {
            assert_true(str_eq(box->parcels[i].address, STR("an@example.vn")));
            box->parcels[i].done = rng_chance(&rng, 0.5);
            box->parcels[i].fault = FAULT_CONNECT;
        }
        if (n && rng_chance(&rng, 0.7)) {
            for (size_t i = 0; i < n; i++)
                arrived += box->parcels[i].done;
            settle(f, box);
        }
        clock_advance_us(INT64_C(60000000));
    }
    assert_int_equal(arrived, 30);
    clock_advance_us(INT64_C(86400000000));
    assert_int_equal(claim(f, box), 0);
    free(box);
    free(other);
}

static void what_never_arrives_is_shown(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct outbox *box = calloc(1, sizeof *box);
    struct channels *c = open_channels(f);
    struct notice_state_out out;
    struct notice_retry_out again;
    int tries = 0;
    c->give_up_s = 3600;
    with_address(f, 6);
    while (claim(f, box)) {
        box->parcels[0].done = true;
        settle(f, box);
    }
    GOOD(tell(f, "dossier.accept", 70, 1, 6));
    for (int i = 0; i < 200; i++, clock_advance_us(INT64_C(60000000)))
        if (claim(f, box)) {
            tries++;
            box->parcels[0].fault = FAULT_BUSY;
            box->parcels[0].fault_code = 451;
            settle(f, box);
        }
    assert_in_range(tries, 5, 8); /* 1, 2, 4, 8, 16, 32 minutes */
    f->cx.actor.roles = ROLE_OPERATOR;
    GOOD(call(f, "notice.state", &(struct notice_state_in){ 0 }, &out));
    assert_int_equal(out.given_up, 1);
    assert_int_equal(out.deliveries[0].fault, DELIVERY_ITEM_FAULT_BUSY);
    assert_int_equal(out.deliveries[0].fault_code, 451);
    BAD(call(f, "notice.retry", &(struct notice_retry_in){ .delivery = 1 }, &again), NOTICE_NOT_ENDED);
    GOOD(call(f, "notice.retry", &(struct notice_retry_in){ .delivery = out.deliveries[0].delivery }, &again));
    assert_int_equal(again.waiting, 1);
    assert_int_equal(claim(f, box), 1);
    box->parcels[0].for_ever = true; /* refused for good: no second try */
    settle(f, box);
    GOOD(call(f, "notice.state", &(struct notice_state_in){ 0 }, &out));
    assert_int_equal(out.given_up, 1);
    as_person(f, 6);
    BAD(call(f, "notice.state", &(struct notice_state_in){ 0 }, &out), NOT_ALLOWED);
    free(box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(an_event_tells_once_and_only_its_own), EVERYWHERE(what_is_rolled_back_was_not_told), EVERYWHERE(read_marks),
        EVERYWHERE(an_address_counts_once_its_code_is_back), EVERYWHERE(everything_leaves_at_least_once), EVERYWHERE(what_never_arrives_is_shown),
    };
    fixture_modules[fixture_module_count++] = &notice_module;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
