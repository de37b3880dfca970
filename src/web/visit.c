/* The way of a page: cookies and language on the net thread, actor and operations in a lane's transaction, HTML after the
 * commit, so that nobody sees what was not recorded.
 * tested by: src/web/web_test.c */
#include "web/upload.h"
#include "web/visit.h"

#include <stdlib.h>
#include <string.h>

#include "identity/identity.h"
#include "notice/notice_ops.h"
#include "web/web_tmpl.h"

enum { PAGE_BYTES_MAX = 8 << 20, LANG_COOKIE_S = 365 * 86400, FORM_TOKEN_BYTES = 32, FORM_TOKEN_CHARS_MAX = 64 };

str cookie_session(const struct request *r) { return r->tls ? STR("__Host-session") : STR("session"); }
str cookie_form(const struct request *r) { return r->tls ? STR("__Host-form") : STR("form"); }

str visit_query(const struct visit *v, const char *name)
{
    str value = { 0 };
    (void)request_query(&v->x->request, str_of(name), &value);
    return value;
}

str visit_field(const struct visit *v, const char *name)
{
    str value = { 0 };
    (void)request_field(&v->x->request, str_of(name), &value);
    return value;
}

str visit_label(const struct visit *v, const char *family, str word)
{
    str label = word;
    (void)msg_find(arena_printf(v->arena, "%s%.*s", family, STR_ARG(word)), v->lang, &label);
    return label;
}

STATUS visit_refused(struct visit *v, status st, str *ret_error, str *ret_hint)
{
    struct fault f = *fault_here();
    enum error_class class = error_def((enum error_code)st.code)->class;
    if (class != CLASS_INVALID && class != CLASS_REFUSED && !status_is(st, ERR_VERSION_CONFLICT))
        return st;
    *ret_error = msg_error(v->arena, v->lang, &f);
    *ret_hint = msg_error_hint(v->arena, v->lang, &f);
    v->http = error_def((enum error_code)st.code)->http;
    return OK;
}

STATUS visit_call(struct ctx *cx, const char *operation, const void *in, void *ret_out)
{
    const struct operation *op = operation_find(cx->app, str_of(operation));
    if (!op)
        return FAIL_WITH(ROUTE_UNKNOWN, STR("operation"), str_of(operation));
    return gate_call(cx, op, in, ret_out);
}

/* --- language ---------------------------------------------------------------------------------------------------- */

static bool lang_of_word(str word, enum lang *ret)
{
    bool en = str_eq(word, STR("en"));
    if (!en && !str_eq(word, STR("vi")))
        return false;
    *ret = en ? LANG_EN : LANG_VI;
    return true;
}

/* What the address says, else the cookie, else the browser, else Vietnamese. */
static enum lang lang_of(const struct request *r, bool *ret_chosen)
{
    enum lang lang = LANG_VI;
    str word;
    *ret_chosen = request_query(r, STR("lang"), &word) && lang_of_word(word, &lang);
    if (*ret_chosen || lang_of_word(request_cookie(r, STR("lang")), &lang))
        return lang;
    (void)lang_of_word(request_prefers(r, STR("accept-language"), STR("vi,en")), &lang);
    return lang;
}

/* The query without "lang", for the links that change the language. */
static str query_rest(struct arena *arena, const struct request *r)
{
    str rest = r->query_string, part, out = { 0 };
    while (str_cut(&rest, '&', &part))
        if (!str_is_empty(part) && !str_starts(part, STR("lang=")))
            out = arena_join(arena, out, arena_join(arena, part, STR("&")));
    return out;
}

/* --- the reply ---------------------------------------------------------------------------------------------------- */

static void body_give(struct exchange *x, struct buf *b)
{
    x->reply.content_type = STR("text/html; charset=utf-8");
    x->reply.body = buf_str(b);
    x->reply.release = free;
    x->reply.release_arg = b->ptr;
}

