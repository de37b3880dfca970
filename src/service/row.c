/* Rows of sector registers as decisions and legs write them, through the register's own operations and under its own rules of access, in
 * the transaction of the decision; and the numbers that new rows get.
 *
 * Refuses, when definitions are read, a register or field that is not there, a key or a required field that nothing fills, a word that its
 * code list does not have, and a number for what is not the key.
 * tested by: src/service/test/row_test.c */
#include "register/register_sql.h"
#include "messages/messages.h"
#include "service/inside.h"
#include "viet/fold.h"

enum { BODY_BYTES_MAX = 16384, DRAWS_MAX = 1000, PATTERN_DIGITS_MAX = 9 };

static struct purpose register_purpose(str code) { return (struct purpose){ STR("register"), code }; }

/* With a JSON body, so that the operation's own rules of input hold. */
static STATUS operation_call(struct ctx *cx, str name, struct purpose purpose, str body, void **ret_out)
{
    const struct operation *op = operation_find(cx->app, name);
    if (!op)
        return FAIL_WITH(DEFINITION, STR("effects"), name);
    void *in = arena_alloc(cx->arena, op->takes->bytes), *out = arena_alloc(cx->arena, op->gives->bytes);
    struct purpose before = cx->purpose;
    TRY(shape_read_json(cx, op->takes, body, in));
    cx->purpose = purpose;
    status st = gate_call(cx, op, in, out);
    cx->purpose = before;
    *ret_out = out;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

static void values_write(const struct op_shape *takes, const struct operation_given *g, struct buf *body)
{
    buf_char(body, '{');
    for (size_t i = 0; i < g->count; i++) {
        int f = shape_field_index(takes, g->values[i].to);
        str value = g->value(g->with, g->values[i].from);
        if (f < 0 || value.len == 0)
            continue;
        bool bare = takes->fields[f].type == OP_I64 || takes->fields[f].type == OP_BOOL;
        buf_printf(body, "%s\"%s\":", body->len > 1 ? "," : "", takes->fields[f].name);
        if (bare)
            buf_add(body, value);
        else
            buf_json(body, value);
    }
    buf_char(body, '}');
}

STATUS operation_call_given(struct ctx *cx, const struct operation_given *g, void **ret_out)
{
    const struct operation *op = operation_find(cx->app, g->name);
    struct buf body;
    if (!op)
        return FAIL_WITH(DEFINITION, STR("effects"), g->name);
    buf_init(&body, BODY_BYTES_MAX);
    values_write(op->takes, g, &body);
    status st = buf_check(&body);
    if (status_ok(st))
        st = operation_call(cx, g->name, g->purpose, buf_str(&body), ret_out);
    buf_done(&body);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS row_put(struct ctx *cx, const struct row_given *g, int64_t *ret_row)
{
    static const char *const only[] = { "", ",\"only\":\"new\"", ",\"only\":\"change\"" };
    struct buf body;
    void *out = NULL;
    size_t cells = 0;
    if (g->about.len == 0)
        return FAIL_AT(FIELD_MISSING, STR("about"));
    buf_init(&body, BODY_BYTES_MAX);
    buf_printf(&body, "{\"code\":\"%.*s\",\"rows\":[{\"number\":\"%.*s\"%s,\"cells\":[", STR_ARG(g->code), STR_ARG(g->about), only[g->only]);
    for (size_t i = 0; i < g->count; i++) {
        if (g->cells[i].value.len == 0)
            continue;
        buf_printf(&body, "%s{\"field\":\"%.*s\",\"value\":", cells++ ? "," : "", STR_ARG(g->cells[i].key));
        buf_json(&body, g->cells[i].value);
        buf_char(&body, '}');
    }
    buf_add(&body, STR("]}]}"));
    status st = buf_check(&body);
    if (status_ok(st))
        st = operation_call(cx, STR("sector.put"), register_purpose(g->code), buf_str(&body), &out);
    buf_done(&body);
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    *ret_row = ((const struct sector_put_out *)out)->rows[0].row;
    return OK;
}

STATUS row_end(struct ctx *cx, str code, int64_t row)
{
    void *out;
    return operation_call(cx, STR("sector.end"), register_purpose(code),
                          arena_printf(cx->arena, "{\"code\":\"%.*s\",\"row\":%lld}", STR_ARG(code), (long long)row), &out);
}

/* --- numbers -------------------------------------------------------------------------------------------------------------- */

/* The pattern without its "#"s, whose province is filled in, and how many they were. */
static str prefix_of(struct ctx *cx, str pattern, unit_id office, size_t *ret_digits)
{
    size_t hash = str_find_char(pattern, '#'), hole = str_find(pattern, STR("{province}"));
    str before = str_slice(pattern, 0, hash);
    *ret_digits = pattern.len - hash;
    if (hole >= hash)
        return before;
    str province = defs_unit_text(cx->arena, defs_unit_province(cx->app->defs, office));
    return arena_printf(cx->arena, "%.*s%.*s%.*s", (int)hole, pattern.ptr, (int)str_find_char(province, '@'), province.ptr,
                        STR_ARG(str_from(before, hole + sizeof "{province}" - 1)));
}

/* Numbers that lists brought are left out. */
STATUS row_number_draw(struct ctx *cx, str code, str pattern, unit_id office, str *ret)
{
    size_t digits;
    str prefix = prefix_of(cx, pattern, office, &digits), series = arena_printf(cx->arena, "%.*s %.*s", STR_ARG(code), STR_ARG(prefix));
    for (int i = 0; i < DRAWS_MAX; i++) {
        struct row_series_get_row last;
        struct sector_row_row row;
        bool found, taken;
        TRY(row_series_take(cx, SHARD, series, NULL));
        TRY(row_series_get(cx, SHARD, series, &last, &found));
        MUST(found);
        *ret = arena_printf(cx->arena, "%.*s%0*lld", STR_ARG(prefix), (int)digits, (long long)last.last);
        if (ret->len != prefix.len + digits)
            break; /* used up */
        TRY(sector_row_by_key(cx, SHARD, code, viet_fold(cx->arena, *ret), &row, &taken));
        if (!taken)
            return OK;
    }
    return FAIL_AT(ROW_EXISTS, code);
}

/* --- checking definitions ------------------------------------------------------------------------------------------------- */

struct checking {
    struct arena *arena;
    const struct row_check *check;
    struct defs_problems *problems;
};

static void problem(const struct checking *k, struct msg_kept reason, struct msg_kept remedy)
{
    defs_problem_add(k->arena, k->problems, &(struct defs_problem){ .file = k->check->file, .line = k->check->line, .column = 1 }, reason, remedy);
}

static bool is_key(const struct sector_register *r, int field)
{
    for (size_t i = 0; i < r->key_count; i++)
        if (r->key[i] == field)
            return true;
    return false;
}

/* "{province}A8######": holes and digits as the draw knows them. */
static bool pattern_ok(str pattern)
{
    size_t hash = str_find_char(pattern, '#'), digits = pattern.len - hash;
    for (size_t i = hash; i < pattern.len; i++)
        if (pattern.ptr[i] != '#')
            return false;
    return digits > 0 && digits <= PATTERN_DIGITS_MAX;
}

static void value_check(const struct checking *k, const struct sector_register *r, int field, str from)
{
    const struct sector_field *f = &r->fields[field];
    if (str_starts(from, STR("="))) {
        bool plain = str_find(from, STR(" + ")) == from.len && str_find(from, STR(" plus ")) == from.len;
        if (plain && f->type == SECTOR_CODE && !code_item_find(f->codes, str_from(from, 1)))
            problem(k, msg_defs_code_unknown(f->codes->key, str_from(from, 1)), msg_defs_fix_code_of_list());
    } else if (str_starts(from, STR("next."))) {
        if (r->key_subject || r->key_count != 1 || !is_key(r, field))
            problem(k, msg_defs_key_part(f->key), msg_defs_fix_key_whole());
        if (!pattern_ok(str_from(from, 5)))
            problem(k, msg_defs_pattern(str_from(from, 5)), msg_defs_fix_pattern());
    }
}

static bool is_given(const struct row_check *c, str key)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->values[i].to, key))
            return true;
    return false;
}

void row_check(const struct defs *d, struct arena *a, const struct row_check *c, struct defs_problems *problems)
{
    const struct checking k = { a, c, problems };
    const struct sector_register *r = defs_sector(d, c->code, c->on);
    if (!r) {
        problem(&k, msg_defs_register_unknown(c->code), msg_defs_fix_register_file());
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        int field = sector_field_find(r, c->values[i].to);
        if (field < 0)
            problem(&k, msg_defs_register_no_field(c->values[i].to), msg_defs_fix_own_field());
        else
            value_check(&k, r, field, c->values[i].from);
    }
    for (size_t i = 0; c->whole != ROW_NAMED && i < r->field_count; i++) {
        bool needed = is_key(r, (int)i) || (c->whole == ROW_WHOLE && r->fields[i].required);
        if (needed && !is_given(c, r->fields[i].key))
            problem(&k, msg_defs_register_needs(r->fields[i].key), msg_defs_fix_with());
    }
}
