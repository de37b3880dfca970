/* One writer for CSV and workbooks: the workbook library writes to a path only, so a draft is a memory file with a path under /proc.
 * tested by: src/refine/file/test/written_test.c */
#include "book/book.h"

#include "base/csv.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { PATH_BYTES_MAX = 4096, LINE_BYTES_MAX = 64 << 20, WORKBOOK_CELL_BYTES = 32000 };

struct book {
    enum book_format format;
    char path[PATH_BYTES_MAX];
    int draft; /* -1: a file */
    FILE *file;
    struct buf line, cell;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *day; /* once one was written */
    lxw_row_t row;
    lxw_col_t column;
    bool bad;
};

static STATUS book_bad(const struct book *b)
{
    status st = FAIL_WITH(IO, STR("out"), b->draft < 0 ? str_of(b->path) : (str){ 0 });

    fault_detail("%s", strerror(errno));
    return st;
}

static void book_free(struct book *b)
{
    if (b->draft >= 0)
        close(b->draft);
    buf_done(&b->line);
    buf_done(&b->cell);
    free(b);
}

static struct book *book_new(enum book_format format)
{
    struct book *b = calloc(1, sizeof *b);

    MUST(b);
    b->format = format;
    b->draft = -1;
    buf_init(&b->line, LINE_BYTES_MAX);
    buf_init(&b->cell, LINE_BYTES_MAX);
    return b;
}

static STATUS book_begin(struct book *b, char *directory, struct book **ret)
{
    lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = directory };

    b->file = fopen(b->path, "wbe");
    if (!b->file) {
        status st = book_bad(b);
        book_free(b);
        return st;
    }
    if (b->format == BOOK_XLSX) {
        /* The library opens the path only at the end: that it can be written is known now. */
        fclose(b->file);
        b->file = NULL;
        b->workbook = workbook_new_opt(b->path, &options);
        MUST(b->workbook);
    } else {
        b->bad |= fputs("\xEF\xBB\xBF", b->file) < 0;
    }
    *ret = b;
    return OK;
}

STATUS book_open(str path, enum book_format format, struct book **ret)
{
    if (path.len >= PATH_BYTES_MAX)
        return FAIL_WITH(IO, STR("out"), path);
    struct book *b = book_new(format);
    memcpy(b->path, path.ptr, path.len);
    return book_begin(b, NULL, ret);
}

STATUS book_draft(str directory, enum book_format format, struct book **ret)
{
    char folder[PATH_BYTES_MAX] = "";
    struct book *b;

    if (directory.len >= sizeof folder)
        return FAIL_WITH(IO, STR("out"), directory);
    memcpy(folder, directory.ptr, directory.len);
    b = book_new(format);
    b->draft = memfd_create("draft", MFD_CLOEXEC);
    snprintf(b->path, sizeof b->path, "/proc/self/fd/%d", b->draft);
    return book_begin(b, folder, ret);
}

void book_table(struct book *b, str title)
{
    if (b->workbook) {
        buf_clear(&b->cell);
        buf_add(&b->cell, title);
        buf_char(&b->cell, 0);
        b->sheet = workbook_add_worksheet(b->workbook, title.len ? b->cell.ptr : NULL);
        b->bad |= !b->sheet;
        b->row = 0;
    } else if (b->row) {
        book_line(b);
    }
}

static void delimiter_put(struct book *b)
{
    if (b->column++)
        buf_char(&b->line, b->format == BOOK_TSV ? '\t' : ',');
}

void book_text(struct book *b, str text)
{
    if (!b->workbook) {
        delimiter_put(b);
        csv_cell(&b->line, text, b->format == BOOK_TSV ? '\t' : ',');
        return;
    }
    if (text.len && b->sheet) {
        buf_clear(&b->cell);
        buf_add(&b->cell, text_cut(text, WORKBOOK_CELL_BYTES));
        buf_char(&b->cell, 0);
        b->bad |= worksheet_write_string(b->sheet, b->row, b->column, b->cell.ptr, NULL) != LXW_NO_ERROR;
    }
    b->column++;
}

