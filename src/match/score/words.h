/* Comparing what is made of words: names of persons by the place of the words, addresses and other texts by the weight of
 * the words in common. */
#pragma once
#include "match/score/compare.h"

struct words {
    const uint32_t *code;
    int count; /* 1 … LINK_WORDS_MAX */
};

/* What is known of the words of a dictionary beforehand; shared by the fields that share it. */
struct word_facts {
    const struct link_dict *dict;
    struct word_fact {
        uint64_t shape; /* letters as bits, length, first letter: tells most words that cannot be near without a look-up */
        uint32_t fold;  /* the low half of its hash without tones */
        float rarity;   /* bits of surprise */
    } *fact;            /* [code] */
};
void word_facts_make(struct word_facts *f, const struct link_set *set, const struct link_dict *dict);
/* For a dictionary that grows: room for codes up to `codes`, then one by one; `words` is the sum of all uses and one. */
void word_facts_room(struct word_facts *f, uint32_t codes);
void word_facts_add(struct word_facts *f, uint32_t code, double words);
void word_facts_done(struct word_facts *f);

enum level words_name_level(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b);
enum level words_text_level(struct compare_memo *memo, const struct word_facts *facts, struct words a, struct words b);

/* Equal but for slips, an initial, or the form of another region. */
bool words_are_near(const struct link_dict *d, uint32_t a, uint32_t b);
/* The same, remembered. */
bool memo_word_is_near(struct compare_memo *memo, const struct link_dict *d, uint32_t a, uint32_t b);
