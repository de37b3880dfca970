/* Suggests what the columns of a file are: by the names that people give them in Vietnamese and English, then by what the
 * first rows hold. A column that neither tells is ignored, since a wrong comparison does more harm than a missing one; so
 * are columns that hold an answer already (cluster, truth). The suggestion is printed and is for a person to confirm.
 * tested by: src/refine/link/test/roles_test.c */
#include "refine/link/roles.h"

#include "base/csv.h"

#include <string.h>

enum { SAMPLE_ROWS = 300, NAME_WORDS_MAX = 7, WORD_FORMS_MAX = 64 };

/* Folded, letters and digits only, single spaces. `weak`: only if what the column holds does not say otherwise. */
static const struct {
    const char *heads; /* parted by | */
    enum link_role role;
} heads_table[] = {
    { "id|rec id|record id|unique id|row id|uid|ma ho so|ma so|stt|ma|key|record|rec|rid", LINK_ID },
    { "cluster|identity|entity|entity id|truth|label|match|is match|true id|person id|blocking number|ma nguoi", LINK_IGNORE },
    { "full name|fullname|name|ho ten|ho va ten|ten day du|ho ten khai sinh|ho va ten khai sinh|person name|ho chu dem va ten|ho dem va ten",
      LINK_FULL_NAME },
    { "given name|givenname|first name|firstname|fname|forename|ten|ten goi|fname c1", LINK_GIVEN_NAME },
    { "middle name|middlename|mname|chu dem|ten dem|dem|fname c2", LINK_MIDDLE_NAME },
    { "surname|last name|lastname|lname|family name|familyname|ho|ten ho|lname c1|sname", LINK_SURNAME },
    { "birth date|birthdate|date of birth|dob|birth day full|ngay sinh|ngay thang nam sinh|sinh ngay|born|ns", LINK_BIRTH_DATE },
    { "birth year|birthyear|year of birth|yob|by|nam sinh", LINK_BIRTH_YEAR },
    { "birth month|birthmonth|month of birth|mob|bm|thang sinh", LINK_BIRTH_MONTH },
    { "birth day|birthday|day of birth|bd|ngay", LINK_BIRTH_DAY },
    { "age|tuoi", LINK_AGE },
    { "sex|gender|gioi tinh|gioi|phai|nam nu|gt", LINK_SEX },
    { "so dinh danh|so dinh danh ca nhan|so cccd|cccd|so can cuoc|can cuoc|can cuoc cong dan|so can cuoc cong dan|ma dinh danh|"
      "ma dinh danh ca nhan|ddcn|so ddcn|personal number|pid",
      LINK_PERSON_NUMBER },
    { "soc sec id|ssn|social security number|national id|passport|passport number|id number|so cmnd|cmnd|so cmt|cmt|so chung minh nhan dan|"
      "so ho chieu|ho chieu|so the bhyt|bhyt|so bhxh|bhxh|ma so thue|tax id|nhs number|mrn|license number|licence number",
      LINK_ID_NUMBER },
    { "phone|phone number|telephone|tel|mobile|cell|dien thoai|so dien thoai|sdt|dt|di dong", LINK_PHONE },
    { "email|e mail|email address|mail|thu dien tu", LINK_EMAIL },
    { "address|full address|dia chi|noi o|cho o|noi thuong tru|thuong tru|dia chi thuong tru|noi cu tru|cu tru|ho khau|dia chi lien he", LINK_ADDRESS },
    { "street number|house number|streetnumber|so nha", LINK_STREET_NUMBER },
    { "street|street name|address 1|address1|address line 1|duong|duong pho|address 2|address2|address line 2", LINK_STREET },
    { "place|city|town|suburb|locality|village|commune|ward|district|county|xa|phuong|xa phuong|quan huyen|huyen|quan|thon|que quan|noi sinh|place of birth|birth place",
      LINK_PLACE },
    { "postcode|post code|postal code|zip|zip code|zipcode|ma buu chinh|ma buu dien", LINK_POSTCODE },
    { "state|region|province|tinh|tinh thanh|tinh thanh pho|thanh pho|bang", LINK_REGION },
    { "parent|parent name|guardian|nguoi giam ho|cha me", LINK_PARENT_NAME },
    { "father|father name|cha|ho ten cha|ten cha|bo|ho ten bo|ho va ten cha", LINK_FATHER_NAME },
    { "mother|mother name|me|ho ten me|ten me|ho va ten me", LINK_MOTHER_NAME },
    { "occupation|profession|job|nghe|nghe nghiep", LINK_TEXT },
    { "household|household id|ho gia dinh|ma ho|so ho khau|ma ho gia dinh", LINK_HOUSEHOLD },
};

