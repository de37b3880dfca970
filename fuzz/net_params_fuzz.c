/* What a client writes freely: urlencoded and multipart bodies, targets, cookies and preferences. The first byte chooses
 * the reader, for multipart the first line is the content type. Whatever is read lies within the input or the arena, is
 * UTF-8, and a slice never leaves its source. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "net/edge.h"

static void check_text(str s)
{
    MUST(text_is_utf8(s) && str_find_char(s, '\0') == s.len && str_find_char(s, '\r') == s.len);
}

static void check_params(const struct param_list *l)
{
    MUST(l->count <= EDGE_PARAMS_MAX);
    for (size_t i = 0; i < l->count; i++) {
        check_text(l->list[i].name);
        check_text(l->list[i].value);
    }
}

static void multipart(struct arena *a, str s)
{
    struct param_list fields = { 0 };
    struct request_file_list files = { 0 };
    str type;

    if (!str_cut(&s, '\n', &type) || !status_ok(params_multipart(a, type, s, &fields, &files)))
        return;
    check_params(&fields);
    for (size_t i = 0; i < files.count; i++) {
        const struct request_file *f = &files.list[i];

        check_text(f->field);
        check_text(f->filename);
        MUST(str_find_char(f->filename, '/') == f->filename.len);
        MUST(f->bytes.len == 0 || (f->bytes.ptr >= s.ptr && f->bytes.ptr + f->bytes.len <= s.ptr + s.len));
    }
}

static void target(struct arena *a, str s)
{
    str path, query;

    if (!status_ok(head_target(a, s, STR("host"), &path, &query)))
        return;
    check_text(path);
    MUST(path.len > 0 && path.ptr[0] == '/' && str_find(path, STR("//")) == path.len && !str_ends(path, STR("/..")));
    MUST(str_find(path, STR("/../")) == path.len && str_find(path, STR("/./")) == path.len);
}

static void header(struct arena *a, str s)
{
    struct param list[3] = { { STR("cookie"), s }, { STR("accept-language"), s }, { STR("if-none-match"), s } };
    struct request r = { .headers = { list, 3 }, .arena = a };
    str cookie = request_cookie(&r, STR("a")), chosen = request_prefers(&r, STR("accept-language"), STR("vi,en"));

    MUST(cookie.len <= s.len && str_find_char(cookie, ';') == cookie.len);
    MUST(chosen.len == 0 || str_eq(chosen, STR("vi")) || str_eq(chosen, STR("en")));
    (void)request_etag_matches(&r, STR("\"a\""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    str s = { (const char *)data + 1, size ? size - 1 : 0 };
    struct param_list list;

    if (size > 0)
        switch (data[0] % 4) {
        case 0:
            if (status_ok(params_urlencoded(a, s, &list)))
                check_params(&list);
            break;
        case 1:
            multipart(a, s);
            break;
        case 2:
            target(a, s);
            break;
        default:
            header(a, s);
            break;
        }
    arena_free(a);
    return 0;
}
