/* The door itself: may this actor do this, is the ground live, does it cover what is shown. Nothing here knows what an
 * operation does. Refuses first by role, then by ground, so that a stranger learns nothing about grounds.
 * tested by: src/gate/test/gate_test.c */
#include "gate/gate.h"

#include "gate/document.h"
#include "gate/ground.h"
#include "gate/prepare.h"
#include "gate/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { JOURNAL_ENTRIES_MAX = 120000 };

static STATUS ground_check(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    *ret = (struct grant){ .fields = op->reads };
    if (op->ground == GROUND_NONE)
        return OK;
    if (str_is_empty(cx->purpose.kind))
        return FAIL_AT(PURPOSE_MISSING, STR("purpose"));
    const struct ground_kind *kind = ground_find(cx->app, cx->purpose.kind);
    if (!kind)
        return FAIL_WITH(GROUND_UNKNOWN, STR("purpose"), cx->purpose.kind);
    TRY(kind->check(cx, op, ret));
    return prepared_rehearses(cx) ? OK : ground_rate(cx, ret);
}

static STATUS gate_enter(struct ctx *cx, const struct operation *op, struct grant *ret)
{
    if (!(op->may & cx->actor.roles)) {
        bool signed_out = cx->actor.roles == 0 || cx->actor.roles == ROLE_PUBLIC;
        return signed_out ? FAIL(SIGNED_OUT) : FAIL(NOT_ALLOWED);
    }
    return ground_check(cx, op, ret);
}

static struct {
    pthread_mutex_t lock;
    char name[64];
    int64_t calls; /* -1: none is held */
} held = { .lock = PTHREAD_MUTEX_INITIALIZER, .calls = -1 };

void operation_hold(str name, int64_t calls)
{
    pthread_mutex_lock(&held.lock);
    snprintf(held.name, sizeof held.name, "%.*s", STR_ARG(name));
    held.calls = calls;
    pthread_mutex_unlock(&held.lock);
}

static bool is_held(const struct operation *op)
{
    pthread_mutex_lock(&held.lock);
    bool named = held.calls >= 0 && strcmp(op->name, held.name) == 0, is = named && held.calls == 0;
    if (named && !is)
        held.calls--;
    pthread_mutex_unlock(&held.lock);
    return is;
}

/* What a rehearsal ends with, rather than going on. */
static bool refusal(status st)
{
    enum error_class class = error_def(st.code)->class;
    return !status_ok(st) && class != CLASS_BUSY && class != CLASS_BROKEN;
}

STATUS gate_call(struct ctx *cx, const struct operation *op, const void *in, void *ret_out)
{
    struct journal *j = cx->journal;
    MUST(j && cx->tx);
    const struct operation *outer_op = j->op, *outer_outer = j->outer;
    struct grant outer_grant = j->grant;
    size_t before = j->count;

    if (cx->app->debug && is_held(op))
        return FAIL(OVERLOADED);
    memset(ret_out, 0, op->gives->bytes);
    j->outer = outer_op;
    j->op = op;
    status st = gate_enter(cx, op, &j->grant);
    if (status_ok(st))
        st = op->once && !outer_op && cx->command_id.len ? once_run(cx, op, in, ret_out) : op->run(cx, in, ret_out);
    if (!status_ok(st))
        j->count = before;
    if (!prepared_rehearses(cx) || refusal(st))
        gate_count(cx->app, op, st);
    j->op = outer_op;
    j->outer = outer_outer;
    j->grant = outer_grant;
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    return OK;
}

static struct ledger_entry *journal_find(struct journal *j, enum ledger_kind kind, person_id person, const struct operation *op)
{
    for (size_t i = j->count; i > 0 && j->count - i < 64; i--) {
        struct ledger_entry *e = &j->entries[i - 1];
        if (e->kind == kind && e->person.v == person.v && str_eq(e->operation, str_of(op->name)))
            return e;
    }
    return NULL;
}

static void journal_grow(struct ctx *cx, size_t cap)
{
    struct journal *j = cx->journal;
    struct ledger_entry *grown = ARENA_ARRAY(cx->arena, struct ledger_entry, cap);
    if (j->count)
        memcpy(grown, j->entries, j->count * sizeof *grown);
    j->entries = grown;
    j->cap = cap;
}

static struct ledger_entry *journal_add(struct ctx *cx)
{
    struct journal *j = cx->journal;
    if (j->count == j->cap)
        journal_grow(cx, j->cap ? j->cap * 4 : 4);
    return &j->entries[j->count++];
}

