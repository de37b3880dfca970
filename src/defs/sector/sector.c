/* Finding sector registers. tested by: src/defs/sector/sector_test.c */
#include "defs/inside.h"

#include <stdlib.h>

bool sector_in_force(const struct sector_register *r, day on)
{
    return on.ymd >= r->from.ymd && (day_is_none(r->to) || on.ymd <= r->to.ymd);
}

const struct sector_register *defs_sector(const struct defs *d, str code, day on)
{
    const struct sector_register *best = NULL;
    for (size_t i = 0; i < d->sector_count; i++) {
        const struct sector_register *r = &d->sectors[i];
        if (!str_eq(r->code, code))
            continue;
        if (sector_in_force(r, on))
            return r;
        /* Of those that are over the last one; else the first that will begin. */
        bool past = r->from.ymd <= on.ymd, best_past = best && best->from.ymd <= on.ymd;
        if (!best || (past && (!best_past || r->from.ymd > best->from.ymd)) || (!past && !best_past && r->from.ymd < best->from.ymd))
            best = r;
    }
    return best;
}

/* Sorted by code, then by time (sectors_finish), so that each code's first row counts. */
static bool is_first(const struct defs *d, size_t i) { return i == 0 || !str_eq(d->sectors[i].code, d->sectors[i - 1].code); }

size_t defs_sector_count(const struct defs *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->sector_count; i++)
        n += is_first(d, i);
    return n;
}

const struct sector_register *defs_sector_nth(const struct defs *d, size_t index, day on)
{
    for (size_t i = 0; i < d->sector_count; i++)
        if (is_first(d, i) && index-- == 0)
            return defs_sector(d, d->sectors[i].code, on);
    return NULL;
}

int sector_field_find(const struct sector_register *r, str key)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (str_eq(r->fields[i].key, key))
            return (int)i;
    return -1;
}

int sector_field_of_tag(const struct sector_register *r, uint32_t tag)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (r->fields[i].tag == tag)
            return (int)i;
    return -1;
}

int sector_attribute_find(const struct sector_register *r, str key)
{
    int field = sector_field_find(r, key);
    return field < 0 && r->has_subject && str_eq(key, STR("subject")) ? SECTOR_SUBJECT : field;
}

uint64_t sector_checks_about(const struct sector_register *r, int field, enum dimension d)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < r->check_count; i++)
        if (r->checks[i].dimension == d && r->checks[i].about >> field & 1)
            mask |= UINT64_C(1) << i;
    return mask;
}

/* FNV-1a, which is stored with the values: it must never change. */
uint32_t sector_tag(str key)
{
    uint32_t hash = UINT32_C(2166136261);
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.ptr[i]) * UINT32_C(16777619);
    return hash;
}

static int sector_order(const void *a, const void *b)
{
    const struct sector_register *x = a, *y = b;
    int order = str_cmp(x->code, y->code);
    return order ? order : (x->from.ymd > y->from.ymd) - (x->from.ymd < y->from.ymd);
}

void sectors_finish(struct defs *d)
{
    if (d->sector_count > 0)
        qsort(d->sectors, d->sector_count, sizeof *d->sectors, sector_order);
}
