/* Synthetic people: a population that looks like Viet Nam's and that nobody is in. The same seed gives the same bytes,
 * whatever the number of threads. Made in blocks of 2,048 people of one commune, each from (seed, block) alone, so that
 * any size from 1,000 to 100 million needs constant memory.
 *
 * Every file begins as the README of the data says: nothing in it is about a real person. Numbers are plausible by
 * NĐ 137/2015 Đ13 and unique within a run; some of them may by chance be a real person's. */
#pragma once
#include "base/base.h"
#include "defs/defs.h"
#include "viet/viet.h"

enum { SYNTH_PEOPLE_MIN = 1000, SYNTH_PEOPLE_MAX = 100000000, SYNTH_BLOCK = 2048 };

struct synth_options {
    int64_t people;
    uint64_t seed;
    str directory;       /* made if absent; files in it are replaced */
    unit_id unit;        /* only communes of this unit (of the map since 2025), or UNIT_NONE */
    day until;           /* the present; 0: 2026-06-30 */
    int threads;         /* 0: 2 */
    void (*progress)(void *with, int64_t people, int64_t total);
    void *progress_with;
};
struct synth_result {
    int64_t people, households, events, bytes;
};
/* Writes people.csv, households.csv, events.csv and synth.txt (the options). ERR_VALUE_RANGE, ERR_UNIT_UNKNOWN, ERR_IO. */
STATUS synth_run(const struct defs *defs, const struct synth_options *o, struct synth_result *ret);

/* --- an agency's list, drawn from such a folder with stated faults ------------------------------------------------ */

enum synth_encoding { SYNTH_UTF8, SYNTH_UTF8_BOM, SYNTH_UTF16, SYNTH_TCVN3, SYNTH_VNI, SYNTH_VISCII, SYNTH_VIQR, SYNTH_NFD, SYNTH_ENCODING_COUNT };
extern const char *const synth_encoding_words[SYNTH_ENCODING_COUNT + 1];

/* FAULT(name, default rate): share of rows, drawn independently. */
#define SYNTH_FAULTS(FAULT)                                                                                            \
    FAULT(zeros_lost, 0.08)      /* leading zeros of the number dropped by a spreadsheet */                            \
    FAULT(number_missing, 0.06)                                                                                        \
    FAULT(number_wrong, 0.01)    /* one digit */                                                                       \
    FAULT(number_spaced, 0.03)                                                                                         \
    FAULT(number_old, 0.02)      /* the nine digits of the former card */                                              \
    FAULT(day_swapped, 0.01)                                                                                           \
    FAULT(day_year_only, 0.03)                                                                                         \
    FAULT(day_placeholder, 0.01) /* 01/01 of the year */                                                               \
    FAULT(day_other_form, 0.10)  /* another form than dd/mm/yyyy */                                                    \
    FAULT(day_wrong, 0.005)                                                                                            \
    FAULT(name_upper, 0.10)                                                                                            \
    FAULT(name_no_marks, 0.02)                                                                                         \
    FAULT(name_telex, 0.01)      /* residue of typing */                                                               \
    FAULT(name_typo, 0.01)                                                                                             \
    FAULT(name_spaces, 0.03)                                                                                           \
    FAULT(name_order, 0.003)     /* given name first */                                                                \
    FAULT(sex_spelled, 0.10)                                                                                           \
    FAULT(sex_missing, 0.02)                                                                                           \
    FAULT(unit_old, 0.60)        /* address by the units before 2025 */                                                \
    FAULT(duplicate, 0.01)       /* the person stands a second time, with faults of its own */                         \
    FAULT(dead, 0.01)                                                                                                  \
    FAULT(stranger, 0.01)        /* not in the register */                                                             \
    FAULT(number_letters, 0)     /* O for 0, l for 1: from here on only where a list asks for them */                  \
    FAULT(number_rounded, 0)     /* 1.08002E+09: the last digits are gone */                                           \
    FAULT(number_fraction, 0)    /* 1080017345.0 */                                                                    \
    FAULT(day_month_first, 0)    /* 12/25/1990 among days first */                                                     \
    FAULT(day_serial, 0)         /* 33232: days of a spreadsheet */                                                    \
    FAULT(day_short_year, 0)     /* 25/12/90 */                                                                        \
    FAULT(day_words, 0)          /* in number words */                                                                 \
    FAULT(day_zero_parts, 0)     /* 00/00/1990 */                                                                      \
    FAULT(name_lower, 0)                                                                                               \
    FAULT(name_honorific, 0)     /* "Ông Nguyễn Văn An" */                                                             \
    FAULT(name_remark, 0)        /* "Nguyễn Văn An (đã chuyển đi)" */                                                  \
    FAULT(name_hidden, 0)        /* no-break and zero-width spaces */                                                  \
    FAULT(name_lookalike, 0)     /* Ð for Đ, Cyrillic letters */                                                       \
    FAULT(name_mojibake, 0)      /* Nguyá»…n */                                                                        \
    FAULT(phone_old, 0)          /* eleven digits, the prefix before 2018 */                                           \
    FAULT(phone_country, 0)      /* +84 */                                                                             \
    FAULT(phone_zero_lost, 0)                                                                                          \
    FAULT(phone_spaced, 0)                                                                                             \
    FAULT(address_short, 0)      /* P. Bồ Đề, Q.Long Biên */                                                           \
    FAULT(address_bare, 0)       /* without the words of types */                                                      \
    FAULT(address_no_commas, 0)                                                                                        \
    FAULT(address_plain, 0)      /* without diacritics */
