/* Reads YAML through libfyaml and keeps the place of each node, so that an error in a definition names file, line, column,
 * reason and remedy. Refuses duplicate keys, deep nesting, aliases (a definition must be readable where it stands) and
 * unknown keys.
 * tested by: src/defs/defs_test.c */
#include "defs/yaml.h"

#include <libfyaml.h>
#include <stdio.h>
#include <string.h>

#include "messages/messages.h"

enum { DEPTH_MAX = 16, PROBLEMS_MAX = 200, TEXT_MAX = 4 << 20 };

void defs_problem_add(struct arena *arena, struct defs_problems *p, const struct defs_problem *at, struct msg_kept reason,
                      struct msg_kept remedy)
{
    if (p->count == PROBLEMS_MAX)
        return;
    if (p->count % 16 == 0) {
        struct defs_problem *list = ARENA_ARRAY(arena, struct defs_problem, p->count + 16);
        if (p->count > 0)
            memcpy(list, p->list, p->count * sizeof *list);
        p->list = list;
    }
    p->list[p->count++] = (struct defs_problem){ arena_str(arena, at->file), at->line, at->column, msg_say(arena, p->lang, &reason),
                                                 msg_say(arena, p->lang, &remedy) };
}

void yaml_problem(struct yaml_file *f, const struct yaml_node *at, struct msg_kept reason, struct msg_kept remedy)
{
    struct defs_problem where = { .file = f->name, .line = at ? at->line : 1, .column = at ? at->column : 1 };
    defs_problem_add(f->problem_arena, f->problems, &where, reason, remedy);
}

/* Of a map or list: the place of the first scalar in it, which is what the reader of the file sees. */
static void node_place(struct fy_node *n, int *line, int *column)
{
    for (int depth = 0; n && depth < DEPTH_MAX; depth++) {
        if (fy_node_get_type(n) == FYNT_SCALAR) {
            const struct fy_mark *mark = fy_token_start_mark(fy_node_get_scalar_token(n));
            if (mark) {
                *line = mark->line + 1;
                *column = mark->column + 1;
            }
            return;
        }
        void *at = NULL;
        if (fy_node_get_type(n) == FYNT_SEQUENCE) {
            n = fy_node_sequence_iterate(n, &at);
        } else {
            struct fy_node_pair *pair = fy_node_mapping_iterate(n, &at);
            n = pair ? fy_node_pair_key(pair) : NULL;
        }
    }
}

/* `near`: whose place a value gets that has none of its own, such as {}. */
static struct yaml_node *node_copy(struct yaml_file *f, struct fy_node *n, const struct yaml_node *near, int depth);

static void map_copy(struct yaml_file *f, struct yaml_node *out, struct fy_node *n, int depth)
{
    int count = fy_node_mapping_item_count(n);
    out->pairs = ARENA_ARRAY(f->arena, struct yaml_pair, count > 0 ? (size_t)count : 1);
    void *at = NULL;
    struct fy_node_pair *pair;
    while ((pair = fy_node_mapping_iterate(n, &at))) {
        struct yaml_node *key = node_copy(f, fy_node_pair_key(pair), out, depth + 1);
        struct yaml_node *value = key ? node_copy(f, fy_node_pair_value(pair), key, depth + 1) : NULL;
        if (!value)
            return;
        if (key->kind != YAML_SCALAR) {
            yaml_problem(f, key, msg_defs_key_no_word(), msg_defs_fix_word());
            continue;
        }
        out->pairs[out->count++] = (struct yaml_pair){ key->text, key->line, key->column, value, false };
    }
}

static struct yaml_node *node_copy(struct yaml_file *f, struct fy_node *n, const struct yaml_node *near, int depth)
{
    struct yaml_node *out = ARENA_NEW(f->arena, struct yaml_node);
    out->line = near->line;
    out->column = near->column;
    if (!n) {
        yaml_problem(f, out, msg_defs_value_empty(), msg_defs_fix_value());
        return NULL;
    }
    node_place(n, &out->line, &out->column);
    if (depth > DEPTH_MAX) {
        yaml_problem(f, out, msg_defs_nested(DEPTH_MAX), msg_defs_fix_nest_less());
        return NULL;
    }
    if (fy_node_is_alias(n)) {
        yaml_problem(f, out, msg_defs_alias(), msg_defs_fix_value_itself());
        return NULL;
    }
    if (fy_node_get_type(n) == FYNT_SCALAR) {
        size_t len = 0;
        const char *text = fy_node_get_scalar(n, &len);
        out->text = arena_str(f->arena, (str){ text, len });
    } else if (fy_node_get_type(n) == FYNT_MAPPING) {
        out->kind = YAML_MAP;
        map_copy(f, out, n, depth);
    } else {
        out->kind = YAML_LIST;
        int count = fy_node_sequence_item_count(n);
        out->items = ARENA_ARRAY(f->arena, struct yaml_node *, count > 0 ? (size_t)count : 1);
        void *at = NULL;
        struct fy_node *item;
        while ((item = fy_node_sequence_iterate(n, &at))) {
            struct yaml_node *copy = node_copy(f, item, out, depth + 1);
            if (copy)
                out->items[out->count++] = copy;
        }
    }
    return out;
}

