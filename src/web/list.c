/* Importing a list: choose a file, look at its columns, start the comparison, watch it, read its report and rows.
 * tested by: src/web/web_test.c */
#include <stdio.h>

#include "centre/centre_ops.h"
#include "messages/messages.h"
#include "register/register_ops.h"
#include "viet/viet.h"
#include "web/upload.h"
#include "web/web_tmpl.h"

enum { RECENT = 30, ROWS = 50, COLUMNS_MAX = 256, MAP_BYTES_MAX = 2000 };

static const char *const outcome_words[] = { "matched", "conflicting", "ambiguous", "not_found", "duplicate", "deceased",
                                             "cancelled", "rejected" };
enum { OUTCOMES = sizeof outcome_words / sizeof *outcome_words };
static const char *const state_words[] = { "waiting", "running", "done", "failed", "cancelled" };
static const char *const role_words[] = { "", "number", "old_number", "name", "family", "given", "birth", "sex", "address", "phone", "male", "female", "birth_month", "birth_year" };
enum { ROLES = sizeof role_words / sizeof *role_words };

static str list_url(struct visit *v, int64_t delivery)
{
    return arena_printf(v->arena, "/import/%lld", (long long)delivery);
}

static struct list_item_view item_of(struct visit *v, const struct list_item *i)
{
    return (struct list_item_view){
        .name = i->name,
        .url = list_url(v, i->delivery),
        .source = i->source,
        .state = visit_label(v, "list_state_", str_of(state_words[i->state])),
        .rows = i->rows_done,
        .matched = i->matched,
        .created_us = i->created,
    };
}

static str join(struct arena *arena, str list, str word)
{
    return str_is_empty(list) ? word : arena_printf(arena, "%.*s; %.*s", STR_ARG(list), STR_ARG(word));
}

static str labels_of(struct visit *v, const char *family, const str *words, size_t count)
{
    str out = { 0 };
    for (size_t i = 0; i < count; i++)
        out = join(v->arena, out, visit_label(v, family, words[i]));
    return out;
}

static str sex_label(struct visit *v, enum sex sex)
{
    static const char *const words[] = { "", "male", "female", "other" };
    return sex == SEX_UNKNOWN ? (str){ 0 } : visit_label(v, "sex_", str_of(words[sex]));
}

static str number_text(struct visit *v, bool has, int64_t number)
{
    return has ? arena_printf(v->arena, "%012lld", (long long)number) : (str){ 0 };
}

static str birth_text(struct visit *v, bool has, day birth)
{
    return has && !day_is_none(birth) ? day_vi(v->arena, birth) : (str){ 0 };
}

/* --- recent lists and the form ------------------------------------------------------------------------------------ */

static STATUS registers_load(struct ctx *cx, struct visit *v, struct list_view *view)
{
    struct sector_list_in in = { 0 };
    struct sector_list_out out;
    TRY(visit_call(cx, "sector.list", &in, &out));
    struct list_option *list = ARENA_ARRAY(v->arena, struct list_option, out.registers_count + 1);
    for (size_t i = 0; i < out.registers_count; i++)
        list[view->register_count++] = (struct list_option){ out.registers[i].code, out.registers[i].name };
    view->registers = list;
    return OK;
}

static STATUS recent_load(struct ctx *cx, struct visit *v, struct list_view *view)
{
    struct list_recent_in in = { .has_limit = true, .limit = RECENT };
    struct list_recent_out out;
    TRY(visit_call(cx, "list.recent", &in, &out));
    view->items = ARENA_ARRAY(v->arena, struct list_item_view, out.lists_count);
    for (size_t i = 0; i < out.lists_count; i++)
        view->items[view->count++] = item_of(v, &out.lists[i]);
    return registers_load(cx, v, view);
}

status list_run(struct ctx *cx, struct visit *v)
{
    struct list_view *view = ARENA_NEW(v->arena, struct list_view);
    v->view = view;
    return recent_load(cx, v, view);
}

void list_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/import");
    tmpl_list(pg, v->view);
}

