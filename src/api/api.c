/* Routing of JSON calls and their way through a lane. Input is read on the net thread, so that a malformed request costs
 * no lane; the reply is written by the lane after its commit. Refuses a body that is not JSON where JSON is due.
 * tested by: tests/scenario/run.py */
#include "api/api.h"
#include "api/tiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_BYTES_MAX = 32 << 20, REPLY_SMALL = 256, FIELDS_MAX = 64, PATH_FIELDS_MAX = 4, COMMAND_ID_BYTES_MAX = 64, PURPOSE_BYTES_MAX = 120, VIA_BYTES_MAX = 300 };

struct api {
    struct app *app;
    struct table exact; /* "GET /path" to struct operation, for paths without braces */
    const struct operation **braced;
    size_t braced_count;
    str openapi;
};

struct call {
    struct api *api;
    struct exchange *x;
    const struct operation *op;
    void *in, *out;
    str token;
    bool proves; /* its body shows who sends it */
    struct work work;
};

/* /tsa: where clients of RFC 3161 look for a time-stamp authority; /post: where nodes send each other messages. */
bool api_owns(str path)
{
    return str_starts(path, STR("/api/")) || str_eq(path, STR("/tsa")) || str_starts(path, STR("/post/")) || tiles_own(path);
}

static void route_add(struct api *api, const struct operation *op)
{
    if (strchr(op->path, '{')) {
        api->braced[api->braced_count++] = op;
        return;
    }
    size_t len = strlen(op->method) + 1 + strlen(op->path);
    char *key = malloc(len + 1);
    MUST(key);
    snprintf(key, len + 1, "%s %s", op->method, op->path);
    MUST(table_get(&api->exact, str_of(key)) == NULL);
    table_set(&api->exact, str_of(key), (void *)(uintptr_t)op);
}

STATUS api_start(struct app *app, struct api **ret)
{
    struct api *api = calloc(1, sizeof *api);
    MUST(api);
    api->app = app;
    table_init(&api->exact);
    api->braced = calloc(app->operations.count + 1, sizeof *api->braced);
    MUST(api->braced);
    for (size_t m = 0; m < app->module_count; m++)
        for (size_t i = 0; i < app->modules[m]->operation_count; i++)
            route_add(api, &app->modules[m]->operations[i]);
    struct buf b;
    buf_init(&b, REPLY_BYTES_MAX);
    openapi_write(app, &b);
    status st = buf_check(&b);
    if (!status_ok(st)) {
        buf_done(&b);
        api_stop(api);
        return st;
    }
    api->openapi = buf_str(&b); /* owned until api_stop */
    *ret = api;
    return OK;
}

void api_stop(struct api *api)
{
    if (!api)
        return;
    for (size_t i = 0; i < api->exact.cap; i++)
        if (api->exact.slots[i].value)
            free((char *)(uintptr_t)api->exact.slots[i].key.ptr);
    table_done(&api->exact);
    free(api->braced);
    free((char *)(uintptr_t)api->openapi.ptr);
    free(api);
}

static enum lang lang_of(const struct request *r)
{
    return str_eq(request_prefers(r, STR("accept-language"), STR("vi,en")), STR("en")) ? LANG_EN : LANG_VI;
}

void api_problem(struct exchange *x, const struct fault *f)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    problem_write(x->request.arena, lang_of(&x->request), f, x->request.id, &b);
    x->reply.status = error_def(f->status.code)->http;
    x->reply.content_type = STR("application/problem+json");
    x->reply.body = arena_str(x->request.arena, buf_str(&b));
    buf_done(&b);
    if (status_is(f->status, ERR_SIGNED_OUT))
        reply_header(x, STR("www-authenticate"), STR("Bearer"));
    if (error_def(f->status.code)->class == CLASS_BUSY || status_is(f->status, ERR_RATE_LIMIT))
        reply_header(x, STR("retry-after"), STR("1"));
}

static void fail_now(struct exchange *x)
{
    api_problem(x, fault_here());
    exchange_finish(x);
}

/* --- finding the operation --------------------------------------------------------------------------------------- */

/* Matches "/a/{x}/b"; the values go to `values` in order. */
static bool braces_match(const char *pattern, str path, str *values)
{
    str p = str_of(pattern), want, got;
    int n = 0;
    while (str_cut(&p, '/', &want)) {
        if (!str_cut(&path, '/', &got))
            return false;
        if (!str_starts(want, STR("{"))) {
            if (!str_eq(want, got))
                return false;
        } else if (n == PATH_FIELDS_MAX || str_is_empty(got)) {
            return false;
        } else {
            values[n++] = got;
        }
    }
    return !str_cut(&path, '/', &got);
}

static const struct operation *route_find(const struct api *api, const char *method, str path, str *values)
{
    char key[256];
    size_t n = strlen(method);
    if (n + 1 + path.len > sizeof key)
        return NULL;
    memcpy(key, method, n);
    key[n++] = ' ';
    if (path.len)
        memcpy(key + n, path.ptr, path.len);
    const struct operation *op = table_get(&api->exact, (str){ key, n + path.len });
    for (size_t i = 0; !op && i < api->braced_count; i++)
        if (strcmp(api->braced[i]->method, method) == 0 && braces_match(api->braced[i]->path, path, values))
            op = api->braced[i];
    return op;
}

