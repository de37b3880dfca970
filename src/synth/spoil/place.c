/* Addresses of lists: by the units of today or by those before July 2025, written out, shortened, without type words, commas or
 * diacritics.
 * tested by: src/synth/test/synth_test.c */
#include "synth/spoil/spoil.h"

static str words_replaced(struct arena *a, str text, str from, str to)
{
    str out = { 0 };
    for (size_t at; (at = str_find(text, from)) < text.len; text = str_from(text, at + from.len))
        out = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(out), (int)at, text.ptr, STR_ARG(to));
    return arena_join(a, out, text);
}

/* "Phường 5" keeps its word: a number alone says nothing. */
static str types_dropped(struct arena *a, str path)
{
    static const char *const types[] = { "Thành phố ", "Thị xã ", "Thị trấn ", "Phường ", "Huyện ", "Quận ", "Tỉnh ", "Xã ", "Đặc khu " };
    str piece, out = { 0 };
    while (path.len && str_cut(&path, ',', &piece)) {
        piece = str_trim(piece);
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            str rest = str_from(piece, str_of(types[i]).len);
            if (str_starts(piece, str_of(types[i])) && !(rest.ptr[0] >= '0' && rest.ptr[0] <= '9')) {
                piece = rest;
                break;
            }
        }
        out = out.len ? arena_printf(a, "%.*s, %.*s", STR_ARG(out), STR_ARG(piece)) : piece;
    }
    return out;
}

static str types_shortened(struct arena *a, str path)
{
    static const char *const types[][2] = { { "Thành phố ", "TP. " }, { "Thị xã ", "TX. " }, { "Thị trấn ", "TT. " }, { "Phường ", "P. " },
                                            { "Huyện ", "H. " }, { "Quận ", "Q." }, { "Tỉnh ", "T. " }, { "Xã ", "X. " } };
    str piece, out = { 0 };
    while (path.len && str_cut(&path, ',', &piece)) {
        piece = str_trim(piece);
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (str_starts(piece, str_of(types[i][0]))) {
                piece = arena_printf(a, "%s%.*s", types[i][1], STR_ARG(str_from(piece, str_of(types[i][0]).len)));
                break;
            }
        out = out.len ? arena_printf(a, "%.*s, %.*s", STR_ARG(out), STR_ARG(piece)) : piece;
    }
    return out;
}

static str address_forms(struct spoiling *s, str path)
{
    if (ROLL(address_short)) {
        DID(s->row, address_short);
        return types_shortened(s->arena, path);
    }
    if (ROLL(address_bare)) {
        DID(s->row, address_bare);
        return types_dropped(s->arena, path);
    }
    return path;
}

/* An old unit whose people may live in this one: of a divided commune all may have gone elsewhere. */
static bool old_unit_draw(struct spoiling *s, unit_id *inout)
{
    size_t n, there;
    unit_id now[8];
    const struct lineage *l = defs_unit_predecessors(s->defs, *inout, &n);
    if (!n || !ROLL(unit_old))
        return false;
    unit_id old = l[rng_below(s->r, (uint32_t)n)].old;
    enum unit_answer answer = defs_unit_at(s->defs, old, (day){ 20260101 }, now, 8, &there);
    if (answer == UNIT_ANSWER_ONE && now[0].v != inout->v)
        return false;
    *inout = old;
    return true;
}

void address_make(struct spoiling *s)
{
    struct list_row *row = s->row;
    unit_id unit = row->unit;
    day on = { 20260101 };
    if (s->rates[SYNTH_FAULT_unit_old] > 0 && old_unit_draw(s, &unit)) {
        DID(row, unit_old);
        on.ymd = 20250601;
    }
    str path = defs_unit_path(s->arena, s->defs, unit, on, LANG_VI);
    path = address_forms(s, path);
    str address = arena_printf(s->arena, "Tổ %d, %.*s", 1 + (int)rng_below(s->r, 30), STR_ARG(path));
    if (ROLL(address_no_commas)) {
        DID(row, address_no_commas);
        address = words_replaced(s->arena, address, STR(", "), STR(" "));
    }
    if (ROLL(address_plain)) {
        DID(row, address_plain);
        address = viet_fold(s->arena, address);
    }
    cell_set(row, COLUMN_ADDRESS, address);
}
