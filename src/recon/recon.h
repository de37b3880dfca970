/* Reconciliation runs: the live rows of a sector register against the population register, both as they were known at one moment,
 * so that a run can be repeated and comes to the same. Each row ends as exactly one outcome; rows that a human has to settle become
 * cases when the run is published. A run is worked off in chunks by a job of this module; each chunk commits with its results and
 * ledger entries, so that a process that is killed goes on where it stopped and comes to the same digest.
 *
 * Refuses a register without a subject, a second run of the same rows while the first is under way, and publishing before the last
 * row is done. Operations: run.* in run.op.yaml. Law: NĐ 47/2020/NĐ-CP Đ41, NĐ 70/2024/NĐ-CP Đ6. */
#pragma once
#include "gate/gate.h"

extern const struct module recon_module;
