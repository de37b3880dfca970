/* The faults of agencies' lists (see SYNTH_FAULTS), each done to a row with its rate and noted in the row, so that the truth
 * file says what a cleaning engine has to find. A fault that cannot be done (no zeros to lose) is not noted.
 * tested by: src/synth/test/synth_test.c */
#include "synth/spoil/spoil.h"

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
void cell_set(struct list_row *row, enum list_column c, str text)
{
    text = text_cut(text, CELL_BYTES - 1);
    memcpy(row->cell[c], text.ptr, text.len);
    row->cell[c][text.len] = 0;
}

str cell(const struct list_row *row, enum list_column c) { return str_of(row->cell[c]); }

/* --- number ------------------------------------------------------------------------------------------------------ */

/* What scanners and typists put for a digit. */
static bool number_letters(struct spoiling *s, char *digits)
{
    static const char *const looks[10] = { [0] = "OoQ", [1] = "lI", [2] = "Z", [5] = "S", [8] = "B" };
    bool done = false;
    for (int i = 0, left = 2; digits[i] && left; i++) {
        const char *as = digits[i] >= '0' && digits[i] <= '9' ? looks[digits[i] - '0'] : NULL;
        if (!as || (done && !rng_chance(s->r, 0.2)))
            continue;
        digits[i] = as[rng_below(s->r, (uint32_t)strlen(as))];
        done = true;
        left--;
    }
    return done;
}

/* Ways in which a spreadsheet or a typist writes the number itself. */
static void number_form_spoil(struct spoiling *s, char *digits)
{
    struct list_row *row = s->row;
    size_t zeros = strspn(digits, "0");
    int64_t value = 0;
    if (zeros && ROLL(number_rounded) && str_i64(str_of(digits), &value)) {
        cell_set(row, COLUMN_NUMBER, arena_printf(s->arena, "%.5E", (double)value));
        DID(row, number_rounded);
    } else if (zeros && ROLL(number_fraction)) {
        cell_set(row, COLUMN_NUMBER, arena_printf(s->arena, "%s.0", digits + zeros));
        DID(row, number_fraction);
    } else if (zeros && ROLL(zeros_lost)) {
        memmove(digits, digits + zeros, strlen(digits + zeros) + 1);
        DID(row, zeros_lost);
    } else if (ROLL(number_spaced)) {
        cell_set(row, COLUMN_NUMBER, arena_printf(s->arena, "%.3s %.3s %.3s %.3s", digits, digits + 3, digits + 6, digits + 9));
        DID(row, number_spaced);
    } else if (ROLL(number_letters) && number_letters(s, digits)) {
        DID(row, number_letters);
    }
}

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
    number_form_spoil(s, row->cell[COLUMN_NUMBER]);
}

/* --- sex, telephone, the whole ------------------------------------------------------------------------------------- */

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

static void phone_spoil(struct spoiling *s)
{
    struct list_row *row = s->row;
    const char *p = row->phone;
    char old[12];
    cell_set(row, COLUMN_PHONE, str_of(p));
    if (strlen(p) != 10)
        return;
    if (ROLL(phone_old) && phone_before_2018(str_of(p), old)) {
        cell_set(row, COLUMN_PHONE, str_of(old));
        DID(row, phone_old);
    } else if (ROLL(phone_country)) {
        cell_set(row, COLUMN_PHONE, arena_printf(s->arena, "%s%s", rng_chance(s->r, 0.5) ? "+84" : "84", p + 1));
        DID(row, phone_country);
    } else if (ROLL(phone_zero_lost)) {
        cell_set(row, COLUMN_PHONE, str_of(p + 1));
        DID(row, phone_zero_lost);
    } else if (ROLL(phone_spaced)) {
        cell_set(row, COLUMN_PHONE, arena_printf(s->arena, rng_chance(s->r, 0.5) ? "%.4s %.3s %s" : "%.4s.%.3s.%s", p, p + 4, p + 7));
        DID(row, phone_spaced);
    }
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
    phone_spoil(&s);
    arena_free(s.arena);
}
