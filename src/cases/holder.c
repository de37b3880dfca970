/* A decision is made known to every register that holds the person: each row is told once, acknowledged by those who keep its
 * register, and chased after some working days until it is. The case ends when the last one has acknowledged.
 * Law: NĐ 47/2020/NĐ-CP Đ41 (data handed on are kept equal to their source).
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"
#include "register/register_sql.h"

enum { HOLDER_TOLD = 1, HOLDER_ACKNOWLEDGED, HOLDER_WITHDRAWN, SWEEP_MOST = 200, TOLD_DEFAULT = 50, PERSON_ROWS_MAX = 500 };

static bool changes_something(enum case_choice choice) { return choice != CHOICE_APART && choice != CHOICE_KEEP && choice != CHOICE_REFUSE && choice != CHOICE_NOBODY; }

static STATUS tell(struct ctx *cx, const struct case_file *c, str code, int64_t row, size_t *told)
{
    ++*told;
    return case_holder_tell(cx, &(struct case_holder_tell_params){ .shard = CASE_SHARD, .case_id = c->row.id, .code = code, .row_id = row, .told_us = cx->now_us,
                                .due_us = case_due(cx, STR("acknowledge")) }, NULL);
}

static STATUS tell_rows_of(struct ctx *cx, const struct case_file *c, int64_t person, size_t *told)
{
    struct sector_row_of_person_row *found;
    size_t n;
    TRY(sector_rows_of_person(cx, 0, person, &found, &n));
    for (size_t i = 0; i < n; i++) {
        struct sector_row_row row;
        bool known;
        TRY(sector_row_get(cx, 0, found[i].code, found[i].id, &row, &known));
        if (known && row.state == SECTOR_LIVE)
            TRY(tell(cx, c, found[i].code, found[i].id, told));
    }
    return OK;
}

/* Those who were told of a decision that was undone learn of the new one too. */
static STATUS tell_again(struct ctx *cx, const struct case_file *c, size_t *told)
{
    struct case_holder_row *rows;
    size_t n;
    TRY(case_holders(cx, CASE_SHARD, c->row.id, &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (rows[i].state == HOLDER_WITHDRAWN)
            TRY(tell(cx, c, rows[i].code, rows[i].row_id, told));
    return OK;
}

/* An offer of what the population register does not hold concerns nobody else. */
static bool fills_person(const struct case_row *r)
{
    int bit;
    return r->kind != CASE_OFFER || person_field_by_name(r->attribute, &bit);
}

STATUS case_propagate(struct ctx *cx, struct case_file *c)
{
    enum case_choice choice = (enum case_choice)c->row.choice;
    bool row_only = choice == CHOICE_REGISTER || choice == CHOICE_END || choice == CHOICE_END_OTHER || !fills_person(&c->row);
    size_t told = 0;
    TRY(tell_again(cx, c, &told));
    if (changes_something(choice)) {
        if (c->row.row_id && choice != CHOICE_END_OTHER)
            TRY(tell(cx, c, c->row.register_code, c->row.row_id, &told));
        if (c->row.other_row && choice == CHOICE_END_OTHER)
            TRY(tell(cx, c, c->row.register_code, c->row.other_row, &told));
        if (c->row.person && !row_only)
            TRY(tell_rows_of(cx, c, c->row.person, &told));
        if (c->row.other_person && !row_only)
            TRY(tell_rows_of(cx, c, c->row.other_person, &told));
    }
    return case_move(cx, c, &(struct case_move){ .command = told ? DO_PROPAGATE : DO_CLOSE, .expected_version = -1 });
}

static STATUS left_of(struct ctx *cx, int64_t id, int64_t *ret_left)
{
    struct case_holder_row *rows;
    size_t n;
    *ret_left = 0;
    TRY(case_holders(cx, CASE_SHARD, id, &rows, &n));
    for (size_t i = 0; i < n; i++)
        *ret_left += rows[i].state == HOLDER_TOLD;
    return OK;
}

/* Whoever may write into the register keeps it. The case of another area is found all the same: the row is theirs. */
static STATUS keeper_check(struct ctx *cx, str code)
{
    const struct sector_register *s = defs_sector(cx->app->defs, code, cx->today);
    if (!s)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), code);
    return sector_may_write(cx, s) ? OK : FAIL(NOT_ALLOWED);
}

