/* Two fixed lists of words, kept as hash tables.
 * tested by: src/viet/mend/cell_test.c */
#include "viet/mend/lexicon.h"

#include <pthread.h>

#include "base/base.h"
#include "viet/letter.h"
#include "viet/syllable.h"

enum { FOREIGN_BYTES_MAX = 24 };

static const char *const words[] = {
#define WORD(word) word,
#include "viet/mend/word.def"
#undef WORD
};
static const char *const strangers[] = {
#define FOREIGN(word) word,
#include "viet/mend/foreign.def"
#undef FOREIGN
};

static char keys[sizeof words / sizeof *words][40];
static struct table known, foreign;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void)
{
    table_init(&known);
    table_init(&foreign);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct syllable s;
        MUST(syllable_parse(str_of(words[i]), &s));
        table_put(&known, (str){ keys[i], syllable_key(&s, keys[i]) }, keys[i]);
    }
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        table_put(&foreign, str_of(strangers[i]), keys[0]);
}

bool lexicon_has(str word)
{
    struct syllable s;
    char key[40];
    MUST(pthread_once(&once, build) == 0);
    return syllable_parse(word, &s) && table_get(&known, (str){ key, syllable_key(&s, key) }) != NULL;
}

bool lexicon_is_foreign(str word)
{
    char lower[FOREIGN_BYTES_MAX];
    MUST(pthread_once(&once, build) == 0);
    if (word.len > sizeof lower)
        return false;
    for (size_t i = 0; i < word.len; i++)
        lower[i] = (char)(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? word.ptr[i] | 0x20 : word.ptr[i]);
    return table_get(&foreign, (str){ lower, word.len }) != NULL;
}
