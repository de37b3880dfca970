/* Names near a name, for rows that the register does not know as they stand: words turned, two letters swapped, one too many, one
 * too few. One for another is left to humans: it makes names that others bear. Folded, so that tones and marks need no slips of their own.
 * tested by: src/centre/test/judge_test.c */
#include "centre/near/near.h"

#include "register/register.h"
#include "viet/fold.h"

#include <string.h>

enum { LETTERS_MAX = 40, SPELT_MAX = 2 * LETTERS_MAX };
/* Of folded Vietnamese names and those of minorities. */
static const char letters[] = "abcdeghiklmnopqrstuvxy";

struct near {
    char name[LETTERS_MAX];
    size_t len;
    int strange; /* words that have no syllable's shape */
    struct near_names *out;
};

static void take(struct near *n, const char *spelt, size_t len)
{
    if (n->out->count < NEAR_NAMES_MAX)
        n->out->hash[n->out->count++] = person_name_hash((str){ spelt, len });
}

static bool may_begin(str s)
{
    str rest = s.len ? str_from(s, 1) : s;
    bool h = str_eq(rest, STR("h"));

    if (!s.len || (!rest.len && strchr("bcdghklmnpqrstvx", s.ptr[0])))
        return true;
    switch (s.ptr[0]) {
    case 'c':
    case 'g':
    case 'k':
    case 'p':
        return h;
    case 'n':
        return h || str_eq(rest, STR("g")) || str_eq(rest, STR("gh"));
    case 't':
        return h || str_eq(rest, STR("r"));
    default:
        return false;
    }
}

static bool may_end(str s)
{
    bool h = s.len == 2 && s.ptr[1] == 'h', g = s.len == 2 && s.ptr[1] == 'g';

    return !s.len || (s.len == 1 && strchr("cmnpt", s.ptr[0])) || (h && strchr("cn", s.ptr[0])) || (g && s.ptr[0] == 'n');
}

/* Has a folded word the shape of a syllable: consonants that may begin one, up to three vowels, consonants that may end one? */
static bool is_shaped(str word)
{
    size_t from = 0, until;

    while (from < word.len && !strchr("aeiouy", word.ptr[from]))
        from++;
    for (until = from; until < word.len && strchr("aeiouy", word.ptr[until]);)
        until++;
    return until > from && until - from <= 3 && may_begin(str_slice(word, 0, from)) && may_end(str_from(word, until));
}

static int strange_words(str name)
{
    str word;
    int n = 0;

    while (str_cut(&name, ' ', &word))
        n += !is_shaped(word);
    return n;
}

/* The name with the letters [at, until) replaced. A slip makes no word better: what has more strange words, or as many, was not meant. */
static void spell(struct near *n, size_t at, size_t until, str by)
{
    char out[SPELT_MAX];
    size_t tail = n->len - until;

    memcpy(out, n->name, at);
    memcpy(out + at, by.ptr, by.len);
    memcpy(out + at + by.len, n->name + until, tail);
    int strange = strange_words((str){ out, at + by.len + tail });
    if (strange == 0 || strange < n->strange)
        take(n, out, at + by.len + tail);
}

static void turned(struct near *n)
{
    size_t first = str_find_char((str){ n->name, n->len }, ' '), last = n->len;
    char out[SPELT_MAX];

    while (last > 0 && n->name[last - 1] != ' ')
        last--;
    if (!last)
        return;
    memcpy(out, n->name + first + 1, n->len - first - 1);
    out[n->len - first - 1] = ' ';
    memcpy(out + n->len - first, n->name, first);
    take(n, out, n->len);
    memcpy(out, n->name + last, n->len - last);
    out[n->len - last] = ' ';
    memcpy(out + n->len - last + 1, n->name, last - 1);
    take(n, out, n->len);
}

static void swapped(struct near *n)
{
    for (size_t i = 0; i + 1 < n->len; i++)
        if (n->name[i] != n->name[i + 1])
            spell(n, i, i + 2, (str){ (const char[]){ n->name[i + 1], n->name[i] }, 2 });
}

static void shortened(struct near *n)
{
    for (size_t i = 0; i < n->len; i++)
        spell(n, i, i + 1, STR(""));
}

static void lettered(struct near *n)
{
    for (size_t i = 0; i <= n->len; i++)
        for (size_t k = 0; k < sizeof letters - 1; k++)
            spell(n, i, i, (str){ &letters[k], 1 });
}

void near_names_make(str name, enum near_reach reach, struct near_names *ret)
{
    struct near n = { .out = ret };

    ret->count = 0;
    n.len = viet_fold_into(n.name, sizeof n.name, name);
    if (n.len < 2 || n.len >= sizeof n.name)
        return;
    n.strange = strange_words((str){ n.name, n.len });
    turned(&n);
    if (reach >= NEAR_MOVED) {
        swapped(&n);
        shortened(&n);
    }
    if (reach >= NEAR_LETTERED)
        lettered(&n);
}
