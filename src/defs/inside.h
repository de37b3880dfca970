/* What the files of this folder share: the loaded set and the readers of its parts. */
#pragma once
#include "defs/defs.h"
#include "defs/notice/notice.h"
#include "defs/payment/payment.h"
#include "defs/life.h"
#include "defs/procedure.h"
#include "defs/sector/sector.h"
#include "defs/yaml.h"
#include "viet/viet.h"

struct unit_change { /* a unit that keeps itself under a new type or name */
    unit_id unit;
    day from;
    uint8_t type; /* UNIT_TYPE_NONE: as before */
    str name;     /* "": as before */
};
struct unit_name_key {
    uint64_t hash; /* of the folded name without the word of its type */
    uint32_t index;
};
struct unit_map_range {
    day from, to;
};
struct unit_children {
    uint32_t first, count; /* in defs.child_ids */
};

struct organisation_rule {
    str kind, code, name_vi, name_en;
    enum unit_level level;
};

struct defs {
    struct arena *arena;
    struct unit_map_range maps[3]; /* by enum unit_map */
    struct unit *units;            /* sorted by id */
    size_t unit_count, unit_cap;
    unit_id *child_ids;
    struct unit_children *children; /* by unit index */
    struct unit_children provinces[3];
    struct unit_name_key *names; /* sorted by hash */
    struct lineage *by_old, *by_new;
    size_t lineage_count;
    struct unit_change *changes;
    size_t change_count;
    struct organisation *organisations;
    size_t organisation_count;
    struct organisation_rule *rules;
    size_t rule_count;
    struct calendar *calendar;
    int received_until;
    struct agreement *agreements;
    size_t agreement_count, agreement_cap;
    struct payment_account *payments;
    size_t payment_count;
    struct notice_rule *notice_rules;
    size_t notice_rule_count;
    struct channels channels;
    struct feedback_rules feedback;
    struct authority *authorities;
    size_t authority_count;
    struct procedure *procedures; /* sorted by key, then by their first day */
    size_t procedure_count;
    struct life_event *lives;
    size_t life_count;
    str node; /* this one among its peers */
    struct peer *peers;
    size_t peer_count;
    struct code_list *code_lists; /* CODE_LISTS_MAX */
    size_t code_list_count;
    struct sector_register *sectors; /* SECTORS_MAX; sorted by code and time once all are read */
    size_t sector_count;
    struct matrix *matrix;
};
enum { CODE_LISTS_MAX = 500, SECTORS_MAX = 500 };

struct defs_data { /* a file that the build put in */
    const char *name;
    const unsigned char *begin, *end;
};
extern const struct defs_data defs_data[]; /* made by tools/defs/data.py; ends with a NULL name */

unit_id unit_id_make(int map, int level, int32_t code);
size_t unit_index(const struct defs *d, unit_id id); /* SIZE_MAX if there is none */
uint64_t unit_name_hash(str folded);
int unit_type_of_word(str word); /* the key of a type in the files, -1 if unknown */
/* Takes a leading word of a type ("Phường ", "TP. ") off the name; *ret_type is UNIT_TYPE_NONE if there is none. */
str unit_name_bare(str name, enum unit_type *ret_type);

void provinces_read(struct defs *d, struct yaml_file *f);
void communes_read(struct defs *d, str tsv);
void units_finish(struct defs *d, struct yaml_file *provinces);
void lineage_finish(struct defs *d);
void names_finish(struct defs *d);
void organisations_read(struct defs *d, struct yaml_file *f);
void calendar_read(struct defs *d, struct yaml_file *f);
void agreements_read(struct defs *d, struct yaml_file *f);
void grounds_read(struct defs *d, struct yaml_file *f);
void procedures_read(struct defs *d, struct yaml_file *f);
void life_events_read(struct defs *d, struct yaml_file *f);
void payments_read(struct defs *d, struct yaml_file *f);
void notices_read(struct defs *d, struct yaml_file *f);
void feedback_read(struct defs *d, struct yaml_file *f);
void channels_read(struct defs *d, struct yaml_file *f);
void peers_read(struct defs *d, struct yaml_file *f);
uint32_t yaml_roles(struct yaml_file *f, struct yaml_node *node); /* of its key `roles` */
void code_lists_read(struct defs *d, struct yaml_file *f);
const struct code_list *code_list_find(const struct defs *d, str key);
void sectors_read(struct defs *d, struct yaml_file *f);
void sectors_finish(struct defs *d);
const struct sector_origin *origin_read(struct defs *d, struct yaml_file *f, const struct sector_register *r); /* NULL: it lives here */
void origins_finish(struct defs *d, struct yaml_file *f);
void matrix_read(struct defs *d, struct yaml_file *f);
