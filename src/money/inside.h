/* Inside of money: what its parts share. */
#pragma once
#include "money/money.h"
#include "money/money_ops.h"
#include "money/money_sql.h"
#include "money/vietqr.h"
#include "service/inside.h"

/* In the order of the enum in payment.op.yaml; stored. */
enum money_account { MONEY_GATEWAY, MONEY_UNPLACED, MONEY_FEES, MONEY_REFUND_DUE, MONEY_PAID_BACK, MONEY_BENEFIT_FUND, MONEY_BENEFIT_OWED,
                     MONEY_BENEFIT_SENT, MONEY_BENEFIT_PAID, MONEY_ACCOUNTS };
enum { MONEY_SHARD = 0, LINES_MAX = 200 };

/* line.c: a move of `amount` from one account to another, as two lines behind those that the receipt has. */
struct money_move {
    str receipt;
    enum money_account from, to;
    int64_t amount, dossier;
    str note;
};
STATUS money_moved(struct ctx *cx, const struct money_move *m);
STATUS money_of_receipt(struct ctx *cx, str receipt, int64_t ret[static MONEY_ACCOUNTS]); /* what stands on each account */