/* What the first rows of a column hold. */
struct column_look {
    size_t rows, filled, distinct;
    size_t dates, numbers, phones, sexes, emails, names; /* cells that read as such */
    size_t words;
    uint64_t forms[WORD_FORMS_MAX]; /* the first distinct values, to see whether there are few */
};

static str plain(struct arena *a, str s)
{
    str folded = viet_fold(a, s);
    char *out = arena_alloc(a, folded.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < folded.len; i++) {
        unsigned char c = (unsigned char)folded.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            out[n++] = (char)c;
        else if (n && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    return str_trim((str){ out, n });
}

static bool role_of_head(struct arena *a, str head, enum link_role *ret)
{
    str wanted = plain(a, head);

    for (size_t i = 0; wanted.len && i < sizeof heads_table / sizeof *heads_table; i++) {
        str rest = str_of(heads_table[i].heads), name;
        while (str_cut(&rest, '|', &name))
            if (str_eq(name, wanted)) {
                *ret = heads_table[i].role;
                return true;
            }
    }
    return false;
}

/* --- contents ----------------------------------------------------------------------------------------------------------- */

static size_t words_count(str s)
{
    str word;
    size_t n = 0;

    while (str_cut(&s, ' ', &word))
        n += word.len > 0;
    return n;
}

static bool looks_named(str s)
{
    str rest = s, family;
    size_t words = words_count(s);

    return words >= 2 && words <= NAME_WORDS_MAX && str_cut(&rest, ' ', &family) && name_is_family(family);
}

static void form_note(struct column_look *k, str cell)
{
    uint64_t hash = str_hash(cell);

    for (size_t i = 0; i < k->distinct && i < WORD_FORMS_MAX; i++)
        if (k->forms[i] == hash)
            return;
    if (k->distinct < WORD_FORMS_MAX)
        k->forms[k->distinct] = hash;
    k->distinct++;
}

static void cell_look(struct column_look *k, str cell)
{
    static const struct date_habits habits = { .today = { 21000101 } };
    struct date_reading date;
    struct number_reading number;
    struct phone_reading phone;
    enum sex sex;

    k->rows++;
    if (!cell.len || !text_is_utf8(cell))
        return;
    k->filled++;
    form_note(k, cell);
    k->words += words_count(cell);
    k->emails += str_find_char(cell, '@') < cell.len;
    k->dates += cell.len >= 8 && cell.len <= 10 && date_read(cell, &habits, &date) && day_precision(date.day) == DAY_FULL;
    k->numbers += cell.len == 12 && number_read(cell, &number) && number.kind == NUMBER_PERSONAL && number_province(number.number);
    k->phones += phone_read(cell, &phone);
    k->sexes += !(cell.ptr[0] >= '0' && cell.ptr[0] <= '9') && sex_read(cell, SEX_CODE_CIVIL, &sex) && sex != SEX_UNKNOWN;
    k->names += looks_named(cell);
}

static STATUS columns_look(str csv, size_t count, struct column_look *looks)
{
    DEFER(csv_done) struct csv scan = { 0 };
    str cells[ROLES_COLUMNS_MAX];
    size_t n;
    bool more;

    csv_start(&scan, csv, 0);
    for (size_t row = 0; row <= SAMPLE_ROWS; row++) {
        TRY(csv_next(&scan, cells, ROLES_COLUMNS_MAX, &n, &more));
        if (!more)
            return OK;
        for (size_t i = 0; row > 0 && i < n && i < count; i++)
            cell_look(&looks[i], str_trim(cells[i]));
    }
    return OK;
}

static bool most(const struct column_look *k, size_t cells) { return k->filled >= 3 && cells * 10 >= k->filled * 8; }

static enum link_role role_of_look(const struct column_look *k)
{
    if (most(k, k->emails))
        return LINK_EMAIL;
    if (most(k, k->numbers))
        return LINK_PERSON_NUMBER;
    if (most(k, k->sexes) && k->distinct <= 8)
        return LINK_SEX;
    if (most(k, k->dates))
        return LINK_BIRTH_DATE;
    if (most(k, k->phones))
        return LINK_PHONE;
    return most(k, k->names) ? LINK_FULL_NAME : LINK_IGNORE;
}

/* --- the suggestion ------------------------------------------------------------------------------------------------------ */

/* The column of that role in one file; the other file may call it by another name. */
static struct roles_column *roles_of_role(const struct roles *r, const struct roles_heads *heads, enum link_role role)
{
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; r->columns[i].role == role && k < heads->count; k++)
            if (str_eq(heads->names[k], r->columns[i].head))
                return &r->columns[i];
    return NULL;
}

static struct roles_column *roles_of_head(const struct roles *r, str head)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_eq(r->columns[i].head, head))
            return &r->columns[i];
    return NULL;
}

