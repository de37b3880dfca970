/* Keys under which two rows of one list are the same: the person they were matched to, else their number, else name, birth
 * and sex. Kept in memory while a delivery is worked off, and made anew from the stored rows when it goes on later. */
#include "centre/inside.h"

void seen_init(struct seen *s) { table64_init(&s->places, 1024); }

void seen_done(struct seen *s) { table64_done(&s->places); }

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0xff51afd7ed558ccdu;
    return h ^ h >> 33;
}

uint64_t seen_key(person_id person, const struct list_person *p, int64_t name_hash)
{
    if (person.v)
        return mix(1, (uint64_t)person.v) | 1;
    if (p->number)
        return mix(2, (uint64_t)p->number) | 1;
    return mix(mix(mix(3, (uint64_t)name_hash), (uint64_t)p->birth.ymd), (uint64_t)p->sex) | 1;
}

int64_t seen_place(const struct seen *s, uint64_t key)
{
    uint64_t place = 0;

    return table64_get(&s->places, key, &place) ? (int64_t)place : 0;
}

void seen_add(struct seen *s, uint64_t key, int64_t place)
{
    if (!seen_place(s, key))
        table64_set(&s->places, key, (uint64_t)place);
}
