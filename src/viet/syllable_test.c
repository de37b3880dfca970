/* Syllables of real names, others that no name has, and every rime under every tone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "viet/syllable.h"

static void accepts_syllables(void **state)
{
    static const char *const good[] = {
        "Nguyễn", "TRẦN", "lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
        "Lý", "Lí", "quốc", "Quyên", "Quỳnh", "Quách", "quýt", "gì", "giếng", "giết", "Giang", "giữa", "già", "nghiêng",
        "ngoạm", "khuỷu", "khuya", "xoong", "uyên", "yên", "yểu", "Ý", "ý", "ưu", "thuở", "huênh", "loét", "hoắc", "kỳ",
        "ghi", "ghé", "nghĩa", "ngà", "cúc", "kiệt", "hoà", "hòa", "oẳn", "Pả", "Thạch", "Nhựt", "Quí", "Qúy",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!syllable_is_valid(str_of(good[i])))
            fail_msg("%s", good[i]);
}

static void refuses_others(void **state)
{
    static const char *const bad[] = {
        "",     "Nguyeenx", "Nguyen", "Nguye64n", "tHijx", "cac", "cạch2", "mât",  "hop",   "hõp",  "cê",    "ka",
        "gê",   "nge",      "ngha",   "qa",       "qu",    "gh",  "b",     "John", "Max",   "Brơi", "Krông", "Đắk",
        "híá",  "yêt",      "hyên",   "iên",      "wa",    "ñu",  "An An", "a1",   "uuuuuuuuuuuu", "ngoaiengoaie",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (syllable_is_valid(str_of(bad[i])))
            fail_msg("%s", bad[i]);
}

static void writes_as(const char *word, const char *old_style, const char *new_style, const char *key)
{
    struct syllable s;
    char out[40];
    assert_true(syllable_parse(str_of(word), &s));
    out[syllable_write(&s, TONE_STYLE_OLD, out)] = 0;
    assert_string_equal(out, old_style);
    out[syllable_write(&s, TONE_STYLE_NEW, out)] = 0;
    assert_string_equal(out, new_style);
    out[syllable_key(&s, out)] = 0;
    assert_string_equal(out, key);
}

static void places_tones(void **state)
{
    (void)state;
    writes_as("HÒA", "hòa", "hoà", "hoà");
    writes_as("thuỷ", "thủy", "thuỷ", "thuỷ");
    writes_as("qúy", "quý", "quý", "quí");
    writes_as("quyến", "quyến", "quyến", "quiến");
    writes_as("giếng", "giếng", "giếng", "giếng");
    writes_as("gì", "gì", "gì", "gì");
    writes_as("lý", "lý", "lý", "lí");
    writes_as("ngoài", "ngoài", "ngoài", "ngoài");
    writes_as("khuỷu", "khuỷu", "khuỷu", "khuỷu");
    writes_as("mía", "mía", "mía", "mía");
    writes_as("người", "người", "người", "người");
    writes_as("toán", "toán", "toán", "toán");
    writes_as("máy", "máy", "máy", "máy");
}

/* The head, then the rime with a rising tone on its first letter, which every rime may carry. */
static str rising(const char *head, const char *vowels, const char *tail, char out[static 40])
{
    str rime = str_of(vowels);
    size_t at = 0, len = strlen(head);
    struct letter l;
    memcpy(out, head, len);
    assert_true(letter_take(text_next(rime, &at), &l));
    l.tone = TONE_ACUTE;
    len += text_put(out + len, letter_make(l));
    memcpy(out + len, rime.ptr + at, rime.len - at);
    len += rime.len - at;
    memcpy(out + len, tail, strlen(tail));
    return (str){ out, len + strlen(tail) };
}

static void survives_writing(struct syllable s, enum tone_style style)
{
    char out[40], again[40];
    struct syllable t;
    str written = { out, syllable_write(&s, style, out) };
    if (!syllable_parse(written, &t))
        fail_msg("%.*s", STR_ARG(written));
    assert_int_equal(t.tone, s.tone);
    assert_string_equal(t.rime, s.rime);
    assert_string_equal(t.onset, s.onset);
    size_t len = syllable_key(&s, out);
    assert_int_equal(syllable_key(&t, again), len);
    assert_memory_equal(out, again, len);
}

/* What parses is written as something that parses to the same; this also fails if the rime lists lose their order. */
static void round_trips_every_rime(void **state)
{
    static const char *const heads[] = { "", "b", "ngh", "qu", "gi", "k", "đ" };
    static const char *const vowels[] = { "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "oa", "oă", "iê", "yê",
                                          "uô", "ươ", "uyê", "uâ", "uy", "oe", "ua", "ưa", "ia", "uê", "oo", "uơ" };
    static const char *const tails[] = { "", "c", "ch", "m", "n", "ng", "nh", "p", "t", "i", "y", "u", "o", "a" };
    size_t found = 0;
    (void)state;
    for (size_t n = 0; n < 7 * 28 * 14; n++) {
        char word[40];
        struct syllable s;
        const char *tail = tails[n / 196];
        if (!syllable_parse(rising(heads[n % 7], vowels[n / 7 % 28], tail, word), &s))
            continue;
        found++;
        for (int tone = TONE_LEVEL; tone < TONE_COUNT; tone++) {
            bool stopped = strchr("cpt", tail[0]) && tail[0];
            s.tone = (enum tone)tone;
            if (!stopped || tone == TONE_ACUTE || tone == TONE_DOT)
                survives_writing(s, (enum tone_style)(n & 1));
        }
    }
    assert_int_equal(found, 742);
}

static void knows_closed_rimes(void **state)
{
    struct syllable s;
    (void)state;
    assert_true(syllable_parse(STR("các"), &s));
    assert_int_equal(s.tone, TONE_ACUTE);
    assert_true(syllable_is_valid(STR("cạc")));
    assert_false(syllable_is_valid(STR("càc")));
    assert_false(syllable_is_valid(STR("cảch")));
    assert_false(syllable_is_valid(STR("hộP1")));
}

static void measures_text(void **state)
{
    size_t words;
    (void)state;
    assert_true(syllable_share(STR("Nguyễn Văn Max, Hà Nội"), &words) == 0.8);
    assert_int_equal(words, 5);
    assert_true(syllable_share(STR("12/3"), &words) == 0);
    assert_int_equal(words, 0);
}

static void judges_case(void **state)
{
    (void)state;
    assert_true(syllable_case_is_sane(STR("Đặng")));
    assert_true(syllable_case_is_sane(STR("ĐẶNG")));
    assert_true(syllable_case_is_sane(STR("đặng")));
    assert_false(syllable_case_is_sane(STR("đặnG")));
    assert_false(syllable_case_is_sane(STR("ĐặnG")));
    assert_false(syllable_case_is_sane(STR("NguyÔn")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_syllables),      cmocka_unit_test(refuses_others),     cmocka_unit_test(places_tones),
        cmocka_unit_test(round_trips_every_rime), cmocka_unit_test(knows_closed_rimes), cmocka_unit_test(measures_text),
        cmocka_unit_test(judges_case),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
