/* Taking a list in, and how far it has come. A file that cannot be read, or whose columns do not say who is meant, is
 * refused at once and leaves nothing behind. */
#include "centre/into.h"
#include "gate/prepare.h"
#include "register/register_sql.h"

#include <stdio.h>
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

/* A list that was read, found good and kept, before anything is written about it. */
struct taken {
    str digest, encoding;
    str map, by_header;   /* as it was read: places or headers; the same by headers, "" when they do not serve */
    str told_encoding;    /* with which it is to be opened; empty: it tells itself */
    int64_t bytes;
    enum file_kind kind;
};

/* Came before: done or under way it stays so; failed, it is tried again as it is told to be read now. */
static STATUS import_again(struct ctx *cx, int64_t id, const struct list_import_in *in, const struct taken *t, struct list_import_out *ret)
{
    struct delivery_row row;

    TRY(delivery_of(cx, id, &row));
    *ret = (struct list_import_out){ .delivery = id, .known = row.state != DELIVERY_FAILED };
    if (row.state != DELIVERY_FAILED)
        return OK;
    if (row.rows_done)
        return delivery_state_set(cx, CENTRE_SHARD, id, DELIVERY_WAITING, NULL);
    return delivery_retry(cx, &(struct delivery_retry_params){ .shard = CENTRE_SHARD, .id = id, .state = DELIVERY_WAITING, .map = t->map,
                                                               .sheet = in->sheet, .encoding = t->told_encoding,
                                                               .found_encoding = t->encoding }, NULL);
}

/* A list that goes into a register is another delivery than the same list that is only compared. */
static str claim_of(struct ctx *cx, str source, str into)
{
    return into.len ? arena_printf(cx->arena, "%.*s>%.*s", STR_ARG(source), STR_ARG(into)) : source;
}

STATUS delivery_known(struct ctx *cx, str bytes, str source, str into, int64_t *ret)
{
    struct delivery_claimed_row claimed;
    char digest[2 * SHA256_BYTES + 1];
    struct delivery_row d;
    bool known;

    *ret = 0;
    digest_hex(bytes, digest);
    TRY(delivery_claimed(cx, CENTRE_SHARD, str_of(digest), claim_of(cx, source, into), &claimed, &known));
    if (known)
        TRY(delivery_get(cx, CENTRE_SHARD, claimed.delivery, &d, &known));
    if (known && delivery_is_visible(cx, &d))
        *ret = claimed.delivery;
    return OK;
}

/* Only what has ended can be completed, by its own source and into its own register. */
static STATUS completes_check(struct ctx *cx, const struct list_import_in *in)
{
    struct sector_delivery_get_row into = { 0 };
    struct delivery_rest_get_row rest;
    struct delivery_row d;
    bool found;

    TRY(delivery_of(cx, in->completes, &d));
    TRY(sector_delivery_get(cx, CENTRE_SHARD, d.id, &into, &found));
    bool fits = str_eq(d.source, in->source) && d.state == DELIVERY_DONE && str_eq(found ? into.code : (str){ 0 }, in->into);
    TRY(delivery_rest_get(cx, CENTRE_SHARD, d.id, &rest, &found));
    return fits && !found ? OK : FAIL_AT(DELIVERY_OTHER, STR("completes"));
}

static STATUS import_new(struct ctx *cx, const struct list_import_in *in, const struct taken *t, struct list_import_out *ret)
{
    const struct grant *grant = &cx->journal->grant;

    TRY(delivery_id_new(cx, &ret->delivery));
    TRY(delivery_claim_add(cx, CENTRE_SHARD, t->digest, claim_of(cx, in->source, in->into), ret->delivery, NULL));
    if (in->has_completes) {
        TRY(completes_check(cx, in));
        TRY(delivery_rest_add(cx, CENTRE_SHARD, ret->delivery, in->completes, NULL));
    }
    if (in->into.len)
        TRY(into_begin(cx, in->into, ret->delivery, in->source, in->has_completes ? in->completes : 0));
    if (in->has_map && !in->has_completes && t->by_header.len)
        TRY(list_map_set(cx, CENTRE_SHARD, in->source, in->into, t->by_header, NULL));
    return delivery_add(cx, &(struct delivery_add_params){
        .shard = CENTRE_SHARD, .id = ret->delivery, .digest = t->digest, .source = in->source, .name = in->name, .kind = (int16_t)t->kind,
        .state = DELIVERY_WAITING, .bytes = t->bytes, .map = t->by_header.len ? t->by_header : t->map, .sheet = in->sheet, .encoding = t->told_encoding,
        .found_encoding = t->encoding, .account = cx->actor.account.v, .roles = (int32_t)cx->actor.roles,
        .organisation = cx->actor.organisation, .unit = cx->actor.unit.v, .grant_fields = (int64_t)grant->fields,
        .grant_unit = grant->only_unit.v, .created_us = cx->now_us }, NULL);
}

