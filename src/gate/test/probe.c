/* The module of the gate's tests; see probe.h. */
#include "gate/test/probe.h"

#include <stddef.h>
#include <string.h>

static const char *const kinds[] = { "birth", "death", NULL };
static const struct op_field in_fields[] = {
    { .name = "number", .type = OP_NUMBER, .offset = offsetof(struct probe_show_in, number) },
    { .name = "name", .type = OP_TEXT, .max = 20, .optional = true, .offset = offsetof(struct probe_show_in, name), .has_offset = offsetof(struct probe_show_in, has_name) },
    { .name = "birth", .type = OP_DAY, .optional = true, .offset = offsetof(struct probe_show_in, birth), .has_offset = offsetof(struct probe_show_in, has_birth) },
    { .name = "fields", .type = OP_FIELDS, .offset = offsetof(struct probe_show_in, fields) },
};
const struct op_shape probe_show_in_shape = { "probe_show_in", sizeof(struct probe_show_in), in_fields, 4 };
static const struct op_field item_fields[] = {
    { .name = "at", .type = OP_TIME, .offset = offsetof(struct probe_item, at) },
    { .name = "kind", .type = OP_ENUM, .words = kinds, .offset = offsetof(struct probe_item, kind) },
};
static const struct op_shape item_shape = { "probe_item", sizeof(struct probe_item), item_fields, 2 };
static const struct op_field out_fields[] = {
    { .name = "holds", .type = OP_BOOL, .offset = offsetof(struct probe_show_out, holds) },
    { .name = "name", .type = OP_TEXT, .max = 20, .offset = offsetof(struct probe_show_out, name) },
    { .name = "items", .type = OP_LIST, .item = OP_SHAPE, .shape = &item_shape, .max = 9, .offset = offsetof(struct probe_show_out, items), .count_offset = offsetof(struct probe_show_out, items_count) },
};
const struct op_shape probe_show_out_shape = { "probe_show_out", sizeof(struct probe_show_out), out_fields, 3 };

static status show(struct ctx *cx, const void *in, void *ret_out)
{
    const struct probe_show_in *i = in;
    struct probe_show_out *o = ret_out;
    person_id person = i->number == PROBE_UNKNOWN_NUMBER ? PERSON_NONE : (person_id){ PROBE_PERSON };
    TRY(disclosure_note(cx, (struct subject){ person, UNIT_NONE }, i->fields));
    *o = (struct probe_show_out){ .holds = true, .name = i->name, .items = ARENA_NEW(cx->arena, struct probe_item), .items_count = 1 };
    o->items[0] = (struct probe_item){ .at = cx->now_us, .kind = 1 };
    return OK;
}

static status change(struct ctx *cx, const void *in, void *ret_out)
{
    struct probe_show_out *o = ret_out;
    TRY(change_note(cx, (struct subject){ { PROBE_PERSON }, UNIT_NONE }, ((const struct probe_show_in *)in)->fields));
    o->holds = true;
    return OK;
}

static status fail(struct ctx *cx, const void *in, void *ret_out)
{
    TRY(change_note(cx, (struct subject){ { PROBE_PERSON }, UNIT_NONE }, 1));
    (void)in;
    (void)ret_out;
    return FAIL_AT(EVENT_ORDER, STR("number"));
}

#define PROBE(name_, path_, may_, ground_, writes_, run_)                                                              \
    { .name = name_, .method = "POST", .path = path_, .says_vi = "thử", .says_en = "probe", .may = may_,               \
      .ground = ground_, .writes = writes_, .reads = 0xff, .body_bytes_max = 4096, .takes = &probe_show_in_shape,      \
      .gives = &probe_show_out_shape, .run = run_ }

const struct operation probe_operations[] = {
    [PROBE_SHOW] = PROBE("person.verify", "/api/v1/probe/show", ROLE_OFFICER | ROLE_SYSTEM, GROUND_REQUIRED, false, show),
    [PROBE_CHANGE] = PROBE("probe.change", "/api/v1/probe/change", ROLE_OFFICER, GROUND_NONE, true, change),
    [PROBE_FAIL] = PROBE("probe.fail", "/api/v1/probe/fail", ROLE_OFFICER, GROUND_NONE, true, fail),
    [PROBE_PUBLIC] = PROBE("probe.public", "/api/v1/probe/public", ROLE_PUBLIC, GROUND_NONE, false, show),
};
const struct module probe_module = { .name = "probe", .operations = probe_operations, .operation_count = PROBE_COUNT };
