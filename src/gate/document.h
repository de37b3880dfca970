/* Documents in the ledger: a change whose entry bears the SHA-256 of the paper that came of it. */
#pragma once
#include "gate/gate.h"

/* As change_note(), with the digest. Two documents about one person in a call are two entries. */
STATUS document_note(struct ctx *cx, struct subject who, const uint8_t digest[static SHA256_BYTES]);
