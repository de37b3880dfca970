/* Pages over real sockets: who gets which page, what a form without its token gets, that no input leaves its place. */
#include "web/web.h"

#include "centre/centre.h"
#include "identity/identity.h"
#include "identity/identity_ops.h"
#include "identity/test/town.h"
#include "register/register.h"
#include "web/web_assets.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { REPLY_BYTES_MAX = 2 << 20, STOP_MS = 3000 };

static struct town town;
static struct account_demo_out demo;
static struct web *web;
static struct server *server;

/* What a browser keeps between requests. */
struct browser {
    char session[80], form[80];
};
struct page_reply {
    int status;
    str head, body;
};

static void handle(struct exchange *x, void *arg) { web_handle(arg, x); }
static struct body_rule body_rule(const struct request *r, void *arg) { return web_body_rule(arg, r); }

static void refuse(struct exchange *x, enum error_code error, void *arg)
{
    struct fault f = { .status = { (uint16_t)error } };
    (void)arg;
    web_problem(x, &f);
}

static int start(void **state)
{
    static const struct module *const modules[] = { &register_module, &identity_module, &centre_module };
    static const struct account_demo_in in = { 0 };
    (void)state;
    if (!town_open(&town, modules, sizeof modules / sizeof *modules, true))
        return -1;
    if (!status_ok(town_call(&town, NULL, "account.demo", &in, &demo)) || !status_ok(web_start(town.app, &web)))
        return -1;
    struct server_options o = { .address = STR("127.0.0.1"), .spool_directory = str_of(town.folder.path),
                                .handlers = { .handle = handle, .body_rule = body_rule, .refuse = refuse, .app = web } };
    return status_ok(server_start(&o, &server)) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    (void)server_stop(server, STOP_MS);
    web_stop(web);
    town_close(&town);
    return 0;
}

/* --- a small browser ------------------------------------------------------------------------------------------------ */

static str bytes_exchange(str sent)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, sent.ptr, sent.len, MSG_NOSIGNAL), (ssize_t)sent.len);
    static char got[REPLY_BYTES_MAX];
    size_t len = 0;
    for (ssize_t n; len < REPLY_BYTES_MAX && (n = recv(fd, got + len, REPLY_BYTES_MAX - len, 0)) > 0;)
        len += (size_t)n;
    close(fd);
    return arena_str(town.arena, (str){ got, len });
}

static void cookie_keep(str head, const char *name, char *out, size_t size)
{
    str want = arena_printf(town.arena, "et-cookie: %s=", name);
    size_t at = str_find(head, want);
    if (at == head.len)
        at = str_find(head, arena_printf(town.arena, "et-Cookie: %s=", name));
    if (at == head.len)
        return;
    str value = str_from(head, at + want.len);
    value = str_slice(value, 0, str_find_char(value, ';'));
    MUST(value.len < size);
    memcpy(out, value.ptr, value.len);
    out[value.len] = 0;
}

static struct page_reply ask(struct browser *b, const char *method, const char *path, const char *type, str body)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_printf(&out, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, path);
    buf_printf(&out, "Cookie: session=%s; form=%s\r\n", b->session, b->form);
    if (type)
        buf_printf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, body.len);
    buf_add(&out, STR("\r\n"));
    buf_add(&out, body);
    str reply = bytes_exchange(buf_str(&out));
    buf_done(&out);
    size_t end = str_find(reply, STR("\r\n\r\n"));
    struct page_reply got = { .head = str_slice(reply, 0, end), .body = str_from(reply, end + 4) };
    int64_t code = 0;
    assert_true(str_i64(str_slice(got.head, 9, 12), &code));
    got.status = (int)code;
    cookie_keep(got.head, "session", b->session, sizeof b->session);
    cookie_keep(got.head, "form", b->form, sizeof b->form);
    return got;
}

static struct page_reply get(struct browser *b, const char *path) { return ask(b, "GET", path, NULL, (str){ 0 }); }

static struct page_reply post(struct browser *b, const char *path, str body)
{
    return ask(b, "POST", path, "application/x-www-form-urlencoded", body);
}

static bool has(str text, const char *part) { return str_find(text, str_of(part)) < text.len; }

