/* What the columns of a list mean: roles of a person, and fields of the register into which it goes. What a sender decides is
 * kept by the headers, so that the next list of the same source is proposed the same.
 * tested by: src/centre/test/into_test.c */
#include "centre/inside.h"

#include <string.h>

static const str field_mark = STR(SHEET_FIELD_MARK);

enum { MAP_BYTES_MAX = 2000 };

bool mapping_field(str map, str key, str *ret_column)
{
    str item, name;

    while (map.len && str_cut(&map, ';', &item)) {
        item = str_trim(item);
        if (!str_starts(item, field_mark) || !str_cut(&item, '=', &name))
            continue;
        *ret_column = str_trim(item);
        if (str_eq(str_trim(str_from(name, field_mark.len)), key))
            return true;
    }
    return false;
}

int mapping_column(struct arena *a, const struct sheet *s, str column)
{
    int64_t place;

    if (str_starts(column, STR("#")) && str_i64(str_from(column, 1), &place))
        return place >= 1 && (size_t)place <= s->column_count ? (int)place - 1 : -1;
    for (size_t c = 0; c < s->column_count && column.len; c++)
        if (str_eq(viet_fold(a, str_trim(s->columns[c].header)), viet_fold(a, column)))
            return (int)c;
    return -1;
}

/* A header that stands twice, or holds the signs of a map, tells no column. */
static bool header_serves(const struct sheet *s, size_t column)
{
    str header = s->columns[column].header;
    size_t same = 0;

    for (size_t c = 0; c < s->column_count; c++)
        same += str_eq(s->columns[c].header, header);
    return header.len && same == 1 && header.ptr[0] != '#' && str_find_char(header, ';') == header.len && str_find_char(header, '=') == header.len;
}

str mapping_by_header(struct arena *a, const struct sheet *s, str map)
{
    str item, name, out = { 0 };

    while (map.len && str_cut(&map, ';', &item)) {
        item = str_trim(item);
        if (!str_cut(&item, '=', &name))
            continue;
        int column = mapping_column(a, s, str_trim(item));
        if (str_trim(item).len && (column < 0 || !header_serves(s, (size_t)column)))
            return (str){ 0 };
        str header = column >= 0 ? s->columns[column].header : (str){ 0 };
        out = arena_printf(a, "%.*s%s%.*s=%.*s", STR_ARG(out), out.len ? "; " : "", STR_ARG(str_trim(name)), STR_ARG(header));
    }
    return out.len <= MAP_BYTES_MAX ? out : (str){ 0 };
}
