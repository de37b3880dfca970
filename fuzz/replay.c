/* Replays a corpus as an ordinary test: each file as it is, then changed in many ways by a generator with a fixed seed, so
 * that a run without libFuzzer still looks beside the beaten path and a failure comes back on the next run.
 *
 *   replay FOLDER        one TAP point a file, one for the changes
 *
 * When a target dies, the signal handler names the file and the number of the change on standard error. */
#include "fuzz/fuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 4096, BYTES_MAX = 1 << 20, CHANGED_BYTES_MAX = 1 << 14, CHANGES_A_FILE = 400, EDITS_MAX = 6 };

struct seed {
    char name[256];
    uint8_t *bytes;
    size_t size;
};

static struct seed seeds[FILES_MAX];
static size_t seed_count;
static char place[320]; /* what is running, for the signal handler */

static void say_place(int signal_number)
{
    ssize_t ignored = write(STDERR_FILENO, place, strlen(place));

    (void)ignored;
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void watch_signals(void)
{
    static const int fatal[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };

    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], say_place);
}

static bool seed_read(int folder, const char *name, struct seed *ret)
{
    struct stat info;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
    bool done = false;

    if (file < 0)
        return false;
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= BYTES_MAX) {
        ret->size = (size_t)info.st_size;
        ret->bytes = malloc(ret->size + 1);
        done = ret->bytes && read(file, ret->bytes, ret->size) == (ssize_t)ret->size;
        snprintf(ret->name, sizeof ret->name, "%s", name);
    }
    close(file);
    return done;
}

static int seed_order(const void *a, const void *b)
{
    const struct seed *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static bool seeds_read(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    if (!folder)
        return false;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (seed_count == FILES_MAX || !seed_read(dirfd(folder), entry->d_name, &seeds[seed_count])) {
            fprintf(stderr, "%s/%s: not read (at most %d files of %d bytes)\n", path, entry->d_name, FILES_MAX, BYTES_MAX);
            closedir(folder);
            return false;
        }
        seed_count++;
    }
    closedir(folder);
    qsort(seeds, seed_count, sizeof *seeds, seed_order);
    return seed_count > 0;
}

/* xorshift64: the same on every machine, so the same changes everywhere. */
static uint64_t chance(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t below(uint64_t *state, size_t limit) { return limit ? (size_t)(chance(state) % limit) : 0; }

/* Bytes that parsers trip over: ends, quotes, escapes, broken and boundary UTF-8, digits, byte order marks. */
static const char *const awkward[] = { "",         "\xff",     "\x80",         "\xc0\x80",         "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xef\xbb\xbf",
                                       "\xff\xfe", "\xe1\xbb", "\"",           "'",                "\\",           "\r\n",             "\r",
                                       "\n",       "\t",       "%",            ",",                ";",            "&",                "<",
                                       "{",        "[",        "0",            "-1",               "99999999999999999999",            "00000000",
                                       "1e999",    "\xcc\x81", "\xc4\x91",     "\xe1\xba\xa1",     "..",           "/" };

static size_t insert(uint8_t *bytes, size_t size, size_t at, const void *piece, size_t piece_size)
{
    if (size + piece_size > CHANGED_BYTES_MAX)
        return size;
    memmove(bytes + at + piece_size, bytes + at, size - at);
    memcpy(bytes + at, piece, piece_size);
    return size + piece_size;
}

static size_t edit(uint8_t *bytes, size_t size, uint64_t *state)
{
    size_t at = below(state, size + 1), span = below(state, size - at + 1);
    const char *piece = awkward[below(state, sizeof awkward / sizeof *awkward)];
    uint8_t kept[256];

    switch (below(state, 6)) {
    case 0: /* cut off */
        return at;
    case 1: /* take out */
        memmove(bytes + at, bytes + at + span, size - at - span);
        return size - span;
    case 2: /* one bit */
        if (size)
            bytes[below(state, size)] ^= (uint8_t)(1u << below(state, 8));
        return size;
    case 3: /* a NUL, or one of the awkward ones */
        return insert(bytes, size, at, *piece ? piece : "\0", *piece ? strlen(piece) : 1);
    case 4: /* a piece twice */
        span = span < sizeof kept ? span : sizeof kept;
        memcpy(kept, bytes + at, span);
        return insert(bytes, size, at, kept, span);
    default: /* any byte */
        if (size)
            bytes[below(state, size)] = (uint8_t)chance(state);
        return size;
    }
}

/* The target gets a block of just its size, so that the sanitizer sees a read past the end. */
static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    if (!exact)
        abort();
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void feed_changed(const struct seed *seed, uint64_t *state)
{
    static uint8_t bytes[CHANGED_BYTES_MAX];

    for (int change = 0; change < CHANGES_A_FILE; change++) {
        size_t size = seed->size < CHANGED_BYTES_MAX ? seed->size : CHANGED_BYTES_MAX;

        memcpy(bytes, seed->bytes, size);
        for (size_t edits = 1 + below(state, EDITS_MAX); edits; edits--)
            size = edit(bytes, size, state);
        snprintf(place, sizeof place, "replay: died in change %d of %.255s\n", change, seed->name);
        feed(bytes, size);
    }
}

int main(int count, char **arguments)
{
    uint64_t state = 0x9e3779b97f4a7c15u;

    if (count != 2 || !seeds_read(arguments[1])) {
        fprintf(stderr, "use: replay FOLDER (with at least one file)\n");
        return 2;
    }
    watch_signals();
    printf("1..%zu\n", seed_count + 1);
    fflush(stdout);
    for (size_t i = 0; i < seed_count; i++) {
        snprintf(place, sizeof place, "replay: died on %.255s\n", seeds[i].name);
        feed(seeds[i].bytes, seeds[i].size);
        printf("ok %zu - %s\n", i + 1, seeds[i].name);
        fflush(stdout);
    }
    for (size_t i = 0; i < seed_count; i++)
        feed_changed(&seeds[i], &state);
    printf("ok %zu - %zu changed inputs\n", seed_count + 1, seed_count * CHANGES_A_FILE);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].bytes);
    return 0;
}
