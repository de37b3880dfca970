/* What a definition's values stand for in one bundle: answers of the form, what was known at the start, what legs before gave.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

#include <string.h>

enum { NUMBER_DIGITS = 12, MONTHS_MAX = 1200 };

const struct answer *bundle_known(const struct bundle *b, str key) { return form_answer(b->doc, b->doc_count, key); }

STATUS leg_outputs(struct ctx *cx, const struct life_leg_row *leg, struct answer **ret, size_t *ret_count)
{
    *ret_count = 0;
    return leg->outputs.len ? form_load(cx, leg->outputs, ret, ret_count) : OK;
}

static str output_of(struct ctx *cx, const struct bundle *b, str path)
{
    struct answer *outputs = NULL;
    size_t count = 0;
    str key, whole = path;
    if (!str_cut(&path, '.', &key))
        return STR("");
    int leg = life_leg_find(b->event, key);
    if (leg >= 0 && !(b->held >> leg & 1)) { /* on another node: what its home told */
        const struct answer *told = bundle_known(b, arena_join(cx->arena, STR("leg."), whole));
        return told ? told->value : STR("");
    }
    if (leg < 0 || !status_ok(leg_outputs(cx, &b->legs[leg], &outputs, &count)))
        return STR("");
    const struct answer *a = form_answer(outputs, count, path);
    return a ? a->value : STR("");
}

static str number_text(struct ctx *cx, int64_t number) { return number ? arena_printf(cx->arena, "%012lld", (long long)number) : STR(""); }

static str piece_of(struct ctx *cx, const struct bundle *b, str from)
{
    if (str_starts(from, STR("=")))
        return str_from(from, 1);
    if (str_starts(from, STR("leg.")))
        return output_of(cx, b, str_from(from, 4));
    if (str_eq(from, STR("subject.number")))
        return number_text(cx, bundle_subject(cx, b));
    if (str_eq(from, STR("subject.number_tail")))
        return str_from(number_text(cx, bundle_subject(cx, b)), 1);
    if (str_eq(from, STR("applicant.number")))
        return number_text(cx, b->row.applicant_number);
    if (str_eq(from, STR("dossier.code")))
        return b->row.code;
    if (str_eq(from, STR("decision.day")))
        return day_iso_str(cx->arena, cx->today);
    const struct answer *a = bundle_known(b, from);
    return a ? a->value : STR("");
}

/* "2026-08-31 plus 6 months" is the last day of February. */
static str months_later(struct ctx *cx, str value, str rest)
{
    int64_t months = 0;
    day d;
    if (!str_i64(str_slice(rest, 0, str_find_char(rest, ' ')), &months) || months < 0 || months > MONTHS_MAX || !status_ok(day_parse(value, &d)) ||
        day_precision(d) != DAY_FULL)
        return STR("");
    int64_t all = (int64_t)day_year(d) * 12 + day_month(d) - 1 + months;
    int year = (int)(all / 12), month = (int)(all % 12) + 1, last = day_days_in_month(year, month);
    return day_iso_str(cx->arena, (day){ year * 10000 + month * 100 + (day_of_month(d) < last ? day_of_month(d) : last) });
}

str bundle_value(struct ctx *cx, const struct bundle *b, str value)
{
    str whole = STR("");
    while (value.len > 0) {
        size_t joint = str_find(value, STR(" + "));
        str part = str_slice(value, 0, joint);
        size_t plus = str_find(part, STR(" plus "));
        str piece = piece_of(cx, b, str_slice(part, 0, plus));
        if (piece.len == 0)
            return STR(""); /* a text with a hole is none */
        if (plus < part.len)
            piece = months_later(cx, piece, str_from(part, plus + 6));
        whole = arena_join(cx->arena, whole, piece);
        value = joint < value.len ? str_from(value, joint + 3) : STR("");
    }
    return whole;
}

int64_t bundle_subject(struct ctx *cx, const struct bundle *b)
{
    str text = str_starts(b->event->subject, STR("subject.")) ? STR("") : bundle_value(cx, b, b->event->subject);
    int64_t number = 0;
    return text.len == NUMBER_DIGITS && str_i64(text, &number) ? number : 0;
}
