/* Verbs that print what the program says about itself: the OpenAPI document, the permission matrix, the version. Made
 * from the same tables that run, so they need an opened program but no data. */
#include "cli/verbs.h"
#include "messages/messages.h"

#include <stdio.h>

enum { DOCUMENT_BYTES_MAX = 32 << 20 };

static STATUS document_print(struct command *c, void (*write)(const struct app *, struct buf *))
{
    struct app app = { .modules = c->modules, .module_count = c->module_count };
    struct buf b;
    buf_init(&b, DOCUMENT_BYTES_MAX);
    write(&app, &b);
    status st = buf_check(&b);
    if (status_ok(st)) {
        fwrite(b.ptr, 1, b.len, stdout);
        fputc('\n', stdout);
    }
    buf_done(&b);
    return st;
}

static status openapi_run(struct command *c) { return document_print(c, openapi_write); }
static status permissions_run(struct command *c) { return document_print(c, permission_matrix_write); }

static status version_run(struct command *c)
{
    (void)c;
    printf("dancu %s\n", DANCU_VERSION);
    return OK;
}

const struct verb verbs_document[] = {
    { "openapi", "", 0, 0, NULL, msg_cli_verb_openapi, openapi_run , true },
    { "permissions", "", 0, 0, NULL, msg_cli_verb_permissions, permissions_run , true },
    { "version", "", 0, 0, NULL, msg_cli_verb_version, version_run , true },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
