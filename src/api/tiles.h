/* The ledger in the form that other programs read (C2SP tlog-tiles): GET /ledger/checkpoint, /ledger/tile/…. Public:
 * leaves are salted commitments, from which nothing about a person can be learned. */
#pragma once
#include "gate/gate.h"
#include "net/net.h"

bool tiles_own(str path);
void tiles_handle(struct app *app, struct exchange *x);
