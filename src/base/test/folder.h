/* A folder of its own for one test, below $TMPDIR, which goes with all that is in it. */
#pragma once
#include "base/base.h"

struct folder { char path[128]; };

bool folder_make(struct folder *f);
void folder_end(struct folder *f); /* a folder that was never made is allowed */
/* A file in it, its folders made on the way: folder_put(f, "definitions/units/x.yaml", "…"). */
void folder_put(const struct folder *f, const char *name, const char *text);
void folder_drop(const struct folder *f, const char *name); /* a file or an empty folder; one that is absent is allowed */
