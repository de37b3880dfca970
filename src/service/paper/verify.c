/* Is this paper genuine? Anyone who has it may ask by the code on it, and learns what stands on every such paper: which office
 * issued what kind when, and whether it still holds. Nothing personal is said; whoever wants to know whether it is a certain
 * person's names that person and hears yes or no, which leaves an entry that the person sees. Time stamps and the root
 * certificate are given to anyone too.
 * tested by: src/service/test/paper_test.c */
#include "service/paper/inside.h"

static bool code_is_good(str code)
{
    for (size_t i = 0; i < code.len; i++)
        if (!((code.ptr[i] >= '0' && code.ptr[i] <= '9') || (code.ptr[i] >= 'a' && code.ptr[i] <= 'f')))
            return false;
    return code.len == PAPER_CODE_CHARS;
}

static STATUS paper_by_code(struct ctx *cx, str code, struct paper_row *ret, struct dossier_row *ret_dossier)
{
    struct paper_code_get_row at;
    struct paper_row *rows;
    size_t count;
    bool found = false;
    if (code_is_good(code))
        TRY(paper_code_get(cx, code, &at, &found));
    if (!found)
        return FAIL_WITH(PAPER_MISSING, STR("code"), code);
    TRY(papers_of(cx, at.shard, at.dossier, &rows, &count));
    TRY(dossier_get(cx, at.shard, at.dossier, ret_dossier, &found));
    for (size_t i = 0; i < count && found; i++)
        if (str_eq(rows[i].code, code)) {
            *ret = rows[i];
            return OK;
        }
    return FAIL(CORRUPT);
}

STATUS paper_verify(struct ctx *cx, const struct paper_verify_in *in, struct paper_verify_out *ret)
{
    struct paper_row r;
    struct dossier_row d;
    struct organisation o;
    struct buf hex;
    TRY(paper_by_code(cx, in->code, &r, &d));
    const struct procedure *p = defs_procedure(cx->app->defs, d.procedure_key, (day){ d.procedure_day });
    buf_init(&hex, 2 * SHA256_BYTES);
    buf_hex(&hex, r.digest.ptr, r.digest.len);
    *ret = (struct paper_verify_out){
        .kind = r.kind, .state = r.state, .number = r.number, .organisation = r.organisation, .issued = r.issued_us, .has_ended = r.ended_us > 0,
        .ended = r.ended_us, .procedure = p ? lang_of(cx, p->name_vi, p->name_en) : d.procedure_key, .digest = arena_str(cx->arena, buf_str(&hex)),
    };
    buf_done(&hex);
    if (defs_organisation(cx->arena, cx->app->defs, r.organisation, &o))
        ret->organisation_name = lang_of(cx, o.name_vi, o.name_en);
    return OK;
}

STATUS paper_check(struct ctx *cx, const struct paper_check_in *in, struct paper_check_out *ret)
{
    struct paper_row r;
    struct dossier_row d;
    struct person p;
    bool known;
    uint64_t fields = (in->has_number ? UINT64_C(1) << FIELD_NUMBER : 0) | (in->has_name ? UINT64_C(1) << FIELD_NAME : 0);
    if (!fields)
        return FAIL_AT(FIELD_MISSING, STR("number"));
    TRY(paper_by_code(cx, in->code, &r, &d));
    TRY(person_by_id(cx, (person_id){ r.subject }, &p, &known));
    ret->holds = known && (!in->has_number || p.number == in->number) && (!in->has_name || p.name_hash == person_name_hash(in->name));
    cx->purpose = (struct purpose){ STR("paper"), r.number };
    return disclosure_note(cx, (struct subject){ { r.subject }, p.unit }, fields);
}

STATUS stamp_make(struct ctx *cx, const struct stamp_make_in *in, struct stamp_make_out *ret)
{
    const struct service_keys *keys;
    TRY(keys_of(cx->app, &keys));
    return stamp_answer(cx->arena, keys->authority, in->query, &ret->reply);
}

STATUS stamp_root(struct ctx *cx, const struct stamp_root_in *in, struct stamp_root_out *ret)
{
    const struct service_keys *keys;
    (void)in;
    TRY(keys_of(cx->app, &keys));
    ret->certificate = signer_certificate_pem(cx->arena, authority_root(keys->authority));
    return OK;
}
