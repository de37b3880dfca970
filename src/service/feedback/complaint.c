/* Complaints about a dossier: made by its applicant, settled by the head of the office, never by somebody who worked on the dossier. The
 * office has to say whether it takes the complaint up, and then to settle it, each within its time; a time that has passed is shown and
 * told to the head once. Days are those of the calendar, and a last day without work moves on to the next working day (Bộ luật Dân sự
 * 2015 Đ148); definitions/feedback.yaml can make them working days.
 * Law: Luật Khiếu nại 02/2011/QH13 Đ10, Đ11, Đ17, Đ27, Đ28, Đ31.
 * tested by: src/service/test/feedback_test.c */
#include "service/feedback/inside.h"

enum complaint_state { LODGED, ACCEPTED, REJECTED, UPHELD, PARTLY, DISMISSED, WITHDRAWN };
enum { QUEUE_MOST = 50 };

struct complaint_change {
    enum complaint_state to;
    int64_t expected_version;
    str answer;
    const char *event; /* or NULL: nobody is told */
};

/* --- deadlines -------------------------------------------------------------------------------------------------------------------- */

static int64_t due_of(const struct ctx *cx, int64_t days)
{
    const struct calendar *c = defs_calendar(cx->app->defs);
    if (defs_feedback(cx->app->defs)->working)
        return working_day_end(c, calendar_add_days(c, cx->today, (int)days));
    return working_day_end(c, calendar_next_working(c, day_add(cx->today, (int32_t)days)));
}

static bool is_over(int16_t state) { return state != LODGED && state != ACCEPTED; }

/* --- who may ---------------------------------------------------------------------------------------------------------------------- */

static bool is_own(const struct ctx *cx, const struct complaint_row *c)
{
    return (cx->actor.roles & ROLE_CITIZEN) && cx->actor.person.v && cx->actor.person.v == c->applicant;
}

static bool is_head(const struct ctx *cx, const struct complaint_row *c)
{
    return (cx->actor.roles & ROLE_LEADER) && cx->actor.organisation.len && str_eq(cx->actor.organisation, c->organisation);
}

static STATUS complaint_find(struct ctx *cx, int64_t id, struct complaint_row *ret)
{
    bool found;
    TRY(complaint_get(cx, SHARD, id, ret, &found));
    return found && (is_own(cx, ret) || is_head(cx, ret)) ? OK : FAIL(COMPLAINT_MISSING);
}

/* Whoever did anything with the dossier is concerned. */
static STATUS is_concerned(struct ctx *cx, int64_t dossier, bool *ret)
{
    struct dossier_event_row *events;
    size_t count;
    *ret = false;
    TRY(dossier_events(cx, SHARD, dossier, &events, &count));
    for (size_t i = 0; i < count; i++)
        *ret = *ret || events[i].account == cx->actor.account.v;
    return OK;
}

/* --- showing ---------------------------------------------------------------------------------------------------------------------- */

static void purpose_set(struct ctx *cx, const struct complaint_row *c)
{
    if (!is_own(cx, c))
        cx->purpose = (struct purpose){ STR("dossier"), arena_printf(cx->arena, "%lld", (long long)c->dossier) };
}

static STATUS item_of(struct ctx *cx, const struct complaint_row *c, struct complaint_item *ret)
{
    struct dossier_row d = { 0 };
    bool known;
    TRY(dossier_get(cx, SHARD, c->dossier, &d, &known));
    const struct procedure *p = defs_procedure(cx->app->defs, d.procedure_key, (day){ d.procedure_day });
    *ret = (struct complaint_item){
        .complaint = c->id, .version = c->version, .dossier = c->dossier, .code = d.code, .subject = p ? lang_of(cx, p->name_vi, p->name_en) : d.procedure_key,
        .state = c->state, .lodged = c->lodged_us, .has_due = !is_over(c->state), .due = c->due_us, .has_ended = c->ended_us > 0, .ended = c->ended_us,
        .late = (c->ended_us ? c->ended_us : cx->now_us) > c->due_us };
    return OK;
}

STATUS complaint_show(struct ctx *cx, const struct complaint_show_in *in, struct complaint_show_out *ret)
{
    struct complaint_row c;
    struct organisation o;
    struct person p;
    bool known;
    TRY(complaint_find(cx, in->complaint, &c));
    purpose_set(cx, &c);
    TRY(item_of(cx, &c, &ret->item));
    TRY(person_by_id(cx, (person_id){ c.applicant }, &p, &known));
    TRY(disclosure_note(cx, (struct subject){ (person_id){ c.applicant }, known ? p.unit : UNIT_NONE }, UINT64_C(1) << FIELD_NAME));
    ret->complainant = known ? p.name : STR("");
    ret->organisation = c.organisation;
    ret->organisation_name = defs_organisation(cx->arena, cx->app->defs, c.organisation, &o) ? lang_of(cx, o.name_vi, o.name_en) : c.organisation;
    ret->reason = c.reason;
    ret->wish = c.wish;
    ret->answer = c.answer;
    ret->has_accepted = c.accepted_us > 0;
    ret->accepted = c.accepted_us;
    ret->moves = ARENA_ARRAY(cx->arena, str, 5);
    if (is_own(cx, &c) && !is_over(c.state)) {
        ret->moves[ret->moves_count++] = STR("withdraw");
    } else if (!is_over(c.state)) {
        bool lodged = c.state == LODGED;
        ret->moves[ret->moves_count++] = lodged ? STR("accept") : STR("upheld");
        ret->moves[ret->moves_count++] = lodged ? STR("reject") : STR("partly");
        if (!lodged)
            ret->moves[ret->moves_count++] = STR("dismissed");
    }
    return OK;
}

