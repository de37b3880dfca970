/* Accounts to which fees are paid (definitions/payment.yaml). */
#pragma once
#include "base/base.h"

struct defs;
struct payment_account {
    str organisation; /* "any": of all that have none of their own */
    str bank;         /* six digits, at NAPAS */
    str bank_vi, bank_en, account, holder;
};
/* NULL: fees of this office can be paid at the counter only. */
const struct payment_account *defs_payment_account(const struct defs *d, str organisation);
