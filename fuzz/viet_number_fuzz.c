/* Personal numbers: what is read is in range and of the kind that it says, and its twelve digits read back as the same. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str raw = { (const char *)data, size < 512 ? size : 512 };
    struct number_reading r, again;
    enum sex sex;
    char digits[13];

    if (!text_is_utf8(raw))
        return 0;
    (void)sex_read(raw, SEX_CODE_CIVIL, &sex);
    if (!number_read(raw, &r)) {
        MUST(r.kind == NUMBER_NONE && r.number == 0);
        return 0;
    }
    MUST(r.number > 0 && r.number < NUMBER_LIMIT);
    if (r.kind == NUMBER_OLD) {
        MUST(r.number < 1000000000);
        return 0;
    }
    MUST(r.number >= NUMBER_FIRST);
    number_format(r.number, digits);
    MUST(number_read(str_of(digits), &again) && again.number == r.number && again.kind == NUMBER_PERSONAL);
    /* Compared with its own year and sex it cannot differ from them. */
    uint32_t own = number_plausibility(r.number, (day){ number_year(r.number) * 10000 }, number_sex(r.number));
    MUST(!(own & (NUMBER_SEX_DIFFERS | NUMBER_YEAR_DIFFERS | NUMBER_CENTURY_DIFFERS | NUMBER_NOT_TWELVE)));
    MUST((number_province(r.number) == NULL) == ((own & NUMBER_PREFIX_UNKNOWN) != 0));
    return 0;
}
