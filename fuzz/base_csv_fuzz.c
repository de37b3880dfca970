/* Delimited text: whatever it is, scanning ends, cells lie where they may, and what was read is written and read again. */
#include "base/csv.h"
#include "fuzz/fuzz.h"

#include <string.h>

enum { CELLS = 64 };

/* One record, written and read back. */
static void check_written(const str *cells, size_t count, char delimiter)
{
    struct csv c DEFER(csv_done);
    struct buf b;
    str again[CELLS];
    size_t n;
    bool more;

    buf_init(&b, 1 << 24);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(&b, delimiter);
        csv_cell(&b, cells[i], delimiter);
    }
    buf_add(&b, STR("\r\n"));
    MUST(status_ok(buf_check(&b)));
    csv_start(&c, buf_str(&b), delimiter);
    MUST(status_ok(csv_next(&c, again, CELLS, &n, &more)) && more && n == count);
    for (size_t i = 0; i < count; i++)
        MUST(str_eq(cells[i], again[i]));
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = { 0, ',', ';', '\t' };
    struct csv c DEFER(csv_done) = { 0 };
    str cells[CELLS], text;
    int64_t row = 0, line = 0;
    size_t count;
    bool more = true;

    if (!size)
        return 0;
    text = (str){ (const char *)data + 1, size - 1 };
    csv_start(&c, text, delimiters[data[0] % sizeof delimiters]);
    while (more) {
        status st = csv_next(&c, cells, CELLS, &count, &more);
        MUST(c.at >= c.begin && c.at <= c.end);
        MUST(!more || (c.row == row + 1 && c.line > line));
        MUST(!more || (c.raw.ptr >= text.ptr && c.raw.ptr + c.raw.len <= c.end));
        row = c.row;
        line = c.line;
        if (status_ok(st) && more)
            check_written(cells, count, c.delimiter);
    }
    return 0;
}
