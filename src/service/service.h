/* Public services: procedures as the definitions have them, and dossiers that move through the ten states of the national
 * portal. A dossier belongs to a verified person, is held by one office at a time, and is decided once a generation; what it
 * changes in a register happens in the transaction of its decision, under the dossier as its ground.
 * Law: NĐ 61/2018/NĐ-CP as amended by NĐ 107/2021 and NĐ 118/2025; TT 22/2019/TT-BTTTT (states); NĐ 42/2022 (levels). */
#pragma once
#include "defs/procedure.h"
#include "gate/gate.h"
#include "service/clock.h"

extern const struct module service_module;
