/* Organisations: those listed by name, and the local bodies that exist once in every unit, made by rule. A local body is
 * found from its code alone, so that thirteen thousand of them need no list.
 * tested by: src/defs/defs_test.c */
#include "defs/inside.h"

#include <string.h>

#include "messages/messages.h"

enum { CODE_MAX = 35 }; /* QĐ 20/2020/QĐ-TTg */

static bool code_ok(str code)
{
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!letter)
            return false;
    }
    return code.len > 0 && code.len <= CODE_MAX;
}

static void organisation_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct organisation o = { 0 };
    if (!yaml_str(f, yaml_need(f, node, "code"), &o.code) || !yaml_str(f, yaml_need(f, node, "kind"), &o.kind))
        return;
    if (!code_ok(o.code))
        yaml_problem(f, node, msg_defs_organisation_code(o.code), msg_defs_fix_organisation_code());
    for (size_t i = 0; i < d->organisation_count; i++)
        if (str_eq(d->organisations[i].code, o.code))
            yaml_problem(f, node, msg_defs_organisation_twice(o.code), msg_defs_fix_remove_one());
    yaml_texts(f, node, "name", &o.name_vi, &o.name_en);
    if (yaml_get(node, "from"))
        yaml_day(f, yaml_get(node, "from"), &o.from);
    if (yaml_get(node, "to"))
        yaml_day(f, yaml_get(node, "to"), &o.to);
    if (yaml_get(node, "next"))
        yaml_str(f, yaml_get(node, "next"), &o.next);
    yaml_end(f, node);
    d->organisations[d->organisation_count++] = o;
}

static void rule_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    static const char *const levels[] = { "", "province", "district", "commune", NULL };
    struct organisation_rule r = { 0 };
    bool whole = yaml_str(f, yaml_need(f, node, "kind"), &r.kind) && yaml_str(f, yaml_need(f, node, "code"), &r.code);
    int level = yaml_word(f, yaml_need(f, node, "per"), levels);
    whole = yaml_texts(f, node, "name", &r.name_vi, &r.name_en) && whole;
    yaml_end(f, node);
    if (!whole || level < UNIT_PROVINCE)
        return;
    if (level == UNIT_COMMUNE && str_find(r.code, STR("{unit}")) == r.code.len)
        yaml_problem(f, node, msg_defs_organisation_shared(r.code), msg_defs_fix_unit_in_code());
    r.level = (enum unit_level)level;
    d->rules[d->rule_count++] = r;
}

void organisations_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "organisations", &list);
    d->organisations = ARENA_ARRAY(d->arena, struct organisation, count + 1);
    for (size_t i = 0; i < count; i++)
        organisation_read(d, f, list[i]);
    for (size_t i = 0; i < d->organisation_count; i++) {
        const struct organisation *o = &d->organisations[i];
        bool found = o->next.len == 0;
        for (size_t k = 0; k < d->organisation_count && !found; k++)
            found = str_eq(d->organisations[k].code, o->next);
        if (!found)
            yaml_problem(f, f->root, msg_defs_organisation_next(o->next, o->code), msg_defs_fix_organisation_next());
    }
    count = yaml_list(f, f->root, "rules", &list);
    d->rules = ARENA_ARRAY(d->arena, struct organisation_rule, count + 1);
    for (size_t i = 0; i < count; i++)
        rule_read(d, f, list[i]);
    yaml_end(f, f->root);
}

/* The pattern with {agency}, {unit} and {name} filled in. */
static str fill(struct arena *arena, str pattern, str agency, str code, str name)
{
    struct buf b;
    buf_init(&b, 1000);
    while (pattern.len > 0) {
        size_t brace = str_find_char(pattern, '{');
        buf_add(&b, str_slice(pattern, 0, brace));
        pattern = str_from(pattern, brace);
        size_t end = str_find_char(pattern, '}');
        str word = str_slice(pattern, 0, end + 1);
        if (str_eq(word, STR("{agency}")))
            buf_add(&b, agency);
        else if (str_eq(word, STR("{unit}")))
            buf_add(&b, code);
        else if (str_eq(word, STR("{name}")))
            buf_add(&b, name);
        else
            buf_add(&b, word);
        pattern = str_from(pattern, end + 1);
    }
    str out = arena_str(arena, buf_str(&b));
    buf_done(&b);
    return out;
}

static bool made_by(struct arena *arena, const struct defs *d, const struct organisation_rule *r, unit_id unit,
                    struct organisation *ret)
{
    const struct unit *u = defs_unit(d, unit);
    const struct unit *province = defs_unit(d, defs_unit_province(d, unit));
    if (!u || !province || u->level != r->level || u->map != MAP_NEW)
        return false;
    str text = defs_unit_text(arena, unit);
    str code = str_slice(text, 0, str_find_char(text, '@'));
    *ret = (struct organisation){ .kind = r->kind, .unit = unit, .from = d->maps[u->map].from, .to = d->maps[u->map].to };
    ret->code = fill(arena, r->code, province->agency, code, STR(""));
    ret->name_vi = fill(arena, r->name_vi, STR(""), code, defs_unit_name(arena, d, unit, (day){ 0 }, LANG_VI));
    ret->name_en = fill(arena, r->name_en, STR(""), code, defs_unit_name(arena, d, unit, (day){ 0 }, LANG_EN));
    return true;
}

bool defs_organisation_of(struct arena *arena, const struct defs *d, str kind, unit_id unit, struct organisation *ret)
{
    for (size_t i = 0; i < d->rule_count; i++)
        if (str_eq(d->rules[i].kind, kind) && made_by(arena, d, &d->rules[i], unit, ret))
            return true;
    return false;
}

/* The unit that a code made by a rule names: its five digits, or the province of its agency. */
static unit_id unit_in_code(const struct defs *d, const struct organisation_rule *r, str code)
{
    size_t count = 0;
    const unit_id *provinces = defs_provinces(d, MAP_NEW, &count);
    if (r->level == UNIT_COMMUNE) {
        str piece, rest = code;
        while (str_cut(&rest, '.', &piece))
            if (piece.len == 5 && str_is_digits(piece))
                return defs_unit_by_code(d, piece, d->maps[MAP_NEW].from);
        return UNIT_NONE;
    }
    for (size_t i = 0; i < count; i++) {
        str agency = defs_unit(d, provinces[i])->agency;
        if (str_find(code, agency) < code.len)
            return provinces[i];
    }
    return UNIT_NONE;
}

bool defs_organisation(struct arena *arena, const struct defs *d, str code, struct organisation *ret)
{
    for (size_t i = 0; i < d->organisation_count; i++)
        if (str_eq(d->organisations[i].code, code)) {
            *ret = d->organisations[i];
            return true;
        }
    for (size_t i = 0; i < d->rule_count && code_ok(code); i++) {
        unit_id unit = unit_in_code(d, &d->rules[i], code);
        if (unit.v && made_by(arena, d, &d->rules[i], unit, ret) && str_eq(ret->code, code))
            return true;
    }
    return false;
}
