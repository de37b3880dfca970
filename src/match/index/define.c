/* The definition of an index: made from a sample of the register, written into each segment, read back.
 *
 * Every number in a file is checked against what the program can hold before it is used as a size or a place.
 * tested by: src/match/index/test/index_test.c */
#include "match/index/inside.h"

#include "match/score/model.h"
#include "match/set/load.h"

#include <math.h>
#include <stdlib.h>

static void field_take(struct index_def *d, const struct link_set *sample, const struct link_dict **dict, int i, int from)
{
    const struct link_field *f = &sample->field[from];
    struct index_field *out = &d->field[i];
    size_t len = f->head.len < sizeof out->head - 1 ? f->head.len : sizeof out->head - 1;

    *out = (struct index_field){ .role = f->role, .kind = f->kind, .dict = -1, .known = (double)f->known[0] / fmax(1, sample->count[0]) };
    memcpy(out->head, f->head.ptr, len);
    if (!f->dict)
        return;
    for (int k = 0; k < d->dicts && out->dict < 0; k++)
        out->dict = dict[k] == f->dict ? k : -1;
    if (out->dict < 0) {
        out->dict = d->dicts;
        dict[d->dicts] = f->dict;
        d->form[d->dicts++] = link_form_of(f->role);
    }
}

static void learned_take(struct index_def *d, const struct index_plan_options *o)
{
    for (size_t i = 0; i < o->learned_count; i++)
        for (int k = 0; k < d->fields; k++)
            if (str_eq(o->learned[i].head, str_of(d->field[k].head)))
                memcpy(d->m[k], o->learned[i].m, sizeof d->m[k]);
}

STATUS index_plan(const struct link_set *sample, const struct index_plan_options *o, struct index_def **ret)
{
    const struct link_dict *dict[LINK_FIELDS_MAX] = { 0 };
    struct link_model model;
    struct index_def *d;

    if (!sample->count[0])
        return FAIL(INDEX_EMPTY);
    d = calloc(1, sizeof *d);
    MUST(d);
    link_model_start(&model, sample);
    d->fields = model.comparer.count;
    for (int i = 0; i < d->fields; i++)
        field_take(d, sample, dict, i, model.comparer.list[i].field);
    memcpy(d->m, model.m, sizeof d->m);
    memcpy(d->u, model.u, sizeof d->u);
    memcpy(d->k, model.k, sizeof d->k);
    memcpy(d->rarity, model.rarity_mean, sizeof d->rarity);
    d->has_kin = model.has_kin;
    d->matches = fmin(.9, model.matches / fmax(1, sample->count[0]));
    d->kin = fmin(.9, model.kin / fmax(1, sample->count[0]));
    link_model_done(&model);
    learned_take(d, o);
    keys_choose(d, sample, fmax(o->records, sample->count[0]));
    if (!d->rules) {
        index_def_free(d);
        return FAIL(INDEX_EMPTY);
    }
    *ret = d;
    return OK;
}

void index_def_free(struct index_def *d) { free(d); }

void def_join(const struct index_def *d, const struct link_set *list, int ret_field[static LINK_FIELDS_MAX])
{
    uint64_t taken = 0;

    for (int i = 0; i < LINK_FIELDS_MAX; i++)
        ret_field[i] = -1;
    for (int by_head = 1; by_head >= 0; by_head--)
        for (int i = 0; i < d->fields; i++)
            for (int k = 0; k < list->fields && ret_field[i] < 0; k++) {
                const struct link_field *f = &list->field[k];

                if (taken >> k & 1 || f->role != d->field[i].role || f->kind != d->field[i].kind ||
                    (by_head && !str_eq(f->head, str_of(d->field[i].head))))
                    continue;
                ret_field[i] = k;
                taken |= (uint64_t)1 << k;
            }
}

/* --- bytes ------------------------------------------------------------------------------------------------------------------ */

static void put(struct buf *out, uint64_t value)
{
    uint8_t to[VARINT_BYTES];

    buf_bytes(out, to, (size_t)(varint_put(to, value) - to));
}

static void put_number(struct buf *out, double x) { buf_bytes(out, &x, sizeof x); }

static void put_shares(struct buf *out, int fields, const double (*shares)[LEVELS])
{
    for (int i = 0; i < fields; i++)
        buf_bytes(out, shares[i], sizeof shares[i]);
}

static void put_part(struct buf *out, struct index_part p) { buf_bytes(out, &p, sizeof p); }

void def_write(const struct index_def *d, struct buf *out)
{
    put(out, (uint64_t)d->fields);
    put(out, (uint64_t)d->dicts);
    put(out, (uint64_t)d->rules);
    put(out, d->has_kin);
    put_number(out, d->matches);
    put_number(out, d->kin);
    put_number(out, d->missed);
    for (int i = 0; i < d->dicts; i++)
        put(out, d->form[i]);
    for (int i = 0; i < d->fields; i++) {
        const struct index_field *f = &d->field[i];

        put(out, f->role);
        put(out, f->kind);
        put(out, (uint64_t)(f->dict + 1));
        put_number(out, f->known);
        put(out, strlen(f->head));
        buf_add(out, str_of(f->head));
    }
    for (int i = 0; i < d->rules; i++) {
        const struct index_rule *r = &d->rule[i];

        put(out, (uint64_t)r->parts);
        for (int k = 0; k < r->parts; k++)
            put_part(out, r->part[k]);
        put_part(out, r->refine);
        put_number(out, r->candidates);
        put_number(out, r->brings);
        put_number(out, r->first);
    }
    put_shares(out, d->fields, d->m);
    put_shares(out, d->fields, d->u);
    put_shares(out, d->fields, d->k);
    put_shares(out, d->fields, d->rarity);
}

