/* What each fuzz target gives: LLVMFuzzerTestOneInput, which must return 0 on any bytes. libFuzzer's or replay.c's main()
 * calls it. A target states its properties with MUST: no crash is the least, not the whole of what is tested. */
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
