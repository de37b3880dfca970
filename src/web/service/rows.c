/* A group of questions that is answered several times: the list of its rows, each to be changed or removed, and one more. Works
 * without scripts: every button is a form of its own, and each step is saved.
 * tested by: src/web/web_test.c */
#include "web/service/words.h"
#include "messages/messages.h"
#include "web/web_tmpl.h"

static void row_fill(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t first, struct row_view *row)
{
    const struct form_field *begin = &d->form[first];
    *row = (struct row_view){ .label = msg_service_row(v->arena, v->lang, begin->item, begin->row), .row = begin->row, .change_url = question_url(v, d, first), .whole = true };
    row->answers = ARENA_ARRAY(v->arena, struct dossier_answer_view, d->form_count - first);
    for (size_t i = first; i < d->form_count && d->form[i].row == begin->row && str_eq(d->form[i].group, begin->group); i++) {
        str value = answer_of(d->answers, d->answers_count, d->form[i].key);
        row->whole = row->whole && (value.len > 0 || !d->form[i].required);
        if (value.len > 0)
            row->answers[row->answer_count++] = (struct dossier_answer_view){ d->form[i].label, answer_shown(cx, v, &d->form[i], value), { 0 } };
    }
}

static void rows_show(struct page *pg, struct visit *v) { tmpl_rows(pg, v->view); }

void rows_fill(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place)
{
    struct rows_view *view = ARENA_NEW(v->arena, struct rows_view);
    const struct form_field *f = &d->form[place];
    *view = (struct rows_view){ .dossier = d->now.dossier, .version = d->now.version, .service = d->item.name, .key = f->key, .label = f->label, .help = f->help,
                                .least = f->least, .most = f->most, .place = (int64_t)place + 1, .places = (int64_t)d->form_count,
                                .action_url = dossier_url(v, d->now.dossier, "/rows") };
    if (place > 0)
        view->back_url = question_url(v, d, d->form[place - 1].row ? question_place(d, d->form[place - 1].group) : place - 1);
    size_t end = question_after(d, place);
    view->rows = ARENA_ARRAY(v->arena, struct row_view, end - place);
    for (size_t i = place + 1; i < end; i++)
        if (d->form[i].row != d->form[i - 1].row)
            row_fill(cx, v, d, i, &view->rows[view->count++]);
    v->view = view;
    v->show = rows_show;
}

static void rows_again(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place)
{
    struct fault f = *fault_here();
    rows_fill(cx, v, d, place);
    struct rows_view *view = v->view;
    view->error = msg_error(v->arena, v->lang, &f);
    view->hint = msg_error_hint(v->arena, v->lang, &f);
    v->http = 422;
}

/* Going on: with as many rows as the procedure wants, and each of them whole. */
static STATUS rows_whole(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place)
{
    rows_fill(cx, v, d, place);
    const struct rows_view *view = v->view;
    if ((int64_t)view->count < view->least)
        return FAIL_WITH(FORM_ROWS, view->key, view->label);
    for (size_t i = 0; i < view->count; i++)
        if (!view->rows[i].whole)
            return FAIL_WITH(FIELD_MISSING, view->rows[i].label, view->rows[i].label);
    return OK;
}

static STATUS rows_act(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place, struct dossier_save_in *save)
{
    str action = visit_field(v, "action");
    const struct form_field *f = &d->form[place];
    struct answer count = { f->key, answer_of(d->answers, d->answers_count, f->key) };
    struct dossier_save_out saved;
    int64_t rows = 0;
    (void)str_i64(count.value, &rows);
    if (str_eq(action, STR("remove"))) {
        save->has_drop = true;
        save->drop = arena_printf(v->arena, "%.*s.%.*s", STR_ARG(f->key), STR_ARG(visit_field(v, "row")));
        v->redirect = question_url(v, d, place);
        return visit_call(cx, "dossier.save", save, &saved);
    }
    bool adds = str_eq(action, STR("add"));
    if (!adds) {
        TRY(rows_whole(cx, v, d, place));
        v->redirect = question_url(v, d, question_after(d, place));
        if (count.value.len > 0)
            return OK;
    }
    count.value = arena_printf(v->arena, "%lld", (long long)rows + adds);
    save->answers = &count;
    save->answers_count = 1;
    TRY(visit_call(cx, "dossier.save", save, &saved));
    if (!adds)
        return OK;
    struct dossier_show_out now; /* the first question of the new row may depend on what stands before it */
    TRY(visit_call(cx, "dossier.show", &(struct dossier_show_in){ d->now.dossier }, &now));
    for (size_t i = 0; i < now.form_count; i++)
        if (now.form[i].row == rows + 1 && str_eq(now.form[i].group, f->key)) {
            v->redirect = question_url(v, &now, i);
            break;
        }
    return OK;
}

status rows_run(struct ctx *cx, struct visit *v)
{
    struct dossier_show_in in = { .dossier = v->number[0] };
    struct dossier_show_out d;
    struct dossier_save_in save = { .dossier = in.dossier };
    TRY(visit_call(cx, "dossier.show", &in, &d));
    size_t place = question_place(&d, visit_field(v, "field"));
    if (place == d.form_count || d.form[place].type != FORM_FIELD_TYPE_GROUP || !str_i64(visit_field(v, "version"), &save.expected_version))
        return FAIL_AT(FIELD_UNKNOWN, STR("field"));
    status st = rows_act(cx, v, &d, place, &save);
    if (!status_ok(st) && error_def((enum error_code)st.code)->class == CLASS_INVALID) {
        v->redirect = (str){ 0 };
        rows_again(cx, v, &d, place);
        return OK;
    }
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}