/* The parser speaks English alone: what it says is told by its words. The first that fits. */
static void parser_problem(struct yaml_file *f, const struct yaml_node *at, str said)
{
    static const struct {
        const char *word;
        struct msg_kept (*reason)(void), (*remedy)(void);
    } kinds[] = {
        { "duplicate key", msg_defs_key_twice, msg_defs_fix_remove_one },
        { "tab", msg_defs_tab, msg_defs_fix_tab },
        { "indent", msg_defs_indent, msg_defs_fix_indent },
        { "indendation", msg_defs_indent, msg_defs_fix_indent },
        { "same line", msg_defs_same_line, msg_defs_fix_same_line },
        { "flow", msg_defs_bracket, msg_defs_fix_bracket },
        { "comma", msg_defs_bracket, msg_defs_fix_bracket },
        { "quote", msg_defs_quote, msg_defs_fix_quote },
        { "escape", msg_defs_quote, msg_defs_fix_quote },
        { "alias", msg_defs_alias, msg_defs_fix_value_itself },
        { "anchor", msg_defs_alias, msg_defs_fix_value_itself },
        { "':'", msg_defs_colon, msg_defs_fix_colon },
        { "multiline", msg_defs_colon, msg_defs_fix_colon },
        { "", msg_defs_no_yaml, msg_defs_fix_yaml },
    };
    size_t k = 0;
    while (str_find(said, str_of(kinds[k].word)) == said.len && kinds[k].word[0])
        k++;
    yaml_problem(f, at, kinds[k].reason(), kinds[k].remedy());
}

static void parser_problems(struct yaml_file *f, struct fy_diag *diag)
{
    void *at = NULL;
    struct fy_diag_error *e = fy_diag_errors_iterate(diag, &at);
    if (!e)
        yaml_problem(f, NULL, msg_defs_no_content(), msg_defs_fix_yaml());
    else
        parser_problem(f, &(struct yaml_node){ .line = e->line > 0 ? e->line : 1, .column = e->column > 0 ? e->column : 1 }, str_of(e->msg));
}

void yaml_read(struct yaml_file *f, str text)
{
    f->root = NULL;
    if (text.len > TEXT_MAX || !text_is_utf8(text)) {
        yaml_problem(f, NULL, msg_defs_file_unreadable(), msg_defs_fix_file());
        return;
    }
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_config);
    MUST(diag);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = { .flags = FYPCF_QUIET, .diag = diag };
    struct fy_document *doc = fy_document_build_from_string(&config, text.ptr, text.len);
    if (doc && fy_document_root(doc))
        f->root = node_copy(f, fy_document_root(doc), &(struct yaml_node){ .line = 1, .column = 1 }, 0);
    else
        parser_problems(f, diag);
    fy_document_destroy(doc);
    fy_diag_destroy(diag);
}

struct yaml_node *yaml_get(struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (str_eq(map->pairs[i].key, str_of(key))) {
            map->pairs[i].read = true;
            return map->pairs[i].value;
        }
    return NULL;
}

struct yaml_node *yaml_need(struct yaml_file *f, struct yaml_node *map, const char *key)
{
    struct yaml_node *got = yaml_get(map, key);
    if (!got && map)
        yaml_problem(f, map, msg_defs_missing(str_of(key)), msg_defs_fix_add());
    return got;
}

size_t yaml_list(struct yaml_file *f, struct yaml_node *map, const char *key, struct yaml_node ***ret)
{
    struct yaml_node *list = yaml_get(map, key);
    if (list && list->kind != YAML_LIST)
        yaml_problem(f, list, msg_defs_no_list(str_of(key)), msg_defs_fix_list());
    if (!list || list->kind != YAML_LIST)
        return 0;
    *ret = list->items;
    return list->count;
}

