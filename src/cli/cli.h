/* The command line: one face made from the operations (every operation is a verb), and the verbs that run the program
 * itself (serve, init, synth, load, import, ledger, debug …). A verb works in this process on the store that --data or
 * --store names; it passes the gate like any other caller.
 *
 * Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Errors go to standard error in the language of --lang or LANG. */
#pragma once
#include "gate/gate.h"
#include "net/net.h"

/* One value of the command line by the name of its option. */
struct option {
    const char *name;  /* "people"; given as --people VALUE or --people=VALUE */
    const char *value; /* what stands for the value in help, "N", "DIR"; NULL: a switch without value */
    str (*says)(enum lang lang); /* NULL: described elsewhere (fields of an operation) */
};

/* A face that serve offers over HTTP; main.c lists them, the first that owns a path gets it. */
struct face {
    const char *name;
    status (*start)(struct app *app, void **ret_state);
    void (*stop)(void *state);
    bool (*owns)(str path);
    void (*handle)(void *state, struct exchange *x);
    struct body_rule (*body_rule)(const void *state, const struct request *r);
    void (*problem)(struct exchange *x, const struct fault *f);
};

/* What a verb gets. */
struct command {
    struct arena *arena;
    enum lang lang;
    const struct module *const *modules;
    size_t module_count;
    const struct face *faces;
    size_t face_count;
    const struct verb *verb;
    struct table values;    /* option name to char *: given ones only */
    const char **arguments; /* positional */
    size_t argument_count;
};

struct verb {
    const char *name;      /* "synth list": longest match wins */
    const char *arguments; /* for help: "LIST", "" */
    int argument_min, argument_max;
    const struct option *options; /* ended by a NULL name; the common ones (--lang, --data, --as …) need no entry */
    str (*says)(enum lang lang);
    status (*run)(struct command *c);
    bool alone; /* opens no store: --data, --as and the like are refused */
    void (*example)(enum lang lang); /* prints, below the options, how it is used; NULL: they say it all */
};

/* Parses, finds the verb, runs it, prints errors. Returns the exit code. */
int cli_main(int argc, char **argv, const struct module *const *modules, size_t module_count, const struct face *faces,
             size_t face_count);

/* --- for verbs ---- */
bool command_has(const struct command *c, const char *option);
str command_text(const struct command *c, const char *option, str otherwise);
/* A whole number in [min, max]; ERR_VALUE_RANGE names the option. `otherwise` when it is not given. */
STATUS command_i64(const struct command *c, const char *option, int64_t min, int64_t max, int64_t *inout);
str command_argument(const struct command *c, size_t index); /* "" beyond the last */
/* Opens the store named by --data DIR (default: var/dancu) or --store URL, with lanes. Closed by command_app_done(). */
STATUS command_app(struct command *c, struct app **ret);
STATUS command_app_serving(struct command *c, struct app **ret); /* does what falls due by itself too */
STATUS command_app_bare(struct command *c, struct app **ret); /* without lanes and modules, for loading */
void command_app_done(struct app **app); /* for DEFER */
/* Fills a ctx for work of this command: the actor is who --as and a password (DANCU_PASSWORD or asked for) prove, or
 * the operator of this machine without --as; purpose from --purpose KIND/REFERENCE. */
STATUS command_ctx(struct command *c, struct app *app, struct ctx *cx);

/* The text of the file that --roles names; empty without it. An empty file is ERR_ROLES_FILE. */
STATUS command_roles(struct command *c, str *ret_name, str *ret_text);
/* The bytes of a file, mapped for as long as the process lives. ERR_IO, FILE_EMPTY, FILE_TOO_LARGE. */
STATUS command_file(struct command *c, str path, str *ret);
void file_rest(str file); /* of command_file(): what was read of it needs no memory until it is read again */
STATUS path_bad(str path); /* ERR_IO with errno */
str path_name(str path);   /* without its folders */
bool path_is_same(struct command *c, str one, str other); /* both there, and one file */

/* A progress bar on standard error, when that is a terminal; else a line every ten seconds. total 0: unknown. */
struct progress {
    str label;
    int64_t total, started_us, shown_us;
    enum lang lang;
    bool terminal;
};
void progress_start(struct progress *p, enum lang lang, str label, int64_t total);
void progress_show(struct progress *p, int64_t done);
void progress_end(struct progress *p, int64_t done);

/* Verbs, one file each: a table ended by a NULL name. */
extern const struct verb verbs_serve[], verbs_document[], verbs_synth[], verbs_load[], verbs_import[], verbs_run[],
    verbs_clean[], verbs_link[], verbs_index[], verbs_ledger[], verbs_debug[];