static const char *method_word(enum http_method m) { return m == HTTP_GET ? "GET" : m == HTTP_POST ? "POST" : "-"; }

static STATUS route(const struct api *api, const struct request *r, str *values, const struct operation **ret)
{
    *ret = route_find(api, method_word(r->method), r->path, values);
    if (*ret)
        return OK;
    str other[PATH_FIELDS_MAX];
    if (route_find(api, "GET", r->path, other) || route_find(api, "POST", r->path, other))
        return FAIL(METHOD_WRONG);
    return FAIL_WITH(ROUTE_UNKNOWN, STR("path"), r->path);
}

/* RFC 9110 15.5.6: who used the wrong method is told the right ones. */
static void allow_tell(const struct api *api, struct exchange *x)
{
    str values[PATH_FIELDS_MAX];
    bool get = route_find(api, "GET", x->request.path, values), post = route_find(api, "POST", x->request.path, values);
    reply_header(x, STR("allow"), get && post ? STR("GET, HEAD, POST") : get ? STR("GET, HEAD") : STR("POST"));
}

struct body_rule api_body_rule(const struct api *api, const struct request *r)
{
    str values[PATH_FIELDS_MAX];
    const struct operation *op = route_find(api, method_word(r->method), r->path, values);
    size_t max = op ? op->body_bytes_max : 0;
    return (struct body_rule){ .bytes_max = max, .spool = max > NET_BODY_MEMORY_MAX };
}

/* --- reading the input ------------------------------------------------------------------------------------------- */

static STATUS member_read(struct ctx *cx, struct call *c, str name, str value, bool *given)
{
    int i = shape_field_index(c->op->takes, name);
    if (i < 0 || i >= FIELDS_MAX || c->op->takes->fields[i].type == OP_BYTES)
        return FAIL_WITH(FIELD_UNKNOWN, name, name);
    if (given[i])
        return FAIL_AT(FIELD_DOUBLE, name);
    given[i] = true;
    return shape_read_member(cx, c->op->takes, name, value, c->in);
}

static STATUS members_read(struct ctx *cx, struct call *c, const str *values)
{
    bool given[FIELDS_MAX] = { false };
    const struct request *r = &c->x->request;
    str p = str_of(c->op->path), part;
    int n = 0;
    while (str_cut(&p, '/', &part))
        if (str_starts(part, STR("{")))
            TRY(member_read(cx, c, str_slice(part, 1, part.len - 1), values[n++], given));
    for (size_t i = 0; i < r->queries.count; i++)
        TRY(member_read(cx, c, r->queries.list[i].name, r->queries.list[i].value, given));
    for (size_t i = 0; c->op->consumes && i < c->op->takes->field_count; i++)
        if (c->op->takes->fields[i].type == OP_BYTES) {
            given[i] = true;
            memcpy((char *)c->in + c->op->takes->fields[i].offset, &r->body, sizeof r->body);
        }
    return shape_check_complete(c->op->takes, given);
}

static STATUS input_read(struct ctx *cx, struct call *c, const str *values)
{
    const struct request *r = &c->x->request;
    if (r->method == HTTP_GET)
        return members_read(cx, c, values);
    if (c->op->consumes) {
        if (!request_type_is(r, str_of(c->op->consumes)))
            return FAIL_WITH(BODY_TYPE, STR("content-type"), r->content_type);
        return members_read(cx, c, values);
    }
    if (!request_type_is(r, STR("application/json")))
        return FAIL_WITH(BODY_TYPE, STR("content-type"), r->content_type);
    if (r->queries.count)
        return FAIL_WITH(FIELD_UNKNOWN, r->queries.list[0].name, r->queries.list[0].name);
    return shape_read_json(cx, c->op->takes, r->body, c->in);
}

static STATUS heads_read(struct ctx *cx, struct call *c)
{
    const struct request *r = &c->x->request;
    str auth = request_header(r, STR("authorization"));
    if (str_starts(auth, STR("Bearer ")))
        c->token = str_trim(str_from(auth, 7));
    else if (c->op->proves && str_eq(auth, STR("Signed")))
        c->proves = true;
    else if (!str_is_empty(auth))
        return FAIL(SIGNED_OUT);
    str purpose = request_header(r, STR("purpose")), kind;
    TRY(text_check(STR("purpose"), purpose, PURPOSE_BYTES_MAX));
    if (!str_is_empty(purpose) && str_cut(&purpose, '/', &kind))
        cx->purpose = (struct purpose){ .kind = kind, .reference = purpose };
    cx->via = request_header(r, STR("via"));
    TRY(text_check(STR("via"), cx->via, VIA_BYTES_MAX));
    cx->command_id = request_header(r, STR("idempotency-key"));
    return text_check(STR("idempotency-key"), cx->command_id, COMMAND_ID_BYTES_MAX);
}

