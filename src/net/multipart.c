/* multipart/form-data (RFC 7578) as browsers and API clients send it. The body is not copied: a file is a slice of it,
 * so that a large upload in a mapped spool file costs no memory.
 *
 * Refuses a boundary that is missing or longer than RFC 2046 allows, a part without a name, a body that breaks off, more
 * than EDGE_PARAMS_MAX parts, and fields (not files) over FIELD_BYTES_MAX. File names are cut to their last component
 * and are never to be used as paths. Nested multipart and transfer encodings of a part are refused (RFC 7578 4.7).
 * tested by: src/net/test/params_test.c */
#include "net/edge.h"

#include <string.h>
#include <strings.h>

#define FIELD_BYTES_MAX ((size_t)1 << 20)
#define PART_HEAD_BYTES_MAX 4096

struct part {
    str name, filename, content_type, bytes;
    bool is_file;
};

static STATUS malformed(void)
{
    return FAIL_AT(REQUEST_MALFORMED, STR("multipart"));
}

static bool starts_caseless(str s, str prefix)
{
    return s.len >= prefix.len && strncasecmp(s.ptr, prefix.ptr, prefix.len) == 0;
}

/* Cuts the next `; name=value` of a header field; a quoted value loses its quotes and the escapes of `"` (as browsers
 * write it: %22, or a backslash). */
static bool next_attribute(struct arena *a, str *rest, str *ret_name, str *ret_value)
{
    size_t equals;
    str s = str_trim(*rest);

    if (!str_starts(s, STR(";")))
        return false;
    s = str_trim(str_from(s, 1));
    equals = str_find_char(s, '=');
    if (equals == s.len)
        return false;
    *ret_name = str_trim(str_slice(s, 0, equals));
    s = str_from(s, equals + 1);
    if (!str_starts(s, STR("\""))) {
        size_t end = str_find_char(s, ';');

        *ret_value = str_trim(str_slice(s, 0, end));
        *rest = str_from(s, end);
        return true;
    }
    char *out = arena_alloc(a, s.len);
    size_t len = 0, i = 1;

    for (; i < s.len && s.ptr[i] != '"'; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && (s.ptr[i + 1] == '"' || s.ptr[i + 1] == '\\'))
            i++;
        out[len++] = s.ptr[i];
    }
    *ret_value = (str){ out, len };
    *rest = str_from(s, i + 1);
    return i < s.len;
}

/* RFC 2046 5.1.1: 1 to 70 characters. */
static STATUS boundary_of(struct arena *a, str content_type, str *ret)
{
    str rest = str_from(content_type, str_find_char(content_type, ';')), name, value;

    while (next_attribute(a, &rest, &name, &value))
        if (name.len == 8 && starts_caseless(name, STR("boundary"))) {
            if (value.len < 1 || value.len > 70 || !status_ok(text_check(STR("boundary"), value, 70)))
                return malformed();
            *ret = arena_join(a, STR("\r\n--"), value);
            return OK;
        }
    return malformed();
}

static str last_component(str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\')
            return str_from(path, i);
    return path;
}

static STATUS read_disposition(struct arena *a, str value, struct part *p)
{
    str rest = str_from(value, str_find_char(value, ';')), name, attribute;

    if (!starts_caseless(value, STR("form-data")))
        return malformed();
    while (next_attribute(a, &rest, &name, &attribute)) {
        TRY(text_check(STR("multipart"), attribute, PART_HEAD_BYTES_MAX));
        if (name.len == 4 && starts_caseless(name, STR("name"))) {
            TRY(p->name.ptr ? malformed() : OK);
            p->name = attribute;
        } else if (name.len == 8 && starts_caseless(name, STR("filename"))) {
            TRY(p->is_file ? malformed() : OK);
            p->is_file = true;
            p->filename = last_component(attribute);
        }
    }
    return str_trim(rest).len == 0 ? OK : malformed();
}

