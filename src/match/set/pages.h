/* Zeroed memory by the page for the arrays of a linkage: taken from the system only when written, given back when an
 * array turns out shorter. Failing memory stops the process, as in the arena. */
#pragma once
#include "base/base.h"

void *link_pages_new(size_t bytes); /* at least one byte is had for 0 */
/* In large pages where the system has them, for what is kept and met in any order. On virtual machines that give free memory
 * back to their host a large page costs four times as much to touch first, which is too much for what lives shortly. */
void *link_pages_large_new(size_t bytes);
void *link_pages_cut(void *pages, size_t bytes, size_t bytes_kept);
void link_pages_free(void *pages, size_t bytes); /* NULL is allowed */