/* --- the way through the lane ------------------------------------------------------------------------------------ */

static status call_run(struct ctx *cx, void *arg)
{
    struct call *c = arg;
    TRY(c->api->app->authenticate(cx, c->token));
    return gate_call(cx, c->op, c->in, c->out);
}

/* A token that nobody has makes its bearer a stranger. Who shows nothing at all has been charged already. */
static STATUS stranger_take(const struct api *api, const struct request *r)
{
    return request_is_welcome(r, app_state(api->app, STRANGERS_STATE)) ? OK : FAIL(RATE_LIMIT);
}

/* What proves its sender costs him only if it does not; but who failed too often has to wait before it is looked at. */
static STATUS stranger_may_try(const struct api *api, const struct request *r)
{
    return request_may_try(r, app_state(api->app, STRANGERS_STATE)) ? OK : FAIL(RATE_LIMIT);
}

static STATUS reply_write(struct call *c)
{
    struct exchange *x = c->x;
    const struct op_shape *gives = c->op->gives;
    if (c->op->produces) {
        for (size_t i = 0; i < gives->field_count; i++)
            if (gives->fields[i].type == OP_BYTES)
                memcpy(&x->reply.body, (char *)c->out + gives->fields[i].offset, sizeof x->reply.body);
        x->reply.content_type = str_of(c->op->produces);
        return OK;
    }
    x->reply.content_type = STR("application/json");
    /* Most replies are small, and need no memory that another thread has to give back. */
    struct buf small = { arena_alloc(x->request.arena, REPLY_SMALL), 0, REPLY_SMALL, REPLY_SMALL, false }, b;
    shape_write_json(&c->work.cx, gives, c->out, &small);
    if (!small.full) {
        x->reply.body = buf_str(&small);
        return OK;
    }
    buf_init(&b, REPLY_BYTES_MAX);
    shape_write_json(&c->work.cx, gives, c->out, &b);
    status st = buf_check(&b);
    if (status_ok(st)) {
        x->reply.body = buf_str(&b);
        x->reply.release = free;
        x->reply.release_arg = b.ptr;
    } else {
        buf_done(&b);
    }
    return st;
}

static void call_done(struct work *w)
{
    struct call *c = w->arg;
    status st = w->result;
    if (status_ok(st)) {
        st = reply_write(c);
        w->fault = *fault_here();
    } else if ((c->proves || status_is(st, ERR_SIGNED_OUT)) && !status_ok(stranger_take(c->api, &c->x->request))) {
        w->fault = *fault_here();
    }
    if (!status_ok(st)) {
        api_problem(c->x, &w->fault);
        if (error_def(st.code)->class == CLASS_BROKEN) {
            *fault_here() = w->fault;
            log_fault("call_broken", c->x->request.id);
        }
    }
    exchange_finish(c->x);
}

static STATUS call_prepare(struct api *api, struct exchange *x, struct call **ret)
{
    str values[PATH_FIELDS_MAX];
    const struct operation *op;
    TRY(route(api, &x->request, values, &op));
    struct arena *a = x->request.arena;
    struct call *c = ARENA_NEW(a, struct call);
    *c = (struct call){ .api = api, .x = x, .op = op, .in = arena_alloc(a, op->takes->bytes), .out = arena_alloc(a, op->gives->bytes) };
    int64_t now = clock_now_us();
    c->work = (struct work){ .run = call_run, .done = call_done, .arg = c, .writes = op->writes, .quick = op->quick, .slow = op->slow, .notes = op->ground == GROUND_REQUIRED };
    c->work.cx = (struct ctx){ .arena = a, .lang = lang_of(&x->request), .app = api->app, .request_id = x->request.id, .now_us = now, .today = day_of_us(now) };
    status st = heads_read(&c->work.cx, c);
    if (str_is_empty(c->token)) /* other credentials than ours, or none that can be read */
        TRY(c->proves ? stranger_may_try(api, &x->request) : stranger_take(api, &x->request));
    TRY(st);
    TRY(input_read(&c->work.cx, c, values));
    *ret = c;
    return OK;
}

void api_handle(struct api *api, struct exchange *x)
{
    struct call *c = NULL;
    fault_clear();
    if (x->request.method == HTTP_GET && tiles_own(x->request.path)) {
        tiles_handle(api->app, x);
        return;
    }
    if (x->request.method == HTTP_GET && str_eq(x->request.path, STR("/api/v1/openapi.json"))) {
        x->reply.content_type = STR("application/json");
        x->reply.body = api->openapi;
        exchange_finish(x);
        return;
    }
    if (!status_ok(call_prepare(api, x, &c))) {
        if (status_is(fault_here()->status, ERR_METHOD_WRONG))
            allow_tell(api, x);
        fail_now(x);
        return;
    }
    if (lanes_gather(api->app->lanes, &c->work))
        exchange_soon(x);
}
