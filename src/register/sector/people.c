/* The population as a register of its own: its rows are people, its rules stand in register/people.yaml. Only people with a flaw
 * have a row of their own (person_flaw), and only flaws are counted here, since how many people there are is counted with every
 * change already. A change of a person judges that person alone; the passing of time and a change of the rules are followed by
 * judging all, in steps (sector.judge).
 *
 * Refuses fields that the definition invents: what can be asked for is what this file knows.
 * tested by: src/register/test/people_test.c */
#include "register/sector/figure.h"
#include "messages/messages.h"

#include <string.h>

enum { PEOPLE_STEP = 500, PEOPLE_DEFAULT = 1000, PAGE_ROWS = 200 };

static struct sector_value text_value(bool known, const char *text) { return (struct sector_value){ .known = known && text, .text = str_of(text ? text : "") }; }
static struct sector_value number_value(int64_t n) { return (struct sector_value){ .known = n != 0, .number = n }; }

static const char *word_of(const char *const *words, int count, int at) { return at >= 0 && at < count ? words[at] : NULL; }

static const char *number_doubt(const struct person *p)
{
    uint32_t bits = p->number ? number_plausibility(p->number, p->birth, (enum sex)p->sex) : 0;
    return bits ? number_warning_name(bits & (~bits + 1)) : NULL;
}

/* Words that are no Vietnamese syllables are the names of minorities and foreigners: nothing to mend. */
static const char *name_doubt(const struct person *p)
{
    uint32_t bits = name_plausibility(p->name) & (NAME_DIGITS | NAME_SYMBOLS | NAME_LOST_LETTERS | NAME_ABBREVIATED);
    return bits ? name_warning_name(bits & (~bits + 1)) : NULL;
}

static const char *unit_doubt(const struct ctx *cx, const struct person *p)
{
    unit_id there[1];
    size_t count;
    if (!p->unit.v || defs_unit_in_force(cx->app->defs, p->unit, cx->today))
        return NULL;
    return defs_unit_at(cx->app->defs, p->unit, cx->today, there, 1, &count) == UNIT_ANSWER_ONE ? NULL : "unit_divided";
}

static const char *birth_precision(const struct person *p)
{
    if (day_is_none(p->birth))
        return NULL;
    switch (day_precision(p->birth)) {
    case DAY_FULL: return "day";
    case DAY_MONTH: return "month";
    default: return "year";
    }
}

enum people_key {
    PEOPLE_NUMBER, PEOPLE_NAME, PEOPLE_BIRTH, PEOPLE_PRECISION, PEOPLE_SEX, PEOPLE_NATIONALITY, PEOPLE_RESIDENCE, PEOPLE_RESIDENCE_STATE,
    PEOPLE_HOUSEHOLD, PEOPLE_MARITAL, PEOPLE_SPOUSE, PEOPLE_FATHER, PEOPLE_MOTHER, PEOPLE_NUMBER_DOUBT, PEOPLE_NAME_DOUBT, PEOPLE_UNIT_DOUBT,
    PEOPLE_KEYS
};
static const struct { const char *key; enum sector_type type; } people_keys[PEOPLE_KEYS] = {
    { "number", SECTOR_TEXT }, { "name", SECTOR_TEXT }, { "birth", SECTOR_DAY }, { "birth_precision", SECTOR_TEXT }, { "sex", SECTOR_TEXT },
    { "nationality", SECTOR_TEXT }, { "residence", SECTOR_UNIT }, { "residence_state", SECTOR_TEXT }, { "household", SECTOR_NUMBER },
    { "marital", SECTOR_TEXT }, { "spouse", SECTOR_TEXT }, { "father", SECTOR_TEXT }, { "mother", SECTOR_TEXT },
    { "number_doubt", SECTOR_TEXT }, { "name_doubt", SECTOR_TEXT }, { "unit_doubt", SECTOR_TEXT },
};

static int key_of(str key)
{
    for (int i = 0; i < PEOPLE_KEYS; i++)
        if (str_eq(key, str_of(people_keys[i].key)))
            return i;
    return -1;
}

static struct sector_value value_of(struct ctx *cx, const struct person *p, int key)
{
    static const char *const sexes[] = { NULL, "male", "female", "other" };
    static const char *const residences[] = { "none", "permanent", "temporary", "absent", "abroad" };
    static const char *const maritals[] = { NULL, "single", "married", "divorced", "widowed" };
    switch ((enum people_key)key) {
    case PEOPLE_NUMBER: return (struct sector_value){ .known = p->number != 0, .text = p->number ? arena_printf(cx->arena, "%012lld", (long long)p->number) : (str){ 0 } };
    case PEOPLE_NAME: return (struct sector_value){ .known = p->name.len > 0, .text = p->name };
    case PEOPLE_BIRTH: return (struct sector_value){ .known = !day_is_none(p->birth), .number = p->birth.ymd };
    case PEOPLE_PRECISION: return text_value(true, birth_precision(p));
    case PEOPLE_SEX: return text_value(true, word_of(sexes, 4, p->sex));
    case PEOPLE_NATIONALITY: return (struct sector_value){ .known = p->nationality.len > 0, .text = p->nationality };
    case PEOPLE_RESIDENCE: return number_value(p->unit.v);
    case PEOPLE_RESIDENCE_STATE: return text_value(true, word_of(residences, 5, p->residence_state));
    case PEOPLE_HOUSEHOLD: return number_value(p->household);
    case PEOPLE_MARITAL: return text_value(true, word_of(maritals, 5, p->marital));
    case PEOPLE_SPOUSE: return text_value(p->spouse.v != 0, "yes");
    case PEOPLE_FATHER: return text_value(p->father.v != 0, "yes");
    case PEOPLE_MOTHER: return text_value(p->mother.v != 0, "yes");
    case PEOPLE_NUMBER_DOUBT: return text_value(true, number_doubt(p));
    case PEOPLE_NAME_DOUBT: return text_value(true, name_doubt(p));
    case PEOPLE_UNIT_DOUBT: return text_value(true, unit_doubt(cx, p));
    case PEOPLE_KEYS: break;
    }
    return (struct sector_value){ 0 };
}

