/* Sign-ins for trying a synthetic province: one for each kind of user, placed where a person of the register lives.
 * Calling it again gives new passwords to the same names. Refuses an empty register.
 * tested by: src/identity/demo_test.c */
#include "identity/inside.h"

#include "register/register.h"

enum { DEMO_KINDS = 11, DEMO_TOKEN_DAYS = 30, BORN_FROM = 19820101, BORN_TO = 20021231 };

static const struct demo_kind {
    const char *login;
    uint32_t role;
    const char *office; /* kind of the organisation of an officer, that answers for his commune */
} demo_kinds[DEMO_KINDS] = {
    [DEMO_ACCOUNT_KIND_CITIZEN] = { "citizen", ROLE_CITIZEN },   [DEMO_ACCOUNT_KIND_OFFICER] = { "officer", ROLE_OFFICER, "police" },
    [DEMO_ACCOUNT_KIND_CLERK] = { "clerk", ROLE_OFFICER, "justice" },
    [DEMO_ACCOUNT_KIND_INSURER] = { "insurer", ROLE_OFFICER, "social_insurance" },
    [DEMO_ACCOUNT_KIND_APPROVER] = { "approver", ROLE_OFFICER, "social_insurance" },
    [DEMO_ACCOUNT_KIND_BUSINESS] = { "business", ROLE_OFFICER, "business" },
    [DEMO_ACCOUNT_KIND_TAX] = { "tax", ROLE_OFFICER, "tax" },
    [DEMO_ACCOUNT_KIND_COORDINATOR] = { "coordinator", ROLE_COORDINATOR },
    [DEMO_ACCOUNT_KIND_LEADER] = { "leader", ROLE_LEADER },      [DEMO_ACCOUNT_KIND_SYSTEM] = { "system", ROLE_SYSTEM },
    [DEMO_ACCOUNT_KIND_AUDITOR] = { "auditor", ROLE_AUDITOR },
};

STATUS account_person(struct ctx *cx, int64_t number, person_id *ret, unit_id *ret_unit)
{
    struct person p;
    enum number_state state;
    bool known;
    TRY(person_by_number(cx, number, &p, &state, &known));
    if (!known || state != NUMBER_ISSUED)
        return FAIL_AT(PERSON_MISSING, STR("person"));
    if (p.state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("person"));
    *ret = p.id;
    *ret_unit = p.unit;
    return OK;
}

/* The place of each kind: the citizen is a person, an officer answers for her commune, the leader for her province. */
static void opening_place(struct ctx *cx, struct account_opening *o, const struct demo_kind *kind, const struct demo_person_row *person, unit_id asked)
{
    unit_id commune = asked.v ? asked : (unit_id){ person->unit };
    unit_id province = defs_unit_province(cx->app->defs, commune);
    const struct unit *p = defs_unit(cx->app->defs, province);
    struct organisation office;
    unit_id now[2];
    size_t units;
    if (o->roles == ROLE_CITIZEN) {
        o->person = (person_id){ person->id };
        o->unit = (unit_id){ person->unit };
    } else if (o->roles == ROLE_OFFICER) {
        o->unit = commune;
        bool one = defs_unit_at(cx->app->defs, commune, cx->today, now, 2, &units) == UNIT_ANSWER_ONE;
        if (defs_organisation_of(cx->arena, cx->app->defs, str_of(kind->office), one ? now[0] : commune, &office) ||
            defs_organisation_of(cx->arena, cx->app->defs, str_of(kind->office), province, &office))
            o->organisation = office.code;
    } else if (o->roles == ROLE_SYSTEM) {
        const struct agreement *first = defs_agreement_count(cx->app->defs) ? defs_agreement_nth(cx->app->defs, 0) : NULL;
        o->organisation = first ? first->member : (str){ 0 };
    } else {
        o->unit = province;
        o->organisation = p ? p->agency : (str){ 0 };
    }
}

static STATUS opening_store(struct ctx *cx, const struct account_opening *o, int64_t *ret_account)
{
    struct account_by_login_row row;
    bool known;
    TRY(account_by_login(cx, o->login, &row, &known));
    if (!known)
        return account_open(cx, o, ret_account);
    struct account_place_params place = { .shard = SHARD, .id = row.id, .roles = (int32_t)o->roles, .unit = o->unit.v,
                                          .organisation = o->organisation, .person = o->person.v };
    TRY(account_place(cx, &place, NULL));
    TRY(account_set_password(cx, SHARD, row.id, o->hash, cx->now_us, NULL));
    TRY(account_set_state(cx, SHARD, row.id, ACCOUNT_LIVE, cx->now_us, NULL));
    TRY(session_drop_all(cx, SHARD, row.id, NULL));
    TRY(change_note(cx, (struct subject){ o->person, o->unit }, 0));
    cache_drop_account(identity_of(cx->app)->cache, row.id);
    *ret_account = row.id;
    return OK;
}

STATUS account_demo(struct ctx *cx, const struct account_demo_in *in, struct account_demo_out *ret)
{
    struct demo_person_row person;
    bool found;
    TRY(demo_person(cx, SHARD, 0, BORN_FROM, BORN_TO, &person, &found));
    if (!found)
        return FAIL(PERSON_MISSING);
    ret->accounts = ARENA_ARRAY(cx->arena, struct demo_account, DEMO_KINDS);
    for (int kind = 0; kind < DEMO_KINDS; kind++) {
        char hash[PASSWORD_HASH_BYTES];
        int64_t account, ends_us;
        struct demo_account *made = &ret->accounts[ret->accounts_count++];
        struct account_opening o = { .login = str_of(demo_kinds[kind].login), .roles = demo_kinds[kind].role };
        opening_place(cx, &o, &demo_kinds[kind], &person, in->has_unit ? in->unit : UNIT_NONE);
        *made = (struct demo_account){ .login = o.login, .kind = kind, .secret = token_make(cx->arena, 16) };
        TRY(password_hash(made->secret, hash));
        o.hash = arena_str(cx->arena, str_of(hash));
        TRY(opening_store(cx, &o, &account));
        if (demo_kinds[kind].role == ROLE_SYSTEM)
            TRY(token_give(cx, account, DEMO_TOKEN_DAYS, &made->secret, &ends_us));
    }
    return OK;
}
