/* The writers of page.h. They trust no value: a sequence that is not UTF-8 becomes U+FFFD, a control character vanishes. */
#include "web/page.h"

#include <string.h>

void page_raw(struct page *pg, const char *literal, size_t len)
{
    buf_bytes(pg->out, literal, len);
}

static const char *entity_of(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* One character from *at on, which is not plain ASCII. */
static void put_other(struct page *pg, str s, size_t *at)
{
    char bytes[4];
    uint32_t code_point = text_next(s, at);
    if (code_point >= 0x80 && code_point < 0xA0)
        return;
    buf_bytes(pg->out, bytes, text_put(bytes, code_point));
}

void page_text(struct page *pg, str s)
{
    for (size_t at = 0; at < s.len;) {
        unsigned char c = (unsigned char)s.ptr[at];
        const char *entity = entity_of(c);
        if (c >= 0x80) {
            put_other(pg, s, &at);
            continue;
        }
        if (entity)
            buf_add(pg->out, str_of(entity));
        else if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7F))
            buf_char(pg->out, (char)c);
        at++;
    }
}

void page_attr(struct page *pg, str s)
{
    page_text(pg, s);
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static void put_percent(struct page *pg, unsigned char c)
{
    buf_char(pg->out, '%');
    buf_char(pg->out, "0123456789ABCDEF"[c >> 4]);
    buf_char(pg->out, "0123456789ABCDEF"[c & 15]);
}

static bool url_is_ours(str s)
{
    if (str_starts(s, STR("https://")) || str_starts(s, STR("?")) || str_starts(s, STR("#")))
        return true;
    /* "//host" and "/\host" would leave for another host. */
    return str_starts(s, STR("/")) && !str_starts(s, STR("//")) && !str_starts(s, STR("/\\"));
}

void page_url(struct page *pg, str s)
{
    if (!url_is_ours(s)) {
        buf_char(pg->out, '#');
        return;
    }
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '&')
            buf_add(pg->out, STR("&amp;"));
        else if (is_unreserved(c) || (c && strchr("%/?#=:@+,;!$()*[]", c)))
            buf_char(pg->out, (char)c);
        else
            put_percent(pg, c);
    }
}

void page_url_part(struct page *pg, str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved(c))
            buf_char(pg->out, (char)c);
        else
            put_percent(pg, c);
    }
}

void page_csrf(struct page *pg)
{
    buf_add(pg->out, STR("<input type=\"hidden\" name=\"csrf\" value=\""));
    page_attr(pg, pg->csrf);
    buf_add(pg->out, STR("\">"));
}

str page_lang_url(struct page *pg, const char *lang)
{
    return arena_printf(pg->arena, "%.*s?%.*slang=%s", STR_ARG(pg->path), STR_ARG(pg->query), lang);
}

double page_percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

str page_of_str(struct page *pg, str s)
{
    (void)pg;
    return s;
}

str page_of_z(struct page *pg, const char *s)
{
    (void)pg;
    return str_of(s);
}

str page_of_i64(struct page *pg, int64_t n)
{
    return arena_printf(pg->arena, "%lld", (long long)n);
}

str page_of_u64(struct page *pg, uint64_t n)
{
    return arena_printf(pg->arena, "%llu", (unsigned long long)n);
}
