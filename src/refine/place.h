/* The unit that the address of a row names, by the map of today or by that of before July 2025, and what it is today. An
 * address that fits several units, or an old unit that the law divided, is a question with all its answers, never a guess. */
#pragma once
#include "defs/defs.h"

enum place_answer {
    PLACE_EMPTY,   /* no address, or one that names no commune */
    PLACE_KNOWN,   /* one unit, and one today */
    PLACE_DIVIDED, /* one unit of the old map, of which several were made */
    PLACE_SEVERAL, /* several units have these names */
    PLACE_UNKNOWN, /* a commune is named that stands on no map, or not where the address says */
};
enum { PLACE_CHOICES = 8, PLACE_TYPE_WORDS_MAX = 24 };

struct place_found {
    enum place_answer answer;
    unit_id named; /* as the address means it, on either map; UNIT_NONE if that is not one */
    unit_id today; /* what it is today, if that is one */
    unit_id choices[PLACE_CHOICES]; /* units of today, of PLACE_DIVIDED and PLACE_SEVERAL */
    size_t choice_count;            /* may be more than are told */
    str rest;  /* house, street, hamlet: a slice of the address */
    str units; /* the part that names the units: a slice */
    bool sure; /* marks and type words agree where they are written */
};

struct place_entry { /* a name that a unit goes by */
    const struct unit *unit;
    unit_id above[2];           /* its province and its district, UNIT_NONE where it has none */
    enum unit_type type_today;
    uint32_t next; /* place + 1 in entries of the next one of this name */
    str name, key; /* as it is written, and with its marks for comparing */
    bool borrowed; /* name of the province that it became part of, or that became part of it */
};
struct places {
    const struct defs *defs;
    day today;
    struct arena *arena;
    struct table names; /* folded words: place + 1 in entries */
    struct table pairs;   /* words that follow each other in a name, "my an" */
    struct table endings; /* the last words of names: a run of words that is none of these ends no name */
    struct place_entry *entries;
    size_t count;
    int words_max; /* of a name */
    str type_names[PLACE_TYPE_WORDS_MAX], type_keys[PLACE_TYPE_WORDS_MAX]; /* words of types: "Thị xã", and for comparing */
};
void places_init(struct places *p, const struct defs *defs, day today);
void places_done(struct places *p);
/* Of a text that has passed viet_enter(). */
void places_find(const struct places *p, struct arena *a, str address, struct place_found *ret);
/* How many bytes an address begins with, comma and all, that take no part in reading what comes after them: a house, a street, a
 * hamlet that bears no unit's name. The same end behind another such beginning names the same units. 0: not to be told. */
size_t places_head(const struct places *p, str address);
str place_rest(str address, size_t end); /* what stands before the units, without the marks that part it from them */

/* What addresses of a list were found to be: most rows end as others do. For one thread. */
struct place_memo {
    const struct places *places;
    struct arena *arena;
    struct table found[4]; /* by the end of an address: with diacritics somewhere or without, whole or behind a head */
};
void place_memo_init(struct place_memo *m, const struct places *p);
void place_memo_done(struct place_memo *m);
/* As places_find(). */
void place_memo_find(struct place_memo *m, struct arena *a, str address, struct place_found *ret);
/* The day on which names of the map of `unit` are to be written: its last one, or today. */
day places_day(const struct places *p, unit_id unit);
