/* expat over an entry of an archive, in pieces. A document type declaration ends the reading with ERR_FILE_BOMB: entities
 * are where XML explodes and reads what it should not, and spreadsheets need none. */
#pragma once
#include "refine/file/archive.h"

#include <expat.h>

enum { XML_PIECE = 1 << 16 };

/* The first member of whatever a parser's handlers get. */
struct xml_guard {
    XML_Parser parser;
    bool doctype;
};

struct xml_handlers {
    XML_StartElementHandler start;
    XML_EndElementHandler end;
    XML_CharacterDataHandler text;
};

/* `with` begins with a struct xml_guard. */
void xml_start(struct xml_guard *with, const struct xml_handlers *h);
void xml_stop(struct xml_guard *with);
/* Feeds one more piece; *ret_end when that was the last. A parser that suspended itself is no error. */
STATUS xml_feed(struct xml_guard *with, struct entry *e, bool *ret_end);
STATUS xml_resume(struct xml_guard *with);
bool xml_is_suspended(const struct xml_guard *with);
/* The whole of an entry; *ret_found false when the archive has none of that name. */
STATUS xml_walk(struct archive *a, str name, struct xml_guard *with, const struct xml_handlers *h, bool *ret_found);

const char *xml_local(const char *name);                                /* without its prefix */
const char *xml_attribute(const char *const *list, const char *name); /* NULL: absent; compares local names */