/* --- preview -------------------------------------------------------------------------------------------------------- */

static void roles_fill(struct visit *v, struct list_preview_view *view)
{
    struct list_option *roles = ARENA_ARRAY(v->arena, struct list_option, ROLES);
    for (size_t i = 0; i < ROLES; i++)
        roles[i] = (struct list_option){ str_of(role_words[i]), visit_label(v, "list_role_", i ? str_of(role_words[i]) : STR("none")) };
    view->roles = roles;
    view->role_count = ROLES;
}

static void fields_fill(struct visit *v, struct list_preview_view *view, const struct list_preview_out *out)
{
    struct list_option *fields = ARENA_ARRAY(v->arena, struct list_option, out->fields_count + 1);
    for (size_t i = 0; i < out->fields_count; i++)
        fields[view->field_count++] = (struct list_option){ arena_printf(v->arena, "field:%.*s", STR_ARG(out->fields[i].key)), out->fields[i].label };
    view->fields = fields;
}

/* A column may be both: the telephone of a person and a field of the register. */
static str column_meaning(struct visit *v, const struct list_column *c)
{
    if (str_is_empty(c->field))
        return c->role;
    return arena_printf(v->arena, "%.*s%sfield:%.*s", STR_ARG(c->role), str_is_empty(c->role) ? "" : "|", STR_ARG(c->field));
}

static struct list_column_view column_of(struct visit *v, const struct list_column *c)
{
    struct list_column_view view = { .header = c->header, .role = column_meaning(v, c), .encoding = c->encoding, .place = c->place, .filled = c->filled };
    if (str_is_empty(c->header))
        view.header = msg_list_column_unnamed(v->arena, v->lang, c->place);
    for (size_t i = 0; i < c->samples_count; i++)
        view.samples = join(v->arena, view.samples, c->samples[i]);
    return view;
}

static void repaired_fill(struct visit *v, struct list_preview_view *view, const struct list_preview_out *out)
{
    view->looked = out->looked;
    view->repaired = ARENA_ARRAY(v->arena, struct list_repair_view, out->repaired_count + 1);
    for (size_t i = 0; i < out->repaired_count; i++) {
        const struct preview_repair *r = &out->repaired[i];
        struct list_repair_view *to = &view->repaired[view->repaired_count++];
        to->name = visit_label(v, "repair_", r->repair);
        to->cells = r->cells;
        for (size_t k = 0; k < r->examples_count; k++)
            to->examples[to->example_count++] = (struct list_example_view){ r->examples[k].before, r->examples[k].after };
    }
}

static void preview_fill(struct visit *v, struct list_preview_view *view, const struct list_preview_out *out)
{
    view->sheet = out->sheet;
    view->encoding = out->encoding;
    view->complete = out->complete;
    view->missing = str_is_empty(out->missing) ? out->missing : visit_label(v, "list_role_", out->missing);
    roles_fill(v, view);
    view->columns = ARENA_ARRAY(v->arena, struct list_column_view, out->columns_count);
    for (size_t i = 0; i < out->columns_count; i++)
        view->columns[view->column_count++] = column_of(v, &out->columns[i]);
    fields_fill(v, view, out);
    view->remembered = out->remembered;
    view->delimiter = str_is_empty(out->delimiter) ? out->delimiter : visit_label(v, "list_delimiter_", out->delimiter);
    view->entries = out->entries;
    view->entry_count = out->entries_count;
    if (out->known)
        view->known_url = arena_printf(v->arena, "%.*s?known=1", STR_ARG(list_url(v, out->known)));
    view->rows = ARENA_ARRAY(v->arena, struct list_row_view, out->rows_count);
    for (size_t i = 0; i < out->rows_count; i++) {
        const struct preview_row *r = &out->rows[i];
        view->rows[view->row_count++] = (struct list_row_view){
            .row = r->row,
            .number = number_text(v, r->has_number, r->number),
            .name = r->name,
            .birth = birth_text(v, r->has_birth, r->birth),
            .sex = sex_label(v, r->sex),
            .reason = str_is_empty(r->reason) ? r->reason : visit_label(v, "row_reason_", r->reason),
            .repairs = labels_of(v, "repair_", r->repairs, r->repairs_count),
        };
    }
    repaired_fill(v, view, out);
}