static void content_make(struct ctx *cx, const struct sector_register *r, const struct person *p, struct sector_content *ret)
{
    *ret = (struct sector_content){ .listed = { p->number, p->name, p->birth, (enum sex)p->sex } };
    for (size_t i = 0; i < r->field_count; i++)
        ret->values[i] = value_of(cx, p, key_of(r->fields[i].key));
}

static bool is_counted(const struct person *p) { return p->state != PERSON_DECEASED && !p->survives_as.v; }

uint64_t people_flaws(struct ctx *cx, const struct sector_register *r, const struct person *p)
{
    struct sector_content c;
    if (!is_counted(p))
        return 0;
    content_make(cx, r, p, &c);
    return sector_check_row(cx, r, &c, p);
}

/* --- keeping what is found -------------------------------------------------------------------------------------------- */

static struct sector_judged judged_of(const struct person_flaw_row *row)
{
    return (struct sector_judged){ .rules = (uint64_t)row->rules, .broken = (uint64_t)row->broken, .state = SECTOR_LIVE, .unit = { row->unit } };
}

struct changes {
    struct person_flaw_put_params *put;
    struct person_flaw_drop_params *drop;
    size_t put_count, drop_count;
    struct sector_moves *moves;
};

/* `before` NULL: none was known. */
static bool person_judge(struct ctx *cx, const struct sector_register *r, const struct person *p, const struct person_flaw_row *before, struct changes *out)
{
    struct person_flaw_row after = { .person = p->id.v, .unit = p->unit.v, .rules = (int64_t)r->rules_hash, .broken = (int64_t)people_flaws(cx, r, p) };
    bool same = before ? before->broken == after.broken && before->unit == after.unit && before->rules == after.rules : after.broken == 0;
    if (same)
        return false;
    if (before) {
        struct sector_judged j = judged_of(before);
        sector_moves_add(out->moves, &j, -1);
    }
    if (after.broken) {
        struct sector_judged j = judged_of(&after);
        sector_moves_add(out->moves, &j, 1);
        out->put[out->put_count++] = (struct person_flaw_put_params){ .shard = 0, .person = after.person, .unit = after.unit, .rules = after.rules, .broken = after.broken };
    } else {
        out->drop[out->drop_count++] = (struct person_flaw_drop_params){ .shard = 0, .person = after.person };
    }
    return true;
}

static STATUS changes_write(struct ctx *cx, const struct sector_register *r, struct changes *c)
{
    TRY(person_flaw_put_bulk(cx, c->put, c->put_count));
    TRY(person_flaw_drop_bulk(cx, c->drop, c->drop_count));
    return sector_moves_write(cx, c->moves, r->code);
}

/* The definition in force; NULL: this installation asks nothing of its people. */
static const struct sector_register *population(const struct ctx *cx)
{
    const struct sector_register *r = defs_sector(cx->app->defs, STR("population"), cx->today);
    return r && r->people ? r : NULL;
}

STATUS people_changed(struct ctx *cx, const struct person *p)
{
    const struct sector_register *r = population(cx);
    struct person_flaw_put_params put[1];
    struct person_flaw_drop_params drop[1];
    struct sector_moves *moves DEFER(sector_moves_done) = NULL;
    struct person_flaw_row before;
    bool known;
    if (!r)
        return OK;
    sector_moves_start(&moves);
    struct changes c = { .put = put, .drop = drop, .moves = moves };
    TRY(person_flaw_get(cx, 0, p->id.v, &before, &known));
    return person_judge(cx, r, p, known ? &before : NULL, &c) ? changes_write(cx, r, &c) : OK;
}

/* --- judging all -------------------------------------------------------------------------------------------------------- */