static STATUS read_part_head(struct arena *a, str head, struct part *p)
{
    while (head.len) {
        size_t end = str_find(head, STR("\r\n"));
        str line = str_slice(head, 0, end);
        size_t colon = str_find_char(line, ':');
        str name = str_slice(line, 0, colon), value = str_trim(str_from(line, colon + 1));

        if (colon == line.len || !status_ok(text_check(STR("multipart"), line, PART_HEAD_BYTES_MAX)))
            return malformed();
        if (name.len == 19 && starts_caseless(name, STR("content-disposition"))) {
            TRY(p->name.ptr ? malformed() : OK);
            TRY(read_disposition(a, value, p));
        } else if (name.len == 12 && starts_caseless(name, STR("content-type"))) {
            p->content_type = value;
        } else if (name.len == 25 && starts_caseless(name, STR("content-transfer-encoding"))) {
            TRY(starts_caseless(value, STR("binary")) || starts_caseless(value, STR("8bit")) ||
                        starts_caseless(value, STR("7bit"))
                    ? OK
                    : malformed());
        }
        head = str_from(head, end + 2);
    }
    return p->name.ptr && p->name.len ? OK : malformed();
}

/* *rest stands behind a delimiter. Reads one part up to the next delimiter; *ret_more is false after the last. */
static STATUS next_part(struct arena *a, str *rest, str delimiter, struct part *p, bool *ret_more)
{
    size_t head_end, end;
    str s = *rest;

    *p = (struct part){ 0 };
    if (str_starts(s, STR("--"))) {
        *ret_more = false;
        return OK;
    }
    if (!str_starts(s, STR("\r\n")))
        return malformed();
    s = str_from(s, 2);
    head_end = str_find(str_slice(s, 0, PART_HEAD_BYTES_MAX), STR("\r\n\r\n"));
    if (head_end + 4 > s.len || head_end >= PART_HEAD_BYTES_MAX - 4)
        return malformed();
    TRY(read_part_head(a, str_slice(s, 0, head_end), p));
    s = str_from(s, head_end + 2); /* keeps one CR LF, which the delimiter of an empty part begins with */
    end = str_find(s, delimiter);
    if (end == s.len)
        return malformed();
    p->bytes = end >= 2 ? str_slice(s, 2, end) : (str){ 0 };
    *rest = str_from(s, end + delimiter.len);
    *ret_more = true;
    return OK;
}

struct parts {
    struct param fields[EDGE_PARAMS_MAX];
    struct request_file files[EDGE_PARAMS_MAX];
    size_t field_count, file_count, field_bytes;
};

static STATUS keep_part(struct arena *a, struct parts *all, const struct part *p)
{
    str value = p->bytes;

    if (all->field_count + all->file_count >= EDGE_PARAMS_MAX)
        return malformed();
    if (p->is_file) {
        all->files[all->file_count++] = (struct request_file){ p->name, p->filename, p->content_type, p->bytes };
        return OK;
    }
    all->field_bytes += p->bytes.len;
    if (all->field_bytes > FIELD_BYTES_MAX)
        return FAIL_AT(BODY_TOO_LARGE, STR("multipart"));
    TRY(params_lines(a, p->name, &value));
    all->fields[all->field_count++] = (struct param){ p->name, value };
    return OK;
}

STATUS params_multipart(struct arena *a, str content_type, str body, struct param_list *ret_fields,
                        struct request_file_list *ret_files)
{
    struct parts *all = ARENA_NEW(a, struct parts);
    struct part p;
    bool more = true;
    str delimiter, first;

    TRY(boundary_of(a, content_type, &delimiter));
    first = str_from(delimiter, 2); /* the first stands at the very beginning: a preamble is refused */
    if (!str_starts(body, first))
        return malformed();
    body = str_from(body, first.len);
    while (more) {
        TRY(next_part(a, &body, delimiter, &p, &more));
        if (more)
            TRY(keep_part(a, all, &p));
    }
    *ret_fields = (struct param_list){ all->fields, all->field_count };
    *ret_files = (struct request_file_list){ all->files, all->file_count };
    return OK;
}
