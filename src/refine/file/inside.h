/* Steps of sheet_open(), each in a file of its own. */
#pragma once
#include "refine/file/sheet.h"

/* What the bytes are; ERR_FILE_EMPTY, ERR_FILE_KIND, ERR_FILE_ENCRYPTED. */
STATUS kind_of(str bytes, enum file_kind *ret);
/* UTF-16 to UTF-8; is the rest UTF-8? Sets text, utf8, form. */
STATUS text_prepare(struct sheet *s, str encoding);
/* The encoding of each column, from the head rows. Sets column forms and form. */
STATUS columns_encoding(struct sheet *s, str encoding);
/* Header, roles, meaning of sex codes, order of dates. */
STATUS columns_map(struct sheet *s, str map);
