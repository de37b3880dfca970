/* The report of a cleaning: as CSV every repair and every question, one a line (row, column, kind, rule, before, after,
 * confidence); as JSON the counts by rule with their shares, what the columns say as a whole, and the questions. A report
 * holds values of people, as the list does; nothing of it goes to a log.
 * tested by: src/refine/test/clean_test.c */
#include "refine/clean.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 64 << 20, PATH_BYTES_MAX = 4096 };

struct clean_journal {
    const struct clean_options *o;
    const struct sheet *s;
    enum clean_format format;
    FILE *file;
    struct buf line;
    bool bad;
    int64_t questions; /* written so far */
    char path[PATH_BYTES_MAX];
};

static STATUS io_bad(const struct clean_journal *c)
{
    status st = FAIL_WITH(IO, STR("report"), c->o->report);

    fault_detail("%s", strerror(errno));
    return st;
}

static void line_write(struct clean_journal *c)
{
    c->bad |= c->line.full || fwrite(c->line.ptr, 1, c->line.len, c->file) != c->line.len;
    buf_clear(&c->line);
}

STATUS clean_journal_open(const struct clean_options *o, const struct sheet *s, struct clean_journal **ret)
{
    struct clean_journal *c = calloc(1, sizeof *c);

    MUST(c);
    *ret = c;
    c->o = o;
    c->s = s;
    buf_init(&c->line, LINE_BYTES_MAX);
    TRY(clean_format_of(o->report, UINT32_MAX, STR("report"), &c->format));
    if (o->report.len >= sizeof c->path)
        return FAIL_WITH(IO, STR("report"), o->report);
    memcpy(c->path, o->report.ptr, o->report.len);
    c->file = fopen(c->path, "wbe");
    if (!c->file)
        return io_bad(c);
    fputs(c->format == CLEAN_CSV ? "\xEF\xBB\xBFrow,column,role,kind,rule,before,after,confidence\r\n" : "{\n\"questions\": [", c->file);
    return OK;
}

static str header_of(const struct clean_journal *c, enum column_role role)
{
    int column = c->s->of_role[role];

    return column >= 0 ? c->s->columns[column].header : (str){ 0 };
}

/* --- CSV ------------------------------------------------------------------------------------------------------------------ */

static void csv_line(struct clean_journal *c, int64_t row, enum column_role role, const char *kind, const char *word)
{
    buf_i64(&c->line, row);
    buf_char(&c->line, ',');
    csv_cell(&c->line, header_of(c, role), ',');
    buf_printf(&c->line, ",%s,%s,%s,", column_role_name(role), kind, word);
}

static void csv_row(struct clean_journal *c, const struct list_person *p, const struct row_journal *j)
{
    for (size_t i = 0; i < j->repair_count; i++) {
        const struct repair *r = &j->repairs[i].is;
        csv_line(c, p->row, j->repairs[i].role, "repair", repair_word(r->rule));
        csv_cell(&c->line, text_is_utf8(r->before) ? r->before : (str){ 0 }, ',');
        buf_char(&c->line, ',');
        csv_cell(&c->line, r->after, ',');
        buf_printf(&c->line, ",%.2f\r\n", r->confidence);
    }
    for (size_t i = 0; i < j->question_count; i++) {
        csv_line(c, p->row, j->questions[i].role, "question", warning_word(j->questions[i].why));
        buf_char(&c->line, ',');
        csv_cell(&c->line, j->questions[i].choices, ',');
        buf_add(&c->line, STR(",\r\n"));
    }
    if (p->reason != REASON_none) {
        csv_line(c, p->row, COLUMN_NONE, "refused", reason_word(p->reason));
        buf_add(&c->line, STR(",,\r\n"));
    }
}

/* --- JSON ----------------------------------------------------------------------------------------------------------------- */

