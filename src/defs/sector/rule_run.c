/* A rule asked of one row. Three answers go through it: yes, no, not known. Of a day that is known by its year alone, what
 * could be true is not held against the row.
 * tested by: src/defs/sector/rule_test.c */
#include "defs/sector/rule_node.h"

struct asked {
    const struct rule_value *values;
    day today;
};

static struct rule_value truth(bool known, bool is) { return (struct rule_value){ .type = RULE_TRUTH, .known = known, .number = is }; }

static struct rule_value number(bool known, int64_t n) { return (struct rule_value){ .type = RULE_NUMBER, .known = known, .number = n }; }

static day day_in(const struct rule_value *v) { return (day){ (int32_t)v->number }; }

static struct rule_value answer(const struct asked *q, const struct rule_node *n);

/* Beyond what a number can hold it stays at the bound: far apart is far apart. */
static int64_t minus(int64_t a, int64_t b)
{
    int64_t r;
    return __builtin_sub_overflow(a, b, &r) ? (a < 0 ? INT64_MIN : INT64_MAX) : r;
}

static int64_t plus(int64_t a, int64_t b)
{
    int64_t r;
    return __builtin_add_overflow(a, b, &r) ? (a < 0 ? INT64_MIN : INT64_MAX) : r;
}

/* `least` and `most`: the bounds of left minus right. */
static struct rule_value compare_range(enum rule_op op, int64_t least, int64_t most)
{
    switch (op) {
    case RULE_LESS: return truth(most < 0 || least >= 0, most < 0);
    case RULE_AT_MOST: return truth(most <= 0 || least > 0, most <= 0);
    case RULE_MORE: return truth(least > 0 || most <= 0, least > 0);
    case RULE_AT_LEAST: return truth(least >= 0 || most < 0, least >= 0);
    default: return truth(least == most || most < 0 || least > 0, (least == 0 && most == 0) == (op == RULE_EQUAL));
    }
}

static struct rule_value compare_days(enum rule_op op, day a, day b)
{
    if (day_is_none(a) || day_is_none(b))
        return truth(false, false);
    if (a.ymd == b.ymd)
        return compare_range(op, 0, 0);
    return compare_range(op, day_first(a) - day_last(b), day_last(a) - day_first(b));
}

static struct rule_value compare(enum rule_op op, const struct rule_value *a, const struct rule_value *b)
{
    if (!a->known || !b->known)
        return truth(false, false);
    if (a->type == RULE_DAY)
        return compare_days(op, day_in(a), day_in(b));
    if (a->type == RULE_TEXT)
        return truth(true, str_eq(a->text, b->text) == (op == RULE_EQUAL));
    return compare_range(op, minus(a->number, plus(b->number, b->spread)), minus(plus(a->number, a->spread), b->number));
}

static struct rule_value add(enum rule_op op, const struct rule_value *a, const struct rule_value *b)
{
    bool known = a->known && b->known;
    int64_t sign = op == RULE_PLUS ? 1 : -1;
    if (a->type == RULE_DAY && b->type == RULE_DAY)
        return number(known && day_precision(day_in(a)) == DAY_FULL && day_precision(day_in(b)) == DAY_FULL,
                      known ? day_first(day_in(a)) - day_first(day_in(b)) : 0);
    if (a->type == RULE_DAY) {
        bool full = known && day_precision(day_in(a)) == DAY_FULL && b->number > -400000 && b->number < 400000;
        day moved = full ? day_add(day_in(a), (int32_t)(sign * b->number)) : (day){ 0 };
        return (struct rule_value){ .type = RULE_DAY, .known = full && day_is_valid(moved), .number = moved.ymd };
    }
    struct rule_value v = number(known, op == RULE_PLUS ? plus(a->number, b->number) : minus(a->number, plus(b->number, b->spread)));
    v.spread = plus(a->spread, b->spread);
    return v;
}

static struct rule_value age(const struct asked *q, const struct rule_node *n)
{
    struct rule_value birth = answer(q, n->a);
    struct rule_value on = n->b ? answer(q, n->b) : (struct rule_value){ .known = true, .number = q->today.ymd };
    if (!birth.known || !on.known || day_is_none(day_in(&birth)) || day_is_none(day_in(&on)))
        return number(false, 0);
    day born_first = day_from_number(day_first(day_in(&birth))), on_last = day_from_number(day_last(day_in(&on)));
    struct rule_value v = number(true, day_age(day_in(&birth), day_in(&on)));
    v.spread = day_age(born_first, on_last) - v.number;
    return v;
}

static struct rule_value both(enum rule_op op, const struct rule_value *a, const struct rule_value *b)
{
    bool decides = op == RULE_OR; /* the value that settles it whatever the other says */
    if ((a->known && a->number == decides) || (b->known && b->number == decides))
        return truth(true, decides);
    return truth(a->known && b->known, !decides);
}

static struct rule_value answer(const struct asked *q, const struct rule_node *n)
{
    struct rule_value a, b;
    switch (n->op) {
    case RULE_CONSTANT: return n->value;
    case RULE_NAME: return q->values[n->name];
    case RULE_TODAY: return (struct rule_value){ .type = RULE_DAY, .known = true, .number = q->today.ymd };
    case RULE_PRESENT: return truth(true, q->values[n->a->name].known);
    case RULE_AGE: return age(q, n);
    case RULE_YEAR:
        a = answer(q, n->a);
        return number(a.known, day_year(day_in(&a)));
    case RULE_LENGTH:
        a = answer(q, n->a);
        return number(a.known, (int64_t)text_count(a.text));
    case RULE_NOT:
        a = answer(q, n->a);
        return truth(a.known, !a.number);
    default: break;
    }
    a = answer(q, n->a);
    b = answer(q, n->b);
    if (n->op == RULE_PLUS || n->op == RULE_MINUS)
        return add(n->op, &a, &b);
    return n->op == RULE_AND || n->op == RULE_OR ? both(n->op, &a, &b) : compare(n->op, &a, &b);
}

bool rule_holds(const struct rule *r, const struct rule_value *values, day today)
{
    struct asked q = { values, today };
    struct rule_value v = answer(&q, r->root);
    return !v.known || v.number != 0;
}

uint64_t rule_names(const struct rule *r) { return r->names; }