enum synth_fault {
#define FAULT(name, rate) SYNTH_FAULT_##name,
    SYNTH_FAULTS(FAULT)
#undef FAULT
    SYNTH_FAULT_COUNT
};
extern const char *const synth_fault_names[SYNTH_FAULT_COUNT];
extern const double synth_fault_rates[SYNTH_FAULT_COUNT]; /* defaults */

struct synth_list_options {
    str from;  /* folder of synth_run() */
    str out;   /* .csv or .xlsx */
    str truth; /* "" = beside it: NAME.truth.csv */
    int64_t rows;
    uint64_t seed;
    enum synth_encoding encoding;
    double rates[SYNTH_FAULT_COUNT];
    day today;
    str into; /* code of a sector register whose fields the list has too; "": none */
};
struct synth_list_result {
    int64_t rows, people, strangers, duplicates, dead, faults[SYNTH_FAULT_COUNT];
};
STATUS synth_list(const struct defs *defs, const struct synth_list_options *o, struct synth_list_result *ret);

/* --- two agencies' files about the same people, or one with duplicates, and the answers ----------------------------- */

/* SLIP(name, rate in the first file, rate in the second): share of the records in which it happens if it can, drawn
 * independently; a move is drawn for a household. The first file is a register's, the second an agency's list. */
#define SYNTH_SLIPS(SLIP)                                                                                              \
    SLIP(absent, 0.03, 0.03) /* the person stands in the other file only; not with duplicates */                       \
    SLIP(number_missing, 0.02, 0.40)                                                                                   \
    SLIP(number_wrong, 0.001, 0.01) /* one digit */                                                                    \
    SLIP(name_typo, 0.002, 0.05)    /* a letter put in, left out, replaced, swapped, or another tone */                \
    SLIP(name_typo_more, 0.0, 0.005) /* two of them */                                                                 \
    SLIP(name_telex, 0.0, 0.01)                                                                                        \
    SLIP(name_no_marks, 0.0, 0.05)                                                                                     \
    SLIP(name_upper, 0.0, 0.10)                                                                                        \
    SLIP(name_order, 0.0, 0.01)          /* given name first */                                                        \
    SLIP(name_middle_dropped, 0.001, 0.02)                                                                             \
    SLIP(name_variant, 0.0, 0.05)        /* Hoàng, Huỳnh: of those whose name has another form in another region */    \
    SLIP(birth_missing, 0.0, 0.015)                                                                                     \
    SLIP(birth_year_only, 0.005, 0.03)                                                                                 \
    SLIP(birth_swapped, 0.001, 0.01)     /* day and month, where both readings exist */                                \
    SLIP(birth_digit, 0.001, 0.015)      /* one digit of the date */                                                   \
    SLIP(sex_missing, 0.0, 0.02)                                                                                       \
    SLIP(sex_wrong, 0.0005, 0.004)                                                                                     \
    SLIP(father_missing, 0.10, 0.35)                                                                                   \
    SLIP(mother_missing, 0.08, 0.30)                                                                                   \
    SLIP(parent_typo, 0.01, 0.04)        /* each parent's name */                                                      \
    SLIP(parent_no_marks, 0.0, 0.05)                                                                                   \
    SLIP(address_missing, 0.01, 0.05)                                                                                  \
    SLIP(address_moved, 0.0, 0.12)       /* the whole household */                                                     \
    SLIP(address_old, 0.05, 0.60)        /* by the units before 2025 */                                                \
    SLIP(address_short, 0.02, 0.15)      /* without the house */                                                       \
    SLIP(address_abbreviated, 0.0, 0.20) /* "P. Ba Đình, TP. Hà Nội" */                                                \
    SLIP(address_typo, 0.01, 0.05)                                                                                     \
    SLIP(phone_missing, 0.15, 0.40)                                                                                    \
    SLIP(phone_changed, 0.0, 0.15)                                                                                     \
    SLIP(phone_wrong, 0.0, 0.01) /* one digit */
enum synth_slip {
#define SLIP(name, first, second) SYNTH_SLIP_##name,
    SYNTH_SLIPS(SLIP)
#undef SLIP
    SYNTH_SLIP_COUNT
};
extern const char *const synth_slip_names[SYNTH_SLIP_COUNT];
extern const double synth_slip_rates[2][SYNTH_SLIP_COUNT]; /* defaults */

struct synth_pairs_options {
    int64_t people;    /* persons known to at least one of the files; with `dedupe`: records */
    uint64_t seed;
    str directory;     /* made if absent; files in it are replaced */
    bool dedupe;       /* one file, in which persons stand up to four times: once by the first rates, then by the second */
    double duplicates; /* with `dedupe`: share of records that are not their person's first, 0 … 0.7 */
    double rates[2][SYNTH_SLIP_COUNT];
    int threads; /* 0: 2; the bytes do not depend on it */
    void (*progress)(void *with, int64_t people, int64_t total);
    void *progress_with;
};
struct synth_pairs_result {
    int64_t people, records[2], pairs, done[2][SYNTH_SLIP_COUNT];
};
/* Writes A.csv, B.csv and truth.csv (id_a,id_b), or records.csv and truth.csv (record,entity); roles.yaml, which says what
 * the columns are; and synth.txt with the rates. Rows stand in random order, ids say nothing. The people are those of
 * synth_run(), with parents for everyone, and twins who share a middle name more often than not. ERR_VALUE_RANGE, ERR_IO. */
STATUS synth_pairs(const struct defs *defs, const struct synth_pairs_options *o, struct synth_pairs_result *ret);
