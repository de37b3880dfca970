/* Life events: a birth, a death, a move, a marriage as one application that several agencies answer, each in its leg, in the order
 * that the definition says. A leg's effect is an operation of a register, done once, in the transaction that ends the leg; no leg
 * begins before what it stands on is done; a bundle always ends, and until then somebody is named who has it. Legs of agencies
 * on another node travel by post. What was recorded wrongly is taken back leg by leg, the last first.
 * Law: NĐ 63/2024/NĐ-CP; QĐ 296/QĐ-VPCP 2024; Luật Hộ tịch 2014; Luật Cư trú 2020. */
#pragma once
#include "gate/gate.h"

extern const struct module life_module;
