/* Life events as data: one application that several agencies answer. Each leg names its owner, what must be done before it,
 * how long it may take, what it changes in a register and how that is taken back. The application's form and receipt are those
 * of a procedure that begins the event.
 * Law: NĐ 63/2024/NĐ-CP (interlinked procedures); NĐ 118/2025/NĐ-CP. */
#pragma once
#include "defs/procedure.h"

enum { LIFE_LEGS_MAX = 16 };

/* What a value is made of: "form.KEY", "known.KEY", "leg.KEY.NAME" (what a leg before it gave), "subject.number",
 * "subject.number_tail", "applicant.number", "dossier.code", "decision.day", or a literal after "="; pieces joined by " + ",
 * and a day moved by " plus N months". */
enum life_effect_kind {
    LIFE_EFFECT_CALL, /* an operation of a register */
    LIFE_EFFECT_PUT,  /* a row of a sector register about `about` */
    LIFE_EFFECT_STOP, /* ends the live rows of `about` in a sector register */
    LIFE_EFFECT_UNDO, /* takes back the put or stop that the leg has done */
};
struct life_effect {
    enum life_effect_kind kind;
    str target; /* operation, or code of the register */
    str about;  /* a value */
    const struct procedure_value *values;
    size_t count;
    str file;
    int line;
};

struct life_leg {
    str key, name_vi, name_en;
    str owner_kind;   /* of organisation, or "" */
    str owner_at;     /* form field of type unit, or a known value */
    str owner_person; /* a value: the person who is asked, "" */
    bool automatic;   /* done by the program itself once it is ready */
    uint32_t after;   /* bits of the legs that must be over before, however they ended */
    uint32_t needs;   /* bits of the legs that must be done, or not be there by their condition: else it is skipped */
    str when, when_is; /* form field or "known.KEY" and the answer for which it is there; "" always */
    int working_days;  /* to the due time; 0: on the same working day */
    int ends_days;     /* working days after which it ends without its owner; 0: never */
    bool counted;      /* its time counts against the agencies */
    const struct life_effect *effects;
    size_t effect_count;
    const struct life_effect *undos; /* in the order in which they are to be run */
    size_t undo_count;
};

struct life_event {
    str key, name_vi, name_en, law;
    day from, to; /* to 0: open */
    str procedure;
    str subject;          /* a value: the personal number of whom the event is about */
    const str *home_of;   /* values: the first of these people who has a home gives known.unit, known.household, known.head */
    size_t home_count;
    int acknowledge_minutes; /* of working time: then an alarm */
    const struct life_leg *legs;
    size_t leg_count;
    str file;
    int line;
};

size_t defs_life_count(const struct defs *d);
const struct life_event *defs_life_nth(const struct defs *d, size_t index);
const struct life_event *defs_life(const struct defs *d, str key, day on); /* NULL: none in force */
int life_leg_find(const struct life_event *e, str key);                    /* -1: no such leg */

/* Nodes: other installations of this program that answer for some organisations. `self` is this one's name, "" if it is alone. */
struct peer {
    str node, url;      /* http(s)://host:port */
    str key;            /* Ed25519 public key, base64url */
    const str *holds;   /* kinds of organisations whose legs are worked on there */
    size_t hold_count;
};
str defs_node(const struct defs *d);
size_t defs_peer_count(const struct defs *d);
const struct peer *defs_peer_nth(const struct defs *d, size_t index);
const struct peer *defs_peer(const struct defs *d, str node);
const struct peer *defs_peer_holding(const struct defs *d, str kind); /* NULL: this node does it itself */
