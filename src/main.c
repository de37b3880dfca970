/* One screen: names the modules and the faces, and hands over. Order of modules: each may stand on those before it. */
#include "api/api.h"
#include "cases/cases.h"
#include "centre/centre.h"
#include "cli/cli.h"
#include "identity/identity.h"
#include "life/life.h"
#include "origin/origin.h"
#include "post/post.h"
#include "money/money.h"
#include "notice/notice.h"
#include "quality/quality.h"
#include "recon/recon.h"
#include "register/register.h"
#include "service/service.h"
#include "web/web.h"

static status api_face_start(struct app *app, void **ret) { return api_start(app, (struct api **)ret); }
static void api_face_stop(void *state) { api_stop(state); }
static void api_face_handle(void *state, struct exchange *x) { api_handle(state, x); }
static struct body_rule api_face_body_rule(const void *state, const struct request *r) { return api_body_rule(state, r); }

static status web_face_start(struct app *app, void **ret) { return web_start(app, (struct web **)ret); }
static void web_face_stop(void *state) { web_stop(state); }
static void web_face_handle(void *state, struct exchange *x) { web_handle(state, x); }
static struct body_rule web_face_body_rule(const void *state, const struct request *r) { return web_body_rule(state, r); }
static bool web_owns(str path) { (void)path; return true; }

int main(int argc, char **argv)
{
    static const struct module *const modules[] = { &post_module, &notice_module, &register_module, &origin_module, &identity_module, &cases_module, &centre_module, &recon_module, &quality_module, &service_module, &money_module, &life_module };
    static const struct face faces[] = {
        { "api", api_face_start, api_face_stop, api_owns, api_face_handle, api_face_body_rule, api_problem },
        { "web", web_face_start, web_face_stop, web_owns, web_face_handle, web_face_body_rule, web_problem },
    };
    return cli_main(argc, argv, modules, sizeof modules / sizeof *modules, faces, sizeof faces / sizeof *faces);
}