void book_words(struct book *b, str text)
{
    if (b->workbook || !text.len || !strchr("=+-@\t\r", text.ptr[0])) {
        book_text(b, text);
        return;
    }
    buf_clear(&b->cell);
    buf_char(&b->cell, '\'');
    buf_add(&b->cell, text);
    book_text(b, buf_str(&b->cell));
}

void book_number(struct book *b, int64_t number)
{
    if (!b->workbook) {
        delimiter_put(b);
        buf_i64(&b->line, number);
        return;
    }
    if (b->sheet)
        b->bad |= worksheet_write_number(b->sheet, b->row, b->column, (double)number, NULL) != LXW_NO_ERROR;
    b->column++;
}

void book_day(struct book *b, day d)
{
    lxw_datetime at = { .year = d.ymd / 10000, .month = d.ymd / 100 % 100, .day = d.ymd % 100 };
    char text[16];

    if (!b->workbook || at.year < 1900) {
        snprintf(text, sizeof text, "%02d/%02d/%04d", at.day, at.month, at.year);
        book_text(b, str_of(text));
        return;
    }
    if (!b->day) {
        b->day = workbook_add_format(b->workbook);
        MUST(b->day);
        format_set_num_format(b->day, "dd/mm/yyyy");
    }
    if (b->sheet)
        b->bad |= worksheet_write_datetime(b->sheet, b->row, b->column, &at, b->day) != LXW_NO_ERROR;
    b->column++;
}

void book_line(struct book *b)
{
    b->row++;
    b->column = 0;
    if (b->workbook)
        return;
    buf_add(&b->line, STR("\r\n"));
    b->bad |= b->line.full || fwrite(b->line.ptr, 1, b->line.len, b->file) != b->line.len;
    buf_clear(&b->line);
}

STATUS book_check(const struct book *b) { return b->bad ? book_bad(b) : OK; }

static void book_end(struct book *b)
{
    if (b->workbook)
        b->bad |= workbook_close(b->workbook) != LXW_NO_ERROR;
    if (b->file)
        b->bad |= fclose(b->file) != 0;
    b->workbook = NULL;
    b->file = NULL;
}

STATUS book_close(struct book **at)
{
    struct book *b = *at;

    book_end(b);
    if (b->bad) {
        status st = book_bad(b);
        book_drop(at);
        return st;
    }
    *at = NULL;
    book_free(b);
    return OK;
}

void book_drop(struct book **at)
{
    struct book *b = *at;
    struct stat is;

    if (!b)
        return;
    *at = NULL;
    book_end(b);
    /* Never a device. */
    if (b->draft < 0 && lstat(b->path, &is) == 0 && S_ISREG(is.st_mode))
        unlink(b->path);
    book_free(b);
}

/* The bytes of a finished draft. */
static STATUS draft_read(const struct book *b, struct arena *a, size_t bytes_max, str *ret)
{
    struct stat is;

    if (b->bad || fstat(b->draft, &is) != 0)
        return book_bad(b);
    if ((size_t)is.st_size > bytes_max)
        return FAIL_AT(FILE_TOO_LARGE, STR("file"));
    char *bytes = arena_alloc(a, (size_t)is.st_size + 1);
    size_t have = 0;
    while (have < (size_t)is.st_size) {
        ssize_t n = pread(b->draft, bytes + have, (size_t)is.st_size - have, (off_t)have);
        if (n <= 0)
            return book_bad(b);
        have += (size_t)n;
    }
    *ret = (str){ bytes, have };
    return OK;
}

STATUS book_take(struct book **at, struct arena *a, size_t bytes_max, str *ret)
{
    book_end(*at);
    status st = draft_read(*at, a, bytes_max, ret);
    book_drop(at);
    return st;
}
