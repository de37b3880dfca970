/* Mobile numbers have ten digits since the change of 2018 (TT 22/2014/TT-BTTTT and its schedule), landlines eleven since
 * 2017. Refuses service numbers and foreign ones: they cannot identify a person. */
#include "viet/field/phone.h"

#include <string.h>

#include "viet/fold.h"

enum { DIGITS_MAX = 16 };

/* Old mobile prefixes of four digits and what replaced them. */
static const char *const moved[][2] = {
    { "0120", "070" }, { "0121", "079" }, { "0122", "077" }, { "0126", "076" }, { "0128", "078" }, { "0123", "083" },
    { "0124", "084" }, { "0125", "085" }, { "0127", "081" }, { "0129", "082" }, { "0162", "032" }, { "0163", "033" },
    { "0164", "034" }, { "0165", "035" }, { "0166", "036" }, { "0167", "037" }, { "0168", "038" }, { "0169", "039" },
    { "0186", "056" }, { "0188", "058" }, { "0199", "059" },
};

/* The third digit of a mobile number, by the second. */
static bool is_mobile(const char *d)
{
    static const char *const thirds[10] = { [3] = "23456789", [5] = "25689", [7] = "06789", [8] = "123456789", [9] = "0123456789" };
    const char *third = thirds[d[1] - '0'];
    return d[0] == '0' && third && strchr(third, d[2]);
}

static bool digits_take(str s, char out[static DIGITS_MAX], size_t *ret_len, uint32_t *repairs)
{
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9') {
            if (len + 1 == DIGITS_MAX)
                return false;
            out[len++] = c;
        } else if (c == '+' && i == 0) {
            continue;
        } else if (strchr(" .-()'/", c)) {
            *repairs |= PHONE_SEPARATORS;
        } else {
            return false;
        }
    }
    *ret_len = len;
    out[len] = 0;
    return len > 0;
}

static void replace_head(char *digits, size_t *len, size_t head, const char *by)
{
    size_t by_len = strlen(by);
    memmove(digits + by_len, digits + head, *len - head + 1);
    memcpy(digits, by, by_len);
    *len += by_len - head;
}

static void drop_country(str s, char *digits, size_t *len, uint32_t *repairs)
{
    size_t head = 0;
    if (strncmp(digits, "0084", 4) == 0)
        head = 4;
    else if (strncmp(digits, "84", 2) == 0 && (s.ptr[0] == '+' || *len >= 11))
        head = 2;
    if (head == 0)
        return;
    /* "+84 (0)912…" */
    replace_head(digits, len, digits[head] == '0' ? head + 1 : head, "0");
    *repairs |= PHONE_COUNTRY_CODE;
}

static void modernise(char *digits, size_t *len, uint32_t *repairs)
{
    for (size_t i = 0; *len == 11 && i < sizeof moved / sizeof *moved; i++) {
        if (strncmp(digits, moved[i][0], 4) != 0)
            continue;
        replace_head(digits, len, 4, moved[i][1]);
        *repairs |= PHONE_OLD_PREFIX;
    }
}

bool phone_read(str raw, struct phone_reading *ret)
{
    char folded[40], digits[DIGITS_MAX + 4];
    size_t len;
    *ret = (struct phone_reading){ 0 };
    str s = { folded, viet_fold_into(folded, sizeof folded, raw) };
    uint32_t repairs = 0;

    if (s.len == sizeof folded || !digits_take(s, digits, &len, &repairs))
        return false;
    drop_country(s, digits, &len, &repairs);
    if (digits[0] != '0' && (len == 9 || len == 10)) {
        replace_head(digits, &len, 0, "0");
        repairs |= PHONE_ZERO;
    }
    modernise(digits, &len, &repairs);
    bool mobile = len == 10 && is_mobile(digits), landline = len == 11 && digits[0] == '0' && digits[1] == '2';
    if (!mobile && !landline)
        return false;
    ret->kind = mobile ? PHONE_MOBILE : PHONE_LANDLINE;
    ret->repairs = repairs;
    memcpy(ret->digits, digits, len + 1);
    return true;
}
