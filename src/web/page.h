/* What the compiled templates write with. Escaping follows from the place where a value stands; tools/tmplc.py picks the
 * writer, so that no page can forget it (OWASP ASVS 5.0, V1.2: output encoding by context). */
#pragma once
#include "base/base.h"

/* One page while it is written. */
struct page {
    struct buf *out;
    enum lang lang;
    struct arena *arena;
    str csrf;       /* token of the session, or of the sign-in cookie */
    str path;       /* that shows this page again, without query: of the request, unless it was a form */
    str section;    /* of the request, for the navigation */
    str query;      /* of the request, for the language links; without "lang" */
    str name;       /* of who is signed in; empty if nobody is */
    uint32_t roles; /* enum role bits of who is signed in */
    int64_t unread; /* notices of who is signed in */
};

void page_raw(struct page *pg, const char *literal, size_t len); /* literals of templates only */
void page_text(struct page *pg, str s);                          /* between elements */
void page_attr(struct page *pg, str s);                          /* in a double-quoted value */
/* A whole address: one of our own ("/…", "?…", "#…") or https. Anything else, such as javascript:, becomes "#". */
void page_url(struct page *pg, str s);
/* A piece of an address (RFC 3986 section 2.3): everything but unreserved characters is percent-encoded. */
void page_url_part(struct page *pg, str s);
void page_csrf(struct page *pg); /* the hidden field of a form */
str page_lang_url(struct page *pg, const char *lang); /* this page in another language */
double page_percent(int64_t part, int64_t whole);     /* 0 of nothing */

/* Where the reader may go, by roles; `within`: the reader is there, `here`: on that very page. */
struct nav_link {
    str url, name;
    bool within, here;
};
struct nav {
    struct nav_link *sections, *pages; /* pages: of the section where the reader is, if it has several */
    size_t section_count, page_count;
    str name; /* of that section */
};
struct nav page_nav(struct page *pg);

str page_of_str(struct page *pg, str s);
str page_of_z(struct page *pg, const char *s);
str page_of_i64(struct page *pg, int64_t n);
str page_of_u64(struct page *pg, uint64_t n);

/* Text of an expression of any type that pages show. A type that is not here does not compile: bool, double, pointers. */
#define PAGE_OF(pg, x)                                                                                                 \
    _Generic((x), str: page_of_str, char *: page_of_z, const char *: page_of_z, signed char: page_of_i64,              \
             short: page_of_i64, int: page_of_i64, long: page_of_i64, long long: page_of_i64,                          \
             unsigned char: page_of_u64, unsigned short: page_of_u64, unsigned: page_of_u64,                           \
             unsigned long: page_of_u64, unsigned long long: page_of_u64)((pg), (x))
