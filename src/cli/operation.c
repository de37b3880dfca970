/* Every operation as a verb: "dancu person verify --number 0123… --birth 1990-02-01". Options come from the description
 * of the operation, the call passes the gate, the reply is printed as JSON. Refuses what the HTTP face refuses, by the
 * same code.
 * tested by: tests/scenario/run.py */
#include "cli/verbs.h"
#include "messages/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES_MAX = 96, LINE_CHARS_MAX = 100, FIELDS_MAX = 64, REPLY_BYTES_MAX = 64 << 20 };

struct operation_of_verb {
    struct verb verb; /* first: the command holds a pointer to it */
    const struct operation *op;
};

/* "person.look_up" is typed "person look-up". */
static void name_typed(const char *name, char separator, char out[static NAME_BYTES_MAX])
{
    size_t n = 0;
    for (; name[n] && n + 1 < NAME_BYTES_MAX; n++)
        out[n] = name[n] == '.' ? separator : name[n] == '_' ? '-' : name[n];
    out[n] = 0;
}

static int words_fit(const char *name, int argc, char **argv)
{
    str rest = str_of(name), word;
    int n = 0;
    while (str_cut(&rest, ' ', &word)) {
        if (n >= argc || !str_eq(word, str_of(argv[n])))
            return 0;
        n++;
    }
    return n;
}

static status operation_run(struct command *c);

static const struct verb *verb_of(struct command *c, const struct operation *op, const char *name)
{
    struct operation_of_verb *v = ARENA_NEW(c->arena, struct operation_of_verb);
    struct option *o = ARENA_ARRAY(c->arena, struct option, op->takes->field_count + 3);
    for (size_t i = 0; i < op->takes->field_count; i++) {
        char typed[NAME_BYTES_MAX];
        name_typed(op->takes->fields[i].name, '-', typed);
        o[i] = (struct option){ arena_z(c->arena, str_of(typed)), op->takes->fields[i].type == OP_BYTES ? "FILE" : "VALUE", NULL };
    }
    o[op->takes->field_count] = (struct option){ "json", "FILE", msg_cli_option_json };
    o[op->takes->field_count + 1] = (struct option){ "out", "FILE", msg_cli_option_out };
    v->verb = (struct verb){ .name = arena_z(c->arena, str_of(name)), .arguments = "", .options = o, .run = operation_run };
    v->op = op;
    return &v->verb;
}

const struct verb *operation_verb(struct command *c, int argc, char **argv, int *ret_words)
{
    for (size_t m = 0; m < c->module_count; m++)
        for (size_t i = 0; i < c->modules[m]->operation_count; i++) {
            char name[NAME_BYTES_MAX];
            name_typed(c->modules[m]->operations[i].name, ' ', name);
            *ret_words = words_fit(name, argc, argv);
            if (*ret_words)
                return verb_of(c, &c->modules[m]->operations[i], name);
        }
    *ret_words = 0;
    return NULL;
}

static const struct operation *operation_nth(const struct command *c, size_t n)
{
    for (size_t m = 0; m < c->module_count; n -= c->modules[m]->operation_count, m++)
        if (n < c->modules[m]->operation_count)
            return &c->modules[m]->operations[n];
    return NULL;
}

static str group_of(const struct operation *op)
{
    str rest = str_of(op->name), group = { 0 };
    (void)str_cut(&rest, '.', &group);
    return group;
}

bool operation_list(const struct command *c, str group)
{
    const struct operation *op;
    bool any = false;
    for (size_t n = 0; (op = operation_nth(c, n)); n++) {
        char name[NAME_BYTES_MAX];
        if (!str_eq(group_of(op), group))
            continue;
        name_typed(op->name, ' ', name);
        printf("  %-24s %s\n", name, c->lang == LANG_EN ? op->says_en : op->says_vi);
        any = true;
    }
    return any;
}

static bool group_is_first(const struct command *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(group_of(operation_nth(c, i)), group_of(operation_nth(c, n))))
            return false;
    return true;
}

void operation_groups(const struct command *c)
{
    const struct operation *op, *other;
    for (size_t n = 0; (op = operation_nth(c, n)); n++) {
        str group = group_of(op);
        if (!group_is_first(c, n))
            continue;
        int column = printf("  %-12.*s", STR_ARG(group));
        for (size_t i = n; (other = operation_nth(c, i)); i++) {
            char name[NAME_BYTES_MAX];
            if (!str_eq(group_of(other), group))
                continue;
            name_typed(other->name + group.len + 1, ' ', name);
            if (column + (int)strlen(name) >= LINE_CHARS_MAX)
                column = printf("\n%14s", "");
            column += printf(" %s", name);
        }
        putchar('\n');
    }
}

static const char *type_word(const struct op_field *f)
{
    static const char *const words[] = { "true|false", "N", "TEXT", "PERSON-NUMBER", "YYYY[-MM[-DD]]", "TIME", "UNIT", "male|female|other",
                                         "FIELD,FIELD", "WORD", "JSON", "A,B,C", "FILE" };
    return words[f->type];
}

/* What its description says of it, else what it is called. */
static str field_says(const struct command *c, const struct op_field *f)
{
    const char *says = c->lang == LANG_EN ? f->says_en : f->says_vi;
    str label = { 0 };
    (void)msg_find(arena_printf(c->arena, "field_%s", f->name), c->lang, &label);
    return says ? str_of(says) : label;
}

