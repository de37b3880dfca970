/* Papers on the pages: those of a dossier, to be downloaded; and the public page that says whether a paper is genuine, which
 * names nobody.
 * tested by: src/web/web_test.c */
#include "web/service/words.h"
#include "messages/messages.h"
#include "web/web_tmpl.h"

enum { CODE_CHARS = 32 };

static const char *const kind_words[] = { "receipt", "supplement", "refusal", "apology", "result" };
static const char *const state_words[] = { "valid", "replaced", "revoked" };
enum { KINDS = sizeof kind_words / sizeof *kind_words };

static bool kind_of(str word, int32_t *ret)
{
    for (int32_t i = 0; i < KINDS; i++)
        if (str_eq(word, str_of(kind_words[i]))) {
            *ret = i;
            return true;
        }
    return false;
}

/* --- of a dossier ------------------------------------------------------------------------------------------------------------- */

static struct dossier_paper_view paper_view(struct visit *v, const struct paper_item *p, bool newest)
{
    return (struct dossier_paper_view){
        .label = visit_label(v, "paper_kind_", str_of(kind_words[p->kind])), .number = p->number, .issued_us = p->issued,
        .state = visit_label(v, "paper_state_", str_of(state_words[p->state])), .ended = p->state != PAPER_ITEM_STATE_VALID,
        .url = newest ? arena_printf(v->arena, "/dossier/%lld/paper?kind=%s", (long long)v->number[0], kind_words[p->kind]) : (str){ 0 },
        .verify_url = arena_printf(v->arena, "/verify/%.*s", STR_ARG(p->code)) };
}

static bool is_newest(const struct dossier_papers_out *out, size_t i)
{
    for (size_t k = i + 1; k < out->papers_count; k++)
        if (out->papers[k].kind == out->papers[i].kind && out->papers[k].english == out->papers[i].english)
            return false;
    return true;
}

STATUS dossier_papers_view(struct ctx *cx, struct visit *v, struct dossier_view *view)
{
    struct dossier_papers_in in = { .dossier = v->number[0] };
    struct dossier_papers_out out;
    TRY(visit_call(cx, "dossier.papers", &in, &out));
    view->papers = ARENA_ARRAY(v->arena, struct dossier_paper_view, out.papers_count + KINDS);
    for (size_t i = 0; i < out.papers_count; i++)
        if (out.papers[i].english == (v->lang == LANG_EN))
            view->papers[view->paper_count++] = paper_view(v, &out.papers[i], is_newest(&out, i) && out.papers[i].state != PAPER_ITEM_STATE_REVOKED);
    for (size_t k = 0; k < out.possible_count; k++) {
        bool there = false;
        for (size_t i = 0; i < out.papers_count && !there; i++)
            there = str_eq(out.possible[k], str_of(kind_words[out.papers[i].kind])) && out.papers[i].english == (v->lang == LANG_EN) &&
                    out.papers[i].state == PAPER_ITEM_STATE_VALID;
        if (!there)
            view->papers[view->paper_count++] = (struct dossier_paper_view){
                .label = visit_label(v, "paper_kind_", out.possible[k]),
                .url = arena_printf(v->arena, "/dossier/%lld/paper?kind=%.*s", (long long)v->number[0], STR_ARG(out.possible[k])) };
    }
    return OK;
}

static void pdf_give(struct visit *v, str file, str name)
{
    v->file = file;
    v->file_type = STR("application/pdf");
    v->file_name = name;
}

status dossier_paper_run(struct ctx *cx, struct visit *v)
{
    struct dossier_issue_in issue = { .dossier = v->number[0] };
    struct dossier_issue_out issued;
    struct dossier_paper_out paper;
    str word = visit_query(v, "kind");
    if (!kind_of(word, &issue.kind))
        return FAIL_WITH(ENUM_UNKNOWN, STR("kind"), word);
    TRY(visit_call(cx, "dossier.issue", &issue, &issued));
    struct dossier_paper_in in = { .dossier = issue.dossier, .kind = issue.kind, .has_english = true, .english = v->lang == LANG_EN };
    TRY(visit_call(cx, "dossier.paper", &in, &paper));
    pdf_give(v, paper.file, arena_printf(v->arena, "%s-%lld.pdf", kind_words[issue.kind], (long long)issue.dossier));
    return OK;
}

