/* What every domain call knows: for whom it works, why, at what time, in which transaction. Nobody can read a person
 * without an actor and a purpose, because the functions that read take a ctx and the gate fills it. */
#pragma once
#include "base/arena.h"
#include "base/day.h"

enum lang { LANG_VI, LANG_EN };

typedef struct person_id { int64_t v; } person_id;
typedef struct unit_id { int32_t v; } unit_id;       /* row of an administrative unit: identity is (code, valid_from) */
typedef struct account_id { int64_t v; } account_id;
#define PERSON_NONE ((person_id){ 0 })
#define UNIT_NONE ((unit_id){ 0 })

/* Roles are bits, so that the permission matrix is one mask an operation. */
enum role {
    ROLE_PUBLIC = 1 << 0,      /* not signed in */
    ROLE_CITIZEN = 1 << 1,     /* own record only */
    ROLE_OFFICER = 1 << 2,     /* commune or province officer: registers, desk */
    ROLE_COORDINATOR = 1 << 3, /* coordination centre: lists, reconciliation */
    ROLE_LEADER = 1 << 4,      /* figures, no records */
    ROLE_SYSTEM = 1 << 5,      /* partner system by agreement */
    ROLE_AUDITOR = 1 << 6,     /* ledger and logs, no records */
    ROLE_OPERATOR = 1 << 7,    /* runs the program on its machine */
};

struct actor {
    uint32_t roles; /* enum role bits */
    account_id account;
    person_id person;      /* of a citizen */
    unit_id unit;          /* of an officer: where his writ runs */
    str organisation;      /* code of the organisation, e.g. "H08.12" or the partner's code */
    str name;              /* sign-in name, for the ledger */
};

/* The ground that a caller names: kind and reference. The gate checks it with the module that owns the kind. */
struct purpose {
    str kind; /* "own", "agreement", "task", "delivery", "authority" …; empty: none named */
    str reference;
};

struct tx;
struct journal;
struct prepared;
struct app;

struct ctx {
    struct arena *arena;
    struct actor actor;
    struct purpose purpose;
    enum lang lang;
    int64_t now_us;
    day today;
    struct tx *tx;           /* the open transaction */
    struct journal *journal; /* what is read and changed about whom; the gate turns it into ledger entries */
    struct prepared *prepared; /* what a rehearsal of this work has worked out (gate/prepare.h), or NULL */
    struct app *app;         /* definitions and services of the process, read-only */
    str command_id;          /* made by the client, so that a command sent twice is done once; empty: none */
    uint64_t request_id;
    str via; /* the nodes that passed this call on (RFC 9110 section 7.6.3); empty: it came from its caller */
};
