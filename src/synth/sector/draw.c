/* Values of a register's fields, drawn by their types: the form of a text, the items of a code list, days in the order in which
 * the definition names them. Rules are not solved: lists of agencies break them too. Nothing here is about a real person.
 * tested by: tests/scenario/sector.scn */
#include "synth/sector/draw.h"

#include <stdio.h>
#include <string.h>

enum { ADULT_YEARS = 18, NUMBER_SPAN_MAX = 10000, MONEY_STEP = 10000, DAYS_BETWEEN_MAX = 1500, LATELY_DAYS = 365 };

static void put(char out[static CELL_BYTES], str text)
{
    text = text_cut(text, CELL_BYTES - 1);
    if (text.len)
        memcpy(out, text.ptr, text.len);
    out[text.len] = 0;
}

/* Digits from the right are those of the row's number, so that keys differ; the rest is drawn. */
static void form_fill(struct drawing *w, str form, char out[static CELL_BYTES])
{
    int64_t left = w->index;
    put(out, form);
    for (size_t i = form.len < CELL_BYTES ? form.len : 0; i > 0; i--) {
        char *c = &out[i - 1];
        if (*c == '9') {
            *c = (char)('0' + (left > 0 ? left % 10 : 0));
            left /= 10;
        } else if (*c == 'A') {
            *c = (char)('A' + rng_below(w->g, 26));
        }
    }
}

static void text_draw(struct drawing *w, const struct sector_field *f, char out[static CELL_BYTES])
{
    if (f->form.len)
        form_fill(w, f->form, out);
    else if (f->example_count)
        put(out, f->examples[rng_below(w->g, (uint32_t)f->example_count)]);
    else if (f->type == SECTOR_DOCUMENT)
        (void)snprintf(out, CELL_BYTES, "%u/QĐ-UBND", 1 + rng_below(w->g, 900));
    else if (f->required)
        (void)snprintf(out, CELL_BYTES, "%lld", (long long)w->index);
}

static void day_draw(struct drawing *w, const struct sector_field *f, char out[static CELL_BYTES])
{
    int32_t today = day_first(w->today), from = day_first(w->row->birth) + ADULT_YEARS * 366, d;
    (void)f;
    if (!day_is_none(w->last))
        d = day_first(w->last) + (int32_t)rng_below(w->g, DAYS_BETWEEN_MAX);
    else if (from >= today - LATELY_DAYS || rng_chance(w->g, 0.5))
        d = today - (int32_t)rng_below(w->g, LATELY_DAYS);
    else
        d = from + (int32_t)rng_below(w->g, (uint32_t)(today - from));
    w->last = day_from_number(d);
    if (rng_chance(w->g, 0.05))
        (void)snprintf(out, CELL_BYTES, "%d", day_year(w->last));
    else
        (void)snprintf(out, CELL_BYTES, "%02d/%02d/%d", day_of_month(w->last), day_month(w->last), day_year(w->last));
}

static void number_draw(struct drawing *w, const struct sector_field *f, char out[static CELL_BYTES])
{
    int64_t scale = 1, min = f->min, span;
    for (int i = 0; i < f->decimals; i++)
        scale *= 10;
    min = min < 0 ? 0 : min;
    span = f->max - min < NUMBER_SPAN_MAX * scale ? f->max - min : NUMBER_SPAN_MAX * scale;
    if (min >= 1900 && f->max <= 2200 && f->decimals == 0) /* a year: a late one */
        min = day_year(w->today) - 3, span = 3;
    int64_t n = min + (int64_t)rng_below(w->g, (uint32_t)(span + 1));
    if (f->decimals)
        (void)snprintf(out, CELL_BYTES, "%lld,%0*lld", (long long)(n / scale), f->decimals, (long long)(n % scale));
    else
        (void)snprintf(out, CELL_BYTES, "%lld", (long long)n);
}

static void money_draw(struct drawing *w, const struct sector_field *f, char out[static CELL_BYTES])
{
    int64_t steps = f->max / MONEY_STEP < 1000 ? f->max / MONEY_STEP : 1000, n = (int64_t)rng_below(w->g, (uint32_t)steps + 1) * MONEY_STEP;
    if (n >= 1000000)
        (void)snprintf(out, CELL_BYTES, "%lld.%03lld.%03lld", (long long)(n / 1000000), (long long)(n / 1000 % 1000), (long long)(n % 1000));
    else
        (void)snprintf(out, CELL_BYTES, "%lld", (long long)n);
}

static void code_draw(struct drawing *w, const struct sector_field *f, char out[static CELL_BYTES])
{
    const struct code_item *it = &f->codes->items[rng_below(w->g, (uint32_t)f->codes->count)];
    bool other = it->also_count && rng_chance(w->g, 0.2);
    put(out, other ? it->also[rng_below(w->g, (uint32_t)it->also_count)] : it->vi);
}

static void unit_draw(struct drawing *w, char out[static CELL_BYTES])
{
    struct arena *a = arena_new(1 << 16);
    put(out, defs_unit_path(a, w->defs, w->row->unit, w->today, LANG_VI));
    arena_free(a);
}

static void cell_draw(struct drawing *w, const struct sector_field *f, char out[static CELL_BYTES])
{
    out[0] = 0;
    if (!f->required && rng_chance(w->g, 0.15))
        return;
    switch (f->type) {
    case SECTOR_TEXT:
    case SECTOR_DOCUMENT: text_draw(w, f, out); break;
    case SECTOR_DAY: day_draw(w, f, out); break;
    case SECTOR_NUMBER: number_draw(w, f, out); break;
    case SECTOR_MONEY: money_draw(w, f, out); break;
    case SECTOR_CODE: code_draw(w, f, out); break;
    case SECTOR_UNIT: unit_draw(w, out); break;
    case SECTOR_PERSON: break;
    }
    if (f->type != SECTOR_TEXT && f->type != SECTOR_DOCUMENT && rng_chance(w->g, 0.005))
        put(out, STR("chưa rõ"));
}

void sector_cells_draw(struct drawing *w, char (*cells)[CELL_BYTES])
{
    for (size_t i = 0; i < w->r->field_count; i++)
        cell_draw(w, &w->r->fields[i], cells[i]);
}
