/* A module made for the tests of the gate: operations that disclose, change, fail and echo every type. It has no schema:
 * it writes through the ledger alone. */
#pragma once
#include "gate/gate.h"

struct probe_show_in {
    int64_t number;
    bool has_name;
    str name;
    bool has_birth;
    day birth;
    uint64_t fields;
};
struct probe_item {
    int64_t at;
    int32_t kind;
};
struct probe_show_out {
    bool holds;
    str name;
    struct probe_item *items;
    size_t items_count;
};
extern const struct module probe_module;
extern const struct operation probe_operations[];
extern const struct op_shape probe_show_in_shape, probe_show_out_shape;
enum { PROBE_SHOW, PROBE_CHANGE, PROBE_FAIL, PROBE_PUBLIC, PROBE_COUNT };
enum { PROBE_PERSON = 7, PROBE_UNKNOWN_NUMBER = 1190000001 };
