/* Shares of levels among pairs of one person before anything is learned: what clerks' slips look like in lists of many
 * lands, rounded. They are the beginning of the fit, a weak prior in it (a few pairs' worth), and the fall-back when a set
 * tells nothing. tested by: src/match/score/model_test.c */
#include "match/score/score.h"

const char *const link_fit_words[] = { "converged", "stopped", "too_few", "unclear" };

const double *link_default_m(const struct link_set *set, const struct comparison *c)
{
    /*                                       -     1     2     3     4     5     6     7 */
    static const double text[LEVELS] =     { 0, .050, .030, .020, .040, .060, .030, .770 };
    static const double born[LEVELS] =     { 0, .030, .020, .040, .050, .010, .050, .800 };
    static const double digits[LEVELS] =   { 0, .060, .010, .020, .020, .020, .040, .830 };
    static const double name[LEVELS] =     { 0, .010, .010, .010, .050, .080, .060, .780 };
    static const double words[LEVELS] =    { 0, .100, .060, .070, .080, .090, .100, .500 };
    static const double settled[LEVELS] =  { 0, .020, .010, .010, .020, .020, .020, .900 };

    switch (set->field[c->field].kind) {
    case LINK_KIND_DAY:
        return born;
    case LINK_KIND_DIGITS:
        return digits;
    case LINK_KIND_WORDS:
        return c->is_name ? name : words;
    case LINK_KIND_TEXT:
    case LINK_KIND_NONE:
        break;
    }
    return set->field[c->field].role == LINK_SEX ? settled : text;
}
