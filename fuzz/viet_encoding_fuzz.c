/* Old encodings: any bytes in any set give valid UTF-8; a text that a set can hold survives it, but for the case that the
 * set forgets; detection takes any column. The first byte chooses the set, the rest is the text. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

enum { TEXT_MAX = 1024, SAMPLES_MAX = 8 };

static void check_round_trip(struct arena *a, struct encoding_form form, str text)
{
    struct encoded e;
    struct decoding d;
    viet_encode(a, form, text, &e);
    viet_decode(a, form, e.bytes, &d);
    /* Other marks than the Vietnamese ones may compose on the way back. */
    if (e.lost == 0 && !str_starts(text, STR("\xEF\xBB\xBF")) && form.set != ENCODING_CP1258 && form.set != ENCODING_UTF8)
        MUST(str_eq(viet_lower(a, viet_compose(a, d.text)), viet_lower(a, viet_compose(a, text))) || e.case_lost > 0 ||
             e.merged > 0 || d.case_guessed > 0 || d.bad > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(8 << 20);
    struct encoding_guess guess;
    struct decoding d;
    str samples[SAMPLES_MAX];
    size_t count = 0;

    if (size > 0) {
        struct encoding_form form = { .set = (enum encoding)(data[0] % ENCODING_COUNT), .wrapped = data[0] & 0x80,
                                      .upper_font = data[0] & 0x40, .habit = (enum case_habit)(data[0] % 3) };
        str raw = { (const char *)data + 1, size - 1 < TEXT_MAX ? size - 1 : TEXT_MAX }, rest = raw;
        viet_decode(a, form, raw, &d);
        MUST(text_is_utf8(d.text));
        form.upper_font = false;
        form.habit = CASE_UNTOLD;
        check_round_trip(a, form, d.text);
        while (count < SAMPLES_MAX && str_cut(&rest, '\n', &samples[count]))
            count++;
        bool sure = viet_encoding_detect(samples, count, &guess);
        MUST(guess.score >= 0 && guess.score <= 1 && guess.margin >= 0);
        MUST(guess.margin <= 1 && guess.differing_count <= 3 && guess.cells <= size);
        for (size_t i = 0; i < guess.differing_count; i++)
            MUST(guess.differing[i] < count);
        MUST(sure == (guess.doubt == ENCODING_CERTAIN || guess.doubt == ENCODING_PLAIN));
    }
    arena_free(a);
    return 0;
}
