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
/* A refusal in words, to be said on the page from which it came, with its HTTP status; anything else goes on as it is. */
STATUS refusal_said(struct visit *v, status st, str *ret_error, str *ret_hint);
