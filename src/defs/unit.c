/* Administrative units as the rest of the program asks for them: by id, code and day, their text and their place in the
 * tree. A bare code is never taken for a unit without a day, because most communes of the map of 2025 re-use the code of
 * another area (QĐ 19/2025/QĐ-TTg). */
#include "defs/inside.h"

#include <stdio.h>
#include <string.h>

static const struct {
    str key, vi, en;
    const char *short_vi; /* as people write it, folded, for reading names */
} type_words[UNIT_TYPE_COUNT] = {
    [UNIT_TYPE_PROVINCE] = { STR("province"), STR("Tỉnh"), STR("Province"), "t." },
    [UNIT_TYPE_CITY] = { STR("city"), STR("Thành phố"), STR("City"), "tp." },
    [UNIT_TYPE_URBAN_DISTRICT] = { STR("urban_district"), STR("Quận"), STR("Urban District"), "q." },
    [UNIT_TYPE_RURAL_DISTRICT] = { STR("rural_district"), STR("Huyện"), STR("Rural District"), "h." },
    [UNIT_TYPE_TOWN] = { STR("town"), STR("Thị xã"), STR("Town"), "tx." },
    [UNIT_TYPE_PROVINCE_CITY] = { STR("province_city"), STR("Thành phố"), STR("City"), "tp" },
    [UNIT_TYPE_WARD] = { STR("ward"), STR("Phường"), STR("Ward"), "p." },
    [UNIT_TYPE_COMMUNE] = { STR("commune"), STR("Xã"), STR("Commune"), "x." },
    [UNIT_TYPE_TOWNSHIP] = { STR("township"), STR("Thị trấn"), STR("Township"), "tt." },
    [UNIT_TYPE_SPECIAL_ZONE] = { STR("special_zone"), STR("Đặc khu"), STR("Special Zone"), "dk." },
};

str unit_type_word(enum unit_type type, enum lang lang)
{
    if ((int)type <= 0 || type >= UNIT_TYPE_COUNT)
        return (str){ 0 };
    return lang == LANG_VI ? type_words[type].vi : type_words[type].en;
}

int unit_type_of_word(str word)
{
    for (int i = 1; i < UNIT_TYPE_COUNT; i++)
        if (str_eq(word, type_words[i].key))
            return i;
    return -1;
}

/* Offset in `name` at which its folded form reaches `folded_len` bytes; folding goes letter by letter. */
static size_t unfold_offset(str name, size_t folded_len)
{
    char out[16];
    size_t at = 0, folded = 0;
    while (at < name.len && folded < folded_len) {
        size_t from = at;
        text_next(name, &at);
        str letter = str_slice(name, from, at);
        folded += str_eq(letter, STR(" ")) ? 1 : viet_fold_into(out, sizeof out, letter);
    }
    return at;
}

str unit_name_bare(str name, enum unit_type *ret_type)
{
    char folded[128], word[32];
    str low = { folded, viet_fold_into(folded, sizeof folded, name) };
    *ret_type = UNIT_TYPE_NONE;
    for (int i = 1; i < UNIT_TYPE_COUNT; i++) {
        size_t len = viet_fold_into(word, sizeof word - 1, type_words[i].vi);
        word[len] = ' ';
        bool full = str_starts(low, (str){ word, len + 1 });
        bool brief = !full && str_starts(low, str_of(type_words[i].short_vi));
        if (full || brief) {
            *ret_type = (enum unit_type)i;
            return str_trim(str_from(name, unfold_offset(name, full ? len + 1 : strlen(type_words[i].short_vi))));
        }
    }
    return name;
}

unit_id unit_id_make(int map, int level, int32_t code) { return (unit_id){ map * 1000000 + level * 100000 + code }; }

size_t unit_index(const struct defs *d, unit_id id)
{
    size_t low = 0, high = d->unit_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->units[middle].id.v < id.v)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->unit_count && d->units[low].id.v == id.v ? low : SIZE_MAX;
}

const struct unit *defs_unit(const struct defs *d, unit_id id)
{
    size_t index = unit_index(d, id);
    return index == SIZE_MAX ? NULL : &d->units[index];
}

size_t defs_unit_count(const struct defs *d) { return d->unit_count; }

const struct unit *defs_unit_nth(const struct defs *d, size_t index)
{
    return index < d->unit_count ? &d->units[index] : NULL;
}

enum unit_map defs_map_at(const struct defs *d, day on)
{
    if (day_is_none(on))
        on = day_of_us(clock_now_us());
    return day_first(on) >= day_first(d->maps[MAP_NEW].from) ? MAP_NEW : MAP_OLD;
}

day defs_map_from(const struct defs *d, enum unit_map map) { return d->maps[map].from; }
day defs_map_to(const struct defs *d, enum unit_map map) { return d->maps[map].to; }

bool defs_unit_in_force(const struct defs *d, unit_id id, day on)
{
    const struct unit *u = defs_unit(d, id);
    if (!u || day_is_none(on))
        return false;
    struct unit_map_range range = d->maps[u->map];
    return day_last(on) >= day_first(range.from) && (day_is_none(range.to) || day_first(on) <= day_first(range.to));
}

