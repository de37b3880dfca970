/* One row of a sector register and the population, as both were known at the snapshot: who is meant, what differs, what came of it.
 * A row that is linked already means its person, unless the comparison speaks for somebody else: then a human is asked.
 * Fields that a definition calls the same as one of the population (`same_as`) are compared beside name, birth, sex and number.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include "centre/seen.h"

#include <string.h>

enum { CANDIDATES_NOTED_MAX = 8 };
#define FIELD_BIT(f) (UINT64_C(1) << (f))

/* --- fields of the row's own ------------------------------------------------------------------------------------------- */

/* What the population says in the form of the row's value; false: it says nothing. */
static STATUS held_value(struct ctx *cx, const struct run_side *side, int field, const struct person *p, int64_t *ret, bool *ret_known)
{
    const struct { int field; person_id id; } kin[] = { { FIELD_FATHER, p->father }, { FIELD_MOTHER, p->mother }, { FIELD_SPOUSE, p->spouse } };
    *ret = field == FIELD_RESIDENCE ? p->unit.v : field == FIELD_BIRTH ? p->birth.ymd : field == FIELD_DEATH ? p->death.ymd : 0;
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++) {
        struct person other;
        bool known;
        if (kin[i].field != field || !kin[i].id.v)
            continue;
        TRY(known_then_person(cx, side->then, kin[i].id, &other, &known));
        *ret = known ? other.number : 0;
    }
    *ret_known = *ret != 0;
    return OK;
}

static bool values_agree(const struct ctx *cx, int field, int64_t listed, int64_t held)
{
    unit_id a = { (int32_t)listed }, b = { (int32_t)held };
    day x = { (int32_t)listed }, y = { (int32_t)held };
    switch (field) {
    case FIELD_RESIDENCE: return defs_unit_covers(cx->app->defs, a, b) || defs_unit_covers(cx->app->defs, b, a);
    case FIELD_BIRTH:
    case FIELD_DEATH: return day_can_be(x, y) || day_can_be(y, x);
    default: return listed == held;
    }
}

static STATUS own_fields_compare(struct ctx *cx, const struct run_side *side, const struct sector_content *c, const struct person *p,
                                 struct run_result *r)
{
    for (size_t i = 0; i < side->def->field_count; i++) {
        int field = side->def->fields[i].same_as;
        int64_t held;
        bool known;
        if (field < 0 || !c->values[i].known)
            continue;
        TRY(held_value(cx, side, field, p, &held, &known));
        /* A death that the population has not heard of is a difference; other things it does not know are not. */
        if (!known && field != FIELD_DEATH)
            continue;
        r->compared |= FIELD_BIT(field);
        if (!known || !values_agree(cx, field, c->values[i].number, held))
            r->differs |= FIELD_BIT(field);
    }
    return OK;
}

static bool def_says(const struct sector_register *def, int field)
{
    for (size_t i = 0; i < def->field_count; i++)
        if (def->fields[i].same_as == field)
            return true;
    return false;
}

/* Where rows belong to the unit in which their person lives: did he move after the agency wrote the row? */
static STATUS move_compare(struct ctx *cx, const struct run_side *side, const struct sector_row_row *row, const struct person *p, struct run_result *r)
{
    const struct defs *d = cx->app->defs;
    unit_id written;
    if (side->def->unit_field >= 0 || row->person != p->id.v || !p->unit.v || def_says(side->def, FIELD_RESIDENCE))
        return OK;
    r->compared |= FIELD_BIT(FIELD_RESIDENCE);
    if (p->recorded_us <= row->recorded_us)
        return OK;
    TRY(sector_row_written_in(cx, side->def, side->known_us, row, &written));
    if (written.v && !defs_unit_covers(d, written, p->unit) && !defs_unit_covers(d, p->unit, written))
        r->differs |= FIELD_BIT(FIELD_RESIDENCE);
    return OK;
}

/* --- who is meant -------------------------------------------------------------------------------------------------------- */

