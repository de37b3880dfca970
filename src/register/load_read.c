/* Reads the three files of a load. Words and codes are both taken (sex "male" or 1). A cell that cannot be read stops the
 * load with file, row, column and the value: a half-understood population is worth nothing.
 *
 * Columns: people.csv id,number,name,birth,sex,ethnic,father,mother,spouse,household,relation,unit,birth_unit,home_unit,
 * residence_from,state,death,marital,phone,cmnd,religion,blood; households.csv id,unit,address,head; events.csv
 * id,kind,day,person,other,unit_from,unit_to,detail. Days are yyyy, yyyy-mm or yyyy-mm-dd, units are as "00004@new", 0 or
 * nothing is none. tested by: src/register/test/load_test.c */
#include "register/load.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES_MAX = 1000 };

STATUS load_text_open(str directory, const char *name, struct load_text *ret)
{
    char path[PATH_BYTES_MAX];
    struct stat info;
    int len = snprintf(path, sizeof path, "%.*s/%s", STR_ARG(directory), name);
    *ret = (struct load_text){ .name = name };
    int fd = len > 0 && len < PATH_BYTES_MAX ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return FAIL_AT(IO, str_of(name));
    bool sized = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    if (sized && info.st_size == 0) {
        close(fd);
        return FAIL_AT(FILE_EMPTY, str_of(name));
    }
    void *map = sized ? mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (map == MAP_FAILED)
        return FAIL_AT(IO, str_of(name));
    madvise(map, (size_t)info.st_size, MADV_SEQUENTIAL);
    ret->bytes = (str){ map, (size_t)info.st_size };
    return OK;
}

void load_text_close(struct load_text *t)
{
    if (t->bytes.ptr)
        munmap((void *)(uintptr_t)t->bytes.ptr, t->bytes.len);
    *t = (struct load_text){ 0 };
}

const char *const load_people_columns[] = { "id", "number", "name", "birth", "sex", "ethnic", "father", "mother", "spouse",
    "household", "relation", "unit", "birth_unit", "?home_unit", "residence_from", "state", "death", "marital", "?phone", "?cmnd",
    "?religion", "?blood", NULL };
enum { P_ID, P_NUMBER, P_NAME, P_BIRTH, P_SEX, P_ETHNIC, P_FATHER, P_MOTHER, P_SPOUSE, P_HOUSEHOLD, P_RELATION, P_UNIT,
    P_BIRTH_UNIT, P_ORIGIN, P_RESIDENCE_FROM, P_STATE, P_DEATH, P_MARITAL, P_PHONE, P_OLD_NUMBER, P_RELIGION, P_BLOOD };
const char *const load_household_columns[] = { "id", "unit", "address", "head", NULL };
enum { H_ID, H_UNIT, H_ADDRESS, H_HEAD };
const char *const load_event_columns[] = { "kind", "day", "person", "other", "unit_from", "unit_to", "?detail", NULL };
enum { E_KIND, E_DAY, E_PERSON, E_OTHER, E_FROM, E_TO, E_DETAIL };

STATUS load_reader_start(struct load_reader *r, const struct load_text *t, const char *const *names)
{
    bool more = false;
    *r = (struct load_reader){ .file = t->name, .names = names };
    csv_start(&r->csv, t->bytes, ',');
    TRY(csv_next(&r->csv, r->cells, LOAD_COLUMNS_MAX, &r->cell_count, &more));
    for (int i = 0; names[i]; i++) {
        bool optional = names[i][0] == '?';
        r->column[i] = -1;
        for (size_t k = 0; more && k < r->cell_count; k++)
            if (str_eq(r->cells[k], str_of(names[i] + optional)))
                r->column[i] = (int)k;
        if (r->column[i] < 0 && !optional)
            return FAIL_WITH(COLUMN_UNMAPPED, str_of(t->name), str_of(names[i]));
    }
    return OK;
}

void load_reader_done(struct load_reader *r) { csv_done(&r->csv); }

