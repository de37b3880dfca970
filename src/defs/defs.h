/* The country as data: administrative units through time, organisations, the fields of a person, the calendar,
 * agreements and lawful grounds. Defaults are built into the program; files of <data>/definitions with the same name
 * replace them, others are added. A set of definitions is loaded whole or not at all, is never changed afterwards, and
 * may be read by all threads. */
#pragma once
#include "base/base.h"
#include "defs/person_fields.h"

struct defs;
struct calendar; /* viet/calendar/workday.h */

/* One thing wrong in a file of definitions. Texts lie in the arena given to defs_load(). */
struct defs_problem {
    str file;
    int line, column; /* 1-based */
    str reason, remedy;
};
struct defs_problems {
    enum lang lang; /* of those who will read them: set by the caller */
    struct defs_problem *list;
    size_t count;
};

/* For modules that judge what only they know of a definition, with words of messages/defs.yaml. */
struct msg_kept;
void defs_problem_add(struct arena *arena, struct defs_problems *problems, const struct defs_problem *at,
                      struct msg_kept reason, struct msg_kept remedy);

/* `directory`: files of this installation, searched below its `definitions`; empty or absent: the built-in ones only.
 * ERR_DEFINITION with at least one problem; then *ret is NULL, and the fault record names the first. Without `problems`
 * (NULL) the rest are not told, and `arena` may be NULL too. */
STATUS defs_load(struct arena *arena, str directory, struct defs **ret, struct defs_problems *problems);
void defs_free(struct defs *d);

/* --- Administrative units ---------------------------------------------------------------------------------------
 * A unit is a code within a map (the set of units in force on a day), because new communes re-use codes of old ones for
 * other areas. unit_id is made of map, level and code alone, so that it never depends on the order of loading:
 * map * 1,000,000 + level * 100,000 + code. Commune 00004 of the map since 2025 is 2,300,004. */
enum unit_level { UNIT_PROVINCE = 1, UNIT_DISTRICT = 2, UNIT_COMMUNE = 3 };
enum unit_map { MAP_OLD = 1, MAP_NEW = 2 };
enum unit_type {
    UNIT_TYPE_NONE, UNIT_TYPE_PROVINCE, UNIT_TYPE_CITY, /* tỉnh, thành phố trực thuộc trung ương */
    UNIT_TYPE_URBAN_DISTRICT, UNIT_TYPE_RURAL_DISTRICT, UNIT_TYPE_TOWN, UNIT_TYPE_PROVINCE_CITY, /* quận, huyện, thị xã, thành phố */
    UNIT_TYPE_WARD, UNIT_TYPE_COMMUNE, UNIT_TYPE_TOWNSHIP, UNIT_TYPE_SPECIAL_ZONE, /* phường, xã, thị trấn, đặc khu */
    UNIT_TYPE_COUNT
};

struct unit {
    unit_id id;
    unit_id parent; /* UNIT_NONE for a province */
    uint8_t map, level, type;
    int32_t code;
    str name;       /* without the word of its type: "Ba Đình" */
    str prefix;     /* of a province: the first three digits of personal numbers, else "" */
    str agency;     /* of a province: code of its people's committee */
    str phone_area; /* of an old province */
    unit_id next;   /* of an old province: the one that it became part of */
};

const struct unit *defs_unit(const struct defs *d, unit_id id); /* NULL if there is none */
size_t defs_unit_count(const struct defs *d);
const struct unit *defs_unit_nth(const struct defs *d, size_t index); /* sorted by id: old provinces first */
enum unit_map defs_map_at(const struct defs *d, day on);
day defs_map_from(const struct defs *d, enum unit_map map);
day defs_map_to(const struct defs *d, enum unit_map map); /* 0: open */
bool defs_unit_in_force(const struct defs *d, unit_id id, day on); /* an imprecise day: could it be? */
/* By code (2, 3 or 5 digits) in the map that is in force on `on`; UNIT_NONE if absent. */
unit_id defs_unit_by_code(const struct defs *d, str code, day on);
/* "00004@new", "00004@old", "00004@2024-12-31", or a bare code of the map of `today`. ERR_UNIT_UNKNOWN. */
STATUS defs_unit_parse(const struct defs *d, str text, day today, unit_id *ret);
str defs_unit_text(struct arena *arena, unit_id id); /* "00004@new", "" for UNIT_NONE */
/* Type and name on a day: a unit may change either and stay itself. 0: today's. */
enum unit_type defs_unit_type(const struct defs *d, unit_id id, day on);
str defs_unit_name(struct arena *arena, const struct defs *d, unit_id id, day on, enum lang lang); /* "Phường Ba Đình" */
str defs_unit_path(struct arena *arena, const struct defs *d, unit_id id, day on, enum lang lang); /* "Phường Ba Đình, Thành phố Hà Nội" */
str unit_type_word(enum unit_type type, enum lang lang);
unit_id defs_unit_province(const struct defs *d, unit_id id);
bool defs_unit_within(const struct defs *d, unit_id id, unit_id outer); /* same unit, or below it */
/* Children, sorted by code; the list belongs to defs. */
const unit_id *defs_unit_children(const struct defs *d, unit_id id, size_t *ret_count);
const unit_id *defs_provinces(const struct defs *d, enum unit_map map, size_t *ret_count);
/* Units of a map below `parent` (at any depth; UNIT_NONE: anywhere) whose name is this, with or without the word of the
 * type, whatever the case, marks or tone placement. At most `max` go to `out`; returns how many there are. Those that
 * agree in diacritics come alone if there are any. */
