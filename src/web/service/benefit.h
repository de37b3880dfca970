/* Pages of benefits, and their part of a dossier's page. */
#pragma once
#include "web/service/benefit_view.h"
#include "web/service/words.h"

PAGE(benefits);
PAGE(benefit_page);
status benefit_move_run(struct ctx *cx, struct visit *v);
status benefit_export_run(struct ctx *cx, struct visit *v);
status benefit_file_run(struct ctx *cx, struct visit *v);
STATUS benefit_fill(struct ctx *cx, struct visit *v, int64_t dossier, struct benefit_part_view **ret);
