/* Lines of money. A move is two lines of the same amount with opposite signs, so that no state of the table adds up to anything.
 * tested by: src/money/test/payment_test.c */
#include "money/inside.h"

STATUS money_moved(struct ctx *cx, const struct money_move *m)
{
    struct payment_lines_of_row *before;
    size_t n;
    TRY(payment_lines_of(cx, MONEY_SHARD, m->receipt, &before, &n));
    if (n + 2 > LINES_MAX)
        return FAIL_AT(VALUE_RANGE, STR("receipt"));
    struct payment_line_add_params lines[2];
    for (int i = 0; i < 2; i++)
        lines[i] = (struct payment_line_add_params){ .shard = MONEY_SHARD, .receipt = m->receipt, .seq = (int32_t)n + 1 + i,
                                                     .account = (int16_t)(i ? m->to : m->from), .amount = i ? m->amount : -m->amount,
                                                     .dossier = m->dossier, .actor = cx->actor.account.v, .recorded_us = cx->now_us, .note = m->note };
    return payment_line_add_bulk(cx, lines, 2);
}

STATUS money_of_receipt(struct ctx *cx, str receipt, int64_t ret[static MONEY_ACCOUNTS])
{
    struct payment_lines_of_row *lines;
    size_t n;
    TRY(payment_lines_of(cx, MONEY_SHARD, receipt, &lines, &n));
    for (int i = 0; i < MONEY_ACCOUNTS; i++)
        ret[i] = 0;
    for (size_t i = 0; i < n; i++)
        if (lines[i].account >= 0 && lines[i].account < MONEY_ACCOUNTS)
            ret[lines[i].account] += lines[i].amount;
    return OK;
}
