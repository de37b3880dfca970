/* Reads roles.yaml and holds it against the files that it speaks of, so that a misspelt head or role is found before an
 * hour of work and is told with its line. An unknown key is refused like any other mistake: what is ignored in silence
 * would be taken for done.
 * tested by: src/refine/link/test/roles_test.c */
#include "refine/link/roles.h"

#include "base/csv.h"
#include "defs/yaml.h"
#include "messages/messages.h"

#include <string.h>

static const struct {
    const char *word;
    enum link_kind kind;
} role_rows[LINK_ROLE_COUNT] = {
#define X(name, word_, kind_) [LINK_##name] = { word_, kind_ },
    LINK_ROLES(X)
#undef X
};

const char *link_role_word(enum link_role role) { return role_rows[role].word; }
enum link_kind link_role_kind(enum link_role role) { return role_rows[role].kind; }

bool link_role_by_word(str word, enum link_role *ret)
{
    for (int i = 0; i < LINK_ROLE_COUNT; i++)
        if (str_eq(word, str_of(role_rows[i].word))) {
            *ret = (enum link_role)i;
            return true;
        }
    return false;
}

/* --- heads -------------------------------------------------------------------------------------------------------------- */

static STATUS heads_check(const struct roles_heads *h)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->names[i].len)
            return OK;
    return FAIL_AT(FILE_EMPTY, h->file);
}

STATUS roles_heads_read(struct arena *a, str file, str csv, struct roles_heads *ret)
{
    DEFER(csv_done) struct csv scan = { 0 };
    str cells[ROLES_COLUMNS_MAX];
    size_t count = 0;
    bool more = false;

    *ret = (struct roles_heads){ .file = file };
    if (!csv.len)
        return FAIL_AT(FILE_EMPTY, file);
    csv_start(&scan, csv, 0);
    TRY(csv_next(&scan, cells, ROLES_COLUMNS_MAX, &count, &more));
    if (!more || (count == 1 && !str_trim(cells[0]).len))
        return FAIL_AT(FILE_EMPTY, file);
    ret->names = ARENA_ARRAY(a, str, count);
    ret->count = count;
    for (size_t i = 0; i < count; i++) {
        if (!text_is_utf8(cells[i]))
            return FAIL_AT(ENCODING_UNKNOWN, file);
        ret->names[i] = arena_str(a, text_cut(str_trim(cells[i]), ROLES_HEAD_BYTES_MAX));
    }
    return heads_check(ret);
}

/* How many columns are called so. */
static size_t heads_have(const struct roles_heads *h, str head)
{
    size_t n = 0;

    for (size_t i = 0; i < h->count; i++)
        n += str_eq(h->names[i], head);
    return n;
}

/* --- roles.yaml --------------------------------------------------------------------------------------------------------- */

static STATUS file_bad(str file, const struct defs_problem *p)
{
    status st = FAIL_WITH(ROLES_FILE, file, p->reason);

    fault_place(p->line, p->column);
    return st;
}

static STATUS line_read(const struct yaml_pair *pair, str file, struct roles_column *ret)
{
    str word = pair->value->kind == YAML_SCALAR ? pair->value->text : (str){ 0 };

    *ret = (struct roles_column){ .head = text_cut(str_trim(pair->key), ROLES_HEAD_BYTES_MAX), .line = pair->line, .column = pair->column };
    if (link_role_by_word(word, &ret->role))
        return OK;
    status st = FAIL_WITH(ROLE_UNKNOWN, file, word.len ? word : pair->key);
    fault_place(pair->value->line, pair->value->column);
    return st;
}

STATUS roles_read(struct arena *a, enum lang lang, str file, str text, struct roles *ret)
{
    struct defs_problems problems = { .lang = lang };
    struct yaml_file f = { .arena = a, .problem_arena = a, .name = file, .problems = &problems };

    *ret = (struct roles){ .file = file };
    yaml_read(&f, text);
    struct yaml_node *columns = yaml_need(&f, f.root, "columns");
    if (f.root && f.root->kind == YAML_MAP)
        yaml_end(&f, f.root);
    else if (f.root)
        yaml_problem(&f, f.root, msg_defs_missing(STR("columns")), msg_defs_fix_add());
    if (columns && (columns->kind != YAML_MAP || !columns->count))
        yaml_problem(&f, columns, msg_defs_columns_none(), msg_defs_fix_add());
    if (problems.count)
        return file_bad(file, &problems.list[0]);
    MUST(columns);
    if (columns->count > ROLES_COLUMNS_MAX)
        return FAIL_WITH(ROLES_FILE, file, STR("columns"));
    ret->columns = ARENA_ARRAY(a, struct roles_column, columns->count);
    for (size_t i = 0; i < columns->count; i++)
        TRY(line_read(&columns->pairs[i], file, &ret->columns[ret->count++]));
    return OK;
}

static STATUS line_bad(status st, const struct roles_column *c)
{
    if (c->line)
        fault_place(c->line, c->column);
    return st;
}

/* How many columns of one file have each role. */
static void roles_count(const struct roles *r, const struct roles_heads *h, int counts[LINK_ROLE_COUNT])
{
    memset(counts, 0, LINK_ROLE_COUNT * sizeof *counts);
    for (size_t i = 0; i < r->count; i++)
        if (heads_have(h, r->columns[i].head))
            counts[r->columns[i].role]++;
}

static STATUS line_check(const struct roles *r, size_t at, const struct roles_heads *heads, int sides)
{
    const struct roles_column *c = &r->columns[at];
    bool anywhere = false;

    for (int s = 0; s < sides; s++) {
        size_t here = heads_have(&heads[s], c->head);
        anywhere |= here > 0;
        if (here > 1 && c->role != LINK_IGNORE)
            return line_bad(FAIL_WITH(ROLES_HEADS, heads[s].file, c->head), c);
        for (size_t k = 0; here && c->role == LINK_ID && k < at; k++)
            if (r->columns[k].role == LINK_ID && heads_have(&heads[s], r->columns[k].head))
                return line_bad(FAIL_WITH(ROLE_DOUBLE, r->file, c->head), c);
    }
    return anywhere ? OK : line_bad(FAIL_WITH(ROLE_COLUMN, r->file.len ? r->file : heads[0].file, c->head), c);
}

STATUS roles_check(const struct roles *r, const struct roles_heads *heads, int sides)
{
    int left[LINK_ROLE_COUNT], right[LINK_ROLE_COUNT], comparable = 0, fields = 0;

    for (size_t i = 0; i < r->count; i++)
        TRY(line_check(r, i, heads, sides));
    roles_count(r, &heads[0], left);
    roles_count(r, &heads[sides - 1], right);
    for (int i = 0; i < LINK_ROLE_COUNT; i++) {
        if (role_rows[i].kind == LINK_KIND_NONE)
            continue;
        fields += left[i] > right[i] ? left[i] : right[i];
        comparable += left[i] && right[i];
    }
    if (!comparable)
        return FAIL_AT(ROLES_NONE, r->file.len ? r->file : heads[0].file);
    return fields <= LINK_FIELDS_MAX ? OK : FAIL_AT(ROLES_MANY, r->file.len ? r->file : heads[0].file);
}

/* In double quotes a head may hold anything (YAML 1.2 section 7.3.1); JSON strings are such. */
void roles_write(const struct roles *r, struct buf *out)
{
    buf_add(out, STR("columns:\n"));
    for (size_t i = 0; i < r->count; i++) {
        buf_add(out, STR("  "));
        buf_json(out, r->columns[i].head);
        buf_printf(out, ": %s\n", link_role_word(r->columns[i].role));
    }
}
