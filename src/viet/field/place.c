/* Reads an address from its end, because there the largest unit stands. A type word decides the level; where it is missing,
 * the order does and the part is marked as guessed. "Thành phố" is a province or a district: the last one is the province
 * unless a province stands behind it. Two tiers since 1 July 2025, three before: both are read. */
#include "viet/field/place.h"

#include <string.h>

#include "viet/fold.h"
#include "viet/letter.h"

enum { SEGMENTS_MAX = 12, WORD_MAX = 24 };

/* Folded beginnings of a segment; longer ones first. `dotted` ones count inside a segment too. */
static const struct {
    const char *mark, *type;
    enum place_level level;
    bool inside;
} types[] = {
    { "thi tran ", "thị trấn", PLACE_COMMUNE, true },   { "thi xa ", "thị xã", PLACE_DISTRICT, true },
    { "thanh pho ", "thành phố", PLACE_PROVINCE, true }, { "dac khu ", "đặc khu", PLACE_COMMUNE, true },
    { "phuong ", "phường", PLACE_COMMUNE, false },       { "huyen ", "huyện", PLACE_DISTRICT, false },
    { "quan ", "quận", PLACE_DISTRICT, false },          { "tinh ", "tỉnh", PLACE_PROVINCE, false },
    { "xa ", "xã", PLACE_COMMUNE, false },               { "tp. ", "thành phố", PLACE_PROVINCE, true },
    { "tp.", "thành phố", PLACE_PROVINCE, true },        { "tp ", "thành phố", PLACE_PROVINCE, true },
    { "tx. ", "thị xã", PLACE_DISTRICT, true },          { "tx.", "thị xã", PLACE_DISTRICT, true },
    { "tx ", "thị xã", PLACE_DISTRICT, true },           { "tt. ", "thị trấn", PLACE_COMMUNE, true },
    { "tt.", "thị trấn", PLACE_COMMUNE, true },          { "tt ", "thị trấn", PLACE_COMMUNE, true },
    { "p. ", "phường", PLACE_COMMUNE, true },            { "p.", "phường", PLACE_COMMUNE, true },
    { "q. ", "quận", PLACE_DISTRICT, true },             { "q.", "quận", PLACE_DISTRICT, true },
    { "h. ", "huyện", PLACE_DISTRICT, true },            { "h.", "huyện", PLACE_DISTRICT, true },
    { "x. ", "xã", PLACE_COMMUNE, true },                { "x.", "xã", PLACE_COMMUNE, true },
    { "t. ", "tỉnh", PLACE_PROVINCE, true },             { "t.", "tỉnh", PLACE_PROVINCE, true },
    { "p ", "phường", PLACE_COMMUNE, false },            { "q ", "quận", PLACE_DISTRICT, false },
    { "h ", "huyện", PLACE_DISTRICT, false },            { "x ", "xã", PLACE_COMMUNE, false },
};
enum { TYPES = sizeof types / sizeof *types };

/* These stand inside a segment only with their diacritics: "xã" is a type, "xa" a word. */
static const struct {
    const char *mark;
    int type;
} full_words[] = { { "phường ", 4 }, { "huyện ", 5 }, { "quận ", 6 }, { "tỉnh ", 7 }, { "xã ", 8 } };

static const struct {
    const char *folded, *full;
} provinces[] = {
    { "hn", "Hà Nội" },        { "tphn", "Hà Nội" },      { "hcm", "Hồ Chí Minh" }, { "tphcm", "Hồ Chí Minh" },
    { "hcmc", "Hồ Chí Minh" }, { "sai gon", "Hồ Chí Minh" }, { "sg", "Hồ Chí Minh" }, { "hp", "Hải Phòng" },
    { "brvt", "Bà Rịa - Vũng Tàu" }, { "br-vt", "Bà Rịa - Vũng Tàu" }, { "tt hue", "Thừa Thiên Huế" }, { "tth", "Thừa Thiên Huế" },
};

struct segment {
    str text; /* without its type */
    int type; /* index in types, -1 if none */
    const char *begin; /* where the segment begins in the address, with its type */
};

str place_expand_province(str name)
{
    char bytes[WORD_MAX];
    str folded = { bytes, viet_fold_into(bytes, sizeof bytes, name) };
    size_t kept = 0;
    for (size_t i = 0; i < folded.len; i++)
        if (bytes[i] != '.')
            bytes[kept++] = bytes[i];
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++)
        if (str_eq((str){ bytes, kept }, str_of(provinces[i].folded)))
            return str_of(provinces[i].full);
    return (str){ 0 };
}