static void json_row(struct clean_journal *c, const struct list_person *p, const struct row_journal *j)
{
    for (size_t i = 0; i < j->question_count; i++) {
        const struct cell_question *q = &j->questions[i];
        buf_printf(&c->line, "%s\n{\"row\": %lld, \"role\": \"%s\", \"why\": \"%s\", \"choices\": ", c->questions++ ? "," : "", (long long)p->row,
                   column_role_name(q->role), warning_word(q->why));
        buf_json(&c->line, q->choices);
        buf_char(&c->line, '}');
    }
}

static void json_counts(struct clean_journal *c, const char *name, const int64_t *counts, int n, const char *(*word)(int), int64_t rows)
{
    const char *separator = "";

    buf_printf(&c->line, ",\n\"%s\": {", name);
    for (int i = 0; i < n; i++) {
        if (!counts[i])
            continue;
        buf_printf(&c->line, "%s\n\"%s\": {\"cells\": %lld, \"share\": %.6f}", separator, word(i), (long long)counts[i], rows ? (double)counts[i] / (double)rows : 0);
        separator = ",";
    }
    buf_add(&c->line, STR("\n}"));
}

static const char *reason_word_at(int i) { return reason_word((enum row_reason)i); }

static const char *sex_code_word(const struct evidence *e)
{
    static const char *const words[] = { "civil", "male_is_1", "female_is_1" };

    return e->sex_code_is_known ? words[e->sex_code] : "unknown";
}

static void json_end(struct clean_journal *c, const struct clean_report *r)
{
    const struct evidence *e = &r->evidence;

    buf_printf(&c->line, "\n],\n\"rows\": %lld, \"refused\": %lld, \"rows_with_questions\": %lld,\n\"encoding\": ", (long long)r->rows, (long long)r->refused,
               (long long)r->asked);
    buf_json(&c->line, r->encoding);
    buf_printf(&c->line, ",\n\"dates\": {\"day_first\": %zu, \"month_first\": %zu, \"either\": %zu, \"order\": \"%s\", \"proven\": %s, \"swapped_share\": %.6f, "
               "\"first_of_january\": %zu},\n\"sex_code\": \"%s\",\n\"columns\": [",
               e->day_first, e->month_first, e->either, e->month_is_first ? "month_first" : "day_first", e->order_is_proven ? "true" : "false",
               evidence_swapped(e), e->first_of_january, sex_code_word(e));
    for (size_t i = 0; i < r->column_count; i++) {
        buf_printf(&c->line, "%s\n{\"place\": %zu, \"role\": \"%s\", \"encoding\": \"%s\", \"header\": ", i ? "," : "", i + 1, column_role_name(r->columns[i].role),
                   encoding_name(r->columns[i].form.set));
        buf_json(&c->line, r->columns[i].header);
        buf_char(&c->line, '}');
    }
    buf_add(&c->line, STR("\n]"));
    json_counts(c, "repairs", r->repairs, REPAIR_COUNT, repair_word, r->rows);
    json_counts(c, "question_counts", r->questions, WARNING_COUNT, warning_word, r->rows);
    json_counts(c, "reasons", r->reasons, REASON_COUNT, reason_word_at, r->rows);
    buf_add(&c->line, STR("\n}\n"));
}

STATUS clean_journal_row(struct clean_journal *c, const struct list_person *p, const struct row_journal *j)
{
    if (c->format == CLEAN_CSV)
        csv_row(c, p, j);
    else
        json_row(c, p, j);
    line_write(c);
    return c->bad ? io_bad(c) : OK;
}

STATUS clean_journal_close(struct clean_journal **at, const struct clean_report *r)
{
    struct clean_journal *c = *at;
    status st = OK;

    if (!c)
        return OK;
    if (r && c->format == CLEAN_JSON && c->file) {
        json_end(c, r);
        line_write(c);
    }
    if (c->file)
        c->bad |= fclose(c->file) != 0;
    if (c->bad && r)
        st = io_bad(c);
    if (c->file && (c->bad || !r))
        unlink(c->path);
    buf_done(&c->line);
    free(c);
    *at = NULL;
    return st;
}
