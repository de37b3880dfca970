/* libzip behind archive.h. The limits leave room for the largest sheet a spreadsheet can hold, not for more.
 * tested by: src/refine/file/test/xlsx_test.c */
#include "refine/file/archive.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define ENTRY_BYTES_MAX ((uint64_t)1 << 30)
#define TOTAL_BYTES_MAX ((uint64_t)3 << 29)
#define GROWTH_FROM_BYTES ((uint64_t)8 << 20)

enum { ENTRIES_MAX = 4096, GROWTH_MAX = 400, NAME_BYTES_MAX = 512 };

struct archive {
    zip_t *zip;
    uint64_t read_bytes;
};

struct entry {
    struct archive *of;
    zip_file_t *file;
    uint64_t bytes_max, read_bytes;
};

static status zip_bad(int code)
{
    switch (code) {
    case ZIP_ER_NOPASSWD:
    case ZIP_ER_WRONGPASSWD:
    case ZIP_ER_ENCRNOTSUPP: return FAIL(FILE_ENCRYPTED);
    case ZIP_ER_MEMORY: return FAIL(MEMORY_LIMIT);
    default: break;
    }
    status bad = FAIL(FILE_BROKEN);
    fault_detail("zip error %d", code);
    return bad;
}

/* A name that would leave its folder when unpacked: nobody's spreadsheet has one. */
static bool name_escapes(const char *name)
{
    return name[0] == '/' || strchr(name, '\\') || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 || strstr(name, "/../") ||
           strchr(name, ':');
}

static STATUS entry_check(zip_t *zip, zip_uint64_t i, uint64_t *inout_total)
{
    zip_stat_t st;

    if (zip_stat_index(zip, i, ZIP_FL_UNCHANGED, &st) != 0)
        return zip_bad(zip_error_code_zip(zip_get_error(zip)));
    if (!(st.valid & ZIP_STAT_NAME) || !(st.valid & ZIP_STAT_SIZE) || !(st.valid & ZIP_STAT_COMP_SIZE) || strlen(st.name) > NAME_BYTES_MAX) {
        status bad = FAIL(FILE_BROKEN);
        fault_detail("zip entry without name or size");
        return bad;
    }
    if (name_escapes(st.name)) {
        status bad = FAIL(FILE_BROKEN);
        fault_detail("zip entry leaves its folder");
        return bad;
    }
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return FAIL(FILE_ENCRYPTED);
    *inout_total += st.size;
    if (st.size > ENTRY_BYTES_MAX || *inout_total > TOTAL_BYTES_MAX)
        return FAIL(FILE_BOMB);
    if (st.size > GROWTH_FROM_BYTES && st.size / GROWTH_MAX > st.comp_size)
        return FAIL(FILE_BOMB);
    return OK;
}

static STATUS archive_check(zip_t *zip)
{
    zip_int64_t count = zip_get_num_entries(zip, ZIP_FL_UNCHANGED);
    uint64_t total = 0;

    if (count > ENTRIES_MAX)
        return FAIL(FILE_BOMB);
    for (zip_int64_t i = 0; i < count; i++)
        TRY(entry_check(zip, (zip_uint64_t)i, &total));
    return OK;
}

STATUS archive_open(str bytes, struct archive **ret)
{
    zip_error_t error;
    zip_source_t *source;
    zip_t *zip;
    status st;

    zip_error_init(&error);
    source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!zip) {
        int code = zip_error_code_zip(&error);
        zip_source_free(source);
        zip_error_fini(&error);
        return zip_bad(code);
    }
    zip_error_fini(&error);
    st = archive_check(zip);
    if (!status_ok(st)) {
        zip_discard(zip);
        return fault_pass(st, __FILE__, __LINE__);
    }
    *ret = calloc(1, sizeof **ret);
    MUST(*ret);
    (*ret)->zip = zip;
    return OK;
}

void archive_done(struct archive **a)
{
    if (!*a)
        return;
    zip_discard((*a)->zip);
    free(*a);
    *a = NULL;
}

static zip_int64_t entry_find(const struct archive *a, str name)
{
    char z[NAME_BYTES_MAX + 1];

    if (name.len > NAME_BYTES_MAX)
        return -1;
    memcpy(z, name.ptr, name.len);
    z[name.len] = 0;
    return zip_name_locate(a->zip, z, ZIP_FL_NOCASE);
}

bool archive_has(const struct archive *a, str name) { return entry_find(a, name) >= 0; }

size_t archive_count(const struct archive *a) { return (size_t)zip_get_num_entries(a->zip, ZIP_FL_UNCHANGED); }

str archive_name(const struct archive *a, size_t i)
{
    const char *name = zip_get_name(a->zip, i, ZIP_FL_ENC_GUESS);

    return name ? str_of(name) : (str){ 0 };
}

uint64_t archive_bytes(const struct archive *a, size_t i)
{
    zip_stat_t st;

    return zip_stat_index(a->zip, i, ZIP_FL_UNCHANGED, &st) == 0 && (st.valid & ZIP_STAT_SIZE) ? st.size : 0;
}

STATUS archive_entry(struct archive *a, str name, struct entry **ret)
{
    zip_int64_t i = entry_find(a, name);
    zip_stat_t st;
    zip_file_t *file;

    *ret = NULL;
    if (i < 0)
        return OK;
    file = zip_fopen_index(a->zip, (zip_uint64_t)i, 0);
    if (!file || zip_stat_index(a->zip, (zip_uint64_t)i, ZIP_FL_UNCHANGED, &st) != 0) {
        int code = zip_error_code_zip(zip_get_error(a->zip));
        if (file)
            zip_fclose(file);
        return zip_bad(code);
    }
    *ret = calloc(1, sizeof **ret);
    MUST(*ret);
    **ret = (struct entry){ .of = a, .file = file, .bytes_max = st.size };
    return OK;
}

STATUS archive_read(struct entry *e, void *out, size_t cap, size_t *ret_n)
{
    zip_int64_t n = zip_fread(e->file, out, cap);

    if (n < 0)
        return zip_bad(zip_error_code_zip(zip_file_get_error(e->file)));
    e->read_bytes += (uint64_t)n;
    e->of->read_bytes += (uint64_t)n;
    if (e->read_bytes > e->bytes_max || e->of->read_bytes > TOTAL_BYTES_MAX)
        return FAIL(FILE_BOMB);
    if (n == 0 && e->read_bytes < e->bytes_max)
        return zip_bad(ZIP_ER_INCONS);
    *ret_n = (size_t)n;
    return OK;
}

void archive_entry_done(struct entry **e)
{
    if (!*e)
        return;
    zip_fclose((*e)->file);
    free(*e);
    *e = NULL;
}