static void field_help(const struct command *c, const struct op_field *f)
{
    char typed[NAME_BYTES_MAX];
    str says = field_says(c, f);
    name_typed(f->name, '-', typed);
    printf(f->optional ? "  [--%s %s]\n" : "  --%s %s\n", typed, type_word(f));
    if (says.len)
        printf("      %.*s\n", STR_ARG(says));
    for (int w = 0; f->words && f->words[w]; w++)
        printf("%s%s%s", w ? " | " : "      ", f->words[w], f->words[w + 1] ? "" : "\n");
}

void operation_help(const struct command *c)
{
    if (c->verb->run != operation_run)
        return;
    const struct operation *op = ((const struct operation_of_verb *)(const void *)c->verb)->op;
    printf("%s\n", c->lang == LANG_EN ? op->says_en : op->says_vi);
    if (op->law)
        printf("[%s]\n", op->law);
    for (size_t i = 0; i < op->takes->field_count; i++)
        field_help(c, &op->takes->fields[i]);
}

/* --- running ----------------------------------------------------------------------------------------------------- */

struct call {
    const struct operation *op;
    const void *in;
    void *out;
};

static status call_run(struct ctx *cx, void *arg)
{
    const struct call *call = arg;
    return gate_call(cx, call->op, call->in, call->out);
}

STATUS operation_call(struct ctx *cx, const struct operation *op, const void *in, void *out)
{
    struct call call = { op, in, out };
    struct work w = { .run = call_run, .arg = &call, .writes = op->writes, .cx = *cx };
    return lanes_call(cx->app->lanes, &w);
}

static STATUS file_read(struct arena *a, str path, size_t bytes_max, str *ret)
{
    FILE *f = str_eq(path, STR("-")) ? stdin : fopen(arena_z(a, path), "rbe");
    if (!f) {
        int why = errno;
        status bad = FAIL_WITH(IO, STR("file"), path);
        fault_detail("%s", strerror(why));
        return bad;
    }
    struct buf b;
    buf_init(&b, bytes_max);
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_bytes(&b, chunk, n);
    if (f != stdin)
        fclose(f);
    bool full = b.full;
    if (!full)
        *ret = arena_str(a, buf_str(&b));
    buf_done(&b);
    return full ? FAIL_AT(FILE_TOO_LARGE, STR("file")) : OK;
}

static STATUS option_read(struct command *c, struct ctx *cx, const struct operation *op, void *in, size_t i, bool *given)
{
    const struct op_field *f = &op->takes->fields[i];
    char typed[NAME_BYTES_MAX];
    name_typed(f->name, '-', typed);
    if (!command_has(c, typed))
        return OK;
    given[i] = true;
    str text = command_text(c, typed, (str){ 0 });
    if (f->type == OP_BYTES)
        return file_read(c->arena, text, op->body_bytes_max, (str *)(void *)((char *)in + f->offset));
    return shape_read_member(cx, op->takes, str_of(f->name), text, in);
}

static STATUS input_read(struct command *c, struct ctx *cx, const struct operation *op, void *in)
{
    const struct op_shape *takes = op->takes;
    if (command_has(c, "json")) {
        str text;
        TRY(file_read(c->arena, command_text(c, "json", (str){ 0 }), op->body_bytes_max, &text));
        return shape_read_json(cx, takes, text, in);
    }
    bool given[FIELDS_MAX] = { false };
    MUST(takes->field_count <= FIELDS_MAX);
    for (size_t i = 0; i < takes->field_count; i++)
        TRY(option_read(c, cx, op, in, i, given));
    return shape_check_complete(takes, given);
}

static STATUS reply_print(struct command *c, const struct ctx *cx, const struct operation *op, const void *out)
{
    struct buf b;
    buf_init(&b, REPLY_BYTES_MAX);
    const struct op_shape *gives = op->gives;
    if (op->produces) {
        for (size_t i = 0; i < gives->field_count; i++)
            if (gives->fields[i].type == OP_BYTES)
                buf_add(&b, *(const str *)(const void *)((const char *)out + gives->fields[i].offset));
    } else {
        shape_write_json(cx, gives, out, &b);
        buf_char(&b, '\n');
    }
    status st = buf_check(&b);
    str path = command_text(c, "out", (str){ 0 });
    FILE *f = str_is_empty(path) ? stdout : fopen(arena_z(c->arena, path), "wbe");
    if (!f)
        st = FAIL_WITH(IO, STR("out"), path);
    else if (status_ok(st) && fwrite(b.ptr, 1, b.len, f) != b.len)
        st = FAIL_WITH(IO, STR("out"), path);
    if (f && f != stdout && fclose(f) != 0 && status_ok(st))
        st = FAIL_WITH(IO, STR("out"), path);
    buf_done(&b);
    return st;
}

static status operation_run(struct command *c)
{
    const struct operation *op = ((const struct operation_of_verb *)(const void *)c->verb)->op;
    DEFER(command_app_done) struct app *app = NULL;
    TRY(command_app(c, &app));
    struct ctx cx;
    TRY(command_ctx(c, app, &cx));
    void *in = arena_alloc(c->arena, op->takes->bytes), *out = arena_alloc(c->arena, op->gives->bytes);
    TRY(input_read(c, &cx, op, in));
    TRY(operation_call(&cx, op, in, out));
    return reply_print(c, &cx, op, out);
}
