/* An agency's list: rows drawn from people.csv, spoilt, in the encoding of old fonts if asked for, with a truth file that
 * says for each row who it is and what was done to it. People are drawn by byte offset of the mapped file, so that a list
 * from a hundred million takes no longer than one from a thousand.
 * tested by: src/synth/test/synth_test.c */
#include "synth/sector/draw.h"

#include "base/csv.h"
#include "book/book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS_MAX = 5000000, TRIES_MAX = 4000, ADULT_YEARS = 18, PEOPLE_CELLS = 22, LINE_BYTES_MAX = 4096, PATH_BYTES_MAX = 4096 };
enum { CELL_ID, CELL_NUMBER, CELL_NAME, CELL_BIRTH, CELL_SEX, CELL_UNIT = 11, CELL_STATE = 15, CELL_PHONE = 18, CELL_CMND = 19 };

const char *const synth_encoding_words[SYNTH_ENCODING_COUNT + 1] = { "utf-8", "utf-8-bom", "utf-16", "tcvn3", "vni", "viscii", "viqr", "nfd", NULL };

struct mapped {
    const char *bytes;
    size_t len, head; /* of the first line */
};

struct listing {
    const struct defs *defs;
    const struct synth_list_options *o;
    struct synth_list_result *result;
    struct mapped people;
    struct rng r;
    struct table64 seen;
    FILE *csv, *truth;
    struct book *book; /* instead of csv */
    struct list_row *recent; /* for duplicates */
    size_t recent_count;
    const struct sector_register *into; /* NULL: the columns of people only */
    struct rng fields;                  /* draws the fields, so that the people are the same with and without */
    size_t columns;
};
enum { RECENT_MAX = 512 };

static STATUS people_map(str directory, struct mapped *ret)
{
    char path[PATH_BYTES_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%.*s/people.csv", STR_ARG(directory));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < LINE_BYTES_MAX) {
        fault_detail("%s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return FAIL_WITH(IO, STR("from"), directory);
    }
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED)
        return FAIL_WITH(IO, STR("from"), directory);
    *ret = (struct mapped){ bytes, (size_t)st.st_size, 0 };
    ret->head = (size_t)((const char *)memchr(bytes, '\n', ret->len) - ret->bytes) + 1;
    return OK;
}

static str line_draw(struct listing *l)
{
    const struct mapped *m = &l->people;
    size_t at = m->head + (size_t)(rng_u64(&l->r) % (m->len - m->head));
    while (at > m->head && m->bytes[at - 1] != '\n')
        at--;
    const char *end = memchr(m->bytes + at, '\n', m->len - at);
    return (str){ m->bytes + at, end ? (size_t)(end - m->bytes) - at : m->len - at };
}

static void text_put_in(char *out, size_t cap, str s)
{
    s = text_cut(s, cap - 1);
    memcpy(out, s.ptr, s.len);
    out[s.len] = 0;
}

static bool unit_of(const struct defs *d, str text, unit_id *ret) { return status_ok(defs_unit_parse(d, text, (day){ 20260101 }, ret)); }

/* People files hold no quotes, so that a line may be cut at its commas. */
static bool person_take(struct listing *l, str line, bool want_dead, struct list_row *row)
{
    str cells[PEOPLE_CELLS];
    size_t n = 0;
    int64_t sex = 0;
    while (n < PEOPLE_CELLS && str_cut(&line, ',', &cells[n]))
        n++;
    if (n < PEOPLE_CELLS || !str_i64(cells[CELL_ID], &row->person) || !str_i64(cells[CELL_SEX], &sex))
        return false;
    row->dead = str_eq(cells[CELL_STATE], STR("deceased"));
    if (row->dead != want_dead || !status_ok(day_parse(cells[CELL_BIRTH], &row->birth)))
        return false;
    if (day_year(l->o->today) - day_year(row->birth) < ADULT_YEARS || str_is_empty(cells[CELL_NUMBER]))
        return false;
    if (!unit_of(l->defs, cells[CELL_UNIT], &row->unit) || table64_get(&l->seen, (uint64_t)row->person, &(uint64_t){ 0 }))
        return false;
    row->sex = (int)sex;
    text_put_in(row->name, sizeof row->name, cells[CELL_NAME]);
    text_put_in(row->number, sizeof row->number, cells[CELL_NUMBER]);
    text_put_in(row->old_number, sizeof row->old_number, cells[CELL_CMND]);
    text_put_in(row->phone, sizeof row->phone, cells[CELL_PHONE]);
    return true;
}

