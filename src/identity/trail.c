/* What the ledger knows about a person, in words that the person understands: who, for which organisation, on which
 * ground, which facts. Nothing here opens another person's entries; a proof of one is refused as if there were none.
 * tested by: src/identity/demo_test.c */
#include "identity/inside.h"

enum { TRAIL_LIMIT = 20 };

static const struct role_word {
    uint32_t role;
    const char *word;
} role_words[] = {
    { ROLE_CITIZEN, "citizen" }, { ROLE_OFFICER, "officer" }, { ROLE_COORDINATOR, "coordinator" }, { ROLE_LEADER, "leader" },
    { ROLE_SYSTEM, "system" },   { ROLE_AUDITOR, "auditor" }, { ROLE_OPERATOR, "operator" },
};

static str role_word(uint32_t roles)
{
    for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++)
        if (roles & role_words[i].role)
            return str_of(role_words[i].word);
    return STR("public");
}

static void purpose_name(struct ctx *cx, const struct ledger_entry *e, struct trail_entry *out)
{
    const struct defs_grounded *g = NULL;
    if (str_eq(e->purpose_kind, STR("agreement"))) {
        const struct agreement *a = defs_agreement(cx->app->defs, e->purpose_reference);
        g = a ? &a->is : NULL;
    } else if (str_eq(e->purpose_kind, STR("authority"))) {
        const struct authority *a = defs_authority(cx->app->defs, e->purpose_reference);
        g = a ? &a->is : NULL;
    }
    if (!g)
        return;
    out->purpose_title = cx->lang == LANG_EN ? g->title_en : g->title_vi;
    out->purpose_law = g->law;
}

static void entry_words(struct ctx *cx, const struct ledger_record *r, struct trail_entry *out)
{
    const struct ledger_entry *e = &r->entry;
    const struct operation *op = operation_find(cx->app, e->operation);
    struct organisation organisation;
    *out = (struct trail_entry){
        .index = r->index,
        .kind = e->kind == LEDGER_CHANGE ? TRAIL_ENTRY_KIND_CHANGE : e->kind == LEDGER_COUNT ? TRAIL_ENTRY_KIND_COUNT : TRAIL_ENTRY_KIND_DISCLOSURE,
        .time = e->time_us,
        .operation = e->operation,
        .organisation = e->organisation,
        .role = role_word(e->roles),
        .purpose_kind = e->purpose_kind,
        .purpose_reference = e->purpose_reference,
        .fields = e->fields,
        .own = str_eq(e->purpose_kind, STR("own")),
    };
    if (op)
        out->says = str_of(cx->lang == LANG_EN ? op->says_en : op->says_vi);
    if (!str_is_empty(e->organisation) && defs_organisation(cx->arena, cx->app->defs, e->organisation, &organisation))
        out->organisation_name = cx->lang == LANG_EN ? organisation.name_en : organisation.name_vi;
    if (e->unit.v)
        out->unit_name = defs_unit_path(cx->arena, cx->app->defs, e->unit, cx->today, cx->lang);
    purpose_name(cx, e, out);
}

STATUS ledger_mine(struct ctx *cx, const struct ledger_mine_in *in, struct ledger_mine_out *ret)
{
    if (!cx->actor.person.v)
        return FAIL(PERSON_MISSING);
    size_t limit = in->has_limit ? (size_t)in->limit : TRAIL_LIMIT, count;
    struct ledger_record *records;
    struct ledger_person_query query = { .shard = SHARD, .person = cx->actor.person, .before_index = in->before, .limit = limit };
    TRY(ledger_by_person(cx, &query, &records, &count));
    ret->entries = ARENA_ARRAY(cx->arena, struct trail_entry, count);
    for (size_t i = 0; i < count; i++)
        if (!records[i].forgotten)
            entry_words(cx, &records[i], &ret->entries[ret->entries_count++]);
    if (count == limit && records[count - 1].index > 0)
        ret->next = records[count - 1].index;
    return OK;
}

STATUS ledger_proof(struct ctx *cx, const struct ledger_proof_in *in, struct ledger_proof_out *ret)
{
    struct ledger_record record;
    TRY(ledger_entry_at(cx, SHARD, in->index, &record));
    bool everything = cx->actor.roles & (ROLE_AUDITOR | ROLE_OPERATOR);
    bool mine = !record.forgotten && cx->actor.person.v && record.entry.person.v == cx->actor.person.v;
    if (!everything && !mine)
        return FAIL_AT(ENTRY_MISSING, STR("index"));
    return ledger_proof_text(cx, SHARD, in->index, &ret->proof);
}

STATUS ledger_checkpoint(struct ctx *cx, const struct ledger_checkpoint_in *in, struct ledger_checkpoint_out *ret)
{
    struct ledger_checkpoint last;
    (void)in;
    TRY(ledger_checkpoint_last(cx, SHARD, &last));
    if (str_is_empty(last.note))
        return FAIL(ENTRY_MISSING);
    ret->note = last.note;
    return OK;
}
