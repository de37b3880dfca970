/* The boxes of whoever is signed in: a citizen's own; an officer's own, and that of his office, where one who reads has read for all; the
 * head's; that of the officers of a unit; that of the coordinators. Read marks are his own doing and no record of a person, so that they leave no ledger entry.
 * tested by: src/notice/test/notice_test.c */
#include "notice/inside.h"

#include <stdlib.h>

enum { BOXES_MOST = 5, PAGE = 20, UNREAD_MOST = 100, ALL_MOST = 500 };

struct box {
    enum notice_box kind;
    int64_t recipient;
    str organisation;
};

static size_t boxes_of(const struct ctx *cx, struct box out[static BOXES_MOST])
{
    const struct actor *who = &cx->actor;
    size_t n = 0;
    if ((who->roles & ROLE_CITIZEN) && who->person.v)
        out[n++] = (struct box){ BOX_PERSON, who->person.v, STR("") };
    if ((who->roles & ~(uint32_t)ROLE_CITIZEN) && who->account.v)
        out[n++] = (struct box){ BOX_ACCOUNT, who->account.v, STR("") };
    if ((who->roles & (ROLE_OFFICER | ROLE_LEADER)) && who->organisation.len)
        out[n++] = (struct box){ who->roles & ROLE_LEADER ? BOX_HEAD : BOX_OFFICE, 0, who->organisation };
    if ((who->roles & ROLE_OFFICER) && who->unit.v)
        out[n++] = (struct box){ BOX_UNIT, who->unit.v, STR("") };
    if (who->roles & ROLE_COORDINATOR)
        out[n++] = (struct box){ BOX_CENTRE, 0, STR("") };
    return n;
}

static bool is_in(const struct box *b, const struct notice_row *n)
{
    return n->kind == (int16_t)b->kind && n->recipient == b->recipient && str_eq(n->organisation, b->organisation);
}

static STATUS unread_in(struct ctx *cx, const struct box *b, int64_t most, struct notices_unread_row **ret, size_t *ret_count)
{
    return notices_unread(cx, &(struct notices_unread_params){ .shard = SHARD, .kind = (int16_t)b->kind, .recipient = b->recipient,
                              .organisation = b->organisation, .most = most }, ret, ret_count);
}

static STATUS unread_count(struct ctx *cx, int64_t *ret)
{
    struct box boxes[BOXES_MOST];
    size_t n = boxes_of(cx, boxes);
    *ret = 0;
    for (size_t i = 0; i < n; i++) {
        struct notices_unread_row *rows;
        size_t count;
        TRY(unread_in(cx, &boxes[i], UNREAD_MOST, &rows, &count));
        *ret += (int64_t)count;
    }
    if (*ret > UNREAD_MOST)
        *ret = UNREAD_MOST;
    return OK;
}

static const int32_t box_words[] = { [BOX_PERSON] = NOTICE_ITEM_BOX_ME, [BOX_ACCOUNT] = NOTICE_ITEM_BOX_ACCOUNT, [BOX_OFFICE] = NOTICE_ITEM_BOX_OFFICE,
                                     [BOX_HEAD] = NOTICE_ITEM_BOX_HEAD, [BOX_UNIT] = NOTICE_ITEM_BOX_UNIT, [BOX_CENTRE] = NOTICE_ITEM_BOX_CENTRE };

static struct notice_item item_of(struct ctx *cx, const struct notice_row *r)
{
    str text = r->event;
    (void)msg_find(arena_printf(cx->arena, "notice_said_%.*s", STR_ARG(r->say)), cx->lang, &text);
    return (struct notice_item){ .notice = r->id, .box = box_words[r->kind], .event = r->event, .text = text, .code = r->code,
                                 .subject = cx->lang == LANG_EN ? r->subject_en : r->subject_vi, .about = r->about, .at = r->at_us,
                                 .has_read = r->read_us > 0, .read = r->read_us };
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = ((const struct notice_item *)a)->notice, y = ((const struct notice_item *)b)->notice;
    return (x < y) - (x > y);
}

STATUS notice_list(struct ctx *cx, const struct notice_list_in *in, struct notice_list_out *ret)
{
    struct box boxes[BOXES_MOST];
    size_t n = boxes_of(cx, boxes), most = in->has_limit ? (size_t)in->limit : PAGE;
    ret->notices = ARENA_ARRAY(cx->arena, struct notice_item, BOXES_MOST * (most + 1));
    for (size_t i = 0; i < n; i++) {
        struct notice_row *rows;
        size_t count;
        TRY(notices_in(cx, &(struct notices_in_params){ .shard = SHARD, .kind = (int16_t)boxes[i].kind, .recipient = boxes[i].recipient,
            .organisation = boxes[i].organisation, .before = in->has_before ? in->before : INT64_MAX, .most = (int64_t)most + 1 }, &rows, &count));
        for (size_t k = 0; k < count; k++)
            ret->notices[ret->notices_count++] = item_of(cx, &rows[k]);
    }
    qsort(ret->notices, ret->notices_count, sizeof *ret->notices, newest_first);
    if (ret->notices_count > most) {
        ret->notices_count = most;
        ret->next = ret->notices[most - 1].notice;
    }
    return unread_count(cx, &ret->unread);
}

STATUS notice_unread(struct ctx *cx, const struct notice_unread_in *in, struct notice_unread_out *ret)
{
    (void)in;
    return unread_count(cx, &ret->unread);
}

static STATUS read_one(struct ctx *cx, int64_t id, const struct box *boxes, size_t n, int64_t *ret_read)
{
    struct notice_row row;
    bool known, mine = false;
    TRY(notice_get(cx, SHARD, id, &row, &known));
    for (size_t i = 0; known && i < n; i++)
        mine = mine || is_in(&boxes[i], &row);
    return mine ? notice_read_set(cx, SHARD, id, cx->now_us, ret_read) : FAIL(NOTICE_MISSING);
}

STATUS notice_read(struct ctx *cx, const struct notice_read_in *in, struct notice_read_out *ret)
{
    struct box boxes[BOXES_MOST];
    size_t n = boxes_of(cx, boxes);
    if (in->has_notice)
        TRY(read_one(cx, in->notice, boxes, n, &ret->read));
    for (size_t i = 0; i < n && !in->has_notice; i++) {
        struct notices_unread_row *rows;
        size_t count;
        TRY(unread_in(cx, &boxes[i], ALL_MOST, &rows, &count));
        for (size_t k = 0; k < count; k++)
            TRY(notice_read_set(cx, SHARD, rows[k].id, cx->now_us, NULL));
        ret->read += (int64_t)count;
    }
    return unread_count(cx, &ret->unread);
}
