/* A VFS over SQLite's own that keeps the memory map of the database when another connection has committed. SQLite unmaps the
 * file then and maps it anew, and a reader pays a page fault for every page that it comes back to; while the ledger is
 * sequenced that is several times a second.
 *
 * Keeping it is sound: the map is shared, so it always shows what the file holds; which pages a snapshot has to take from
 * the write-ahead log is decided by the log's index, not by the map; and pages beyond its end are read by pread(2). It
 * is given up when the file has shrunk, and when it has outgrown the map by GROWN_BYTES_MAX.
 * tested by: src/store/test/store_test.c */
#include "store/sqlite_map.h"

#include <pthread.h>
#include <string.h>

#define GROWN_BYTES_MAX ((sqlite3_int64)64 << 20)
enum { TAIL_BYTES = 16, LINE_BYTES = 64 };

static sqlite3_vfs vfs, *under;
static sqlite3_io_methods methods;
static const sqlite3_io_methods *methods_under;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Behind SQLite's own struct: how long the file was when it was last mapped. */
static sqlite3_int64 *mapped_bytes(sqlite3_file *file)
{
    return (sqlite3_int64 *)(void *)((char *)file + vfs.szOsFile - TAIL_BYTES);
}

static int unfetch(sqlite3_file *file, sqlite3_int64 at, void *page)
{
    sqlite3_int64 bytes, *mapped = mapped_bytes(file);

    if (page != NULL)
        return methods_under->xUnfetch(file, at, page);
    int rc = methods_under->xFileSize(file, &bytes);
    if (rc == SQLITE_OK && bytes >= *mapped && bytes - *mapped < GROWN_BYTES_MAX)
        return SQLITE_OK;
    *mapped = bytes;
    return methods_under->xUnfetch(file, at, page);
}

/* A look-up jumps about in a page, and waits for memory at every jump. Asked for at once, its lines come together. */
static int fetch(sqlite3_file *file, sqlite3_int64 at, int bytes, void **ret)
{
    int rc = methods_under->xFetch(file, at, bytes, ret);

    for (int i = 0; *ret != NULL && i < bytes; i += LINE_BYTES)
        __builtin_prefetch((const char *)*ret + i);
    return rc;
}

/* All files of the unix VFS that lock by POSIX rules share one table; one with another table stays as it is. */
static int open_file(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)self;
    int rc = under->xOpen(under, name, file, flags, ret_flags);
    if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB) || file->pMethods != methods_under)
        return rc;
    file->pMethods = &methods;
    return methods_under->xFileSize(file, mapped_bytes(file));
}

static void make(void)
{
    sqlite3_file *probe;

    under = sqlite3_vfs_find(NULL);
    if (under == NULL || (probe = sqlite3_malloc(under->szOsFile)) == NULL)
        return;
    memset(probe, 0, (size_t)under->szOsFile);
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    if (under->xOpen(under, "/dev/null", probe, flags, &flags) == SQLITE_OK && probe->pMethods->iVersion >= 3) {
        methods_under = probe->pMethods;
        methods = *methods_under;
        methods.xUnfetch = unfetch;
        methods.xFetch = fetch;
        (void)probe->pMethods->xClose(probe);
    }
    sqlite3_free(probe);
    vfs = *under;
    vfs.zName = "dancu-map";
    vfs.szOsFile = (under->szOsFile + TAIL_BYTES - 1) / TAIL_BYTES * TAIL_BYTES + TAIL_BYTES;
    vfs.xOpen = open_file;
    vfs.pNext = NULL;
    (void)sqlite3_vfs_register(&vfs, 0);
}

const char *sqlite_map_vfs(void)
{
    pthread_once(&once, make);
    return methods_under != NULL ? vfs.zName : NULL;
}
