/* Writing and reading the code. Refuses a field that does not fit, tags out of order, lengths that lie, another currency or
 * country, another scheme than NAPAS 247, and a sum that is wrong.
 * tested by: src/money/test/vietqr_test.c */
#include "money/vietqr.h"

#include <stdio.h>
#include <string.h>

static const str NAPAS = STR("A000000727"), TO_ACCOUNT = STR("QRIBFTTA"); /* who defines the scheme; a transfer to an account */
enum { AMOUNT_DIGITS_MAX = 13 };
static const int64_t AMOUNT_LIMIT = INT64_C(10000000000000);

uint16_t vietqr_sum(str bytes)
{
    uint32_t sum = 0xFFFF;
    for (size_t i = 0; i < bytes.len; i++) {
        sum ^= (uint32_t)(unsigned char)bytes.ptr[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            sum = (sum & 0x8000 ? sum << 1 ^ 0x1021 : sum << 1) & 0xFFFF;
    }
    return (uint16_t)sum;
}

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static bool account_fits(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.ptr[i]))
            return false;
    return s.len > 0 && s.len <= VIETQR_ACCOUNT_MAX;
}

static bool purpose_fits(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.ptr[i]) && !strchr(" -.", s.ptr[i]))
            return false;
    return s.len <= VIETQR_PURPOSE_MAX;
}

static STATUS vietqr_check(const struct vietqr *q)
{
    if (q->bank.len != VIETQR_BANK_DIGITS || !str_is_digits(q->bank))
        return FAIL_AT(PAYMENT_CODE, STR("bank"));
    if (!account_fits(q->account))
        return FAIL_AT(PAYMENT_CODE, STR("account"));
    if (q->amount < 0 || q->amount >= AMOUNT_LIMIT)
        return FAIL_AT(PAYMENT_CODE, STR("amount"));
    return purpose_fits(q->purpose) ? OK : FAIL_AT(PAYMENT_CODE, STR("purpose"));
}

STATUS vietqr_write(const struct vietqr *q, struct buf *out)
{
    size_t start = out->len, to = 4 + VIETQR_BANK_DIGITS + 4 + q->account.len, napas = 4 + NAPAS.len + 4 + to + 4 + TO_ACCOUNT.len;
    TRY(vietqr_check(q));
    buf_printf(out, "0002010102%s", q->amount ? "12" : "11");
    buf_printf(out, "38%02zu00%02zu%.*s01%02zu00%02d%.*s01%02zu%.*s", napas, NAPAS.len, STR_ARG(NAPAS), to, VIETQR_BANK_DIGITS, STR_ARG(q->bank),
               q->account.len, STR_ARG(q->account));
    buf_printf(out, "02%02zu%.*s5303704", TO_ACCOUNT.len, STR_ARG(TO_ACCOUNT));
    if (q->amount) {
        int digits = snprintf(NULL, 0, "%lld", (long long)q->amount);
        buf_printf(out, "54%02d%lld", digits, (long long)q->amount);
    }
    buf_add(out, STR("5802VN"));
    if (q->purpose.len > 0)
        buf_printf(out, "62%02zu08%02zu%.*s", q->purpose.len + 4, q->purpose.len, STR_ARG(q->purpose));
    buf_add(out, STR("6304"));
    buf_printf(out, "%04X", vietqr_sum(str_from(buf_str(out), start)));
    return buf_check(out);
}

/* --- reading -------------------------------------------------------------------------------------------------------------- */

struct element {
    int tag;
    str value;
};

/* Takes one element off the front; false: the lengths lie. */
static bool element_next(str *rest, struct element *ret)
{
    if (rest->len < 4 || !str_is_digits(str_slice(*rest, 0, 4)))
        return false;
    size_t len = (size_t)(rest->ptr[2] - '0') * 10 + (size_t)(rest->ptr[3] - '0');
    if (rest->len < 4 + len)
        return false;
    *ret = (struct element){ (rest->ptr[0] - '0') * 10 + rest->ptr[1] - '0', str_slice(*rest, 4, 4 + len) };
    *rest = str_from(*rest, 4 + len);
    return true;
}

