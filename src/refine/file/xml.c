/* The one place that calls expat's life cycle; see xml.h for what it refuses.
 * tested by: src/refine/file/test/xlsx_test.c */
#include "refine/file/xml.h"

#include <string.h>

static void XMLCALL doctype_seen(void *with, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
    struct xml_guard *g = with;

    (void)name, (void)system, (void)public, (void)internal;
    g->doctype = true;
    XML_StopParser(g->parser, XML_FALSE);
}

void xml_start(struct xml_guard *with, const struct xml_handlers *h)
{
    with->parser = XML_ParserCreate(NULL);
    MUST(with->parser);
    with->doctype = false;
    XML_SetUserData(with->parser, with);
    XML_SetElementHandler(with->parser, h->start, h->end);
    XML_SetCharacterDataHandler(with->parser, h->text);
    XML_SetStartDoctypeDeclHandler(with->parser, doctype_seen);
}

void xml_stop(struct xml_guard *with)
{
    if (with->parser)
        XML_ParserFree(with->parser);
    with->parser = NULL;
}

static status xml_judge(const struct xml_guard *g, enum XML_Status got)
{
    status st;

    if (got != XML_STATUS_ERROR)
        return OK;
    if (g->doctype)
        return FAIL(FILE_BOMB);
    st = FAIL(FILE_BROKEN);
    fault_detail("xml error %d", (int)XML_GetErrorCode(g->parser));
    return st;
}

STATUS xml_feed(struct xml_guard *with, struct entry *e, bool *ret_end)
{
    void *piece = XML_GetBuffer(with->parser, XML_PIECE);
    size_t n;

    if (!piece)
        return FAIL(MEMORY_LIMIT);
    TRY(archive_read(e, piece, XML_PIECE, &n));
    *ret_end = n == 0;
    return xml_judge(with, XML_ParseBuffer(with->parser, (int)n, n == 0));
}

STATUS xml_resume(struct xml_guard *with) { return xml_judge(with, XML_ResumeParser(with->parser)); }

bool xml_is_suspended(const struct xml_guard *with)
{
    XML_ParsingStatus st;

    XML_GetParsingStatus(with->parser, &st);
    return st.parsing == XML_SUSPENDED;
}

STATUS xml_walk(struct archive *a, str name, struct xml_guard *with, const struct xml_handlers *h, bool *ret_found)
{
    struct entry *e DEFER(archive_entry_done) = NULL;
    status st = OK;
    bool end = false;

    TRY(archive_entry(a, name, &e));
    *ret_found = e != NULL;
    if (!e)
        return OK;
    xml_start(with, h);
    while (!end && status_ok(st))
        st = xml_feed(with, e, &end);
    xml_stop(with);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

const char *xml_local(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

const char *xml_attribute(const char *const *list, const char *name)
{
    for (; *list; list += 2)
        if (strcmp(xml_local(list[0]), name) == 0)
            return list[1];
    return NULL;
}
