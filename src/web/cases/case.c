/* One case: both sides with what differs marked letter by letter, whom it may mean, what the matrix proposes, what happened, who
 * has to learn of it. Settling leads on to the next case that is due; a refusal comes back on the page with all that was typed.
 * tested by: tests/scenario/run.py */
#include "cases/cases_ops.h"
#include "messages/messages.h"
#include "web/cases/differ.h"
#include "web/cases/pages.h"
#include "web/web_tmpl.h"

enum { SIDES_MAX = 4, LINES_MAX = 8 };
static const char *const kind_words[] = { "conflict", "ambiguous", "duplicate", "same_person", "deceased", "moved", "cancelled", "offer" };
static const char *const state_words[] = { "open", "evidence", "proposed", "adjudicated", "propagated", "closed", "waived" };
static const char *const choice_words[] = { "none", "register", "row", "other", "candidate", "nobody", "merge", "merge_back", "apart", "end", "end_other", "keep", "accept", "refuse" };
static const char *const command_words[] = { "open", "renew", "ask", "supply", "propose", "reject", "confirm", "adjudicate", "propagate", "acknowledge", "chase", "close", "waive", "undo" };
static const char *const holder_words[] = { "told", "acknowledged", "withdrawn" };
static const char *const sex_words[] = { "unknown", "male", "female", "other" };
enum { CHOICES = sizeof choice_words / sizeof *choice_words, SOURCES_MAX = SOURCE_COUNT };

static str label(struct visit *v, const char *family, const char *word) { return visit_label(v, family, str_of(word)); }
static str case_url(struct visit *v, int64_t id, const char *rest) { return arena_printf(v->arena, "/centre/case/%lld%s", (long long)id, rest); }

static str source_label(struct visit *v, str key)
{
    enum fact_source s;
    if (!fact_source_by_name(key, &s))
        return key;
    return v->lang == LANG_EN ? fact_source_def(s)->label_en : fact_source_def(s)->label_vi;
}

/* --- sides ---------------------------------------------------------------------------------------------------------------- */

struct told {
    str name, number, birth, sex, unit, value;
};

static struct told told_of(struct visit *v, const struct case_person *p)
{
    if (!p)
        return (struct told){ { 0 } };
    return (struct told){ .name = p->name, .number = p->has_number ? arena_printf(v->arena, "%012lld", (long long)p->number) : (str){ 0 },
                          .birth = p->has_birth ? day_vi(v->arena, p->birth) : (str){ 0 }, .sex = p->sex ? label(v, "sex_", sex_words[p->sex & 3]) : (str){ 0 },
                          .unit = p->unit_name };
}

static void line_add(struct visit *v, struct case_side *side, str name, str mine, str other)
{
    struct case_line *l = &side->lines[side->count];
    if (!mine.len)
        return;
    *l = (struct case_line){ .label = name, .differs = other.len && !str_eq(mine, other) };
    l->style = l->differs ? STR("app-side__differs") : STR("app-side__same");
    l->count = differ_pieces(v->arena, mine, other, &l->pieces);
    side->count++;
}

static void side_fill(struct visit *v, struct case_side *side, const struct told *mine, const struct told *other, str attribute)
{
    side->lines = ARENA_ARRAY(v->arena, struct case_line, LINES_MAX);
    if (attribute.len)
        line_add(v, side, attribute, mine->value, other->value);
    line_add(v, side, msg_list_person_name(v->lang), mine->name, other->name);
    line_add(v, side, msg_list_number(v->lang), mine->number, other->number);
    line_add(v, side, msg_list_birth(v->lang), mine->birth, other->birth);
    line_add(v, side, msg_list_sex(v->lang), mine->sex, other->sex);
    line_add(v, side, msg_home_unit(v->lang), mine->unit, other->unit);
}

