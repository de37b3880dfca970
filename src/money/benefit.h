/* Inside of money: orders of benefits, as their files share them. */
#pragma once
#include "money/inside.h"

/* In the order of the enums in benefit.op.yaml; stored. RECOVERING: paid, and its cause was taken back. */
enum benefit_state { BENEFIT_ORDERED, BENEFIT_APPROVED, BENEFIT_EXPORTED, BENEFIT_PAID, BENEFIT_RETURNED, BENEFIT_CANCELLED, BENEFIT_PROPOSED,
                     BENEFIT_DELIVERED, BENEFIT_RECOVERING, BENEFIT_RECOVERED };
enum benefit_kind { BENEFIT_FUNERAL, BENEFIT_HEALTH_CARD };

struct benefit_money {
    enum money_account from, to;
    int64_t amount;
    str note;
};
/* ERR_BENEFIT_MISSING also for another office's; a bank finds any. */
STATUS benefit_order_find(struct ctx *cx, int64_t id, struct benefit_order_row *ret);
STATUS benefit_insert(struct ctx *cx, const struct benefit_order_row *r);
/* Writes the row by compare-and-set on the version it was read with, and notes the change. */
STATUS benefit_state_set(struct ctx *cx, struct benefit_order_row *r, enum benefit_state to);
STATUS benefit_wants(const struct benefit_order_row *r, enum benefit_state state, int64_t version); /* ERR_BENEFIT_STATE, ERR_VERSION_CONFLICT */
/* Cancels it, gives money that was set aside back to the fund and the decision free. */
STATUS benefit_drop(struct ctx *cx, struct benefit_order_row *r, str reason);
STATUS benefit_moved(struct ctx *cx, const struct benefit_order_row *r, const struct benefit_money *m);
void benefit_purpose(struct ctx *cx, int64_t order);
STATUS benefit_item_of(struct ctx *cx, const struct benefit_order_row *r, struct benefit_item *ret);

/* decision.c: what the registers say today of the decision, of who gets it and of the account. */
/* Fills in `r` (its kind stands): payee, amount, card, order_no, fund. ERR_BENEFIT_MISSING: it was taken back. */
STATUS decision_read(struct ctx *cx, int64_t decision, struct benefit_order_row *r);
/* Also kin and account of a payment. */
STATUS decision_check(struct ctx *cx, int64_t decision, struct benefit_order_row *r);
STATUS decision_find(struct ctx *cx, enum benefit_kind kind, int64_t number, str key, int64_t *ret_row);
STATUS claim_take(struct ctx *cx, int64_t decision, int64_t order); /* ERR_BENEFIT_TWICE */

/* recovery.c */
STATUS recovery_open(struct ctx *cx, struct benefit_order_row *r); /* of one that was paid and whose cause was taken back */
