/* What registers there are and how each is defined, in words; nothing here is about a person.
 * tested by: src/register/test/sector_test.c */
#include "register/sector/inside.h"

static str in_lang(const struct ctx *cx, str vi, str en) { return cx->lang == LANG_EN ? en : vi; }

static void summary_fill(const struct ctx *cx, const struct sector_register *r, struct sector_summary *ret)
{
    *ret = (struct sector_summary){ .code = r->code, .name = in_lang(cx, r->vi, r->en), .owner = r->owner, .class = (int32_t)r->class,
                                    .live = sector_in_force(r, cx->today), .fields = (int64_t)r->field_count };
}

STATUS sector_list(struct ctx *cx, const struct sector_list_in *in, struct sector_list_out *ret)
{
    size_t n = defs_sector_count(cx->app->defs);
    (void)in;
    ret->registers = ARENA_ARRAY(cx->arena, struct sector_summary, n + 1);
    for (size_t i = 0; i < n; i++)
        summary_fill(cx, defs_sector_nth(cx->app->defs, i, cx->today), &ret->registers[ret->registers_count++]);
    return OK;
}

static void choices_fill(struct ctx *cx, const struct code_list *codes, struct sector_column *ret)
{
    ret->choices = ARENA_ARRAY(cx->arena, struct sector_choice, codes->count + 1);
    for (size_t i = 0; i < codes->count; i++)
        ret->choices[ret->choices_count++] = (struct sector_choice){ codes->items[i].code, in_lang(cx, codes->items[i].vi, codes->items[i].en) };
}

static void columns_fill(struct ctx *cx, const struct sector_register *r, struct sector_describe_out *ret)
{
    ret->columns = ARENA_ARRAY(cx->arena, struct sector_column, r->field_count + 1);
    for (size_t i = 0; i < r->field_count; i++) {
        const struct sector_field *f = &r->fields[i];
        struct sector_column *c = &ret->columns[ret->columns_count++];
        *c = (struct sector_column){
            .key = f->key, .label = in_lang(cx, f->vi, f->en), .type = (int32_t)f->type, .class = (int32_t)f->class, .required = f->required,
            .shared = f->share, .codes = f->codes ? in_lang(cx, f->codes->vi, f->codes->en) : (str){ 0 },
            .measure = in_lang(cx, f->measure_vi, f->measure_en), .form = f->form };
        if (f->codes)
            choices_fill(cx, f->codes, c);
        for (size_t k = 0; k < r->key_count; k++)
            c->in_key = c->in_key || r->key[k] == (int)i;
    }
}

static void rules_fill(struct ctx *cx, const struct sector_register *r, struct sector_describe_out *ret)
{
    ret->rules = ARENA_ARRAY(cx->arena, struct sector_rule, r->check_count + 1);
    for (size_t i = 0; i < r->check_count; i++) {
        const struct sector_check *c = &r->checks[i];
        str expects = c->when_text.len ? arena_printf(cx->arena, "%.*s → %.*s", STR_ARG(c->when_text), STR_ARG(c->expect_text)) : c->expect_text;
        ret->rules[ret->rules_count++] = (struct sector_rule){ .check = c->code, .dimension = (int32_t)c->dimension,
                                                               .says = sector_check_says(cx, r, c), .expects = text_cut(expects, 2000) };
    }
}

static void access_fill(struct ctx *cx, const struct sector_access *list, size_t count, bool writes, struct sector_describe_out *ret)
{
    static const char *const roles[] = { "public", "citizen", "officer", "coordinator", "leader", "system", "auditor", "operator" };
    (void)cx;
    for (size_t i = 0; i < count; i++)
        for (size_t bit = 0; bit < sizeof roles / sizeof *roles; bit++)
            if (list[i].roles >> bit & 1)
                ret->access[ret->access_count++] = (struct sector_access_rule){ .writes = writes, .role = str_of(roles[bit]),
                                                                                .own_unit = list[i].own_unit, .organisation = list[i].organisation };
}

STATUS sector_describe(struct ctx *cx, const struct sector_describe_in *in, struct sector_describe_out *ret)
{
    const struct sector_register *r = defs_sector(cx->app->defs, in->code, cx->today);
    struct organisation owner;
    if (!r)
        return FAIL_WITH(REGISTER_MISSING, STR("code"), in->code);
    *ret = (struct sector_describe_out){
        .code = r->code, .name = in_lang(cx, r->vi, r->en), .owner = r->owner, .law = r->law, .class = (int32_t)r->class, .from = r->from,
        .has_to = !day_is_none(r->to), .to = r->to, .subject = in_lang(cx, r->subject_vi, r->subject_en),
        .may_write = sector_may_write(cx, r) && !r->people && !r->origin && sector_in_force(r, cx->today) };
    if (defs_organisation(cx->arena, cx->app->defs, r->owner, &owner))
        ret->owner_name = in_lang(cx, owner.name_vi, owner.name_en);
    columns_fill(cx, r, ret);
    rules_fill(cx, r, ret);
    ret->access = ARENA_ARRAY(cx->arena, struct sector_access_rule, 16 * SECTOR_ACCESS_MAX);
    access_fill(cx, r->write, r->write_count, true, ret);
    access_fill(cx, r->read, r->read_count, false, ret);
    return OK;
}
