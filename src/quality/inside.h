/* Inside of quality: what its parts share. */
#pragma once
#include "quality/quality.h"
#include "quality/quality_ops.h"
#include "quality/quality_sql.h"
#include "register/register_ops.h"
#include "register/sector/sector.h"

enum { QUALITY_SHARD = 0 };
/* Stored. */
enum issue_state { ISSUE_ASSIGNED = 1, ISSUE_CLOSED, ISSUE_WAIVED };

enum { DEBTS_MAX = 4000 };
/* issue.c: closes what its rule no longer finds; at most `most`, after the issue `after`. */
STATUS issues_verify(struct ctx *cx, int64_t after, int64_t most, int64_t *ret_next, int64_t *ret_closed);
STATUS register_of(struct ctx *cx, str code, const struct sector_register **ret); /* ERR_REGISTER_MISSING */
