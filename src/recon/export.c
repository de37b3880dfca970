/* The report of a run as a file: a line for each unit, then for each unit and field, CSV or XLSX (as PDF: paper.c). Figures only: no person is in it.
 * A text that a spreadsheet would run as a formula is given as text.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

static const char *const run_map_words[] = { "registered", "old", "new" };

enum { EXPORT_BYTES_MAX = 64 << 20, UNIT_COLUMNS = 11, FIELD_COLUMNS = 5 };

/* One table after another: lines of one CSV parted by an empty one, or sheets of a workbook. */
struct out {
    struct ctx *cx;
    struct buf csv;
    lxw_workbook *book; /* NULL: CSV */
    lxw_worksheet *sheet;
    lxw_row_t row;
    lxw_col_t column;
    bool bad;
};

static void cell_text(struct out *o, str text)
{
    bool runs = text.len && strchr("=+-@\t\r", text.ptr[0]);
    if (o->book) {
        o->bad |= text.len && worksheet_write_string(o->sheet, o->row, o->column, arena_z(o->cx->arena, text), NULL) != LXW_NO_ERROR;
    } else {
        if (o->column)
            buf_char(&o->csv, ',');
        csv_cell(&o->csv, runs ? arena_join(o->cx->arena, STR("'"), text) : text, ',');
    }
    o->column++;
}

static void cell_number(struct out *o, int64_t n)
{
    if (o->book) {
        o->bad |= worksheet_write_number(o->sheet, o->row, o->column++, (double)n, NULL) != LXW_NO_ERROR;
        return;
    }
    if (o->column++)
        buf_char(&o->csv, ',');
    buf_i64(&o->csv, n);
}

static void line_end(struct out *o)
{
    if (!o->book)
        buf_add(&o->csv, STR("\r\n"));
    o->row++;
    o->column = 0;
}

static void table_begin(struct out *o, str title, const str *heads, size_t count)
{
    if (o->book) {
        o->sheet = workbook_add_worksheet(o->book, arena_z(o->cx->arena, title));
        o->row = 0;
    } else if (o->row) {
        line_end(o);
    }
    for (size_t i = 0; i < count; i++)
        cell_text(o, heads[i]);
    line_end(o);
}

/* --- the tables ------------------------------------------------------------------------------------------------------------------- */

static str unit_name(const struct ctx *cx, const struct run_unit_count *u) { return u->has_unit ? u->name : msg_run_unit_unknown(cx->lang); }

static void unit_put(struct out *o, str name, const struct run_unit_count *u)
{
    const int64_t numbers[] = { u->rows, u->matched, u->conflicting, u->ambiguous, u->not_found, u->duplicate, u->deceased, u->moved, u->cancelled, u->confidence };
    cell_text(o, name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cell_number(o, numbers[i]);
    line_end(o);
}

static void units_put(struct out *o, const struct run_report_out *r)
{
    const enum lang l = o->cx->lang;
    const str heads[UNIT_COLUMNS] = { msg_run_unit(l), msg_run_rows(l), msg_run_outcome_matched(l), msg_run_outcome_conflicting(l), msg_run_outcome_ambiguous(l),
                                      msg_run_outcome_not_found(l), msg_run_outcome_duplicate(l), msg_run_outcome_deceased(l), msg_run_outcome_moved(l),
                                      msg_run_outcome_cancelled(l), msg_run_confidence_percent(l) };
    table_begin(o, msg_run_sheet_units(l), heads, UNIT_COLUMNS);
    for (size_t i = 0; i < r->units_count; i++)
        unit_put(o, unit_name(o->cx, &r->units[i]), &r->units[i]);
    unit_put(o, msg_run_total(l), &r->total);
}

static void fields_put(struct out *o, str name, const struct run_unit_count *u)
{
    for (size_t i = 0; i < u->fields_count; i++) {
        cell_text(o, name);
        cell_text(o, u->fields[i].label);
        cell_number(o, u->fields[i].compared);
        cell_number(o, u->fields[i].differing);
        cell_number(o, u->fields[i].confidence);
        line_end(o);
    }
}

static void field_table_put(struct out *o, const struct run_report_out *r)
{
    const enum lang l = o->cx->lang;
    const str heads[FIELD_COLUMNS] = { msg_run_unit(l), msg_run_field(l), msg_run_compared(l), msg_run_differing(l), msg_run_confidence_percent(l) };
    table_begin(o, msg_run_sheet_fields(l), heads, FIELD_COLUMNS);
    for (size_t i = 0; i < r->units_count; i++)
        fields_put(o, unit_name(o->cx, &r->units[i]), &r->units[i]);
    fields_put(o, msg_run_total(l), &r->total);
}

/* --- files ------------------------------------------------------------------------------------------------------------------------ */

static STATUS buf_take(struct ctx *cx, struct buf *b, str *ret)
{
    status st = buf_check(b);
    if (status_ok(st))
        *ret = arena_str(cx->arena, buf_str(b));
    buf_done(b);
    return status_ok(st) ? OK : FAIL_AT(FILE_TOO_LARGE, STR("file"));
}

static STATUS export_csv(struct ctx *cx, const struct run_report_out *r, str *ret)
{
    struct out o = { .cx = cx };
    buf_init(&o.csv, EXPORT_BYTES_MAX);
    buf_add(&o.csv, STR("\xEF\xBB\xBF"));
    units_put(&o, r);
    field_table_put(&o, r);
    return buf_take(cx, &o.csv, ret);
}

static STATUS file_take(struct ctx *cx, const char *path, str *ret)
{
    FILE *f = fopen(path, "rbe");
    struct buf b;
    char piece[65536];
    size_t n;
    if (!f)
        return FAIL_AT(IO, STR("xlsx"));
    buf_init(&b, EXPORT_BYTES_MAX);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_bytes(&b, piece, n);
    fclose(f);
    return buf_take(cx, &b, ret);
}

/* The library writes files only: a draft in the folder of the installation, gone before the reply leaves. */
static STATUS export_xlsx(struct ctx *cx, const struct run_report_out *r, str *ret)
{
    str path = arena_printf(cx->arena, "%.*s/.run-%016llx.xlsx", STR_ARG(cx->app->directory), (unsigned long long)random_u64());
    char *file = arena_z(cx->arena, path), *drafts = arena_z(cx->arena, cx->app->directory);
    lxw_workbook_options options = { .constant_memory = LXW_FALSE, .tmpdir = drafts };
    struct out o = { .cx = cx, .book = workbook_new_opt(file, &options) };
    status st;
    if (!o.book)
        return FAIL_AT(IO, STR("xlsx"));
    units_put(&o, r);
    field_table_put(&o, r);
    bool good = workbook_close(o.book) == LXW_NO_ERROR && !o.bad;
    st = good ? file_take(cx, file, ret) : FAIL_AT(IO, STR("xlsx"));
    unlink(file);
    return st;
}

STATUS run_export(struct ctx *cx, const struct run_export_in *in, struct run_export_out *ret)
{
    struct run_report_in ask = { .run = in->run, .has_map = in->has_map, .map = in->map };
    struct run_report_out report = { 0 };
    TRY(run_report(cx, &ask, &report));
    if (in->has_format && in->format == RUN_EXPORT_IN_FORMAT_PDF)
        return run_paper_write(cx, &report, in->has_map ? str_of(run_map_words[in->map]) : str_of(run_map_words[0]), &ret->file);
    return in->has_format && in->format == RUN_EXPORT_IN_FORMAT_XLSX ? export_xlsx(cx, &report, &ret->file) : export_csv(cx, &report, &ret->file);
}
