/* Names and typing residue: parts are slices of the name, repairs are valid text, and a repaired text needs no second
 * repair of the same kind. */
#include "fuzz/fuzz.h"
#include "viet/viet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str raw = { (const char *)data, size < 256 ? size : 256 }, name, fixed;
    struct arena *a = arena_new(1 << 20);
    struct repair r[8];
    struct person_name parts;

    if (status_ok(viet_enter_cell(a, STR("name"), raw, 256, &name))) {
        name_split(name, &parts);
        MUST(parts.family.len + parts.middle.len + parts.given.len <= name.len);
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
