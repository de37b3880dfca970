/* Zeroed memory by the page for the arrays of a linkage: taken from the system only when written, given back when an
 * array turns out shorter. Failing memory stops the process, as in the arena. */
#pragma once
#include "base/base.h"

/* In large pages where the system has them, for what is met in any order; at least one byte is had for 0. */
void *link_pages_new(size_t bytes);
/* In small ones, for what is written and read from front to end: on virtual machines that give free memory back to their host
 * a large page costs four times as much to touch first. */
void *link_pages_small_new(size_t bytes);
void *link_pages_cut(void *pages, size_t bytes, size_t bytes_kept);
void link_pages_free(void *pages, size_t bytes); /* NULL is allowed */
