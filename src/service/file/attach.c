/* Files of dossiers. A file goes with one component that the procedure asks for, is judged by its content, bounded by the
 * definition, kept once however often it is handed in, sealed under the applicant's key; who reads it leaves an entry.
 *
 * Refuses files for what the office looks up itself, and every change once the dossier is being worked on.
 * Law: NĐ 61/2018/NĐ-CP Đ16, NĐ 45/2020/NĐ-CP Đ9; NĐ 13/2023/NĐ-CP (protection of personal data).
 * tested by: src/service/test/attach_test.c */
#include "gate/document.h"
#include "gate/prepare.h"
#include "service/file/sniff.h"
#include "service/file/vault.h"

#include <string.h>

enum { TOTAL_BYTES_MAX = 100 << 20, FILES_MAX = 200 };

static const struct procedure_component *component_of(const struct procedure *p, str key)
{
    for (size_t i = 0; i < p->component_count; i++)
        if (str_eq(p->components[i].key, key))
            return &p->components[i];
    return NULL;
}

/* While it is being made, or while something is asked for: the applicant, and the counter for him. */
static bool may_change(const struct ctx *cx, const struct dossier *d)
{
    enum dossier_state s = (enum dossier_state)d->row.state;
    if (s == DOSSIER_DRAFT)
        return dossier_may(cx, d, COMMAND_SAVE);
    return (s == DOSSIER_AWAITING_SUPPLEMENT || s == DOSSIER_SUBMITTED) && dossier_may(cx, d, COMMAND_SUPPLY);
}

static STATUS changeable(const struct ctx *cx, const struct dossier *d)
{
    if (may_change(cx, d))
        return OK;
    return FAIL_WITH(DOSSIER_STATE, STR("dossier"), str_of(state_word((enum dossier_state)d->row.state)));
}

static void purpose_set(struct ctx *cx, const struct dossier *d)
{
    if (!dossier_is_own(cx, d))
        dossier_purpose(cx, d);
}

static struct attachment_item item_of(struct ctx *cx, const struct dossier *d, const struct attachment_row *r)
{
    const struct procedure_component *c = component_of(d->procedure, r->component);
    struct buf hex;
    buf_init(&hex, 2 * SHA256_BYTES);
    buf_hex(&hex, r->digest.ptr, r->digest.len);
    struct attachment_item out = {
        .attachment = r->id, .component = r->component, .label = c ? lang_of(cx, c->label_vi, c->label_en) : r->component, .name = r->name,
        .type = str_of(media_type((enum media)r->media)), .bytes = r->bytes, .digest = arena_str(cx->arena, buf_str(&hex)), .added = r->added_us,
        .mine = may_change(cx, d) && r->account == cx->actor.account.v };
    buf_done(&hex);
    return out;
}

/* "giấy tờ.PDF" becomes "giấy tờ.pdf": the ending is that of the content. */
static str name_of(struct ctx *cx, const struct attachment_add_in *in, enum media m)
{
    str name = str_trim(in->has_name ? in->name : in->component), base = name;
    for (size_t i = name.len; i-- > 0;)
        if (name.ptr[i] == '/' || name.ptr[i] == '\\') {
            base = str_from(name, i + 1);
            break;
        }
    for (size_t i = base.len; i-- > 1 && base.len - i <= 6;)
        if (base.ptr[i] == '.') {
            base = str_slice(base, 0, i);
            break;
        }
    base = text_cut(base.len ? base : in->component, 180);
    return arena_printf(cx->arena, "%.*s.%s", STR_ARG(base), media_ending(m));
}

