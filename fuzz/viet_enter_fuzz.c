/* The door of Vietnamese text: what enters is valid, within its limit and enters again as itself; keys of any valid text
 * are valid, bounded and stable. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

enum { TEXT_MAX = 4096, LIMIT = 200 };

static void check_keys(struct arena *a, str s)
{
    str fold = viet_fold(a, s), key = viet_key(a, s), lower = viet_lower(a, s);
    size_t words, at = 0;
    str word;
    MUST(fold.len <= 2 * s.len && text_is_utf8(fold) && text_is_utf8(key) && text_is_utf8(lower));
    MUST(str_eq(viet_fold(a, fold), fold));
    MUST(str_eq(viet_key(a, key), key));
    MUST(text_is_utf8(viet_title(a, s)) && text_is_utf8(viet_upper(a, s)));
    double share = syllable_share(s, &words);
    MUST(share >= 0 && share <= 1);
    while (syllable_next_word(s, &at, &word))
        words--;
    MUST(words == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str raw = { (const char *)data, size < TEXT_MAX ? size : TEXT_MAX }, once, twice;
    struct arena *a = arena_new(4 << 20);

    if (status_ok(viet_enter_cell(a, STR("text"), raw, LIMIT, &once))) {
        MUST(once.len <= LIMIT && text_is_utf8(once));
        MUST(status_ok(viet_enter(a, STR("text"), once, LIMIT, &twice)) && str_eq(once, twice));
        MUST(str_eq(viet_compose(a, viet_decompose(a, once)), viet_compose(a, once)));
        check_keys(a, once);
    }
    fault_clear();
    arena_free(a);
    return 0;
}
