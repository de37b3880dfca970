/* Routing of pages, and the files that they need. */
#include "web/web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "web/quality/pages.h"
#include "web/cases/pages.h"
#include "web/recon/pages.h"
#include "web/life/pages.h"
#include "web/notice/pages.h"
#include "web/sector/pages.h"
#include "web/service/benefit.h"
#include "web/service/feedback.h"
#include "web/visit.h"
#include "web/web_assets.h"

enum { UPLOAD_BYTES_MAX = 256 << 20, FORM_BYTES_MAX = 64 << 10, ATTACHMENT_BYTES_MAX = 65 << 20 };

const struct route web_routes[] = {
    { .method = "GET", .path = "/", .open = true, .run = home_run, .show = home_show },
    { .method = "GET", .path = "/sign-in", .open = true, .begin = sign_in_ask_begin },
    { .method = "POST", .path = "/sign-in", .open = true, .begin = sign_in_begin },
    { .method = "POST", .path = "/sign-out", .open = true, .writes = true, .run = sign_out_run },
    { .method = "GET", .path = "/me", .run = record_run, .show = record_show },
    { .method = "GET", .path = "/me/access", .run = access_run, .show = access_show },
    { .method = "GET", .path = "/me/access/{}/proof", .run = access_proof_run },
    { .method = "GET", .path = "/centre/quality", .run = quality_overview_page_run, .show = quality_overview_page_show },
    { .method = "GET", .path = "/centre/quality/trend", .run = quality_trend_page_run, .show = quality_trend_page_show },
    { .method = "GET", .path = "/centre/quality/fields", .run = quality_fields_page_run, .show = quality_fields_page_show },
    { .method = "GET", .path = "/centre/quality/mendings", .run = quality_mendings_page_run, .show = quality_mendings_page_show },
    { .method = "POST", .path = "/centre/quality/mendings", .writes = true, .run = quality_mending_ask_run },
    { .method = "POST", .path = "/centre/quality/mending/{}", .writes = true, .run = quality_mending_move_run },
    { .method = "GET", .path = "/centre/quality/file", .run = quality_file_run },
    { .method = "GET", .path = "/centre/registers", .run = sectors_run, .show = sectors_show },
    { .method = "GET", .path = "/centre/runs", .run = runs_run, .show = runs_show },
    { .method = "POST", .path = "/centre/runs", .writes = true, .run = runs_start_run },
    { .method = "GET", .path = "/centre/run/{}", .run = run_page_run, .show = run_page_show },
    { .method = "POST", .path = "/centre/run/{}", .writes = true, .run = run_move_run },
    { .method = "GET", .path = "/centre/run/{}/rows", .run = run_rows_page_run, .show = run_rows_page_show },
    { .method = "GET", .path = "/centre/run/{}/file", .run = run_file_run },
    { .method = "GET", .path = "/centre/register", .run = sector_run, .show = sector_show },
    { .method = "GET", .path = "/centre/register/row", .run = sector_row_run, .show = sector_row_show },
    { .method = "POST", .path = "/centre/register/row", .writes = true, .run = sector_row_put_run },
    { .method = "POST", .path = "/centre/register/find", .writes = true, .run = sector_find_run, .show = sector_found_show },
    { .method = "GET", .path = "/centre/register/found", .writes = true, .run = sector_found_run, .show = sector_found_show },
    { .method = "GET", .path = "/me/offers", .run = offers_run, .show = offers_show },
    { .method = "POST", .path = "/me/offers", .writes = true, .run = offer_make_run },
    { .method = "GET", .path = "/centre/cases", .run = cases_run, .show = cases_show },
    { .method = "GET", .path = "/centre/case/{}", .writes = true, .run = case_page_run, .show = case_page_show },
    { .method = "POST", .path = "/centre/case/{}/settle", .writes = true, .run = case_settle_run },
    { .method = "POST", .path = "/centre/case/{}/step", .writes = true, .run = case_step_run },
    { .method = "GET", .path = "/import", .run = list_run, .show = list_show },
    { .method = "POST", .path = "/import", .body_bytes_max = UPLOAD_BYTES_MAX, .run = list_preview_run, .show = list_preview_show },
    { .method = "POST", .path = "/import/start", .writes = true, .slow = true, .run = list_start_run },
    { .method = "GET", .path = "/import/{}", .run = list_status_run, .show = list_status_show },
    { .method = "GET", .path = "/import/{}/rows", .run = list_rows_run, .show = list_rows_show },
    { .method = "POST", .path = "/import/{}/cancel", .writes = true, .run = list_cancel_run },
    { .method = "POST", .path = "/import/{}/resume", .writes = true, .run = list_resume_run },
    { .method = "POST", .path = "/import/{}/complete", .body_bytes_max = UPLOAD_BYTES_MAX, .writes = true, .slow = true, .run = list_complete_run },
    { .method = "GET", .path = "/import/{}/changes", .run = list_delta_run, .show = list_delta_show },
    { .method = "GET", .path = "/import/{}/changes/file", .run = list_delta_file_run },
    { .method = "GET", .path = "/import/{}/rejected", .run = list_rejected_run },
    { .method = "GET", .path = "/import/{}/export", .run = list_export_run },
    { .method = "GET", .path = "/services", .open = true, .run = services_run, .show = services_show },
    { .method = "GET", .path = "/service", .open = true, .run = service_run, .show = service_show },
    { .method = "POST", .path = "/service/start", .writes = true, .run = service_start_run },
    { .method = "GET", .path = "/dossier/{}", .run = dossier_run, .show = dossier_page_show },
    { .method = "GET", .path = "/dossier/{}/ask", .run = question_run, .show = question_show },
    { .method = "POST", .path = "/dossier/{}/ask", .writes = true, .run = question_answer_run },
    { .method = "GET", .path = "/bank/{}", .run = bank_run, .show = bank_show },
    { .method = "POST", .path = "/bank/{}", .writes = true, .run = bank_pay_run },
    { .method = "POST", .path = "/dossier/{}/rows", .writes = true, .run = rows_run },
    { .method = "GET", .path = "/dossier/{}/check", .run = dossier_check_run, .show = dossier_check_show },
    { .method = "POST", .path = "/dossier/{}/submit", .writes = true, .run = dossier_submit_run },
    { .method = "POST", .path = "/dossier/{}/move", .writes = true, .run = dossier_move_run },
    { .method = "GET", .path = "/dossier/{}/files", .run = files_run, .show = files_show },
    { .method = "POST", .path = "/dossier/{}/files", .writes = true, .slow = true, .body_bytes_max = ATTACHMENT_BYTES_MAX, .run = files_add_run },
    { .method = "POST", .path = "/dossier/{}/files/drop", .writes = true, .run = files_drop_run },
    { .method = "GET", .path = "/dossier/{}/file/{}", .run = file_give_run },
    { .method = "GET", .path = "/dossier/{}/paper", .writes = true, .slow = true, .run = dossier_paper_run },
    { .method = "GET", .path = "/dossier/{}/control", .run = dossier_control_run },
    { .method = "GET", .path = "/desk/book", .run = desk_book_run },
    { .method = "GET", .path = "/verify", .open = true, .run = verify_ask_run, .show = verify_show },
    { .method = "GET", .path = "/verify/{*}", .open = true, .run = verify_run, .show = verify_show },
    { .method = "POST", .path = "/verify/{*}", .open = true, .run = verify_check_run, .show = verify_show },
    { .method = "GET", .path = "/me/dossiers", .run = my_dossiers_run, .show = my_dossiers_show },
    { .method = "GET", .path = "/dossier/{}/rate", .run = rate_run, .show = rate_show },
    { .method = "POST", .path = "/dossier/{}/rate", .writes = true, .run = rate_give_run },
    { .method = "GET", .path = "/dossier/{}/complain", .run = complain_run, .show = complain_show },
    { .method = "POST", .path = "/dossier/{}/complain", .writes = true, .run = complain_lodge_run },
    { .method = "GET", .path = "/complaint/{}", .run = complaint_page_run, .show = complaint_page_show },
    { .method = "POST", .path = "/complaint/{}/move", .writes = true, .run = complaint_move_run },
    { .method = "GET", .path = "/desk/benefits", .run = benefits_run, .show = benefits_show },
    { .method = "POST", .path = "/desk/benefits/export", .writes = true, .run = benefit_export_run },
    { .method = "GET", .path = "/desk/benefits/file/{}", .run = benefit_file_run },
    { .method = "GET", .path = "/desk/benefit/{}", .run = benefit_page_run, .show = benefit_page_show },
    { .method = "POST", .path = "/desk/benefit/{}/move", .writes = true, .run = benefit_move_run },
    { .method = "GET", .path = "/desk/complaints", .run = complaints_page_run, .show = complaints_page_show },
    { .method = "GET", .path = "/satisfaction", .run = satisfaction_run, .show = satisfaction_show },
    { .method = "GET", .path = "/me/notices", .run = notices_run, .show = notices_show },
    { .method = "POST", .path = "/me/notices/read", .writes = true, .run = notices_read_run },
    { .method = "GET", .path = "/me/contacts", .run = contacts_run, .show = contacts_show },
    { .method = "POST", .path = "/me/contacts", .writes = true, .run = contacts_change_run },
    { .method = "GET", .path = "/admin/notices", .run = deliveries_run, .show = deliveries_show },
    { .method = "POST", .path = "/admin/notices/retry", .writes = true, .run = deliveries_retry_run },
    { .method = "GET", .path = "/life/{}", .run = life_page_run, .show = life_page_show },
    { .method = "POST", .path = "/life/{}/move", .writes = true, .run = life_move_run },
    { .method = "POST", .path = "/life/{}/answer", .writes = true, .run = life_answer_run },
    { .method = "GET", .path = "/me/life", .run = life_mine_page_run, .show = life_mine_page_show },
    { .method = "GET", .path = "/desk/life", .run = life_desk_page_run, .show = life_desk_page_show },
    { .method = "GET", .path = "/desk", .run = desk_run, .show = desk_show },
};
const size_t web_route_count = sizeof web_routes / sizeof *web_routes;