static STATUS place_check(struct ctx *cx, const struct dossier *d, const struct attachment_add_in *in, struct attachment_row **ret, size_t *ret_count)
{
    const struct procedure_component *c = component_of(d->procedure, in->component);
    int64_t total = 0;
    if (!c || c->from_register || !(c->kinds & (COMPONENT_ELECTRONIC | COMPONENT_COPY | COMPONENT_ORIGINAL)))
        return FAIL_WITH(COMPONENT_UNKNOWN, STR("component"), in->component);
    if ((int64_t)in->file.len > c->bytes_max)
        return FAIL_AT(ATTACHMENT_LARGE, STR("file"));
    TRY(attachments_of(cx, SHARD, d->row.id, ret, ret_count));
    for (size_t i = 0; i < *ret_count; i++)
        total += (*ret)[i].bytes;
    return total + (int64_t)in->file.len > TOTAL_BYTES_MAX || *ret_count >= FILES_MAX ? FAIL_AT(ATTACHMENTS_FULL, STR("file")) : OK;
}

/* What the bytes of a file say. */
struct looked_at {
    enum media media;
    uint8_t digest[SHA256_BYTES];
};

static STATUS file_look(struct ctx *cx, str file, const struct looked_at **ret)
{
    str key = arena_printf(cx->arena, "%p %zu", (const void *)file.ptr, file.len);
    *ret = prepared_find(cx, "attachment", key);
    if (*ret)
        return OK;
    struct looked_at *l = ARENA_NEW(cx->arena, struct looked_at);
    TRY(media_sniff(file, &l->media));
    sha256_of(file.ptr, file.len, l->digest);
    prepared_keep(cx, "attachment", key, l);
    *ret = l;
    return OK;
}

static STATUS row_store(struct ctx *cx, const struct attachment_row *r)
{
    return attachment_add_row(cx, &(struct attachment_add_row_params){
        .shard = SHARD, .dossier = r->dossier, .id = r->id, .component = r->component, .name = r->name, .media = r->media, .bytes = r->bytes,
        .digest = r->digest, .file = r->file, .subject = r->subject, .account = r->account, .added_us = r->added_us }, NULL);
}

STATUS attachment_add(struct ctx *cx, const struct attachment_add_in *in, struct attachment_add_out *ret)
{
    struct dossier d;
    struct attachment_row *rows, row;
    size_t count;
    const struct looked_at *l;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(changeable(cx, &d));
    TRY(file_look(cx, in->file, &l));
    TRY(place_check(cx, &d, in, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].component, in->component) && memcmp(rows[i].digest.ptr, l->digest, sizeof l->digest) == 0) {
            ret->attachment = item_of(cx, &d, &rows[i]); /* handed in before: sent twice, kept once */
            return OK;
        }
    row = (struct attachment_row){
        .dossier = d.row.id, .id = (int64_t)(random_u64() >> 12), .component = in->component, .name = name_of(cx, in, l->media), .media = (int16_t)l->media,
        .bytes = (int64_t)in->file.len, .digest = arena_str(cx->arena, (str){ (const char *)l->digest, sizeof l->digest }), .subject = d.row.applicant,
        .account = cx->actor.account.v, .added_us = cx->now_us };
    TRY(vault_keep(cx, (person_id){ row.subject }, in->file, &row.file));
    TRY(row_store(cx, &row));
    purpose_set(cx, &d);
    ret->attachment = item_of(cx, &d, &row);
    return document_note(cx, (struct subject){ (person_id){ row.subject }, UNIT_NONE }, l->digest);
}

/* Handed in, not looked up, and not closed by an answer. */
static bool component_is_asked(const struct procedure_component *c, struct answers a)
{
    const struct answer *answer = c->when.len > 0 ? form_answer(a.list, a.count, c->when) : NULL;
    return !c->from_register && (c->when.len == 0 || (answer && str_eq(answer->value, c->when_is)));
}

static bool component_has_file(const struct procedure_component *c, const struct attachment_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].component, c->key))
            return true;
    return false;
}