static STATUS compared_note(struct ctx *cx, const struct candidates *c)
{
    uint64_t allowed = cx->journal->grant.fields;
    for (size_t i = 0; i < c->count && i < CANDIDATES_NOTED_MAX; i++) {
        uint64_t fields = FIELD_BIT(FIELD_STATE) | FIELD_BIT(FIELD_RESIDENCE);
        for (int f = 0; f < JUDGE_FIELDS; f++)
            if (c->list[i].level[f] != LEVEL_UNKNOWN)
                fields |= FIELD_BIT(judge_person_field((enum judge_field)f));
        TRY(disclosure_note(cx, (struct subject){ c->list[i].person->id, c->list[i].person->unit }, fields & allowed));
    }
    return OK;
}

static void evidence_take(struct run_result *r, const struct candidates *c, size_t count)
{
    for (size_t i = 0; i < count && i < c->count && i < RUN_EVIDENCE_MAX; i++) {
        r->evidence[r->evidence_count].person = c->list[i].person->id;
        r->evidence[r->evidence_count++].evidence = evidence_pack(&c->list[i]);
    }
}

/* The place of the person that the row is linked with, among the candidates; count: not among them, or not linked. */
static size_t linked_place(const struct candidates *c, person_id linked)
{
    size_t i = 0;
    while (i < c->count && (!linked.v || c->list[i].person->id.v != linked.v))
        i++;
    return i;
}

static void fields_take(struct run_result *r, const struct candidate *c)
{
    for (int f = 0; f < JUDGE_FIELDS; f++) {
        uint64_t bit = FIELD_BIT(judge_person_field((enum judge_field)f));
        if (c->level[f] != LEVEL_UNKNOWN)
            r->compared |= bit;
        if (c->differs[f])
            r->differs |= bit;
    }
}

static void outcome_take(const struct run_side *side, const struct person *p, const struct candidates *c, struct run_result *r)
{
    if (p->state == PERSON_DECEASED && !def_says(side->def, FIELD_DEATH))
        r->outcome = RUN_DECEASED;
    else if (!r->differs)
        r->outcome = RUN_MATCHED;
    else
        r->outcome = r->differs == FIELD_BIT(FIELD_RESIDENCE) ? RUN_MOVED : RUN_CONFLICTING;
    if (r->outcome != RUN_MATCHED)
        evidence_take(r, c, 1);
}

/* One row while it is matched. */
struct matching {
    struct ctx *cx;
    struct judge *judge;
    const struct run_side *side;
    const struct sector_row_row *row;
    struct list_person listed;
    struct sector_content content;
    struct candidates c;
    struct run_result *r;
};

static STATUS person_take(struct matching *m, size_t place)
{
    struct candidate *list = m->c.list, chosen = list[place];
    struct run_result *r = m->r;
    memmove(&list[1], &list[0], place * sizeof *list);
    list[0] = chosen;
    r->person = chosen.person->id;
    r->unit = chosen.person->unit.v ? chosen.person->unit : r->unit;
    r->percent = (int)(chosen.probability * 100);
    r->candidates = 1;
    fields_take(r, &chosen);
    TRY(own_fields_compare(m->cx, m->side, &m->content, chosen.person, r));
    TRY(move_compare(m->cx, m->side, m->row, chosen.person, r));
    outcome_take(m->side, chosen.person, &m->c, r);
    return OK;
}

/* The one who is linked, beside the one who is likelier. */
static void doubt_take(struct candidates *c, size_t linked, struct run_result *r)
{
    struct candidate was = c->list[linked];
    memmove(&c->list[2], &c->list[1], (linked - 1) * sizeof *c->list);
    c->list[1] = was;
    r->candidates = 2;
}

