/* Asking for fees and taking in what was paid. Money is placed by the reference in its words; what is too much, or comes for a
 * dossier that owes nothing any more, is due to go back; what names no dossier waits for an officer.
 * tested by: src/money/test/payment_test.c */
#include "money/inside.h"

#include "defs/payment/payment.h"

enum { UNPLACED_MAX = 200, OF_DOSSIER_MAX = 100 };

static int64_t owed_of(const struct dossier *d)
{
    return d->row.state == DOSSIER_AWAITING_PAYMENT && d->row.fee > d->row.paid ? d->row.fee - d->row.paid : 0;
}

STATUS payment_ask(struct ctx *cx, const struct payment_ask_in *in, struct payment_ask_out *ret)
{
    struct dossier d;
    struct buf code;
    TRY(dossier_find(cx, in->dossier, &d));
    const struct payment_account *a = defs_payment_account(cx->app->defs, d.row.organisation);
    if (!a)
        return FAIL_WITH(PAYMENT_ACCOUNT, STR("dossier"), d.row.organisation);
    *ret = (struct payment_ask_out){ .owed = owed_of(&d), .bank = a->bank, .bank_name = cx->lang == LANG_EN ? a->bank_en : a->bank_vi, .account = a->account,
                                     .holder = a->holder, .words = reference_of(cx->arena, d.row.id) };
    if (!ret->owed)
        return OK;
    buf_init(&code, VIETQR_BYTES_MAX);
    status st = vietqr_write(&(struct vietqr){ a->bank, a->account, ret->owed, ret->words }, &code);
    ret->code = arena_str(cx->arena, buf_str(&code));
    buf_done(&code);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

/* --- placing ---------------------------------------------------------------------------------------------------------------- */

/* The dossier as the program sees it: whoever brings the money need not be let in to it. */
static STATUS dossier_for_money(struct ctx *cx, int64_t id, struct dossier *ret, bool *ret_known)
{
    struct actor before = cx->actor;
    cx->actor.roles |= ROLE_OPERATOR;
    status st = dossier_find(cx, id, ret);
    cx->actor = before;
    *ret_known = status_ok(st);
    return status_ok(st) || st.code == ERR_DOSSIER_MISSING ? OK : fault_pass(st, __FILE__, __LINE__);
}

/* One receipt's part of what the dossier owes; what is left of it is due to go back. */
static STATUS receipt_pays(struct ctx *cx, const struct dossier *d, str receipt, int64_t *owed)
{
    int64_t stands[MONEY_ACCOUNTS];
    TRY(money_of_receipt(cx, receipt, stands));
    int64_t free = stands[MONEY_UNPLACED], fee = free < *owed ? free : *owed;
    if (fee > 0) {
        TRY(money_moved(cx, &(struct money_move){ receipt, MONEY_UNPLACED, MONEY_FEES, fee, d->row.id, STR("") }));
        TRY(dossier_payment_add(cx, &(struct dossier_payment_add_params){ .shard = SHARD, .dossier = d->row.id, .receipt = receipt, .amount = fee,
                                                                         .recorded_us = cx->now_us }, NULL));
    }
    if (free > fee)
        TRY(money_moved(cx, &(struct money_move){ receipt, MONEY_UNPLACED, MONEY_REFUND_DUE, free - fee, d->row.id, STR("") }));
    *owed -= fee;
    return OK;
}

/* Once all that came for it is enough, the dossier takes its fee and moves; until then the money waits. For a dossier that owes
 * nothing all of it is due to go back. */
static STATUS dossier_takes(struct ctx *cx, struct dossier *d, str receipt)
{
    struct payment_receipt_row *rows;
    struct actor before = cx->actor;
    int64_t owed = owed_of(d), left = owed, free = 0, stands[MONEY_ACCOUNTS];
    size_t n;
    TRY(payment_receipts_of(cx, MONEY_SHARD, d->row.id, OF_DOSSIER_MAX, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(money_of_receipt(cx, rows[i].receipt, stands));
        free += stands[MONEY_UNPLACED];
    }
    if (free < owed)
        return OK;
    for (size_t i = 0; i < n; i++)
        TRY(receipt_pays(cx, d, rows[i].receipt, &left));
    if (!owed)
        return OK;
    d->row.paid += owed;
    cx->actor.roles |= ROLE_OPERATOR; /* whoever brings the money moves nothing else */
    status st = dossier_move(cx, d, &(struct move){ .command = COMMAND_PAY, .expected_version = -1, .note = receipt, .amount = owed });
    cx->actor = before;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

static STATUS placed(struct ctx *cx, str receipt, int64_t dossier, int64_t *ret_refund_due)
{
    int64_t stands[MONEY_ACCOUNTS];
    struct dossier d;
    bool known;
    TRY(dossier_for_money(cx, dossier, &d, &known));
    if (!known)
        return FAIL(DOSSIER_MISSING);
    TRY(payment_receipt_place(cx, MONEY_SHARD, receipt, dossier, NULL));
    TRY(dossier_takes(cx, &d, receipt));
    TRY(money_of_receipt(cx, receipt, stands));
    *ret_refund_due = stands[MONEY_REFUND_DUE];
    return OK;
}

static STATUS notice_again(struct ctx *cx, const struct payment_notice_in *in, const struct payment_receipt_row *r, struct payment_notice_out *ret)
{
    int64_t stands[MONEY_ACCOUNTS];
    if (r->amount != in->amount || !str_eq(r->member, cx->actor.organisation))
        return FAIL_AT(COMMAND_REUSED, STR("receipt"));
    TRY(money_of_receipt(cx, in->receipt, stands));
    *ret = (struct payment_notice_out){ r->dossier != 0, r->dossier, stands[MONEY_REFUND_DUE] };
    return OK;
}

STATUS payment_notice(struct ctx *cx, const struct payment_notice_in *in, struct payment_notice_out *ret)
{
    struct payment_receipt_row before;
    struct dossier d;
    bool known;
    int64_t dossier;
    TRY(payment_receipt_get(cx, MONEY_SHARD, in->receipt, &before, &known));
    if (known)
        return notice_again(cx, in, &before, ret);
    if (in->paid > cx->now_us)
        return FAIL_AT(EVENT_FUTURE, STR("paid"));
    TRY(payment_receipt_add(cx, &(struct payment_receipt_add_params){ .shard = MONEY_SHARD, .receipt = in->receipt, .member = cx->actor.organisation,
                                                                     .amount = in->amount, .words = in->words, .paid_us = in->paid,
                                                                     .recorded_us = cx->now_us }, NULL));
    TRY(money_moved(cx, &(struct money_move){ in->receipt, MONEY_GATEWAY, MONEY_UNPLACED, in->amount, 0, in->words }));
    known = reference_find(in->words, &dossier);
    if (known)
        TRY(dossier_for_money(cx, dossier, &d, &known));
    *ret = (struct payment_notice_out){ .placed = known, .dossier = known ? dossier : 0 };
    return known ? placed(cx, in->receipt, dossier, &ret->refund_due) : OK;
}

STATUS payment_place(struct ctx *cx, const struct payment_place_in *in, struct payment_place_out *ret)
{
    struct payment_receipt_row r;
    bool known;
    TRY(payment_receipt_get(cx, MONEY_SHARD, in->receipt, &r, &known));
    if (!known || r.dossier)
        return FAIL_WITH(PAYMENT_UNKNOWN, STR("receipt"), in->receipt);
    *ret = (struct payment_place_out){ .placed = true, .dossier = in->dossier };
    return placed(cx, in->receipt, in->dossier, &ret->refund_due);
}

/* --- going back --------------------------------------------------------------------------------------------------------------- */

STATUS payment_refund(struct ctx *cx, const struct payment_refund_in *in, struct payment_refund_out *ret)
{
    struct payment_receipt_row r;
    int64_t stands[MONEY_ACCOUNTS];
    bool known;
    TRY(payment_receipt_get(cx, MONEY_SHARD, in->receipt, &r, &known));
    if (!known)
        return FAIL_WITH(PAYMENT_UNKNOWN, STR("receipt"), in->receipt);
    if (str_is_empty(str_trim(in->reason)))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    TRY(money_of_receipt(cx, in->receipt, stands));
    /* What nobody can place goes back as well. */
    enum money_account from = stands[MONEY_REFUND_DUE] ? MONEY_REFUND_DUE : MONEY_UNPLACED;
    if (in->amount > stands[from])
        return FAIL_AT(VALUE_RANGE, STR("amount"));
    str note = arena_printf(cx->arena, "%.*s: %.*s", STR_ARG(in->reference), STR_ARG(in->reason));
    TRY(money_moved(cx, &(struct money_move){ in->receipt, from, MONEY_PAID_BACK, in->amount, r.dossier, note }));
    ret->left = stands[from] - in->amount;
    return OK;
}

/* --- showing ------------------------------------------------------------------------------------------------------------------- */

static STATUS items_fill(struct ctx *cx, const struct payment_receipt_row *rows, size_t n, struct payment_item **ret)
{
    *ret = ARENA_ARRAY(cx->arena, struct payment_item, n + 1);
    for (size_t i = 0; i < n; i++) {
        int64_t stands[MONEY_ACCOUNTS];
        TRY(money_of_receipt(cx, rows[i].receipt, stands));
        (*ret)[i] = (struct payment_item){ .receipt = rows[i].receipt, .amount = rows[i].amount, .words = rows[i].words, .paid = rows[i].paid_us,
                                           .recorded = rows[i].recorded_us, .dossier = rows[i].dossier,
                                           .refund_due = stands[MONEY_REFUND_DUE] + stands[MONEY_UNPLACED] };
    }
    return OK;
}

STATUS payment_unplaced(struct ctx *cx, const struct payment_unplaced_in *in, struct payment_unplaced_out *ret)
{
    struct payment_receipt_row *rows;
    (void)in;
    TRY(payment_receipts_of(cx, MONEY_SHARD, 0, UNPLACED_MAX, &rows, &ret->payments_count));
    return items_fill(cx, rows, ret->payments_count, &ret->payments);
}

STATUS payment_of_dossier(struct ctx *cx, const struct payment_of_dossier_in *in, struct payment_of_dossier_out *ret)
{
    struct payment_receipt_row *rows;
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(payment_receipts_of(cx, MONEY_SHARD, in->dossier, OF_DOSSIER_MAX, &rows, &ret->payments_count));
    return items_fill(cx, rows, ret->payments_count, &ret->payments);
}

STATUS payment_balance(struct ctx *cx, const struct payment_balance_in *in, struct payment_balance_out *ret)
{
    struct payment_balance_rows_row *rows;
    size_t n;
    (void)in;
    TRY(payment_balance_rows(cx, MONEY_SHARD, &rows, &n));
    ret->accounts = ARENA_ARRAY(cx->arena, struct payment_account_sum, n + 1);
    for (size_t i = 0; i < n; i++) {
        ret->accounts[ret->accounts_count++] = (struct payment_account_sum){ rows[i].account, rows[i].total, rows[i].line_count };
        ret->sum += rows[i].total;
    }
    return OK;
}
