/* Sector registers as they are defined: an agency's table of people with fields of its own, read from
 * definitions/register/NAME.yaml and definitions/codes/NAME.yaml. A register is one file: storage, import, pages, operations
 * and figures follow from it. Several files may define one register for different times; they may not overlap.
 *
 * Refuses a definition that contradicts itself: a key that is no field, a rule that cannot be read, a code list that is not
 * there, a state secret marked as shareable, an owner that is no organisation. Law: Luật Dữ liệu 2024 Đ13; Luật Bảo vệ bí mật
 * nhà nước 2018; Luật Bảo vệ dữ liệu cá nhân 2025. */
#pragma once
#include "defs/defs.h"
#include "defs/sector/rule.h"

enum {
    SECTOR_FIELDS_MAX = 40, SECTOR_CHECKS_MAX = 58, SECTOR_KEY_MAX = 4, SECTOR_TEXT_BYTES_MAX = 1000, SECTOR_ACCESS_MAX = 8,
    SECTOR_DECIMALS_MAX = 4, CODE_ITEMS_MAX = 1000,
    SECTOR_SUBJECT = SECTOR_FIELDS_MAX /* where a field is asked for: the subject itself, whom the row is about */
};
enum sector_type { SECTOR_TEXT, SECTOR_DAY, SECTOR_NUMBER, SECTOR_MONEY, SECTOR_CODE, SECTOR_UNIT, SECTOR_PERSON, SECTOR_DOCUMENT };
enum sector_class { SECTOR_PUBLIC, SECTOR_INTERNAL, SECTOR_PERSONAL, SECTOR_SENSITIVE, SECTOR_STATE_SECRET };
enum dimension { DIMENSION_CORRECT, DIMENSION_COMPLETE, DIMENSION_CLEAN, DIMENSION_LIVE, DIMENSION_COUNT }; /* đúng, đủ, sạch, sống */
extern const char *const sector_type_words[], *const sector_class_words[], *const dimension_words[];

struct code_item {
    str code, vi, en;
    const str *also; /* other spellings in lists */
    size_t also_count;
};
struct code_list {
    str key, vi, en;
    const struct code_item *items;
    size_t count;
};

struct sector_field {
    str key, vi, en;
    uint32_t tag; /* of the key: names the value in a stored row */
    enum sector_type type;
    enum sector_class class;
    bool required;
    bool share;            /* may be given to other agencies under an agreement that names this register */
    int64_t min, max;      /* of a number (with `decimals` digits after the mark, stored times 10^decimals) or of money, in đồng */
    int decimals;
    str measure_vi, measure_en; /* of a number: "m²" */
    str form;              /* of a text: 9 a digit, A a letter, others as they are; "": any */
    const struct code_list *codes;
    const str *columns;    /* headers that lists give it, beside its labels */
    size_t column_count;
    int same_as;           /* enum person_field of which it repeats the subject's value, compared in reconciliation; -1: none */
    const str *examples;   /* for synthetic lists */
    size_t example_count;
};

/* What a row is checked for; its place in the list is its bit. */
enum sector_check_kind { CHECK_LINKED, CHECK_READABLE, CHECK_REQUIRED, CHECK_RULE };
struct sector_check {
    enum sector_check_kind kind;
    str code; /* "linked", "readable_FIELD", "required_FIELD", or the rule's own */
    str vi, en;
    enum dimension dimension;
    int minutes; /* that a human needs to mend one row, as the definition supposes */
    int field; /* of CHECK_READABLE and CHECK_REQUIRED */
    uint64_t about; /* the fields that it judges, by place; bit SECTOR_SUBJECT: whether the row is somebody's */
    const struct rule *when, *expect; /* of CHECK_RULE; `when` may be NULL */
    str when_text, expect_text;
};

struct sector_access {
    uint32_t roles;   /* enum role bits */
    bool own_unit;    /* only rows of the officer's own unit and below */
    str organisation; /* only of this one; "": any */
};

/* Names that rules know beside the fields: after them in the list of values. */
enum sector_person_name { SECTOR_PERSON_BIRTH, SECTOR_PERSON_SEX, SECTOR_PERSON_ALIVE, SECTOR_PERSON_UNIT, SECTOR_LINKED, SECTOR_PERSON_NAMES };

struct sector_origin; /* origin.h */

struct sector_register {
    str code, vi, en, law, owner, file;
    enum sector_class class;
    day from, to; /* to 0: open */
    bool people; /* its rows are the people of the population register (rows: people) */
    bool has_subject, subject_needed;
    str subject_vi, subject_en;
    int unit_field; /* -1: the unit where the subject lives */
    const struct sector_field *fields;
    size_t field_count;
    bool key_subject; /* the subject is part of the key */
    int key[SECTOR_KEY_MAX];
    size_t key_count;
    const struct sector_check *checks;
    size_t check_count;
    const struct sector_origin *origin; /* NULL: it lives here */
    int origin_line;
    uint64_t rules_hash; /* changes when the checks do */
    struct sector_access write[SECTOR_ACCESS_MAX], read[SECTOR_ACCESS_MAX];
    size_t write_count, read_count;
};

/* In force on `on`; without one, the latest before it, so that rows can be read after their register has ended; NULL: never
 * defined. */
const struct sector_register *defs_sector(const struct defs *d, str code, day on);
bool sector_in_force(const struct sector_register *r, day on);
/* Each code once, sorted, as on `on`. */
size_t defs_sector_count(const struct defs *d);
const struct sector_register *defs_sector_nth(const struct defs *d, size_t index, day on);
int sector_field_find(const struct sector_register *r, str key); /* -1: none */
int sector_field_of_tag(const struct sector_register *r, uint32_t tag);
/* The place of a field, or SECTOR_SUBJECT for "subject" of a register that has one; -1: none. */
int sector_attribute_find(const struct sector_register *r, str key);
/* The mask of the checks of this dimension that judge the field, or the subject. */
uint64_t sector_checks_about(const struct sector_register *r, int field, enum dimension d);
const struct code_item *code_item_find(const struct code_list *l, str code);
uint32_t sector_tag(str key);