/* The two that are compared: two records, two rows, or a row (or paper) with a record. */
static void sides_fill(struct visit *v, const struct case_show_out *c, struct case_view *view)
{
    bool records = c->sides_count == 2, rows = c->listed_count == 2;
    const struct case_person *left = rows ? &c->listed[0] : records ? &c->sides[0] : c->listed_count ? &c->listed[0] : NULL;
    const struct case_person *right = rows ? &c->listed[1] : records ? &c->sides[1] : c->sides_count ? &c->sides[0] : NULL;
    struct told a = told_of(v, left), b = told_of(v, right);
    a.value = c->item.said;
    b.value = c->item.held;
    view->sides = ARENA_ARRAY(v->arena, struct case_side, SIDES_MAX);
    view->sides[view->side_count++] = (struct case_side){
        .title = records ? msg_case_record_a(v->lang) : c->item.register_name.len ? c->item.register_name : msg_case_paper(v->lang),
        .source = records || rows ? (str){ 0 } : source_label(v, c->said_source) };
    side_fill(v, &view->sides[0], &a, &b, c->item.attribute_name);
    if (!right && !c->item.held.len)
        return;
    view->sides[view->side_count++] = (struct case_side){ .title = records ? msg_case_record_b(v->lang) : rows ? msg_case_row_b(v->lang) : msg_case_population(v->lang),
                                                          .source = c->held_source.len ? source_label(v, c->held_source) : (str){ 0 } };
    side_fill(v, &view->sides[1], &b, &a, c->item.attribute_name);
}

static str level_text(struct visit *v, const struct case_weight_item *w)
{
    str text = { 0 };
    (void)msg_find(arena_printf(v->arena, "link_level_%.*s_%d", STR_ARG(w->scale), (int)w->level), v->lang, &text);
    return text;
}

static str field_label(struct visit *v, str key)
{
    int bit;
    if (!person_field_by_name(key, &bit))
        return key;
    return v->lang == LANG_EN ? person_field_def(bit)->label_en : person_field_def(bit)->label_vi;
}

static void candidates_fill(struct visit *v, const struct case_show_out *c, struct case_view *view)
{
    view->candidates = ARENA_ARRAY(v->arena, struct case_candidate_view, c->candidates_count + 1);
    for (size_t i = 0; i < c->candidates_count; i++) {
        const struct case_person *p = &c->candidates[i];
        struct case_candidate_view *to = &view->candidates[view->candidate_count++];
        struct told t = told_of(v, p);
        *to = (struct case_candidate_view){ .title = msg_case_candidate(v->arena, v->lang, (int64_t)i + 1), .name = t.name, .number = t.number, .birth = t.birth, .sex = t.sex,
                                            .unit = t.unit, .percent = p->percent, .weights = ARENA_ARRAY(v->arena, struct list_weight_view, p->weights_count + 1) };
        for (; to->count < p->weights_count; to->count++)
            to->weights[to->count] = (struct list_weight_view){ field_label(v, p->weights[to->count].field), level_text(v, &p->weights[to->count]), p->weights[to->count].bits };
    }
}

/* --- what may be done ------------------------------------------------------------------------------------------------------ */

static void options_fill(struct visit *v, const struct case_show_out *c, struct case_view *view)
{
    str asked = visit_field(v, "choice");
    view->options = ARENA_ARRAY(v->arena, struct case_option_view, c->choices_count + 1);
    for (size_t i = 0; i < c->choices_count; i++) {
        const struct case_option *o = &c->choices[i];
        const char *word = choice_words[o->word];
        str value = o->candidate ? arena_printf(v->arena, "%s:%lld", word, (long long)o->candidate) : str_of(word), gives = { 0 };
        if (o->candidate && o->candidate <= (int64_t)c->candidates_count)
            gives = c->candidates[o->candidate - 1].name;
        else if (o->value.len)
            gives = str_eq(o->value, c->said_raw) ? c->item.said : c->item.held;
        view->options[view->option_count++] = (struct case_option_view){ .value = value, .label = label(v, "case_choice_", word), .gives = gives, .place = (int)i + 1,
                                                                         .proposed = o->proposed, .chosen = asked.len ? str_eq(asked, value) : o->proposed };
        view->takes_value = view->takes_value || str_eq(str_of(word), STR("other"));
        view->takes_paper = view->takes_paper || str_eq(str_of(word), STR("row"));
    }
    view->sources = ARENA_ARRAY(v->arena, struct list_option, SOURCES_MAX);
    for (int s = 0; s < SOURCE_COUNT; s++)
        if (s != SOURCE_LIST && s != SOURCE_POPULATION)
            view->sources[view->source_count++] = (struct list_option){ fact_source_def((enum fact_source)s)->key, source_label(v, fact_source_def((enum fact_source)s)->key) };
}

