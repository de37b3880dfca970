/* See book.h. tested by: src/refine/file/test/sheet_test.c */
#include "refine/file/test/book.h"

#include <string.h>
#include <zip.h>

str book_zip(struct arena *a, const struct book_part *parts, size_t count)
{
    zip_error_t error;
    zip_stat_t st;
    zip_source_t *out;
    zip_t *zip;
    char *bytes;

    zip_error_init(&error);
    out = zip_source_buffer_create(NULL, 0, 0, &error);
    MUST(out);
    zip_source_keep(out);
    zip = zip_open_from_source(out, ZIP_TRUNCATE, &error);
    MUST(zip);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *in = zip_source_buffer(zip, parts[i].text.ptr, parts[i].text.len, 0);
        MUST(in && zip_file_add(zip, parts[i].name, in, ZIP_FL_ENC_UTF_8) >= 0);
    }
    MUST(zip_close(zip) == 0);
    MUST(zip_source_stat(out, &st) == 0 && zip_source_open(out) == 0);
    bytes = arena_alloc(a, st.size + 1);
    MUST(zip_source_read(out, bytes, st.size) == (zip_int64_t)st.size);
    zip_source_close(out);
    zip_source_free(out);
    zip_error_fini(&error);
    return (str){ bytes, st.size };
}

str book_make(struct arena *a, const char *rows, const char *shared, const char *styles)
{
    struct book_part parts[5] = {
        { "xl/workbook.xml", STR("<workbook xmlns:r=\"r\"><sheets><sheet name=\"Hidden\" sheetId=\"2\" r:id=\"rId9\" state=\"hidden\"/>"
                                 "<sheet name=\"List\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>") },
        { "xl/_rels/workbook.xml.rels", STR("<Relationships><Relationship Id=\"rId9\" Target=\"worksheets/none.xml\"/>"
                                            "<Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>") },
        { "xl/worksheets/sheet1.xml", arena_printf(a, "<worksheet><dimension ref=\"A1:F99\"/><sheetData>%s</sheetData></worksheet>", rows) },
    };
    size_t n = 3;

    if (shared)
        parts[n++] = (struct book_part){ "xl/sharedStrings.xml", arena_printf(a, "<sst>%s</sst>", shared) };
    if (styles)
        parts[n++] = (struct book_part){ "xl/styles.xml", arena_printf(a, "<styleSheet>%s</styleSheet>", styles) };
    return book_zip(a, parts, n);
}