static str between(str text, const char *before, char end)
{
    size_t at = str_find(text, str_of(before));
    assert_true(at < text.len);
    str rest = str_from(text, at + strlen(before));
    return str_slice(rest, 0, str_find_char(rest, end));
}

static str csrf_in(str html) { return between(html, "name=\"csrf\" value=\"", '"'); }

static struct page_reply sign_in(struct browser *b, str name, str password, const char *next)
{
    struct page_reply form = get(b, "/sign-in");
    assert_int_equal(form.status, 200);
    str body = arena_printf(town.arena, "csrf=%.*s&name=%.*s&password=%.*s&next=%s", STR_ARG(csrf_in(form.body)), STR_ARG(name),
                            STR_ARG(password), next);
    return post(b, "/sign-in", body);
}

static void as(struct browser *b, int kind)
{
    struct page_reply r = sign_in(b, demo.accounts[kind].login, demo.accounts[kind].secret, "/");
    assert_int_equal(r.status, 303);
    assert_true(b->session[0] != 0);
}

/* --- tests ----------------------------------------------------------------------------------------------------------- */

static void a_visitor_sees_the_door(void **state)
{
    struct browser b = { 0 };
    (void)state;
    struct page_reply r = get(&b, "/");
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "lang=\"vi\"") && has(r.body, "href=\"/sign-in\""));
    assert_true(has(r.head, "default-src 'none'"));
    r = get(&b, "/?lang=en");
    assert_true(has(r.body, "<html class=\"govuk-template\" lang=\"en\">") && has(r.head, "lang=en"));
    assert_true(has(r.body, "<li><a href=\"/\" aria-current=\"page\">"));
    r = get(&b, "/no-such-page");
    assert_int_equal(r.status, 404);
    assert_false(has(r.body, "<li><a href=\"/\" aria-current"));
    assert_int_equal(post(&b, "/me", (str){ 0 }).status, 405);
}

static void pages_of_people_lead_to_the_sign_in(void **state)
{
    const char *paths[] = { "/me", "/me/access", "/import", "/import/1", "/me/access/0/proof" };
    struct browser b = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct page_reply r = get(&b, paths[i]);
        assert_int_equal(r.status, 303);
        assert_true(has(r.head, "/sign-in?next="));
    }
    snprintf(b.session, sizeof b.session, "s_%043d", 7);
    assert_int_equal(get(&b, "/me").status, 303);
    assert_int_equal(get(&b, "/").status, 200);
}

static void a_form_without_its_token_is_refused(void **state)
{
    struct browser b = { 0 }, other = { 0 };
    (void)state;
    str body = arena_printf(town.arena, "name=%.*s&password=%.*s", STR_ARG(demo.accounts[0].login), STR_ARG(demo.accounts[0].secret));
    assert_int_equal(post(&b, "/sign-in", body).status, 403);
    str foreign = csrf_in(get(&other, "/sign-in").body);
    (void)get(&b, "/sign-in");
    body = arena_printf(town.arena, "csrf=%.*s&%.*s", STR_ARG(foreign), STR_ARG(body));
    struct page_reply refused = post(&b, "/sign-in", body);
    assert_int_equal(refused.status, 403);
    assert_int_equal(b.session[0], 0);
    /* The navigation shows where the form was, and not the home page. */
    assert_false(has(refused.body, "<li><a href=\"/\" aria-current"));
    assert_true(has(refused.body, "<li><a href=\"/sign-in\" aria-current=\"page\">"));
    as(&b, DEMO_ACCOUNT_KIND_COORDINATOR);
    assert_int_equal(post(&b, "/import/start", STR("upload=x")).status, 403);
    assert_int_equal(post(&b, "/sign-out", STR("csrf=x")).status, 403);
    assert_int_equal(get(&b, "/import").status, 200);
}

static void a_wrong_password_is_said_without_more(void **state)
{
    struct browser b = { 0 };
    (void)state;
    struct page_reply r = sign_in(&b, STR("%22%3E%3Cscript%3E"), STR("wrong"), "/me");
    assert_int_equal(r.status, 401);
    assert_true(has(r.body, "govuk-error-summary"));
    assert_true(has(r.body, "value=\"&quot;&gt;&lt;script&gt;\"") && !has(r.body, "\"><script>"));
    assert_true(has(r.body, "name=\"next\" value=\"/me\""));
    assert_false(has(r.body, "wrong"));
    assert_int_equal(b.session[0], 0);
}

