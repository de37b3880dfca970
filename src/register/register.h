/* The population register: people through time, their numbers, households and kin.
 *
 * State is the fold of events. Each event asserts facts (a field, a value, since when it holds, who says so) and is never
 * changed; the person row is the projection of all of them and is written in the same transaction. Two times are kept
 * apart: the day from which a fact holds, and the moment at which the register learned it. A person id, once given,
 * stays for ever; so does a personal number (TT 59/2021/TT-BCA Đ4).
 *
 * Commands need cx->journal (the gate's); each writes its own trace. Functions that only find a person for a caller who
 * shows nothing of him (matching, loading) leave the noting to that caller.
 * Law: Luật Căn cước 2023 Đ9-10, NĐ 70/2024/NĐ-CP, Luật Cư trú 2020, Luật Hộ tịch 2014. */
#pragma once
#include "gate/gate.h"
#include "viet/viet.h"

extern const struct module register_module;

enum person_state { PERSON_PROVISIONAL = 1, PERSON_ACTIVE, PERSON_MISSING, PERSON_DECEASED };
enum residence_state { RESIDENCE_NONE = 0, RESIDENCE_PERMANENT, RESIDENCE_TEMPORARY, RESIDENCE_ABSENT, RESIDENCE_ABROAD };
enum marital_state { MARITAL_UNKNOWN = 0, MARITAL_SINGLE, MARITAL_MARRIED, MARITAL_DIVORCED, MARITAL_WIDOWED };
enum household_relation {
    RELATION_NONE = 0, RELATION_HEAD, RELATION_SPOUSE, RELATION_CHILD, RELATION_PARENT, RELATION_GRANDCHILD,
    RELATION_GRANDPARENT, RELATION_SIBLING, RELATION_OTHER
};
enum event_kind {
    EVENT_LOAD = 1, EVENT_BIRTH, EVENT_DEATH, EVENT_MARRIAGE, EVENT_DIVORCE, EVENT_MOVE, EVENT_CORRECTION,
    EVENT_NUMBER_ISSUED, EVENT_NUMBER_CANCELLED, EVENT_MERGE, EVENT_UNMERGE, EVENT_MISSING, EVENT_FOUND, EVENT_STAY,
    EVENT_STRUCK_OFF, EVENT_RESTORED, EVENT_KIND_END
};
enum number_state { NUMBER_ISSUED = 1, NUMBER_CANCELLED, NUMBER_REPLACED };

/* The projection. Texts lie in the arena of the ctx that read it. */
struct person {
    person_id id;
    int32_t version; /* number of events */
    int16_t state, residence_state, sex, ethnic, marital, relation;
    int64_t number; /* 0: none issued, or cancelled without replacement */
    str name;
    int64_t name_hash; /* person_name_hash(name) */
    day birth, death;
    str nationality; /* ISO 3166 alpha-2 */
    unit_id unit;    /* of permanent residence, under the map of the day when it was registered */
    int64_t household;
    person_id father, mother, spouse;
    person_id survives_as; /* of a merged record: the one that goes on */
    int64_t recorded_us;
};

/* Equal for names that differ only in case, diacritics, tone place or spacing; the same in every run. */
int64_t person_name_hash(str name);

/* --- Finding -------------------------------------------------------------------------------------------------------- */
STATUS person_by_id(struct ctx *cx, person_id id, struct person *ret, bool *ret_known);
/* Also by a number that was cancelled: then *ret_state says so. */
STATUS person_by_number(struct ctx *cx, int64_t number, struct person *ret, enum number_state *ret_state, bool *ret_known);
/* By the nine-digit number of an old identity card; the register may hold one number for several people. */
STATUS persons_by_old_number(struct ctx *cx, int64_t old_number, struct person **ret, size_t *ret_count);
/* By name and birth as the register has them: birth.ymd 20000000 finds only those recorded with the year alone. At most
 * 64, and deceased or merged ones too. */
STATUS persons_by_name(struct ctx *cx, int64_t name_hash, day birth, struct person **ret, size_t *ret_count);
/* Name and any day of a year. */
STATUS persons_by_name_year(struct ctx *cx, int64_t name_hash, int year, struct person **ret, size_t *ret_count);
STATUS persons_of_household(struct ctx *cx, int64_t household, struct person **ret, size_t *ret_count);
STATUS children_of(struct ctx *cx, person_id parent, struct person **ret, size_t *ret_count);

