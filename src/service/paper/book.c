/* Papers of the office itself, made anew whenever they are wanted and not signed: the control sheet that goes with a dossier
 * (form 05), and the registry book (form 06) of what it received between two days. And the apology, which is a move.
 * Law: TT 01/2018/TT-VPCP annex, forms 05 and 06; NĐ 61/2018/NĐ-CP Đ19.
 * tested by: src/service/test/paper_test.c */
#include "service/paper/inside.h"

#include "messages/messages.h"
#include "viet/calendar/workday.h"
#include "viet/fold.h"

enum { BOOK_ROWS_MAX = 5000, BOOK_DAYS_MAX = 366, BOOK_COLUMNS = 7, CONTROL_COLUMNS = 4, HOLD_COLUMNS = 3, MINUTE_US = 60 * 1000000 };

static struct paper_words says(str vi) { return (struct paper_words){ .vi = vi }; }

static STATUS rendered(struct ctx *cx, const struct paper *p, str *ret)
{
    struct buf out;
    buf_init(&out, PAPER_BYTES_MAX);
    status st = paper_render(p, &out);
    if (status_ok(st))
        *ret = arena_str(cx->arena, buf_str(&out));
    buf_done(&out);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

/* --- form 05 ----------------------------------------------------------------------------------------------------------------- */

static str word_of(struct ctx *cx, const char *family, const char *word)
{
    str label = str_of(word);
    (void)msg_find(arena_printf(cx->arena, "%s%s", family, word), LANG_VI, &label);
    return label;
}

static void course_write(struct ctx *cx, const struct dossier *d, struct paper *p)
{
    struct paper_column *columns = ARENA_ARRAY(cx->arena, struct paper_column, CONTROL_COLUMNS);
    str *cells = ARENA_ARRAY(cx->arena, str, d->event_count * CONTROL_COLUMNS + 1);
    columns[0] = (struct paper_column){ says(msg_form_at(LANG_VI)), 3, PAPER_LEFT };
    columns[1] = (struct paper_column){ says(msg_form_step(LANG_VI)), 4, PAPER_LEFT };
    columns[2] = (struct paper_column){ says(msg_form_state(LANG_VI)), 3, PAPER_LEFT };
    columns[3] = (struct paper_column){ says(msg_form_note(LANG_VI)), 4, PAPER_LEFT };
    for (size_t i = 0; i < d->event_count; i++) {
        const struct dossier_event_row *e = &d->events[i];
        str *c = &cells[i * CONTROL_COLUMNS];
        c[0] = msg_time(cx->arena, LANG_VI, e->at_us);
        c[1] = word_of(cx, "service_done_", command_word((enum dossier_command)e->command));
        c[2] = word_of(cx, "dossier_state_", state_word((enum dossier_state)e->state));
        c[3] = e->note;
    }
    paper_table(p, &(struct paper_table){ columns, CONTROL_COLUMNS, cells, d->event_count, false });
}

static str hours_text(struct ctx *cx, int64_t us)
{
    int64_t minutes = us / MINUTE_US;
    return msg_form_hours(cx->arena, LANG_VI, minutes / 60, minutes % 60);
}

static void holders_write(struct ctx *cx, const struct dossier *d, struct paper *p)
{
    struct paper_column *columns = ARENA_ARRAY(cx->arena, struct paper_column, HOLD_COLUMNS);
    str *cells = ARENA_ARRAY(cx->arena, str, d->event_count * HOLD_COLUMNS + 1);
    struct clock_life life;
    struct dossier_clock k;
    size_t rows = 0;
    columns[0] = (struct paper_column){ says(msg_form_held(LANG_VI)), 4, PAPER_LEFT };
    columns[1] = (struct paper_column){ says(msg_form_held_minutes(LANG_VI)), 2, PAPER_RIGHT };
    columns[2] = (struct paper_column){ says(msg_form_held_late(LANG_VI)), 2, PAPER_RIGHT };
    dossier_life(cx, d, &life);
    dossier_clock_fold(&life, &k);
    for (size_t i = 0; i < d->event_count; i++) {
        struct organisation o;
        int64_t late_us;
        if (life.events[i].holder != (int32_t)i || !d->events[i].holder.len)
            continue;
        int64_t held = dossier_clock_held_by(&life, (int32_t)i, k.due_us, &late_us);
        bool known = defs_organisation(cx->arena, cx->app->defs, d->events[i].holder, &o);
        str *c = &cells[rows++ * HOLD_COLUMNS];
        c[0] = known ? o.name_vi : d->events[i].holder;
        c[1] = hours_text(cx, held);
        c[2] = hours_text(cx, late_us);
    }
    paper_table(p, &(struct paper_table){ columns, HOLD_COLUMNS, cells, rows, false });
}

STATUS dossier_control(struct ctx *cx, const struct dossier_control_in *in, struct dossier_control_out *ret)
{
    struct dossier d;
    struct writing w;
    TRY(dossier_find(cx, in->dossier, &d));
    if (d.row.state == DOSSIER_DRAFT)
        return FAIL_WITH(PAPER_EARLY, STR("kind"), STR("control"));
    dossier_purpose(cx, &d);
    TRY(writing_begin(cx, &d, UINT64_C(1) << FIELD_NAME, &w));
    struct paper_about about = { .at_us = cx->now_us, .title = says(msg_form_control_title(LANG_VI)), .author = w.office.name_vi };
    struct paper *p = paper_new(cx->arena, &about);
    struct paper_pair *pairs = ARENA_ARRAY(cx->arena, struct paper_pair, 4);
    pairs[0] = (struct paper_pair){ says(msg_form_procedure(LANG_VI)), d.procedure->name_vi };
    pairs[1] = (struct paper_pair){ says(msg_form_name_of(LANG_VI)), w.applicant.name };
    pairs[2] = (struct paper_pair){ says(msg_form_due_at(LANG_VI)), d.row.due_us ? msg_time(cx->arena, LANG_VI, d.row.due_us) : STR("–") };
    paper_form(p, says(msg_form_name(cx->arena, LANG_VI, STR("05"))));
    paper_head(p, &(struct paper_head){ .agency = says(viet_upper(cx->arena, w.office.name_vi)), .on = cx->today });
    paper_title(p, says(msg_form_control_title(LANG_VI)), says(msg_form_dossier_code(cx->arena, LANG_VI, d.row.code)));
    paper_pairs(p, pairs, 3);
    course_write(cx, &d, p);
    holders_write(cx, &d, p);
    return rendered(cx, p, &ret->file);
}

/* --- form 06 ----------------------------------------------------------------------------------------------------------------- */

static STATUS book_row(struct ctx *cx, const struct dossier_row *r, size_t number, str *c)
{
    const struct procedure *pr = defs_procedure(cx->app->defs, r->procedure_key, (day){ r->procedure_day });
    struct person applicant;
    bool known;
    TRY(person_by_id(cx, (person_id){ r->applicant }, &applicant, &known));
    TRY(disclosure_note(cx, (struct subject){ { r->applicant }, applicant.unit }, UINT64_C(1) << FIELD_NAME));
    c[0] = arena_printf(cx->arena, "%zu", number);
    c[1] = r->code;
    c[2] = pr ? pr->name_vi : r->procedure_key;
    c[3] = known ? applicant.name : STR("");
    c[4] = msg_time(cx->arena, LANG_VI, r->submitted_us);
    c[5] = r->due_us ? msg_time(cx->arena, LANG_VI, r->due_us) : STR("");
    c[6] = r->ended_us ? msg_time(cx->arena, LANG_VI, r->ended_us) : word_of(cx, "dossier_state_", state_word((enum dossier_state)r->state));
    return OK;
}

static struct paper_column *book_columns(struct ctx *cx)
{
    struct paper_column *c = ARENA_ARRAY(cx->arena, struct paper_column, BOOK_COLUMNS);
    c[0] = (struct paper_column){ says(msg_form_serial(LANG_VI)), 1, PAPER_RIGHT };
    c[1] = (struct paper_column){ says(msg_form_code(LANG_VI)), 4, PAPER_LEFT };
    c[2] = (struct paper_column){ says(msg_form_procedure(LANG_VI)), 4, PAPER_LEFT };
    c[3] = (struct paper_column){ says(msg_form_name_of(LANG_VI)), 4, PAPER_LEFT };
    c[4] = (struct paper_column){ says(msg_form_received_at(LANG_VI)), 3, PAPER_LEFT };
    c[5] = (struct paper_column){ says(msg_form_due_at(LANG_VI)), 3, PAPER_LEFT };
    c[6] = (struct paper_column){ says(msg_form_ended_at(LANG_VI)), 3, PAPER_LEFT };
    return c;
}

STATUS dossier_book(struct ctx *cx, const struct dossier_book_in *in, struct dossier_book_out *ret)
{
    struct organisation office;
    struct dossier_row *rows;
    size_t count;
    if (!cx->actor.organisation.len || !defs_organisation(cx->arena, cx->app->defs, cx->actor.organisation, &office))
        return FAIL(NOT_ALLOWED);
    if (day_precision(in->from) != DAY_FULL || day_precision(in->to) != DAY_FULL || day_first(in->to) < day_first(in->from) ||
        day_first(in->to) - day_first(in->from) >= BOOK_DAYS_MAX)
        return FAIL_AT(VALUE_RANGE, STR("to"));
    TRY(dossiers_received(cx, &(struct dossiers_received_params){ .shard = SHARD, .organisation = cx->actor.organisation, .from_us = day_start_us(in->from),
        .to_us = day_start_us(day_add(in->to, 1)), .most = BOOK_ROWS_MAX + 1 }, &rows, &count));
    if (count > BOOK_ROWS_MAX)
        return FAIL_AT(VALUE_RANGE, STR("to"));
    str *cells = ARENA_ARRAY(cx->arena, str, count * BOOK_COLUMNS + 1);
    cx->purpose = (struct purpose){ STR("dossier"), STR("book") };
    for (size_t i = 0; i < count; i++)
        TRY(book_row(cx, &rows[i], i + 1, &cells[i * BOOK_COLUMNS]));
    struct paper_about about = { .at_us = cx->now_us, .title = says(msg_form_book_title(LANG_VI)), .author = office.name_vi, .landscape = true };
    struct paper *p = paper_new(cx->arena, &about);
    paper_form(p, says(msg_form_name(cx->arena, LANG_VI, STR("06"))));
    paper_head(p, &(struct paper_head){ .agency = says(viet_upper(cx->arena, office.name_vi)), .on = cx->today });
    paper_title(p, says(msg_form_book_title(LANG_VI)), says(msg_form_days(cx->arena, LANG_VI, in->from, in->to)));
    paper_table(p, &(struct paper_table){ book_columns(cx), BOOK_COLUMNS, cells, count, false });
    return rendered(cx, p, &ret->file);
}

/* --- the apology -------------------------------------------------------------------------------------------------------------- */

/* Once a generation; the due time stays, so that lateness is told by it and not by the promise. */
STATUS dossier_apologise(struct ctx *cx, const struct dossier_apologise_in *in, struct dossier_apologise_out *ret)
{
    struct dossier d;
    TRY(dossier_find(cx, in->dossier, &d));
    for (size_t i = d.event_count; i > 0 && d.events[i - 1].command != COMMAND_REOPEN; i--)
        if (d.events[i - 1].command == COMMAND_APOLOGISE)
            return FAIL_AT(APOLOGISED, STR("dossier"));
    bool later = day_precision(in->promised) == DAY_FULL && in->promised.ymd >= cx->today.ymd && in->promised.ymd > day_of_us(d.row.due_us).ymd;
    if (!later || !calendar_is_working(defs_calendar(cx->app->defs), in->promised))
        return FAIL_WITH(VALUE_RANGE, STR("promised"), day_iso_str(cx->arena, in->promised)); /* a working day after the due one */
    TRY(dossier_move(cx, &d, &(struct move){ .command = COMMAND_APOLOGISE, .expected_version = (int32_t)in->expected_version, .note = in->reason,
                                             .amount = in->promised.ymd }));
    dossier_now(&d, &ret->now);
    return OK;
}
