/* Residue that is repaired, and words that must never be touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/letter.h"
#include "viet/syllable.h"
#include "viet/typing.h"

static struct arena *arena;

static void becomes(const char *text, const char *expected, size_t words)
{
    struct repair r[8];
    str got;
    arena_reset(arena);
    size_t changed = typing_repair(arena, str_of(text), &got, r, 8);
    assert_string_equal(arena_z(arena, got), expected);
    assert_int_equal(changed, words);
}

static void repairs_telex(void **state)
{
    (void)state;
    becomes("Nguyeenx Thij Hoongf", "Nguyễn Thị Hồng", 3);
    becomes("NGUYEENX VAWN AN", "NGUYỄN VĂN AN", 2);
    becomes("Nguyexen", "Nguyễn", 1);
    becomes("Trần Thij Hương", "Trần Thị Hương", 1);
    becomes("Ddinh Dduwcs", "Đinh Đức", 2);
    becomes("Dduowngf", "Đường", 1);
    becomes("Duwongf", "Dường", 1); /* the second horn follows the first */
    becomes("Tuowngr", "Tưởng", 1);
    becomes("Phuowcs", "Phước", 1);
    becomes("Nguwowif", "Người", 1);
    becomes("Hoaf", "Hòa", 1);
    becomes("Thuyr", "Thủy", 1);
    becomes("Quys", "Quý", 1);
    becomes("chuwa bieets", "chưa biết", 2);
    becomes("Xã Noong Luống", "Xã Noong Luống", 0);
    becomes("Noong Văn Thạ", "Nông Văn Thạ", 1);
    becomes("Nguyễn Coong Minh", "Nguyễn Công Minh", 1);
    becomes("xã Hoaf Bình, huyện Ddan Phượng", "xã Hòa Bình, huyện Đan Phượng", 2);
}

static void repairs_vni_and_viqr(void **state)
{
    (void)state;
    becomes("Nguye64n Va8n D9u71c", "Nguyễn Văn Đức", 3);
    becomes("NGUYE64N", "NGUYỄN", 1);
    becomes("D9u7o7ng2", "Đường", 1);
    becomes("Tru7o7ng Nguye^~n", "Trương Nguyễn", 2);
    becomes("Nguye^~n Thi. DDa`o", "Nguyễn Thị Đào", 3);
}

static void repairs_lookalikes(void **state)
{
    (void)state;
    becomes("Ðặng Văn Ðức", "Đặng Văn Đức", 2);
    becomes("Нoàng", "Hoàng", 1);
    becomes("Ðắk Lắk", "Ðắk Lắk", 0); /* nothing beside it is Vietnamese */
    becomes("tỉnh Ðắk Lắk", "tỉnh Đắk Lắk", 1);
    becomes("Ｎguyễn Văn Ａn", "Nguyễn Văn An", 2);
    becomes("Ｈ'Ｈen Ｎiê", "H'Hen Niê", 2);
    becomes("Bjarni Ðór", "Bjarni Ðór", 0);
    becomes("Сара", "Сара", 0); /* wholly Cyrillic: a Russian name */
    becomes("H’Hen Niê", "H’Hen Niê", 0);
}

