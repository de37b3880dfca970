/* Finds the header of a list and the role of each column: by the names that Vietnamese offices give them, then by what the
 * columns hold. A suggestion only: whoever sends the list may say otherwise, and what is not found is asked for by name.
 * A name that stands twice is refused rather than chosen between.
 * tested by: src/refine/file/test/sheet_test.c */
#include "refine/file/inside.h"

#include <string.h>

enum { HEADER_ROWS_MAX = 30, CONTENT_ROWS_MIN = 3, HEADER_BYTES = 300 };

static const char *const role_names[COLUMN_COUNT] = { "", "number", "old_number", "name", "family", "given", "birth", "sex", "address", "phone",
                                                      "male", "female", "birth_month", "birth_year" };

const char *column_role_name(enum column_role r) { return role_names[r]; }

/* Folded names, the surest first within a role; `weak` gives way to any other column of the role. */
static const struct synonym {
    enum column_role role;
    bool weak;
    const char *name;
} synonyms[] = {
    { COLUMN_NUMBER, false, "so cccd" }, { COLUMN_NUMBER, false, "cccd" }, { COLUMN_NUMBER, false, "so can cuoc cong dan" },
    { COLUMN_NUMBER, false, "can cuoc cong dan" }, { COLUMN_NUMBER, false, "so can cuoc" }, { COLUMN_NUMBER, false, "so dinh danh" },
    { COLUMN_NUMBER, false, "so dinh danh ca nhan" }, { COLUMN_NUMBER, false, "ma dinh danh" }, { COLUMN_NUMBER, false, "ma dinh danh ca nhan" },
    { COLUMN_NUMBER, false, "so ddcn" }, { COLUMN_NUMBER, false, "ddcn" }, { COLUMN_NUMBER, false, "ma so dinh danh" },
    { COLUMN_NUMBER, false, "so the can cuoc" }, { COLUMN_NUMBER, false, "cccd cmnd" }, { COLUMN_NUMBER, false, "so cccd cmnd" },
    { COLUMN_NUMBER, false, "cmnd cccd" }, { COLUMN_NUMBER, false, "so cmnd cccd" }, { COLUMN_NUMBER, false, "so cmt cccd" },
    { COLUMN_NUMBER, false, "so dinh danh ca nhan cccd" }, { COLUMN_NUMBER, false, "personal number" }, { COLUMN_NUMBER, false, "personal identification number" },
    { COLUMN_NUMBER, true, "so giay to" }, { COLUMN_NUMBER, true, "so giay to tuy than" }, { COLUMN_NUMBER, true, "number" }, { COLUMN_NUMBER, true, "id number" },
    { COLUMN_OLD_NUMBER, false, "cmnd" }, { COLUMN_OLD_NUMBER, false, "so cmnd" }, { COLUMN_OLD_NUMBER, false, "cmt" }, { COLUMN_OLD_NUMBER, false, "so cmt" },
    { COLUMN_OLD_NUMBER, false, "so cmtnd" }, { COLUMN_OLD_NUMBER, false, "so chung minh nhan dan" }, { COLUMN_OLD_NUMBER, false, "chung minh nhan dan" },
    { COLUMN_OLD_NUMBER, false, "cmnd 9 so" }, { COLUMN_OLD_NUMBER, false, "so cmnd cu" },
    { COLUMN_NAME, false, "ho va ten" }, { COLUMN_NAME, false, "ho ten" }, { COLUMN_NAME, false, "ho chu dem va ten" }, { COLUMN_NAME, false, "ho dem va ten" },
    { COLUMN_NAME, false, "ho va ten hoi vien" }, { COLUMN_NAME, false, "ho ten hoi vien" }, { COLUMN_NAME, false, "ten hoi vien" },
    { COLUMN_NAME, false, "ho chu dem va ten khai sinh" }, { COLUMN_NAME, false, "ho va ten khai sinh" }, { COLUMN_NAME, false, "full name" },
    { COLUMN_NAME, false, "ho ten cong dan" }, { COLUMN_NAME, false, "ten cong dan" }, { COLUMN_NAME, true, "name" }, { COLUMN_NAME, true, "ho ten nguoi dan" },
    { COLUMN_FAMILY, false, "ho" }, { COLUMN_FAMILY, false, "ho dem" }, { COLUMN_FAMILY, false, "ho va dem" }, { COLUMN_FAMILY, false, "ho lot" },
    { COLUMN_FAMILY, false, "ho va ten dem" }, { COLUMN_FAMILY, false, "ho chu dem" }, { COLUMN_FAMILY, false, "ho va chu dem" },
    { COLUMN_GIVEN, false, "ten" }, { COLUMN_GIVEN, false, "given name" },
    { COLUMN_BIRTH, false, "ngay sinh" }, { COLUMN_BIRTH, false, "ngay thang nam sinh" }, { COLUMN_BIRTH, false, "ngay thang nam sinh dd mm yyyy" },
    { COLUMN_BIRTH, false, "sinh ngay" }, { COLUMN_BIRTH, false, "ngay thang nam" }, { COLUMN_BIRTH, false, "ngay sinh dd mm yyyy" },
    { COLUMN_BIRTH, false, "ngay nam sinh" }, { COLUMN_BIRTH, false, "ns" }, { COLUMN_BIRTH, false, "date of birth" }, { COLUMN_BIRTH, false, "dob" },
    { COLUMN_BIRTH, true, "nam sinh" }, { COLUMN_BIRTH, true, "birth" }, { COLUMN_BIRTH, true, "born" },
    { COLUMN_SEX, false, "gioi tinh" }, { COLUMN_SEX, false, "gioi" }, { COLUMN_SEX, false, "phai" }, { COLUMN_SEX, false, "nam nu" }, { COLUMN_SEX, false, "gt" },
    { COLUMN_SEX, false, "sex" }, { COLUMN_SEX, false, "gender" },
    { COLUMN_ADDRESS, false, "dia chi" }, { COLUMN_ADDRESS, false, "dia chi thuong tru" }, { COLUMN_ADDRESS, false, "noi thuong tru" }, { COLUMN_ADDRESS, false, "thuong tru" },
    { COLUMN_ADDRESS, false, "noi o" }, { COLUMN_ADDRESS, false, "cho o" }, { COLUMN_ADDRESS, false, "cho o hien nay" }, { COLUMN_ADDRESS, false, "ho khau" },
    { COLUMN_ADDRESS, false, "ho khau thuong tru" }, { COLUMN_ADDRESS, false, "address" },
    { COLUMN_PHONE, false, "dien thoai" }, { COLUMN_PHONE, false, "so dien thoai" }, { COLUMN_PHONE, false, "sdt" }, { COLUMN_PHONE, false, "dt" }, { COLUMN_PHONE, false, "phone" },
};