static STATUS person_draw(struct listing *l, bool dead, struct list_row *row)
{
    for (int try = 0; try < TRIES_MAX; try++)
        if (person_take(l, line_draw(l), dead, row)) {
            table64_set(&l->seen, (uint64_t)row->person, 1);
            return OK;
        }
    return FAIL_AT(VALUE_RANGE, STR("rows"));
}

/* Somebody whom the register does not know: a name of the same kind, a plausible number, an address of somebody else. */
static STATUS stranger_draw(struct listing *l, struct list_row *row)
{
    struct name_style style;
    int prefixes[100];
    size_t n = number_prefixes(prefixes, 100);
    int prefix = prefixes[rng_below(&l->r, (uint32_t)n)], year = 1950 + (int)rng_below(&l->r, 55);
    TRY(person_draw(l, false, row));
    int64_t number = 0;
    row->person = 0;
    row->sex = rng_chance(&l->r, 0.5) ? SEX_MALE : SEX_FEMALE;
    row->birth = day_add((day){ year * 10000 + 101 }, (int32_t)rng_below(&l->r, 365));
    style_draw(&l->r, prefix, &style);
    name_draw(&l->r, &style, (enum sex)row->sex, year, row->name);
    MUST(number_make(prefix, (enum sex)row->sex, year, (int)rng_below(&l->r, 1000000), &number));
    number_format(number, row->number);
    row->old_number[0] = 0;
    return OK;
}

static STATUS row_draw(struct listing *l, int64_t index, struct list_row *row)
{
    const double *rates = l->o->rates;
    memset(row, 0, sizeof *row);
    if (l->recent_count && rng_chance(&l->r, rates[SYNTH_FAULT_duplicate])) {
        const struct list_row *first = &l->recent[rng_below(&l->r, (uint32_t)l->recent_count)];
        *row = *first;
        row->faults = UINT64_C(1) << SYNTH_FAULT_duplicate;
        l->result->duplicates++;
    } else if (rng_chance(&l->r, rates[SYNTH_FAULT_stranger])) {
        TRY(stranger_draw(l, row));
        row->faults = UINT64_C(1) << SYNTH_FAULT_stranger;
        l->result->strangers++;
    } else if (rng_chance(&l->r, rates[SYNTH_FAULT_dead])) {
        TRY(person_draw(l, true, row));
        row->faults = UINT64_C(1) << SYNTH_FAULT_dead;
        l->result->dead++;
    } else {
        TRY(person_draw(l, false, row));
    }
    list_row_spoil(l->defs, &l->r, rates, row);
    snprintf(row->cell[COLUMN_ROW], sizeof row->cell[COLUMN_ROW], "%lld", (long long)index);
    return OK;
}

/* --- output ------------------------------------------------------------------------------------------------------ */

static struct encoding_form form_of(enum synth_encoding e, bool wrapped)
{
    static const enum encoding sets[] = { ENCODING_UTF8, ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_TCVN3, ENCODING_VNI, ENCODING_VISCII, ENCODING_VIQR, ENCODING_UTF8 };
    bool old_font = e == SYNTH_TCVN3 || e == SYNTH_VNI || e == SYNTH_VISCII;
    return (struct encoding_form){ .set = sets[e], .wrapped = wrapped && old_font };
}

