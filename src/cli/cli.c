/* From argv to a verb: the longest name that fits, its options, help, and errors as a user reads them. An unknown option
 * is refused with the ones that exist; nothing is guessed.
 * tested by: tests/scenario/run.py */
#include "cli/debug.h"
#include "cli/verbs.h"
#include "messages/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERB_WORDS_MAX = 3, ARENA_BYTES_MAX = 1 << 30, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const struct verb *const tables[] = { verbs_serve, verbs_load, verbs_synth, verbs_import, verbs_run, verbs_clean, verbs_link, verbs_index, verbs_ledger,
                                             verbs_document, verbs_debug };

static const struct option common_options[] = {
    { "lang", "vi|en", msg_cli_option_lang },
    { "help", NULL, msg_cli_option_help },
    { NULL, NULL, NULL },
};
static const struct option store_options[] = {
    { "data", "DIR", msg_cli_option_data },
    { "store", "URL", msg_cli_option_store },
    { "as", "LOGIN", msg_cli_option_as },
    { "purpose", "KIND/REF", msg_cli_option_purpose },
    { "command-id", "ID", msg_cli_option_command_id },
    { "debug", NULL, msg_cli_option_debug },
    { "clock", "TIME", msg_cli_option_clock },
    { "seed", "N", msg_cli_option_seed },
    { NULL, NULL, NULL },
};

static enum lang lang_of_environment(void)
{
    const char *names[] = { "DANCU_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return strncmp(v, "en", 2) == 0 ? LANG_EN : LANG_VI;
    }
    return LANG_VI;
}

/* How many words of argv the verb's name takes; 0 if it does not fit. */
static int verb_fits(const struct verb *v, int argc, char **argv)
{
    str name = str_of(v->name), word;
    int n = 0;
    while (str_cut(&name, ' ', &word)) {
        if (n >= argc || !str_eq(word, str_of(argv[n])))
            return 0;
        n++;
    }
    return n;
}

static const struct verb *verb_find(struct command *c, int argc, char **argv, int *ret_words)
{
    const struct verb *best = NULL;
    *ret_words = 0;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct verb *v = tables[t]; v->name; v++) {
            int n = verb_fits(v, argc, argv);
            if (n > *ret_words) {
                *ret_words = n;
                best = v;
            }
        }
    return best ? best : operation_verb(c, argc, argv, ret_words);
}

static const struct option *option_find(const struct verb *v, str name)
{
    const struct option *lists[] = { v->options, common_options, v->alone ? NULL : store_options };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct option *o = lists[i]; o && o->name; o++)
            if (str_eq(str_of(o->name), name))
                return o;
    return NULL;
}

static STATUS option_take(struct command *c, int argc, char **argv, int *i)
{
    str whole = str_from(str_of(argv[*i]), 2), name = whole;
    size_t eq = str_find_char(whole, '=');
    name = str_slice(whole, 0, eq);
    const struct option *o = option_find(c->verb, name);
    if (!o)
        return FAIL_WITH(OPTION_UNKNOWN, str_of(c->verb->name), name);
    char *value = arena_z(c->arena, (str){ 0 });
    if (eq < whole.len) {
        if (!o->value)
            return FAIL_AT(OPTION_SWITCH, name);
        value = arena_z(c->arena, str_from(whole, eq + 1));
    } else if (o->value) {
        if (*i + 1 >= argc)
            return FAIL_WITH(OPTION_VALUE, str_of(o->name), str_of(o->value));
        value = argv[++*i];
    }
    if (table_get(&c->values, str_of(o->name)))
        return FAIL_AT(OPTION_DOUBLE, name);
    table_set(&c->values, str_of(o->name), value);
    return OK;
}

static STATUS command_parse(struct command *c, int argc, char **argv)
{
    c->arguments = ARENA_ARRAY(c->arena, const char *, (size_t)argc + 1);
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0)
            only_arguments = true;
        else if (!only_arguments && strncmp(argv[i], "--", 2) == 0)
            TRY(option_take(c, argc, argv, &i));
        else
            c->arguments[c->argument_count++] = argv[i];
    }
    if (command_has(c, "help"))
        return OK;
    if ((int)c->argument_count < c->verb->argument_min)
        return FAIL_WITH(ARGUMENT_MISSING, str_of(c->verb->name), str_of(c->verb->arguments));
    if ((int)c->argument_count > c->verb->argument_max)
        return FAIL_WITH(ARGUMENT_EXTRA, str_of(c->verb->name), str_of(c->arguments[c->verb->argument_max]));
    return OK;
}

/* --- help -------------------------------------------------------------------------------------------------------- */

static void options_print(const struct option *o, enum lang lang)
{
    for (; o && o->name; o++)
        if (o->says)
            printf("  --%s%s%s\n      %.*s\n", o->name, o->value ? " " : "", o->value ? o->value : "", STR_ARG(o->says(lang)));
}

