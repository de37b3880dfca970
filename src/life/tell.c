/* What is told of a life event: to whoever applied, to whom a leg waits for, to the office that has one, to its head when it is late.
 * tested by: tests/scenario/birth.scn */
#include "life/inside.h"

enum { LEG_SLOTS = 16 };
_Static_assert((int)LIFE_LEGS_MAX <= (int)LEG_SLOTS, "a leg has its place in the watch's number");

static STATUS tell(struct ctx *cx, const struct bundle *b, const char *what, const struct notice_event *to)
{
    struct notice_event e = *to;
    e.name = arena_printf(cx->arena, "life.%s", what);
    e.about = b->row.id;
    e.code = b->row.code;
    if (!e.seq)
        e.seq = b->row.version;
    return notice_make(cx, &e);
}

STATUS bundle_notice(struct ctx *cx, const struct bundle *b, const char *what)
{
    return tell(cx, b, what, &(struct notice_event){ .subject_vi = b->event->name_vi, .subject_en = b->event->name_en, .applicant = { b->row.applicant } });
}

static struct notice_event leg_event(struct ctx *cx, const struct bundle *b, int leg)
{
    const struct life_leg *def = &b->event->legs[leg];
    const struct life_leg_row *l = &b->legs[leg];
    return (struct notice_event){ .applicant = { l->person }, .assignee = { l->assignee }, .organisation = l->person ? STR("") : l->organisation,
                                  .subject_vi = arena_printf(cx->arena, "%.*s: %.*s", STR_ARG(b->event->name_vi), STR_ARG(def->name_vi)),
                                  .subject_en = arena_printf(cx->arena, "%.*s: %.*s", STR_ARG(b->event->name_en), STR_ARG(def->name_en)) };
}

STATUS leg_notice(struct ctx *cx, const struct bundle *b, int leg, const char *what)
{
    struct notice_event e = leg_event(cx, b, leg);
    return tell(cx, b, what, &e);
}

/* --- the watch: due times in their order, from where it was last ----------------------------------------------------------- */

static STATUS late_tell(struct ctx *cx, const struct life_legs_late_row *row)
{
    struct bundle b;
    TRY(bundle_find(cx, row->bundle, &b));
    const struct life_leg_row *l = &b.legs[row->leg];
    if (!leg_is_owned((enum leg_state)l->state) || l->person || l->node.len || l->due_us != row->due_us)
        return OK;
    struct notice_event e = leg_event(cx, &b, row->leg);
    e.seq = row->leg + 1;
    return tell(cx, &b, "late", &e);
}

STATUS legs_chase(struct ctx *cx, int64_t most, int64_t *ret_count)
{
    struct watch_get_row at = { 0 };
    struct life_legs_late_row *rows;
    size_t count;
    bool known;
    int64_t changed = 0;
    TRY(watch_get(cx, SHARD, STR("legs"), &at, &known));
    TRY(life_legs_late(cx, &(struct life_legs_late_params){ .shard = SHARD, .after_us = at.at_us, .after_bundle = at.at_id / LEG_SLOTS,
        .after_leg = known ? (int16_t)(at.at_id % LEG_SLOTS) : -1, .now_us = cx->now_us, .most = most }, &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(late_tell(cx, &rows[i]));
    *ret_count = (int64_t)count;
    if (count == 0)
        return OK;
    const struct life_legs_late_row *last = &rows[count - 1];
    TRY(watch_set(cx, SHARD, STR("legs"), last->due_us, last->bundle * LEG_SLOTS + last->leg, &changed));
    return changed ? OK : watch_add(cx, SHARD, STR("legs"), last->due_us, last->bundle * LEG_SLOTS + last->leg, NULL);
}