static str encoded(struct listing *l, struct arena *a, str text, bool wrapped)
{
    if (l->o->encoding == SYNTH_NFD)
        return viet_decompose(a, text);
    if (l->o->encoding <= SYNTH_UTF8_BOM || (wrapped && l->o->encoding == SYNTH_UTF16))
        return text;
    struct encoded e;
    viet_encode(a, form_of(l->o->encoding, wrapped), text, &e);
    return e.bytes;
}

static void csv_row_write(struct listing *l, const char *const *cells)
{
    struct arena *a = arena_new(1 << 20);
    struct buf b;
    buf_init(&b, 1 << 16);
    for (size_t c = 0; c < l->columns; c++) {
        if (c)
            buf_char(&b, ',');
        csv_cell(&b, str_of(cells[c]), ',');
    }
    buf_add(&b, STR("\r\n"));
    str bytes = encoded(l, a, buf_str(&b), false);
    fwrite(bytes.ptr, 1, bytes.len, l->csv);
    buf_done(&b);
    arena_free(a);
}

static void xlsx_row_write(struct listing *l, int64_t line, const char *const *cells)
{
    struct arena *a = arena_new(1 << 20);
    for (size_t c = 0; c < l->columns; c++) {
        int64_t number;
        bool numeric = line > 0 && (c == COLUMN_ROW || (c == COLUMN_NUMBER && cells[c][0] != '0')) && str_i64(str_of(cells[c]), &number);
        if (numeric)
            book_number(l->book, number);
        else
            book_text(l->book, encoded(l, a, str_of(cells[c]), true));
    }
    book_line(l->book);
    arena_free(a);
}

static void cells_write(struct listing *l, int64_t line, const char *const *cells)
{
    if (l->book)
        xlsx_row_write(l, line, cells);
    else
        csv_row_write(l, cells);
}

static void truth_write(struct listing *l, int64_t index, const struct list_row *row)
{
    fprintf(l->truth, "%lld,%lld,%lld,", (long long)index, (long long)row->person, (long long)row->duplicate_of);
    const char *separator = "";
    for (int f = 0; f < SYNTH_FAULT_COUNT; f++)
        if (row->faults >> f & 1) {
            fprintf(l->truth, "%s%s", separator, synth_fault_names[f]);
            separator = "|";
            l->result->faults[f]++;
        }
    struct arena *a = arena_new(1 << 16);
    str unit = defs_unit_text(a, row->unit), birth = day_iso_str(a, row->birth);
    fprintf(l->truth, ",%s,%.*s,%d,%s,%s,%s,%.*s\n", row->name, STR_ARG(birth), row->sex, row->number, row->old_number, row->phone, STR_ARG(unit));
    arena_free(a);
}

static void recent_keep(struct listing *l, int64_t index, const struct list_row *row)
{
    if (row->duplicate_of || !row->person || row->dead)
        return;
    size_t i = l->recent_count < RECENT_MAX ? l->recent_count++ : rng_below(&l->r, RECENT_MAX);
    l->recent[i] = *row;
    l->recent[i].duplicate_of = index;
}

static void heads_write(struct listing *l)
{
    const char *heads[LIST_COLUMNS + SECTOR_FIELDS_MAX];
    struct arena *a = arena_new(1 << 16);
    for (size_t c = 0; c < LIST_COLUMNS; c++)
        heads[c] = list_heads[c];
    for (size_t c = LIST_COLUMNS; c < l->columns; c++)
        heads[c] = arena_z(a, l->into->fields[c - LIST_COLUMNS].vi);
    cells_write(l, 0, heads);
    arena_free(a);
}

