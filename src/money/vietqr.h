/* VietQR: the payment code that every Vietnamese bank's app reads: tag, length, value after the merchant-presented mode of EMVCo,
 * with the account template of NAPAS 247. Written for one transfer to one account; read strictly, so that a changed code is
 * refused. Pure.
 * Standards: EMVCo QR Code Specification for Payment Systems (MPM) 1.1; NAPAS, VietQR format 1.5; TCCS 03:2018/NHNNVN. */
#pragma once
#include "base/base.h"

enum { VIETQR_BANK_DIGITS = 6, VIETQR_ACCOUNT_MAX = 19, VIETQR_PURPOSE_MAX = 25, VIETQR_BYTES_MAX = 300 };

struct vietqr {
    str bank;       /* six digits: the bank's number at NAPAS */
    str account;    /* letters and digits */
    int64_t amount; /* whole đồng, 1 … 9,999,999,999,999; 0: the payer enters it */
    str purpose;    /* letters, digits, space, '-', '.'; may be empty */
};
/* ERR_PAYMENT_CODE with the field that does not fit. */
STATUS vietqr_write(const struct vietqr *q, struct buf *out);
/* ERR_PAYMENT_CODE (with the tag), ERR_PAYMENT_CODE_SUM. The texts are slices of `code`. */
STATUS vietqr_read(str code, struct vietqr *ret);
uint16_t vietqr_sum(str bytes); /* CRC-16/CCITT-FALSE */

/* What a payer writes for a dossier so that the payment finds it: "HS", the id, one check digit (Luhn). */
str reference_of(struct arena *a, int64_t dossier);
/* Finds one in a transfer's text, in any case; false: there is none that is whole. */
bool reference_find(str text, int64_t *ret_dossier);
