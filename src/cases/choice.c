/* What can be decided about a case, and what the authority matrix proposes. A decision against the proposal needs a reason; one
 * that lets a weaker source overrule a stronger one needs the paper that proves it.
 * tested by: src/cases/test/decide_test.c */
#include "cases/inside.h"

static const struct {
    enum case_kind kind;
    enum case_choice choice;
} allowed[] = {
    { CASE_CONFLICT, CHOICE_REGISTER }, { CASE_CONFLICT, CHOICE_ROW },     { CASE_CONFLICT, CHOICE_OTHER },
    { CASE_AMBIGUOUS, CHOICE_CANDIDATE }, { CASE_AMBIGUOUS, CHOICE_NOBODY },
    { CASE_DUPLICATE, CHOICE_END },     { CASE_DUPLICATE, CHOICE_END_OTHER }, { CASE_DUPLICATE, CHOICE_APART },
    { CASE_SAME_PERSON, CHOICE_MERGE }, { CASE_SAME_PERSON, CHOICE_MERGE_BACK }, { CASE_SAME_PERSON, CHOICE_APART },
    { CASE_DECEASED, CHOICE_END },      { CASE_DECEASED, CHOICE_KEEP },
    { CASE_MOVED, CHOICE_REGISTER },    { CASE_MOVED, CHOICE_ROW },        { CASE_MOVED, CHOICE_KEEP },
    { CASE_CANCELLED, CHOICE_CANDIDATE }, { CASE_CANCELLED, CHOICE_END },  { CASE_CANCELLED, CHOICE_KEEP },
    { CASE_OFFER, CHOICE_ACCEPT },      { CASE_OFFER, CHOICE_REFUSE },
};

bool case_choice_allowed(const struct case_row *r, enum case_choice choice)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i].kind == (enum case_kind)r->kind && allowed[i].choice == choice)
            return true;
    return false;
}

/* An officer who reports a paper speaks for a list until he names the source of the paper. */
enum fact_source case_said_source(const struct ctx *cx, const struct case_row *r)
{
    if (r->kind == CASE_OFFER)
        return SOURCE_CITIZEN;
    return r->register_code.len ? defs_source_of(cx->app->defs, r->register_code) : SOURCE_LIST;
}

static STATUS by_matrix(struct ctx *cx, const struct case_row *r, enum case_choice *ret)
{
    struct held held;
    str value;
    int bit;
    *ret = CHOICE_ROW; /* a field of its own is the register's word */
    if (!person_field_by_name(r->attribute, &bit) || !r->person)
        return OK;
    TRY(case_held_now(cx, (person_id){ r->person }, bit, &value, &held));
    bool stronger = held.known && !defs_source_wins(cx->app->defs, (enum person_field)bit, case_said_source(cx, r), (enum fact_source)held.fact.source);
    *ret = stronger ? CHOICE_REGISTER : CHOICE_ROW;
    return OK;
}

STATUS case_propose(struct ctx *cx, const struct case_row *r, const struct case_candidate *candidates, size_t count, enum case_choice *ret)
{
    enum { CLEAR_PERCENT = 90 };
    *ret = CHOICE_NONE;
    switch ((enum case_kind)r->kind) {
    case CASE_CONFLICT:
    case CASE_MOVED: return by_matrix(cx, r, ret);
    case CASE_AMBIGUOUS: *ret = count && candidates[0].percent >= CLEAR_PERCENT ? CHOICE_CANDIDATE : CHOICE_NONE; return OK;
    case CASE_CANCELLED: *ret = count ? CHOICE_CANDIDATE : CHOICE_END; return OK;
    case CASE_DECEASED: *ret = CHOICE_END; return OK;
    case CASE_DUPLICATE: *ret = r->row_id > r->other_row ? CHOICE_END : CHOICE_END_OTHER; return OK; /* the later row */
    case CASE_SAME_PERSON:
    case CASE_OFFER:
    case CASE_KIND_COUNT: break;
    }
    return OK;
}

static str value_of(const struct case_row *r, enum case_choice choice)
{
    if (choice == CHOICE_REGISTER)
        return r->held;
    return choice == CHOICE_ROW || choice == CHOICE_ACCEPT ? r->said : STR("");
}

size_t case_choices(struct ctx *cx, const struct case_row *r, size_t candidate_count, enum case_choice proposed, struct case_option **ret)
{
    struct case_option *list = ARENA_ARRAY(cx->arena, struct case_option, sizeof allowed / sizeof *allowed + CASE_CANDIDATES_MAX);
    size_t n = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        if (allowed[i].kind != (enum case_kind)r->kind)
            continue;
        enum case_choice c = allowed[i].choice;
        size_t times = c == CHOICE_CANDIDATE ? candidate_count : 1;
        for (size_t k = 0; k < times; k++)
            list[n++] = (struct case_option){ .word = (int32_t)c, .candidate = c == CHOICE_CANDIDATE ? (int64_t)k + 1 : 0, .value = value_of(r, c),
                                               .proposed = c == proposed && k == 0 };
    }
    *ret = list;
    return n;
}