/* Length in bytes of `s` that folds to `mark`; 0 if it does not begin so. */
static size_t mark_bytes(str s, const char *mark)
{
    char bytes[4 * WORD_MAX];
    size_t at = 0, want = strlen(mark);
    /* The type words begin with plain letters. */
    if (s.len == 0 || (s.ptr[0] | 0x20) != mark[0])
        return 0;
    while (at < s.len) {
        text_next(s, &at);
        str head = { bytes, viet_fold_into(bytes, sizeof bytes, str_slice(s, 0, at)) };
        bool space = mark[want - 1] == ' ' && s.ptr[at - 1] == ' ';
        if (head.len + space == want && memcmp(bytes, mark, head.len) == 0 && (space || mark[want - 1] != ' '))
            return at;
        if (head.len > want)
            return 0;
    }
    return 0;
}

static bool letters_behind(str s)
{
    return str_trim(s).len > 0;
}

/* "P5", "Q10": the type glued to a number. */
static int glued_type(str s)
{
    bool number = s.len >= 2 && s.len <= 3 && str_is_digits(str_from(s, 1));
    char head = s.len > 0 ? (char)(s.ptr[0] | 0x20) : 0;
    for (int i = 0; number && i < TYPES; i++)
        if (strlen(types[i].mark) == 2 && types[i].mark[1] == ' ' && types[i].mark[0] == head)
            return i;
    return -1;
}

static struct segment segment_of(str text)
{
    struct segment s = { .text = str_trim(text), .type = -1 };
    s.begin = s.text.ptr;
    for (int i = 0; i < TYPES; i++) {
        size_t bytes = mark_bytes(s.text, types[i].mark);
        if (bytes == 0 || !letters_behind(str_from(s.text, bytes)))
            continue;
        s.type = i;
        s.text = str_trim(str_from(s.text, bytes));
        return s;
    }
    s.type = glued_type(s.text);
    if (s.type >= 0)
        s.text = str_from(s.text, 1);
    return s;
}

/* Does a new unit begin at this word inside a segment? */
static bool begins_unit(str rest)
{
    for (size_t i = 0; i < sizeof full_words / sizeof *full_words; i++) {
        char lower[WORD_MAX];
        size_t at = 0, len = 0;
        if (rest.len == 0 || (rest.ptr[0] | 0x20) != full_words[i].mark[0])
            continue;
        while (at < rest.len && len + 4 < sizeof lower && (at == 0 || rest.ptr[at - 1] != ' '))
            len += text_put(lower + len, rest.ptr[at] == ' ' ? text_next(rest, &at) : letter_lower(text_next(rest, &at)));
        if (str_eq((str){ lower, len }, str_of(full_words[i].mark)))
            return true;
    }
    for (int i = 0; i < TYPES; i++)
        if (types[i].inside && mark_bytes(rest, types[i].mark) > 0)
            return true;
    return false;
}

static void segment_add(struct segment *list, size_t *count, str text)
{
    text = str_trim(text);
    if (text.len == 0)
        return;
    if (*count == SEGMENTS_MAX) { /* too many: the first two become one, part of the rest */
        list[0].text = (str){ list[0].begin, (size_t)(list[1].text.ptr + list[1].text.len - list[0].begin) };
        list[0].type = -1;
        memmove(&list[1], &list[2], (SEGMENTS_MAX - 2) * sizeof *list);
        --*count;
    }
    list[(*count)++] = segment_of(text);
}

static bool is_province(str text)
{
    static const char *const names[] = {
#define PROVINCE(prefix, name) name,
#include "viet/field/province.def"
#undef PROVINCE
    };
    char one[64], other[64];
    str folded = { one, viet_fold_into(one, sizeof one, text) };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(folded, (str){ other, viet_fold_into(other, sizeof other, str_of(names[i])) }))
            return true;
    return place_expand_province(text).len > 0;
}

static bool folds_to(str text, const char *folded)
{
    char bytes[WORD_MAX];
    return str_eq((str){ bytes, viet_fold_into(bytes, sizeof bytes, text) }, str_of(folded));
}

/* A new unit begins at a word inside the text. "Xã" behind "thị" is one word with it; a type word before another unit or a
 * separator belongs to a name, as in "xã Tứ Xã, huyện Lâm Thao". */
static bool unit_at(str text, size_t at)
{
    size_t before = at > 0 ? at - 1 : 0;
    if ((at > 0 && text.ptr[at - 1] != ' ') || !begins_unit(str_from(text, at)))
        return false;
    while (before > 0 && text.ptr[before - 1] != ' ')
        before--;
    str rest = str_from(text, at), word = str_slice(rest, 0, str_find_char(rest, ' ')), next = str_from(rest, word.len + 1);
    if (at > 0 && folds_to(str_slice(text, before, at - 1), "thi") && folds_to(word, "xa"))
        return false;
    bool ends = next.len == 0 || strchr("-,;", next.ptr[0]);
    return word.len == rest.len || (!ends && (folds_to(word, "thi") || !begins_unit(next)));
}