static void signing_in_leads_on_within_this_host_only(void **state)
{
    const char *next[] = { "%2Fme", "%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example", "javascript%3A1" };
    (void)state;
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        struct browser b = { 0 };
        struct page_reply r = sign_in(&b, demo.accounts[0].login, demo.accounts[0].secret, next[i]);
        assert_int_equal(r.status, 303);
        assert_false(has(r.head, "evil"));
        assert_int_equal(has(r.head, "ocation: /me"), i == 0);
        assert_true(has(r.head, "HttpOnly") && has(r.head, "SameSite=Lax"));
    }
}

static void a_citizen_sees_his_record_and_who_read_it(void **state)
{
    struct browser b = { 0 };
    (void)state;
    as(&b, DEMO_ACCOUNT_KIND_CITIZEN);
    struct page_reply r = get(&b, "/me");
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "Số định danh cá nhân") && has(r.body, "href=\"/me/access\""));
    r = get(&b, "/me?lang=en");
    assert_true(has(r.body, "Personal identification number"));
    r = get(&b, "/me/access?lang=en");
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "Looking at one&#39;s own record"));
    assert_int_equal(get(&b, "/import").status, 403);
    assert_int_equal(get(&b, "/me/access/999999/proof").status, 404);
}

static void signing_out_ends_the_session(void **state)
{
    struct browser b = { 0 };
    char kept[80];
    (void)state;
    as(&b, DEMO_ACCOUNT_KIND_CITIZEN);
    memcpy(kept, b.session, sizeof kept);
    str csrf = csrf_in(get(&b, "/me").body);
    assert_int_equal(post(&b, "/sign-out", arena_printf(town.arena, "csrf=%.*s", STR_ARG(csrf))).status, 303);
    memcpy(b.session, kept, sizeof kept);
    assert_int_equal(get(&b, "/me").status, 303);
}

static void a_leader_sees_figures_down_to_a_commune(void **state)
{
    struct browser b = { 0 };
    (void)state;
    as(&b, DEMO_ACCOUNT_KIND_LEADER);
    struct page_reply r = get(&b, "/");
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "app-figures") && has(r.body, "app-bar--100"));
    str unit = between(r.body, "href=\"/?unit=", '&');
    r = get(&b, arena_printf(town.arena, "/?unit=%.*s&map=new", STR_ARG(unit)).ptr);
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "govuk-breadcrumbs"));
    assert_int_equal(get(&b, "/?map=registered").status, 200);
    assert_int_equal(get(&b, "/?unit=99999@new").status, 422);
    assert_int_equal(get(&b, "/me").status, 403);
}

static struct page_reply upload(struct browser *b, str csrf, const char *source, str file)
{
    str body = arena_printf(town.arena,
                            "--cut\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%.*s\r\n"
                            "--cut\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\n%s\r\n"
                            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hoi-vien.csv\"\r\n"
                            "Content-Type: text/csv\r\n\r\n%.*s\r\n--cut--\r\n",
                            STR_ARG(csrf), source, STR_ARG(file));
    return ask(b, "POST", "/import", "multipart/form-data; boundary=cut", body);
}

static const char list_csv[] = "Họ và tên,Ngày sinh,Giới tính,Số CCCD\n"
                               "Nguyễn Văn An,01/02/1980,Nam,001080012345\n"
                               "Trần Thị <b>Bình</b>,02/03/1985,Nữ,001185012346\n"
                               ",,,\n";

static str start_form(str html)
{
    str body = arena_printf(town.arena, "csrf=%.*s&upload=%.*s&name=hoi-vien.csv&source=hoi-nong-dan", STR_ARG(csrf_in(html)),
                            STR_ARG(between(html, "name=\"upload\" value=\"", '"')));
    const char *roles[] = { "name", "birth", "sex", "number" };
    for (int i = 0; i < 4; i++) {
        str place = between(html, arena_printf(town.arena, "name=\"place-%d\" value=\"", i).ptr, '"');
        body = arena_printf(town.arena, "%.*s&place-%d=%.*s&column-%d=%s", STR_ARG(body), i, STR_ARG(place), i, roles[i]);
    }
    return body;
}