size_t defs_unit_by_name(const struct defs *d, enum unit_map map, unit_id parent, str name, unit_id *out, size_t max);
/* A unit as people write it: what defs_unit_parse() reads, or a name of today's map with those above it when it is not enough alone,
 * "Phường Ba Đình, Hà Nội". ERR_UNIT_UNKNOWN, ERR_UNIT_AMBIGUOUS. */
STATUS defs_unit_written(const struct defs *d, str text, day today, unit_id *ret);
/* The same for what is sent to an operation: its code. What is not one unit alone stays as it was typed, for the operation to refuse. */
str defs_unit_typed(const struct defs *d, struct arena *arena, str text, day today);
/* A province by the first three digits of a personal number. */
unit_id defs_unit_by_prefix(const struct defs *d, int prefix);

/* Lineage. Communes that the law divided stand in definitions/units/divided.yaml; all others went whole to one. */
enum lineage_kind {
    LINEAGE_SAME,   /* the area, its name and type went on, alone */
    LINEAGE_RENAME, /* the area went on alone under another name or type */
    LINEAGE_FULL,   /* went whole into a larger one */
    LINEAGE_PART,   /* went to several: only a detailed address or a human can say which */
    LINEAGE_PEOPLE, /* part of a divided area, and all its people */
};
struct lineage {
    unit_id old, new;
    enum lineage_kind kind;
};
const struct lineage *defs_unit_successors(const struct defs *d, unit_id old, size_t *ret_count);
const struct lineage *defs_unit_predecessors(const struct defs *d, unit_id new, size_t *ret_count);
/* The unit where the people of `id` are on day `on` (or were). ONE: out[0]; MANY: a question for a human, the
 * possible ones in `out` (at most `max`); NONE: the sources do not say. */
enum unit_answer { UNIT_ANSWER_NONE, UNIT_ANSWER_ONE, UNIT_ANSWER_MANY };
enum unit_answer defs_unit_at(const struct defs *d, unit_id id, day on, unit_id *out, size_t max, size_t *ret_count);
/* Does `outer` hold all of `inner`, whichever map either is of? An old commune is covered by the new one that took it over
 * whole, and by a province that took over all its parts. */
bool defs_unit_covers(const struct defs *d, unit_id outer, unit_id inner);

/* --- Organisations ----------------------------------------------------------------------------------------------- */
struct organisation {
    str code;
    str kind; /* "ministry", "province_committee", "police", "justice", "social_insurance", "member" */
    str name_vi, name_en;
    unit_id unit; /* of a local body */
    day from, to; /* 0: open */
    str next;     /* code of the one that took over, or "" */
};
/* Listed ones, and those made by the rules "one per unit". Texts of the latter lie in `arena`. */
bool defs_organisation(struct arena *arena, const struct defs *d, str code, struct organisation *ret);
bool defs_organisation_of(struct arena *arena, const struct defs *d, str kind, unit_id unit, struct organisation *ret);

/* --- Calendar ----------------------------------------------------------------------------------------------------- */
/* For calendar_add_days() and its kin (viet/calendar/workday.h); covers 2021 to 2100. */
const struct calendar *defs_calendar(const struct defs *d);
/* What arrives later counts from the next working day: minute of the day (NĐ 61/2018/NĐ-CP). */
int defs_received_until(const struct defs *d);

/* --- Agreements and lawful grounds -------------------------------------------------------------------------------- */
struct defs_grounded { /* what both allow */
    str code, title_vi, title_en, law;
    const str *operations;
    size_t operation_count;
    const str *registers; /* sector registers whose rows it covers */
    size_t register_count;
    uint64_t fields;
    day from, to;       /* 0: open */
    unit_id unit;       /* only people of this unit and below, or UNIT_NONE */
    int from_minute, to_minute; /* hours of the day in Vietnam, 0 and 1440: always */
    int32_t per_minute; /* 0: no limit */
};
struct agreement {
    struct defs_grounded is;
    str member; /* code of the organisation of the calling system */
};
struct authority {
    struct defs_grounded is;
    uint32_t roles; /* enum role bits */
    bool own_unit;  /* only people of the officer's own unit */
};
const struct agreement *defs_agreement(const struct defs *d, str code);
size_t defs_agreement_count(const struct defs *d);
const struct agreement *defs_agreement_nth(const struct defs *d, size_t index);
const struct authority *defs_authority(const struct defs *d, str code);
size_t defs_authority_count(const struct defs *d);
const struct authority *defs_authority_nth(const struct defs *d, size_t index);
/* In force on this day, for this operation. Hours are asked apart, so that the refusal can say which it was. */
bool defs_grounded_live(const struct defs_grounded *g, day on, str operation);
bool defs_grounded_register(const struct defs_grounded *g, str code);
bool defs_grounded_open(const struct defs_grounded *g, int64_t now_us);
