/* Heads of the lists to fields of the set, see load.h for what is refused.
 * tested by: src/match/set/test/load_test.c */
#include "match/set/inside.h"

#include <string.h>

struct head {
    str text;
    enum link_role role;
    bool named, taken;
};
struct heads {
    struct head list[LOAD_COLUMNS_MAX];
    size_t count;
};

enum link_kind link_kind_of(enum link_role role)
{
    static const enum link_kind kinds[] = {
#define X(name, word, kind) kind,
        LINK_ROLES(X)
#undef X
    };
    return kinds[role];
}

/* Fields of like roles share a dictionary: 0 names, 1 places, -1 one of its own. */
static int family_of(enum link_role role)
{
    switch (role) {
    case LINK_FULL_NAME: case LINK_GIVEN_NAME: case LINK_MIDDLE_NAME: case LINK_SURNAME:
    case LINK_PARENT_NAME: case LINK_FATHER_NAME: case LINK_MOTHER_NAME: return 0;
    case LINK_ADDRESS: case LINK_STREET: case LINK_PLACE: case LINK_REGION: case LINK_TEXT: return 1;
    default: return -1;
    }
}

enum link_dict_form link_form_of(enum link_role role)
{
    return role == LINK_SEX ? LINK_FORM_SEX : family_of(role) >= 0 ? LINK_FORM_TONES : LINK_FORM_PLAIN;
}

static STATUS heads_read(struct load *l, int side, struct heads *h)
{
    str cells[LOAD_COLUMNS_MAX];
    bool more;

    *h = (struct heads){ 0 };
    TRY(csv_next(&l->side[side].csv, cells, LOAD_COLUMNS_MAX, &h->count, &more));
    if (!more)
        return FAIL(FILE_EMPTY);
    l->side[side].columns = h->count;
    for (size_t i = 0; i < h->count; i++) {
        struct head *head = &h->list[i];

        head->text = str_trim(cells[i]);
        for (size_t k = 0; k < l->options->columns && !head->named; k++) {
            if (!str_eq(l->options->column[k].head, head->text))
                continue;
            head->named = true;
            head->role = l->options->column[k].role;
        }
        for (size_t k = 0; k < i && head->named; k++)
            if (str_eq(h->list[k].text, head->text))
                return FAIL_AT(COLUMN_DOUBLE, head->text);
    }
    return OK;
}

static STATUS named_all_there(const struct load *l, const struct heads h[2])
{
    for (size_t k = 0; k < l->options->columns; k++) {
        str head = l->options->column[k].head;
        bool found = false;

        for (int side = 0; side < l->set.sides; side++)
            for (size_t i = 0; i < h[side].count; i++)
                found |= str_eq(h[side].list[i].text, head);
        if (!found)
            return FAIL_AT(COLUMN_UNKNOWN, head);
    }
    return OK;
}

static STATUS id_find(struct load *l, int side, struct heads *h)
{
    bool found = false;

    for (size_t i = 0; i < h->count; i++) {
        if (!h->list[i].named || h->list[i].role != LINK_ID)
            continue;
        if (found)
            return FAIL_AT(COLUMN_DOUBLE, h->list[i].text);
        found = h->list[i].taken = true;
        l->side[side].target[i] = (struct load_target){ PART_ID, -1 };
    }
    return OK;
}

static STATUS field_new(struct load *l, enum link_role role, str head, int *ret)
{
    struct link_field *f = &l->set.field[l->set.fields];
    int family = family_of(role);

    if (l->set.fields == LINK_FIELDS_MAX)
        return FAIL_AT(CSV_COLUMNS, head);
    *ret = l->set.fields++;
    f->role = role;
    f->kind = link_kind_of(role);
    f->head = (str){ load_pool_take(&l->pool[LOAD_THREADS_MAX], head.len + 1), head.len };
    memcpy((char *)(uintptr_t)f->head.ptr, head.ptr, head.len);
    l->dict_of[*ret] = -1;
    if (f->kind != LINK_KIND_TEXT && f->kind != LINK_KIND_WORDS)
        return OK;
    for (int i = 0; i < *ret && family >= 0; i++)
        if (family_of(l->set.field[i].role) == family)
            l->dict_of[*ret] = l->dict_of[i];
    if (l->dict_of[*ret] < 0) {
        l->dict_of[*ret] = l->dicts;
        l->build[l->dicts++] = dict_build_new(link_form_of(role));
    }
    f->dict = &l->dict[l->dict_of[*ret]];
    return OK;
}

static struct head *head_like(struct heads *h, const struct head *wanted, bool by_text)
{
    for (size_t i = 0; i < h->count; i++) {
        struct head *o = &h->list[i];

        if (o->named && !o->taken && o->role == wanted->role && (!by_text || str_eq(o->text, wanted->text)))
            return o;
    }
    return NULL;
}

static STATUS field_join(struct load *l, struct heads h[2], struct head *left, struct head *right)
{
    static const enum load_part parts[LINK_ROLE_COUNT] = { [LINK_BIRTH_YEAR] = PART_YEAR, [LINK_BIRTH_MONTH] = PART_MONTH, [LINK_BIRTH_DAY] = PART_DAY };
    enum load_part part = parts[left->role] ? parts[left->role] : PART_WHOLE;
    int field = -1;

    left->taken = true;
    if (right)
        right->taken = true;
    for (size_t i = 0; i < h[0].count && part != PART_WHOLE; i++) {
        const struct load_target *t = &l->side[0].target[i];

        if (t->part == part)
            return FAIL_AT(COLUMN_DOUBLE, left->text);
        if (t->part >= PART_YEAR)
            field = t->field;
    }
    if (field < 0)
        TRY(field_new(l, part == PART_WHOLE ? left->role : LINK_BIRTH_DATE, left->text, &field));
    l->side[0].target[left - h[0].list] = (struct load_target){ part, field };
    if (right)
        l->side[1].target[right - h[1].list] = (struct load_target){ part, field };
    return OK;
}

/* First the columns of equal heads, then the rest by role, both in the order of the left list. */
static STATUS fields_join(struct load *l, struct heads h[2], bool by_text)
{
    for (size_t i = 0; i < h[0].count; i++) {
        struct head *left = &h[0].list[i], *right = NULL;

        if (!left->named || left->taken || left->role == LINK_ID || left->role == LINK_IGNORE)
            continue;
        if (l->set.sides == 2)
            right = head_like(&h[1], left, by_text);
        if (right || l->set.sides == 1)
            TRY(field_join(l, h, left, right));
    }
    return OK;
}

STATUS load_heads(struct load *l)
{
    struct heads h[2] = { 0 };

    for (int side = 0; side < l->set.sides; side++) {
        status st = heads_read(l, side, &h[side]);
        if (status_ok(st))
            st = id_find(l, side, &h[side]);
        if (!status_ok(st))
            fault_detail(side ? "right" : "left");
        TRY(st);
    }
    TRY(named_all_there(l, h));
    TRY(fields_join(l, h, true));
    TRY(fields_join(l, h, false));
    return l->set.fields ? OK : FAIL(COLUMN_UNMAPPED);
}