/* A file that cannot be read is an answer of this page, not the end of it. */
static STATUS preview_refused(struct ctx *cx, struct visit *v, status st)
{
    struct fault fault = *fault_here();
    struct list_view *view = ARENA_NEW(v->arena, struct list_view);
    if (error_def(st.code)->class != CLASS_INVALID)
        return fault_pass(st, __FILE__, __LINE__);
    view->error = msg_error(v->arena, v->lang, &fault);
    view->hint = msg_error_hint(v->arena, v->lang, &fault);
    v->http = error_def(st.code)->http;
    v->view = view;
    v->show = list_show;
    return recent_load(cx, v, view);
}

static STATUS preview_make(struct ctx *cx, struct visit *v, struct list_preview_view *view)
{
    const struct request_file *file = request_file(&v->x->request, STR("file"));
    struct list_preview_out out;
    if (!file || file->bytes.len == 0)
        return FAIL_AT(FILE_EMPTY, STR("file"));
    view->source = str_trim(visit_field(v, "source"));
    if (str_is_empty(view->source))
        return FAIL_AT(FIELD_MISSING, STR("source"));
    view->name = str_is_empty(file->filename) ? STR("-") : text_cut(file->filename, 200);
    view->into = visit_field(v, "into");
    struct list_preview_in in = { .file = file->bytes, .has_name = true, .name = view->name, .has_source = true, .source = view->source,
                                  .has_into = !str_is_empty(view->into), .into = view->into };
    TRY(visit_call(cx, "list.preview", &in, &out));
    preview_fill(v, view, &out);
    return upload_keep(v->web, v->arena, v->actor.account, file->bytes, &view->upload);
}

status list_preview_run(struct ctx *cx, struct visit *v)
{
    struct list_preview_view *view = ARENA_NEW(v->arena, struct list_preview_view);
    v->view = view;
    status st = preview_make(cx, v, view);
    return status_ok(st) ? OK : preview_refused(cx, v, st);
}

void list_preview_show(struct page *pg, struct visit *v)
{
    pg->path = STR("/import");
    tmpl_list_preview(pg, v->view);
}

/* --- start ---------------------------------------------------------------------------------------------------------- */

static str choice_add(struct visit *v, str map, str choice, str place)
{
    str part;
    while (choice.len && str_cut(&choice, '|', &part))
        map = join(v->arena, map, arena_printf(v->arena, "%.*s=#%.*s", STR_ARG(part), STR_ARG(place)));
    return map;
}

static bool is_chosen(struct visit *v, str map, str word)
{
    str marked = arena_printf(v->arena, "; %.*s", STR_ARG(map));
    return str_find(marked, arena_printf(v->arena, "; %.*s=", STR_ARG(word))) < marked.len;
}

/* Roles and fields that no column was chosen for have none, whatever the headers say. */
static str others_none(struct visit *v, str map)
{
    str fields = visit_field(v, "fields"), field;
    for (size_t i = 1; i < ROLES; i++)
        if (!is_chosen(v, map, str_of(role_words[i])))
            map = join(v->arena, map, arena_printf(v->arena, "%s=", role_words[i]));
    while (fields.len && str_cut(&fields, ' ', &field))
        if (str_starts(field, STR("field:")) && !is_chosen(v, map, field))
            map = join(v->arena, map, arena_printf(v->arena, "%.*s=", STR_ARG(field)));
    return map;
}

/* "name=#3; birth=#5; field:card_no=#8" from the choices of the form. */
static str map_of(struct visit *v)
{
    str map = { 0 };
    for (int i = 0; i < COLUMNS_MAX; i++) {
        char name[24];
        snprintf(name, sizeof name, "column-%d", i);
        str role = visit_field(v, name);
        snprintf(name, sizeof name, "place-%d", i);
        str place = visit_field(v, name);
        if (str_is_empty(place))
            break;
        if (!str_is_empty(role) && str_is_digits(place))
            map = choice_add(v, map, role, place);
    }
    return text_cut(others_none(v, map), MAP_BYTES_MAX);
}

