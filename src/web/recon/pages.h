/* Pages of reconciliation runs, for web.c. */
#pragma once
#include "web/visit.h"

PAGE(runs);
PAGE(run_page);
PAGE(run_rows_page);
status runs_start_run(struct ctx *cx, struct visit *v);
status run_move_run(struct ctx *cx, struct visit *v);
status run_file_run(struct ctx *cx, struct visit *v);
