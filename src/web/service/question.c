/* One question a page, saved at each step, so that a cheap phone and a broken connection lose nothing. What is wrong is said
 * above the same question; what was typed stays.
 * tested by: src/web/web_test.c */
#include "web/service/words.h"
#include "messages/messages.h"
#include "web/web_tmpl.h"

str dossier_url(const struct visit *v, int64_t dossier, const char *rest)
{
    return arena_printf(v->arena, "/dossier/%lld%s", (long long)dossier, rest);
}

str answer_of(const struct answer *answers, size_t count, str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(answers[i].key, key))
            return answers[i].value;
    return (str){ 0 };
}

static bool is(const struct form_field *f, int32_t type) { return f->type == type; }

str answer_shown(struct ctx *cx, const struct visit *v, const struct form_field *f, str value)
{
    day d;
    int64_t amount;
    unit_id unit;
    if (is(f, FORM_FIELD_TYPE_CHOICE))
        for (size_t i = 0; i < f->choices_count; i++)
            if (str_eq(f->choices[i].word, value))
                return f->choices[i].label;
    if (is(f, FORM_FIELD_TYPE_SEX))
        return visit_label(v, "sex_", value);
    if (is(f, FORM_FIELD_TYPE_FLAG))
        return visit_label(v, "service_flag_", value);
    if (is(f, FORM_FIELD_TYPE_DAY) && status_ok(day_parse(value, &d)))
        return msg_day(v->arena, v->lang, d);
    if (is(f, FORM_FIELD_TYPE_GROUP) && str_i64(value, &amount))
        return msg_service_rows(v->arena, v->lang, amount);
    if (is(f, FORM_FIELD_TYPE_MONEY) && str_i64(value, &amount))
        return msg_service_dong(v->arena, v->lang, amount);
    if (is(f, FORM_FIELD_TYPE_UNIT) && status_ok(defs_unit_parse(cx->app->defs, value, cx->today, &unit)))
        return defs_unit_path(v->arena, cx->app->defs, unit, cx->today, v->lang);
    fault_clear();
    return value;
}

str label_shown(const struct visit *v, const struct form_field *f)
{
    return f->row ? msg_service_row_label(v->arena, v->lang, f->item, f->row, f->label) : f->label;
}

/* --- asking --------------------------------------------------------------------------------------------------------------- */

size_t question_place(const struct dossier_show_out *d, str key)
{
    for (size_t i = 0; i < d->form_count; i++)
        if (str_eq(d->form[i].key, key))
            return i;
    return d->form_count;
}

str question_url(const struct visit *v, const struct dossier_show_out *d, size_t place)
{
    if (place >= d->form_count)
        return dossier_url(v, d->now.dossier, "/files");
    return arena_printf(v->arena, "/dossier/%lld/ask?field=%.*s", (long long)d->now.dossier, STR_ARG(d->form[place].key));
}

size_t question_after(const struct dossier_show_out *d, size_t place)
{
    bool group = is(&d->form[place], FORM_FIELD_TYPE_GROUP);
    size_t next = place + 1;
    while (group && next < d->form_count && d->form[next].row)
        next++;
    return next;
}

/* After the last question of a row comes the list of rows. */
static size_t place_next(const struct dossier_show_out *d, size_t place)
{
    const struct form_field *f = &d->form[place], *next = place + 1 < d->form_count ? &d->form[place + 1] : NULL;
    return f->row && (!next || next->row != f->row) ? question_place(d, f->group) : place + 1;
}

/* The one that the address names, else the first that needs an answer or was never shown. */
static size_t field_next(const struct dossier_show_out *d, size_t after)
{
    for (size_t i = after; i < d->form_count; i++)
        if (str_is_empty(answer_of(d->answers, d->answers_count, d->form[i].key)) || d->form[i].known)
            return i;
    return d->form_count;
}

static void choices_view(struct ctx *cx, const struct visit *v, const struct form_field *f, struct question_view *q)
{
    static const char *const sexes[] = { "female", "male" }, *const flags[] = { "true", "false" };
    bool words = is(f, FORM_FIELD_TYPE_SEX) || is(f, FORM_FIELD_TYPE_FLAG);
    size_t n = words ? 2 : f->choices_count;
    q->choices = ARENA_ARRAY(v->arena, struct question_choice, n + 1);
    for (size_t i = 0; i < n; i++) {
        str word = words ? str_of(is(f, FORM_FIELD_TYPE_SEX) ? sexes[i] : flags[i]) : f->choices[i].word;
        q->choices[q->choice_count++] = (struct question_choice){ word, words ? answer_shown(cx, v, f, word) : f->choices[i].label, str_eq(word, q->value) };
    }
}

