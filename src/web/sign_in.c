/* Signing in and out. The form is shown on the net thread, the sign-in itself takes the way of identity.h.
 * tested by: src/web/web_test.c */
#include "identity/identity.h"
#include "web/visit.h"
#include "web/web_tmpl.h"

struct signing {
    struct sign_in sign_in;
    struct sign_in_view view;
};

/* Back to a page of ours only: an address of another host would make this form a trap. */
static str next_of(str asked)
{
    bool ours = str_starts(asked, STR("/")) && !str_starts(asked, STR("//")) && !str_starts(asked, STR("/\\"));
    for (size_t i = 0; i < asked.len; i++)
        if ((unsigned char)asked.ptr[i] <= 0x20 || (unsigned char)asked.ptr[i] >= 0x7F)
            ours = false;
    return ours ? asked : STR("/");
}

static void sign_in_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/sign-in");
    tmpl_sign_in(pg, v->view);
}

void sign_in_ask_begin(struct visit *v)
{
    struct sign_in_view *view = ARENA_NEW(v->arena, struct sign_in_view);
    view->next = next_of(visit_query(v, "next"));
    v->view = view;
    v->show = sign_in_show;
    visit_finish(v, OK, NULL);
}

static void signed_in(struct sign_in *s)
{
    struct visit *v = s->user;
    struct signing *g = v->view;
    enum error_class class = error_def(s->result.code)->class;
    if (status_ok(s->result)) {
        reply_cookie(v->x, cookie_session(&v->x->request), s->token, 0);
        v->redirect = g->view.next;
        visit_finish(v, OK, NULL);
    } else if (class == CLASS_REFUSED || class == CLASS_INVALID) {
        g->view.error = msg_error(v->arena, v->lang, &s->fault);
        g->view.hint = msg_error_hint(v->arena, v->lang, &s->fault);
        v->http = error_def(s->result.code)->http;
        v->view = &g->view;
        v->show = sign_in_show;
        visit_finish(v, OK, NULL);
    } else {
        visit_finish(v, s->result, &s->fault);
    }
}

void sign_in_begin(struct visit *v)
{
    struct signing *g = ARENA_NEW(v->arena, struct signing);
    g->view.name = text_cut(visit_field(v, "name"), LOGIN_BYTES_MAX);
    g->view.next = next_of(visit_field(v, "next"));
    g->sign_in = (struct sign_in){
        .app = v->web->app,
        .arena = v->arena,
        .request_id = v->x->request.id,
        .login = visit_field(v, "name"),
        .password = visit_field(v, "password"),
        .peer = v->x->request.peer,
        .old_token = v->token,
        .done = signed_in,
        .user = v,
    };
    v->view = g;
    sign_in_start(&g->sign_in);
}

status sign_out_run(struct ctx *cx, struct visit *v)
{
    TRY(session_end(cx, v->token));
    v->redirect = STR("/");
    reply_cookie(v->x, cookie_session(&v->x->request), (str){ 0 }, -1);
    return OK;
}
