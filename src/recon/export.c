/* The report of a run as a file: a line for each unit, then for each unit and field, CSV or XLSX (as PDF: paper.c). Figures only: no person is in it.
 * tested by: src/recon/test/run_test.c */
#include "recon/inside.h"

#include "book/book.h"
#include "messages/messages.h"

enum { EXPORT_BYTES_MAX = 64 << 20, UNIT_COLUMNS = 11, FIELD_COLUMNS = 5 };

static void table_begin(struct book *b, str title, const str *heads, size_t count)
{
    book_table(b, title);
    for (size_t i = 0; i < count; i++)
        book_words(b, heads[i]);
    book_line(b);
}

/* --- the tables ------------------------------------------------------------------------------------------------------------------- */

static str unit_name(const struct ctx *cx, const struct run_unit_count *u) { return u->has_unit ? u->name : msg_run_unit_unknown(cx->lang); }

static void unit_put(struct book *b, str name, const struct run_unit_count *u)
{
    const int64_t numbers[] = { u->rows, u->matched, u->conflicting, u->ambiguous, u->not_found, u->duplicate, u->deceased, u->moved, u->cancelled, u->confidence };
    book_words(b, name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        book_number(b, numbers[i]);
    book_line(b);
}

static void units_put(struct book *b, const struct ctx *cx, const struct run_report_out *r)
{
    const enum lang l = cx->lang;
    const str heads[UNIT_COLUMNS] = { msg_run_unit(l), msg_run_rows(l), msg_run_outcome_matched(l), msg_run_outcome_conflicting(l), msg_run_outcome_ambiguous(l),
                                      msg_run_outcome_not_found(l), msg_run_outcome_duplicate(l), msg_run_outcome_deceased(l), msg_run_outcome_moved(l),
                                      msg_run_outcome_cancelled(l), msg_run_confidence_percent(l) };
    table_begin(b, msg_run_sheet_units(l), heads, UNIT_COLUMNS);
    for (size_t i = 0; i < r->units_count; i++)
        unit_put(b, unit_name(cx, &r->units[i]), &r->units[i]);
    unit_put(b, msg_run_total(l), &r->total);
}

static void fields_put(struct book *b, str name, const struct run_unit_count *u)
{
    for (size_t i = 0; i < u->fields_count; i++) {
        book_words(b, name);
        book_words(b, u->fields[i].label);
        book_number(b, u->fields[i].compared);
        book_number(b, u->fields[i].differing);
        book_number(b, u->fields[i].confidence);
        book_line(b);
    }
}

static void field_table_put(struct book *b, const struct ctx *cx, const struct run_report_out *r)
{
    const enum lang l = cx->lang;
    const str heads[FIELD_COLUMNS] = { msg_run_unit(l), msg_run_field(l), msg_run_compared(l), msg_run_differing(l), msg_run_confidence_percent(l) };
    table_begin(b, msg_run_sheet_fields(l), heads, FIELD_COLUMNS);
    for (size_t i = 0; i < r->units_count; i++)
        fields_put(b, unit_name(cx, &r->units[i]), &r->units[i]);
    fields_put(b, msg_run_total(l), &r->total);
}

/* Under which map the other tables count, and as known when. */
static void facts_put(struct book *b, const struct ctx *cx, const struct run_report_out *r)
{
    const enum lang l = cx->lang;
    const str facts[][2] = { { msg_run_map(l), r->map_says }, { msg_run_snapshot(l), msg_time(cx->arena, l, r->item.snapshot) }, { msg_run_digest(l), r->item.digest } };
    book_table(b, msg_run_sheet_about(l));
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        book_words(b, facts[i][0]);
        book_words(b, facts[i][1]);
        book_line(b);
    }
}

static STATUS report_book(struct ctx *cx, const struct run_report_out *r, enum book_format format, str *ret)
{
    struct book *b;

    TRY(book_draft(cx->app->directory, format, &b));
    facts_put(b, cx, r);
    units_put(b, cx, r);
    field_table_put(b, cx, r);
    return book_take(&b, cx->arena, EXPORT_BYTES_MAX, ret);
}

STATUS run_export(struct ctx *cx, const struct run_export_in *in, struct run_export_out *ret)
{
    struct run_report_in ask = { .run = in->run, .has_map = in->has_map, .map = in->map };
    struct run_report_out report = { 0 };
    TRY(run_report(cx, &ask, &report));
    if (in->has_format && in->format == RUN_EXPORT_IN_FORMAT_PDF)
        return run_paper_write(cx, &report, &ret->file);
    return report_book(cx, &report, in->has_format && in->format == RUN_EXPORT_IN_FORMAT_XLSX ? BOOK_XLSX : BOOK_CSV, &ret->file);
}
