/* An entities file from any bytes, its checksum made right when the first byte is not 0: what is read is written and read back as
 * the same, a run over it ends, and so does undoing each entry. */
#include "refine/link/entities.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

enum { BYTES_MAX = 256 << 20 };

static status keep(void *with, str bytes)
{
    buf_add(with, bytes);
    return OK;
}

static void written(const struct entities *e, struct buf *out)
{
    struct link_csv csv;

    buf_init(out, BYTES_MAX);
    link_csv_start(&csv, keep, out);
    entities_write(e, &csv);
    MUST(status_ok(link_csv_end(&csv)) && status_ok(buf_check(out)));
}

static void again_check(const struct entities *e)
{
    struct arena *a = arena_new(BYTES_MAX);
    struct buf once, twice;
    struct entities other;

    written(e, &once);
    entities_start(&other, a, STR("again"));
    MUST(status_ok(entities_read(&other, buf_str(&once))));
    written(&other, &twice);
    MUST(str_eq(buf_str(&once), buf_str(&twice)));
    entities_done(&other);
    buf_done(&once);
    buf_done(&twice);
    arena_free(a);
}

static void run(struct entities *e)
{
    static const str ids[] = { { "A1", 2 }, { "A2", 2 }, { "B1", 2 }, { "x", 1 } };
    static const uint32_t clusters[] = { 0, 0, 2, 3 };
    const struct entities_run r = { 1, { 4, 0 }, { ids, NULL }, { clusters, NULL } };

    if (!status_ok(entities_update(e, &r)))
        return;
    for (size_t n = e->entry_count; n > 0; n--)
        (void)!status_ok(entities_undo(e, n));
    again_check(e);
}

/* The sum is that of all before "end,". */
static str mended(struct arena *a, str body)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < body.len; i++)
        sum = (sum ^ (unsigned char)body.ptr[i]) * UINT64_C(0x100000001b3);
    return arena_printf(a, "%.*send,%016llx\n", STR_ARG(body), (unsigned long long)sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(BYTES_MAX);
    struct entities e;
    str text = { (const char *)data + 1, size ? size - 1 : 0 };

    entities_start(&e, a, STR("fuzz"));
    if (size && status_ok(entities_read(&e, data[0] ? mended(a, text) : text))) {
        again_check(&e);
        run(&e);
    }
    entities_done(&e);
    arena_free(a);
    return 0;
}