/* A coordinator compares lists by the law itself; others name their ground in the definitions too. */
static void ground_take(struct ctx *cx)
{
    cx->purpose = (struct purpose){ .kind = STR("authority"), .reference = STR("reconciliation") };
}

status list_start_run(struct ctx *cx, struct visit *v)
{
    struct list_import_in in = { .name = visit_field(v, "name"), .source = visit_field(v, "source"), .has_map = true, .map = map_of(v) };
    struct list_import_out out;
    str upload = visit_field(v, "upload");
    if (!v->upload.ptr)
        TRY(upload_open(v->web, v->arena, v->actor.account, upload, &v->upload));
    in.file = v->upload;
    in.into = visit_field(v, "into");
    in.has_into = !str_is_empty(in.into);
    TRY(text_check(STR("name"), in.name, 200));
    TRY(text_check(STR("source"), in.source, 40));
    TRY(text_check(STR("into"), in.into, 40));
    ground_take(cx);
    TRY(visit_call(cx, "list.import", &in, &out));
    upload_drop(v->web, v->arena, v->actor.account, upload);
    v->redirect = arena_printf(v->arena, "%.*s%s", STR_ARG(list_url(v, out.delivery)), out.known ? "?known=1" : "");
    if (out.others_count)
        v->redirect = STR("/import");
    return OK;
}

status list_cancel_run(struct ctx *cx, struct visit *v)
{
    struct list_cancel_in in = { .delivery = v->number[0] };
    struct list_cancel_out out;
    TRY(visit_call(cx, "list.cancel", &in, &out));
    v->redirect = list_url(v, in.delivery);
    return OK;
}

status list_resume_run(struct ctx *cx, struct visit *v)
{
    struct list_resume_in in = { .delivery = v->number[0] };
    struct list_resume_out out;
    TRY(visit_call(cx, "list.resume", &in, &out));
    v->redirect = list_url(v, in.delivery);
    return OK;
}

/* Corrected rows: of the same source, into the same register, columns found by their headers. */
status list_complete_run(struct ctx *cx, struct visit *v)
{
    const struct request_file *file = request_file(&v->x->request, STR("file"));
    struct list_report_in of = { .delivery = v->number[0] };
    struct list_report_out report;
    struct list_import_out out;
    if (!file || file->bytes.len == 0)
        return FAIL_AT(FILE_EMPTY, STR("file"));
    TRY(visit_call(cx, "list.report", &of, &report));
    struct list_import_in in = { .file = file->bytes, .name = str_is_empty(file->filename) ? STR("-") : text_cut(file->filename, 200),
                                 .source = report.item.source, .has_into = report.has_into, .into = report.has_into ? report.into.code : (str){ 0 },
                                 .has_completes = true, .completes = of.delivery };
    TRY(text_check(STR("name"), in.name, 200));
    ground_take(cx);
    TRY(visit_call(cx, "list.import", &in, &out));
    v->redirect = arena_printf(v->arena, "%.*s%s", STR_ARG(list_url(v, out.delivery)), out.known ? "?known=1" : "");
    return OK;
}

/* --- progress and report -------------------------------------------------------------------------------------------- */

static int share_of(int64_t part, int64_t whole)
{
    return whole > 0 && part > 0 ? (int)((part * 100 + whole / 2) / whole) : 0;
}

static struct list_counts counts_of(struct visit *v, const char *family, const struct word_count *words, size_t count)
{
    struct list_counts out = { ARENA_ARRAY(v->arena, struct list_count, count), 0 };
    int64_t most = 0;
    for (size_t i = 0; i < count; i++)
        most = words[i].rows > most ? words[i].rows : most;
    for (size_t i = 0; i < count; i++)
        out.list[out.count++] = (struct list_count){ .word = words[i].word, .label = visit_label(v, family, words[i].word),
                                                     .rows = words[i].rows, .share = share_of(words[i].rows, most) };
    return out;
}