static void question_fill(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place, struct question_view *q)
{
    const struct form_field *f = &d->form[place];
    day on;
    *q = (struct question_view){
        .dossier = d->now.dossier, .version = d->now.version, .service = d->item.name, .key = f->key, .label = f->label, .help = f->help,
        .value = answer_of(d->answers, d->answers_count, f->key), .optional = !f->required, .known = f->known, .place = (int64_t)place + 1,
        .places = (int64_t)d->form_count, .type = is(f, FORM_FIELD_TYPE_DAY) ? STR("day") : is(f, FORM_FIELD_TYPE_UNIT) ? STR("unit") : STR("text"),
        .action_url = dossier_url(v, d->now.dossier, "/ask"),
    };
    if (f->row)
        q->row_label = msg_service_row(v->arena, v->lang, f->item, f->row);
    if (place > 0)
        q->back_url = question_url(v, d, f->row && d->form[place - 1].row != f->row ? question_place(d, f->group) : place - 1);
    if (is(f, FORM_FIELD_TYPE_CHOICE) || is(f, FORM_FIELD_TYPE_SEX) || is(f, FORM_FIELD_TYPE_FLAG))
        choices_view(cx, v, f, q);
    if (is(f, FORM_FIELD_TYPE_UNIT))
        q->value = answer_shown(cx, v, f, q->value);
    if (is(f, FORM_FIELD_TYPE_DAY) && q->value.len && status_ok(day_parse(q->value, &on))) {
        q->day = arena_printf(v->arena, "%d", day_of_month(on));
        q->month = arena_printf(v->arena, "%d", day_month(on));
        q->year = arena_printf(v->arena, "%d", day_year(on));
    }
    fault_clear();
}

status question_run(struct ctx *cx, struct visit *v)
{
    struct question_view *q = ARENA_NEW(v->arena, struct question_view);
    struct dossier_show_in in = { .dossier = v->number[0] };
    struct dossier_show_out d;
    str key = visit_query(v, "field");
    v->view = q;
    TRY(visit_call(cx, "dossier.show", &in, &d));
    size_t place = str_is_empty(key) ? field_next(&d, 0) : question_place(&d, key);
    if (place == d.form_count || d.now.state != DOSSIER_NOW_STATE_DRAFT) {
        v->redirect = dossier_url(v, d.now.dossier, d.now.state == DOSSIER_NOW_STATE_DRAFT ? "/check" : "");
        return OK;
    }
    if (is(&d.form[place], FORM_FIELD_TYPE_GROUP))
        rows_fill(cx, v, &d, place);
    else
        question_fill(cx, v, &d, place, q);
    return OK;
}

void question_show(struct page *pg, struct visit *v) { tmpl_question(pg, v->view); }

/* --- answering ------------------------------------------------------------------------------------------------------------ */

/* `now`: the answer so far. A unit that stands there as it was shown is that answer, in whatever language its name is. */
static str typed(struct ctx *cx, const struct visit *v, const struct form_field *f, str now)
{
    str value = str_trim(visit_field(v, "value")), year = visit_field(v, "year");
    int64_t y, m, d;
    if (is(f, FORM_FIELD_TYPE_UNIT) && value.len)
        return str_eq(value, answer_shown(cx, v, f, now)) ? now : defs_unit_typed(cx->app->defs, v->arena, value, cx->today);
    if (!is(f, FORM_FIELD_TYPE_DAY))
        return value;
    if (str_i64(year, &y) && str_i64(visit_field(v, "month"), &m) && str_i64(visit_field(v, "day"), &d) && y >= 0 && y <= 9999 && m >= 0 && m <= 99 && d >= 0 && d <= 99)
        return arena_printf(v->arena, "%04lld-%02lld-%02lld", (long long)y, (long long)m, (long long)d);
    return year; /* not a whole day: the operation says so */
}

/* The same question again, with what was typed and what is wrong with it. */
static void question_again(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place, str value)
{
    struct question_view *q = ARENA_NEW(v->arena, struct question_view);
    struct fault f = *fault_here();
    question_fill(cx, v, d, place, q);
    if (!q->choice_count)
        q->value = value;
    q->day = visit_field(v, "day");
    q->month = visit_field(v, "month");
    q->year = visit_field(v, "year");
    q->error = msg_error(v->arena, v->lang, &f);
    q->hint = msg_error_hint(v->arena, v->lang, &f);
    v->view = q;
    v->http = 422;
    v->show = question_show;
}

status question_answer_run(struct ctx *cx, struct visit *v)
{
    struct dossier_show_in in = { .dossier = v->number[0] };
    struct dossier_show_out d;
    struct dossier_save_out saved;
    int64_t version;
    TRY(visit_call(cx, "dossier.show", &in, &d));
    size_t place = question_place(&d, visit_field(v, "field"));
    if (place == d.form_count || is(&d.form[place], FORM_FIELD_TYPE_GROUP) || !str_i64(visit_field(v, "version"), &version))
        return FAIL_AT(FIELD_UNKNOWN, STR("field"));
    struct answer answer = { d.form[place].key, typed(cx, v, &d.form[place], answer_of(d.answers, d.answers_count, d.form[place].key)) };
    struct dossier_save_in save = { .dossier = d.now.dossier, .expected_version = version, .answers = &answer, .answers_count = 1 };
    bool missing = str_is_empty(answer.value) && d.form[place].required;
    status st = missing ? FAIL_AT(FIELD_MISSING, d.form[place].label) : visit_call(cx, "dossier.save", &save, &saved);
    if (!status_ok(st) && error_def((enum error_code)st.code)->class == CLASS_INVALID) {
        question_again(cx, v, &d, place, answer.value);
        return OK;
    }
    TRY(st);
    TRY(visit_call(cx, "dossier.show", &in, &d)); /* the answer may have opened or closed questions */
    place = question_place(&d, answer.key);
    v->redirect = question_url(v, &d, place == d.form_count ? place : place_next(&d, place));
    return OK;
}