static STATUS step_judge(struct ctx *cx, const struct sector_register *r, int64_t *after, int64_t most, struct sector_judge_out *ret)
{
    struct sector_moves *moves DEFER(sector_moves_done) = NULL;
    struct person_row *rows;
    struct person_flaw_row *flaws;
    size_t n, flaw_count, at = 0;
    TRY(person_rows_after(cx, 0, *after, most, &rows, &n));
    TRY(person_flaws_after(cx, 0, *after, most, &flaws, &flaw_count));
    sector_moves_start(&moves);
    struct changes c = { ARENA_ARRAY(cx->arena, struct person_flaw_put_params, n + 1), ARENA_ARRAY(cx->arena, struct person_flaw_drop_params, n + 1),
                         .moves = moves };
    for (size_t i = 0; i < n; i++) {
        struct person p;
        person_from_row(&rows[i], &p);
        while (at < flaw_count && flaws[at].person < p.id.v)
            at++;
        bool known = at < flaw_count && flaws[at].person == p.id.v;
        ret->changed += person_judge(cx, r, &p, known ? &flaws[at] : NULL, &c);
    }
    ret->judged += (int64_t)n;
    *after = (int64_t)n == most ? rows[n - 1].id : 0;
    return changes_write(cx, r, &c);
}

STATUS people_judge(struct ctx *cx, const struct sector_register *r, const struct sector_judge_in *in, struct sector_judge_out *ret)
{
    int64_t most = in->has_limit ? in->limit : PEOPLE_DEFAULT, after = in->has_after ? in->after : 0;
    do {
        int64_t step = most - ret->judged < PEOPLE_STEP ? most - ret->judged : PEOPLE_STEP;
        TRY(step_judge(cx, r, &after, step, ret));
    } while (after && ret->judged < most);
    ret->next = after;
    return OK;
}

/* Nobody is judged anew: the kept rows must add up to the kept figures, and hold what the rules say of each person today. */
STATUS people_figures_check(struct ctx *cx)
{
    const struct sector_register *r = population(cx);
    int64_t after = 0;
    MUST(r);
    do {
        struct sector_judge_in in = { .code = r->code, .has_after = true, .after = after, .has_limit = true, .limit = 5000 };
        struct sector_judge_out out = { 0 };
        TRY(people_judge(cx, r, &in, &out));
        if (out.changed)
            return FAIL_AT(CORRUPT, STR("person_flaw"));
        after = out.next;
    } while (after);
    return sector_figures_check(cx, r->code);
}

/* --- as rows ---------------------------------------------------------------------------------------------------------- */

static STATUS row_make(struct ctx *cx, const struct sector_register *r, const struct person_flaw_row *flaw, struct sector_row_row *ret, bool *ret_known)
{
    struct sector_content c;
    struct person p;
    struct buf doc;
    TRY(person_by_id(cx, (person_id){ flaw->person }, &p, ret_known));
    if (!*ret_known)
        return OK;
    content_make(cx, r, &p, &c);
    buf_init(&doc, SECTOR_DOC_BYTES_MAX);
    sector_content_write(r, &c, &doc);
    *ret = (struct sector_row_row){ .id = p.id.v, .version = p.version, .state = SECTOR_LIVE, .person = p.id.v, .why_not = LINK_LINKED, .unit = flaw->unit,
                                    .broken = flaw->broken, .rules = flaw->rules, .effective = cx->today.ymd, .recorded_us = p.recorded_us,
                                    .doc = arena_str(cx->arena, buf_str(&doc)) };
    buf_done(&doc);
    return OK;
}

STATUS people_row(struct ctx *cx, const struct sector_register *r, int64_t id, struct sector_row_row *ret, bool *ret_known)
{
    struct person_flaw_row flaw;
    TRY(person_flaw_get(cx, 0, id, &flaw, ret_known));
    return *ret_known ? row_make(cx, r, &flaw, ret, ret_known) : OK;
}

STATUS people_flawed(struct ctx *cx, const struct sector_register *r, const struct sector_rows_in *in, int64_t after,
                     struct sector_row_row **ret, size_t *ret_count)
{
    const struct unit *u = in->has_unit ? defs_unit(cx->app->defs, in->unit) : NULL;
    struct person_flaw_row *flaws;
    size_t n;
    if (u && u->level == UNIT_COMMUNE)
        TRY(person_flaws_of_unit(cx, 0, in->unit.v, after, PAGE_ROWS, &flaws, &n));
    else
        TRY(person_flaws_after(cx, 0, after, PAGE_ROWS, &flaws, &n));
    *ret = ARENA_ARRAY(cx->arena, struct sector_row_row, n + 1);
    *ret_count = 0;
    for (size_t i = 0; i < n; i++) {
        bool known;
        TRY(row_make(cx, r, &flaws[i], &(*ret)[*ret_count], &known));
        *ret_count += known;
    }
    return OK;
}

/* --- the definition ----------------------------------------------------------------------------------------------------- */

void people_definition_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems)
{
    (void)app;
    for (size_t i = 0; i < defs_sector_count(d); i++) {
        const struct sector_register *r = defs_sector_nth(d, i, (day){ 99991231 });
        for (size_t k = 0; r->people && k < r->field_count; k++) {
            int key = key_of(r->fields[k].key);
            if (key < 0 || r->fields[k].type != people_keys[key].type)
                defs_problem_add(arena, problems, &(struct defs_problem){ .file = r->file, .line = 1, .column = 1 },
                                 msg_defs_people_field(r->fields[k].key), msg_defs_fix_people_fields());
        }
    }
}