/* The value of `tag` in a template, each tag at most once; "" if absent. */
static bool member(str template, int tag, str *ret)
{
    struct element e;
    bool found = false;
    *ret = (str){ 0 };
    while (template.len > 0) {
        if (!element_next(&template, &e) || (e.tag == tag && found))
            return false;
        if (e.tag == tag) {
            *ret = e.value;
            found = true;
        }
    }
    return true;
}

static STATUS napas_read(str template, struct vietqr *ret)
{
    str scheme, to, service;
    if (!member(template, 0, &scheme) || !member(template, 1, &to) || !member(template, 2, &service) || !str_eq(scheme, NAPAS) || !str_eq(service, TO_ACCOUNT))
        return FAIL_AT(PAYMENT_CODE, STR("38"));
    return member(to, 0, &ret->bank) && member(to, 1, &ret->account) ? OK : FAIL_AT(PAYMENT_CODE, STR("38.01"));
}

static STATUS element_read(const struct element *e, struct vietqr *ret)
{
    switch (e->tag) {
    case 0: return str_eq(e->value, STR("01")) ? OK : FAIL_AT(PAYMENT_CODE, STR("00"));
    case 38: return napas_read(e->value, ret);
    case 53: return str_eq(e->value, STR("704")) ? OK : FAIL_AT(PAYMENT_CODE, STR("53"));
    case 54: return e->value.len <= AMOUNT_DIGITS_MAX && str_i64(e->value, &ret->amount) && ret->amount > 0 ? OK : FAIL_AT(PAYMENT_CODE, STR("54"));
    case 58: return str_eq(e->value, STR("VN")) ? OK : FAIL_AT(PAYMENT_CODE, STR("58"));
    case 62: return member(e->value, 8, &ret->purpose) ? OK : FAIL_AT(PAYMENT_CODE, STR("62"));
    default: return OK; /* what this scheme does not use */
    }
}

STATUS vietqr_read(str code, struct vietqr *ret)
{
    struct element e;
    str rest = code;
    int last = -1;
    *ret = (struct vietqr){ 0 };
    if (code.len < 8 || code.len > VIETQR_BYTES_MAX || !str_eq(str_slice(code, code.len - 8, code.len - 4), STR("6304")))
        return FAIL_AT(PAYMENT_CODE, STR("63"));
    static const char hex[] = "0123456789ABCDEF";
    uint16_t sum = vietqr_sum(str_slice(code, 0, code.len - 4));
    for (int i = 0; i < 4; i++)
        if (code.ptr[code.len - 4 + (size_t)i] != hex[sum >> (12 - 4 * i) & 15])
            return FAIL_AT(PAYMENT_CODE_SUM, STR("63"));
    while (rest.len > 8) {
        if (!element_next(&rest, &e) || e.tag <= last)
            return FAIL_AT(PAYMENT_CODE, STR("00"));
        last = e.tag;
        TRY(element_read(&e, ret));
    }
    return rest.len == 8 ? vietqr_check(ret) : FAIL_AT(PAYMENT_CODE, STR("63"));
}

/* --- references ------------------------------------------------------------------------------------------------------------ */

/* Luhn's digit over the others (ISO/IEC 7812-1 annex B). */
static int check_digit(str digits)
{
    int sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int d = digits.ptr[digits.len - 1 - i] - '0';
        if (i % 2 == 0)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return (10 - sum % 10) % 10;
}

str reference_of(struct arena *a, int64_t dossier)
{
    str digits = arena_printf(a, "%lld", (long long)dossier);
    return arena_printf(a, "HS%.*s%d", STR_ARG(digits), check_digit(digits));
}

static bool reference_at(str text, int64_t *ret)
{
    size_t end = 2;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    if (end < 4 || end > 21)
        return false;
    str digits = str_slice(text, 2, end - 1);
    return text.ptr[end - 1] - '0' == check_digit(digits) && digits.ptr[0] != '0' && str_i64(digits, ret);
}

bool reference_find(str text, int64_t *ret_dossier)
{
    for (size_t i = 0; i + 4 <= text.len; i++) {
        bool begins = (text.ptr[i] | 0x20) == 'h' && (text.ptr[i + 1] | 0x20) == 's' && (i == 0 || !is_alnum(text.ptr[i - 1]));
        if (begins && reference_at(str_from(text, i), ret_dossier))
            return true;
    }
    return false;
}
