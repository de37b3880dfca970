/* Inside of money: an order to pay a benefit, as its two files share it. */
#pragma once
#include "money/inside.h"

/* In the order of the enum in benefit.op.yaml; stored. */
enum benefit_state { BENEFIT_ORDERED, BENEFIT_APPROVED, BENEFIT_EXPORTED, BENEFIT_PAID, BENEFIT_RETURNED, BENEFIT_CANCELLED };

struct benefit_money {
    enum money_account from, to;
    int64_t amount;
    str note;
};
/* ERR_BENEFIT_MISSING also for another office's; a bank finds any. */
STATUS benefit_order_find(struct ctx *cx, int64_t id, struct benefit_order_row *ret);
/* Writes the row by compare-and-set on the version it was read with, and notes the change. */
STATUS benefit_state_set(struct ctx *cx, struct benefit_order_row *r, enum benefit_state to);
STATUS benefit_moved(struct ctx *cx, const struct benefit_order_row *r, const struct benefit_money *m);
void benefit_purpose(struct ctx *cx, int64_t order);