static void course_fill(struct visit *v, const struct case_show_out *c, struct case_view *view)
{
    view->events = ARENA_ARRAY(v->arena, struct case_event_view, c->events_count + 1);
    for (size_t i = c->events_count; i > 0; i--) {
        const struct case_event *e = &c->events[i - 1];
        view->events[view->event_count++] = (struct case_event_view){ label(v, "case_done_", command_words[e->command]), e->actor, e->note, e->at };
    }
    view->holders = ARENA_ARRAY(v->arena, struct case_holder_view, c->holders_count + 1);
    for (size_t i = 0; i < c->holders_count; i++) {
        const struct case_holder *h = &c->holders[i];
        view->holders[view->holder_count++] = (struct case_holder_view){ h->code, h->register_name, label(v, "case_holder_", holder_words[h->state]), h->due,
                                                                         h->state == CASE_HOLDER_STATE_TOLD, h->late };
    }
    view->offers = ARENA_ARRAY(v->arena, struct list_option, c->offers_count + 1);
    for (size_t i = 0; i < c->offers_count; i++)
        view->offers[view->offer_count++] = (struct list_option){ case_url(v, c->offers[i].id, ""),
            msg_case_offer_open(v->arena, v->lang, c->offers[i].label, c->offers[i].value, c->offers[i].evidence) };
}

/* The case that is due next in the queue, other than this one; empty if there is none. */
/* Whoever leaves a case comes to the one behind it, and behind the last to the first. */
static STATUS next_of(struct ctx *cx, struct visit *v, const struct case_now *now, str *ret)
{
    struct case_queue_in in = { .has_queue = true, .queue = CASE_QUEUE_IN_QUEUE_SETTLE, .has_limit = true, .limit = 2,
                                .has_after_due = true, .after_due = now->due, .has_after_id = true, .after_id = now->id };
    struct case_queue_out out;
    *ret = (str){ 0 };
    TRY(visit_call(cx, "case.queue", &in, &out));
    if (!out.cases_count) {
        in.has_after_due = in.has_after_id = false;
        TRY(visit_call(cx, "case.queue", &in, &out));
    }
    for (size_t i = 0; i < out.cases_count && !ret->len; i++)
        if (out.cases[i].now.id != now->id)
            *ret = case_url(v, out.cases[i].now.id, "");
    return OK;
}

static STATUS fill(struct ctx *cx, struct visit *v, struct case_view *view)
{
    struct case_show_in in = { .id = v->number[0] };
    struct case_show_out c;
    TRY(visit_call(cx, "case.show", &in, &c));
    *view = (struct case_view){
        .id = in.id, .version = c.item.now.version, .kind = label(v, "case_kind_", kind_words[c.item.kind]), .state = label(v, "case_state_", state_words[c.item.now.state]),
        .title = c.item.name.len ? c.item.name : msg_case_nobody_known(v->lang), .unit = c.item.unit_name, .source = c.item.source, .due_us = c.item.now.due, .late = c.item.late,
        .settle_url = case_url(v, in.id, "/settle"), .move_url = case_url(v, in.id, "/step"), .may_settle = c.choices_count > 0,
        .waits_evidence = c.item.now.state == CASE_NOW_STATE_EVIDENCE, .may_confirm = c.item.now.state == CASE_NOW_STATE_PROPOSED, .mine = c.proposer_is_me,
        .claimed_by = c.claimed_by, .claimed_us = c.claimed_since,
        .verdict = c.choice ? label(v, "case_choice_", choice_words[c.choice]) : (str){ 0 } };
    bool merged = c.choice == CASE_SHOW_OUT_CHOICE_MERGE || c.choice == CASE_SHOW_OUT_CHOICE_MERGE_BACK;
    view->may_undo = merged && (c.item.now.state == CASE_NOW_STATE_CLOSED || c.item.now.state == CASE_NOW_STATE_PROPAGATED) && (cx->actor.roles & ROLE_COORDINATOR);
    sides_fill(v, &c, view);
    candidates_fill(v, &c, view);
    options_fill(v, &c, view);
    course_fill(v, &c, view);
    return next_of(cx, v, &c.item.now, &view->next_url);
}

status case_page_run(struct ctx *cx, struct visit *v)
{
    struct case_claim_in in = { .id = v->number[0] };
    struct case_claim_out out;
    v->view = ARENA_NEW(v->arena, struct case_view);
    TRY(visit_call(cx, "case.claim", &in, &out));
    TRY(fill(cx, v, v->view));
    if (visit_query(v, "settled").len)
        ((struct case_view *)v->view)->done = msg_case_settled_next(v->lang);
    return OK;
}

