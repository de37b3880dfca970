/* An archive that holds lists: each file of it becomes a delivery of its own. Nothing is written to disk by the names in it.
 * Refused whole, so that nothing is half done: a path that leaves its folder, an archive within, a file that is no list, too
 * many files, too many bytes, and one that would grow without measure (refine/file/archive.c).
 * tested by: src/centre/test/bundle_test.c */
#include "centre/inside.h"
#include "refine/file/archive.h"

#include <stdlib.h>
#include <string.h>

#define BUNDLE_BYTES_MAX ((uint64_t)768 << 20)

enum { FILE_BYTES_MAX = 256 << 20, PIECE = 1 << 16 };

struct bundle {
    struct archive *archive;
    size_t place[BUNDLE_FILES_MAX]; /* of its lists */
    size_t count;
    struct buf bytes;
};

/* What programs put beside files without being asked. */
static bool is_residue(str name)
{
    str last = name;

    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/')
            last = str_from(name, i + 1);
    return !last.len || last.ptr[0] == '.' || str_starts(name, STR("__MACOSX/")) || str_eq(last, STR("Thumbs.db")) || str_eq(last, STR("desktop.ini"));
}

static bool ends_in(str name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        str end = str_of(list[i]);
        if (name.len > end.len && strncasecmp(name.ptr + name.len - end.len, end.ptr, end.len) == 0)
            return true;
    }
    return false;
}

static STATUS file_check(str name)
{
    static const char *const lists[] = { ".csv", ".tsv", ".txt", ".xlsx" }, *const archives[] = { ".zip", ".rar", ".7z", ".gz", ".tar" };

    if (ends_in(name, archives, sizeof archives / sizeof *archives))
        return FAIL_WITH(BUNDLE_NESTED, STR("file"), name);
    return ends_in(name, lists, sizeof lists / sizeof *lists) ? OK : FAIL_WITH(BUNDLE_FILE, STR("file"), name);
}

static STATUS files_find(struct bundle *b)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < archive_count(b->archive); i++) {
        str name = archive_name(b->archive, i);
        if (is_residue(name))
            continue;
        TRY(file_check(name));
        bytes += archive_bytes(b->archive, i);
        if (b->count == BUNDLE_FILES_MAX || bytes > BUNDLE_BYTES_MAX || archive_bytes(b->archive, i) > FILE_BYTES_MAX)
            return FAIL_WITH(BUNDLE_TOO_LARGE, STR("file"), name);
        b->place[b->count++] = i;
    }
    return b->count ? OK : FAIL(FILE_EMPTY);
}

STATUS bundle_open(str bytes, struct bundle **ret)
{
    struct bundle *b DEFER(bundle_done) = NULL;

    *ret = NULL;
    if (!str_starts(bytes, STR("PK\3\4")) && !str_starts(bytes, STR("PK\5\6")))
        return OK;
    b = calloc(1, sizeof *b);
    MUST(b);
    buf_init(&b->bytes, FILE_BYTES_MAX);
    TRY(archive_open(bytes, &b->archive));
    if (archive_has(b->archive, STR("xl/workbook.xml")))
        return OK;
    TRY(files_find(b));
    *ret = b;
    b = NULL;
    return OK;
}

void bundle_done(struct bundle **at)
{
    struct bundle *b = *at;

    if (!b)
        return;
    archive_done(&b->archive);
    buf_done(&b->bytes);
    free(b);
    *at = NULL;
}

size_t bundle_count(const struct bundle *b) { return b ? b->count : 0; }

str bundle_name(const struct bundle *b, size_t i) { return archive_name(b->archive, b->place[i]); }

static STATUS entry_read(struct bundle *b, struct entry *e, char *piece)
{
    size_t n = 1;

    while (n) {
        TRY(archive_read(e, piece, PIECE, &n));
        buf_bytes(&b->bytes, piece, n);
    }
    return status_ok(buf_check(&b->bytes)) ? OK : FAIL(FILE_TOO_LARGE);
}

STATUS bundle_read(struct bundle *b, size_t i, str *ret_bytes)
{
    char *piece = malloc(PIECE);
    struct entry *e DEFER(archive_entry_done) = NULL;
    status st;

    MUST(piece);
    buf_clear(&b->bytes);
    st = archive_entry(b->archive, bundle_name(b, i), &e);
    if (status_ok(st))
        st = e ? entry_read(b, e, piece) : FAIL(FILE_BROKEN);
    free(piece);
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    *ret_bytes = buf_str(&b->bytes);
    return OK;
}
