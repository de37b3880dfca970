/* dancu clean: one list in two passes, the first for what its columns say as a whole, the second row by row; see refine.h.
 * tested by: src/refine/test/clean_test.c */
#include "refine/clean.h"

#include "messages/messages.h"
#include "refine/link/roles.h"

enum { BATCH_ROWS = 500, PROGRESS_ROWS = 5000 };
#define BATCH_BYTES_MAX ((size_t)512 << 20)

str clean_word(struct arena *a, const struct clean_options *o, const char *family, const char *word)
{
    str text;

    return msg_find(arena_printf(a, "%s%s", family, word), o->lang, &text) ? text : str_of(word);
}

STATUS clean_format_of(str path, uint32_t allowed, str option, enum clean_format *ret)
{
    static const struct {
        str ending;
        enum clean_format format;
    } endings[] = { { STR(".csv"), CLEAN_CSV }, { STR(".tsv"), CLEAN_TSV }, { STR(".xlsx"), CLEAN_XLSX }, { STR(".json"), CLEAN_JSON } };

    *ret = CLEAN_NONE;
    if (!path.len)
        return OK;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(path, endings[i].ending) && allowed & 1u << endings[i].format) {
            *ret = endings[i].format;
            return OK;
        }
    return FAIL_WITH(ENUM_UNKNOWN, option, path);
}

/* --- roles.yaml --------------------------------------------------------------------------------------------------------- */

/* What a role of a linkage is to a cleaning; the others are of no use here. */
static const struct {
    enum link_role role;
    enum column_role ours;
} roles[] = {
    { LINK_FULL_NAME, COLUMN_NAME },     { LINK_GIVEN_NAME, COLUMN_GIVEN }, { LINK_SURNAME, COLUMN_FAMILY },         { LINK_BIRTH_DATE, COLUMN_BIRTH },
    { LINK_BIRTH_YEAR, COLUMN_BIRTH },   { LINK_SEX, COLUMN_SEX },          { LINK_PERSON_NUMBER, COLUMN_NUMBER },   { LINK_ID_NUMBER, COLUMN_OLD_NUMBER },
    { LINK_PHONE, COLUMN_PHONE },        { LINK_ADDRESS, COLUMN_ADDRESS },
};

STATUS clean_roles(struct arena *a, enum lang lang, str file, str yaml, str *ret_map)
{
    struct roles told;

    TRY(roles_read(a, lang, file, yaml, &told));
    *ret_map = (str){ 0 };
    for (size_t i = 0; i < told.count; i++)
        for (size_t k = 0; k < sizeof roles / sizeof *roles; k++)
            if (roles[k].role == told.columns[i].role)
                *ret_map = arena_printf(a, "%.*s%s=%.*s;", STR_ARG(*ret_map), column_role_name(roles[k].ours), STR_ARG(told.columns[i].head));
    return OK;
}

/* --- the run ------------------------------------------------------------------------------------------------------------- */

struct run {
    const struct clean_options *o;
    struct sheet *sheet;
    struct places places;
    struct place_memo memo;
    struct clean_copy *copy;
    struct clean_journal *journal;
    struct row_journal row;
    struct clean_report *report;
};

/* Each rule counts once a cell. */
static void repairs_count(struct clean_report *r, const struct row_journal *j)
{
    for (size_t i = 0; i < j->repair_count; i++) {
        bool again = false;
        for (size_t k = 0; k < i && !again; k++)
            again = j->repairs[k].role == j->repairs[i].role && j->repairs[k].is.rule == j->repairs[i].is.rule;
        r->repairs[j->repairs[i].is.rule] += !again;
    }
    for (size_t i = 0; i < j->question_count; i++)
        r->questions[j->questions[i].why]++;
    r->asked += j->question_count > 0;
}

static STATUS row_run(struct run *r, struct arena *a, const struct sheet_row *row)
{
    const struct refinery by = { r->sheet, &r->places, &r->memo, &r->report->evidence, &r->row };
    struct list_person p;

    row_clean(a, &by, row, &p);
    r->report->rows++;
    repairs_count(r->report, &r->row);
    if (p.reason != REASON_none) {
        r->report->refused++;
        r->report->reasons[p.reason]++;
    }
    if (r->copy)
        TRY(clean_copy_row(r->copy, a, row, &p, &r->row));
    return r->journal ? clean_journal_row(r->journal, &p, &r->row) : OK;
}

static STATUS rows_run(struct run *r, struct arena *a)
{
    int64_t total = sheet_rows_expected(r->sheet);
    struct sheet_row row;
    bool more;

    for (;;) {
        if (r->report->rows % BATCH_ROWS == 0)
            arena_reset(a);
        TRY(sheet_next(r->sheet, &row, &more));
        if (!more)
            return OK;
        TRY(row_run(r, a, &row));
        if (r->o->progress && r->report->rows % PROGRESS_ROWS == 0)
            r->o->progress(r->o->progress_with, r->report->rows, total);
    }
}

static STATUS outputs_open(struct run *r)
{
    enum clean_format format;

    TRY(clean_format_of(r->o->out, 1u << CLEAN_CSV | 1u << CLEAN_TSV | 1u << CLEAN_XLSX, STR("out"), &format));
    if (format != CLEAN_NONE)
        TRY(clean_copy_open(r->o, r->sheet, &r->copy));
    TRY(clean_format_of(r->o->report, 1u << CLEAN_CSV | 1u << CLEAN_JSON, STR("report"), &format));
    return format != CLEAN_NONE ? clean_journal_open(r->o, r->sheet, &r->journal) : OK;
}

static void columns_tell(struct arena *a, const struct sheet *s, struct clean_report *ret)
{
    ret->encoding = sheet_encoding(s, a);
    ret->sheet_name = arena_str(a, s->sheet_name);
    ret->column_count = s->column_count;
    ret->columns = ARENA_ARRAY(a, struct sheet_column, s->column_count + 1);
    for (size_t i = 0; i < s->column_count; i++) {
        ret->columns[i] = s->columns[i];
        ret->columns[i].header = arena_str(a, s->columns[i].header);
    }
}

static STATUS list_run(struct run *r, struct arena *a)
{
    struct arena *batch = arena_new(BATCH_BYTES_MAX);
    status st = outputs_open(r), closed;

    columns_tell(a, r->sheet, r->report);
    if (status_ok(st))
        st = evidence_gather(r->sheet, &r->report->evidence);
    if (status_ok(st))
        st = rows_run(r, batch);
    arena_free(batch);
    closed = clean_copy_close(&r->copy, status_ok(st));
    st = status_ok(st) ? closed : st;
    closed = clean_journal_close(&r->journal, status_ok(st) ? r->report : NULL);
    return status_ok(st) ? closed : st;
}

STATUS clean_list(struct arena *a, str bytes, const struct clean_options *o, struct clean_report *ret)
{
    struct sheet *sheet DEFER(sheet_done) = NULL;
    struct run *r = ARENA_NEW(a, struct run);

    *ret = (struct clean_report){ 0 };
    TRY(sheet_open(bytes, o->today, &o->sheet, &sheet));
    r->o = o;
    r->sheet = sheet;
    r->report = ret;
    places_init(&r->places, o->defs, o->today);
    place_memo_init(&r->memo, &r->places);
    status st = list_run(r, a);
    place_memo_done(&r->memo);
    places_done(&r->places);
    return st;
}
