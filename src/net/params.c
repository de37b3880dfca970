/* Parameters of URLs and forms: application/x-www-form-urlencoded as the WHATWG URL standard sends it, read strictly.
 *
 * Refuses a broken percent escape, text that is not UTF-8, control characters (line ends and tab may stand in values)
 * and more than EDGE_PARAMS_MAX parameters, instead of guessing what was meant. */
#include "net/edge.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

STATUS params_percent(struct arena *a, str text, bool plus_is_space, str *ret)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == '%') {
            bool whole = i + 2 < text.len;
            int high = whole ? hex_digit(text.ptr[i + 1]) : -1, low = whole ? hex_digit(text.ptr[i + 2]) : -1;

            if (high < 0 || low < 0)
                return FAIL_AT(REQUEST_MALFORMED, STR("parameters"));
            c = (char)(high << 4 | low);
            i += 2;
        }
        out[len++] = c;
    }
    *ret = (str){ out, len };
    return OK;
}

STATUS params_lines(struct arena *a, str field, str *text)
{
    char *out;
    size_t len = 0;

    if (str_find_char(*text, '\r') == text->len)
        return text_check_lines(field, *text, SIZE_MAX);
    out = arena_alloc(a, text->len);
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i] != '\r' || i + 1 == text->len || text->ptr[i + 1] != '\n')
            out[len++] = text->ptr[i];
    *text = (str){ out, len };
    return text_check_lines(field, *text, SIZE_MAX);
}

static STATUS decoded(struct arena *a, str text, bool lines, str *ret)
{
    TRY(params_percent(a, text, true, ret));
    return lines ? params_lines(a, STR("parameters"), ret) : text_check(STR("parameters"), *ret, SIZE_MAX);
}

static size_t count_pieces(str text)
{
    size_t count = 0;
    str piece;

    while (str_cut(&text, '&', &piece))
        count += piece.len > 0;
    return count;
}

STATUS params_urlencoded(struct arena *a, str text, struct param_list *ret)
{
    size_t count = count_pieces(text), n = 0;
    struct param *list;
    str piece;

    *ret = (struct param_list){ 0 };
    if (count == 0)
        return OK;
    if (count > EDGE_PARAMS_MAX)
        return FAIL_AT(REQUEST_MALFORMED, STR("parameters"));
    list = ARENA_ARRAY(a, struct param, count);
    while (str_cut(&text, '&', &piece)) {
        size_t equals = str_find_char(piece, '=');

        if (piece.len == 0)
            continue;
        TRY(decoded(a, str_slice(piece, 0, equals), false, &list[n].name));
        TRY(decoded(a, str_from(piece, equals + 1), true, &list[n].value));
        n++;
    }
    *ret = (struct param_list){ list, n };
    return OK;
}