static STATUS settle(struct matching *m)
{
    struct candidates *c = &m->c;
    struct run_result *r = m->r;
    struct judgement j = judge_row(m->judge, &m->listed, c->list, c->count);
    size_t linked = linked_place(c, (person_id){ m->row->person });
    bool is_linked = linked < c->count, other = is_linked && j.verdict == VERDICT_ONE && linked != 0;
    TRY(compared_note(m->cx, c));
    r->candidates = (int)j.in_question;
    r->outcome = RUN_NOT_FOUND;
    if (is_linked && c->list[linked].person->unit.v) /* where he lived then: the row itself follows him */
        r->unit = c->list[linked].person->unit;
    if (is_linked && !other)
        return person_take(m, linked);
    if (j.verdict == VERDICT_ONE && !other)
        return person_take(m, 0);
    if (j.verdict == VERDICT_NONE)
        return OK;
    r->outcome = RUN_AMBIGUOUS;
    r->percent = (int)(c->list[0].probability * 100);
    if (other)
        doubt_take(c, linked, r);
    evidence_take(r, c, (size_t)r->candidates);
    return OK;
}

/* --- the row -------------------------------------------------------------------------------------------------------------- */

static uint64_t key_mixed(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
    return h ^ h >> 33;
}

/* Stored: must be the same in every run of the program. */
static uint64_t text_hash(str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return h;
}

static int64_t same_key(const struct run_side *side, const struct list_person *listed, int64_t name_hash, const struct sector_content *c,
                        const struct run_result *r)
{
    if (!side->one_row_each || r->outcome == RUN_AMBIGUOUS)
        return 0;
    if (!r->person.v && !listed->number && !(listed->name.len && !day_is_none(listed->birth)))
        return 0; /* names nobody: nothing to repeat */
    uint64_t key = seen_key(r->person, listed, name_hash);
    for (size_t i = 0; i < side->def->key_count; i++) {
        const struct sector_value *v = &c->values[side->def->key[i]];
        key = key_mixed(key_mixed(key, (uint64_t)v->number), text_hash(v->text));
    }
    return (int64_t)(key | 1);
}

static STATUS cancelled_take(struct ctx *cx, const struct candidates *c, struct run_result *r)
{
    uint64_t fields = (FIELD_BIT(FIELD_NUMBER) | FIELD_BIT(FIELD_STATE)) & cx->journal->grant.fields;
    r->outcome = RUN_NUMBER_CANCELLED;
    r->candidates = 1;
    r->percent = 100;
    r->person = c->holder.id;
    r->unit = c->holder.unit.v ? c->holder.unit : r->unit;
    return disclosure_note(cx, (struct subject){ c->holder.id, c->holder.unit }, fields);
}

STATUS run_row_compare(struct ctx *cx, struct judge *judge, const struct run_side *side, struct sector_row_row *row, struct run_result *ret)
{
    struct matching m = { .cx = cx, .judge = judge, .side = side, .row = row, .r = ret };
    const struct sector_listed *l = &m.content.listed;
    TRY(sector_content_read(side->def, row->doc, &m.content));
    m.listed = (struct list_person){ .number = l->number, .name = l->name, .birth = l->birth, .sex = l->sex };
    int64_t name_hash = l->name.len ? person_name_hash(l->name) : 0;
    struct person linked;
    bool known = false;
    if (row->person)
        TRY(known_then_person(cx, side->then, (person_id){ row->person }, &linked, &known));
    *ret = (struct run_result){ .row = row->id, .version = row->version, .unit = { row->unit } };
    TRY(candidates_fetch_then(cx, side->then, known ? &linked : NULL, &m.listed, name_hash, &m.c));
    if (m.c.cancelled) {
        TRY(cancelled_take(cx, &m.c, ret));
    } else {
        if (row->person && linked_place(&m.c, (person_id){ row->person }) == m.c.count)
            TRY(candidates_add_person(&m.c, (person_id){ row->person }));
        TRY(settle(&m));
    }
    ret->same_key = same_key(side, &m.listed, name_hash, &m.content, ret);
    return OK;
}

/* --- both values ------------------------------------------------------------------------------------------------------------ */

static str number_text(struct arena *a, int64_t n) { return n ? arena_printf(a, "%012lld", (long long)n) : (str){ 0 }; }

