/* Comparing what is made of words: names of persons by the place of the words, addresses and other texts by the weight of
 * the words in common. */
#pragma once
#include "match/score/compare.h"

struct words {
    const uint32_t *code;
    int count; /* 1 … LINK_WORDS_MAX */
};

enum level words_name_level(struct compare_memo *memo, const struct link_dict *dict, struct words a, struct words b);
/* `rarity`: [code], bits. */
enum level words_text_level(struct compare_memo *memo, const struct link_dict *dict, const float *rarity, struct words a, struct words b);

/* Equal but for slips, an initial, or the form of another region. */
bool words_are_near(const struct link_dict *d, uint32_t a, uint32_t b);
/* The same, remembered. */
bool memo_word_is_near(struct compare_memo *memo, const struct link_dict *d, uint32_t a, uint32_t b);
