/* The module as the process knows it. tested by: tests/scenario/dossier.scn */
#include "notice/inside.h"

#include "gate/worker.h"

#include <curl/curl.h>

static status notice_start(struct app *app)
{
    struct sign_key key;
    TRY(notice_sign_key(app, &key)); /* makes it in a new installation */
    sign_key_done(&key);
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? OK : FAIL(OVERLOADED);
}

static const struct worker_plan sender = { .job = "notices", .step = send_step, .first_ms = 500 };

const struct module notice_module = {
    .name = "notice",
    .operations = notice_operations,
    .operation_count = NOTICE_OPERATION_COUNT,
    .migrations = &notice_migrations,
    .check = notices_check,
    .start = notice_start,
    .worker = &sender,
};
