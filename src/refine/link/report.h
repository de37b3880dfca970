/* What a linkage says about itself, as plain values: made from the engine's result by run.c, told as text, JSON and one HTML
 * page. A report holds counts, weights and heads of columns and never a value of a person; an explanation of a pair shows
 * both records, for those who already hold the two files. */
#pragma once
#include "base/base.h"
#include "match/set/set.h"

enum { REPORT_LEVELS = 8, REPORT_BINS_MAX = 64, REPORT_KEYS_MAX = 64, REPORT_STEPS_MAX = 32, REPORT_PARTS_MAX = 16, REPORT_LACKS_MAX = 12 };

/* How the levels of a field are called: message "link_level_<scale>_<level>". */
enum report_scale { SCALE_TEXT, SCALE_DAY, SCALE_DIGITS, SCALE_NAME, SCALE_WORDS };

enum report_class { REPORT_MATCH, REPORT_HOUSEHOLD, REPORT_POSSIBLE, REPORT_DIFFERENT, REPORT_CLASS_COUNT };

/* How sure the model is of itself. */
enum report_model {
    MODEL_FITTED,  /* estimated from these records */
    MODEL_STOPPED, /* estimated, but the estimate did not come to rest */
    MODEL_TOO_FEW, /* too few pairs look like one person: usual values stand */
    MODEL_UNCLEAR, /* these columns cannot tell matches from others: usual values stand */
    MODEL_STATE_COUNT,
};

struct report_level {
    bool used;   /* some pair has it */
    double m, u; /* how often among records of one person, and of two */
    double bits; /* log2 of m against u as it counts */
    double k;    /* how often among relatives and twins; below 0: that class is not told apart */
};
struct report_field {
    str head;
    enum link_role role;
    enum report_scale scale;
    uint64_t known[2]; /* records that have a value */
    struct report_level levels[REPORT_LEVELS]; /* 0: not known, says nothing */
};
struct report_key {
    str name;
    double pairs;  /* expected in the whole set */
    double brings; /* share of the sure pairs of a sample that this key brings … */
    double first;  /* … and that no key before it did */
};
struct report_bin {
    double from, to; /* bits */
    uint64_t pairs;
    double matches; /* expected */
};
struct report_step {
    double probability, pairs;
    double precision, recall; /* expected, 0 … 1 */
};

/* Records that hold too little, by the fields that they lack: bits, in the order of the report's fields. */
struct report_lack {
    uint64_t missing, records;
};

/* Where the time went. */
struct report_part {
    const char *name; /* "load" */
    double wall_seconds, cpu_seconds;
};

struct link_report {
    str left, right; /* files, without their folders; right empty: one list */
    int sides, threads;
    uint64_t records[2], candidates, found[REPORT_CLASS_COUNT];
    uint64_t clusters, clustered; /* clusters of two and more; records in them */
    uint64_t unlinkable[2];       /* records whose values, even agreeing all, stay below the threshold */
    struct report_lack lack[REPORT_LACKS_MAX]; /* the most frequent kinds of them */
    int lack_count;
    uint64_t cut;                 /* candidates of the least weight that the memory allowed did not hold */
    double threshold;             /* probability from which a pair is a match */
    double precision, recall;     /* expected at the threshold; below 0: not known */
    double wall_seconds, cpu_seconds;
    struct report_part parts[REPORT_PARTS_MAX];
    int part_count;
    enum report_model model;
    bool has_kin;   /* relatives and twins are told apart */
    int rounds;     /* of the estimation */
    double prior;   /* share of matches among all pairs that there could be */
    bool suggested; /* the roles were */
    struct report_field fields[LINK_FIELDS_MAX];
    int field_count;
    struct report_key keys[REPORT_KEYS_MAX];
    int key_count, keys_considered;
    uint64_t sure;    /* pairs of the sample that are sure without labels */
    double missed;    /* share of them that no key brings */
    struct report_bin bins[REPORT_BINS_MAX];
    int bin_count;
    struct report_step steps[REPORT_STEPS_MAX];
    int step_count;
};

struct explained_field {
    str head, left, right; /* values as written */
    enum report_scale scale;
    int level;
    double bits;
};
struct link_explained {
    str id_left, id_right;
    struct explained_field fields[LINK_FIELDS_MAX];
    int field_count;
    double start; /* bits before any field: how rare a match is among pairs; with the fields, the total but for a bit where
                     chance and kinship are about as likely */
    double total, probability, threshold; /* threshold: a probability */
    enum report_class verdict;
    bool vetoed; /* two valid, different personal numbers */
};

const char *report_class_word(enum report_class c);           /* "match" */
const char *report_model_word(enum report_model m);           /* "fitted" */
const char *report_level_word(enum report_scale s, int level); /* "slip" */
str report_level_text(struct arena *a, enum lang lang, enum report_scale s, int level);
str report_class_text(struct arena *a, enum lang lang, enum report_class c);
str report_model_text(struct arena *a, enum lang lang, enum report_model m);
double report_threshold_bits(double probability);
str report_missing(struct arena *a, enum lang lang, const struct link_report *r, uint64_t missing); /* heads of fields */
str report_percent(struct arena *a, enum lang lang, double share);
str report_bits(struct arena *a, enum lang lang, double bits);

void report_text(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out);
void report_json(const struct link_report *r, struct buf *out);
void report_html(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out);
void report_summary(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out); /* a few lines */

void explained_text(struct arena *a, enum lang lang, const struct link_explained *e, struct buf *out);
void explained_json(const struct link_explained *e, struct buf *out);