STATUS web_start(struct app *app, struct web **ret)
{
    struct web *web = calloc(1, sizeof *web);
    char *path = NULL;
    MUST(web);
    MUST(asprintf(&path, "%.*s/uploads", STR_ARG(app->directory)) > 0);
    web->app = app;
    web->uploads = str_of(path);
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        status bad = FAIL_AT(IO, STR("uploads"));
        fault_detail("mkdir: %s", strerror(errno));
        web_stop(web);
        return bad;
    }
    *ret = web;
    return OK;
}

void web_stop(struct web *web)
{
    if (!web)
        return;
    free((char *)(uintptr_t)web->uploads.ptr);
    free(web);
}

/* "/import/{}" with a whole number for each {}, and "/verify/{*}" with any word. */
static bool path_matches(const char *pattern, str path, int64_t numbers[static VISIT_SEGMENTS_MAX])
{
    str p = str_of(pattern), want, got;
    int n = 0;
    while (str_cut(&p, '/', &want)) {
        if (!str_cut(&path, '/', &got))
            return false;
        if (str_eq(want, STR("{*}"))) {
            if (str_is_empty(got))
                return false;
        } else if (!str_eq(want, STR("{}"))) {
            if (!str_eq(want, got))
                return false;
        } else if (n == VISIT_SEGMENTS_MAX || !str_is_digits(got) || !str_i64(got, &numbers[n++])) {
            return false;
        }
    }
    return !str_cut(&path, '/', &got);
}