STATUS attachment_list(struct ctx *cx, const struct attachment_list_in *in, struct attachment_list_out *ret)
{
    struct dossier d;
    struct attachment_row *rows;
    struct answer *answers;
    size_t count, answer_count;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(attachments_of(cx, SHARD, in->dossier, &rows, &count));
    TRY(form_load(cx, d.row.answers, &answers, &answer_count));
    struct answers a = { answers, answer_count };
    ret->open = may_change(cx, &d);
    ret->left_bytes = TOTAL_BYTES_MAX;
    ret->attachments = ARENA_ARRAY(cx->arena, struct attachment_item, count + 1);
    for (size_t i = 0; i < count; i++) {
        ret->attachments[ret->attachments_count++] = item_of(cx, &d, &rows[i]);
        ret->left_bytes -= rows[i].bytes;
    }
    ret->components = ARENA_ARRAY(cx->arena, struct component_item, d.procedure->component_count + 1);
    for (size_t i = 0; i < d.procedure->component_count; i++) {
        const struct procedure_component *c = &d.procedure->components[i];
        if (component_is_asked(c, a) || component_has_file(c, rows, count))
            ret->components[ret->components_count++] = (struct component_item){ c->key, lang_of(cx, c->label_vi, c->label_en), c->required, false, c->when, c->when_is };
    }
    return OK;
}

/* NĐ 61/2018/NĐ-CP Đ17: all that is missing is said at once. What the office looks up itself is never asked for. */
STATUS components_check(struct ctx *cx, const struct dossier *d, struct answers a)
{
    struct attachment_row *rows;
    size_t count;
    str missing = { 0 };
    TRY(attachments_of(cx, SHARD, d->row.id, &rows, &count));
    for (size_t i = 0; i < d->procedure->component_count; i++) {
        const struct procedure_component *c = &d->procedure->components[i];
        if (c->required && component_is_asked(c, a) && !component_has_file(c, rows, count))
            missing = arena_printf(cx->arena, "%.*s%s%.*s", STR_ARG(missing), missing.len ? "; " : "", STR_ARG(lang_of(cx, c->label_vi, c->label_en)));
    }
    return missing.len == 0 ? OK : FAIL_WITH(COMPONENTS_MISSING, STR("components"), missing);
}

static STATUS row_find(struct ctx *cx, int64_t dossier, int64_t id, struct attachment_row *ret)
{
    struct attachment_row *rows;
    size_t count;
    TRY(attachments_of(cx, SHARD, dossier, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id) {
            *ret = rows[i];
            return OK;
        }
    return FAIL_AT(ATTACHMENT_MISSING, STR("attachment"));
}

STATUS attachment_read(struct ctx *cx, const struct attachment_read_in *in, struct attachment_read_out *ret)
{
    struct dossier d;
    struct attachment_row row;
    uint8_t digest[SHA256_BYTES];
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(row_find(cx, in->dossier, in->attachment, &row));
    purpose_set(cx, &d);
    TRY(disclosure_note(cx, (struct subject){ (person_id){ row.subject }, UNIT_NONE }, UINT64_C(1) << FIELD_NAME));
    TRY(vault_read(cx, (person_id){ row.subject }, row.file, &ret->file));
    sha256_of(ret->file.ptr, ret->file.len, digest);
    return memcmp(digest, row.digest.ptr, sizeof digest) == 0 ? OK : FAIL(CORRUPT);
}

STATUS attachment_drop(struct ctx *cx, const struct attachment_drop_in *in, struct attachment_drop_out *ret)
{
    struct dossier d;
    struct attachment_row row, *rows;
    size_t count;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(changeable(cx, &d));
    TRY(row_find(cx, in->dossier, in->attachment, &row));
    if (row.account != cx->actor.account.v)
        return FAIL(NOT_ALLOWED);
    TRY(attachment_drop_row(cx, SHARD, in->dossier, in->attachment, NULL));
    TRY(attachments_of(cx, SHARD, in->dossier, &rows, &count));
    ret->left = (int64_t)count;
    purpose_set(cx, &d);
    return change_note(cx, (struct subject){ (person_id){ row.subject }, UNIT_NONE }, 0);
}
