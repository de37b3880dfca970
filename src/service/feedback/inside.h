/* Inside of feedback: what ratings and complaints share with dossiers. */
#pragma once
#include "defs/notice/notice.h"
#include "service/inside.h"

STATUS dossiers_chase(struct ctx *cx, int64_t most, int64_t *ret_count); /* of dossiers that are late, once each */
/* Tells the heads of offices, and writes down, that they let a time pass; at most `most`, *ret_count of them. */
STATUS complaints_chase(struct ctx *cx, int64_t most, int64_t *ret_count);
