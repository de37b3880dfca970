/* Closed lists of codes for the fields of sector registers: definitions/codes/NAME.yaml. A list is found by its key; a key or a
 * code that stands twice is refused, and so are two items that a list of an agency could write in the same way.
 * tested by: src/defs/sector/sector_test.c */
#include "defs/inside.h"

#include <string.h>

#include "messages/messages.h"

static str *also_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, size_t *ret_count)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "also", &list);
    str *also = ARENA_ARRAY(d->arena, str, count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        if (yaml_str(f, list[i], &also[*ret_count]))
            ++*ret_count;
    return also;
}

static bool spelt_alike(struct arena *a, const struct code_item *x, str other)
{
    str folded = viet_fold(a, other);
    bool same = str_eq(x->code, other) || str_eq(viet_fold(a, x->vi), folded) || str_eq(viet_fold(a, x->en), folded);
    for (size_t i = 0; i < x->also_count && !same; i++)
        same = str_eq(viet_fold(a, x->also[i]), folded);
    return same;
}

static void item_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, struct code_item *items, size_t *count)
{
    struct code_item it = { 0 };
    bool whole = yaml_str(f, yaml_need(f, node, "code"), &it.code);
    whole = yaml_str(f, yaml_need(f, node, "vi"), &it.vi) && whole;
    whole = yaml_str(f, yaml_need(f, node, "en"), &it.en) && whole;
    it.also = also_read(d, f, node, &it.also_count);
    yaml_end(f, node);
    if (!whole)
        return;
    if (it.code.len > 40)
        yaml_problem(f, node, msg_defs_code_long(it.code), msg_defs_fix_bytes_40());
    for (size_t i = 0; i < *count; i++) {
        bool alike = spelt_alike(f->problem_arena, &items[i], it.code) || spelt_alike(f->problem_arena, &items[i], it.vi);
        for (size_t k = 0; k < it.also_count && !alike; k++)
            alike = spelt_alike(f->problem_arena, &items[i], it.also[k]);
        if (alike)
            yaml_problem(f, node, msg_defs_code_alike(it.code, items[i].code), msg_defs_fix_code_other());
    }
    items[(*count)++] = it;
}

const struct code_list *code_list_find(const struct defs *d, str key)
{
    for (size_t i = 0; i < d->code_list_count; i++)
        if (str_eq(d->code_lists[i].key, key))
            return &d->code_lists[i];
    return NULL;
}

void code_lists_read(struct defs *d, struct yaml_file *f)
{
    struct code_list l = { 0 };
    struct yaml_node **list = NULL;
    bool whole = yaml_str(f, yaml_need(f, f->root, "codes"), &l.key);
    whole = yaml_texts(f, f->root, "name", &l.vi, &l.en) && whole;
    size_t count = yaml_list(f, f->root, "items", &list);
    if (count == 0 || count > CODE_ITEMS_MAX)
        yaml_problem(f, f->root, msg_defs_items_count(), msg_defs_fix_items_count());
    struct code_item *items = ARENA_ARRAY(d->arena, struct code_item, count + 1);
    for (size_t i = 0; i < count && i < CODE_ITEMS_MAX; i++)
        item_read(d, f, list[i], items, &l.count);
    l.items = items;
    yaml_end(f, f->root);
    if (whole && code_list_find(d, l.key))
        yaml_problem(f, f->root, msg_defs_codes_twice(l.key), msg_defs_fix_another_key());
    if (d->code_list_count == CODE_LISTS_MAX)
        yaml_problem(f, f->root, msg_defs_codes_many(CODE_LISTS_MAX), msg_defs_fix_fewer());
    else if (whole)
        d->code_lists[d->code_list_count++] = l;
}

const struct code_item *code_item_find(const struct code_list *l, str code)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->items[i].code, code))
            return &l->items[i];
    return NULL;
}