static struct page page_of(struct visit *v, struct buf *out)
{
    bool signed_in = v->actor.account.v != 0;
    return (struct page){
        .out = out,
        .lang = v->lang,
        .arena = v->arena,
        .csrf = csrf_of(v->arena, signed_in ? v->token : v->form_token),
        .path = v->route->method[0] == 'P' ? STR("/") : v->x->request.path,
        .section = v->x->request.path,
        .query = query_rest(v->arena, &v->x->request),
        .name = v->actor.name,
        .roles = v->actor.roles,
        .unread = v->unread,
    };
}

static void fault_show(struct page *pg, const struct fault *f)
{
    int http = error_def(f->status.code)->http;
    struct error_view view = {
        .http = http,
        .message = msg_error(pg->arena, pg->lang, f),
        .hint = msg_error_hint(pg->arena, pg->lang, f),
        .sign_in = http == 401,
    };
    tmpl_error(pg, &view);
}

static void retry_tell(struct exchange *x, const struct fault *f)
{
    if (error_def(f->status.code)->class == CLASS_BUSY || status_is(f->status, ERR_RATE_LIMIT))
        reply_header(x, STR("retry-after"), STR("1"));
}

void web_problem(struct exchange *x, const struct fault *f)
{
    struct buf b;
    bool chosen;
    buf_init(&b, PAGE_BYTES_MAX);
    struct page pg = { .out = &b, .lang = lang_of(&x->request, &chosen), .arena = x->request.arena, .path = STR("/"), .section = x->request.path };
    fault_show(&pg, f);
    x->reply.status = error_def(f->status.code)->http;
    body_give(x, &b);
    retry_tell(x, f);
}

static void cookies_set(struct visit *v)
{
    if (v->lang_chosen)
        reply_cookie(v->x, STR("lang"), v->lang == LANG_EN ? STR("en") : STR("vi"), LANG_COOKIE_S);
    if (!str_eq(v->form_token, request_cookie(&v->x->request, cookie_form(&v->x->request))))
        reply_cookie(v->x, cookie_form(&v->x->request), v->form_token, 0);
}

static STATUS page_reply(struct visit *v)
{
    struct buf b;
    buf_init(&b, PAGE_BYTES_MAX);
    struct page pg = page_of(v, &b);
    v->show(&pg, v);
    status st = buf_check(&b);
    if (!status_ok(st)) {
        buf_done(&b);
        return fault_pass(st, __FILE__, __LINE__);
    }
    v->x->reply.status = v->http;
    body_give(v->x, &b);
    return OK;
}

static void file_reply(struct visit *v)
{
    v->x->reply.content_type = v->file_type;
    v->x->reply.body = v->file;
    reply_header(v->x, STR("content-disposition"), arena_printf(v->arena, "attachment; filename=\"%.*s\"", STR_ARG(v->file_name)));
}

/* Asked for a page that needs a sign-in: leads there, and back afterwards. */
static void sign_in_lead(struct visit *v)
{
    struct buf b;
    buf_init(&b, 4096);
    struct page pg = { .out = &b, .arena = v->arena };
    buf_add(&b, STR("/sign-in?next="));
    page_url_part(&pg, v->route->method[0] == 'G' ? v->x->request.path : STR("/"));
    reply_redirect(v->x, arena_str(v->arena, buf_str(&b)));
    buf_done(&b);
}

static void problem_reply(struct visit *v, const struct fault *f)
{
    struct buf b;
    buf_init(&b, PAGE_BYTES_MAX);
    struct page pg = page_of(v, &b);
    pg.path = STR("/");
    pg.query = (str){ 0 };
    fault_show(&pg, f);
    v->x->reply.status = error_def(f->status.code)->http;
    body_give(v->x, &b);
    retry_tell(v->x, f);
    if (error_def(f->status.code)->class == CLASS_BROKEN) {
        *fault_here() = *f;
        log_fault("page_broken", v->x->request.id);
    }
}

void visit_finish(struct visit *v, status st, const struct fault *fault)
{
    struct fault kept = fault ? *fault : (struct fault){ .status = st };
    cookies_set(v);
    if (status_is(st, ERR_SIGNED_OUT) && !v->route->open) {
        sign_in_lead(v);
    } else if (!status_ok(st)) {
        problem_reply(v, &kept);
    } else if (!str_is_empty(v->redirect)) {
        reply_redirect(v->x, v->redirect);
    } else if (!str_is_empty(v->file_name)) {
        file_reply(v);
    } else {
        st = page_reply(v);
        if (!status_ok(st)) {
            kept = *fault_here();
            problem_reply(v, &kept);
        }
    }
    upload_close(&v->upload);
    exchange_finish(v->x);
}