/* Small letters and digits, everything else one space. */
static str plain(struct arena *a, str s)
{
    str folded = viet_fold(a, s);
    char *out = arena_alloc(a, folded.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (letter)
            out[n++] = c;
        else if (n && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    return str_trim((str){ out, n });
}

static const struct synonym *synonym_of(str header)
{
    for (size_t i = 0; header.len && i < sizeof synonyms / sizeof *synonyms; i++)
        if (str_eq(header, str_of(synonyms[i].name)))
            return &synonyms[i];
    return NULL;
}

/* "Nam" and "Nữ" are columns of men and women; "Năm" is the year, although it folds to the same. */
static const struct synonym *synonym_of_sex(struct arena *a, str header)
{
    static const struct synonym men = { COLUMN_MALE, false, "nam" }, women = { COLUMN_FEMALE, false, "nu" };
    str key = viet_key(a, str_trim(header));

    return str_eq(key, STR("nam")) ? &men : str_eq(key, viet_key(a, STR("Nữ"))) ? &women : NULL;
}

/* Of a header in two lines, "above – below", either may be the name. */
static const struct synonym *synonym_of_header(struct arena *a, str header)
{
    static const str dash = STR(" – ");
    size_t at = str_find(header, dash);
    const struct synonym *sex = synonym_of_sex(a, at < header.len ? str_from(header, at + dash.len) : header);

    if (sex)
        return sex;
    const struct synonym *y = synonym_of(plain(a, header));

    if (!y && at < header.len)
        y = synonym_of(plain(a, str_from(header, at + dash.len)));
    if (!y && at < header.len)
        y = synonym_of(plain(a, str_slice(header, 0, at)));
    return y;
}

static str head_text(const struct sheet *s, size_t row, size_t column)
{
    const struct sheet_row *r = &s->head[row];
    str text;

    if (r->bad != ERR_OK || column >= r->count || r->cells[column].ptr == xlsx_formula)
        return (str){ 0 };
    text = sheet_decode(s, s->arena, column, r->cells[column]);
    if (!text_is_utf8(text))
        return (str){ 0 };
    if (!status_ok(viet_enter_cell(s->arena, STR("header"), str_slice(text, 0, 4 * HEADER_BYTES), 4 * HEADER_BYTES, &text)))
        return (str){ 0 };
    return text_cut(text, HEADER_BYTES);
}

static enum column_role role_named(str name)
{
    for (int r = COLUMN_NONE + 1; r < COLUMN_COUNT; r++)
        if (str_eq(name, str_of(role_names[r])))
            return r;
    return COLUMN_NONE;
}

/* "#4" */
static bool is_place(str column) { return str_starts(str_trim(column), STR("#")); }

/* Does the map that came with the list name a column so? */
static bool is_told(struct arena *a, str map, str cell)
{
    str piece, name;

    while (cell.len && map.len && str_cut(&map, ';', &piece))
        if (str_cut(&piece, '=', &name) && !is_place(piece) && str_eq(plain(a, piece), plain(a, cell)))
            return true;
    return false;
}

/* How much a row looks like a header: cells that name a role, each role once, or that the map names. */
static int header_score(const struct sheet *s, size_t row, str map)
{
    bool seen[COLUMN_COUNT] = { false };
    int score = 0;

    for (size_t c = 0; c < s->head[row].count; c++) {
        str text = head_text(s, row, c);
        const struct synonym *y = synonym_of(plain(s->arena, text));
        if ((y && !seen[y->role]) || (!y && is_told(s->arena, map, text)))
            score++;
        if (y)
            seen[y->role] = true;
    }
    return score;
}

static bool has_told(const struct sheet *s, size_t row, str map)
{
    bool told = false;

    for (size_t c = 0; c < s->head[row].count && !told; c++)
        told = is_told(s->arena, map, head_text(s, row, c));
    return told;
}

/* One known word among many columns may stand in a record too; one that whoever sent the map read there does not. */
static int header_find(const struct sheet *s, str map)
{
    int best = -1, best_score = 0;

    for (size_t i = 0; i < s->head_count && i < HEADER_ROWS_MAX; i++) {
        int score = header_score(s, i, map);
        if (score > best_score) {
            best_score = score;
            best = (int)i;
        }
    }
    return best_score >= 2 || (best_score == 1 && (s->head[best].count <= 2 || has_told(s, (size_t)best, map))) ? best : -1;
}

/* Does the text read as a value of the role? *ret_can_tell: of names, addresses and telephones it cannot be said. */
static bool reads_as(const struct sheet *s, enum column_role role, str text, bool *ret_can_tell)
{
    struct number_reading number;
    struct date_reading date;
    enum sex sex;

    *ret_can_tell = role == COLUMN_NUMBER || role == COLUMN_OLD_NUMBER || role == COLUMN_BIRTH || role == COLUMN_SEX;
    if (role == COLUMN_BIRTH)
        return date_read(text, &s->habits, &date);
    return role == COLUMN_SEX ? sex_read(text, SEX_CODE_CIVIL, &sex) : *ret_can_tell && number_read(text, &number);
}

enum row_holds { ROW_HOLDS_LESS, ROW_HOLDS_WORDS, ROW_HOLDS_VALUES };

/* What stands in the columns that the map names by their places. */
static enum row_holds row_holds(const struct sheet *s, size_t row, str map)
{
    str piece, name;
    int64_t place;
    size_t words = 0;
    bool blank = false, can_tell;

    while (map.len && str_cut(&map, ';', &piece)) {
        if (!str_cut(&piece, '=', &name) || !is_place(piece) || !str_i64(str_from(str_trim(piece), 1), &place) || place < 1)
            continue;
        str text = head_text(s, row, (size_t)place - 1);
        if (reads_as(s, role_named(str_trim(name)), text, &can_tell))
            return ROW_HOLDS_VALUES;
        words += can_tell;
        blank = blank || !text.len;
    }
    return words && !blank ? ROW_HOLDS_WORDS : ROW_HOLDS_LESS;
}

/* Columns that were matched by hand, by their places, and whose names nobody knows: the header is the first row with a word, and no
 * value, in each of them, if none above it holds a value and one below it does. So a list without a header keeps its first row. */
static int header_above_values(const struct sheet *s, str map)
{
    int words = -1;

    for (size_t i = 0; i < s->head_count && i < HEADER_ROWS_MAX; i++) {
        enum row_holds holds = row_holds(s, i, map);
        if (holds == ROW_HOLDS_VALUES)
            return words;
        if (holds == ROW_HOLDS_WORDS && words < 0)
            words = (int)i;
    }
    return -1;
}

/* "1 2 3", "(1) (2) (3)", "A B 1 2": the line of column numbers below a header. */
static bool is_numbering(const struct sheet *s, size_t row)
{
    int64_t last = 0, n;
    size_t numbers = 0;

    for (size_t c = 0; c < s->head[row].count; c++) {
        str t = plain(s->arena, head_text(s, row, c));
        if (!t.len || (t.len == 1 && t.ptr[0] >= 'a' && t.ptr[0] <= 'z'))
            continue;
        if (!str_i64(t, &n) || n <= last || n > SHEET_COLUMNS_MAX)
            return false;
        last = n;
        numbers++;
    }
    return numbers >= 2;
}

/* The second line of a header of two: names below names, and nothing that a record would hold. */
static bool is_second_header(const struct sheet *s, size_t row)
{
    size_t words = 0;

    if (s->head[row].bad != ERR_OK)
        return false;
    for (size_t c = 0; c < s->head[row].count; c++) {
        str t = plain(s->arena, head_text(s, row, c));
        if (!t.len)
            continue;
        for (size_t i = 0; i < t.len; i++)
            if (t.ptr[i] >= '0' && t.ptr[i] <= '9')
                return false;
        if (synonym_of(t) || str_eq(t, STR("nam")) || str_eq(t, STR("nu")) || str_eq(t, STR("ngay")) || str_eq(t, STR("thang")))
            words++;
        else
            return false;
    }
    return words >= 2;
}

static void headers_take(struct sheet *s, size_t row, bool two)
{
    size_t count = s->head[row].count;

    if (two && s->head[row + 1].count > count)
        count = s->head[row + 1].count;
    while (count && !head_text(s, row, count - 1).len && !(two && head_text(s, row + 1, count - 1).len))
        count--;
    s->column_count = count;
    for (size_t c = 0; c < count; c++) {
        str below = two ? head_text(s, row + 1, c) : (str){ 0 }, above = head_text(s, row, c);
        s->columns[c].header = above.len && below.len ? arena_printf(s->arena, "%.*s – %.*s", STR_ARG(above), STR_ARG(below)) : above.len ? above : below;
    }
}

/* The commonest number of cells, for a list without header. */
static size_t usual_count(const struct sheet *s)
{
    size_t best = 0, best_rows = 0;

    for (size_t i = 0; i < s->head_count; i++) {
        size_t rows = 0;
        for (size_t k = 0; k < s->head_count; k++)
            rows += s->head[k].count == s->head[i].count;
        if (rows > best_rows) {
            best_rows = rows;
            best = s->head[i].count;
        }
    }
    return best;
}

static void header_take(struct sheet *s, str map)
{
    int row = header_find(s, map);
    size_t next;

    if (row < 0)
        row = header_above_values(s, map);
    if (row < 0) {
        s->column_count = usual_count(s);
        return;
    }
    next = (size_t)row + 1;
    bool two = next < s->head_count && is_second_header(s, next);
    headers_take(s, (size_t)row, two);
    next += two;
    if (next < s->head_count && is_numbering(s, next))
        next++;
    s->header_row = s->head[row].number;
    s->data_after = s->head[next - 1].number;
}

/* --- roles by name --------------------------------------------------------------------------------------------------- */

static void role_set(struct sheet *s, enum column_role role, size_t column)
{
    s->of_role[role] = (int)column;
    s->columns[column].role = role;
}

static STATUS roles_by_name(struct sheet *s)
{
    const struct synonym *taken[COLUMN_COUNT] = { NULL };

    for (size_t c = 0; c < s->column_count; c++) {
        const struct synonym *y = synonym_of_header(s->arena, s->columns[c].header);
        if (!y)
            continue;
        if (!taken[y->role] || (taken[y->role]->weak && !y->weak)) {
            if (taken[y->role])
                s->columns[s->of_role[y->role]].role = COLUMN_NONE;
            taken[y->role] = y;
            role_set(s, y->role, c);
        } else if (taken[y->role] == y) {
            status st = FAIL_WITH(COLUMN_DOUBLE, str_of(column_role_name(y->role)), s->columns[c].header);
            fault_place(s->header_row, (int32_t)c + 1);
            return st;
        }
    }
    return OK;
}

static bool is_headed(const struct sheet *s, size_t column, const char *word)
{
    static const str dash = STR(" – ");
    str header = s->columns[column].header;
    size_t at = str_find(header, dash);
    str name = plain(s->arena, at < header.len ? str_from(header, at + dash.len) : header);

    return s->columns[column].role == COLUMN_NONE && (str_eq(name, str_of(word)) || str_eq(name, arena_printf(s->arena, "%s sinh", word)));
}

/* "Ngày", "Tháng", "Năm" side by side, mostly below one head. */
static void birth_parts(struct sheet *s)
{
    size_t first = (size_t)s->of_role[COLUMN_BIRTH];

    if (s->of_role[COLUMN_BIRTH] < 0 || first + 2 >= s->column_count || !is_headed(s, first + 1, "thang") || !is_headed(s, first + 2, "nam"))
        return;
    role_set(s, COLUMN_BIRTH_MONTH, first + 1);
    role_set(s, COLUMN_BIRTH_YEAR, first + 2);
}

/* "#4" or a header, as written or folded. */
static int column_named(const struct sheet *s, str name)
{
    int64_t place;
    str wanted = plain(s->arena, name);

    if (str_starts(name, STR("#")) && str_i64(str_from(name, 1), &place))
        return place >= 1 && (size_t)place <= s->column_count ? (int)place - 1 : -1;
    for (size_t c = 0; c < s->column_count; c++)
        if (str_eq(s->columns[c].header, name))
            return (int)c;
    for (size_t c = 0; c < s->column_count; c++)
        if (wanted.len && str_eq(plain(s->arena, s->columns[c].header), wanted))
            return (int)c;
    return -1;
}

static STATUS role_told(struct sheet *s, str piece)
{
    str name;
    int column;

    if (!str_cut(&piece, '=', &name))
        return OK;
    name = str_trim(name);
    if (str_starts(name, STR(SHEET_FIELD_MARK)))
        return OK; /* of the register into which the list goes */
    piece = str_trim(piece);
    enum column_role role = role_named(name);
    if (role == COLUMN_NONE)
        return FAIL_WITH(ENUM_UNKNOWN, STR("map"), name);
    if (s->of_role[role] >= 0) {
        s->columns[s->of_role[role]].role = COLUMN_NONE;
        s->of_role[role] = -1;
    }
    if (!piece.len)
        return OK;
    column = column_named(s, piece);
    if (column < 0)
        return FAIL_WITH(COLUMN_UNKNOWN, name, piece);
    if (s->columns[column].role != COLUMN_NONE)
        s->of_role[s->columns[column].role] = -1;
    role_set(s, role, (size_t)column);
    return OK;
}

/* --- roles by content -------------------------------------------------------------------------------------------------- */

struct content {
    size_t filled, numbers, old_numbers, dates, names, sexes;
};

static bool looks_like_name(str text)
{
    size_t words = 1, known;

    for (size_t i = 0; i < text.len; i++) {
        words += text.ptr[i] == ' ';
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            return false;
    }
    return words >= 2 && words <= 6 && syllable_share(text, &known) > 0.6;
}

static void content_look(struct sheet *s, size_t column, struct content *c)
{
    struct number_reading number;
    struct date_reading date;
    enum sex sex;

    for (size_t i = 0; i < s->head_count; i++) {
        str text = s->head[i].number > s->data_after ? head_text(s, i, column) : (str){ 0 };
        if (!text.len)
            continue;
        bool has_number = number_read(text, &number);
        c->filled++;
        c->numbers += has_number && number.kind == NUMBER_PERSONAL && !number_plausibility(number.number, (day){ 0 }, SEX_UNKNOWN);
        c->old_numbers += has_number && number.kind == NUMBER_OLD;
        c->dates += date_read(text, &s->habits, &date) && date.rule != DATE_SERIAL && date.rule != DATE_COMPACT;
        c->sexes += sex_read(text, SEX_CODE_CIVIL, &sex) && !str_is_digits(text);
        c->names += looks_like_name(text);
    }
    s->columns[column].filled = c->filled;
}

static void roles_by_content(struct sheet *s)
{
    for (size_t c = 0; c < s->column_count; c++) {
        struct content k = { 0 };
        content_look(s, c, &k);
        /* A column that has a name of its own is what it says, unless a list has no header at all. */
        if (s->columns[c].role != COLUMN_NONE || k.filled < CONTENT_ROWS_MIN || (s->header_row && s->columns[c].header.len))
            continue;
        size_t most = k.filled * 8 / 10;
        if (k.numbers >= most && s->of_role[COLUMN_NUMBER] < 0)
            role_set(s, COLUMN_NUMBER, c);
        else if (k.old_numbers >= most && s->of_role[COLUMN_OLD_NUMBER] < 0)
            role_set(s, COLUMN_OLD_NUMBER, c);
        else if (k.dates >= most && s->of_role[COLUMN_BIRTH] < 0)
            role_set(s, COLUMN_BIRTH, c);
        else if (k.sexes >= most && s->of_role[COLUMN_SEX] < 0)
            role_set(s, COLUMN_SEX, c);
        else if (k.names >= most && s->of_role[COLUMN_NAME] < 0)
            role_set(s, COLUMN_NAME, c);
    }
}

/* What a column means by 0 and 1, and whether it writes the month first, shows in the column as a whole only. */
static void habits_learn(struct sheet *s)
{
    str samples[SHEET_HEAD_ROWS];
    size_t n = 0;

    for (size_t i = 0; i < s->head_count && s->of_role[COLUMN_SEX] >= 0; i++)
        if (s->head[i].number > s->data_after)
            samples[n++] = head_text(s, i, (size_t)s->of_role[COLUMN_SEX]);
    if (!sex_code_detect(samples, n, &s->sex_code))
        s->sex_code = SEX_CODE_BIT;
    n = 0;
    for (size_t i = 0; i < s->head_count && s->of_role[COLUMN_BIRTH] >= 0; i++)
        if (s->head[i].number > s->data_after)
            samples[n++] = head_text(s, i, (size_t)s->of_role[COLUMN_BIRTH]);
    date_order_detect(samples, n, &s->habits.month_first);
}

STATUS columns_map(struct sheet *s, str map)
{
    str piece;

    for (int r = 0; r < COLUMN_COUNT; r++)
        s->of_role[r] = -1;
    header_take(s, map);
    if (!str_trim(map).len)
        TRY(roles_by_name(s));
    else if (!status_ok(roles_by_name(s)))
        fault_clear(); /* whoever sends a map has decided between the two */
    birth_parts(s);
    while (map.len && str_cut(&map, ';', &piece))
        if (str_trim(piece).len)
            TRY(role_told(s, piece));
    roles_by_content(s);
    /* Without a family name beside it, "Tên" is the whole name. */
    if (s->of_role[COLUMN_NAME] < 0 && s->of_role[COLUMN_GIVEN] >= 0 && s->of_role[COLUMN_FAMILY] < 0) {
        int column = s->of_role[COLUMN_GIVEN];
        s->of_role[COLUMN_GIVEN] = -1;
        role_set(s, COLUMN_NAME, (size_t)column);
    }
    habits_learn(s);
    return OK;
}

enum column_role sheet_role_missing(const struct sheet *s)
{
    bool name = s->of_role[COLUMN_NAME] >= 0 || (s->of_role[COLUMN_FAMILY] >= 0 && s->of_role[COLUMN_GIVEN] >= 0);

    if (s->of_role[COLUMN_NUMBER] >= 0)
        return COLUMN_NONE;
    return !name ? COLUMN_NAME : s->of_role[COLUMN_BIRTH] < 0 && s->of_role[COLUMN_OLD_NUMBER] < 0 ? COLUMN_BIRTH : COLUMN_NONE;
}

STATUS sheet_roles_check(const struct sheet *s)
{
    enum column_role missing = sheet_role_missing(s);

    return missing == COLUMN_NONE ? OK : FAIL_AT(COLUMN_UNMAPPED, str_of(column_role_name(missing)));
}
