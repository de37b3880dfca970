/* Behind store.h. tested by: src/match/index/test/index_test.c */
#include "match/index/test/store.h"

#include <string.h>

enum { STORE_BYTES_MAX = 1 << 28 };

static bool fails(struct store *s) { return s->calls_left >= 0 && s->calls_left-- == 0; }

static status file_append(void *with, str bytes)
{
    struct store *s = with;

    if (fails(s))
        return FAIL(IO);
    buf_add(&s->file, bytes);
    return OK;
}

static status file_head(void *with, str bytes)
{
    struct store *s = with;

    if (fails(s))
        return FAIL(IO);
    memcpy(s->file.ptr, bytes.ptr, bytes.len);
    return OK;
}

static status scratch_write(void *with, uint64_t at, str bytes)
{
    struct store *s = with;

    if (fails(s))
        return FAIL(IO);
    MUST(at == s->scratch.len);
    buf_add(&s->scratch, bytes);
    return OK;
}

static status scratch_read(void *with, uint64_t at, char *to, size_t bytes)
{
    struct store *s = with;

    if (fails(s))
        return FAIL(IO);
    MUST(at + bytes <= s->scratch.len);
    memcpy(to, s->scratch.ptr + at, bytes);
    return OK;
}

void store_init(struct store *s)
{
    *s = (struct store){ .calls_left = -1 };
    buf_init(&s->file, STORE_BYTES_MAX);
    buf_init(&s->scratch, STORE_BYTES_MAX);
    s->sink = (struct index_sink){ file_append, file_head, scratch_write, scratch_read, s };
}

void store_done(struct store *s)
{
    buf_done(&s->file);
    buf_done(&s->scratch);
}

#define COLUMN(name, role_) { { "" name, sizeof(name) - 1 }, LINK_##role_ }
static const struct link_column columns[] = {
    COLUMN("id", ID),   COLUMN("ho_ten", FULL_NAME), COLUMN("ngay", BIRTH_DATE), COLUMN("so", PERSON_NUMBER),
    COLUMN("sex", SEX), COLUMN("tel", PHONE),        COLUMN("noi_o", ADDRESS),   COLUMN("ma", CODE),
};
const struct link_load_options store_options = { .column = columns, .columns = sizeof columns / sizeof *columns, .threads = 1 };

struct link_set *store_load(str csv)
{
    struct link_set *set = NULL;

    MUST(status_ok(link_set_load(&set, csv, (str){ 0 }, &store_options)));
    return set;
}

STATUS store_make(struct store *s, str csv, struct index_def **inout_def)
{
    struct link_set *list = store_load(csv);
    const struct index_plan_options o = { .records = list->count[0] };
    struct index_maker *m;
    status st = OK;

    if (!*inout_def)
        st = index_plan(list, &o, inout_def);
    if (!status_ok(st)) {
        link_set_free(list);
        return st;
    }
    m = index_maker_new(*inout_def, &s->sink, list->count[0]);
    st = index_maker_add(m, list);
    if (status_ok(st))
        st = index_maker_end(m, NULL, NULL);
    index_maker_free(m);
    link_set_free(list);
    return st;
}
