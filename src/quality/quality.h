/* The quality of what the state holds: four figures (đúng, đủ, sạch, sống) of every register, published once a day and never
 * overwritten, and what to mend next. The figures themselves are counted where the rows lie (register/sector); this module has
 * them judged anew each day, because time alone makes a record stale, keeps what they were, and follows the flaws that somebody
 * was asked to mend until the rule itself says that they are.
 *
 * Nothing here shows a person: an issue names a register, a row and a rule. Law: NĐ 47/2020/NĐ-CP Đ16 (quality of data). */
#pragma once
#include "gate/gate.h"

extern const struct module quality_module;