static void a_list_is_previewed_started_and_reported(void **state)
{
    struct browser b = { 0 }, officer = { 0 };
    (void)state;
    as(&b, DEMO_ACCOUNT_KIND_COORDINATOR);
    struct page_reply r = upload(&b, csrf_in(get(&b, "/import").body), "hoi-nong-dan", (str){ list_csv, sizeof list_csv - 1 });
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "Nguyễn Văn An") && has(r.body, "&lt;b&gt;Bình"));
    str form = start_form(r.body);
    as(&officer, DEMO_ACCOUNT_KIND_OFFICER);
    str csrf = csrf_in(get(&officer, "/import").body);
    str stolen = arena_printf(town.arena, "csrf=%.*s&upload=%.*s&name=x&source=y", STR_ARG(csrf),
                              STR_ARG(between(r.body, "name=\"upload\" value=\"", '"')));
    assert_int_equal(post(&officer, "/import/start", stolen).status, 404);
    r = post(&b, "/import/start", form);
    assert_int_equal(r.status, 303);
    char path[64];
    str delivery = between(r.head, "/import/", '\r');
    snprintf(path, sizeof path, "/import/%.*s", STR_ARG(delivery));
    for (int tries = 0; tries < 100; tries++) {
        r = get(&b, path);
        if (!has(r.body, "data-poll-ms"))
            break;
        usleep(100000);
    }
    assert_int_equal(r.status, 200);
    assert_true(has(r.body, "/rows?outcome=") && has(r.body, "/export?format=xlsx"));
    str rows = arena_printf(town.arena, "%s/rows?outcome=not_found", path);
    assert_int_equal(get(&b, rows.ptr).status, 200);
    assert_int_equal(get(&b, arena_printf(town.arena, "%s/rows?outcome=x", path).ptr).status, 422);
    assert_int_equal(get(&b, arena_printf(town.arena, "%s/export?format=csv", path).ptr).status, 200);
}

static void a_file_that_is_no_list_is_refused_on_the_page(void **state)
{
    struct browser b = { 0 };
    (void)state;
    as(&b, DEMO_ACCOUNT_KIND_COORDINATOR);
    str csrf = csrf_in(get(&b, "/import").body);
    struct page_reply r = upload(&b, csrf, "hoi-nong-dan", (str){ 0 });
    assert_int_equal(r.status, 422);
    assert_true(has(r.body, "govuk-error-summary") && has(r.body, "name=\"file\""));
    r = upload(&b, csrf, "", (str){ list_csv, sizeof list_csv - 1 });
    assert_int_equal(r.status, 400);
    r = upload(&b, csrf, "hoi-nong-dan", STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    assert_true(r.status >= 400 && r.status < 500);
    r = post(&b, "/import/start", arena_printf(town.arena, "csrf=%.*s&upload=..%%2F..%%2Fledger.key&name=x&source=y", STR_ARG(csrf)));
    assert_int_equal(r.status, 404);
}

static void assets_are_kept_for_ever(void **state)
{
    struct browser b = { 0 };
    (void)state;
    struct page_reply r = get(&b, ASSET_APP_CSS);
    assert_int_equal(r.status, 200);
    assert_true(has(r.head, "immutable") && has(r.head, "text/css"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visitor_sees_the_door),
        cmocka_unit_test(pages_of_people_lead_to_the_sign_in),
        cmocka_unit_test(a_form_without_its_token_is_refused),
        cmocka_unit_test(a_wrong_password_is_said_without_more),
        cmocka_unit_test(signing_in_leads_on_within_this_host_only),
        cmocka_unit_test(a_citizen_sees_his_record_and_who_read_it),
        cmocka_unit_test(signing_out_ends_the_session),
        cmocka_unit_test(a_leader_sees_figures_down_to_a_commune),
        cmocka_unit_test(a_list_is_previewed_started_and_reported),
        cmocka_unit_test(a_file_that_is_no_list_is_refused_on_the_page),
        cmocka_unit_test(assets_are_kept_for_ever),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, stop);
}