bool yaml_is_name(str text, size_t most, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || str_find_char(str_of(also), c) < strlen(also)))
            return false;
    }
    return text.len > 0 && text.len <= most;
}

bool yaml_str(struct yaml_file *f, struct yaml_node *node, str *ret)
{
    if (!node)
        return false;
    if (node->kind != YAML_SCALAR || node->text.len == 0) {
        yaml_problem(f, node, msg_defs_no_text(), msg_defs_fix_text());
        return false;
    }
    if (!status_ok(text_check(STR(""), node->text, 2000))) {
        yaml_problem(f, node, msg_defs_text_unusable(), msg_defs_fix_text_clean());
        return false;
    }
    *ret = node->text;
    return true;
}

bool yaml_i64(struct yaml_file *f, struct yaml_node *node, int64_t min, int64_t max, int64_t *ret)
{
    str text = { 0 };
    int64_t value = 0;
    if (!yaml_str(f, node, &text))
        return false;
    if (!str_i64(text, &value) || value < min || value > max) {
        yaml_problem(f, node, msg_defs_number_bounds(text, arena_printf(f->problem_arena, "%lld", (long long)min), arena_printf(f->problem_arena, "%lld", (long long)max)), msg_defs_fix_number());
        return false;
    }
    *ret = value;
    return true;
}

bool yaml_day(struct yaml_file *f, struct yaml_node *node, day *ret)
{
    str text = { 0 };
    if (!yaml_str(f, node, &text))
        return false;
    if (!status_ok(day_parse(text, ret)) || day_precision(*ret) != DAY_FULL) {
        yaml_problem(f, node, msg_defs_no_day(text), msg_defs_fix_day());
        *ret = (day){ 0 };
        return false;
    }
    return true;
}

bool yaml_flag(struct yaml_file *f, struct yaml_node *node, bool *ret)
{
    static const char *const words[] = { "false", "true", NULL };
    int word = node ? yaml_word(f, node, words) : -1;
    if (word >= 0)
        *ret = word == 1;
    return word >= 0;
}

bool yaml_minute(struct yaml_file *f, struct yaml_node *node, int *ret)
{
    str text = { 0 };
    int64_t hour = 0, minute = 0;
    if (!yaml_str(f, node, &text))
        return false;
    if (text.len != 5 || text.ptr[2] != ':' || !str_i64(str_slice(text, 0, 2), &hour) ||
        !str_i64(str_from(text, 3), &minute) || hour < 0 || hour > 24 || minute < 0 || minute > 59 ||
        hour * 60 + minute > 1440) {
        yaml_problem(f, node, msg_defs_no_time(text), msg_defs_fix_time());
        return false;
    }
    *ret = (int)(hour * 60 + minute);
    return true;
}

bool yaml_texts(struct yaml_file *f, struct yaml_node *map, const char *key, str *ret_vi, str *ret_en)
{
    struct yaml_node *both = yaml_need(f, map, key);
    if (!both)
        return false;
    bool vi = yaml_str(f, yaml_need(f, both, "vi"), ret_vi);
    bool en = yaml_str(f, yaml_need(f, both, "en"), ret_en);
    if (both->kind != YAML_MAP)
        yaml_problem(f, both, msg_defs_languages(str_of(key)), msg_defs_fix_languages());
    yaml_end(f, both);
    return vi && en;
}

int yaml_word(struct yaml_file *f, struct yaml_node *node, const char *const *words)
{
    str text = { 0 };
    char list[200] = "";
    size_t len = 0;
    if (!yaml_str(f, node, &text))
        return -1;
    for (int i = 0; words[i]; i++) {
        if (str_eq(text, str_of(words[i])))
            return i;
        int wrote = snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "", words[i]);
        len = wrote > 0 && len + (size_t)wrote < sizeof list ? len + (size_t)wrote : len;
    }
    yaml_problem(f, node, msg_defs_word_unknown(text, str_of(list)), msg_defs_fix_word_listed());
    return -1;
}

void yaml_end(struct yaml_file *f, struct yaml_node *map)
{
    if (!map || map->kind != YAML_MAP)
        return;
    for (size_t i = 0; i < map->count; i++)
        if (!map->pairs[i].read) {
            struct yaml_node at = { .line = map->pairs[i].line, .column = map->pairs[i].column };
            yaml_problem(f, &at, msg_defs_key_unknown(map->pairs[i].key), msg_defs_fix_spelling());
        }
}