STATUS load_reader_next(struct load_reader *r, bool *ret_more)
{
    do
        TRY(csv_next(&r->csv, r->cells, LOAD_COLUMNS_MAX, &r->cell_count, ret_more));
    while (*ret_more && r->cell_count == 1 && r->cells[0].len == 0);
    return OK;
}

static str cell(const struct load_reader *r, int column)
{
    int at = r->column[column];
    return at >= 0 && (size_t)at < r->cell_count ? r->cells[at] : (str){ 0 };
}

static STATUS bad_cell(const struct load_reader *r, int column, enum error_code code)
{
    const char *name = r->names[column] + (r->names[column][0] == '?');
    status st = fault_raise(code, __FILE__, __LINE__, str_of(name), cell(r, column));
    fault_place(r->csv.row, r->column[column] + 1);
    return st;
}

static STATUS read_i64(const struct load_reader *r, int column, int64_t max, int64_t *ret)
{
    str text = cell(r, column);
    *ret = 0;
    if (text.len == 0)
        return OK;
    return str_i64(text, ret) && *ret >= 0 && *ret <= max ? OK : bad_cell(r, column, ERR_NUMBER_FORMAT);
}

static STATUS read_day(const struct load_reader *r, int column, day *ret)
{
    str text = cell(r, column);
    *ret = (day){ 0 };
    if (text.len == 0 || (text.len == 1 && text.ptr[0] == '0'))
        return OK;
    return status_ok(day_parse(text, ret)) ? OK : bad_cell(r, column, ERR_DAY_FORMAT);
}

static STATUS read_unit(const struct load_reader *r, int column, const struct defs *d, unit_id *ret)
{
    str text = cell(r, column);
    *ret = UNIT_NONE;
    if (text.len == 0 || (text.len == 1 && text.ptr[0] == '0'))
        return OK;
    return status_ok(defs_unit_parse(d, text, defs_map_from(d, MAP_NEW), ret)) ? OK : bad_cell(r, column, ERR_UNIT_UNKNOWN);
}

/* A word of the list (its place is the code), or the code itself. */
static STATUS read_word(const struct load_reader *r, int column, const char *const *words, int16_t *ret)
{
    str text = cell(r, column);
    int64_t code = 0;
    *ret = 0;
    if (text.len == 0)
        return OK;
    int16_t count = 0;
    for (; words[count]; count++)
        if (str_eq(text, str_of(words[count]))) {
            *ret = count;
            return OK;
        }
    if (!str_i64(text, &code) || code < 0 || code >= count)
        return bad_cell(r, column, ERR_ENUM_UNKNOWN);
    *ret = (int16_t)code;
    return OK;
}

static STATUS read_code(const struct load_reader *r, int column, int field, int16_t *ret)
{
    int64_t code = 0;
    TRY(read_i64(r, column, 1000, &code));
    *ret = (int16_t)code;
    return code == 0 || person_code_label(field, code, 0).len ? OK : bad_cell(r, column, ERR_ENUM_UNKNOWN);
}

static STATUS read_text(const struct load_reader *r, int column, size_t bytes_max, str *ret)
{
    *ret = cell(r, column);
    return status_ok(text_check(STR(""), *ret, bytes_max)) ? OK : bad_cell(r, column, ERR_TEXT_NOT_UTF8);
}

static const char *const sex_words[] = { "unknown", "male", "female", "other", NULL };
static const char *const state_words[] = { "", "provisional", "active", "missing", "deceased", NULL };
static const char *const marital_words[] = { "unknown", "single", "married", "divorced", "widowed", NULL };
static const char *const relation_words[] = { "none", "head", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "other", NULL };
static const char *const blood_words[] = { "", "A", "B", "AB", "O", NULL };
static const char *const kind_words[] = { "", "load", "birth", "death", "marriage", "divorce", "move", "correction", "number_issued",
    "number_cancelled", "merge", "unmerge", "missing", "found", "stay", "struck_off", "restored", NULL };

