/* Files of definitions: whatever the bytes, either a tree whose places lie within the text, or problems that name one. */
#include "defs/yaml.h"
#include "fuzz/fuzz.h"

static void walk(struct yaml_file *f, struct yaml_node *n, int lines)
{
    MUST(n->line >= 1 && n->line <= lines && n->column >= 1);
    str text;
    int64_t number;
    day d;
    int minute;
    (void)yaml_str(f, n, &text);
    (void)yaml_i64(f, n, -5, 5, &number);
    (void)yaml_day(f, n, &d);
    (void)yaml_minute(f, n, &minute);
    for (size_t i = 0; i < n->count; i++)
        walk(f, n->kind == YAML_MAP ? n->pairs[i].value : n->items[i], lines);
    yaml_end(f, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct defs_problems problems = { 0 };
    int lines = 2;
    if (size > 4096)
        return 0;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r' || data[i] >= 0x80; /* YAML 1.1 has more line ends */
    struct arena *a = arena_new(64 << 20);
    struct yaml_file f = { a, a, STR("fuzz.yaml"), &problems, NULL };
    yaml_read(&f, (str){ (const char *)data, size });
    MUST(f.root || problems.count > 0);
    if (f.root)
        walk(&f, f.root, lines);
    for (size_t i = 0; i < problems.count; i++)
        MUST(problems.list[i].line >= 1 && problems.list[i].reason.len > 0 && problems.list[i].remedy.len > 0);
    arena_free(a);
    return 0;
}
