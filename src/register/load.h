/* The load, inside: texts to people (load_read.c), people to events (load_build.c), events to the store (load.c). */
#pragma once
#include "base/csv.h"
#include "register/inside.h"

enum { LOAD_EVENTS_MAX = 64, LOAD_FACTS_MAX = 40, LOAD_COLUMNS_MAX = 64 };

struct load_text {
    str bytes; /* of the whole file, mapped */
    const char *name;
};
STATUS load_text_open(str directory, const char *name, struct load_text *ret);
void load_text_close(struct load_text *t);

/* A row of people.csv. */
struct load_person {
    int64_t id, number, father, mother, spouse, household, old_number;
    str name, phone;
    day birth, death, residence_from;
    unit_id unit, birth_unit, origin;
    int16_t sex, ethnic, relation, marital, state, religion, blood;
};
struct load_household {
    int64_t id, head;
    unit_id unit;
    str address;
};
/* A row of events.csv as seen by one of the people it is about. */
struct load_event {
    int64_t person, other, detail;
    day on;
    unit_id from, to;
    int16_t kind; /* enum event_kind */
};

/* A file with its header read: columns by name, in the order of `names` (NULL-terminated; "?" first: may be absent). */
struct load_reader {
    struct csv csv;
    const char *file;
    const char *const *names;
    int column[LOAD_COLUMNS_MAX]; /* -1: absent */
    str cells[LOAD_COLUMNS_MAX];
    size_t cell_count;
};
STATUS load_reader_start(struct load_reader *r, const struct load_text *t, const char *const *names);
void load_reader_done(struct load_reader *r);
STATUS load_reader_next(struct load_reader *r, bool *ret_more);

extern const char *const load_people_columns[], *const load_household_columns[], *const load_event_columns[];
STATUS load_person_read(struct load_reader *r, const struct defs *d, struct load_person *ret);
STATUS load_household_read(struct load_reader *r, const struct defs *d, struct load_household *ret);
STATUS load_event_read(struct load_reader *r, const struct defs *d, struct load_event *ret);
/* Id and number alone: the pass that finds doubled numbers. */
STATUS load_number_read(struct load_reader *r, int64_t *ret_id, int64_t *ret_number);

/* What one person becomes. */
struct load_built {
    struct person person;
    struct event events[LOAD_EVENTS_MAX + 2];
    size_t event_count;
    struct fact facts[LOAD_FACTS_MAX + LOAD_EVENTS_MAX * 4];
    size_t fact_count;
};
/* `history` in order of time. ERR_VALUE_RANGE with more than LOAD_EVENTS_MAX events. */
STATUS load_build(const struct load_person *p, const struct load_event *history, size_t count, day today, int64_t now_us,
                  struct load_built *ret);
