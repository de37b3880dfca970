/* A rule that has been read. */
#pragma once
#include "defs/sector/rule.h"

enum rule_op {
    RULE_CONSTANT, RULE_NAME, RULE_TODAY, RULE_AGE, RULE_YEAR, RULE_LENGTH, RULE_PRESENT, RULE_PLUS, RULE_MINUS, RULE_EQUAL, RULE_UNEQUAL,
    RULE_LESS, RULE_MORE, RULE_AT_MOST, RULE_AT_LEAST, RULE_NOT, RULE_AND, RULE_OR
};
struct rule_node {
    enum rule_op op;
    enum rule_type type;
    struct rule_node *a, *b;
    struct rule_value value; /* of a constant */
    int name;
};
struct rule {
    struct rule_node *root;
    uint64_t names;
};