static STATUS about_read(struct ctx *cx, int64_t dossier, struct complaint_row **ret, size_t *ret_count, bool *ret_open)
{
    *ret_open = true;
    TRY(complaints_about(cx, SHARD, dossier, ret, ret_count));
    for (size_t i = 0; i < *ret_count; i++)
        *ret_open = *ret_open && is_over((*ret)[i].state);
    return OK;
}

STATUS complaint_about(struct ctx *cx, const struct complaint_about_in *in, struct complaint_about_out *ret)
{
    const struct feedback_rules *rules = defs_feedback(cx->app->defs);
    struct complaint_row *rows;
    struct dossier d;
    size_t count;
    TRY(dossier_find(cx, in->dossier, &d));
    TRY(about_read(cx, in->dossier, &rows, &count, &ret->open));
    ret->open = ret->open && dossier_is_own(cx, &d) && d.row.state != DOSSIER_DRAFT;
    ret->accept_days = rules->accept_days;
    ret->settle_days = rules->settle_days;
    ret->complaints = ARENA_ARRAY(cx->arena, struct complaint_item, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(item_of(cx, &rows[i], &ret->complaints[ret->complaints_count++]));
    return OK;
}

STATUS complaint_queue(struct ctx *cx, const struct complaint_queue_in *in, struct complaint_queue_out *ret)
{
    int64_t most = in->has_limit ? in->limit : QUEUE_MOST;
    struct complaint_row *rows;
    size_t count;
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    TRY(complaints_queued(cx, &(struct complaints_queued_params){ .shard = SHARD, .organisation = cx->actor.organisation,
        .after_due = in->has_after_due ? in->after_due : -1, .after_id = in->has_after_complaint ? in->after_complaint : -1, .most = most + 1 }, &rows, &count));
    ret->more = count > (size_t)most;
    count -= ret->more;
    ret->complaints = ARENA_ARRAY(cx->arena, struct complaint_item, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(item_of(cx, &rows[i], &ret->complaints[ret->complaints_count++]));
    if (ret->more) {
        ret->has_next_due = true;
        ret->next_due = rows[count - 1].due_us;
        ret->next_complaint = rows[count - 1].id;
    }
    return OK;
}

/* --- changing --------------------------------------------------------------------------------------------------------------------- */

static STATUS tell(struct ctx *cx, const struct complaint_row *c, const char *event)
{
    struct dossier_row d = { 0 };
    bool known;
    TRY(dossier_get(cx, SHARD, c->dossier, &d, &known));
    const struct procedure *p = defs_procedure(cx->app->defs, d.procedure_key, (day){ d.procedure_day });
    return notice_make(cx, &(struct notice_event){ .name = str_of(event), .about = c->id, .seq = c->version, .code = d.code, .subject_vi = p ? p->name_vi : STR(""),
                           .subject_en = p ? p->name_en : STR(""), .applicant = { c->applicant }, .organisation = c->organisation });
}

static STATUS row_write(struct ctx *cx, struct complaint_row *c)
{
    int64_t changed = 0;
    c->version++;
    TRY(complaint_set(cx, &(struct complaint_set_params){ .shard = SHARD, .id = c->id, .was = c->version - 1, .version = c->version, .state = c->state,
        .accepted_us = c->accepted_us, .due_us = c->due_us, .ended_us = c->ended_us, .late_us = c->late_us, .answer = c->answer, .account = c->account }, &changed));
    return changed == 1 ? OK : FAIL(VERSION_CONFLICT);
}

static STATUS change(struct ctx *cx, int64_t id, const struct complaint_change *ch, struct complaint_item *ret)
{
    struct complaint_row c;
    bool concerned = false, early = ch->to == ACCEPTED || ch->to == REJECTED;
    TRY(complaint_find(cx, id, &c));
    if (is_own(cx, &c) != (ch->to == WITHDRAWN))
        return FAIL(NOT_ALLOWED);
    if (ch->to != WITHDRAWN)
        TRY(is_concerned(cx, c.dossier, &concerned));
    if (concerned)
        return FAIL_AT(COMPLAINT_OWN, STR("complaint"));
    if (ch->expected_version != c.version)
        return FAIL(VERSION_CONFLICT);
    if (is_over(c.state) || (ch->to != WITHDRAWN && (c.state == LODGED) != early))
        return FAIL_AT(COMPLAINT_STATE, STR("complaint"));
    if (ch->to != ACCEPTED && ch->to != WITHDRAWN && str_trim(ch->answer).len == 0)
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    c.state = (int16_t)ch->to;
    c.answer = ch->answer;
    c.account = ch->to == WITHDRAWN ? c.account : cx->actor.account.v;
    c.late_us = 0;
    if (ch->to == ACCEPTED) {
        c.accepted_us = cx->now_us;
        c.due_us = due_of(cx, defs_feedback(cx->app->defs)->settle_days);
    } else {
        c.ended_us = cx->now_us;
    }
    TRY(row_write(cx, &c));
    purpose_set(cx, &c);
    TRY(change_note(cx, (struct subject){ (person_id){ c.applicant }, UNIT_NONE }, 0));
    TRY(ch->event ? tell(cx, &c, ch->event) : OK);
    return item_of(cx, &c, ret);
}

STATUS complaint_lodge(struct ctx *cx, const struct complaint_lodge_in *in, struct complaint_lodge_out *ret)
{
    struct complaint_row *rows, c = { .version = 1, .state = LODGED };
    struct dossier d;
    size_t count;
    bool open;
    TRY(dossier_find(cx, in->dossier, &d));
    if (!dossier_is_own(cx, &d) || d.row.state == DOSSIER_DRAFT)
        return FAIL(DOSSIER_MISSING);
    TRY(about_read(cx, in->dossier, &rows, &count, &open));
    if (!open)
        return FAIL_AT(COMPLAINT_OPEN, STR("dossier"));
    if (str_trim(in->reason).len == 0 || str_trim(in->wish).len == 0)
        return FAIL_AT(FIELD_MISSING, str_trim(in->reason).len == 0 ? STR("reason") : STR("wish"));
    c = (struct complaint_row){ .id = id_fresh(cx->now_us), .version = 1, .state = LODGED, .dossier = in->dossier, .applicant = d.row.applicant,
                                .organisation = d.row.organisation, .reason = in->reason, .wish = in->wish, .lodged_us = cx->now_us,
                                .due_us = due_of(cx, defs_feedback(cx->app->defs)->accept_days) };
    TRY(complaint_add(cx, &(struct complaint_add_params){ .shard = SHARD, .id = c.id, .dossier = c.dossier, .applicant = c.applicant,
        .organisation = c.organisation, .reason = c.reason, .wish = c.wish, .lodged_us = c.lodged_us, .due_us = c.due_us }, NULL));
    TRY(change_note(cx, (struct subject){ (person_id){ c.applicant }, UNIT_NONE }, 0));
    TRY(tell(cx, &c, "complaint.lodge"));
    return item_of(cx, &c, &ret->item);
}

STATUS complaint_accept(struct ctx *cx, const struct complaint_accept_in *in, struct complaint_accept_out *ret)
{
    return change(cx, in->complaint, &(struct complaint_change){ ACCEPTED, in->expected_version, STR(""), "complaint.accept" }, &ret->item);
}

STATUS complaint_reject(struct ctx *cx, const struct complaint_reject_in *in, struct complaint_reject_out *ret)
{
    return change(cx, in->complaint, &(struct complaint_change){ REJECTED, in->expected_version, in->reason, "complaint.reject" }, &ret->item);
}

STATUS complaint_answer(struct ctx *cx, const struct complaint_answer_in *in, struct complaint_answer_out *ret)
{
    static const enum complaint_state outcomes[] = { UPHELD, PARTLY, DISMISSED };
    return change(cx, in->complaint, &(struct complaint_change){ outcomes[in->outcome], in->expected_version, in->answer, "complaint.answer" }, &ret->item);
}

STATUS complaint_withdraw(struct ctx *cx, const struct complaint_withdraw_in *in, struct complaint_withdraw_out *ret)
{
    return change(cx, in->complaint, &(struct complaint_change){ WITHDRAWN, in->expected_version, STR(""), NULL }, &ret->item);
}

STATUS complaints_chase(struct ctx *cx, int64_t most, int64_t *ret_count)
{
    struct complaint_row *rows;
    size_t count;
    TRY(complaints_late(cx, SHARD, cx->now_us, most, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        rows[i].late_us = cx->now_us;
        TRY(row_write(cx, &rows[i]));
        purpose_set(cx, &rows[i]);
        TRY(change_note(cx, (struct subject){ (person_id){ rows[i].applicant }, UNIT_NONE }, 0));
        TRY(tell(cx, &rows[i], "complaint.late"));
    }
    *ret_count = (int64_t)count;
    return OK;
}