STATUS case_acknowledge(struct ctx *cx, const struct case_acknowledge_in *in, struct case_acknowledge_out *ret)
{
    struct case_file c = { 0 };
    int64_t changed = 0;
    bool found;
    TRY(keeper_check(cx, in->code));
    TRY(case_get(cx, CASE_SHARD, in->id, &c.row, &found));
    if (found)
        TRY(case_holder_acknowledge(cx, &(struct case_holder_acknowledge_params){ .shard = CASE_SHARD, .case_id = in->id, .code = in->code,
                                             .ended_us = cx->now_us, .actor = cx->actor.name }, &changed));
    if (!found || !changed)
        return FAIL_WITH(CASE_NOT_TOLD, STR("code"), in->code);
    TRY(case_events(cx, CASE_SHARD, in->id, &c.events, &c.event_count));
    case_purpose(cx, in->id);
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_ACKNOWLEDGE, .expected_version = -1, .note = in->code }));
    TRY(left_of(cx, in->id, &ret->left));
    if (ret->left == 0)
        TRY(case_move(cx, &c, &(struct case_move){ .command = DO_CLOSE, .expected_version = -1 }));
    case_now(&c, &ret->now);
    return OK;
}

void case_holder_show(struct ctx *cx, const struct case_holder_row *h, const struct case_row *r, struct case_holder *ret)
{
    const struct sector_register *s = defs_sector(cx->app->defs, h->code, cx->today);
    *ret = (struct case_holder){
        .id = h->case_id, .code = h->code, .register_name = s ? (cx->lang == LANG_EN ? s->en : s->vi) : h->code, .row = h->row_id,
        .state = h->state - HOLDER_TOLD, .told = h->told_us, .due = h->due_us, .late = h->state == HOLDER_TOLD && cx->now_us > h->due_us,
        .chased = h->chased, .actor = h->actor, .attribute = r->attribute, .choice = r->choice };
}

STATUS case_told(struct ctx *cx, const struct case_told_in *in, struct case_told_out *ret)
{
    int64_t most = in->has_limit ? in->limit : TOLD_DEFAULT;
    struct case_holder_row *rows;
    size_t n;
    TRY(keeper_check(cx, in->code));
    TRY(case_holders_of(cx, &(struct case_holders_of_params){ .shard = CASE_SHARD, .code = in->code, .after_due = in->has_after_due ? in->after_due : 0,
                            .after_id = in->has_after_id ? in->after_id : 0, .most = most + 1 }, &rows, &n));
    ret->more = (int64_t)n > most;
    ret->holders = ARENA_ARRAY(cx->arena, struct case_holder, n + 1);
    for (size_t i = 0; i < n && (int64_t)i < most; i++) {
        struct case_row r = { 0 };
        bool found;
        TRY(case_get(cx, CASE_SHARD, rows[i].case_id, &r, &found));
        case_holder_show(cx, &rows[i], &r, &ret->holders[ret->holders_count++]);
    }
    if (ret->more) {
        const struct case_holder *last = &ret->holders[ret->holders_count - 1];
        ret->has_next_due = true;
        ret->next_due = last->due;
        ret->next_id = last->id;
    }
    return OK;
}

/* --- the watch -------------------------------------------------------------------------------------------------------------- */

static STATUS chase(struct ctx *cx, const struct case_holder_row *h)
{
    struct case_file c;
    TRY(case_find(cx, h->case_id, &c));
    TRY(case_holder_chase(cx, &(struct case_holder_chase_params){ .shard = CASE_SHARD, .case_id = h->case_id, .code = h->code, .row_id = h->row_id,
                              .due_us = case_due(cx, STR("acknowledge")) }, NULL));
    case_purpose(cx, c.row.id);
    return case_move(cx, &c, &(struct case_move){ .command = DO_CHASE, .expected_version = -1, .note = h->code });
}

STATUS case_sweep(struct ctx *cx, const struct case_sweep_in *in, struct case_sweep_out *ret)
{
    struct case_holder_row *late;
    struct case_row *waited;
    int64_t to_settle, to_confirm;
    size_t n, m;
    (void)in;
    TRY(case_late_tell(cx, QUEUE_SETTLE, SWEEP_MOST, &to_settle));
    TRY(case_late_tell(cx, QUEUE_CONFIRM, SWEEP_MOST, &to_confirm));
    TRY(case_holders_late(cx, CASE_SHARD, cx->now_us, SWEEP_MOST, &late, &n));
    for (size_t i = 0; i < n; i++)
        TRY(chase(cx, &late[i]));
    TRY(cases_waited_out(cx, CASE_SHARD, QUEUE_EVIDENCE, cx->now_us, SWEEP_MOST, &waited, &m));
    for (size_t i = 0; i < m; i++) {
        struct case_file c;
        TRY(case_find(cx, waited[i].id, &c));
        c.row.due_us = case_due(cx, case_kind_word(&c.row));
        case_purpose(cx, c.row.id);
        TRY(case_move(cx, &c, &(struct case_move){ .command = DO_SUPPLY, .expected_version = -1 }));
    }
    ret->late = to_settle + to_confirm;
    ret->chased = (int64_t)n;
    ret->returned = (int64_t)m;
    ret->more = n == SWEEP_MOST || m == SWEEP_MOST || to_settle == SWEEP_MOST || to_confirm == SWEEP_MOST;
    return OK;
}
