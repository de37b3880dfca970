/* Reading a rule: a small grammar of comparisons, and, or, not, sums of days, and four functions (age, year, length, present).
 * There are no loops, no assignments and nothing that could read more than the row, so that a definition cannot do harm.
 * Refuses unknown names, types that do not fit, and a word that the closed list of a field does not have.
 * tested by: src/defs/sector/rule_test.c */
#include "defs/sector/rule_node.h"

#include <string.h>

#include "messages/messages.h"

struct parser {
    struct arena *arena;
    str text;
    size_t at;
    const struct rule_name *names;
    size_t count;
    uint64_t used;
    int depth;
    struct msg_kept *why;
    bool failed;
};

/* The first thing wrong is told. */
static struct rule_node *wrong(struct parser *p, struct msg_kept why)
{
    if (!p->failed)
        *p->why = why;
    p->failed = true;
    return NULL;
}

static struct rule_node *node(struct parser *p, enum rule_op op, enum rule_type type, struct rule_node *a, struct rule_node *b)
{
    struct rule_node *n = ARENA_NEW(p->arena, struct rule_node);
    *n = (struct rule_node){ .op = op, .type = type, .a = a, .b = b };
    return n;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void blanks(struct parser *p)
{
    while (p->at < p->text.len && p->text.ptr[p->at] == ' ')
        p->at++;
}

/* Takes a mark such as "<=" if it stands here. */
static bool mark(struct parser *p, const char *m)
{
    blanks(p);
    if (!str_starts(str_from(p->text, p->at), str_of(m)))
        return false;
    p->at += strlen(m);
    return true;
}

static str word_here(struct parser *p)
{
    blanks(p);
    size_t end = p->at;
    while (end < p->text.len && (is_letter(p->text.ptr[end]) || (end > p->at && is_digit(p->text.ptr[end]))))
        end++;
    return str_slice(p->text, p->at, end);
}

static bool word(struct parser *p, const char *w)
{
    str here = word_here(p);
    if (!str_eq(here, str_of(w)))
        return false;
    p->at += here.len;
    return true;
}

static struct rule_node *either(struct parser *p);

/* 2024-07-01, or a whole number. */
static struct rule_node *digits(struct parser *p)
{
    size_t end = p->at;
    while (end < p->text.len && (is_digit(p->text.ptr[end]) || p->text.ptr[end] == '-'))
        end++;
    str all = str_slice(p->text, p->at, end);
    day d;
    struct rule_node *n = node(p, RULE_CONSTANT, RULE_NUMBER, NULL, NULL);
    if (all.len == 10 && status_ok(day_parse(all, &d)) && day_precision(d) == DAY_FULL) {
        n->type = RULE_DAY;
        n->value = (struct rule_value){ .type = RULE_DAY, .known = true, .number = d.ymd };
        p->at = end;
        return n;
    }
    end = p->at;
    while (end < p->text.len && is_digit(p->text.ptr[end]))
        end++;
    str number = str_slice(p->text, p->at, end);
    n->value = (struct rule_value){ .type = RULE_NUMBER, .known = true };
    if (!str_i64(number, &n->value.number))
        return wrong(p, msg_defs_rule_number(number));
    p->at = end;
    return n;
}

static struct rule_node *quoted(struct parser *p)
{
    size_t end = p->at + 1;
    while (end < p->text.len && p->text.ptr[end] != '\'')
        end++;
    if (end == p->text.len)
        return wrong(p, msg_defs_rule_quote());
    struct rule_node *n = node(p, RULE_CONSTANT, RULE_TEXT, NULL, NULL);
    n->value = (struct rule_value){ .type = RULE_TEXT, .known = true, .text = arena_str(p->arena, str_slice(p->text, p->at + 1, end)) };
    p->at = end + 1;
    return n;
}

static struct rule_node *named(struct parser *p, str name)
{
    for (size_t i = 0; i < p->count; i++)
        if (str_eq(p->names[i].name, name)) {
            struct rule_node *n = node(p, RULE_NAME, p->names[i].type, NULL, NULL);
            n->name = (int)i;
            p->used |= UINT64_C(1) << i;
            p->at += name.len;
            return n;
        }
    return wrong(p, msg_defs_rule_name_unknown(name));
}

static struct rule_node *of_type(struct parser *p, struct rule_node *n, enum rule_type type)
{
    if (!n || n->type == type)
        return n;
    return wrong(p, type == RULE_DAY ? msg_defs_rule_day() : type == RULE_TEXT ? msg_defs_rule_text() : msg_defs_rule_truth());
}

/* age(day), age(day, day), year(day), length(text), present(name) */
static struct rule_node *function(struct parser *p, str name)
{
    static const struct { const char *name; enum rule_op op; enum rule_type takes, gives; } table[] = {
        { "age", RULE_AGE, RULE_DAY, RULE_NUMBER }, { "year", RULE_YEAR, RULE_DAY, RULE_NUMBER },
        { "length", RULE_LENGTH, RULE_TEXT, RULE_NUMBER }, { "present", RULE_PRESENT, RULE_TRUTH, RULE_TRUTH },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t before = p->at;
        p->at += name.len;
        if (!str_eq(name, str_of(table[i].name)) || !mark(p, "(")) {
            p->at = before; /* a field may be called like a function */
            continue;
        }
        struct rule_node *a = either(p), *b = NULL;
        if (a && table[i].op == RULE_PRESENT && a->op != RULE_NAME)
            return wrong(p, msg_defs_rule_present());
        if (table[i].op != RULE_PRESENT)
            a = of_type(p, a, table[i].takes);
        if (a && table[i].op == RULE_AGE && mark(p, ","))
            b = of_type(p, either(p), RULE_DAY);
        if (!p->failed && !mark(p, ")"))
            return wrong(p, msg_defs_rule_bracket(name));
        return p->failed ? NULL : node(p, table[i].op, table[i].gives, a, b);
    }
    return named(p, name);
}

static struct rule_node *atom(struct parser *p)
{
    blanks(p);
    char c = p->at < p->text.len ? p->text.ptr[p->at] : 0;
    if (is_digit(c))
        return digits(p);
    if (c == '\'')
        return quoted(p);
    if (mark(p, "(")) {
        struct rule_node *n = either(p);
        return !n || mark(p, ")") ? n : wrong(p, msg_defs_rule_bracket((str){ 0 }));
    }
    if (!is_letter(c))
        return wrong(p, msg_defs_rule_value(str_slice(p->text, p->at, p->at + 1)));
    if (word(p, "today"))
        return node(p, RULE_TODAY, RULE_DAY, NULL, NULL);
    return function(p, word_here(p));
}

/* Numbers with numbers; a day with a number of days; two days to the days between them. */
static struct rule_node *sum(struct parser *p)
{
    struct rule_node *left = atom(p);
    while (left && !p->failed) {
        bool plus = mark(p, "+");
        if (!plus && !mark(p, "-"))
            break;
        struct rule_node *right = atom(p);
        if (!right)
            return NULL;
        bool numbers = left->type == RULE_NUMBER && right->type == RULE_NUMBER;
        bool shifted = left->type == RULE_DAY && right->type == RULE_NUMBER;
        bool between = left->type == RULE_DAY && right->type == RULE_DAY && !plus;
        if (!numbers && !shifted && !between)
            return wrong(p, msg_defs_rule_sum());
        left = node(p, plus ? RULE_PLUS : RULE_MINUS, shifted ? RULE_DAY : RULE_NUMBER, left, right);
    }
    return left;
}

/* A closed list is compared with its own words only: a misspelt one would never hold. */
static bool words_fit(struct parser *p, const struct rule_node *n, const struct rule_node *other)
{
    if (n->op != RULE_NAME || other->op != RULE_CONSTANT || !p->names[n->name].words)
        return true;
    for (size_t i = 0; i < p->names[n->name].word_count; i++)
        if (str_eq(p->names[n->name].words[i], other->value.text))
            return true;
    (void)wrong(p, msg_defs_rule_word(other->value.text));
    return false;
}

static struct rule_node *comparison(struct parser *p)
{
    static const struct { const char *mark; enum rule_op op; } marks[] = {
        { "!=", RULE_UNEQUAL }, { "<=", RULE_AT_MOST }, { ">=", RULE_AT_LEAST }, { "=", RULE_EQUAL }, { "<", RULE_LESS }, { ">", RULE_MORE },
    };
    struct rule_node *left = sum(p);
    for (size_t i = 0; left && i < sizeof marks / sizeof *marks; i++) {
        if (!mark(p, marks[i].mark))
            continue;
        struct rule_node *right = sum(p);
        if (!right)
            return NULL;
        if (left->type != right->type || left->type == RULE_TRUTH)
            return wrong(p, msg_defs_rule_compare());
        bool ordered = left->type == RULE_NUMBER || left->type == RULE_DAY;
        if (!ordered && marks[i].op != RULE_EQUAL && marks[i].op != RULE_UNEQUAL)
            return wrong(p, msg_defs_rule_order());
        if (!words_fit(p, left, right) || !words_fit(p, right, left))
            return NULL;
        return node(p, marks[i].op, RULE_TRUTH, left, right);
    }
    return left;
}

static struct rule_node *negation(struct parser *p)
{
    if (++p->depth > RULE_DEPTH_MAX)
        return wrong(p, msg_defs_rule_deep());
    struct rule_node *n;
    if (word(p, "not")) {
        n = of_type(p, negation(p), RULE_TRUTH);
        n = n ? node(p, RULE_NOT, RULE_TRUTH, n, NULL) : NULL;
    } else {
        n = comparison(p);
    }
    p->depth--;
    return n;
}

static struct rule_node *chain(struct parser *p, struct rule_node *(*part)(struct parser *), const char *joint, enum rule_op op)
{
    struct rule_node *left = part(p);
    while (left && word(p, joint)) {
        struct rule_node *right = part(p);
        if (!of_type(p, left, RULE_TRUTH) || !of_type(p, right, RULE_TRUTH) || !right)
            return NULL;
        left = node(p, op, RULE_TRUTH, left, right);
    }
    return left;
}

static struct rule_node *both(struct parser *p) { return chain(p, negation, "and", RULE_AND); }
static struct rule_node *either(struct parser *p) { return chain(p, both, "or", RULE_OR); }

bool rule_parse(struct arena *a, str text, const struct rule_name *names, size_t count, const struct rule **ret, struct rule_problem *problem)
{
    struct parser p = { .arena = a, .text = text, .names = names, .count = count, .why = &problem->why };
    struct rule *r = ARENA_NEW(a, struct rule);
    MUST(count <= 64);
    r->root = either(&p);
    if (r->root && !p.failed)
        r->root = of_type(&p, r->root, RULE_TRUTH);
    blanks(&p);
    if (!p.failed && p.at < text.len)
        (void)wrong(&p, msg_defs_rule_rest(str_from(text, p.at)));
    r->names = p.used;
    *ret = r;
    problem->at = (int)p.at + 1;
    return !p.failed;
}
