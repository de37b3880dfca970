/* Memory behind pages.h. It refuses nothing: an array that is reserved too large costs addresses only. */
#include "match/set/pages.h"

#include <sys/mman.h>

enum { PAGE = 4096, LARGE = 2 << 20 };

static size_t rounded(size_t bytes) { return bytes ? (bytes + PAGE - 1) & ~(size_t)(PAGE - 1) : PAGE; }

void *link_pages_new(size_t bytes)
{
    void *p;

    MUST(bytes <= SIZE_MAX / 4);
    p = mmap(NULL, rounded(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    MUST(p != MAP_FAILED);
    return p;
}

void *link_pages_large_new(size_t bytes)
{
    void *p = link_pages_new(bytes);

    if (bytes >= LARGE)
        (void)madvise(p, rounded(bytes), MADV_HUGEPAGE); /* a wish: without it the work is the same */
    return p;
}

void *link_pages_cut(void *pages, size_t bytes, size_t bytes_kept)
{
    size_t from = rounded(bytes_kept), to = rounded(bytes);

    if (pages && from < to)
        MUST(munmap((char *)pages + from, to - from) == 0);
    return pages;
}

void link_pages_free(void *pages, size_t bytes)
{
    if (pages)
        MUST(munmap(pages, rounded(bytes)) == 0);
}
