/* The faults of agencies' lists (see SYNTH_FAULTS), each done to a row with its rate and noted in the row, so that the truth
 * file says what a cleaning engine has to find. A fault that cannot be done (no zeros to lose) is not noted.
 * tested by: src/synth/test/synth_test.c */
#include "synth/list.h"

#include <stdio.h>
#include <string.h>

const char *const list_heads[LIST_COLUMNS] = { "STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Địa chỉ thường trú", "Số điện thoại" };
const char *const synth_fault_names[SYNTH_FAULT_COUNT] = {
#define FAULT(name, rate) #name,
    SYNTH_FAULTS(FAULT)
#undef FAULT
};
const double synth_fault_rates[SYNTH_FAULT_COUNT] = {
#define FAULT(name, rate) rate,
    SYNTH_FAULTS(FAULT)
#undef FAULT
};
#define DID(row, fault) ((row)->faults |= 1u << SYNTH_FAULT_##fault)
#define ROLL(fault) rng_chance(s->r, s->rates[SYNTH_FAULT_##fault])

struct spoiling {
    const struct defs *defs;
    struct rng *r;
    const double *rates;
    struct list_row *row;
    struct arena *arena;
};

static void cell_set(struct list_row *row, enum list_column c, str text)
{
    text = text_cut(text, CELL_BYTES - 1);
    memcpy(row->cell[c], text.ptr, text.len);
    row->cell[c][text.len] = 0;
}

static str cell(const struct list_row *row, enum list_column c) { return str_of(row->cell[c]); }

/* --- number ------------------------------------------------------------------------------------------------------ */

static void number_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    str n = str_of(row->number);
    if (str_is_empty(n))
        return;
    if (ROLL(number_missing)) {
        DID(row, number_missing);
        return;
    }
    if (row->old_number[0] && ROLL(number_old)) {
        DID(row, number_old);
        cell_set(row, COLUMN_NUMBER, str_of(row->old_number));
        return;
    }
    cell_set(row, COLUMN_NUMBER, n);
    if (ROLL(number_wrong)) {
        char *digit = &row->cell[COLUMN_NUMBER][6 + rng_below(s->r, 6)];
        *digit = (char)('0' + (*digit - '0' + 1 + (int)rng_below(s->r, 9)) % 10);
        DID(row, number_wrong);
    }
    if (n.ptr[0] == '0' && ROLL(zeros_lost)) {
        size_t zeros = strspn(row->cell[COLUMN_NUMBER], "0");
        memmove(row->cell[COLUMN_NUMBER], row->cell[COLUMN_NUMBER] + zeros, strlen(row->cell[COLUMN_NUMBER] + zeros) + 1);
        DID(row, zeros_lost);
    } else if (ROLL(number_spaced)) {
        const char *d = row->cell[COLUMN_NUMBER];
        cell_set(row, COLUMN_NUMBER, arena_printf(s->arena, "%.3s %.3s %.3s %.3s", d, d + 3, d + 6, d + 9));
        DID(row, number_spaced);
    }
}

/* --- day of birth ------------------------------------------------------------------------------------------------ */

static str day_other_form(struct spoiling *s, day d)
{
    int y = day_year(d), m = day_month(d), dm = day_of_month(d);
    switch (rng_below(s->r, 6)) {
    case 0: return arena_printf(s->arena, "%04d-%02d-%02d", y, m, dm);
    case 1: return arena_printf(s->arena, "%02d-%02d-%04d", dm, m, y);
    case 2: return arena_printf(s->arena, "%02d.%02d.%04d", dm, m, y);
    case 3: return arena_printf(s->arena, "%d/%d/%04d", dm, m, y);
    case 4: return arena_printf(s->arena, "%02d%02d%04d", dm, m, y);
    default: return arena_printf(s->arena, "ngày %02d tháng %02d năm %04d", dm, m, y);
    }
}

static void day_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    day d = row->birth;
    if (day_precision(d) != DAY_FULL) {
        cell_set(row, COLUMN_BIRTH, day_vi(s->arena, d));
        return;
    }
    if (ROLL(day_year_only)) {
        DID(row, day_year_only);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "%d", day_year(d)));
        return;
    }
    if (ROLL(day_placeholder)) {
        DID(row, day_placeholder);
        cell_set(row, COLUMN_BIRTH, arena_printf(s->arena, "01/01/%d", day_year(d)));
        return;
    }
    if (ROLL(day_wrong)) {
        DID(row, day_wrong);
        d = day_add(d, 1 + (int32_t)rng_below(s->r, 300));
    } else if (day_of_month(d) <= 12 && day_of_month(d) != day_month(d) && ROLL(day_swapped)) {
        DID(row, day_swapped);
        d.ymd = day_year(d) * 10000 + day_of_month(d) * 100 + day_month(d);
    }
    bool other = ROLL(day_other_form);
    if (other)
        DID(row, day_other_form);
    cell_set(row, COLUMN_BIRTH, other ? day_other_form(s, d) : day_vi(s->arena, d));
}

/* --- name -------------------------------------------------------------------------------------------------------- */

