/* The three files of a population as CSV. Units carry the map they belong to ("00004@new"); an empty cell is "not known".
 * tested by: src/synth/test/synth_test.c */
#include "synth/inside.h"

#include <stdio.h>

const char people_head[] = "id,number,name,birth,sex,ethnic,father,mother,spouse,household,relation,unit,birth_unit,home_unit,"
                           "residence_from,state,death,marital,phone,cmnd,religion,blood\n";
const char households_head[] = "id,unit,address,head\n";
const char events_head[] = "id,kind,day,person,other,unit_from,unit_to,detail\n";

static const char *const kind_words[] = { "birth", "marriage", "move", "death" };
/* The words of the register's loader, in the order of enum relation and enum marital. */
static const char *const relation_words[] = { "none", "head", "spouse", "child", "parent", "other" };
static const char *const marital_words[] = { "unknown", "single", "married", "widowed" };

static void comma(struct buf *out) { buf_char(out, ','); }

static void id_put(struct buf *out, const struct block *b, uint16_t place)
{
    if (place)
        buf_i64(out, b->first_id + place - 1);
    comma(out);
}

static void unit_put(struct buf *out, unit_id u)
{
    if (!u.v)
        return;
    buf_pad(out, (uint64_t)(u.v % 100000), 5);
    buf_add(out, u.v / 1000000 == MAP_NEW ? STR("@new") : STR("@old"));
}

static void day_put(struct buf *out, day d)
{
    if (!day_is_none(d))
        day_iso(d, out);
}

bool human_phone(const struct plan *p, const struct human *h, int64_t id, char out[static 11])
{
    static const char *const ranges[] = { "032", "033", "034", "035", "036", "037", "038", "039", "070", "076", "077", "078", "079",
                                          "081", "082", "083", "084", "085", "056", "058", "059", "086", "090", "091", "096", "097", "098" };
    uint64_t x = (uint64_t)id * 0x9E3779B97F4A7C15u ^ p->seed;
    if (h->died || p->until - h->born <= 15 * 365 || (x >> 8) % 100 >= 85)
        return false;
    snprintf(out, 11, "%s%07llu", ranges[(x >> 20) % (sizeof ranges / sizeof *ranges)], (unsigned long long)((x >> 30) % 10000000));
    return true;
}

static void cmnd_put(struct buf *out, const struct human *h, int64_t id)
{
    int year = day_year(day_from_number(h->born));
    if (year < 1930 || year > 2001 || id % 10 >= 7)
        return;
    buf_pad(out, (uint64_t)(id * 736341983 % 1000000000), 9);
}

static void person_write(const struct plan *p, const struct block *b, size_t i, struct buf *out)
{
    const struct human *h = &b->humans[i];
    const struct home *home = &b->homes[h->household];
    int64_t id = b->first_id + (int64_t)i;
    char phone[11];
    buf_i64(out, id), comma(out);
    if (h->number)
        buf_pad(out, (uint64_t)h->number, 12);
    comma(out);
    buf_add(out, str_of(h->name)), comma(out);
    day_put(out, h->birth), comma(out);
    buf_char(out, h->sex == SEX_MALE ? '1' : '2'), comma(out);
    buf_i64(out, h->ethnic), comma(out);
    id_put(out, b, h->father);
    id_put(out, b, h->mother);
    id_put(out, b, h->spouse);
    if (h->household)
        buf_i64(out, b->first_id + h->household - 1);
    comma(out);
    buf_add(out, str_of(relation_words[h->relation])), comma(out);
    unit_put(out, h->household ? home->unit : b->homes[1].unit), comma(out);
    unit_put(out, h->birth_unit), comma(out);
    unit_put(out, h->origin), comma(out);
    int32_t from = home->since > h->born ? home->since : h->born;
    if (h->household)
        day_put(out, day_from_number(h->out && h->married > from ? h->married : from));
    comma(out);
    buf_add(out, h->died ? STR("deceased,") : STR("active,"));
    if (h->died)
        day_put(out, day_from_number(h->died));
    comma(out);
    buf_add(out, str_of(marital_words[h->marital])), comma(out);
    if (human_phone(p, h, id, phone))
        buf_add(out, str_of(phone));
    comma(out);
    cmnd_put(out, h, id), comma(out);
    buf_i64(out, h->religion), comma(out);
    buf_i64(out, h->blood);
    buf_char(out, '\n');
}

static void home_write(const struct block *b, size_t i, struct buf *out)
{
    const struct home *home = &b->homes[i];
    if (!home->head)
        return;
    buf_i64(out, b->first_id + (int64_t)i - 1), comma(out);
    unit_put(out, home->unit), comma(out);
    buf_add(out, STR("Số "));
    buf_i64(out, home->house_number);
    if (home->lane) {
        buf_add(out, STR(" ngõ "));
        buf_i64(out, home->lane);
    }
    comma(out);
    buf_i64(out, b->first_id + home->head - 1);
    buf_char(out, '\n');
}

static void event_write(const struct block *b, size_t i, struct buf *out)
{
    const struct event *e = &b->events[i];
    buf_i64(out, (b->first_id - 1) * 6 + (int64_t)i + 1), comma(out);
    buf_add(out, str_of(kind_words[e->kind])), comma(out);
    day_put(out, day_from_number(e->on)), comma(out);
    id_put(out, b, e->person);
    id_put(out, b, e->other);
    unit_put(out, e->from), comma(out);
    unit_put(out, e->to), comma(out);
    buf_char(out, '\n');
}

void block_write(const struct plan *p, const struct block *b, struct buf *people, struct buf *households, struct buf *events)
{
    for (size_t i = 0; i < b->human_count; i++)
        person_write(p, b, i, people);
    for (size_t i = 1; i <= b->home_count; i++)
        home_write(b, i, households);
    for (size_t i = 0; i < b->event_count; i++)
        event_write(b, i, events);
}