/* What tells the rows of the register apart must stand in the list. */
static STATUS keys_check(struct ctx *cx, const struct list_import_in *in, const struct sheet *s)
{
    const struct sector_register *r = defs_sector(cx->app->defs, in->into, cx->today);
    int column[SECTOR_FIELDS_MAX];

    if (!r)
        return FAIL_WITH(REGISTER_MISSING, STR("into"), in->into);
    into_columns(cx->arena, r, s, in->map, column);
    for (size_t i = 0; i < r->key_count; i++)
        if (column[r->key[i]] < 0)
            return FAIL_AT(COLUMN_UNMAPPED, cx->lang == LANG_EN ? r->fields[r->key[i]].en : r->fields[r->key[i]].vi);
    return OK;
}

/* A field of the register that is told to stand in a column has to have it. */
static STATUS fields_check(struct ctx *cx, const struct list_import_in *in, const struct sheet *s)
{
    str map = in->map, item, name;

    while (map.len && str_cut(&map, ';', &item)) {
        item = str_trim(item);
        if (!str_starts(item, STR(SHEET_FIELD_MARK)) || !str_cut(&item, '=', &name))
            continue;
        const struct sector_register *r = in->into.len ? defs_sector(cx->app->defs, in->into, cx->today) : NULL;
        if (!r || sector_field_find(r, str_trim(str_from(name, strlen(SHEET_FIELD_MARK)))) < 0)
            return FAIL_WITH(ENUM_UNKNOWN, STR("map"), name);
        if (str_trim(item).len && mapping_column(cx->arena, s, str_trim(item)) < 0)
            return FAIL_WITH(COLUMN_UNKNOWN, STR("map"), str_trim(item));
    }
    return in->into.len ? keys_check(cx, in, s) : OK;
}

/* A few corrected rows may be too few to tell in which letters they stand; the list that they come from was in some. */
static STATUS list_open(struct ctx *cx, struct list_import_in *as, const struct mended *m, struct sheet **ret)
{
    struct sheet_options o = { .sheet = as->sheet, .encoding = as->encoding, .map = as->map };
    status st = sheet_open(as->file, cx->today, &o, ret);

    if (status_is(st, ERR_COLUMN_UNKNOWN) && m->moved) {
        fault_clear();
        return FAIL_AT(COLUMNS_CUT, STR("file"));
    }
    if (!status_is(st, ERR_ENCODING_UNKNOWN) || as->encoding.len || !m->encoding.len)
        return st;
    fault_clear();
    o.encoding = as->encoding = m->encoding;
    return sheet_open(as->file, cx->today, &o, ret);
}

/* The slow part: reads, checks and keeps. */
static STATUS list_take(struct ctx *cx, const struct list_import_in *in, struct taken *ret)
{
    struct sheet *s DEFER(sheet_done) = NULL;
    struct list_import_in as = *in;
    struct mended mended = { 0 };
    char digest[2 * SHA256_BYTES + 1];

    if (in->file.len > DELIVERY_FILE_BYTES_MAX)
        return FAIL_AT(FILE_TOO_LARGE, STR("file"));
    if (in->has_completes && !in->has_map) {
        TRY(mended_as(cx, in->completes, &mended));
        as.map = mended.map;
    }
    TRY(list_open(cx, &as, &mended, &s));
    TRY(mended_check(&mended, cx->arena, s));
    TRY(sheet_roles_check(s));
    TRY(fields_check(cx, &as, s));
    digest_hex(in->file, digest);
    *ret = (struct taken){ .digest = arena_str(cx->arena, str_of(digest)), .encoding = sheet_encoding(s, cx->arena), .map = as.map,
                           .by_header = mapping_by_header(cx->arena, s, as.map), .told_encoding = as.encoding, .bytes = (int64_t)in->file.len,
                           .kind = s->kind };
    return delivery_file_keep(cx->app, ret->digest, in->file);
}

/* `file`: the bytes, or the archive that has the list under in->name. They lie still while the call lasts. */
static str taken_key(struct ctx *cx, str file, str name)
{
    return arena_printf(cx->arena, "%p %zu %p %.*s", (const void *)file.ptr, file.len, (const void *)cx->app->defs, STR_ARG(name));
}

static STATUS list_take_once(struct ctx *cx, const struct list_import_in *in, str key, const struct taken **ret)
{
    *ret = prepared_find(cx, "list", key);
    if (*ret)
        return OK;
    struct taken *t = ARENA_NEW(cx->arena, struct taken);
    TRY(list_take(cx, in, t));
    prepared_keep(cx, "list", key, t);
    *ret = t;
    return OK;
}

