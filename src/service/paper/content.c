/* What stands on the papers that a dossier brings: the receipt, the request, the refusal, the apology and the result. Vietnamese
 * is the paper; English beneath it helps the reader and binds nobody.
 * Law: TT 01/2018/TT-VPCP annex (forms 01 to 04), NĐ 61/2018/NĐ-CP Đ17-19, NĐ 30/2020/NĐ-CP.
 * tested by: src/service/test/paper_test.c */
#include "service/paper/inside.h"

#include "messages/messages.h"
#include "viet/fold.h"

#define SAYS(w, key) ((struct paper_words){ msg_##key(LANG_VI), (w)->english ? msg_##key(LANG_EN) : STR("") })
#define SAYS_OF(w, key, ...)                                                                                           \
    ((struct paper_words){ msg_##key((w)->cx->arena, LANG_VI, __VA_ARGS__), (w)->english ? msg_##key((w)->cx->arena, LANG_EN, __VA_ARGS__) : STR("") })

static struct paper_words both(const struct writing *w, str vi, str en) { return (struct paper_words){ vi, w->english ? en : STR("") }; }
static struct paper_words plain(str vi) { return (struct paper_words){ .vi = vi }; }

/* --- what most of them have ------------------------------------------------------------------------------------------------ */

static void head_write(struct writing *w, const char *form, struct paper_words title)
{
    const struct defs *defs = w->cx->app->defs;
    unit_id province = defs_unit_province(defs, w->office.unit);
    struct paper_head h = { .agency = both(w, viet_upper(w->cx->arena, w->office.name_vi), w->office.name_en), .number = w->number, .on = w->cx->today };
    if (province.v)
        h.place = both(w, defs_unit_name(w->cx->arena, defs, province, w->cx->today, LANG_VI), defs_unit_name(w->cx->arena, defs, province, w->cx->today, LANG_EN));
    if (form[0])
        paper_form(w->paper, SAYS_OF(w, form_name, str_of(form)));
    paper_head(w->paper, &h);
    paper_title(w->paper, title, SAYS_OF(w, form_dossier_code, w->d->row.code));
}

struct pairs {
    struct paper_pair *list;
    size_t count, cap;
};

static struct pairs pairs_new(struct writing *w, size_t cap) { return (struct pairs){ ARENA_ARRAY(w->cx->arena, struct paper_pair, cap), 0, cap }; }

static void pair_add(struct pairs *p, struct paper_words key, str value)
{
    MUST(p->count < p->cap);
    if (value.len > 0)
        p->list[p->count++] = (struct paper_pair){ key, value };
}

static str residence_of(const struct writing *w)
{
    const struct defs *defs = w->cx->app->defs;
    unit_id now[2];
    size_t count;
    if (!w->applicant.unit.v || defs_unit_at(defs, w->applicant.unit, w->cx->today, now, 2, &count) != UNIT_ANSWER_ONE)
        return (str){ 0 };
    return defs_unit_path(w->cx->arena, defs, now[0], w->cx->today, LANG_VI);
}

static void applicant_pairs(struct writing *w, struct pairs *p, struct paper_words who)
{
    pair_add(p, who, w->applicant.name);
    if (w->applicant.number)
        pair_add(p, SAYS(w, form_person_number), arena_printf(w->cx->arena, "%012lld", (long long)w->applicant.number));
    pair_add(p, SAYS(w, form_address), residence_of(w));
}

static void procedure_pair(struct writing *w, struct pairs *p)
{
    const struct procedure *pr = w->d->procedure;
    str name = w->english ? arena_printf(w->cx->arena, "%.*s\n%.*s", STR_ARG(pr->name_vi), STR_ARG(pr->name_en)) : pr->name_vi;
    pair_add(p, SAYS(w, form_asks), name);
}

static void foot_write(struct writing *w, struct paper_words left, struct paper_words right, bool applicant_signs)
{
    struct paper_signer l = { .role = left, .name = applicant_signs ? w->applicant.name : (str){ 0 } }, r = { .role = right, .note = SAYS(w, form_signed) };
    if (applicant_signs)
        l.note = SAYS(w, form_declared);
    r.name = w->office.name_vi;
    paper_signers(w->paper, &l, &r);
    paper_code(w->paper, w->url, SAYS_OF(w, form_verify, w->url));
    paper_note(w->paper, SAYS(w, form_signature_note));
}

/* --- form 01 ---------------------------------------------------------------------------------------------------------------- */

static struct paper_words term_words(struct writing *w)
{
    const struct procedure *p = w->d->procedure;
    if (p->working_hours)
        return SAYS_OF(w, service_hours, p->working_hours);
    return p->working_days ? SAYS_OF(w, service_days, p->working_days) : SAYS(w, service_same_day);
}

static void components_write(struct writing *w)
{
    const struct procedure *p = w->d->procedure;
    paper_text(w->paper, SAYS(w, form_components));
    paper_item(w->paper, SAYS(w, form_component_declaration));
    for (size_t i = 0; i < p->component_count; i++) {
        const struct procedure_component *c = &p->components[i];
        struct paper_words label = both(w, c->label_vi, c->label_en);
        if (c->from_register)
            label = (struct paper_words){ msg_form_fetched(w->cx->arena, LANG_VI, c->label_vi), w->english ? msg_form_fetched(w->cx->arena, LANG_EN, c->label_en) : STR("") };
        paper_item(w->paper, label);
    }
}

static void receipt_write(struct writing *w)
{
    struct arena *a = w->cx->arena;
    struct pairs p = pairs_new(w, 16), times = pairs_new(w, 16);
    const struct dossier_row *r = &w->d->row;
    struct paper_words term = term_words(w);
    head_write(w, "01", SAYS(w, form_receipt_title));
    applicant_pairs(w, &p, SAYS(w, form_received_of));
    procedure_pair(w, &p);
    paper_pairs(w->paper, p.list, p.count);
    components_write(w);
    pair_add(&times, SAYS(w, form_channel), r->channel == CHANNEL_ONLINE ? msg_form_channel_online(LANG_VI) : msg_form_channel_counter(LANG_VI));
    pair_add(&times, SAYS(w, form_term), term.vi);
    pair_add(&times, SAYS(w, form_received_at), msg_time(a, LANG_VI, w->event->at_us));
    if (r->due_us)
        pair_add(&times, SAYS(w, form_due_at), msg_time(a, LANG_VI, r->due_us));
    pair_add(&times, SAYS(w, form_result_at), w->office.name_vi);
    pair_add(&times, SAYS(w, form_fee), r->fee ? msg_service_dong(a, LANG_VI, r->fee) : msg_service_free(LANG_VI));
    paper_pairs(w->paper, times.list, times.count);
    foot_write(w, SAYS(w, form_applicant), SAYS(w, form_receiver), true);
}

/* --- forms 02, 03, 04 --------------------------------------------------------------------------------------------------------- */

static void person_write(struct writing *w)
{
    struct pairs p = pairs_new(w, 8);
    applicant_pairs(w, &p, SAYS(w, form_dossier_of));
    procedure_pair(w, &p);
    paper_pairs(w->paper, p.list, p.count);
}

static void supplement_write(struct writing *w)
{
    head_write(w, "02", SAYS(w, form_supplement_title));
    person_write(w);
    paper_text(w->paper, SAYS(w, form_supplement_text));
    paper_item(w->paper, plain(w->event->note));
    if (w->d->row.until_us)
        paper_text(w->paper, SAYS_OF(w, form_supplement_until, w->d->row.until_us));
    foot_write(w, (struct paper_words){ 0 }, SAYS(w, form_adviser), false);
}

static void refusal_write(struct writing *w)
{
    head_write(w, "03", SAYS(w, form_refusal_title));
    person_write(w);
    paper_text(w->paper, SAYS(w, form_refusal_text));
    paper_text(w->paper, plain(w->event->note));
    paper_text(w->paper, SAYS(w, form_refusal_rights));
    foot_write(w, (struct paper_words){ 0 }, SAYS(w, form_receiver), false);
}

static void apology_write(struct writing *w)
{
    day promised = { (int32_t)w->event->amount };
    int64_t received = w->d->row.submitted_us;
    head_write(w, "04", SAYS(w, form_apology_title));
    person_write(w);
    paper_text(w->paper, SAYS_OF(w, form_apology_text, received, w->d->row.due_us));
    paper_text(w->paper, plain(w->event->note));
    paper_text(w->paper, SAYS_OF(w, form_apology_new, promised));
    foot_write(w, (struct paper_words){ 0 }, SAYS(w, form_head), false);
}

/* --- the result --------------------------------------------------------------------------------------------------------------- */

/* "Thành viên 2 – Họ và tên" for a question of a row. */
static struct paper_words label_of(const struct writing *w, const struct procedure_place *at)
{
    const struct procedure_field *f = at->field, *g = at->group;
    struct arena *a = w->cx->arena;
    if (!g)
        return both(w, f->label_vi, f->label_en);
    return both(w, msg_service_row_label(a, LANG_VI, g->item_vi, at->row, f->label_vi), msg_service_row_label(a, LANG_EN, g->item_en, at->row, f->label_en));
}

static STATUS answers_write(struct writing *w)
{
    const struct procedure *p = w->d->procedure;
    struct answer *answers;
    size_t count;
    struct procedure_place at;
    struct pairs pairs = pairs_new(w, FORM_ANSWERS_MAX);
    TRY(form_load(w->cx, w->d->row.answers, &answers, &count));
    struct form_walk walk = { .procedure = p, .answers = { answers, count } };
    while (form_next(&walk, &at)) {
        const struct answer *answer = form_answer_at(walk.answers, &at);
        if (answer)
            pair_add(&pairs, label_of(w, &at), form_shown(w->cx, at.field, answer->value, LANG_VI));
    }
    if (pairs.count) {
        paper_heading(w->paper, SAYS(w, form_result_content));
        paper_pairs(w->paper, pairs.list, pairs.count);
    }
    return OK;
}

static STATUS result_write(struct writing *w)
{
    const struct procedure *p = w->d->procedure;
    bool granted = w->event->command == COMMAND_GRANT;
    struct pairs who = pairs_new(w, 8);
    struct paper_words title = granted ? both(w, viet_upper(w->cx->arena, p->result_vi), p->result_en) : SAYS(w, form_refused_title);
    head_write(w, "", title);
    str what_en = w->english ? p->name_en : STR("");
    struct paper_words text = { granted ? msg_form_result_decision(w->cx->arena, LANG_VI, p->law, p->name_vi) : msg_form_result_refusal(w->cx->arena, LANG_VI, p->law, p->name_vi),
                                { 0 } };
    if (w->english)
        text.en = granted ? msg_form_result_decision(w->cx->arena, LANG_EN, p->law, what_en) : msg_form_result_refusal(w->cx->arena, LANG_EN, p->law, what_en);
    paper_text(w->paper, text);
    applicant_pairs(w, &who, SAYS(w, form_name_of));
    if (!day_is_none(w->applicant.birth))
        pair_add(&who, SAYS(w, form_birth), day_vi(w->cx->arena, w->applicant.birth));
    paper_pairs(w->paper, who.list, who.count);
    TRY(answers_write(w));
    if (w->event->note.len)
        paper_text(w->paper, SAYS_OF(w, form_result_reason, w->event->note));
    if (granted && p->effect_count)
        paper_text(w->paper, SAYS(w, form_result_recorded));
    if (!granted)
        paper_text(w->paper, SAYS(w, form_refusal_rights));
    foot_write(w, (struct paper_words){ 0 }, SAYS(w, form_head), false);
    return OK;
}

STATUS paper_write(struct writing *w, enum paper_kind kind)
{
    switch (kind) {
    case PAPER_RECEIPT: receipt_write(w); return OK;
    case PAPER_SUPPLEMENT: supplement_write(w); return OK;
    case PAPER_REFUSAL: refusal_write(w); return OK;
    case PAPER_APOLOGY: apology_write(w); return OK;
    case PAPER_RESULT: return result_write(w);
    case PAPER_KIND_COUNT: break;
    }
    return FAIL(INTERNAL);
}
