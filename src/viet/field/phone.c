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

/* Area codes of landlines: before 2017, and since. Four provinces kept theirs: Phú Thọ 0210, Vĩnh Phúc 0211, Hòa Bình 0218,
 * Hà Giang 0219. Longer old codes stand first: 0511 is not 05. */
static const char *const areas[][2] = {
    { "0500", "0262" }, { "0501", "0261" }, { "0510", "0235" }, { "0511", "0236" }, { "0650", "0274" }, { "0651", "0271" },
    { "0710", "0292" }, { "0711", "0293" }, { "0780", "0290" }, { "0781", "0291" }, { "0230", "0215" }, { "0231", "0213" },
    { "0240", "0204" }, { "0241", "0222" }, { "0280", "0208" }, { "0281", "0209" }, { "0320", "0220" }, { "0321", "0221" },
    { "0350", "0228" }, { "0351", "0226" }, { "020", "0214" },  { "022", "0212" },  { "025", "0205" },  { "026", "0206" },
    { "027", "0207" },  { "029", "0216" },  { "030", "0229" },  { "031", "0225" },  { "033", "0203" },  { "036", "0227" },
    { "037", "0237" },  { "038", "0238" },  { "039", "0239" },  { "052", "0232" },  { "053", "0233" },  { "054", "0234" },
    { "055", "0255" },  { "056", "0256" },  { "057", "0257" },  { "058", "0258" },  { "059", "0269" },  { "060", "0260" },
    { "061", "0251" },  { "062", "0252" },  { "063", "0263" },  { "064", "0254" },  { "066", "0276" },  { "067", "0277" },
    { "068", "0259" },  { "070", "0270" },  { "072", "0272" },  { "073", "0273" },  { "074", "0294" },  { "075", "0275" },
    { "076", "0296" },  { "077", "0297" },  { "079", "0299" },  { "04", "024" },    { "08", "028" },
};
static const char *const areas_kept[] = { "0210", "0211", "0218", "0219" };
enum { AREAS = sizeof areas / sizeof *areas };

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

/* Eleven digits, of which the first three or four are an area code of today. */
static bool is_landline(const char *d, size_t len)
{
    for (size_t i = 0; len == 11 && i < AREAS; i++)
        if (strncmp(d, areas[i][1], strlen(areas[i][1])) == 0)
            return true;
    for (size_t i = 0; len == 11 && i < sizeof areas_kept / sizeof *areas_kept; i++)
        if (strncmp(d, areas_kept[i], 4) == 0)
            return true;
    return false;
}

/* An old area code and a subscriber's number of seven digits (eight in the two large cities), to the eleven of today. */
static void area_modernise(char *digits, size_t *len, uint32_t *repairs)
{
    for (size_t i = 0; i < AREAS; i++) {
        size_t head = strlen(areas[i][0]), subscriber = strlen(areas[i][1]) == 3 ? 8 : 7;
        if (*len != head + subscriber || strncmp(digits, areas[i][0], head) != 0)
            continue;
        replace_head(digits, len, head, areas[i][1]);
        *repairs |= PHONE_OLD_AREA;
        return;
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
    bool mobile = len == 10 && is_mobile(digits), landline = is_landline(digits, len);
    if (!mobile && !landline) {
        area_modernise(digits, &len, &repairs);
        landline = is_landline(digits, len);
    }
    if (!mobile && !landline)
        return false;
    ret->kind = mobile ? PHONE_MOBILE : PHONE_LANDLINE;
    ret->repairs = repairs;
    memcpy(ret->digits, digits, len + 1);
    return true;
}

bool phone_before_2018(str digits, char out[static 12])
{
    for (size_t i = 0; digits.len == 10 && i < sizeof moved / sizeof *moved; i++) {
        if (!str_starts(digits, str_of(moved[i][1])))
            continue;
        memcpy(out, moved[i][0], 4);
        memcpy(out + 4, digits.ptr + 3, 7);
        out[11] = 0;
        return true;
    }
    return false;
}
