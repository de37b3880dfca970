/* Files of a dossier on its pages: handed in one by one beside the component that they are for, listed, given back. What is
 * refused is said on the same page, and what was handed in before stays.
 * tested by: src/web/web_test.c */
#include "web/service/words.h"
#include "web/web_tmpl.h"

enum { KILOBYTE = 1024 };

static void component_fill(struct visit *v, const struct attachment_list_out *list, struct dossier_component_view *c)
{
    c->files = ARENA_ARRAY(v->arena, struct dossier_file_view, list->attachments_count + 1);
    for (size_t i = 0; i < list->attachments_count; i++) {
        const struct attachment_item *a = &list->attachments[i];
        if (!str_eq(a->component, c->key))
            continue;
        c->files[c->file_count++] = (struct dossier_file_view){
            .name = a->name, .type = a->type, .attachment = a->attachment, .kilobytes = (a->bytes + KILOBYTE - 1) / KILOBYTE, .added_us = a->added, .mine = a->mine,
            .url = arena_printf(v->arena, "/dossier/%lld/file/%lld", (long long)v->number[0], (long long)a->attachment) };
    }
}

STATUS dossier_files_view(struct ctx *cx, struct visit *v, struct dossier_component_view **ret, size_t *ret_count, bool *ret_open)
{
    struct attachment_list_in in = { .dossier = v->number[0] };
    struct attachment_list_out out;
    TRY(visit_call(cx, "attachment.list", &in, &out));
    *ret = ARENA_ARRAY(v->arena, struct dossier_component_view, out.components_count + 1);
    *ret_count = out.components_count;
    *ret_open = out.open;
    for (size_t i = 0; i < out.components_count; i++) {
        (*ret)[i] = (struct dossier_component_view){ .key = out.components[i].key, .label = out.components[i].label };
        component_fill(v, &out, &(*ret)[i]);
    }
    return OK;
}

static STATUS files_fill(struct ctx *cx, struct visit *v, struct files_view *view)
{
    struct dossier_show_in in = { .dossier = v->number[0] };
    struct dossier_show_out d;
    TRY(visit_call(cx, "dossier.show", &in, &d));
    view->dossier = in.dossier;
    view->service = d.item.name;
    view->draft = d.now.state == DOSSIER_NOW_STATE_DRAFT;
    view->action_url = dossier_url(v, in.dossier, "/files");
    view->drop_url = dossier_url(v, in.dossier, "/files/drop");
    view->next_url = dossier_url(v, in.dossier, view->draft ? "/check" : "");
    return dossier_files_view(cx, v, &view->components, &view->component_count, &view->open);
}

status files_run(struct ctx *cx, struct visit *v)
{
    struct files_view *view = ARENA_NEW(v->arena, struct files_view);
    v->view = view;
    TRY(files_fill(cx, v, view));
    if (view->component_count == 0)
        v->redirect = view->next_url; /* nothing to hand in */
    return OK;
}

void files_show(struct page *pg, struct visit *v)
{
    struct files_view *view = v->view;
    pg->path = dossier_url(v, view->dossier, "/files");
    tmpl_files(pg, view);
}

static STATUS refused(struct ctx *cx, struct visit *v, status st, str component)
{
    struct files_view *view = ARENA_NEW(v->arena, struct files_view);
    TRY(visit_refused(v, st, &view->error, &view->hint));
    TRY(files_fill(cx, v, view));
    for (size_t i = 0; i < view->component_count; i++)
        view->components[i].failed = str_eq(view->components[i].key, component);
    v->view = view;
    v->show = files_show;
    return OK;
}

status files_add_run(struct ctx *cx, struct visit *v)
{
    const struct request_file *file = request_file(&v->x->request, STR("file"));
    struct attachment_add_in in = { .dossier = v->number[0], .component = visit_field(v, "component") };
    struct attachment_add_out out;
    if (!file || file->bytes.len == 0)
        return refused(cx, v, FAIL_AT(ATTACHMENT_EMPTY, STR("file")), in.component);
    in.file = file->bytes;
    in.has_name = file->filename.len > 0;
    in.name = file->filename;
    status st = visit_call(cx, "attachment.add", &in, &out);
    if (!status_ok(st))
        return refused(cx, v, st, in.component);
    v->redirect = dossier_url(v, in.dossier, "/files");
    return OK;
}

status files_drop_run(struct ctx *cx, struct visit *v)
{
    struct attachment_drop_in in = { .dossier = v->number[0] };
    struct attachment_drop_out out;
    if (!str_i64(visit_field(v, "attachment"), &in.attachment))
        return FAIL_AT(FIELD_TYPE, STR("attachment"));
    status st = visit_call(cx, "attachment.drop", &in, &out);
    if (!status_ok(st))
        return refused(cx, v, st, STR(""));
    v->redirect = dossier_url(v, in.dossier, "/files");
    return OK;
}

/* Always to be saved, never shown by the browser as a page of ours; the edge adds nosniff. */
status file_give_run(struct ctx *cx, struct visit *v)
{
    struct attachment_list_in list = { .dossier = v->number[0] };
    struct attachment_list_out all;
    struct attachment_read_in in = { .dossier = v->number[0], .attachment = v->number[1] };
    struct attachment_read_out out;
    TRY(visit_call(cx, "attachment.list", &list, &all));
    TRY(visit_call(cx, "attachment.read", &in, &out));
    for (size_t i = 0; i < all.attachments_count; i++)
        if (all.attachments[i].attachment == in.attachment) {
            v->file_type = all.attachments[i].type;
            str name = all.attachments[i].name, ending = name;
            while (str_find_char(ending, '.') < ending.len)
                ending = str_from(ending, str_find_char(ending, '.') + 1);
            v->file_name = arena_printf(v->arena, "%.*s-%lld.%.*s", STR_ARG(all.attachments[i].component), (long long)(in.attachment % 1000000), STR_ARG(ending));
        }
    v->file = out.file;
    return OK;
}
