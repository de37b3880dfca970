/* Signing a paper: PAdES with a time stamp. The signature covers the whole file. */
#pragma once
#include "crypt/authority.h"
#include "paper/paper.h"

struct paper_signature {
    const struct authority *authority; /* whose clock stamps it */
    const struct signer *signer;
    int64_t at_us;
    str name, reason, place; /* the organisation; why; where, may be empty */
};
/* A PDF of paper_render(), not signed before. ERR_INTERNAL on any other. */
STATUS paper_sign(struct arena *a, str pdf, const struct paper_signature *how, str *ret);
