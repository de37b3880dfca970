/* Telephone numbers of Vietnam as lists write them. */
#pragma once
#include "base/base.h"

enum phone_kind { PHONE_NONE, PHONE_MOBILE, PHONE_LANDLINE };

enum phone_repair {
    PHONE_SEPARATORS = 1 << 0,
    PHONE_COUNTRY_CODE = 1 << 1, /* +84, 0084 or 84 replaced by 0 */
    PHONE_ZERO = 1 << 2,         /* the leading zero was lost */
    PHONE_OLD_PREFIX = 1 << 3,   /* eleven digits before 15 September 2018 */
    PHONE_OLD_AREA = 1 << 4,     /* area code of a landline before 2017; only where no mobile number of today reads so */
};

struct phone_reading {
    enum phone_kind kind;
    char digits[12]; /* national form, ten digits (mobile) or eleven (landline), and a NUL */
    uint32_t repairs;
};
/* False if it is no number that can be dialled today. */
bool phone_read(str raw, struct phone_reading *ret);
/* The eleven digits of before 15 September 2018; false if the prefix of ten digits is none that replaced one. Of two old ones the
 * first. For tests and synthetic lists. */
bool phone_before_2018(str digits, char out[static 12]);
