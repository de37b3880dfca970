/* Text that comes from outside: base/text.h must agree with itself on any bytes. */
#include "base/text.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str s = { (const char *)data, size };
    bool valid = text_is_utf8(s);
    size_t points = 0;

    for (size_t at = 0; at < s.len; points++) {
        size_t before = at;
        uint32_t point = text_next(s, &at);
        char again[4];

        MUST(at > before && at <= s.len && at - before <= 4);
        MUST(point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
        if (valid) {
            MUST(text_put(again, point) == at - before);
            MUST(str_eq((str){ again, at - before }, str_slice(s, before, at)));
        }
    }
    if (valid)
        MUST(text_count(s) == points);
    if (text_is_ascii(s))
        MUST(valid && points == s.len);
    if (valid && s.len > 0) {
        str cut = text_cut(s, s.len - 1);

        MUST(cut.len < s.len && text_is_utf8(cut) && str_starts(s, cut));
    }
    if (status_ok(text_check(STR("field"), s, 64)))
        MUST(valid && s.len <= 64 && status_ok(text_check_lines(STR("field"), s, 64)));
    return 0;
}