/* "Nguyễn" as typed by Telex when the method was off for one word: "Nguyeenx". */
static str word_telex(struct spoiling *s, str word)
{
    static const char tones[] = { 0, 'f', 'r', 'x', 's', 'j' };
    struct buf b;
    buf_init(&b, 256);
    char tone = 0;
    for (size_t at = 0; at < word.len;) {
        uint32_t cp = text_next(word, &at);
        struct letter l;
        if (!letter_take(cp, &l)) {
            char utf8[4];
            buf_bytes(&b, utf8, text_put(utf8, cp));
            continue;
        }
        char base = (char)(l.upper ? l.base - 32 : l.base);
        buf_char(&b, base);
        if (l.mark == MARK_CIRCUMFLEX || l.mark == MARK_STROKE)
            buf_char(&b, l.base);
        else if (l.mark == MARK_BREVE || l.mark == MARK_HORN)
            buf_char(&b, 'w');
        if (l.tone)
            tone = tones[l.tone];
    }
    if (tone)
        buf_char(&b, tone);
    str out = arena_str(s->arena, buf_str(&b));
    buf_done(&b);
    return out;
}

static str name_telex(struct spoiling *s, str name)
{
    str rest = name, word, out = { 0 };
    bool done = false;
    while (str_cut(&rest, ' ', &word)) {
        str typed = done ? word : word_telex(s, word);
        done |= !str_eq(typed, word);
        out = str_is_empty(out) ? typed : arena_printf(s->arena, "%.*s %.*s", STR_ARG(out), STR_ARG(typed));
    }
    return out;
}

/* Two neighbouring ASCII letters swapped, or one dropped. */
static bool name_typo(struct spoiling *s, char *name)
{
    size_t n = strlen(name);
    for (int try = 0; try < 20 && n > 4; try++) {
        size_t i = 1 + rng_below(s->r, (uint32_t)n - 3);
        char a = name[i], b = name[i + 1];
        if (a == b || a < 'a' || a > 'z' || b < 'a' || b > 'z')
            continue;
        if (rng_chance(s->r, 0.5)) {
            name[i] = b;
            name[i + 1] = a;
        } else {
            memmove(name + i, name + i + 1, n - i);
        }
        return true;
    }
    return false;
}

static void name_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    str name = str_of(row->name);
    size_t last = name.len;
    while (last > 0 && name.ptr[last - 1] != ' ')
        last--;
    if (last > 1 && ROLL(name_order)) {
        DID(row, name_order);
        name = arena_printf(s->arena, "%.*s %.*s", STR_ARG(str_from(name, last)), (int)last - 1, name.ptr);
    }
    if (ROLL(name_telex)) {
        str typed = name_telex(s, name);
        if (!str_eq(typed, name))
            DID(row, name_telex);
        name = typed;
    } else if (ROLL(name_no_marks)) {
        str plain = viet_title(s->arena, viet_fold(s->arena, name));
        if (!str_eq(plain, name))
            DID(row, name_no_marks);
        name = plain;
    }
    cell_set(row, COLUMN_NAME, name);
    if (ROLL(name_typo) && name_typo(s, row->cell[COLUMN_NAME]))
        DID(row, name_typo);
    if (ROLL(name_upper)) {
        DID(row, name_upper);
        cell_set(row, COLUMN_NAME, viet_upper(s->arena, cell(row, COLUMN_NAME)));
    }
    if (ROLL(name_spaces)) {
        DID(row, name_spaces);
        str c = arena_str(s->arena, cell(row, COLUMN_NAME));
        size_t gap = str_find_char(c, ' ');
        cell_set(row, COLUMN_NAME, arena_printf(s->arena, " %.*s  %.*s ", (int)gap, c.ptr, STR_ARG(str_from(c, gap + 1))));
    }
}

/* --- sex, address, the whole ------------------------------------------------------------------------------------- */

static void sex_spoil(struct spoiling *s)
{
    static const char *const men[] = { "nam", "NAM", "M", "Nam giới", "1" }, *const women[] = { "nữ", "NỮ", "Nu", "F", "Nữ giới", "2" };
    struct list_row *row = s->row;
    if (ROLL(sex_missing)) {
        DID(row, sex_missing);
        return;
    }
    bool other = ROLL(sex_spelled), man = row->sex == SEX_MALE;
    if (other)
        DID(row, sex_spelled);
    const char *plain = man ? "Nam" : "Nữ";
    const char *spelled = man ? men[rng_below(s->r, 5)] : women[rng_below(s->r, 6)];
    cell_set(row, COLUMN_SEX, str_of(other ? spelled : plain));
}

static void address_make(struct spoiling *s)
{
    struct list_row *row = s->row;
    unit_id unit = row->unit;
    day on = { 20260101 };
    size_t n;
    const struct lineage *l = defs_unit_predecessors(s->defs, unit, &n);
    if (n && ROLL(unit_old)) {
        DID(row, unit_old);
        unit = l[rng_below(s->r, (uint32_t)n)].old;
        on.ymd = 20250601;
    }
    str path = defs_unit_path(s->arena, s->defs, unit, on, LANG_VI);
    cell_set(row, COLUMN_ADDRESS, arena_printf(s->arena, "Tổ %d, %.*s", 1 + (int)rng_below(s->r, 30), STR_ARG(path)));
}

void list_row_spoil(const struct defs *defs, struct rng *r, const double *rates, struct list_row *row)
{
    struct spoiling s = { defs, r, rates, row, arena_new(1 << 20) };
    for (int c = 0; c < LIST_COLUMNS; c++)
        row->cell[c][0] = 0;
    number_spoil(&s);
    day_spoil(&s);
    name_spoil(&s);
    sex_spoil(&s);
    address_make(&s);
    cell_set(row, COLUMN_PHONE, str_of(row->phone));
    arena_free(s.arena);
}
