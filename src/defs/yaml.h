/* A YAML file as a tree whose every node knows its line and column, and readers that turn a node into a value or note
 * what is wrong with it and how to put it right. A reader never stops: all problems of a file come in one list. */
#pragma once
#include "defs/defs.h"
#include "messages/message.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    int line, column;
    str text;               /* of a scalar */
    struct yaml_pair *pairs; /* of a map, in the file's order */
    struct yaml_node **items; /* of a list */
    size_t count;
};
struct yaml_pair {
    str key;
    int line, column;
    struct yaml_node *value;
    bool read;
};

struct yaml_file {
    struct arena *arena; /* the tree's and the values' */
    struct arena *problem_arena;
    str name;
    struct defs_problems *problems;
    struct yaml_node *root;
};

/* NULL root and a problem if the text is no YAML, nests deeper than 16, or holds a key twice. */
void yaml_read(struct yaml_file *f, str text);
/* NULL `at`: the beginning of the file. The words stand in messages/defs.yaml. */
void yaml_problem(struct yaml_file *f, const struct yaml_node *at, struct msg_kept reason, struct msg_kept remedy);

/* The value under `key`, or NULL; yaml_need() notes a missing one. `map` may be NULL (NULL again, nothing noted). */
struct yaml_node *yaml_get(struct yaml_node *map, const char *key);
struct yaml_node *yaml_need(struct yaml_file *f, struct yaml_node *map, const char *key);
/* The list under `key`, "" items included; count 0 if absent or no list (noted). */
size_t yaml_list(struct yaml_file *f, struct yaml_node *map, const char *key, struct yaml_node ***ret);
/* Readers of one value. False, and noted, if it is of another kind or out of range. */
bool yaml_str(struct yaml_file *f, struct yaml_node *node, str *ret);
bool yaml_is_name(str text, size_t most, const char *also); /* 1 to `most` small letters, digits, "-" and characters of `also` */
bool yaml_i64(struct yaml_file *f, struct yaml_node *node, int64_t min, int64_t max, int64_t *ret);
bool yaml_day(struct yaml_file *f, struct yaml_node *node, day *ret);
bool yaml_flag(struct yaml_file *f, struct yaml_node *node, bool *ret);
bool yaml_minute(struct yaml_file *f, struct yaml_node *node, int *ret); /* "07:30" */
/* {vi: …, en: …}, both needed. */
bool yaml_texts(struct yaml_file *f, struct yaml_node *map, const char *key, str *ret_vi, str *ret_en);
/* Index of the word in a NULL-terminated list; -1, and noted with the list, if it is none of them. */
int yaml_word(struct yaml_file *f, struct yaml_node *node, const char *const *words);
/* Notes each key of the map that nobody has asked for: a misspelt key must not be ignored in silence. */
void yaml_end(struct yaml_file *f, struct yaml_node *map);