static const char *method_word(const struct request *r)
{
    return r->method == HTTP_GET ? "GET" : r->method == HTTP_POST ? "POST" : "";
}

static STATUS route_find(const struct request *r, int64_t *numbers, const struct route **ret)
{
    bool other = false;
    for (size_t i = 0; i < web_route_count; i++) {
        if (!path_matches(web_routes[i].path, r->path, numbers))
            continue;
        *ret = &web_routes[i];
        if (strcmp(web_routes[i].method, method_word(r)) == 0)
            return OK;
        other = true;
    }
    return other ? FAIL(METHOD_WRONG) : FAIL(ROUTE_UNKNOWN);
}

static void asset_reply(struct exchange *x, const struct web_asset *a)
{
    x->reply.content_type = a->type;
    x->reply.cache = STR("public, max-age=31536000, immutable");
    reply_header(x, STR("etag"), a->etag);
    if (request_etag_matches(&x->request, a->etag)) {
        x->reply.status = 304;
        x->reply.content_type = (str){ 0 };
    } else if (a->gzip.len && request_accepts_gzip(&x->request)) {
        reply_header(x, STR("content-encoding"), STR("gzip"));
        x->reply.body = a->gzip;
    } else {
        x->reply.body = a->bytes;
    }
    if (a->gzip.len)
        reply_header(x, STR("vary"), STR("accept-encoding"));
    exchange_finish(x);
}

void web_handle(struct web *web, struct exchange *x)
{
    int64_t numbers[VISIT_SEGMENTS_MAX] = { 0 };
    const struct route *route = NULL;
    const struct web_asset *asset = web_asset_find(x->request.path);
    fault_clear();
    if (asset && x->request.method == HTTP_GET) {
        asset_reply(x, asset);
        return;
    }
    if (!status_ok(route_find(&x->request, numbers, &route))) {
        web_problem(x, fault_here());
        exchange_finish(x);
        return;
    }
    visit_start(web, x, route, numbers);
}

struct body_rule web_body_rule(const struct web *web, const struct request *r)
{
    int64_t numbers[VISIT_SEGMENTS_MAX];
    const struct route *route = NULL;
    (void)web;
    bool known = status_ok(route_find(r, numbers, &route));
    size_t max = known && route->body_bytes_max ? route->body_bytes_max : FORM_BYTES_MAX;
    return (struct body_rule){ .bytes_max = max, .spool = max > NET_BODY_MEMORY_MAX };
}
