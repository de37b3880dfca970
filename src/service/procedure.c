/* The catalogue of procedures, as anyone may read it.
 * tested by: src/service/test/dossier_test.c */
#include "service/inside.h"

str lang_of(const struct ctx *cx, str vi, str en) { return cx->lang == LANG_EN ? en : vi; }

static struct procedure_item item_of(const struct ctx *cx, const struct procedure *p)
{
    return (struct procedure_item){
        .key = p->key, .code = p->code, .name = lang_of(cx, p->name_vi, p->name_en), .area = lang_of(cx, p->area_vi, p->area_en), .level = (int32_t)p->level,
        .working_days = p->working_days, .working_hours = p->working_hours, .fee_online = p->fee_online, .fee_counter = p->fee_counter,
    };
}

STATUS procedure_list(struct ctx *cx, const struct procedure_list_in *in, struct procedure_list_out *ret)
{
    const struct defs *d = cx->app->defs;
    (void)in;
    ret->procedures = ARENA_ARRAY(cx->arena, struct procedure_item, defs_procedure_count(d) + 1);
    for (size_t i = 0; i < defs_procedure_count(d); i++) {
        const struct procedure *p = defs_procedure_nth(d, i);
        if (defs_procedure(d, p->key, cx->today) == p)
            ret->procedures[ret->procedures_count++] = item_of(cx, p);
    }
    return OK;
}

struct form_field form_field_of(struct ctx *cx, const struct procedure_place *at)
{
    const struct procedure_field *f = at->field, *group = f->type == ANSWER_GROUP ? f : at->group;
    struct form_field out = {
        .key = at->row ? form_key(cx, at) : f->key, .type = (int32_t)f->type, .label = lang_of(cx, f->label_vi, f->label_en), .help = lang_of(cx, f->help_vi, f->help_en), .required = f->required,
        .least = f->min, .most = f->max, .when = f->when, .when_is = f->when_is, .known = f->prefill_count > 0,
        .group = at->group ? at->group->key : STR(""), .row = at->row, .item = group ? lang_of(cx, group->item_vi, group->item_en) : STR(""),
    };
    out.choices = ARENA_ARRAY(cx->arena, struct form_choice, f->choice_count + 1);
    for (size_t i = 0; i < f->choice_count; i++)
        out.choices[out.choices_count++] = (struct form_choice){ f->choices[i].word, lang_of(cx, f->choices[i].label_vi, f->choices[i].label_en) };
    return out;
}

/* The form as such, without answers: the questions of a group stand behind it, once. */
static void form_describe(struct ctx *cx, const struct procedure *p, struct procedure_show_out *ret)
{
    size_t count = p->field_count;
    for (size_t i = 0; i < p->field_count; i++)
        count += p->fields[i].field_count;
    ret->form = ARENA_ARRAY(cx->arena, struct form_field, count + 1);
    for (size_t i = 0; i < p->field_count; i++) {
        const struct procedure_field *f = &p->fields[i];
        ret->form[ret->form_count++] = form_field_of(cx, &(struct procedure_place){ .field = f });
        for (size_t k = 0; k < f->field_count; k++)
            ret->form[ret->form_count++] = form_field_of(cx, &(struct procedure_place){ .field = &f->fields[k], .group = f });
    }
}

STATUS procedure_show(struct ctx *cx, const struct procedure_show_in *in, struct procedure_show_out *ret)
{
    const struct procedure *p = defs_procedure(cx->app->defs, in->key, cx->today);
    if (!p)
        return FAIL_WITH(PROCEDURE_UNKNOWN, STR("key"), in->key);
    ret->item = item_of(cx, p);
    ret->law = p->law;
    ret->result = lang_of(cx, p->result_vi, p->result_en);
    form_describe(cx, p, ret);
    ret->components = ARENA_ARRAY(cx->arena, struct component_item, p->component_count + 1);
    for (size_t i = 0; i < p->component_count; i++) {
        const struct procedure_component *c = &p->components[i];
        ret->components[ret->components_count++] = (struct component_item){ c->key, lang_of(cx, c->label_vi, c->label_en), c->required, c->from_register, c->when, c->when_is };
    }
    ret->steps = ARENA_ARRAY(cx->arena, str, p->step_count + 1);
    for (size_t i = 0; i < p->step_count; i++)
        ret->steps[ret->steps_count++] = lang_of(cx, p->steps[i].label_vi, p->steps[i].label_en);
    return OK;
}
