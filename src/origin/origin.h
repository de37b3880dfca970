/* The thread that asks agencies whose registers live elsewhere (register/sector/origin.h): outside of any transaction, some side by
 * side, over TLS alone, each question bounded in time and bytes. What comes back is written by the operation sector.fetched. */
#pragma once
#include "gate/gate.h"

extern const struct module origin_module;
