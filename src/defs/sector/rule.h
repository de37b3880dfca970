/* Rules of quality as they stand in a definition: "age(person.birth, joined) >= 18". An expression is read and its types are
 * checked once, when the definition is loaded; afterwards it cannot fail. What is not known makes the answer unknown, and an
 * unknown answer breaks no rule: whether a value is there is asked by present() alone. Pure. */
#pragma once
#include "base/base.h"
#include "messages/message.h"

enum rule_type { RULE_TRUTH, RULE_NUMBER, RULE_DAY, RULE_TEXT, RULE_UNIT };
enum { RULE_DEPTH_MAX = 24 };

struct rule_value {
    enum rule_type type;
    bool known;
    int64_t number; /* of a day its ymd; of a truth 0 or 1 */
    int64_t spread; /* a number may be up to this much larger: the age of somebody whose year of birth alone is known */
    str text;
};

/* What a name in an expression means. */
struct rule_name {
    str name;
    enum rule_type type;
    const str *words; /* of a closed list: what it may be compared with; NULL: anything */
    size_t word_count;
};

struct rule_problem {
    int at; /* character, 1-based */
    struct msg_kept why;
};

struct rule;
/* `names`, at most 64, in the order in which rule_holds() gets the values. False: `problem` says what is wrong. */
bool rule_parse(struct arena *a, str text, const struct rule_name *names, size_t count, const struct rule **ret, struct rule_problem *problem);
/* Unknown counts as holding. */
bool rule_holds(const struct rule *r, const struct rule_value *values, day today);
/* The mask of the names (by their place) that the rule asks for. */
uint64_t rule_names(const struct rule *r);