static STATUS read_kin(struct load_reader *r, struct load_person *p)
{
    TRY(read_i64(r, P_FATHER, INT64_MAX, &p->father));
    TRY(read_i64(r, P_MOTHER, INT64_MAX, &p->mother));
    TRY(read_i64(r, P_SPOUSE, INT64_MAX, &p->spouse));
    TRY(read_i64(r, P_HOUSEHOLD, INT64_MAX, &p->household));
    TRY(read_word(r, P_RELATION, relation_words, &p->relation));
    return read_word(r, P_MARITAL, marital_words, &p->marital);
}

static STATUS read_places(struct load_reader *r, const struct defs *d, struct load_person *p)
{
    TRY(read_unit(r, P_UNIT, d, &p->unit));
    TRY(read_unit(r, P_BIRTH_UNIT, d, &p->birth_unit));
    TRY(read_unit(r, P_ORIGIN, d, &p->origin));
    return read_day(r, P_RESIDENCE_FROM, &p->residence_from);
}

STATUS load_person_read(struct load_reader *r, const struct defs *d, struct load_person *p)
{
    TRY(read_i64(r, P_ID, INT64_MAX, &p->id));
    TRY(read_i64(r, P_NUMBER, NUMBER_LIMIT - 1, &p->number));
    TRY(read_text(r, P_NAME, 200, &p->name));
    TRY(read_day(r, P_BIRTH, &p->birth));
    TRY(read_word(r, P_SEX, sex_words, &p->sex));
    TRY(read_code(r, P_ETHNIC, FIELD_ETHNIC, &p->ethnic));
    TRY(read_kin(r, p));
    TRY(read_places(r, d, p));
    TRY(read_word(r, P_STATE, state_words, &p->state));
    TRY(read_day(r, P_DEATH, &p->death));
    TRY(read_text(r, P_PHONE, 40, &p->phone));
    TRY(read_i64(r, P_OLD_NUMBER, 999999999, &p->old_number));
    TRY(read_code(r, P_RELIGION, FIELD_RELIGION, &p->religion));
    TRY(read_word(r, P_BLOOD, blood_words, &p->blood));
    if (p->name.len == 0)
        return bad_cell(r, P_NAME, ERR_TEXT_EMPTY);
    if (p->number != 0 && p->number < NUMBER_FIRST)
        return bad_cell(r, P_NUMBER, ERR_NUMBER_FORMAT);
    return OK;
}

STATUS load_number_read(struct load_reader *r, int64_t *ret_id, int64_t *ret_number)
{
    TRY(read_i64(r, P_ID, INT64_MAX, ret_id));
    return read_i64(r, P_NUMBER, NUMBER_LIMIT - 1, ret_number);
}

STATUS load_household_read(struct load_reader *r, const struct defs *d, struct load_household *ret)
{
    TRY(read_i64(r, H_ID, INT64_MAX, &ret->id));
    TRY(read_unit(r, H_UNIT, d, &ret->unit));
    TRY(read_text(r, H_ADDRESS, 300, &ret->address));
    return read_i64(r, H_HEAD, INT64_MAX, &ret->head);
}

STATUS load_event_read(struct load_reader *r, const struct defs *d, struct load_event *ret)
{
    TRY(read_word(r, E_KIND, kind_words, &ret->kind));
    TRY(read_day(r, E_DAY, &ret->on));
    TRY(read_i64(r, E_PERSON, INT64_MAX, &ret->person));
    TRY(read_i64(r, E_OTHER, INT64_MAX, &ret->other));
    TRY(read_unit(r, E_FROM, d, &ret->from));
    TRY(read_unit(r, E_TO, d, &ret->to));
    ret->detail = 0;
    if (ret->kind == EVENT_NUMBER_CANCELLED)
        TRY(read_i64(r, E_DETAIL, NUMBER_LIMIT - 1, &ret->detail));
    return ret->kind == 0 ? bad_cell(r, E_KIND, ERR_ENUM_UNKNOWN) : OK;
}
