/* Notices: what happened is told to those whom it concerns. A notice is written in the transaction of its event, so that there is none
 * without the event and none is lost; the same event tells the same recipient once. In the program it can be read at once; by letter,
 * text message or to another system it leaves through an outbox (at least once, each time under the same number).
 *
 * A notice holds no value of a person: which dossier, and what became of it. Law: NĐ 61/2018/NĐ-CP as amended; Luật 91/2025/QH15. */
#pragma once
#include "gate/gate.h"

extern const struct module notice_module;

struct notice_event {
    str name;         /* one of notice/event.def */
    int64_t about;    /* dossier, complaint … */
    int32_t seq;      /* (name, about, seq) is this event and no other */
    str code, subject_vi, subject_en;
    person_id applicant;
    account_id assignee;
    str organisation; /* the office */
    unit_id unit;     /* whose officers it concerns */
};
/* As definitions/notices.yaml says, within the transaction of the event. Recipients that the event lacks are passed over, and so are
 * those who were told of this event before. */
STATUS notice_make(struct ctx *cx, const struct notice_event *e);
