/* Pages of cases, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(cases);
status case_page_run(struct ctx *cx, struct visit *v);
void case_page_show(struct page *pg, struct visit *v);
status case_settle_run(struct ctx *cx, struct visit *v);
status case_step_run(struct ctx *cx, struct visit *v);
PAGE(offers);
status offer_make_run(struct ctx *cx, struct visit *v);