static void leaves_others_alone(void **state)
{
    static const char *const good[] = {
        "Nguyễn Văn An", "Tran Van An", "H'Hen Niê", "Y Moan Êñuôl", "K'Brơi", "Krông Pắk", "Michael Jordan", "John",
        "Ka Brẽo",       "",            "123",       "Quận 1",       "A1",     "12/3",      "Ñu",             "Jr",
        "Đắk Lắk",       "Siu Blêh",    "Kpă Klơng", "Đinh Krong",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        becomes(good[i], good[i], 0);
}

/* Words of other languages that Telex would turn into syllables: alone, among their like, and beside Vietnamese names. */
static void leaves_foreign_words_alone(void **state)
{
    static const char *const good[] = {
        "Max",          "Lee",           "Anna Lee",      "Max Nguyễn",    "Lisa Trần",        "Nguyễn Thị Hana", "Trần Gia Lana",
        "Lars Moon",    "Hans Boon",     "Tom Cox",       "Rosa Mora",     "Taro Mori",        "Nguyễn Ngọc Lisa", "Dow Jones",
        "Chris Ross",   "Tess Bass",     "Jeff Hoff",     "Andrew Howe",   "Louis Roux",       "René Choix",      "Zoé Lévy",
        "Lê Hoàng Max", "Nguyễn Lee",    "Võ Alex",       "To2",           "Lo 6",             "LO6",             "CO2",
        "Hoa (con)",    "Hoa.",          "Le. Van",       "An.",           "Ba?",              "O'Hara",          "D'Angelo",
        "Hồ Văn Mơr",   "Đinh Thị Dơr",  "Y Ger",         "Ksor Phước",    "Haji Mohamad",    "Từ Công Haji",
        "Marie Curie",  "Mars",          "Saint Lucas",   "Thor",          "Ha Tsuyoshi Mori", "email an@ban.vn", "Hoàng Law",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        becomes(good[i], good[i], 0);
}

static void neighbours_speak_for_a_repair(void **state)
{
    struct repair r[4];
    str got;
    (void)state;
    becomes("Lee Thị Lan", "Lê Thị Lan", 1);       /* a family name before a Vietnamese name */
    becomes("Lee Vawn Max", "Lê Văn Mã", 3);       /* "Vawn" proves the method */
    becomes("Cao Vawn Nam", "Cao Văn Nam", 1);
    becomes("Mai Thij Lan", "Mai Thị Lan", 1);
    becomes("Trần Thị Hoas", "Trần Thị Hóa", 1);
    becomes("Lys Hạnh", "Lý Hạnh", 1);
    becomes("Lys Trần", "Lys Trần", 0);
    becomes("Vif Thị Loan", "Vì Thị Loan", 1);
    becomes("Le6 Thi5 Mai", "Lê Thị Mai", 2);
    becomes("Nguyễn Thi5 Mai", "Nguyễn Thị Mai", 1);
    becomes("Nguye64n To2", "Nguyễn Tò", 2);
    becomes("Hoas", "Hóa", 1);
    becomes("Hels", "Hels", 0);
    becomes("Nguyễn Thị Hoa2", "Nguyễn Thị Hoa2", 0); /* the second Hoa of the list, more likely */
    assert_int_equal(typing_repair(arena, STR("Thij Hoongf"), &got, r, 4), 2);
    assert_true(r[0].confidence >= 0.9 && r[1].confidence >= 0.9);
    assert_int_equal(typing_repair(arena, STR("Thij Hoongf"), &got, r, 1), 2);
    assert_true(str_eq(r[0].before, STR("Thij")) && str_eq(r[0].after, STR("Thị")));
    assert_string_equal(repair_name(REPAIR_TELEX), "repair_telex");
}

/* The keys of a letter in each method, as a typist would press them. */
static size_t keys_of(struct letter l, bool telex, char *out)
{
    static const char *const telex_marks[] = { "", "w", "", "w", "" };
    static const char vni_marks[] = { 0, '8', '6', '7', '9' };
    size_t len = 0;
    out[len++] = l.base;
    if (l.mark == MARK_NONE)
        return len;
    if (!telex)
        out[len++] = vni_marks[l.mark];
    else if (l.mark == MARK_CIRCUMFLEX || l.mark == MARK_STROKE)
        out[len++] = l.base;
    else
        out[len++] = telex_marks[l.mark][0];
    return len;
}

/* Syllables typed in either method come back, if the keys themselves are no syllable. */
static void round_trips(void **state)
{
    static const char *const words[] = {
        "nguyễn", "trần", "phạm", "hoàng", "đặng", "đỗ", "hồ", "dương", "lý", "thị", "văn", "hữu", "đức", "ngọc", "thủy", "hường",
        "phượng", "quyền", "nghĩa", "khuyến", "tuyết", "thắng", "cường", "hiếu", "được", "người", "ước", "ủy", "giếng", "quốc",
    };
    (void)state;
    for (size_t i = 0; i < 2 * (sizeof words / sizeof *words); i++) {
        str word = str_of(words[i / 2]), got;
        bool telex = i & 1;
        char keys[64];
        size_t len = 0, at = 0;
        enum tone tone = TONE_LEVEL;
        while (at < word.len) {
            struct letter l;
            assert_true(letter_take(text_next(word, &at), &l));
            tone = l.tone ? (enum tone)l.tone : tone;
            len += keys_of(l, telex, keys + len);
        }
        if (tone)
            keys[len++] = (telex ? "zfrxsj" : "023415")[tone];
        /* A word before it proves the method, so that a last digit counts as a key. */
        const char *proof = telex ? "nguyeenx" : "nguye64n";
        typing_repair(arena, arena_printf(arena, "%s %.*s", proof, (int)len, keys), &got, NULL, 0);
        got = str_from(got, STR("nguyễn ").len);
        if (!syllable_is_valid((str){ keys, len }) && !str_eq(got, word))
            fail_msg("%.*s became %.*s", (int)len, keys, STR_ARG(got));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repairs_telex),
        cmocka_unit_test(repairs_vni_and_viqr),
        cmocka_unit_test(repairs_lookalikes),
        cmocka_unit_test(leaves_others_alone),
        cmocka_unit_test(leaves_foreign_words_alone),
        cmocka_unit_test(neighbours_speak_for_a_repair),
        cmocka_unit_test(round_trips),
    };
    arena = arena_new(1 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