/* --- the way through the lane ------------------------------------------------------------------------------------ */

/* Who shows a session that nobody has, or some other cookie, is a stranger; who shows none at all has been charged already. */
static STATUS stranger_take(const struct visit *v)
{
    return request_is_welcome(&v->x->request, app_state(v->web->app, STRANGERS_STATE)) ? OK : FAIL(RATE_LIMIT);
}

/* The mark in the header; a form's answer leads on to a page that shows it. */
static STATUS unread_see(struct ctx *cx, struct visit *v)
{
    struct notice_unread_in in = { 0 };
    struct notice_unread_out out;
    const struct operation *op = operation_find(cx->app, STR("notice.unread"));
    if (!op || !(op->may & v->actor.roles) || v->route->method[0] == 'P')
        return OK;
    TRY(gate_call(cx, op, &in, &out));
    v->unread = out.unread;
    return OK;
}

static status visit_run(struct ctx *cx, void *arg)
{
    struct visit *v = arg;
    status st = cx->app->authenticate(cx, v->token);
    if (status_is(st, ERR_SIGNED_OUT) || str_is_empty(v->token))
        TRY(stranger_take(v));
    if (status_is(st, ERR_SIGNED_OUT) && v->route->open)
        st = cx->app->authenticate(cx, (str){ 0 });
    TRY(st);
    v->actor = cx->actor;
    if (!v->actor.account.v && !v->route->open)
        return FAIL(SIGNED_OUT);
    TRY(unread_see(cx, v));
    return v->route->run(cx, v);
}

static void visit_done(struct work *w)
{
    visit_finish(w->arg, w->result, &w->fault);
}

/* A form of a signed-in person carries the session's token, a visitor's form that of the form cookie. */
static STATUS form_check(const struct visit *v)
{
    str given = visit_field(v, "csrf");
    if (!str_is_empty(v->token) && status_ok(csrf_check(v->arena, v->token, given)))
        return OK;
    bool visitors = v->route->open && (v->route->begin || !v->route->writes);
    return csrf_check(v->arena, visitors ? v->form_token : v->token, given);
}

static str form_token_of(struct visit *v)
{
    str kept = request_cookie(&v->x->request, cookie_form(&v->x->request));
    return kept.len >= FORM_TOKEN_BYTES && kept.len <= FORM_TOKEN_CHARS_MAX ? kept : visitor_token(v->arena);
}

void visit_start(struct web *web, struct exchange *x, const struct route *route, const int64_t *numbers)
{
    struct arena *a = x->request.arena;
    struct visit *v = ARENA_NEW(a, struct visit);
    *v = (struct visit){ .web = web, .x = x, .route = route, .arena = a, .show = route->show, .http = 200 };
    v->lang = lang_of(&x->request, &v->lang_chosen);
    v->token = request_cookie(&x->request, cookie_session(&x->request));
    v->form_token = form_token_of(v);
    memcpy(v->number, numbers, sizeof v->number);
    if (x->request.method == HTTP_POST) {
        status st = form_check(v);
        if (!status_ok(st)) {
            visit_finish(v, st, fault_here());
            return;
        }
    }
    if (route->begin) {
        status st = stranger_take(v); /* it signs in, whatever it shows */
        if (!status_ok(st)) {
            visit_finish(v, st, fault_here());
            return;
        }
        route->begin(v);
        return;
    }
    int64_t now = clock_now_us();
    v->work = (struct work){ .run = visit_run, .done = visit_done, .arg = v, .writes = route->writes, .slow = route->slow };
    v->work.cx = (struct ctx){ .arena = a, .lang = v->lang, .app = web->app, .request_id = x->request.id, .now_us = now, .today = day_of_us(now) };
    lanes_submit(web->app->lanes, &v->work);
}
