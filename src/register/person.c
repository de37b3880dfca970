/* Reads and writes people. person_record() is the only place that writes a person: it appends the event, folds all events,
 * writes the row, moves the figures and leaves the trace, in the caller's transaction; nothing of it can be had apart.
 * tested by: src/register/test/property_test.c */
#include "register/inside.h"
#include "register/sector/sector.h"

#include <string.h>

enum { NAME_BYTES_MAX = 200 };

/* FNV-1a over the folded name: the value is stored, so it must be the same in every run and on every machine. */
int64_t person_name_hash(str name)
{
    char folded[2 * NAME_BYTES_MAX];
    size_t len = viet_fold_into(folded, sizeof folded, str_slice(name, 0, NAME_BYTES_MAX));
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)folded[i]) * UINT64_C(0x100000001b3);
    return (int64_t)(hash ^ hash >> 32);
}

/* Milliseconds since 2020 and twelve random bits: below 2^53, so that every reader of JSON keeps all digits, and above the
 * ids of any load. Two in one millisecond may draw the same bits: who makes
 * a person looks whether the id is taken. */
person_id person_id_new(struct ctx *cx)
{
    return (person_id){ id_fresh(cx->now_us) };
}

void person_from_row(const struct person_row *r, struct person *ret)
{
    *ret = (struct person){
        .id = { r->id }, .version = r->version, .state = r->state, .residence_state = r->residence_state, .sex = r->sex,
        .ethnic = r->ethnic, .marital = r->marital, .relation = r->relation, .number = r->number, .name = r->name,
        .name_hash = r->name_hash, .birth = { r->birth }, .death = { r->death }, .nationality = r->nationality,
        .unit = { r->unit }, .household = r->household, .father = { r->father }, .mother = { r->mother },
        .spouse = { r->spouse }, .survives_as = { r->survives_as }, .recorded_us = r->recorded_us,
    };
}

void person_to_row(const struct person *p, struct person_row_add_params *ret)
{
    *ret = (struct person_row_add_params){
        .shard = shard_of(p->id.v), .id = p->id.v, .version = p->version, .state = p->state,
        .residence_state = p->residence_state, .sex = p->sex, .ethnic = p->ethnic, .marital = p->marital,
        .relation = p->relation, .number = p->number, .name = p->name, .name_hash = p->name_hash, .birth = p->birth.ymd,
        .death = p->death.ymd, .nationality = p->nationality, .unit = p->unit.v, .household = p->household,
        .father = p->father.v, .mother = p->mother.v, .spouse = p->spouse.v, .survives_as = p->survives_as.v,
        .recorded_us = p->recorded_us,
    };
}

STATUS person_by_id(struct ctx *cx, person_id id, struct person *ret, bool *ret_known)
{
    struct person_row row;
    *ret = (struct person){ 0 };
    TRY(person_row_get(cx, shard_of(id.v), id.v, &row, ret_known));
    if (*ret_known)
        person_from_row(&row, ret);
    return OK;
}

/* An unknown number reads a row that is not there, so that it takes the time of a known one. */
STATUS person_by_number(struct ctx *cx, int64_t number, struct person *ret, enum number_state *ret_state, bool *ret_known)
{
    struct person_number_get_row claim = { 0 };
    bool claimed, known;
    TRY(person_number_get(cx, number, &claim, &claimed));
    TRY(person_by_id(cx, (person_id){ claimed ? claim.person : 0 }, ret, &known));
    *ret_known = claimed && known;
    *ret_state = (enum number_state)claim.state;
    return OK;
}

static STATUS people_from_rows(struct ctx *cx, const struct person_row *rows, size_t count, struct person **ret, size_t *ret_count)
{
    *ret = ARENA_ARRAY(cx->arena, struct person, count + 1);
    *ret_count = count;
    for (size_t i = 0; i < count; i++)
        person_from_row(&rows[i], &(*ret)[i]);
    return OK;
}

STATUS persons_by_old_number(struct ctx *cx, int64_t old_number, struct person **ret, size_t *ret_count)
{
    struct person_row *rows;
    size_t count;
    TRY(person_rows_by_old_number(cx, 0, old_number, &rows, &count));
    return people_from_rows(cx, rows, count, ret, ret_count);
}

static STATUS by_name(struct ctx *cx, int64_t name_hash, int32_t from, int32_t to, struct person **ret, size_t *ret_count)
{
    struct person_row *rows;
    size_t count;
    TRY(person_rows_by_name(cx, 0, name_hash, from, to, &rows, &count));
    return people_from_rows(cx, rows, count, ret, ret_count);
}

STATUS persons_by_name(struct ctx *cx, int64_t name_hash, day birth, struct person **ret, size_t *ret_count)
{
    return by_name(cx, name_hash, birth.ymd, birth.ymd, ret, ret_count);
}

STATUS persons_by_name_year(struct ctx *cx, int64_t name_hash, int year, struct person **ret, size_t *ret_count)
{
    return by_name(cx, name_hash, year * 10000, year * 10000 + 1231, ret, ret_count);
}

STATUS persons_of_household(struct ctx *cx, int64_t household, struct person **ret, size_t *ret_count)
{
    struct person_row *rows = NULL;
    size_t count = 0;
    if (household != 0)
        TRY(person_rows_by_household(cx, 0, household, &rows, &count));
    return people_from_rows(cx, rows, count, ret, ret_count);
}