/* Below `limit`; else *bad. */
static int get(struct bytes *b, uint64_t limit, bool *bad)
{
    uint64_t value = varint_get(b);

    *bad |= value >= limit;
    return value < limit ? (int)value : 0;
}

static void get_raw(struct bytes *b, void *to, size_t bytes, bool *bad)
{
    str from = bytes_get(b, bytes);

    *bad |= from.len != bytes;
    memset(to, 0, bytes);
    memcpy(to, from.ptr, from.len);
}

static double get_number(struct bytes *b, bool *bad)
{
    double x;

    get_raw(b, &x, sizeof x, bad);
    *bad |= !isfinite(x);
    return *bad ? 0 : x;
}

static void get_shares(struct bytes *b, int fields, double (*shares)[LEVELS], bool is_share, bool *bad)
{
    for (int i = 0; i < fields; i++)
        for (int level = 0; level < LEVELS; level++) {
            shares[i][level] = get_number(b, bad);
            *bad |= shares[i][level] < 0 || (is_share && shares[i][level] > 1.0001);
        }
}

static struct index_part get_part(struct bytes *b, const struct index_def *d, bool may_lack, bool *bad)
{
    struct index_part p;

    get_raw(b, &p, sizeof p, bad);
    if (may_lack && p.kind == INDEX_NO_PART)
        return p;
    *bad |= p.kind >= PART_KIND_COUNT || p.field >= d->fields || p.other >= d->fields;
    if (!*bad)
        *bad |= !part_fits((enum part_kind)p.kind, d->field[p.field].kind) || d->field[p.field].kind != d->field[p.other].kind || d->field[p.field].dict != d->field[p.other].dict;
    return p;
}

static void field_get(struct bytes *b, struct index_def *d, struct index_field *f, bool *bad)
{
    f->role = (enum link_role)get(b, LINK_ROLE_COUNT, bad);
    f->kind = (enum link_kind)get(b, LINK_KIND_DIGITS + 1, bad);
    f->dict = get(b, (uint64_t)d->dicts + 1, bad) - 1;
    *bad |= f->kind != link_kind_of(f->role) || f->kind == LINK_KIND_NONE;
    *bad |= (f->dict >= 0) != (f->kind == LINK_KIND_TEXT || f->kind == LINK_KIND_WORDS);
    f->known = get_number(b, bad);
    get_raw(b, f->head, (size_t)get(b, sizeof f->head, bad), bad);
    f->head[sizeof f->head - 1] = 0;
}

static void rule_get(struct bytes *b, const struct index_def *d, struct index_rule *r, bool *bad)
{
    r->parts = get(b, INDEX_PARTS_MAX + 1, bad);
    *bad |= r->parts == 0;
    for (int k = 0; k < r->parts; k++)
        r->part[k] = get_part(b, d, false, bad);
    r->refine = get_part(b, d, true, bad);
    r->candidates = get_number(b, bad);
    r->brings = get_number(b, bad);
    r->first = get_number(b, bad);
}

STATUS def_read(str bytes, struct index_def *ret)
{
    struct bytes b = { (const uint8_t *)bytes.ptr, (const uint8_t *)bytes.ptr + bytes.len };
    bool bad = false;

    *ret = (struct index_def){ 0 };
    ret->fields = get(&b, LINK_FIELDS_MAX + 1, &bad);
    ret->dicts = get(&b, LINK_FIELDS_MAX + 1, &bad);
    ret->rules = get(&b, INDEX_RULES_MAX + 1, &bad);
    ret->has_kin = get(&b, 2, &bad);
    ret->matches = get_number(&b, &bad);
    ret->kin = get_number(&b, &bad);
    ret->missed = get_number(&b, &bad);
    bad |= ret->fields == 0 || ret->matches <= 0 || ret->matches >= 1 || ret->kin <= 0;
    for (int i = 0; i < ret->dicts && !bad; i++)
        ret->form[i] = (enum link_dict_form)get(&b, LINK_FORM_SEX + 1, &bad);
    for (int i = 0; i < ret->fields && !bad; i++)
        field_get(&b, ret, &ret->field[i], &bad);
    for (int i = 0; i < ret->rules && !bad; i++)
        rule_get(&b, ret, &ret->rule[i], &bad);
    if (!bad) {
        get_shares(&b, ret->fields, ret->m, true, &bad);
        get_shares(&b, ret->fields, ret->u, true, &bad);
        get_shares(&b, ret->fields, ret->k, true, &bad);
        get_shares(&b, ret->fields, ret->rarity, false, &bad);
    }
    return bad || b.at != b.end ? FAIL(INDEX_CUT) : OK;
}