static void verb_help(const struct command *c)
{
    const struct verb *v = c->verb;
    printf("dancu %s%s%s\n", v->name, *v->arguments ? " " : "", v->arguments);
    if (v->says)
        printf("%.*s\n", STR_ARG(v->says(c->lang)));
    operation_help(c);
    options_print(v->options, c->lang);
    printf("\n%.*s\n", STR_ARG(msg_cli_common(c->lang)));
    options_print(common_options, c->lang);
    if (!v->alone)
        options_print(store_options, c->lang);
    if (v->example)
        v->example(c->lang);
}

/* The verbs that begin with a word, such as "case". False if none does. */
static bool group_print(const struct command *c, str group)
{
    bool any = false;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct verb *v = tables[t]; v->name; v++) {
            str rest = str_of(v->name), word;
            if (!str_cut(&rest, ' ', &word) || !str_eq(word, group))
                continue;
            printf("  %-24s %.*s\n", v->name, STR_ARG(v->says(c->lang)));
            any = true;
        }
    return operation_list(c, group) || any;
}

static void help_print(const struct command *c)
{
    printf("%.*s\n\n", STR_ARG(msg_cli_intro(c->lang)));
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct verb *v = tables[t]; v->name; v++)
            printf("  %-24s %.*s\n", v->name, STR_ARG(v->says(c->lang)));
    printf("\n%.*s\n", STR_ARG(msg_cli_operations(c->lang)));
    operation_groups(c);
    printf("\n%.*s\n", STR_ARG(msg_cli_help_hint(c->lang)));
}

/* --- errors ------------------------------------------------------------------------------------------------------ */

static int error_print(const struct command *c)
{
    const struct fault *f = fault_here();
    str what = msg_error(c->arena, c->lang, f), hint = msg_error_hint(c->arena, c->lang, f);
    fprintf(stderr, "dancu: %.*s\n", STR_ARG(what));
    if (!str_is_empty(hint))
        fprintf(stderr, "  %.*s\n", STR_ARG(hint));
    fprintf(stderr, "  [%s]", error_def(f->status.code)->name);
    if (f->row)
        fprintf(stderr, " %lld:%d", (long long)f->row, f->column);
    if (f->detail[0])
        fprintf(stderr, " %s", f->detail);
    fputc('\n', stderr);
    if (getenv("DANCU_TRACE"))
        for (int i = 0; i < f->depth; i++)
            fprintf(stderr, "    %s:%d\n", f->trace[i].file, f->trace[i].line);
    switch (f->status.code) {
    case ERR_USAGE:
    case ERR_VERB_UNKNOWN:
    case ERR_OPTION_UNKNOWN:
    case ERR_OPTION_VALUE:
    case ERR_OPTION_SWITCH:
    case ERR_OPTION_DOUBLE:
    case ERR_OPTION_NEEDS:
    case ERR_ARGUMENT_MISSING:
    case ERR_ARGUMENT_EXTRA: return EXIT_USAGE;
    default: return EXIT_FAILED;
    }
}

/* Before all else, so that an error in the rest of the line is told in the language asked for. */
static STATUS lang_take(struct command *c, int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        str word = str_of(argv[i]), lang = { 0 };
        if (str_eq(word, STR("--lang")) && i + 1 < argc)
            lang = str_of(argv[i + 1]);
        else if (str_starts(word, STR("--lang=")))
            lang = str_from(word, 7);
        else
            continue;
        if (!str_eq(lang, STR("en")) && !str_eq(lang, STR("vi")))
            return FAIL_WITH(ENUM_UNKNOWN, STR("lang"), lang);
        c->lang = str_eq(lang, STR("en")) ? LANG_EN : LANG_VI;
    }
    return OK;
}

/* "dancu case" is answered with the verbs of cases. */
static STATUS group_take(const struct command *c, int argc, char **argv)
{
    bool alone = argc == 1 || strncmp(argv[1], "--", 2) == 0;
    str typed = alone ? str_of(argv[0]) : arena_printf(c->arena, "%s %s", argv[0], argv[1]);
    return alone && group_print(c, typed) ? OK : FAIL_WITH(VERB_UNKNOWN, STR("verb"), typed);
}

static STATUS command_run(struct command *c, int argc, char **argv)
{
    TRY(lang_take(c, argc, argv));
    if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0) {
        help_print(c);
        return OK;
    }
    int words;
    c->verb = verb_find(c, argc, argv, &words);
    if (!c->verb)
        return group_take(c, argc, argv);
    TRY(command_parse(c, argc - words, argv + words));
    if (command_has(c, "help")) {
        verb_help(c);
        return OK;
    }
    TRY(debug_prepare(c));
    return c->verb->run(c);
}

int cli_main(int argc, char **argv, const struct module *const *modules, size_t module_count, const struct face *faces,
             size_t face_count)
{
    struct command c = {
        .arena = arena_new(ARENA_BYTES_MAX),
        .lang = lang_of_environment(),
        .modules = modules,
        .module_count = module_count,
        .faces = faces,
        .face_count = face_count,
    };
    table_init(&c.values);
    fault_clear();
    status st = command_run(&c, argc - 1, argv + 1);
    int code = status_ok(st) ? 0 : error_print(&c);
    fflush(stdout);
    table_done(&c.values);
    arena_free(c.arena);
    return code;
}
