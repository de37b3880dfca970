/* Beginning: by the submission of a dossier, and before that, proactively, by the notice of a hospital, which prepares the dossier
 * for the family. At the start it is found where the family lives and whom that house belongs to, since consent may be needed.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

#include "register/register_sql.h"

#include <string.h>

enum { KNOWN_MAX = 8, HOME_FIELDS = 6, NOTICE_ANSWERS = 7 };

struct known {
    struct answer list[KNOWN_MAX];
    size_t count;
};

static void know(struct known *k, str key, str value)
{
    if (value.len && k->count < KNOWN_MAX)
        k->list[k->count++] = (struct answer){ key, value };
}

static STATUS person_of_value(struct ctx *cx, const struct bundle *b, str value, struct person *ret, bool *ret_known)
{
    enum number_state state;
    int64_t number;
    *ret_known = false;
    if (!str_i64(bundle_value(cx, b, value), &number))
        return OK;
    TRY(person_by_number(cx, number, ret, &state, ret_known));
    *ret_known = *ret_known && state == NUMBER_ISSUED && !ret->survives_as.v && ret->state != PERSON_DECEASED;
    return OK;
}

/* Does the household's head have to be asked? Not if he is one of those who apply or whom it is about. */
static STATUS head_know(struct ctx *cx, const struct bundle *b, int64_t household, struct known *k)
{
    struct household_get_row home;
    struct person head, p;
    bool found, known;
    TRY(household_get(cx, SHARD, household, &home, &found));
    if (!found || !home.head || home.head == b->row.applicant)
        return OK;
    TRY(person_by_id(cx, (person_id){ home.head }, &head, &known));
    if (!known || head.state == PERSON_DECEASED || !head.number || head.household != household)
        return OK;
    for (size_t i = 0; i < b->event->home_count; i++) {
        TRY(person_of_value(cx, b, b->event->home_of[i], &p, &known));
        if (known && p.id.v == head.id.v)
            return OK;
    }
    know(k, STR("known.head"), arena_printf(cx->arena, "%012lld", (long long)head.number));
    know(k, STR("known.consent"), STR("needed"));
    return OK;
}

static STATUS home_know(struct ctx *cx, struct bundle *b)
{
    struct known k = { 0 };
    unit_id now[2];
    size_t units = 0;
    for (size_t i = 0; i < b->event->home_count; i++) {
        struct person p;
        bool known;
        TRY(person_of_value(cx, b, b->event->home_of[i], &p, &known));
        if (!known || !p.household || !p.unit.v)
            continue;
        TRY(disclosure_note(cx, (struct subject){ p.id, p.unit }, UINT64_C(1) << FIELD_RESIDENCE | UINT64_C(1) << FIELD_HOUSEHOLD));
        if (defs_unit_at(cx->app->defs, p.unit, cx->today, now, 2, &units) != UNIT_ANSWER_ONE)
            continue;
        know(&k, STR("known.home"), STR("found"));
        know(&k, STR("known.unit"), defs_unit_text(cx->arena, now[0]));
        know(&k, STR("known.household"), arena_printf(cx->arena, "%lld", (long long)p.household));
        TRY(head_know(cx, b, p.household, &k));
        break;
    }
    struct answer *all = ARENA_ARRAY(cx->arena, struct answer, b->doc_count + k.count + 1);
    if (b->doc_count)
        memcpy(all, b->doc, b->doc_count * sizeof *all);
    if (k.count)
        memcpy(all + b->doc_count, k.list, k.count * sizeof *all);
    b->doc = all;
    b->doc_count += k.count;
    return OK;
}

