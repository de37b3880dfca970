/* The address of a row: its unit by the official name and what that is today. The list's own words stay beside it.
 * tested by: src/refine/test/place_test.c */
#include "refine/row.h"

static str choices_text(struct row_work *w, const struct place_found *f)
{
    const struct places *p = w->by->places;
    struct buf b;
    str text;

    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < f->choice_count && i < PLACE_CHOICES; i++) {
        str path = defs_unit_path(w->arena, p->defs, f->choices[i], p->today, LANG_VI);
        buf_printf(&b, "%s%05d %.*s", i ? "; " : "", f->choices[i].v % 100000, STR_ARG(path));
    }
    text = arena_str(w->arena, buf_str(&b));
    buf_done(&b);
    return text;
}

static void repairs_tell(struct row_work *w, const struct place_found *f)
{
    const struct places *p = w->by->places;
    struct arena *a = w->arena;
    unit_id named = f->named.v ? f->named : f->today;
    str official = defs_unit_path(a, p->defs, named, places_day(p, named), LANG_VI);

    if (!str_eq(viet_key(a, f->units), viet_key(a, official)))
        row_repaired(w, COLUMN_ADDRESS, (struct repair){ REPAIR_UNIT_NAME, f->units, official, f->sure ? 0.95 : 0.8 });
    if (f->today.v && f->today.v != named.v)
        row_repaired(w, COLUMN_ADDRESS, (struct repair){ REPAIR_UNIT_SUCCESSOR, official, defs_unit_path(a, p->defs, f->today, p->today, LANG_VI), 0.99 });
}

void row_place(struct row_work *w)
{
    struct place_found *f = &w->person->place;
    enum row_reason was = w->person->reason;
    str raw, text;

    if (!w->by->places || !row_take(w, COLUMN_ADDRESS, &raw, &text) || !text.len) {
        w->person->reason = was; /* an address that cannot be taken does not refuse its row */
        return;
    }
    if (w->by->memo)
        place_memo_find(w->by->memo, w->arena, text, f);
    else
        places_find(w->by->places, w->arena, text, f);
    switch (f->answer) {
    case PLACE_EMPTY: return;
    case PLACE_UNKNOWN: row_warned(w, COLUMN_ADDRESS, WARNING_unit_unknown, (str){ 0 }); return;
    case PLACE_DIVIDED: row_warned(w, COLUMN_ADDRESS, WARNING_unit_divided, w->by->journal ? choices_text(w, f) : (str){ 0 }); break;
    case PLACE_SEVERAL: row_warned(w, COLUMN_ADDRESS, WARNING_unit_several, w->by->journal ? choices_text(w, f) : (str){ 0 }); return;
    case PLACE_KNOWN: break;
    }
    if (w->by->journal)
        repairs_tell(w, f);
    else if (f->today.v && f->today.v != f->named.v)
        w->person->repairs |= UINT64_C(1) << REPAIR_UNIT_SUCCESSOR;
}
