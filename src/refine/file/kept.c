/* See kept.h. A row is its number, its days, its error and count, then each cell as a length and its bytes; a formula without a
 * result keeps its mark.
 * tested by: src/refine/file/test/sheet_test.c */
#include "refine/file/kept.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_BYTES_MAX = 768 << 20, FORMULA = -1 };

struct row_head {
    int64_t number;
    int32_t bad, count;
    uint64_t dates[XLSX_COLUMNS_MAX / 64];
};

struct kept {
    struct buf bytes;
    size_t at;
    bool finished;
    str cells[XLSX_COLUMNS_MAX];
};

struct kept *kept_new(void)
{
    struct kept *k = calloc(1, sizeof *k);

    MUST(k);
    buf_init(&k->bytes, KEPT_BYTES_MAX);
    return k;
}

void kept_free(struct kept *k)
{
    if (!k)
        return;
    buf_done(&k->bytes);
    free(k);
}

void kept_add(struct kept *k, const struct xlsx_row *row)
{
    struct row_head head = { .number = row->number, .bad = (int32_t)row->bad, .count = (int32_t)row->count };

    if (k->bytes.full)
        return;
    memcpy(head.dates, row->dates, sizeof head.dates);
    buf_bytes(&k->bytes, (const char *)&head, sizeof head);
    for (size_t i = 0; i < row->count; i++) {
        str cell = row->cells[i];
        int32_t len = cell.ptr == xlsx_formula ? FORMULA : (int32_t)cell.len;
        buf_bytes(&k->bytes, (const char *)&len, sizeof len);
        if (len > 0)
            buf_bytes(&k->bytes, cell.ptr, cell.len);
    }
}

void kept_finish(struct kept *k) { k->finished = true; }

bool kept_is_whole(const struct kept *k) { return k->finished && !k->bytes.full; }

void kept_rewind(struct kept *k) { k->at = 0; }

static void take(struct kept *k, void *out, size_t bytes)
{
    MUST(k->bytes.len - k->at >= bytes);
    memcpy(out, k->bytes.ptr + k->at, bytes);
    k->at += bytes;
}

bool kept_next(struct kept *k, struct xlsx_row *ret)
{
    struct row_head head;

    if (k->at == k->bytes.len)
        return false;
    take(k, &head, sizeof head);
    for (int32_t i = 0; i < head.count; i++) {
        int32_t len;
        take(k, &len, sizeof len);
        k->cells[i] = len == FORMULA ? (str){ xlsx_formula, 1 } : (str){ k->bytes.ptr + k->at, (size_t)len };
        k->at += len > 0 ? (size_t)len : 0;
    }
    *ret = (struct xlsx_row){ .number = head.number, .cells = k->cells, .count = (size_t)head.count, .bad = (enum error_code)head.bad };
    memcpy(ret->dates, head.dates, sizeof ret->dates);
    return true;
}