static void field_labels(struct visit *v, struct list_counts *counts)
{
    for (size_t i = 0; i < counts->count; i++) {
        int bit;
        if (!person_field_by_name(counts->list[i].word, &bit))
            continue;
        const struct person_field_def *def = person_field_def(bit);
        counts->list[i].label = v->lang == LANG_EN ? def->label_en : def->label_vi;
    }
}

static void outcomes_fill(struct visit *v, struct list_status_view *view, const struct list_report_out *out)
{
    int64_t all = 0;
    view->outcomes.list = ARENA_ARRAY(v->arena, struct list_count, out->outcomes_count);
    for (size_t i = 0; i < out->outcomes_count; i++)
        all += out->outcomes[i].rows;
    for (size_t i = 0; i < out->outcomes_count; i++) {
        str word = str_of(outcome_words[out->outcomes[i].outcome]);
        struct list_count *c = &view->outcomes.list[view->outcomes.count++];
        *c = (struct list_count){ .word = word, .label = visit_label(v, "list_outcome_", word), .rows = out->outcomes[i].rows,
                                  .share = share_of(out->outcomes[i].rows, all) };
        if (view->may_see_rows)
            c->url = arena_printf(v->arena, "/import/%lld/rows?outcome=%.*s", (long long)view->delivery, STR_ARG(word));
    }
}

static STATUS into_load(struct ctx *cx, struct visit *v, struct list_status_view *view, const struct into_count *c)
{
    struct sector_describe_in in = { .code = c->code };
    struct sector_describe_out out;
    TRY(visit_call(cx, "sector.describe", &in, &out));
    view->into = ARENA_NEW(v->arena, struct list_into_view);
    *view->into = (struct list_into_view){ .code = c->code, .name = out.name, .url = arena_printf(v->arena, "/centre/register?code=%.*s", STR_ARG(c->code)),
                                           .added = c->added, .changed = c->changed, .same = c->same, .gone = c->gone, .keyless = c->keyless,
                                           .outside = c->outside };
    view->into->delivery = view->may_see_rows ? view->delivery : 0;
    if (c->previous)
        view->into->previous_url = list_url(v, c->previous);
    if (view->may_see_rows)
        view->into->changes_url = arena_printf(v->arena, "/import/%lld/changes", (long long)view->delivery);
    return OK;
}

static STATUS report_load(struct ctx *cx, struct visit *v, struct list_status_view *view)
{
    struct list_report_in in = { .delivery = view->delivery };
    struct list_report_out out;
    TRY(visit_call(cx, "list.report", &in, &out));
    view->encoding = out.encoding;
    view->is_workbook = out.kind == LIST_REPORT_OUT_KIND_XLSX;
    outcomes_fill(v, view, &out);
    view->fields = counts_of(v, "field_", out.fields, out.fields_count);
    field_labels(v, &view->fields);
    view->reasons = counts_of(v, "row_reason_", out.reasons, out.reasons_count);
    view->repairs = counts_of(v, "repair_", out.repairs, out.repairs_count);
    view->warnings = counts_of(v, "row_warning_", out.warnings, out.warnings_count);
    view->units.list = ARENA_ARRAY(v->arena, struct list_count, out.units_count);
    int64_t most = 0;
    for (size_t i = 0; i < out.units_count; i++)
        most = out.units[i].rows > most ? out.units[i].rows : most;
    for (size_t i = 0; i < out.units_count; i++)
        view->units.list[view->units.count++] = (struct list_count){ .label = out.units[i].name, .rows = out.units[i].rows,
                                                                     .share = share_of(out.units[i].rows, most) };
    view->rejected = out.outcomes_count > LIST_ROW_OUTCOME_REJECTED ? out.outcomes[LIST_ROW_OUTCOME_REJECTED].rows : 0;
    if (out.completes)
        view->completes_url = list_url(v, out.completes);
    return out.has_into ? into_load(cx, v, view, &out.into) : OK;
}