static unit_id by_code(const struct defs *d, str code, int map)
{
    int64_t value = 0;
    int level = code.len == 2 ? UNIT_PROVINCE : code.len == 3 ? UNIT_DISTRICT : code.len == 5 ? UNIT_COMMUNE : 0;
    if (level == 0 || !str_is_digits(code) || !str_i64(code, &value))
        return UNIT_NONE;
    unit_id id = unit_id_make(map, level, (int32_t)value);
    return defs_unit(d, id) ? id : UNIT_NONE;
}

unit_id defs_unit_by_code(const struct defs *d, str code, day on) { return by_code(d, code, (int)defs_map_at(d, on)); }

STATUS defs_unit_parse(const struct defs *d, str text, day today, unit_id *ret)
{
    str rest = text, code = { 0 };
    day on = today;
    *ret = UNIT_NONE;
    if (!str_cut(&rest, '@', &code))
        return FAIL_WITH(UNIT_UNKNOWN, STR(""), text);
    bool dated = code.len < text.len;
    if (dated && str_eq(rest, STR("old")))
        *ret = by_code(d, code, MAP_OLD);
    else if (dated && str_eq(rest, STR("new")))
        *ret = by_code(d, code, MAP_NEW);
    else if (!dated || status_ok(day_parse(rest, &on)))
        *ret = defs_unit_by_code(d, code, on);
    return ret->v ? OK : FAIL_WITH(UNIT_UNKNOWN, STR(""), text);
}

str defs_unit_text(struct arena *arena, unit_id id)
{
    static const int digits[] = { 0, 2, 3, 5 };
    int map = id.v / 1000000, level = id.v / 100000 % 10;
    if (id.v <= 0 || map > MAP_NEW || level < UNIT_PROVINCE || level > UNIT_COMMUNE)
        return (str){ 0 };
    return arena_printf(arena, "%0*d@%s", digits[level], id.v % 100000, map == MAP_OLD ? "old" : "new");
}

static void unit_as_of(const struct defs *d, const struct unit *u, day on, enum unit_type *ret_type, str *ret_name)
{
    if (day_is_none(on))
        on = day_of_us(clock_now_us());
    *ret_type = (enum unit_type)u->type;
    *ret_name = u->name;
    for (size_t i = 0; i < d->change_count; i++) {
        const struct unit_change *c = &d->changes[i];
        if (c->unit.v != u->id.v || day_first(c->from) > day_first(on))
            continue;
        *ret_type = c->type ? (enum unit_type)c->type : *ret_type;
        *ret_name = c->name.len ? c->name : *ret_name;
    }
}

enum unit_type defs_unit_type(const struct defs *d, unit_id id, day on)
{
    const struct unit *u = defs_unit(d, id);
    enum unit_type type = UNIT_TYPE_NONE;
    str name;
    if (u)
        unit_as_of(d, u, on, &type, &name);
    return type;
}

str defs_unit_name(struct arena *arena, const struct defs *d, unit_id id, day on, enum lang lang)
{
    const struct unit *u = defs_unit(d, id);
    enum unit_type type;
    str name;
    if (!u)
        return (str){ 0 };
    unit_as_of(d, u, on, &type, &name);
    str word = unit_type_word(type, lang);
    if (lang == LANG_VI || str_is_digits(name))
        return arena_printf(arena, "%.*s %.*s", STR_ARG(word), STR_ARG(name));
    return arena_printf(arena, "%.*s %.*s", STR_ARG(name), STR_ARG(word));
}

str defs_unit_path(struct arena *arena, const struct defs *d, unit_id id, day on, enum lang lang)
{
    const struct unit *u = defs_unit(d, id);
    str path = defs_unit_name(arena, d, id, on, lang);
    while (u && u->parent.v) {
        str above = defs_unit_name(arena, d, u->parent, on, lang);
        path = arena_printf(arena, "%.*s, %.*s", STR_ARG(path), STR_ARG(above));
        u = defs_unit(d, u->parent);
    }
    return path;
}

unit_id defs_unit_province(const struct defs *d, unit_id id)
{
    const struct unit *u = defs_unit(d, id);
    while (u && u->parent.v)
        u = defs_unit(d, u->parent);
    return u ? u->id : UNIT_NONE;
}

bool defs_unit_within(const struct defs *d, unit_id id, unit_id outer)
{
    const struct unit *u = defs_unit(d, id);
    for (; u; u = u->parent.v ? defs_unit(d, u->parent) : NULL)
        if (u->id.v == outer.v)
            return true;
    return false;
}

const unit_id *defs_unit_children(const struct defs *d, unit_id id, size_t *ret_count)
{
    size_t index = unit_index(d, id);
    *ret_count = index == SIZE_MAX ? 0 : d->children[index].count;
    return *ret_count ? d->child_ids + d->children[index].first : NULL;
}

const unit_id *defs_provinces(const struct defs *d, enum unit_map map, size_t *ret_count)
{
    *ret_count = d->provinces[map].count;
    return d->child_ids + d->provinces[map].first;
}

unit_id defs_unit_by_prefix(const struct defs *d, int prefix)
{
    char text[16];
    snprintf(text, sizeof text, "%03d", prefix);
    for (size_t i = 0; i < d->unit_count; i++) {
        if (d->units[i].level == UNIT_PROVINCE && str_eq(d->units[i].prefix, str_of(text)))
            return d->units[i].id;
    }
    return UNIT_NONE;
}
