/* People as the register knew them at a moment, so that what was found then can be found again. A row that has not changed since
 * is the answer itself; of the others the events recorded until then are folded. tested by: src/register/test/known_test.c */
#include "register/inside.h"

#include <string.h>

static void event_take(const struct event *e, int64_t number, int64_t old_number, struct person_then *ret)
{
    for (size_t i = 0; i < e->fact_count; i++) {
        const struct fact *f = &e->facts[i];
        ret->had_number |= number && f->field == FIELD_NUMBER && f->number == number;
        ret->had_old_number |= old_number && f->field == FIELD_OLD_NUMBER && f->number == old_number;
    }
}

STATUS person_known_at(struct ctx *cx, person_id id, int64_t known_us, const struct numbers_asked *asked, struct person_then *ret)
{
    struct held_facts held = { 0 };
    struct event *events;
    size_t count;
    *ret = (struct person_then){ .is = { .id = id } };
    TRY(person_events(cx, id, &events, &count));
    for (size_t i = 0; i < count; i++) {
        held_take(&held, &events[i], DAY_LAST, known_us);
        if (events[i].recorded_us <= known_us)
            event_take(&events[i], asked->number, asked->old_number, ret);
    }
    ret->known = held.version > 0;
    if (ret->known)
        held_person(&held, id, &ret->is);
    return OK;
}

STATUS persons_changed_since(struct ctx *cx, int64_t since_us, person_id **ret, size_t *ret_count)
{
    struct person_rows_changed_cursor cursor DEFER(person_rows_changed_done) = { 0 };
    struct person_rows_changed_row row;
    person_id *list = NULL;
    size_t cap = 0, n = 0;
    bool more;
    TRY(person_rows_changed_each(cx, 0, since_us, &cursor));
    for (;;) {
        TRY(person_rows_changed_next(&cursor, &row, &more));
        if (!more)
            break;
        list = rows_room(cx->arena, list, n, &cap, sizeof *list);
        list[n++] = (person_id){ row.id };
    }
    *ret = list;
    *ret_count = n;
    return OK;
}