static STATUS note(struct ctx *cx, enum ledger_kind kind, struct subject who, uint64_t fields)
{
    struct journal *j = cx->journal;
    MUST(j && j->op);
    if (j->count >= JOURNAL_ENTRIES_MAX)
        return FAIL(OVERLOADED);
    struct ledger_entry *e = journal_find(j, kind, who.person, j->op);
    if (e) {
        e->fields |= fields;
        return OK;
    }
    bool own = str_is_empty(cx->purpose.kind) && who.person.v && who.person.v == cx->actor.person.v;
    *journal_add(cx) = (struct ledger_entry){
        .kind = kind,
        .time_us = cx->now_us,
        .operation = str_of(j->op->name),
        .account = cx->actor.account,
        .organisation = cx->actor.organisation,
        .roles = cx->actor.roles,
        .unit = cx->actor.unit,
        .purpose_kind = own ? STR("own") : cx->purpose.kind,
        .purpose_reference = own ? (str){ 0 } : cx->purpose.reference,
        .person = who.person,
        .fields = fields,
        .request_id = cx->request_id,
    };
    return OK;
}

STATUS disclosure_note(struct ctx *cx, struct subject who, uint64_t fields)
{
    const struct journal *j = cx->journal;
    MUST(j && j->op);
    uint64_t beyond = fields & ~(j->op->reads & j->grant.fields);
    if (beyond)
        return FAIL_WITH(GROUND_FIELDS, person_field_name(__builtin_ctzll(beyond)), cx->purpose.reference);
    if (j->grant.only_person.v && who.person.v != j->grant.only_person.v)
        return FAIL(GROUND_PERSON);
    if (j->grant.only_unit.v && who.person.v && !ground_unit_within(cx, who.unit, j->grant.only_unit))
        return FAIL(GROUND_PERSON);
    return note(cx, LEDGER_DISCLOSURE, who, fields);
}

STATUS change_note(struct ctx *cx, struct subject who, uint64_t fields)
{
    const struct journal *j = cx->journal;
    MUST(j && j->op && j->op->writes);
    if (j->grant.only_unit.v && who.unit.v && !ground_unit_within(cx, who.unit, j->grant.only_unit))
        return FAIL(GROUND_PERSON);
    return note(cx, LEDGER_CHANGE, who, fields);
}

STATUS document_note(struct ctx *cx, struct subject who, const uint8_t digest[static SHA256_BYTES])
{
    TRY(change_note(cx, who, 0));
    struct ledger_entry *e = journal_find(cx->journal, LEDGER_CHANGE, who.person, cx->journal->op);
    MUST(e);
    if (e->has_digest && memcmp(e->digest, digest, SHA256_BYTES) != 0) {
        struct ledger_entry again = *e;
        if (cx->journal->count >= JOURNAL_ENTRIES_MAX)
            return FAIL(OVERLOADED);
        again.fields = 0;
        e = journal_add(cx);
        *e = again;
    }
    e->has_digest = true;
    memcpy(e->digest, digest, SHA256_BYTES);
    return OK;
}

void journal_lend(struct ctx *cx, const struct looked *from)
{
    struct journal *j = cx->journal;
    if (j->count || !from->room)
        return;
    j->entries = from->room;
    j->cap = from->room_cap;
}

void journal_take(struct ctx *cx, struct looked *inout)
{
    struct journal *j = cx->journal;
    size_t count = inout->count + j->count;
    if (count > inout->cap) {
        struct ledger_entry *grown = ARENA_ARRAY(cx->arena, struct ledger_entry, 2 * count);
        if (inout->count)
            memcpy(grown, inout->entries, inout->count * sizeof *grown);
        inout->entries = grown;
        inout->cap = 2 * count;
    }
    if (j->count)
        memcpy(inout->entries + inout->count, j->entries, j->count * sizeof *j->entries);
    inout->count = count;
    inout->room = j->entries;
    inout->room_cap = j->cap;
    j->count = 0;
}

STATUS journal_put(struct ctx *cx, const struct ledger_entry *entries, size_t count)
{
    if (cx->journal->count + count > JOURNAL_ENTRIES_MAX)
        return FAIL(OVERLOADED);
    if (cx->journal->count + count > cx->journal->cap)
        journal_grow(cx, cx->journal->count + 2 * count); /* as many changes are likely to follow */
    for (size_t i = 0; i < count; i++) {
        MUST(str_eq(entries[i].operation, str_of(cx->journal->op->name)));
        *journal_add(cx) = entries[i];
    }
    return OK;
}

const struct operation *operation_find(const struct app *app, str name)
{
    return table_get(&app->operations, name);
}
