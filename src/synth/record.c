/* One record of a person as one file has it: the row's cells, with slips by the file's rates.
 * tested by: src/synth/test/pairs_test.c */
#include "synth/pairs.h"

#include "base/csv.h"

#include <string.h>

const char record_head[] = "id,ho_ten,ngay_sinh,gioi_tinh,so_dinh_danh,ten_cha,ten_me,noi_o,dien_thoai\n";

struct record {
    struct crowd *crowd;
    struct rng *r;
    const struct crowd_person *who;
    const double *rates;
    int side;
    struct buf *out;
    uint64_t done;
};

static bool roll(const struct record *w, enum synth_slip slip) { return w->rates[slip] > 0 && rng_chance(w->r, w->rates[slip]); }
static bool note(struct record *w, enum synth_slip slip, bool could)
{
    if (could)
        w->done |= 1ull << slip;
    return could;
}
/* Does `act` if the lot falls so; true if it could be done. */
#define MAYBE(slip, act) (roll(w, SYNTH_SLIP_##slip) && note(w, SYNTH_SLIP_##slip, (act)))

static void letters_cell(struct record *w, const struct letters *l)
{
    char bytes[LETTERS_MAX * 4];
    csv_cell(w->out, letters_write(l, bytes), ',');
}

static void name_cell(struct record *w)
{
    struct letters l;
    letters_read(&l, str_of(w->who->name));
    (void)MAYBE(name_variant, slip_variant(w->r, &l));
    (void)MAYBE(name_middle_dropped, slip_middle(&l));
    (void)MAYBE(name_order, slip_order(&l));
    (void)(MAYBE(name_telex, slip_telex(w->r, &l)) || MAYBE(name_no_marks, slip_marks(&l)));
    (void)(MAYBE(name_typo_more, slip_typo(w->r, &l) && slip_typo(w->r, &l)) || MAYBE(name_typo, slip_typo(w->r, &l)));
    (void)MAYBE(name_upper, slip_upper(&l));
    letters_cell(w, &l);
}

/* One digit of day, month or the last two of the year, if another date comes of it. */
static bool birth_digit(struct rng *r, day *inout)
{
    static const int weights[] = { 1, 10, 100, 1000, 10000, 100000 };
    for (int try = 0; try < 16; try++) {
        int weight = weights[rng_below(r, 6)], digit = inout->ymd / weight % 10, other = (int)rng_below(r, 10);
        day d = { inout->ymd + (other - digit) * weight };
        if (other == digit || !day_is_valid(d) || day_precision(d) != DAY_FULL)
            continue;
        *inout = d;
        return true;
    }
    return false;
}

static bool birth_swap(day *inout)
{
    int month = day_month(*inout), in_month = day_of_month(*inout);
    if (in_month > 12 || in_month == month)
        return false;
    inout->ymd = day_year(*inout) * 10000 + in_month * 100 + month;
    return true;
}

static void birth_cell(struct record *w)
{
    day d = w->who->human->birth;
    if (MAYBE(birth_missing, true))
        return;
    if (day_precision(d) == DAY_FULL) {
        (void)(MAYBE(birth_digit, birth_digit(w->r, &d)) || MAYBE(birth_swapped, birth_swap(&d)));
        if (MAYBE(birth_year_only, true))
            d.ymd = day_year(d) * 10000;
    }
    if (day_precision(d) == DAY_FULL)
        buf_pad(w->out, (uint64_t)day_of_month(d), 2), buf_char(w->out, '/');
    if (day_month(d))
        buf_pad(w->out, (uint64_t)day_month(d), 2), buf_char(w->out, '/');
    buf_pad(w->out, (uint64_t)day_year(d), 4);
}

static void sex_cell(struct record *w)
{
    bool man = w->who->human->sex == SEX_MALE;
    if (MAYBE(sex_missing, true))
        return;
    if (MAYBE(sex_wrong, true))
        man = !man;
    buf_add(w->out, man ? STR("Nam") : STR("Nữ"));
}

