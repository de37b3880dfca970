/* The form of a row of a sector register: an input for each field of the definition, by its kind. Days are typed as 27/3/1985, units by
 * name or code, numbers with the marks of the reader's language; what was left as it was shown is sent as it is held. Fields of the key
 * are shown and not asked for: another key is another row. Refuses nothing itself: sector.put does, and names the field.
 * tested by: tests/scenario/sector.scn */
#include "register/register_ops.h"
#include "messages/messages.h"
#include "web/sector/pages.h"
#include "web/sector/view.h"

#include <string.h>

static const struct sector_cell *cell_of(const struct sector_item *item, str key)
{
    for (size_t i = 0; i < item->cells_count; i++)
        if (str_eq(item->cells[i].field, key))
            return &item->cells[i];
    return NULL;
}

static bool is_count(const struct sector_column *k) { return k->type == SECTOR_COLUMN_TYPE_NUMBER || k->type == SECTOR_COLUMN_TYPE_MONEY; }

static bool is_digit(str text, size_t at) { return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; }

/* "1234.5" with the decimal mark of the language. */
static str decimal_shown(const struct visit *v, str text)
{
    size_t point = str_find_char(text, '.');
    if (point >= text.len)
        return text;
    return arena_printf(v->arena, "%.*s%c%.*s", STR_ARG(str_slice(text, 0, point)), v->lang == LANG_EN ? '.' : ',', STR_ARG(str_from(text, point + 1)));
}

/* And back; marks before three digits are left out. With any other mark it stays, since 85.5 is not 855. */
static str decimal_typed(const struct visit *v, str text)
{
    char *out = arena_alloc(v->arena, text.len + 1);
    char mark = v->lang == LANG_EN ? '.' : ',';
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool groups = c != mark && (c == '.' || c == ',' || c == ' ');
        if (groups && !(is_digit(text, i + 1) && is_digit(text, i + 2) && is_digit(text, i + 3) && !is_digit(text, i + 4)))
            return text;
        if (!groups)
            out[n++] = c == mark ? '.' : c;
    }
    return (str){ out, n };
}

static str held_text(const struct visit *v, const struct sector_column *k, const struct sector_cell *cell)
{
    day on;
    if (!cell)
        return STR("");
    if (!cell->readable || k->type == SECTOR_COLUMN_TYPE_CODE)
        return cell->value;
    if (k->type == SECTOR_COLUMN_TYPE_DAY && status_ok(day_parse(cell->value, &on)))
        return day_vi(v->arena, on);
    if (is_count(k))
        return decimal_shown(v, cell->value);
    return k->type == SECTOR_COLUMN_TYPE_UNIT ? cell->shown : cell->value;
}

static str input_name(const struct visit *v, str key) { return arena_printf(v->arena, "f-%.*s", STR_ARG(key)); }

static str typed_text(const struct visit *v, str key)
{
    str text = { 0 };
    (void)request_field(&v->x->request, input_name(v, key), &text);
    return str_trim(text);
}

static str value_typed(struct ctx *cx, const struct visit *v, const struct sector_column *k, const struct sector_cell *cell)
{
    str text = typed_text(v, k->key);
    if (cell && (k->in_key || str_eq(text, held_text(v, k, cell))))
        return cell->value;
    if (k->type == SECTOR_COLUMN_TYPE_DAY)
        return date_typed(v->arena, text, cx->today);
    if (k->type == SECTOR_COLUMN_TYPE_UNIT && text.len)
        return defs_unit_typed(cx->app->defs, v->arena, text, cx->today);
    return is_count(k) ? decimal_typed(v, text) : text;
}

static str hint_of(const struct visit *v, const struct sector_column *k)
{
    if (k->type == SECTOR_COLUMN_TYPE_DAY)
        return msg_sector_hint_day(v->lang);
    if (k->type == SECTOR_COLUMN_TYPE_UNIT)
        return msg_sector_hint_unit(v->lang);
    if (k->type == SECTOR_COLUMN_TYPE_PERSON)
        return msg_sector_hint_person(v->lang);
    return k->form.len ? msg_sector_hint_form(v->arena, v->lang, k->form) : STR("");
}

static void choices_fill(const struct visit *v, const struct sector_column *k, struct sector_input_view *ret)
{
    struct list_option *choices = ARENA_ARRAY(v->arena, struct list_option, k->choices_count + 1);
    for (size_t i = 0; i < k->choices_count; i++)
        choices[ret->choice_count++] = (struct list_option){ k->choices[i].code, k->choices[i].label };
    ret->choices = choices;
}

void sector_inputs_fill(struct visit *v, const struct sector_describe_out *d, const struct sector_item *item, struct sector_row_page_view *view)
{
    view->inputs = ARENA_ARRAY(v->arena, struct sector_input_view, d->columns_count + 1);
    for (size_t i = 0; i < d->columns_count; i++) {
        const struct sector_column *k = &d->columns[i];
        const struct sector_cell *cell = cell_of(item, k->key);
        struct sector_input_view *in = &view->inputs[view->input_count++];
        *in = (struct sector_input_view){
            .key = k->key, .label = k->required ? k->label : msg_sector_optional(v->arena, v->lang, k->label), .hint = hint_of(v, k),
            .fixed = k->in_key, .digits = is_count(k) || k->type == SECTOR_COLUMN_TYPE_PERSON,
            .measure = k->type == SECTOR_COLUMN_TYPE_MONEY ? msg_sector_dong(v->lang) : k->measure,
            .value = view->error.len && !k->in_key ? typed_text(v, k->key) : held_text(v, k, cell) };
        if (in->hint.len)
            in->described = arena_printf(v->arena, "f-%.*s-hint", STR_ARG(k->key));
        choices_fill(v, k, in);
    }
}

/* The whole row, so that what was emptied is gone. It is found by its subject and key, and must have the version that was seen. */
void sector_given_fill(struct ctx *cx, struct visit *v, const struct sector_describe_out *d, const struct sector_item *item, struct sector_given *ret)
{
    *ret = (struct sector_given){ .has_number = item->has_number, .number = item->number, .has_expected_version = true };
    if (!item->has_number)
        *ret = (struct sector_given){ .has_name = item->name.len > 0, .name = item->name, .has_birth = item->has_birth, .birth = item->birth,
                                      .has_sex = item->sex != SEX_UNKNOWN, .sex = item->sex, .has_expected_version = true };
    ret->cells = ARENA_ARRAY(v->arena, struct sector_given_cell, d->columns_count + 1);
    for (size_t i = 0; i < d->columns_count; i++) {
        str value = value_typed(cx, v, &d->columns[i], cell_of(item, d->columns[i].key));
        if (value.len)
            ret->cells[ret->cells_count++] = (struct sector_given_cell){ d->columns[i].key, value };
    }
}
