/* Workbooks: the bytes as an archive when they begin like one, else as the parts of one, cut at NUL: rows, shared texts,
 * styles. Reading ends, and every cell is bounded. */
#include "base/csv.h"
#include "refine/file/test/book.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void read_all(str bytes)
{
    struct xlsx *x DEFER(xlsx_done) = NULL;
    struct xlsx_row row;
    int64_t last = 0;
    bool more = true;

    if (!status_ok(xlsx_open(bytes, (str){ 0 }, &x)))
        return;
    while (more && status_ok(xlsx_next(x, &row, &more))) {
        if (!more)
            break;
        MUST(row.number > last && row.count <= XLSX_COLUMNS_MAX);
        last = row.number;
        for (size_t i = 0; i < row.count; i++)
            MUST(row.bad != ERR_OK || row.cells[i].len <= CSV_CELL_BYTES_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(64 << 20);
    str rest = { (const char *)data, size }, part[3] = { { 0 } };

    if (str_starts(rest, STR("PK"))) {
        read_all(rest);
    } else {
        for (int i = 0; i < 3 && str_cut(&rest, '\0', &part[i]); i++)
            continue;
        read_all(book_make(a, arena_z(a, part[0]), part[1].ptr ? arena_z(a, part[1]) : NULL, part[2].ptr ? arena_z(a, part[2]) : NULL));
    }
    arena_free(a);
    return 0;
}