static void number_cell(struct record *w)
{
    char number[16] = "";
    if (!w->who->human->number)
        return;
    if (MAYBE(number_missing, true))
        return;
    number_format(w->who->human->number, number);
    (void)MAYBE(number_wrong, slip_digit(w->r, number, 0));
    buf_add(w->out, str_of(number));
}

static void parent_cell(struct record *w, const char *name, enum synth_slip missing)
{
    struct letters l;
    if (roll(w, missing)) {
        note(w, missing, true);
        return;
    }
    letters_read(&l, str_of(name));
    (void)MAYBE(parent_no_marks, slip_marks(&l));
    (void)MAYBE(parent_typo, slip_typo(w->r, &l));
    letters_cell(w, &l);
}

/* "Phường Ba Đình, Thành phố Hà Nội" as "P. Ba Đình, TP. Hà Nội". */
static str path_abbreviate(struct arena *a, str path)
{
    static const char *const words[][2] = { { "Phường ", "P. " }, { "Xã ", "X. " },    { "Thị trấn ", "TT. " }, { "Đặc khu ", "ĐK. " },
                                            { "Quận ", "Q. " },   { "Huyện ", "H. " }, { "Thị xã ", "TX. " },   { "Thành phố ", "TP. " },
                                            { "Tỉnh ", "" } };
    str piece, out = { 0 };
    while (str_cut(&path, ',', &piece)) {
        piece = str_trim(piece);
        const char *brief = "";
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (str_starts(piece, str_of(words[i][0]))) {
                brief = words[i][1];
                piece = str_from(piece, str_of(words[i][0]).len);
                break;
            }
        out = arena_printf(a, "%.*s%s%s%.*s", STR_ARG(out), out.len ? ", " : "", brief, STR_ARG(piece));
    }
    return out;
}

static void address_cell(struct record *w)
{
    if (!w->who->home)
        return;
    if (MAYBE(address_missing, true))
        return;
    const struct crowd_home *home = &w->crowd->homes[w->who->home];
    int which = home->moved[w->side];
    bool old = MAYBE(address_old, true), brief = MAYBE(address_short, true), abbreviated = MAYBE(address_abbreviated, true);
    str path = old ? home->before[which] : home->now[which];
    struct arena *a = w->crowd->arena;
    struct letters l;
    bool ward = str_starts(path, STR("Phường "));
    if (abbreviated)
        path = path_abbreviate(a, path);
    str group = arena_printf(a, "%s %d, %.*s", ward ? "Tổ" : "Thôn", home->group[which], STR_ARG(path));
    letters_read(&l, brief ? group : arena_printf(a, "%s, %.*s", home->street[which], STR_ARG(group)));
    note(w, SYNTH_SLIP_address_moved, which);
    (void)MAYBE(address_typo, slip_typo(w->r, &l));
    letters_cell(w, &l);
}

static void phone_cell(struct record *w)
{
    char phone[11];
    memcpy(phone, w->who->phone, sizeof phone);
    if (!phone[0])
        return;
    if (MAYBE(phone_missing, true))
        return;
    if (MAYBE(phone_changed, true))
        snprintf(phone, sizeof phone, "09%08u", rng_below(w->r, 100000000));
    (void)MAYBE(phone_wrong, slip_digit(w->r, phone, 3));
    buf_add(w->out, str_of(phone));
}

uint64_t record_write(struct crowd *c, const struct crowd_person *who, const double *rates, int side, struct buf *out)
{
    struct record w = { .crowd = c, .r = &c->r, .who = who, .rates = rates, .side = side, .out = out };
    void (*const cells[])(struct record *) = { name_cell, birth_cell, sex_cell, number_cell };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        buf_char(out, ',');
        cells[i](&w);
    }
    buf_char(out, ',');
    parent_cell(&w, who->father, SYNTH_SLIP_father_missing);
    buf_char(out, ',');
    parent_cell(&w, who->mother, SYNTH_SLIP_mother_missing);
    buf_char(out, ',');
    address_cell(&w);
    buf_char(out, ',');
    phone_cell(&w);
    buf_char(out, '\n');
    return w.done;
}
