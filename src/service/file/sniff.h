/* What a file is, by its content; its name counts for nothing. Pure. */
#pragma once
#include "base/base.h"

enum media { MEDIA_PDF, MEDIA_JPEG, MEDIA_PNG, MEDIA_TIFF, MEDIA_DOCX, MEDIA_XLSX, MEDIA_ODT, MEDIA_COUNT };
const char *media_type(enum media m);   /* "application/pdf" */
const char *media_ending(enum media m); /* "pdf" */
/* ERR_ATTACHMENT_EMPTY; ERR_FILE_PROGRAM: none of these, or one that hides another kind of file, a script or a macro;
 * ERR_ATTACHMENT_BROKEN: begins like one, but is cut off; ERR_ATTACHMENT_LOCKED: nobody could read it. */
STATUS media_sniff(str bytes, enum media *ret);
