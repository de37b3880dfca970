/* The coordination centre: takes in the lists of agencies, cleans their rows, compares them with the register and says of
 * each row what came of it. A delivery is one file of one source, known by the digest of its bytes: the same file twice
 * does nothing twice. It is worked off in chunks by a job of this module; each chunk commits with its rows, figures and
 * ledger entries, so that a process that is killed goes on where it stopped.
 * Operations: list.* in list.op.yaml. Law: NĐ 47/2020/NĐ-CP Đ41, NĐ 70/2024/NĐ-CP Đ6. */
#pragma once
#include "gate/gate.h"

extern const struct module centre_module;