/* Leaders see figures only: list.status is for those who work on the list, list.report for both. */
status list_status_run(struct ctx *cx, struct visit *v)
{
    struct list_status_view *view = ARENA_NEW(v->arena, struct list_status_view);
    struct list_status_in in = { .delivery = v->number[0] };
    struct list_status_out out;
    v->view = view;
    view->delivery = v->number[0];
    view->may_see_rows = (v->actor.roles & (ROLE_OFFICER | ROLE_COORDINATOR | ROLE_OPERATOR)) != 0;
    if (view->may_see_rows) {
        TRY(visit_call(cx, "list.status", &in, &out));
    } else {
        struct list_report_in report_in = { .delivery = view->delivery };
        struct list_report_out report;
        TRY(visit_call(cx, "list.report", &report_in, &report));
        out = (struct list_status_out){ .item = report.item };
    }
    view->item = item_of(v, &out.item);
    view->rows_done = out.item.rows_done;
    view->rows_total = out.item.rows_total;
    view->percent = share_of(out.item.rows_done, out.item.rows_total);
    view->running = out.item.state == LIST_ITEM_STATE_WAITING || out.item.state == LIST_ITEM_STATE_RUNNING;
    view->failed = out.item.state == LIST_ITEM_STATE_FAILED;
    view->cancelled = out.item.state == LIST_ITEM_STATE_CANCELLED;
    view->known = !str_is_empty(visit_query(v, "known"));
    view->done = out.item.state == LIST_ITEM_STATE_DONE;
    view->error = str_is_empty(out.error_says) ? out.error : out.error_says;
    return view->done ? report_load(cx, v, view) : OK;
}

void list_status_show(struct page *pg, struct visit *v)
{
    tmpl_list_status(pg, v->view);
}

/* --- rows ------------------------------------------------------------------------------------------------------------- */

static str fields_text(struct visit *v, uint64_t fields)
{
    str out = { 0 };
    for (int bit = 0; bit < FIELD_END; bit++) {
        const struct person_field_def *def = fields >> bit & 1 ? person_field_def(bit) : NULL;
        if (def)
            out = join(v->arena, out, v->lang == LANG_EN ? def->label_en : def->label_vi);
    }
    return out;
}

static str field_label(struct visit *v, str field)
{
    int bit;
    if (!person_field_by_name(field, &bit))
        return field;
    const struct person_field_def *def = person_field_def(bit);
    return v->lang == LANG_EN ? def->label_en : def->label_vi;
}

static void candidates_of(struct visit *v, const struct list_row *r, struct list_row_view *ret)
{
    ret->candidates = ARENA_ARRAY(v->arena, struct list_candidate_view, r->evidence_count + 1);
    for (; ret->candidate_count < r->evidence_count; ret->candidate_count++) {
        const struct row_candidate *c = &r->evidence[ret->candidate_count];
        struct list_candidate_view *view = &ret->candidates[ret->candidate_count];
        *view = (struct list_candidate_view){ .number = (int64_t)ret->candidate_count + 1, .percent = c->percent,
                                              .weights = ARENA_ARRAY(v->arena, struct list_weight_view, c->weights_count + 1) };
        for (; view->count < c->weights_count; view->count++)
            view->weights[view->count] = (struct list_weight_view){ field_label(v, c->weights[view->count].field), c->weights[view->count].level,
                                                                    c->weights[view->count].bits };
    }
}

static struct list_row_view row_of(struct visit *v, const struct list_row *r)
{
    struct list_row_view view = {
        .row = r->row,
        .number = number_text(v, r->has_number, r->number),
        .name = r->name,
        .birth = birth_text(v, r->has_birth, r->birth),
        .sex = sex_label(v, r->sex),
        .reason = str_is_empty(r->reason) ? r->reason : visit_label(v, "row_reason_", r->reason),
        .repairs = labels_of(v, "repair_", r->repairs, r->repairs_count),
        .differs = fields_text(v, r->differs),
        .register_number = number_text(v, r->has_register_number, r->register_number),
        .register_name = r->register_name,
        .register_birth = birth_text(v, r->has_register_birth, r->register_birth),
        .register_sex = sex_label(v, r->register_sex),
    };
    candidates_of(v, r, &view);
    return view;
}

