/* Inside of life: what its parts share. */
#pragma once
#include "life/leg.h"
#include "life/life.h"
#include "life/life_ops.h"
#include "life/life_sql.h"
#include "post/post.h"
#include "service/inside.h"

enum { MOMENTS_MAX = 500, LEG_NONE = -1 };

/* A bundle in memory: legs by their place in the definition. A node that only helps has the legs that it was sent (`held`). */
struct bundle {
    struct life_bundle_row row;
    const struct life_event *event;
    struct life_leg_row legs[LIFE_LEGS_MAX];
    uint32_t held, touched; /* bits of legs */
    int32_t seen_version;   /* in the store */
    struct answer *doc;     /* "form.KEY" and "known.KEY" */
    size_t doc_count;
};

/* --- bundle.c: finding, moving, saving --- */
STATUS bundle_find(struct ctx *cx, int64_t id, struct bundle *ret); /* ERR_LIFE_MISSING */
bool bundle_is_home(const struct bundle *b);
bool bundle_may_see(const struct ctx *cx, const struct bundle *b);
STATUS bundle_add(struct ctx *cx, struct bundle *b);
/* Moves a leg in memory and writes the moment; ERR_LEG_STATE. The row is written by bundle_save(). */
STATUS leg_step(struct ctx *cx, struct bundle *b, int leg, enum leg_command command, str note);
void bundle_states(const struct bundle *b, enum leg_state *states);
uint32_t bundle_absent(const struct bundle *b);
/* Writes what was touched, by compare-and-set, and tells the home or the nodes that must know; ERR_VERSION_CONFLICT. */
STATUS bundle_save(struct ctx *cx, struct bundle *b);

STATUS leg_insert(struct ctx *cx, const struct bundle *b, int leg);

/* --- remote.c: legs on other nodes --- */
enum leg_telling { TELL_OPEN, TELL_STATE, TELL_SKIP, TELL_UNDO };
/* To the node that has the leg, or, there, to the home of the bundle. */
STATUS leg_tell(struct ctx *cx, const struct bundle *b, int leg, enum leg_telling what);
/* Leaves a leg out, or ends it, and lets its node know. */
STATUS leg_drop(struct ctx *cx, struct bundle *b, int leg, enum leg_command command, str note);

/* --- reverse.c --- */
STATUS reverse_go(struct ctx *cx, struct bundle *b); /* as far as it goes until another node has answered */

/* --- settle.c: what follows by itself --- */
/* Lets legs begin, skips what can no longer be, does what is automatic, ends the bundle and its dossier. */
STATUS bundle_settle(struct ctx *cx, struct bundle *b);
/* The office of a leg, its clocks and the notice to whoever is asked. ERR_OFFICE_UNKNOWN. */
STATUS leg_send(struct ctx *cx, struct bundle *b, int leg);
/* The program's own hand, for what no officer decides; returns who was acting. */
struct actor act_as_program(struct ctx *cx, str organisation);

/* --- value.c --- */
str bundle_value(struct ctx *cx, const struct bundle *b, str value); /* "" if it is not there */
const struct answer *bundle_known(const struct bundle *b, str key);
STATUS leg_outputs(struct ctx *cx, const struct life_leg_row *leg, struct answer **ret, size_t *ret_count);
int64_t bundle_subject(struct ctx *cx, const struct bundle *b); /* personal number, 0: not yet known */

/* --- effect.c: what a leg changes --- */
extern const struct ground_kind life_ground;
STATUS leg_effects(struct ctx *cx, struct bundle *b, int leg);
STATUS leg_undo(struct ctx *cx, struct bundle *b, int leg, str reason);
void life_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems);

/* --- parent.c: the dossier that carries the receipt --- */
STATUS parent_accept(struct ctx *cx, struct bundle *b);
STATUS parent_end(struct ctx *cx, struct bundle *b, enum bundle_state how, str reason);

/* --- tell.c: notices --- */
STATUS bundle_notice(struct ctx *cx, const struct bundle *b, const char *what); /* "life.WHAT" to the applicant */
STATUS leg_notice(struct ctx *cx, const struct bundle *b, int leg, const char *what); /* to its office, or to the person who is asked */
STATUS legs_chase(struct ctx *cx, int64_t most, int64_t *ret_count); /* tells of legs whose time has passed, each once */

/* --- show.c --- */
STATUS life_now_of(struct ctx *cx, const struct bundle *b, struct life_now *ret);
struct life_leg_item leg_item_of(struct ctx *cx, const struct bundle *b, int leg);
bool leg_may_work(const struct ctx *cx, const struct bundle *b, int leg);
