/* Names, addresses and telephone numbers of one cell: parts are slices of it, repairs are valid text. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

static bool is_slice(str part, str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_place(str address)
{
    struct place p;
    struct phone_reading phone;
    place_parse(address, &p);
    MUST(is_slice(p.rest, address) && text_is_utf8(p.rest));
    for (int level = 0; level < PLACE_LEVELS; level++)
        MUST(text_is_utf8(p.unit[level].name));
    if (phone_read(address, &phone))
        MUST(phone.digits[0] == '0' && (phone.kind == PHONE_MOBILE || phone.kind == PHONE_LANDLINE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str raw = { (const char *)data, size < 256 ? size : 256 }, name, fixed;
    struct arena *a = arena_new(1 << 20);
    struct repair r[8];
    struct person_name parts;

    if (status_ok(viet_enter_cell(a, STR("name"), raw, 256, &name))) {
        name_split(name, &parts);
        MUST(is_slice(parts.family, name) && is_slice(parts.middle, name) && is_slice(parts.given, name));
        check_place(name);
        (void)name_plausibility(name);
        size_t count = name_repairs(a, name, r, 8);
        for (size_t i = 0; i < count && i < 8; i++)
            MUST(text_is_utf8(r[i].after) && r[i].confidence > 0 && r[i].confidence <= 1);
        count = typing_repair(a, name, &fixed, r, 8);
        MUST(text_is_utf8(fixed) && (count > 0 || str_eq(fixed, name)));
    }
    fault_clear();
    arena_free(a);
    return 0;
}
