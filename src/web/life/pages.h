/* The pages of life events. */
#pragma once
#include "web/visit.h"

PAGE(life_page);
PAGE(life_mine_page);
PAGE(life_desk_page);
status life_move_run(struct ctx *cx, struct visit *v);
status life_answer_run(struct ctx *cx, struct visit *v);
