/* The clock of a dossier, folded from what happened to it: it runs while an agency holds the dossier and stands while the
 * applicant has something to do. Time is working time. Nothing is stored but the events; so an interval cannot overlap
 * another, and the due time can always be worked out anew. Pure.
 * Law: NĐ 61/2018/NĐ-CP Đ19 (as amended by NĐ 107/2021, NĐ 118/2025): a dossier received after the hour that the calendar
 * names counts from the next working day; the clock stands during a supplement and starts anew or goes on, as the
 * procedure says. */
#pragma once
#include "service/state.h"
#include "viet/viet.h"

struct deadline {
    int working_days;     /* from the day of receipt; 0: on the same working day */
    int working_hours;    /* if not 0, instead of days */
    bool restart;         /* after a supplement (never after a payment) the whole time begins anew; else it goes on */
};

struct clock_event {
    enum dossier_command command;
    enum dossier_state to;
    int64_t at_us;
    int32_t holder; /* index of the agency that holds the dossier from here on */
};

struct dossier_clock {
    int64_t due_us;       /* 0: no clock yet, or it stands (see left_*) */
    int64_t ended_us;     /* of the decision or other end; 0: open */
    bool runs;
    int left_days;        /* of a standing clock that counts days: working days still to come on resumption */
    int64_t left_minutes; /* the same of one that counts hours */
    int64_t held_us;      /* working time that agencies used in this generation, until now_us */
    bool late;            /* past the due time, now or at the end */
    int64_t late_us;      /* by how much working time */
};

/* What the clock is folded from. */
struct clock_life {
    const struct calendar *calendar;
    int received_until; /* minute of the day: receipts after it count from the next working day */
    struct deadline deadline;
    const struct clock_event *events; /* in the order of time, from the submission on */
    size_t count;
    int64_t now_us;
};
void dossier_clock_fold(const struct clock_life *life, struct dossier_clock *ret);
/* Working time that the agency `holder` used in the last generation; *ret_late_us: how much of it lay past `due_us`, so that
 * lateness falls on the one whose turn it was. */
int64_t dossier_clock_held_by(const struct clock_life *life, int32_t holder, int64_t due_us, int64_t *ret_late_us);
/* The moment at which work ends on a day. */
int64_t working_day_end(const struct calendar *c, day on);