void case_page_show(struct page *pg, struct visit *v) { tmpl_case_page(pg, v->view); }

/* --- doing it -------------------------------------------------------------------------------------------------------------- */

static STATUS refused(struct ctx *cx, struct visit *v, status st)
{
    struct case_view *view = ARENA_NEW(v->arena, struct case_view);
    str error, hint;
    TRY(visit_refused(v, st, &error, &hint));
    TRY(fill(cx, v, view));
    view->error = error;
    view->hint = hint;
    v->view = view;
    v->show = case_page_show;
    return OK;
}

static STATUS version_of(const struct visit *v, int64_t *ret)
{
    return str_i64(visit_field(v, "version"), ret) ? OK : FAIL_AT(FIELD_TYPE, STR("version"));
}

/* "row" or "candidate:2" */
static STATUS choice_read(const struct visit *v, struct case_adjudicate_in *in)
{
    str rest = visit_field(v, "choice"), word = { 0 }, place = { 0 };
    (void)str_cut(&rest, ':', &word);
    in->has_candidate = str_cut(&rest, ':', &place) && str_i64(place, &in->candidate);
    for (int i = 1; i < CHOICES; i++)
        if (str_eq(word, str_of(choice_words[i]))) {
            in->choice = i;
            return OK;
        }
    return FAIL_AT(CASE_CHOICE, STR("choice"));
}

status case_settle_run(struct ctx *cx, struct visit *v)
{
    struct case_adjudicate_in in = { .id = v->number[0] };
    struct case_adjudicate_out out;
    str next;
    in.value = str_trim(visit_field(v, "value"));
    in.source = visit_field(v, "source");
    in.evidence = str_trim(visit_field(v, "evidence"));
    in.reason = str_trim(visit_field(v, "reason"));
    in.has_value = in.value.len > 0;
    in.has_source = in.source.len > 0;
    in.has_evidence = in.evidence.len > 0;
    in.has_reason = in.reason.len > 0;
    TRY(version_of(v, &in.expected_version));
    status st = choice_read(v, &in);
    if (status_ok(st))
        st = visit_call(cx, "case.adjudicate", &in, &out);
    if (!status_ok(st))
        return refused(cx, v, st);
    TRY(next_of(cx, v, &out.now, &next));
    v->redirect = arena_printf(v->arena, "%.*s?settled=1", STR_ARG(next.len ? next : STR("/centre/cases")));
    return OK;
}

static STATUS step_call(struct ctx *cx, str command, int64_t id, int64_t version, str reason)
{
    union {
        struct case_ask_out any;
        struct case_acknowledge_out acknowledge;
    } out;
    if (str_eq(command, STR("ask")))
        return visit_call(cx, "case.ask", &(struct case_ask_in){ .id = id, .expected_version = version, .reason = reason }, &out);
    if (str_eq(command, STR("supply")))
        return visit_call(cx, "case.supply", &(struct case_supply_in){ .id = id, .expected_version = version, .evidence = reason }, &out);
    if (str_eq(command, STR("waive")))
        return visit_call(cx, "case.waive", &(struct case_waive_in){ .id = id, .expected_version = version, .reason = reason }, &out);
    if (str_eq(command, STR("confirm")))
        return visit_call(cx, "case.confirm", &(struct case_confirm_in){ .id = id, .expected_version = version }, &out);
    if (str_eq(command, STR("reject")))
        return visit_call(cx, "case.reject", &(struct case_reject_in){ .id = id, .expected_version = version, .reason = reason }, &out);
    if (str_eq(command, STR("undo")))
        return visit_call(cx, "case.undo", &(struct case_undo_in){ .id = id, .expected_version = version, .reason = reason }, &out);
    if (str_starts(command, STR("acknowledge:")))
        return visit_call(cx, "case.acknowledge", &(struct case_acknowledge_in){ .id = id, .code = str_from(command, sizeof "acknowledge:" - 1) }, &out);
    return FAIL_WITH(ENUM_UNKNOWN, STR("command"), command);
}

status case_step_run(struct ctx *cx, struct visit *v)
{
    int64_t version;
    TRY(version_of(v, &version));
    status st = step_call(cx, visit_field(v, "command"), v->number[0], version, str_trim(visit_field(v, "reason")));
    if (!status_ok(st))
        return refused(cx, v, st);
    v->redirect = case_url(v, v->number[0], "");
    return OK;
}
