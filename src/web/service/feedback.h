/* Pages of ratings and complaints, and their part of a dossier's page. */
#pragma once
#include "web/service/feedback_view.h"
#include "web/service/words.h"

PAGE(rate);
PAGE(satisfaction);
PAGE(complain);
PAGE(complaint_page);
PAGE(complaints_page);
status rate_give_run(struct ctx *cx, struct visit *v);
status complain_lodge_run(struct ctx *cx, struct visit *v);
status complaint_move_run(struct ctx *cx, struct visit *v);
STATUS feedback_fill(struct ctx *cx, struct visit *v, int64_t dossier, struct feedback_view **ret);
