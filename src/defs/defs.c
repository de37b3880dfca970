/* Loads all definitions: the built-in files, each replaced by a file of the same name under <directory>/definitions if the
 * installation has one, and further agreements, registers and code lists that lie there. All problems of all files are reported together, and one
 * problem anywhere leaves nothing loaded: half a set of rules is worse than none. */
#include "defs/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4 << 20, EXTRA_MAX = 1000 };
#define POPULATION_FILE "register/population.yaml" /* compiled into the program, not read here */

struct loading {
    struct defs *d;
    struct arena *problem_arena;
    struct defs_problems *problems;
    str directory; /* "" for none */
};

static str embedded(const char *name)
{
    for (const struct defs_data *f = defs_data; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return (str){ (const char *)f->begin, (size_t)(f->end - f->begin) };
    return (str){ 0 };
}

/* False if there is no such file. */
static bool file_read(struct loading *l, const char *name, str *ret)
{
    if (l->directory.len == 0)
        return false;
    str path = arena_printf(l->d->arena, "%.*s/definitions/%s", STR_ARG(l->directory), name);
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0)
        return false;
    *ret = STR("");
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= FILE_MAX) {
        char *bytes = arena_alloc(l->d->arena, (size_t)info.st_size + 1);
        ssize_t got = read(fd, bytes, (size_t)info.st_size);
        *ret = (str){ bytes, got > 0 ? (size_t)got : 0 };
    }
    close(fd);
    return true;
}

static void file_use(struct loading *l, const char *name, void (*use)(struct defs *d, struct yaml_file *f))
{
    struct yaml_file f = { l->d->arena, l->problem_arena, arena_str(l->d->arena, str_of(name)), l->problems, NULL };
    str text;
    if (!file_read(l, name, &text))
        text = embedded(name);
    yaml_read(&f, text);
    if (f.root)
        use(l->d, &f);
}

static void units_use(struct defs *d, struct yaml_file *f)
{
    provinces_read(d, f);
    if (f->problems->count > 0)
        return;
    communes_read(d, embedded("units.tsv"));
    units_finish(d, f);
    yaml_end(f, f->root);
}

static int name_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Every file of a folder: the built-in ones, then those of the installation that are not among them, by name. */
static void folder_use(struct loading *l, const char *folder, void (*use)(struct defs *d, struct yaml_file *f))
{
    char *names[EXTRA_MAX];
    size_t count = 0;
    str prefix = arena_printf(l->d->arena, "%s/", folder);
    for (const struct defs_data *f = defs_data; f->name; f++)
        if (str_starts(str_of(f->name), prefix))
            file_use(l, f->name, use);
    str path = arena_printf(l->d->arena, "%.*s/definitions/%s", STR_ARG(l->directory), folder);
    DIR *dir = l->directory.len ? opendir(path.ptr) : NULL;
    struct dirent *entry;
    while (dir && count < EXTRA_MAX && (entry = readdir(dir))) {
        str name = arena_printf(l->d->arena, "%s/%s", folder, entry->d_name);
        if (str_ends(name, STR(".yaml")) && !str_eq(name, STR(POPULATION_FILE)) && embedded(name.ptr).len == 0)
            names[count++] = arena_z(l->d->arena, name);
    }
    if (dir)
        closedir(dir);
    qsort(names, count, sizeof *names, name_order);
    for (size_t i = 0; i < count; i++)
        file_use(l, names[i], use);
}

static void load_all(struct loading *l)
{
    file_use(l, "units/provinces.yaml", units_use);
    if (l->problems->count > 0)
        return; /* the rest names units: one cause, one report */
    file_use(l, "organisations.yaml", organisations_read);
    file_use(l, "calendar/vn.yaml", calendar_read);
    l->d->code_lists = ARENA_ARRAY(l->d->arena, struct code_list, CODE_LISTS_MAX);
    l->d->sectors = ARENA_ARRAY(l->d->arena, struct sector_register, SECTORS_MAX);
    folder_use(l, "codes", code_lists_read);
    folder_use(l, "register", sectors_read);
    sectors_finish(l->d);
    file_use(l, "authority.yaml", matrix_read);
    file_use(l, "grounds.yaml", grounds_read);
    folder_use(l, "agreements", agreements_read);
    folder_use(l, "procedures", procedures_read);
    folder_use(l, "life-events", life_events_read);
    file_use(l, "peers.yaml", peers_read);
    file_use(l, "payment.yaml", payments_read);
    file_use(l, "notices.yaml", notices_read);
    file_use(l, "channels.yaml", channels_read);
    file_use(l, "feedback.yaml", feedback_read);
}

STATUS defs_load(struct arena *arena, str directory, struct defs **ret, struct defs_problems *problems)
{
    struct arena *own = arena_new(96 << 20);
    struct defs *d = ARENA_NEW(own, struct defs);
    struct defs_problems unseen = { 0 };
    struct loading l = { d, arena ? arena : own, problems ? problems : &unseen, directory };
    d->arena = own;
    *ret = NULL;
    *l.problems = (struct defs_problems){ .lang = l.problems->lang };
    load_all(&l);
    if (l.problems->count == 0) {
        *ret = d;
        return OK;
    }
    const struct defs_problem *first = &l.problems->list[0];
    status failed = FAIL_WITH(DEFINITION, first->file, first->reason);
    fault_place(first->line, first->column);
    defs_free(d);
    return failed;
}

void defs_free(struct defs *d)
{
    if (d)
        arena_free(d->arena);
}