static STATUS bundle_make(struct ctx *cx, const struct life_event *e, const struct dossier *d, struct bundle *b)
{
    struct answer *answers;
    struct person applicant;
    size_t count;
    bool known;
    memset(b, 0, sizeof *b);
    TRY(form_load(cx, d->row.answers, &answers, &count));
    TRY(person_by_id(cx, (person_id){ d->row.applicant }, &applicant, &known));
    b->event = e;
    b->doc = ARENA_ARRAY(cx->arena, struct answer, count + 1);
    for (size_t i = 0; i < count; i++)
        if (answers[i].value.len)
            b->doc[b->doc_count++] = (struct answer){ arena_join(cx->arena, STR("form."), answers[i].key), answers[i].value };
    b->row = (struct life_bundle_row){ .id = d->row.id, .state = BUNDLE_OPEN, .event = e->key, .event_day = cx->today.ymd, .code = d->row.code,
                                       .applicant = d->row.applicant, .applicant_number = known ? applicant.number : 0,
                                       .organisation = d->row.organisation, .began_us = cx->now_us };
    for (size_t i = 0; i < e->leg_count; i++)
        b->legs[i] = (struct life_leg_row){ .bundle = d->row.id, .leg = (int16_t)i, .state = LEG_WAITING };
    b->held = (1u << e->leg_count) - 1;
    return home_know(cx, b);
}

STATUS life_begin(struct ctx *cx, const struct life_begin_in *in, struct life_begin_out *ret)
{
    const struct life_event *e = defs_life(cx->app->defs, in->event, cx->today);
    struct life_bundle_row before;
    struct dossier d;
    struct bundle b;
    bool found;
    if (!e)
        return FAIL_WITH(LIFE_UNKNOWN, STR("event"), in->event);
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(life_bundle_get(cx, SHARD, in->dossier, &before, &found));
    if (found || !str_eq(e->procedure, d.row.procedure_key) || d.row.state != DOSSIER_SUBMITTED)
        return FAIL_WITH(DOSSIER_STATE, STR("dossier"), str_of(state_word((enum dossier_state)d.row.state)));
    TRY(bundle_make(cx, e, &d, &b));
    TRY(bundle_add(cx, &b));
    TRY(parent_accept(cx, &b));
    TRY(bundle_notice(cx, &b, "open"));
    TRY(bundle_settle(cx, &b));
    TRY(bundle_save(cx, &b));
    return life_now_of(cx, &b, &ret->now);
}

/* --- the hospital's notice ------------------------------------------------------------------------------------------------ */

/* Who is asked to apply for one who died: the spouse, else a child of full age. */
static STATUS kin_of(struct ctx *cx, const struct person *dead, struct person *ret, bool *ret_found)
{
    struct person *children;
    size_t count;
    *ret_found = false;
    if (dead->spouse.v) {
        TRY(person_by_id(cx, dead->spouse, ret, ret_found));
        *ret_found = *ret_found && ret->number && ret->state != PERSON_DECEASED;
    }
    if (*ret_found)
        return OK;
    TRY(children_of(cx, dead->id, &children, &count));
    for (size_t i = 0; i < count && !*ret_found; i++)
        if (children[i].number && children[i].state != PERSON_DECEASED && !children[i].survives_as.v && day_age(children[i].birth, cx->today) >= 18) {
            *ret = children[i];
            *ret_found = true;
        }
    return OK;
}

static STATUS notice_family(struct ctx *cx, const struct life_notice_in *in, struct person *about, struct person *applicant)
{
    enum number_state state;
    bool known;
    TRY(person_by_number(cx, in->number, about, &state, &known));
    if (!known || state != NUMBER_ISSUED || about->survives_as.v)
        return FAIL_AT(PERSON_MISSING, STR("number"));
    if (about->state == PERSON_DECEASED)
        return FAIL_AT(PERSON_DECEASED, STR("number"));
    if (in->day.ymd > cx->today.ymd)
        return FAIL_AT(EVENT_FUTURE, STR("day"));
    *applicant = *about;
    if (in->event == LIFE_NOTICE_IN_EVENT_BIRTH)
        return about->sex == SEX_FEMALE ? OK : FAIL_AT(EVENT_CONFLICT, STR("number"));
    TRY(kin_of(cx, about, applicant, &known));
    return known ? OK : FAIL_AT(KIN_UNKNOWN, STR("number"));
}

