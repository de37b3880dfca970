/* What patterns are worth. The model is Fellegi and Sunter's, with a third class for relatives and twins: for each field and level the share among pairs of one person
 * (m) and among pairs of two (u), whose ratio in bits is the weight. u comes from all pairs that there could be (counted
 * from the values, and drawn by content hash), m from the candidates by expectation and maximisation without labels; what
 * agrees on a rare value weighs more than what agrees on a common one (Winkler's frequency weights, carried over to near
 * agreement). It says so when the data cannot tell matches from the rest, and then stays with stated default shares.
 *
 * Sums run over sorted patterns, so that the result depends on neither the order of rows nor the number of threads. */
#pragma once
#include "match/score/compare.h"

enum link_fit {
    LINK_FIT_CONVERGED,
    LINK_FIT_STOPPED,  /* the last round still moved something */
    LINK_FIT_TOO_FEW,  /* too few pairs look like one person: the default shares stand */
    LINK_FIT_UNCLEAR,  /* matches and the rest overlap too far: the default shares stand */
};
extern const char *const link_fit_words[];

/* A candidate that was kept: pairs whose weight cannot come near any threshold are only counted. */
struct link_scored {
    struct link_pair pair;
    uint64_t pattern;
};

struct link_model {
    struct comparer comparer;
    double pairs;        /* that there could be */
    double known[LINK_FIELDS_MAX]; /* share of all pairs in which both sides are known */
    double all[LINK_FIELDS_MAX][LEVELS]; /* levels among all pairs, matches included */
    bool is_seen[LINK_FIELDS_MAX][LEVELS]; /* often enough that the part of matches can be taken off */
    double m[LINK_FIELDS_MAX][LEVELS], u[LINK_FIELDS_MAX][LEVELS];
    double rarity_mean[LINK_FIELDS_MAX][LEVELS]; /* of link_rarity() among chance pairs of the level; 0: not used */
    double matches;      /* expected among all pairs */
    double prior_bits;   /* log2 of the odds that any pair is a match */
    float bits[LINK_FIELDS_MAX][LEVELS]; /* log2(m / u) */
    bool has_kin;        /* the third class: relatives and twins */
    double kin;          /* pairs of it, expected */
    double k[LINK_FIELDS_MAX][LEVELS];
    double kin_prior_bits; /* log2 of the odds of a match against a pair of relatives */
    float kin_bits[LINK_FIELDS_MAX][LEVELS]; /* log2(m / k) */
    uint64_t veto;       /* private: the bits of a pattern in which personal numbers stand */
    enum link_fit fit;
    int rounds;
    double loglik;
    int day_comparison;  /* private: whose days are counted in `days`, or -1 */
    uint32_t *days;
    double words_known[LINK_FIELDS_MAX]; /* private: by field of the set, values in all fields of its dictionary */
    uint32_t *uses[LINK_FIELDS_MAX]; /* private: of TEXT, [side * (codes + 1) + code]; NULL: as the dictionary has them */
    float *rarity[LINK_FIELDS_MAX];  /* private: one over the chance, of TEXT and names by code */
    bool rarity_is_own[LINK_FIELDS_MAX]; /* of its array: fields that share a dictionary share it */
};

/* Chances (u) from all pairs and default shares for m: enough to tell which candidates are worth keeping. */
void link_model_start(struct link_model *m, const struct link_set *set);
void link_model_start_with(struct link_model *m, const struct link_set *set, int threads);
void link_model_done(struct link_model *m);
/* How much likelier one person is than each of the other explanations, in bits, priors included. */
struct link_weight {
    double chance, kin; /* kin is very large when the class is not told */
};
/* Of both together: what decides. */
double link_weight_bits(struct link_weight w);
/* Of a pattern, without rarity. */
struct link_weight link_pattern_weight(const struct link_model *m, uint64_t pattern);
/* Two plausible personal numbers that differ: never one person, whatever else agrees. It takes these bits off. */
#define LINK_VETO_BITS (-500.)
bool link_pattern_is_vetoed(const struct link_model *m, uint64_t pattern);
/* Learns m from the kept candidates; `list` is only read. */
void link_model_fit(struct link_model *m, const struct link_scored *list, size_t count);
/* Of a pair, with rarity. */
struct link_weight link_score(const struct link_model *m, struct link_pair pair, uint64_t pattern);
/* Loads what weighing these pairs will look at; at most COMPARE_TOUCHED. */
void link_score_touch(const struct link_model *m, const struct link_scored *list, size_t count);
/* The part of one comparison in it. */
struct link_weight link_field_weight(const struct link_model *m, int comparison, struct link_pair pair, uint64_t pattern);
/* For showing: the weight of a pair in one number, and a comparison's part in it against the likelier of the two other
 * explanations; prior and parts add up to the weight but for a bit where both are about as likely. */
double link_score_bits(const struct link_model *m, struct link_pair pair, uint64_t pattern);
double link_score_field(const struct link_model *m, int comparison, struct link_pair pair, uint64_t pattern);
double link_score_prior(const struct link_model *m, struct link_pair pair, uint64_t pattern);
static inline double link_probability(double bits) { return bits > 60 ? 1 : bits < -60 ? 0 : 1 - 1 / (1 + __builtin_exp2(bits)); }

/* The shares of m that stand until the data says otherwise. */
const double *link_default_m(const struct link_set *set, const struct comparison *c);