static void outcomes_list(struct visit *v, struct list_rows_view *view)
{
    struct list_option *options = ARENA_ARRAY(v->arena, struct list_option, OUTCOMES);
    for (size_t i = 0; i < OUTCOMES; i++)
        options[i] = (struct list_option){ str_of(outcome_words[i]), visit_label(v, "list_outcome_", str_of(outcome_words[i])) };
    view->outcomes = options;
    view->outcome_count = OUTCOMES;
}

static bool outcome_of(str word, int32_t *ret)
{
    for (int32_t i = 0; i < OUTCOMES; i++)
        if (str_eq(word, str_of(outcome_words[i]))) {
            *ret = i;
            return true;
        }
    return false;
}

status list_rows_run(struct ctx *cx, struct visit *v)
{
    struct list_rows_view *view = ARENA_NEW(v->arena, struct list_rows_view);
    struct list_rows_in in = { .delivery = v->number[0], .has_outcome = true, .has_limit = true, .limit = ROWS };
    struct list_rows_out out;
    str word = visit_query(v, "outcome");
    v->view = view;
    if (!outcome_of(word, &in.outcome))
        return FAIL_WITH(ENUM_UNKNOWN, STR("outcome"), word);
    in.has_after = str_i64(visit_query(v, "after"), &in.after);
    ground_take(cx);
    TRY(visit_call(cx, "list.rows", &in, &out));
    view->delivery = in.delivery;
    view->outcome = word;
    view->outcome_label = visit_label(v, "list_outcome_", word);
    outcomes_list(v, view);
    view->rows = ARENA_ARRAY(v->arena, struct list_row_view, out.rows_count);
    for (size_t i = 0; i < out.rows_count; i++)
        view->rows[view->count++] = row_of(v, &out.rows[i]);
    if (out.next)
        view->next_url = arena_printf(v->arena, "/import/%lld/rows?outcome=%.*s&after=%lld", (long long)in.delivery, STR_ARG(word), (long long)out.next);
    return OK;
}

void list_rows_show(struct page *pg, struct visit *v)
{
    tmpl_list_rows(pg, v->view);
}

/* --- downloads -------------------------------------------------------------------------------------------------------- */

/* A workbook is an archive; what else is given out is a CSV, in the letters in which its list came. */
static void file_give(struct visit *v, str file, str name)
{
    bool workbook = str_starts(file, STR("PK\3\4"));
    v->file = file;
    v->file_type = workbook ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
                   : str_starts(file, STR("\xEF\xBB\xBF")) ? STR("text/csv; charset=utf-8") : STR("text/csv");
    v->file_name = arena_printf(v->arena, "%.*s.%s", STR_ARG(name), workbook ? "xlsx" : "csv");
}

status list_rejected_run(struct ctx *cx, struct visit *v)
{
    bool xlsx = str_eq(visit_query(v, "format"), STR("xlsx"));
    struct list_rejected_in in = { .delivery = v->number[0], .has_format = xlsx, .format = LIST_REJECTED_IN_FORMAT_XLSX };
    struct list_rejected_out out;
    TRY(visit_call(cx, "list.rejected", &in, &out));
    file_give(v, out.file, arena_printf(v->arena, "list-%lld-refused", (long long)in.delivery));
    return OK;
}

status list_export_run(struct ctx *cx, struct visit *v)
{
    bool xlsx = str_eq(visit_query(v, "format"), STR("xlsx"));
    struct list_export_in in = { .delivery = v->number[0], .has_format = true,
                                 .format = xlsx ? LIST_EXPORT_IN_FORMAT_XLSX : LIST_EXPORT_IN_FORMAT_CSV };
    struct list_export_out out;
    ground_take(cx);
    TRY(visit_call(cx, "list.export", &in, &out));
    file_give(v, out.file, arena_printf(v->arena, "list-%lld", (long long)in.delivery));
    return OK;
}