/* Roles that a record has once. */
static bool is_single(enum link_role role)
{
    switch (role) {
    case LINK_ID: case LINK_FULL_NAME: case LINK_BIRTH_DATE: case LINK_SEX: case LINK_PERSON_NUMBER: return true;
    default: return false;
    }
}

/* What its cells hold says more than a head that may mean two things: "ten", "id". */
static enum link_role head_mended(enum link_role role, const struct column_look *k)
{
    if (role == LINK_GIVEN_NAME && most(k, k->names))
        return LINK_FULL_NAME;
    if (role == LINK_FULL_NAME && k->filled && k->words * 2 < k->filled * 3)
        return LINK_GIVEN_NAME;
    if (role == LINK_ID && most(k, k->numbers))
        return LINK_PERSON_NUMBER;
    return role;
}

static void roles_take(struct arena *a, struct roles *r, const struct roles_heads *heads, const struct column_look *looks, bool by_head)
{
    for (size_t i = 0; i < heads->count; i++) {
        struct roles_column *known = roles_of_head(r, heads->names[i]);
        enum link_role role = LINK_IGNORE;
        if (known && (by_head || known->role != LINK_IGNORE || role_of_head(a, known->head, &role)))
            continue;
        if (by_head && role_of_head(a, heads->names[i], &role))
            role = head_mended(role, &looks[i]);
        else if (!by_head)
            role = role_of_look(&looks[i]);
        if (is_single(role) && roles_of_role(r, heads, role))
            role = LINK_IGNORE;
        if (known)
            known->role = role;
        else if (r->count < ROLES_COLUMNS_MAX)
            r->columns[r->count++] = (struct roles_column){ .head = heads->names[i], .role = role };
    }
}

/* A table without a column of ids often begins with one that is not called so. */
static void id_take(struct roles *r, const struct roles_heads *heads, const struct column_look *looks)
{
    struct roles_column *first = roles_of_head(r, heads->names[0]);
    const struct column_look *k = &looks[0];

    if (first && first->role == LINK_IGNORE && !roles_of_role(r, heads, LINK_ID) && k->rows >= 2 && k->filled == k->rows && k->distinct >= k->rows)
        first->role = LINK_ID;
}

STATUS roles_guess(struct arena *a, const str *csv, const struct roles_heads *heads, int sides, struct roles *ret)
{
    struct column_look *looks[2];

    *ret = (struct roles){ .columns = ARENA_ARRAY(a, struct roles_column, ROLES_COLUMNS_MAX) };
    for (int s = 0; s < sides; s++) {
        looks[s] = ARENA_ARRAY(a, struct column_look, heads[s].count);
        TRY(columns_look(csv[s], heads[s].count, looks[s]));
    }
    for (int s = 0; s < sides; s++)
        roles_take(a, ret, &heads[s], looks[s], true);
    for (int s = 0; s < sides; s++)
        roles_take(a, ret, &heads[s], looks[s], false);
    for (int s = 0; s < sides; s++)
        id_take(ret, &heads[s], looks[s]);
    return OK;
}
