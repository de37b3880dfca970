/* Deciding: on the version that the officer saw, with a reason against the proposal, and of a merge by two people. What is decided
 * changes the registers and is told to the holders in the same transaction.
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"

static STATUS seen(struct ctx *cx, int64_t id, int64_t version, struct case_file *ret)
{
    TRY(case_find(cx, id, ret));
    case_purpose(cx, id);
    return case_fresh(cx, ret, version);
}

static bool is_merge(enum case_choice c) { return c == CHOICE_MERGE || c == CHOICE_MERGE_BACK; }
static bool always_explained(enum case_choice c) { return c == CHOICE_NOBODY || c == CHOICE_APART || c == CHOICE_KEEP || c == CHOICE_REFUSE; }

static STATUS verdict_read(struct ctx *cx, const struct case_adjudicate_in *in, const struct case_file *c, struct case_verdict *ret)
{
    struct case_candidate *candidates;
    enum case_choice proposed;
    size_t n;
    *ret = (struct case_verdict){ .choice = (enum case_choice)in->choice, .evidence = in->has_evidence ? str_trim(in->evidence) : STR(""),
                                  .reason = in->has_reason ? str_trim(in->reason) : STR("") };
    if (!case_choice_allowed(&c->row, ret->choice))
        return FAIL_AT(CASE_CHOICE, STR("choice"));
    TRY(case_candidates_read(cx, c->row.doc, &candidates, &n));
    if (ret->choice == CHOICE_CANDIDATE) {
        if (!in->has_candidate || in->candidate > (int64_t)n)
            return FAIL_AT(CASE_CHOICE, STR("candidate"));
        ret->candidate = candidates[in->candidate - 1].person;
    }
    if (ret->choice == CHOICE_OTHER) {
        if (!in->has_value || !str_trim(in->value).len)
            return FAIL_AT(FIELD_MISSING, STR("value"));
        TRY(viet_enter(cx->arena, STR("value"), in->value, CASE_VALUE_BYTES_MAX, &ret->value));
        ret->value = case_value_typed(cx, &c->row, ret->value);
    }
    ret->source_given = in->has_source && in->source.len;
    if (ret->source_given && !fact_source_by_name(in->source, &ret->source))
        return FAIL_WITH(ENUM_UNKNOWN, STR("source"), in->source);
    TRY(case_propose(cx, &c->row, candidates, n, &proposed));
    bool against = proposed != CHOICE_NONE && (ret->choice != proposed || (ret->choice == CHOICE_CANDIDATE && in->candidate != 1));
    return (against || always_explained(ret->choice)) && !ret->reason.len ? FAIL_AT(FIELD_MISSING, STR("reason")) : OK;
}

STATUS case_adjudicate(struct ctx *cx, const struct case_adjudicate_in *in, struct case_adjudicate_out *ret)
{
    struct case_verdict v;
    struct case_file c;
    enum case_state to;
    TRY(seen(cx, in->id, in->expected_version, &c));
    enum case_command command = is_merge((enum case_choice)in->choice) ? DO_PROPOSE : DO_ADJUDICATE;
    if (!case_state_move((enum case_state)c.row.state, command, &to))
        return FAIL_WITH(CASE_STATE, STR("case"), str_of(case_state_word((enum case_state)c.row.state)));
    TRY(verdict_read(cx, in, &c, &v));
    if (command == DO_ADJUDICATE)
        TRY(case_apply(cx, &c, &v));
    c.row.choice = (int16_t)v.choice;
    c.row.chosen = v.value;
    c.row.decider = cx->actor.account.v;
    TRY(case_move(cx, &c, &(struct case_move){ .command = command, .expected_version = -1, .note = v.reason }));
    if (command == DO_ADJUDICATE)
        TRY(case_propagate(cx, &c));
    TRY(case_claim_drop(cx, CASE_SHARD, in->id, NULL));
    case_now(&c, &ret->now);
    return OK;
}

/* Two people, never one: the second must be another account than the one that proposed. */
STATUS case_confirm(struct ctx *cx, const struct case_confirm_in *in, struct case_confirm_out *ret)
{
    struct case_file c;
    TRY(seen(cx, in->id, in->expected_version, &c));
    if (c.row.state != CASE_STATE_PROPOSED)
        return FAIL_WITH(CASE_STATE, STR("case"), str_of(case_state_word((enum case_state)c.row.state)));
    if (c.row.decider == cx->actor.account.v)
        return FAIL_AT(SAME_OFFICER, STR("case"));
    TRY(case_merge(cx, &c, false));
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_CONFIRM, .expected_version = -1 }));
    TRY(case_propagate(cx, &c));
    TRY(case_claim_drop(cx, CASE_SHARD, in->id, NULL));
    case_now(&c, &ret->now);
    return OK;
}

STATUS case_reject(struct ctx *cx, const struct case_reject_in *in, struct case_reject_out *ret)
{
    struct case_file c;
    TRY(seen(cx, in->id, in->expected_version, &c));
    if (!str_trim(in->reason).len)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    c.row.choice = CHOICE_NONE;
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_REJECT, .expected_version = -1, .note = in->reason }));
    case_now(&c, &ret->now);
    return OK;
}

/* The case is open again, so that what is true is decided once more; holders learn of that decision. */
STATUS case_undo(struct ctx *cx, const struct case_undo_in *in, struct case_undo_out *ret)
{
    struct case_file c;
    TRY(seen(cx, in->id, in->expected_version, &c));
    if (!str_trim(in->reason).len)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    if (c.row.kind != CASE_SAME_PERSON || !is_merge((enum case_choice)c.row.choice))
        return FAIL_AT(CASE_CHOICE, STR("case"));
    c.row.due_us = case_due(cx, case_kind_word(&c.row));
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_UNDO, .expected_version = -1, .note = in->reason }));
    TRY(case_merge(cx, &c, true));
    TRY(case_holders_withdraw(cx, CASE_SHARD, in->id, cx->now_us, NULL));
    case_now(&c, &ret->now);
    return OK;
}

STATUS case_ask(struct ctx *cx, const struct case_ask_in *in, struct case_ask_out *ret)
{
    struct case_file c;
    TRY(seen(cx, in->id, in->expected_version, &c));
    if (!str_trim(in->reason).len)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    c.row.due_us = case_due(cx, STR("evidence"));
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_ASK, .expected_version = -1, .note = in->reason }));
    case_now(&c, &ret->now);
    return OK;
}

STATUS case_supply(struct ctx *cx, const struct case_supply_in *in, struct case_supply_out *ret)
{
    struct case_file c;
    TRY(seen(cx, in->id, in->expected_version, &c));
    if (!str_trim(in->evidence).len)
        return FAIL_AT(FIELD_MISSING, STR("evidence"));
    c.row.due_us = case_due(cx, case_kind_word(&c.row));
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_SUPPLY, .expected_version = -1, .note = in->evidence }));
    case_now(&c, &ret->now);
    return OK;
}

STATUS case_waive(struct ctx *cx, const struct case_waive_in *in, struct case_waive_out *ret)
{
    struct case_file c;
    TRY(seen(cx, in->id, in->expected_version, &c));
    if (!str_trim(in->reason).len)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    TRY(case_move(cx, &c, &(struct case_move){ .command = DO_WAIVE, .expected_version = -1, .note = in->reason }));
    TRY(case_claim_drop(cx, CASE_SHARD, in->id, NULL));
    case_now(&c, &ret->now);
    return OK;
}