static void row_write(struct listing *l, int64_t index, const struct list_row *row)
{
    const char *cells[LIST_COLUMNS + SECTOR_FIELDS_MAX];
    char fields[SECTOR_FIELDS_MAX][CELL_BYTES];
    for (size_t c = 0; c < LIST_COLUMNS; c++)
        cells[c] = row->cell[c];
    for (size_t c = LIST_COLUMNS; c < l->columns; c++)
        cells[c] = fields[c - LIST_COLUMNS];
    if (l->into)
        sector_cells_draw(&(struct drawing){ l->defs, l->into, &l->fields, row, index, l->o->today, { 0 } }, fields);
    cells_write(l, index, cells);
}

static STATUS rows_write(struct listing *l)
{
    heads_write(l);
    fputs("row,person,duplicate_of,faults,name,birth,sex,number,old_number,phone,unit\n", l->truth);
    for (int64_t i = 1; i <= l->o->rows; i++) {
        struct list_row row;
        TRY(row_draw(l, i, &row));
        row_write(l, i, &row);
        truth_write(l, i, &row);
        recent_keep(l, i, &row);
        l->result->rows++;
    }
    l->result->people = (int64_t)l->seen.count;
    return OK;
}

static STATUS outputs_open(struct listing *l)
{
    char path[PATH_BYTES_MAX];
    const struct synth_list_options *o = l->o;
    snprintf(path, sizeof path, "%.*s", STR_ARG(o->out));
    if (str_ends(o->out, STR(".xlsx"))) {
        TRY(book_open(o->out, BOOK_XLSX, &l->book));
        book_table(l->book, STR("Danh sách"));
    } else {
        l->csv = fopen(path, "wbe");
        if (l->csv && o->encoding == SYNTH_UTF8_BOM)
            fputs("\xef\xbb\xbf", l->csv);
        if (l->csv && o->encoding == SYNTH_UTF16)
            fputs("\xff\xfe", l->csv);
    }
    if (str_is_empty(o->truth))
        snprintf(path, sizeof path, "%.*s.truth.csv", STR_ARG(o->out));
    else
        snprintf(path, sizeof path, "%.*s", STR_ARG(o->truth));
    l->truth = fopen(path, "we");
    if (!l->truth || (!l->csv && !l->book)) {
        int why = errno;
        status bad = FAIL_WITH(IO, STR("out"), o->out);
        fault_detail("%s", strerror(why));
        return bad;
    }
    return OK;
}

static STATUS outputs_close(struct listing *l)
{
    bool bad = false;
    if (l->csv)
        bad |= fclose(l->csv) != 0;
    if (l->truth)
        bad |= fclose(l->truth) != 0;
    if (l->book)
        TRY(book_close(&l->book));
    return bad ? FAIL_WITH(IO, STR("out"), l->o->out) : OK;
}

STATUS synth_list(const struct defs *defs, const struct synth_list_options *o, struct synth_list_result *ret)
{
    struct listing l = { .defs = defs, .o = o, .result = ret };
    *ret = (struct synth_list_result){ 0 };
    if (o->rows < 1 || o->rows > ROWS_MAX)
        return FAIL_AT(VALUE_RANGE, STR("rows"));
    l.into = str_is_empty(o->into) ? NULL : defs_sector(defs, o->into, o->today);
    if (!l.into && !str_is_empty(o->into))
        return FAIL_WITH(REGISTER_MISSING, STR("register"), o->into);
    l.columns = LIST_COLUMNS + (l.into ? l.into->field_count : 0);
    rng_seed(&l.fields, o->seed, 1);
    TRY(people_map(o->from, &l.people));
    name_tables_make();
    rng_seed(&l.r, o->seed, 0);
    table64_init(&l.seen, (size_t)o->rows);
    l.recent = calloc(RECENT_MAX, sizeof *l.recent);
    MUST(l.recent);
    status st = outputs_open(&l);
    if (status_ok(st))
        st = rows_write(&l);
    status closed = outputs_close(&l);
    free(l.recent);
    table64_done(&l.seen);
    munmap((void *)(uintptr_t)l.people.bytes, l.people.len);
    if (!status_ok(st))
        return fault_pass(st, __FILE__, __LINE__);
    return closed;
}
