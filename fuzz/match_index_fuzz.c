/* A segment from any bytes: as the file itself (first byte 0), or as changes to a good one, three bytes of place and one of
 * value each, with the head made whole again so that all that lies behind it is reached. What opens is searched and explained. */
#include "match/index/inside.h"
#include "match/index/test/store.h"
#include "match/set/hash.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"

static const char list[] = "id,ho_ten,ngay,so,sex,tel,noi_o,ma\n"
                           "R1,Nguyễn Văn An,01/02/1990,001090000012,Nam,0912345678,\"Số 5, phố Huế\",a\n"
                           "R2,Trần Thị Bình,03/04/1985,,Nữ,0987654321,\"Số 7, phố Hàng\",b\n"
                           "3,Lê Minh Chi,1972,079172000001,Nữ,,,c\n"
                           "R4,Nguyen Van An,01/02/1990,001090000012,Nam,,\"5 pho Hue\",a\n";

static void search(struct index *ix, const struct link_set *asked)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct index_search *s = index_search_new(ix, asked);
    const struct index_hit *hit;
    struct index_explained e;
    struct index_bulk bulk;
    const struct index_bulk_options o = { .threads = 1 };

    for (uint32_t row = 0; row < asked->count[0]; row++) {
        size_t n = index_find(s, row, .5, &hit);

        MUST(n == 0 || hit[0].record < ix->segment[hit[0].segment].head.records);
        if (n) {
            struct index_hit first = hit[0];

            index_explain(s, a, &first, &e);
        }
    }
    index_search_free(s);
    index_bulk_run(ix, asked, &o, &bulk);
    index_bulk_done(&bulk);
    arena_free(a);
}

static void head_mend(char *file, size_t len)
{
    struct segment_head h;
    struct section *section = (struct section *)(void *)(file + sizeof h);

    memcpy(&h, file, sizeof h);
    for (uint32_t i = 0; i < h.sections && i < SECTIONS_MAX; i++)
        if (section[i].kind == SECTION_DEF && section[i].at <= len && section[i].bytes <= len - section[i].at)
            h.def_hash = link_hash((str){ file + section[i].at, (size_t)section[i].bytes });
    h.head_hash = 0;
    if (h.sections <= SECTIONS_MAX)
        h.head_hash = link_mix(link_hash((str){ (const char *)&h, sizeof h }), link_hash((str){ (const char *)section, h.sections * sizeof *section }));
    memcpy(file, &h, sizeof h);
}

static bool file_try(str file, const struct link_set *asked)
{
    struct index *ix;
    str name = STR("fuzz");

    if (!status_ok(index_open(&ix, &file, &name, 1)))
        return false;
    search(ix, asked);
    index_close(ix);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct store good;
    static struct index_def *def;
    static struct link_set *asked;
    char *copy;

    if (!asked) {
        store_init(&good);
        MUST(status_ok(store_make(&good, str_of(list), &def)));
        asked = store_load(str_of(list));
    }
    if (size == 0)
        return 0;
    if (data[0] == 0) {
        copy = aligned_alloc(16, (size + 15) / 16 * 16);
        MUST(copy);
        memcpy(copy, data + 1, size - 1);
        (void)file_try((str){ copy, size - 1 }, asked);
        free(copy);
        return 0;
    }
    copy = aligned_alloc(16, (good.file.len + 15) / 16 * 16);
    MUST(copy);
    memcpy(copy, good.file.ptr, good.file.len);
    for (size_t i = 1; i + 4 <= size; i += 4)
        copy[(data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16) % good.file.len] = (char)data[i + 3];
    head_mend(copy, good.file.len);
    bool opened = file_try((str){ copy, good.file.len }, asked);
    MUST(opened || size > 4); /* unchanged it is good */
    free(copy);
    return 0;
}