/* The husband of the mother is taken for the father (Luật Hôn nhân và gia đình 2014 Đ88.1); she may say otherwise. */
static STATUS notice_father(struct ctx *cx, const struct person *mother, struct answer *out, size_t *count)
{
    struct person father;
    bool found = false;
    if (mother->spouse.v)
        TRY(person_by_id(cx, mother->spouse, &father, &found));
    if (!found || !father.number || father.sex != SEX_MALE)
        return OK;
    TRY(disclosure_note(cx, (struct subject){ father.id, father.unit }, UINT64_C(1) << FIELD_NUMBER));
    out[(*count)++] = (struct answer){ STR("father_number"), arena_printf(cx->arena, "%012lld", (long long)father.number) };
    return OK;
}

static size_t notice_answers(struct ctx *cx, const struct life_notice_in *in, const struct person *about, struct answer *out)
{
    bool birth = in->event == LIFE_NOTICE_IN_EVENT_BIRTH;
    unit_id now[2];
    size_t n = 0, units;
    out[n++] = (struct answer){ birth ? STR("mother_number") : STR("deceased_number"), arena_printf(cx->arena, "%012lld", (long long)in->number) };
    out[n++] = (struct answer){ birth ? STR("child_birth") : STR("death_day"), day_iso_str(cx->arena, in->day) };
    out[n++] = (struct answer){ STR("attestation"), in->paper };
    if (birth && in->has_sex && (in->sex == SEX_MALE || in->sex == SEX_FEMALE))
        out[n++] = (struct answer){ STR("child_sex"), in->sex == SEX_MALE ? STR("male") : STR("female") };
    if (birth && in->has_place)
        out[n++] = (struct answer){ STR("birth_place"), defs_unit_text(cx->arena, in->place) };
    if (about->unit.v && defs_unit_at(cx->app->defs, about->unit, cx->today, now, 2, &units) == UNIT_ANSWER_ONE)
        out[n++] = (struct answer){ STR("registered_at"), defs_unit_text(cx->arena, now[0]) };
    return n;
}

STATUS life_notice(struct ctx *cx, const struct life_notice_in *in, struct life_notice_out *ret)
{
    const struct life_event *e = defs_life(cx->app->defs, in->event == LIFE_NOTICE_IN_EVENT_BIRTH ? STR("birth") : STR("death"), cx->today);
    const struct procedure *p = e ? defs_procedure(cx->app->defs, e->procedure, cx->today) : NULL;
    struct answer answers[NOTICE_ANSWERS];
    struct person about, applicant;
    struct dossier d;
    if (!p)
        return FAIL_WITH(LIFE_UNKNOWN, STR("event"), STR(""));
    TRY(notice_family(cx, in, &about, &applicant));
    TRY(disclosure_note(cx, (struct subject){ about.id, about.unit }, UINT64_C(1) << FIELD_NUMBER | UINT64_C(1) << FIELD_STATE));
    TRY(dossier_new(cx, p, &applicant, &d));
    size_t count = notice_answers(cx, in, &about, answers);
    if (in->event == LIFE_NOTICE_IN_EVENT_BIRTH)
        TRY(notice_father(cx, &about, answers, &count));
    TRY(form_check(cx, p, answers, count, false));
    TRY(form_store(cx, answers, count, &d.row.answers));
    struct actor before = act_as_program(cx, cx->actor.organisation);
    struct purpose purpose = cx->purpose;
    status st = dossier_move(cx, &d, &(struct move){ .command = COMMAND_SAVE, .expected_version = -1 });
    if (status_ok(st))
        st = bundle_notice(cx, &(struct bundle){ .row = { .id = d.row.id, .version = 1, .applicant = d.row.applicant }, .event = e }, "ready");
    cx->actor = before;
    cx->purpose = purpose;
    ret->dossier = d.row.id;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}
