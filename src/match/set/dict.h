/* Building a dictionary from many threads. A value is folded once; a small memory of each thread answers for the values
 * that come again, so that most look-ups touch neither lock nor table. While it is built a value has a passing number;
 * dict_finish() gives the final codes by the order of content hashes, so that neither the order of rows nor that of the
 * threads shows in them. */
#pragma once
#include "match/set/hash.h"
#include "match/set/set.h"

enum link_dict_form {
    LINK_FORM_PLAIN, /* viet_fold */
    LINK_FORM_TONES, /* viet_key: code and `tones` by it, `text` is its fold */
    LINK_FORM_SEX,   /* words for sex become m, f, x; all else as PLAIN */
};

/* Of a role that has a dictionary. */
enum link_dict_form link_form_of(enum link_role role);

struct dict_build;
struct dict_build *dict_build_new(enum link_dict_form form);
void dict_build_free(struct dict_build *d);

/* What one thread remembers of one dictionary. */
struct dict_memo;
struct dict_memo *dict_memo_new(void);
void dict_memo_free(struct dict_memo *m);

/* A value to look up. Asking some time before taking lets the memory come near meanwhile. */
struct dict_token {
    str raw; /* a cell or word without spaces around it */
    struct link_short bytes;
    struct memo_slot *slot;
};
void dict_ask(struct dict_memo *m, str raw, struct dict_token *ret);
/* Its passing number; 0 when nothing is left of it after folding. */
uint32_t dict_take(struct dict_build *d, struct dict_memo *m, const struct dict_token *t);

/* Final codes: *ret_map[passing number] = code, from link_pages_new(*ret_map_bytes). The dictionary's arrays but `uses`
 * are filled and belong to `d` from then on. */
void dict_finish(struct dict_build *d, struct link_dict *ret, uint32_t **ret_map, size_t *ret_map_bytes);