static STATUS import_taken(struct ctx *cx, const struct list_import_in *in, const struct taken *t, struct list_import_out *ret)
{
    struct delivery_claimed_row claimed;
    bool known;

    TRY(delivery_claimed(cx, CENTRE_SHARD, t->digest, claim_of(cx, in->source, in->into), &claimed, &known));
    return known ? import_again(cx, claimed.delivery, in, t, ret) : import_new(cx, in, t, ret);
}

static status entry_wrong(status st, str name)
{
    struct fault *f = fault_here();

    if (!f->field[0] || strcmp(f->field, "file") == 0)
        (void)snprintf(f->field, sizeof f->field, "%.*s", STR_ARG(text_cut(name, sizeof f->field - 1)));
    return fault_pass(st, __FILE__, __LINE__);
}

static STATUS entry_take(struct ctx *cx, const struct list_import_in *in, struct bundle *b, size_t i, const struct taken **ret)
{
    struct list_import_in one = *in;
    str key = taken_key(cx, in->file, bundle_name(b, i));

    *ret = prepared_find(cx, "list", key);
    if (*ret)
        return OK;
    TRY(bundle_read(b, i, &one.file));
    return list_take_once(cx, &one, key, ret);
}

/* All files of the archive, or the one that is asked for: one that is wrong refuses all, before anything is written. */
static STATUS import_bundle(struct ctx *cx, const struct list_import_in *in, struct bundle *b, struct list_import_out *ret)
{
    const struct taken *taken[BUNDLE_FILES_MAX] = { NULL };
    ret->others = ARENA_ARRAY(cx->arena, int64_t, BUNDLE_FILES_MAX);
    bool first = true;

    for (size_t i = 0; i < bundle_count(b); i++) {
        if (in->has_entry && !str_eq(in->entry, bundle_name(b, i)))
            continue;
        status st = entry_take(cx, in, b, i, &taken[i]);
        if (!status_ok(st))
            return entry_wrong(st, bundle_name(b, i));
    }
    for (size_t i = 0; i < bundle_count(b); i++) {
        struct list_import_in one = *in;
        struct list_import_out got = { 0 };
        if (!taken[i])
            continue;
        one.name = text_cut(arena_str(cx->arena, bundle_name(b, i)), 200);
        status st = import_taken(cx, &one, taken[i], &got);
        if (!status_ok(st))
            return entry_wrong(st, one.name);
        if (first) {
            ret->delivery = got.delivery;
            ret->known = got.known;
        } else {
            ret->others[ret->others_count++] = got.delivery;
        }
        first = false;
    }
    return first ? FAIL_WITH(ENUM_UNKNOWN, STR("entry"), in->entry) : OK;
}

STATUS list_import(struct ctx *cx, const struct list_import_in *in, struct list_import_out *ret)
{
    struct bundle *b DEFER(bundle_done) = NULL;
    str key = taken_key(cx, in->file, in->name);
    const struct taken *t = prepared_find(cx, "list", key);

    TRY(source_check(in->source));
    if (!t)
        TRY(bundle_open(in->file, &b));
    if (!t && !b)
        TRY(list_take_once(cx, in, key, &t));
    TRY(t ? import_taken(cx, in, t, ret) : import_bundle(cx, in, b, ret));
    worker_wake_after(cx, app_state(cx->app, "centre"));
    return OK;
}

STATUS list_match(struct ctx *cx, const struct list_match_in *in, struct list_match_out *ret)
{
    struct worker *worker = app_state(cx->app, "centre");
    struct chunk *c = worker_handed(worker, cx->request_id);
    struct delivery_row row;

    if (c && c->delivery == in->delivery) {
        TRY(c->compared < c->count ? chunk_look(cx, c) : chunk_apply(cx, c));
        *ret = (struct list_match_out){ .state = DELIVERY_RUNNING, .rows_done = c->done_before + (int64_t)c->count };
        return OK;
    }
    /* Anybody else only asks that the job look again, also at one that an error stopped. */
    TRY(delivery_of(cx, in->delivery, &row));
    if (row.state == DELIVERY_FAILED) {
        TRY(delivery_state_set(cx, CENTRE_SHARD, row.id, DELIVERY_WAITING, NULL));
        row.state = DELIVERY_WAITING;
    }
    worker_wake_after(cx, worker);
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

const struct module centre_module = {
    .name = "centre",
    .operations = centre_operations,
    .operation_count = CENTRE_OPERATION_COUNT,
    .migrations = &centre_migrations,
    .grounds = &delivery_ground,
    .ground_count = 1,
    .worker = &delivery_worker,
};