static str sex_said(struct ctx *cx, int sex, bool shown)
{
    static const char *const words[] = { "", "male", "female", "other" };
    str text = str_of(sex >= 0 && sex <= SEX_OTHER ? words[sex] : ""), label;
    if (!text.len || !shown)
        return text;
    return msg_find(arena_printf(cx->arena, "sex_%.*s", STR_ARG(text)), cx->lang, &label) ? label : text;
}

static struct run_said *said_add(struct run_said *list, size_t *count, int field)
{
    MUST(*count < RUN_VALUES_MAX);
    struct run_said *s = &list[(*count)++];
    *s = (struct run_said){ .field = field };
    return s;
}

static void listed_values(struct ctx *cx, const struct sector_listed *l, const struct person *p, struct run_said *list, size_t *count)
{
    struct arena *a = cx->arena;
    struct run_said *s = said_add(list, count, FIELD_NUMBER);
    s->listed = s->listed_shown = number_text(a, l->number);
    s->held = s->held_shown = number_text(a, p->number);
    s = said_add(list, count, FIELD_NAME);
    s->listed = s->listed_shown = l->name;
    s->held = s->held_shown = p->name;
    s = said_add(list, count, FIELD_BIRTH);
    s->listed = day_is_none(l->birth) ? (str){ 0 } : day_iso_str(a, l->birth);
    s->listed_shown = day_is_none(l->birth) ? (str){ 0 } : day_vi(a, l->birth);
    s->held = day_is_none(p->birth) ? (str){ 0 } : day_iso_str(a, p->birth);
    s->held_shown = day_is_none(p->birth) ? (str){ 0 } : day_vi(a, p->birth);
    s = said_add(list, count, FIELD_SEX);
    s->listed = sex_said(cx, (int)l->sex, false);
    s->listed_shown = sex_said(cx, (int)l->sex, true);
    s->held = sex_said(cx, p->sex, false);
    s->held_shown = sex_said(cx, p->sex, true);
}

static STATUS own_value(struct ctx *cx, const struct run_side *side, const struct sector_field *f, const struct sector_value *v, const struct person *p,
                        struct run_said *s)
{
    struct sector_value held = { .known = true };
    bool known;
    s->own = f->key;
    s->listed = sector_value_text(cx->arena, f, v);
    s->listed_shown = sector_value_show(cx, f, v);
    TRY(held_value(cx, side, f->same_as, p, &held.number, &known));
    s->held = known ? sector_value_text(cx->arena, f, &held) : (str){ 0 };
    s->held_shown = known ? sector_value_show(cx, f, &held) : (str){ 0 };
    return OK;
}

STATUS run_values(struct ctx *cx, const struct run_side *side, const struct run_pair *pair, struct run_said ret[static RUN_VALUES_MAX], size_t *ret_count)
{
    const struct defs *d = cx->app->defs;
    *ret_count = 0;
    listed_values(cx, &pair->content->listed, pair->person, ret, ret_count);
    for (size_t i = 0; i < side->def->field_count && *ret_count < RUN_VALUES_MAX; i++) {
        const struct sector_value *v = &pair->content->values[i];
        if (side->def->fields[i].same_as >= 0 && (v->known || v->raw)) {
            struct run_said *s = said_add(ret, ret_count, side->def->fields[i].same_as);
            TRY(own_value(cx, side, &side->def->fields[i], v, pair->person, s));
        }
    }
    if (!pair->listed_unit.v || *ret_count == RUN_VALUES_MAX)
        return OK;
    struct run_said *s = said_add(ret, ret_count, FIELD_RESIDENCE);
    s->listed = defs_unit_text(cx->arena, pair->listed_unit);
    s->listed_shown = defs_unit_path(cx->arena, d, pair->listed_unit, cx->today, cx->lang);
    s->held = defs_unit_text(cx->arena, pair->person->unit);
    s->held_shown = defs_unit_path(cx->arena, d, pair->person->unit, cx->today, cx->lang);
    return OK;
}