status dossier_control_run(struct ctx *cx, struct visit *v)
{
    struct dossier_control_in in = { .dossier = v->number[0] };
    struct dossier_control_out out;
    TRY(visit_call(cx, "dossier.control", &in, &out));
    pdf_give(v, out.file, arena_printf(v->arena, "control-%lld.pdf", (long long)in.dossier));
    return OK;
}

status desk_book_run(struct ctx *cx, struct visit *v)
{
    struct dossier_book_in in = { 0 };
    struct dossier_book_out out;
    TRY(day_parse(visit_query(v, "from"), &in.from));
    TRY(day_parse(visit_query(v, "to"), &in.to));
    TRY(visit_call(cx, "dossier.book", &in, &out));
    pdf_give(v, out.file, arena_printf(v->arena, "book-%d-%d.pdf", in.from.ymd, in.to.ymd));
    return OK;
}

/* --- verification --------------------------------------------------------------------------------------------------------------- */

static str code_of(const struct visit *v)
{
    str path = v->x->request.path;
    return str_from(path, sizeof "/verify/" - 1);
}

static STATUS paper_look(struct ctx *cx, struct visit *v, str code, struct verify_view *view)
{
    struct paper_verify_in in = { .code = code };
    struct paper_verify_out out;
    view->code = code;
    TRY(visit_call(cx, "paper.verify", &in, &out));
    *view = (struct verify_view){
        .known = true, .code = code, .kind = visit_label(v, "paper_kind_", str_of(kind_words[out.kind])), .number = out.number, .office = out.organisation_name,
        .state = visit_label(v, "paper_state_", str_of(state_words[out.state])), .valid = out.state == PAPER_VERIFY_OUT_STATE_VALID, .procedure = out.procedure,
        .digest = out.digest, .issued_us = out.issued, .ended_us = out.has_ended ? out.ended : 0 };
    return OK;
}

static STATUS refused(struct visit *v, status st, struct verify_view *view)
{
    struct fault f = *fault_here();
    enum error_class class = error_def((enum error_code)st.code)->class;
    if (class != CLASS_INVALID && class != CLASS_MISSING)
        return st;
    view->error = status_is(st, ERR_PAPER_MISSING) ? msg_verify_unknown(v->lang) : msg_error(v->arena, v->lang, &f);
    view->hint = msg_error_hint(v->arena, v->lang, &f);
    v->http = error_def((enum error_code)st.code)->http;
    return OK;
}

static bool is_hex(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return true;
}

status verify_ask_run(struct ctx *cx, struct visit *v)
{
    str code = str_trim(visit_query(v, "code"));
    struct verify_view *view = ARENA_NEW(v->arena, struct verify_view);
    v->view = view;
    view->code = code;
    if (code.len == CODE_CHARS && is_hex(code))
        v->redirect = arena_printf(v->arena, "/verify/%.*s", STR_ARG(code));
    else if (code.len > 0)
        return refused(v, paper_look(cx, v, code, view), view);
    return OK;
}

status verify_run(struct ctx *cx, struct visit *v)
{
    struct verify_view *view = ARENA_NEW(v->arena, struct verify_view);
    v->view = view;
    status st = paper_look(cx, v, code_of(v), view);
    return status_ok(st) ? OK : refused(v, st, view);
}

status verify_check_run(struct ctx *cx, struct visit *v)
{
    struct verify_view *view = ARENA_NEW(v->arena, struct verify_view);
    struct paper_check_in in = { .code = code_of(v), .name = str_trim(visit_field(v, "name")) };
    struct paper_check_out out;
    str number = str_trim(visit_field(v, "number"));
    v->view = view;
    status st = paper_look(cx, v, in.code, view);
    if (!status_ok(st))
        return refused(v, st, view);
    in.has_name = in.name.len > 0;
    in.has_number = number.len > 0;
    view->asked_number = number;
    view->asked_name = in.name;
    if (in.has_number && (number.len != 12 || !str_is_digits(number) || !str_i64(number, &in.number)))
        return refused(v, FAIL_AT(NUMBER_FORMAT, STR("number")), view);
    st = visit_call(cx, "paper.check", &in, &out);
    if (!status_ok(st))
        return refused(v, st, view);
    view->asked = true;
    view->holds = out.holds;
    return OK;
}

void verify_show(struct page *pg, struct visit *v) { tmpl_verify(pg, v->view); }
