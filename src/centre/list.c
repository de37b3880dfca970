/* Taking a list in, and how far it has come. A file that cannot be read, or whose columns do not say who is meant, is
 * refused at once and leaves nothing behind. */
#include "centre/into.h"

#include <string.h>

enum { RECENT_ROWS = 20 };

static void digest_hex(str bytes, char out[static 2 * SHA256_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_BYTES];

    sha256_of(bytes.ptr, bytes.len, digest);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * (size_t)SHA256_BYTES] = 0;
}

/* Codes of sources stand in grounds and in the ledger: letters, digits, dot, dash and underscore. */
static STATUS source_check(str source)
{
    if (!source.len)
        return FAIL_AT(FIELD_MISSING, STR("source"));
    for (size_t i = 0; i < source.len; i++) {
        char c = source.ptr[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
        if (!good)
            return FAIL_WITH(FIELD_TYPE, STR("source"), source);
    }
    return OK;
}

/* Ids are the time of arrival in microseconds, so that they sort, and stay below 2^53 for every reader of JSON. */
static STATUS delivery_id_new(struct ctx *cx, int64_t *ret)
{
    struct delivery_row row;
    bool taken = true;

    for (*ret = cx->now_us; taken;) {
        TRY(delivery_get(cx, CENTRE_SHARD, *ret, &row, &taken));
        *ret += taken;
    }
    return OK;
}

/* Came before: done or under way it stays so; failed, it is tried again as it is told to be read now. */
static STATUS import_again(struct ctx *cx, int64_t id, const struct list_import_in *in, const struct sheet *s, struct list_import_out *ret)
{
    struct delivery_row row;

    TRY(delivery_of(cx, id, &row));
    *ret = (struct list_import_out){ .delivery = id, .known = row.state != DELIVERY_FAILED };
    if (row.state != DELIVERY_FAILED)
        return OK;
    if (row.rows_done)
        return delivery_state_set(cx, CENTRE_SHARD, id, DELIVERY_WAITING, NULL);
    return delivery_retry(cx, &(struct delivery_retry_params){ .shard = CENTRE_SHARD, .id = id, .state = DELIVERY_WAITING, .map = in->map,
                                                               .sheet = in->sheet, .encoding = in->encoding,
                                                               .found_encoding = sheet_encoding(s, cx->arena) }, NULL);
}

/* A list that goes into a register is another delivery than the same list that is only compared. */
static str claim_of(struct ctx *cx, const struct list_import_in *in)
{
    return in->has_into ? arena_printf(cx->arena, "%.*s>%.*s", STR_ARG(in->source), STR_ARG(in->into)) : in->source;
}

static STATUS import_new(struct ctx *cx, const struct list_import_in *in, str digest, const struct sheet *s, struct list_import_out *ret)
{
    const struct grant *grant = &cx->journal->grant;

    TRY(delivery_id_new(cx, &ret->delivery));
    TRY(delivery_file_keep(cx->app, digest, in->file));
    TRY(delivery_claim_add(cx, CENTRE_SHARD, digest, claim_of(cx, in), ret->delivery, NULL));
    if (in->has_into)
        TRY(into_begin(cx, in->into, ret->delivery, in->source));
    return delivery_add(cx, &(struct delivery_add_params){
        .shard = CENTRE_SHARD, .id = ret->delivery, .digest = digest, .source = in->source, .name = in->name, .kind = (int16_t)s->kind,
        .state = DELIVERY_WAITING, .bytes = (int64_t)in->file.len, .map = in->map, .sheet = in->sheet, .encoding = in->encoding,
        .found_encoding = sheet_encoding(s, cx->arena), .account = cx->actor.account.v, .roles = (int32_t)cx->actor.roles,
        .organisation = cx->actor.organisation, .unit = cx->actor.unit.v, .grant_fields = (int64_t)grant->fields,
        .grant_unit = grant->only_unit.v, .created_us = cx->now_us }, NULL);
}

STATUS list_import(struct ctx *cx, const struct list_import_in *in, struct list_import_out *ret)
{
    struct sheet *s DEFER(sheet_done) = NULL;
    struct sheet_options o = { .sheet = in->sheet, .encoding = in->encoding, .map = in->map };
    struct delivery_claimed_row claimed;
    char digest[2 * SHA256_BYTES + 1];
    bool known;

    TRY(source_check(in->source));
    if (in->file.len > DELIVERY_FILE_BYTES_MAX)
        return FAIL_AT(FILE_TOO_LARGE, STR("file"));
    TRY(sheet_open(in->file, cx->today, &o, &s));
    TRY(sheet_roles_check(s));
    digest_hex(in->file, digest);
    TRY(delivery_claimed(cx, CENTRE_SHARD, str_of(digest), claim_of(cx, in), &claimed, &known));
    if (known)
        TRY(import_again(cx, claimed.delivery, in, s, ret));
    else
        TRY(import_new(cx, in, str_of(digest), s, ret));
    job_wake(app_state(cx->app, "centre"));
    return OK;
}

STATUS list_match(struct ctx *cx, const struct list_match_in *in, struct list_match_out *ret)
{
    struct job *job = app_state(cx->app, "centre");
    struct chunk *c = job_chunk(job, cx->request_id);
    struct delivery_row row;

    if (c && c->delivery == in->delivery) {
        TRY(chunk_apply(cx, c));
        *ret = (struct list_match_out){ .state = DELIVERY_RUNNING, .rows_done = c->done_before + (int64_t)c->count };
        return OK;
    }
    /* Anybody else only asks that the job look again, also at one that an error stopped. */
    TRY(delivery_of(cx, in->delivery, &row));
    if (row.state == DELIVERY_FAILED) {
        TRY(delivery_state_set(cx, CENTRE_SHARD, row.id, DELIVERY_WAITING, NULL));
        row.state = DELIVERY_WAITING;
    }
    job_wake(job);
    *ret = (struct list_match_out){ .state = row.state, .rows_done = row.rows_done };
    return OK;
}

static str error_text(struct ctx *cx, const struct delivery_row *d)
{
    struct fault f = { 0 };

    for (int code = ERR_OK + 1; code < ERR_COUNT; code++)
        if (str_eq(d->error, str_of(error_def(code)->name)))
            f.status.code = (uint16_t)code;
    if (f.status.code == ERR_OK)
        return (str){ 0 };
    memcpy(f.field, d->error_field.ptr, d->error_field.len < sizeof f.field ? d->error_field.len : 0);
    f.row = d->error_row;
    f.column = d->error_column;
    return msg_error(cx->arena, cx->lang, &f);
}

STATUS list_status(struct ctx *cx, const struct list_status_in *in, struct list_status_out *ret)
{
    struct delivery_row d;

    TRY(delivery_of(cx, in->delivery, &d));
    delivery_item(&d, &ret->item);
    ret->error = d.error;
    ret->error_says = error_text(cx, &d);
    ret->error_row = d.error_row;
    ret->error_column = d.error_column;
    return OK;
}

STATUS list_recent(struct ctx *cx, const struct list_recent_in *in, struct list_recent_out *ret)
{
    int64_t most = in->has_limit ? in->limit : RECENT_ROWS;
    struct delivery_row *rows;
    size_t n;

    TRY(deliveries_before(cx, CENTRE_SHARD, in->has_before ? in->before : INT64_MAX, most, &rows, &n));
    ret->lists = ARENA_ARRAY(cx->arena, struct list_item, n + 1);
    for (size_t i = 0; i < n; i++)
        if (delivery_is_visible(cx, &rows[i]))
            delivery_item(&rows[i], &ret->lists[ret->lists_count++]);
    ret->next = n == (size_t)most ? rows[n - 1].id : 0;
    return OK;
}

/* --- the module ---------------------------------------------------------------------------------------------------------- */

static status centre_start(struct app *app)
{
    struct job *job;

    if (!app->lanes)
        return OK;
    TRY(job_start(app, &job));
    app_state_set(app, "centre", job);
    return OK;
}

static void centre_stop(struct app *app)
{
    if (app_state(app, "centre"))
        job_stop(app_state(app, "centre"));
}

static void centre_end(struct app *app)
{
    if (app_state(app, "centre"))
        job_free(app_state(app, "centre"));
}

const struct module centre_module = {
    .name = "centre",
    .operations = centre_operations,
    .operation_count = CENTRE_OPERATION_COUNT,
    .migrations = &centre_migrations,
    .grounds = &delivery_ground,
    .ground_count = 1,
    .start = centre_start,
    .stop = centre_stop,
    .end = centre_end,
};
