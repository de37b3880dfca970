/* The authority matrix, from definitions/authority.yaml: which source is believed about which field of a person when two
 * disagree, and in how many working days a disagreement is settled. Total and without loops by construction: a set in which two
 * sources beat each other or a pair is undecided is refused with its place. Law: TT 46/2022/TT-BCA annex I; NĐ 70/2024 Đ6. */
#pragma once
#include "defs/defs.h"

/* 1 is believed over all others, SOURCE_COUNT over none. */
int defs_source_rank(const struct defs *d, enum person_field field, enum fact_source source);
bool defs_source_wins(const struct defs *d, enum person_field field, enum fact_source a, enum fact_source b);
/* The source as which a sector register speaks. */
enum fact_source defs_source_of(const struct defs *d, str register_code);
/* What may be offered (enrichment): held by a field of a sector register, or a field of the population register, or neither. */
struct offer_topic {
    str key, vi, en, register_code, field, attribute;
};
size_t defs_offer_topic_count(const struct defs *d);
const struct offer_topic *defs_offer_topic_nth(const struct defs *d, size_t index);
const struct offer_topic *defs_offer_topic(const struct defs *d, str key); /* NULL: none */
/* Working days under this word of `days`; -1: there is none. */
int defs_days(const struct defs *d, str word);