/* --- Through time ---------------------------------------------------------------------------------------------------- */
/* One assertion. Which of number and text counts follows from the field's type (person_field_def). */
struct fact {
    int16_t field;  /* enum person_field */
    int16_t source; /* enum fact_source */
    int8_t confidence; /* percent; 100 unless said */
    day from, to;   /* from 0: always held; to 0: open */
    int64_t number;
    str text;
    uint64_t evidence; /* digest of the paper or message that proves it, 0: none */
};
struct event {
    int32_t seq; /* 1, 2, … of this person */
    enum event_kind kind;
    day effective;
    int64_t recorded_us;
    str source;       /* code of the organisation that reported it */
    int64_t command;  /* hash of the command id, 0: none */
    account_id actor;
    struct fact *facts;
    size_t fact_count;
};
STATUS person_events(struct ctx *cx, person_id id, struct event **ret, size_t *ret_count);

/* What was held about a person: for each field the assertion that wins, and the event that made it. */
struct held {
    bool known;
    struct fact fact;
    int32_t seq;
    int64_t recorded_us;
    str source; /* of the event */
};
struct held_facts {
    struct held field[FIELD_END];
    int32_t version; /* events taken in */
    int64_t recorded_us;
};
/* What did the register believe at `known_us` about the day `valid`? 0 for either: now. */
STATUS person_as_of(struct ctx *cx, person_id id, day valid, int64_t known_us, struct held_facts *ret);
/* The person of all events recorded until `known_us`: what person_by_id() would have answered then. */
struct numbers_asked {
    int64_t number, old_number; /* 0: not asked */
};
struct person_then {
    struct person is;
    bool known;                      /* had any event by then */
    bool had_number, had_old_number; /* had been given the one asked for by then, valid still or not */
};
STATUS person_known_at(struct ctx *cx, person_id id, int64_t known_us, const struct numbers_asked *asked, struct person_then *ret);
/* Whoever has changed after that moment, as far as is committed. */
STATUS persons_changed_since(struct ctx *cx, int64_t since_us, person_id **ret, size_t *ret_count);
/* Folds all events anew and compares with the row; ERR_CORRUPT names the field that differs. */
STATUS person_check_fold(struct ctx *cx, person_id id);
/* The value as person.correct reads it, and as people read it in the caller's language. Notes nothing: that is the caller's. */
STATUS fact_value_show(struct ctx *cx, const struct fact *f, str *ret_value, str *ret_shown);

/* --- Changing --------------------------------------------------------------------------------------------------------
 * All need a writing transaction. expected_version 0 does not ask; else ERR_VERSION_CONFLICT if the row is another. */
struct event_new {
    person_id person;
    int32_t expected_version;
    enum event_kind kind;
    day effective; /* not in the future: ERR_EVENT_FUTURE */
    str source;
    const struct fact *facts;
    size_t fact_count;
};
/* The one way of writing a person: appends the event, folds, writes row and figures, notes the change. Does not judge. */
STATUS person_record(struct ctx *cx, const struct event_new *e, struct person *ret);
/* Issues a number in the form of NĐ 137/2015 Đ13 from the secure random source, and claims it. */
STATUS number_issue_new(struct ctx *cx, person_id person, unit_id registered_at, day birth, enum sex sex, int64_t *ret);

/* --- Figures --------------------------------------------------------------------------------------------------------- */
/* Living people who are not merged away, by unit of residence, year of birth and sex. Kept with every change. */
struct figure {
    unit_id unit;
    int32_t birth_year; /* 0: not known */
    int16_t sex, state;
    int64_t people;
};
STATUS figures_of_unit(struct ctx *cx, unit_id unit, struct figure **ret, size_t *ret_count); /* one commune */
/* Totals by unit of residence: people, women, under 18, 60 and over (by year of birth, at cx->today), deceased. */
struct unit_total {
    unit_id unit;
    int64_t people, women, children, elders, missing, deceased;
};
STATUS figures_by_unit(struct ctx *cx, struct unit_total **ret, size_t *ret_count);
/* Counts people anew and compares; ERR_CORRUPT if a figure drifted. */
STATUS figures_check(struct ctx *cx);

/* --- Loading --------------------------------------------------------------------------------------------------------- */
struct register_load {
    str directory; /* of people.csv, households.csv, events.csv */
    void (*progress)(void *with, int64_t done, int64_t total); /* or NULL */
    void *progress_with;
    /* What was done, filled in: */
    int64_t people, households, events, numbers, elapsed_us;
    int64_t doubled_numbers; /* people whose number an earlier one has already: loaded without */
};
/* Fills an empty register, in many transactions; one that broke off goes on where it stopped when it is called again
 * with the same files. Opens its own connection of cx->app->store, which must not be serving. Needs some 100 bytes of
 * memory a person. ERR_REGISTER_NOT_EMPTY, ERR_COLUMN_UNMAPPED, ERR_CSV_…, ERR_IO; of a bad cell: row, column, value. */
STATUS register_load(struct ctx *cx, struct register_load *l);