/* Only a type word so far: its name is still to come ("Phường Phường Đúc"). */
static bool lacks_name(str text)
{
    static const char *const words[] = { "phuong", "huyen", "quan", "tinh", "xa", "thi xa", "thi tran", "thanh pho", "dac khu" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (folds_to(text, words[i]))
            return true;
    return str_trim(text).len == 0;
}

static bool has_units(str address)
{
    for (size_t at = 0; at < address.len; at++)
        if (unit_at(address, at))
            return true;
    return false;
}

/* A dash joins names ("Văn Miếu - Quốc Tử Giám") and parts units: it parts before a type word or a province, and where the
 * address has neither comma nor type word. */
static bool is_break(str address, size_t at, bool bare, size_t *ret_bytes)
{
    char c = address.ptr[at];
    *ret_bytes = c == ' ' ? 3 : 1;
    if (c == ',' || c == ';' || c == '\n')
        return true;
    if (!str_starts(str_from(address, at), STR(" - ")))
        return false;
    str next = str_from(address, at + 3);
    next = str_slice(next, 0, str_find(next, STR(" - ")));
    return bare || unit_at(address, at + 3) || is_province(next);
}

static size_t segments_split(str address, struct segment list[static SEGMENTS_MAX])
{
    size_t from = 0, count = 0, at = 0, bytes;
    bool bare = str_find_char(address, ',') == address.len && !has_units(address);
    while (at < address.len) {
        if (is_break(address, at, bare, &bytes)) {
            segment_add(list, &count, str_slice(address, from, at));
            from = at += bytes;
            continue;
        }
        if (at > from && unit_at(address, at) && !lacks_name(str_slice(address, from, at))) {
            segment_add(list, &count, str_slice(address, from, at));
            from = at;
        }
        at++;
    }
    segment_add(list, &count, str_from(address, from));
    return count;
}

static bool is_city(const struct segment *s)
{
    return s->type >= 0 && strcmp(types[s->type].type, "thành phố") == 0;
}

static void take(struct place *p, enum place_level level, const struct segment *s, bool guessed)
{
    str full = level == PLACE_PROVINCE ? place_expand_province(s->text) : (str){ 0 };
    p->unit[level] = (struct place_name){
        .type = s->type >= 0 ? str_of(types[s->type].type) : (str){ 0 },
        .name = full.len ? full : s->text,
        .guessed = guessed,
    };
}

/* The level of a segment, given what stands behind it; PLACE_LEVELS if it belongs to the rest. */
static enum place_level level_of(const struct segment *s, const struct place *p, bool typed_commune_before)
{
    bool province = p->unit[PLACE_PROVINCE].name.len > 0, district = p->unit[PLACE_DISTRICT].name.len > 0;
    bool commune = p->unit[PLACE_COMMUNE].name.len > 0;
    if (commune)
        return PLACE_LEVELS;
    if (s->type >= 0) {
        enum place_level level = types[s->type].level;
        if (is_city(s) && province)
            level = PLACE_DISTRICT;
        return p->unit[level].name.len > 0 || (level == PLACE_PROVINCE && district) ? PLACE_LEVELS : level;
    }
    if (!province && !district)
        return PLACE_PROVINCE;
    return typed_commune_before && !district ? PLACE_DISTRICT : PLACE_LEVELS;
}

/* Is a commune typed in one of the segments before this one? */
static bool commune_before(const struct segment *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].type >= 0 && types[list[i].type].level == PLACE_COMMUNE)
            return true;
    return false;
}

/* Nothing typed below the province: the last names before it are taken in order, as guesses. */
static size_t guess_untyped(const struct segment *list, size_t left, struct place *p)
{
    bool district = p->unit[PLACE_DISTRICT].name.len > 0;
    if (p->unit[PLACE_PROVINCE].name.len == 0 || p->unit[PLACE_COMMUNE].name.len > 0 || left == 0)
        return left;
    if (!district && left >= 2 && list[left - 1].type < 0 && list[left - 2].type < 0)
        take(p, PLACE_DISTRICT, &list[--left], true);
    if (list[left - 1].type < 0 && !(list[left - 1].text.ptr[0] >= '0' && list[left - 1].text.ptr[0] <= '9'))
        take(p, PLACE_COMMUNE, &list[--left], true);
    return left;
}

void place_parse(str address, struct place *ret)
{
    struct segment list[SEGMENTS_MAX];
    size_t left = segments_split(address, list);

    *ret = (struct place){ 0 };
    while (left > 0) {
        const struct segment *s = &list[left - 1];
        enum place_level level = level_of(s, ret, commune_before(list, left - 1));
        if (level == PLACE_LEVELS || (s->type < 0 && left == 1 && list[0].begin == address.ptr && level == PLACE_PROVINCE &&
                                      s->text.ptr[0] >= '0' && s->text.ptr[0] <= '9'))
            break;
        take(ret, level, s, s->type < 0);
        left--;
    }
    left = guess_untyped(list, left, ret);
    if (left > 0)
        ret->rest = (str){ list[0].begin, (size_t)(list[left - 1].text.ptr + list[left - 1].text.len - list[0].begin) };
}