STATUS children_of(struct ctx *cx, person_id parent, struct person **ret, size_t *ret_count)
{
    struct person_row *of_father, *of_mother;
    size_t fathers, mothers;
    *ret_count = 0;
    TRY(person_rows_by_father(cx, shard_of(parent.v), parent.v, &of_father, &fathers));
    TRY(person_rows_by_mother(cx, shard_of(parent.v), parent.v, &of_mother, &mothers));
    *ret = ARENA_ARRAY(cx->arena, struct person, fathers + mothers + 1);
    for (size_t i = 0; i < fathers && parent.v; i++)
        person_from_row(&of_father[i], &(*ret)[(*ret_count)++]);
    for (size_t i = 0; i < mothers && parent.v; i++)
        person_from_row(&of_mother[i], &(*ret)[(*ret_count)++]);
    return OK;
}

STATUS person_events(struct ctx *cx, person_id id, struct event **ret, size_t *ret_count)
{
    struct person_event_rows_row *rows;
    size_t count;
    TRY(person_event_rows(cx, shard_of(id.v), id.v, &rows, &count));
    struct event *list = ARENA_ARRAY(cx->arena, struct event, count + 1);
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct event){ .seq = rows[i].seq, .kind = (enum event_kind)rows[i].kind, .effective = { rows[i].effective },
                                  .recorded_us = rows[i].recorded_us, .source = rows[i].source, .command = rows[i].command,
                                  .actor = { rows[i].actor } };
        TRY(facts_decode(cx->arena, rows[i].doc, &list[i]));
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

STATUS person_as_of(struct ctx *cx, person_id id, day valid, int64_t known_us, struct held_facts *ret)
{
    struct event *events;
    size_t count;
    TRY(person_events(cx, id, &events, &count));
    *ret = (struct held_facts){ 0 };
    for (size_t i = 0; i < count; i++)
        held_take(ret, &events[i], day_is_none(valid) ? cx->today : valid, known_us ? known_us : TIME_LAST);
    return OK;
}

STATUS person_check_fold(struct ctx *cx, person_id id)
{
    struct person row, folded;
    struct held_facts held;
    bool known;
    TRY(person_by_id(cx, id, &row, &known));
    TRY(person_as_of(cx, id, DAY_LAST, TIME_LAST, &held));
    if (!known && held.version == 0)
        return FAIL(PERSON_MISSING);
    held_person(&held, id, &folded);
    const char *differs = known ? person_differs(&row, &folded) : "id";
    return differs ? FAIL_AT(CORRUPT, str_of(differs)) : OK;
}

static STATUS event_write(struct ctx *cx, const struct event *e, person_id person)
{
    char doc[DOC_BYTES_MAX];
    size_t len = facts_encode_into(e, doc, sizeof doc);
    return person_event_add(cx, &(struct person_event_add_params){
        .shard = shard_of(person.v), .person = person.v, .seq = e->seq, .kind = (int16_t)e->kind,
        .effective = e->effective.ymd, .recorded_us = e->recorded_us, .source = e->source, .command = e->command,
        .actor = e->actor.v, .doc = { doc, len } }, NULL);
}

static STATUS row_write(struct ctx *cx, const struct person *p, int32_t expected)
{
    struct person_row_add_params r;
    int64_t changed = 0;
    person_to_row(p, &r);
    if (expected == 0)
        return person_row_add(cx, &r, NULL);
    struct person_row_set_params s = {
        .shard = r.shard, .id = r.id, .expected = expected, .version = r.version, .state = r.state,
        .residence_state = r.residence_state, .sex = r.sex, .ethnic = r.ethnic, .marital = r.marital, .relation = r.relation,
        .number = r.number, .name = r.name, .name_hash = r.name_hash, .birth = r.birth, .death = r.death,
        .nationality = r.nationality, .unit = r.unit, .household = r.household, .father = r.father, .mother = r.mother,
        .spouse = r.spouse, .survives_as = r.survives_as, .recorded_us = r.recorded_us,
    };
    TRY(person_row_set(cx, &s, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

static uint64_t fields_of(const struct event_new *e)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < e->fact_count; i++)
        mask |= UINT64_C(1) << e->facts[i].field;
    return mask;
}

static int64_t command_hash(str command_id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < command_id.len; i++)
        hash = (hash ^ (unsigned char)command_id.ptr[i]) * UINT64_C(0x100000001b3);
    return command_id.len ? (int64_t)hash : 0;
}

STATUS person_record(struct ctx *cx, const struct event_new *e, struct person *ret)
{
    struct person before;
    struct held_facts held;
    bool known;
    MUST(e->person.v > 0 && e->fact_count <= FACTS_MAX);
    TRY(effective_check(cx, e->effective, STR("effective")));
    TRY(person_by_id(cx, e->person, &before, &known));
    if (e->expected_version != 0 && e->expected_version != before.version)
        return FAIL(VERSION_CONFLICT);
    TRY(person_as_of(cx, e->person, DAY_LAST, TIME_LAST, &held));
    struct event event = {
        .seq = before.version + 1, .kind = e->kind, .effective = e->effective,
        .recorded_us = cx->now_us > before.recorded_us ? cx->now_us : before.recorded_us, /* the register's time never runs back */
        .source = e->source, .command = command_hash(cx->command_id), .actor = cx->actor.account,
        .fact_count = e->fact_count,
    };
    struct fact facts[FACTS_MAX];
    if (e->fact_count > 0)
        memcpy(facts, e->facts, e->fact_count * sizeof *facts);
    event.facts = facts;
    held_take(&held, &event, DAY_LAST, TIME_LAST);
    held_person(&held, e->person, ret);
    TRY(change_note(cx, (struct subject){ e->person, ret->unit }, fields_of(e)));
    TRY(event_write(cx, &event, e->person));
    TRY(row_write(cx, ret, before.version));
    TRY(figure_move(cx, known ? &before : NULL, ret));
    TRY(people_changed(cx, ret));
    return known ? sector_person_changed(cx, ret) : OK;
}
