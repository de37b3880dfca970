/* PostgreSQL's binary values: big-endian integers and floats, raw text and bytes, and NUMERIC, in which the server gives
 * the sum of a BIGINT. Refuses (stops) on a type that no query of ours can give, since sqlc admits six column types.
 * tested by: src/store/test/store_test.c */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "store/pg.h"

enum {
    OID_BOOL = 16, OID_BYTEA = 17, OID_CHAR = 18, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25,
    OID_OID = 26, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_VARCHAR = 1043, OID_NUMERIC = 1700
};

static Oid oid_of(char letter)
{
    switch (letter) {
    case 'h':
        return OID_INT2;
    case 'i':
        return OID_INT4;
    case 'l':
        return OID_INT8;
    case 'd':
        return OID_FLOAT8;
    case 's':
        return OID_TEXT;
    default:
        MUST(letter == 'b');
        return OID_BYTEA;
    }
}

void pg_types(const struct query *q, Oid out[static PG_PARAMS_MAX])
{
    MUST(q->param_count <= PG_PARAMS_MAX);
    for (int i = 0; i < q->param_count; i++)
        out[i] = oid_of(q->param_types[i]);
}

/* Writes a number big-endian; gives its length. */
static int encode_number(char letter, const struct value *v, uint64_t *room)
{
    uint16_t h = htobe16((uint16_t)v->i);
    uint32_t w = htobe32((uint32_t)v->i);
    uint64_t l;

    switch (letter) {
    case 'h':
        MUST(v->i >= INT16_MIN && v->i <= INT16_MAX);
        memcpy(room, &h, sizeof h);
        return sizeof h;
    case 'i':
        MUST(v->i >= INT32_MIN && v->i <= INT32_MAX);
        memcpy(room, &w, sizeof w);
        return sizeof w;
    default:
        if (letter == 'd')
            memcpy(&l, &v->f, sizeof l);
        else
            l = (uint64_t)v->i;
        *room = htobe64(l);
        return sizeof l;
    }
}

void pg_encode(const struct query *q, const struct value *values, struct pg_params *out)
{
    for (int i = 0; i < q->param_count; i++) {
        const struct value *v = &values[i];
        char letter = q->param_types[i];
        bool text = letter == 's' || letter == 'b';

        out->formats[i] = 1;
        MUST(!text || v->s.len <= INT32_MAX);
        out->lengths[i] = text ? (int)v->s.len : encode_number(letter, v, &out->room[i]);
        out->values[i] = !text ? (const char *)&out->room[i] : v->s.ptr != NULL ? v->s.ptr : "";
    }
}

enum value_type pg_value_type(Oid type)
{
    switch (type) {
    case OID_BOOL:
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_OID:
        return VALUE_I64;
    case OID_FLOAT4:
    case OID_FLOAT8:
    case OID_NUMERIC:
        return VALUE_F64;
    case OID_BYTEA:
        return VALUE_BYTES;
    default:
        return VALUE_TEXT;
    }
}

static uint16_t word_at(const char *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof v);
    return be16toh(v);
}

/* NUMERIC: count of base-10000 digits, weight of the first, sign, scale, digits. The integer part; *ret_fraction is the
 * rest. Exact up to 18 digits, which every sum of ours keeps to. */
static int64_t numeric_of(const char *p, double *ret_fraction)
{
    int count = word_at(p), weight = (int16_t)word_at(p + 2);
    bool negative = word_at(p + 4) == 0x4000;
    int64_t whole = 0;
    double fraction = 0, scale = 1;

    for (int i = 0; i <= weight; i++)
        whole = whole * 10000 + (i < count ? word_at(p + 8 + 2 * i) : 0);
    for (int place = -1, i = weight + 1; i < count; i++, place--) {
        scale /= 10000;
        fraction += i >= 0 ? word_at(p + 8 + 2 * i) * scale : 0;
    }
    *ret_fraction = negative ? -fraction : fraction;
    return negative ? -whole : whole;
}

static double float_of(const char *p, int length)
{
    uint64_t l = 0;
    uint32_t w = 0;
    double d;
    float f;

    if (length == 4) {
        memcpy(&w, p, sizeof w);
        w = be32toh(w);
        memcpy(&f, &w, sizeof f);
        return (double)f;
    }
    memcpy(&l, p, sizeof l);
    l = be64toh(l);
    memcpy(&d, &l, sizeof d);
    return d;
}

static int64_t integer_of(const char *p, int length)
{
    uint64_t l;
    uint32_t w;

    switch (length) {
    case 1:
        return *p != 0;
    case 2:
        return (int16_t)word_at(p);
    case 4:
        memcpy(&w, p, sizeof w);
        return (int32_t)be32toh(w);
    default:
        MUST(length == 8);
        memcpy(&l, p, sizeof l);
        return (int64_t)be64toh(l);
    }
}

int64_t pg_i64(const PGresult *result, int row, int column)
{
    const char *p = PQgetvalue(result, row, column);
    double fraction;

    if (PQgetisnull(result, row, column))
        return 0;
    switch (PQftype(result, column)) {
    case OID_NUMERIC:
        return numeric_of(p, &fraction);
    case OID_FLOAT4:
    case OID_FLOAT8:
        return (int64_t)float_of(p, PQgetlength(result, row, column));
    default:
        return integer_of(p, PQgetlength(result, row, column));
    }
}

double pg_f64(const PGresult *result, int row, int column)
{
    const char *p = PQgetvalue(result, row, column);
    double fraction;

    if (PQgetisnull(result, row, column))
        return 0;
    switch (PQftype(result, column)) {
    case OID_NUMERIC:
        return (double)numeric_of(p, &fraction) + fraction;
    case OID_FLOAT4:
    case OID_FLOAT8:
        return float_of(p, PQgetlength(result, row, column));
    default:
        return (double)integer_of(p, PQgetlength(result, row, column));
    }
}

bool pg_copy_of(const struct query *q, struct pg_copy *out)
{
    str sql = str_of(q->postgresql);
    size_t values = str_find(sql, STR(" VALUES ("));

    if (!str_starts(sql, STR("INSERT INTO ")) || values == sql.len || sql.ptr[sql.len - 1] != ')')
        return false;
    str list = str_slice(sql, values + 9, sql.len - 1), piece;
    out->count = 0;
    while (str_cut(&list, ',', &piece)) {
        int64_t place;
        piece = str_trim(piece);
        if (piece.len < 2 || piece.ptr[0] != '$' || !str_i64(str_from(piece, 1), &place) || out->count == PG_PARAMS_MAX)
            return false;
        out->places[out->count++] = (int)place - 1;
    }
    int len = snprintf(out->sql, sizeof out->sql, "COPY %.*s FROM STDIN (FORMAT binary)", (int)(values - 12), sql.ptr + 12);
    return len < (int)sizeof out->sql;
}

void pg_copy_row(const struct pg_copy *copy, const struct pg_params *params, struct buf *out)
{
    uint16_t count = htobe16((uint16_t)copy->count);

    buf_bytes(out, &count, sizeof count);
    for (int i = 0; i < copy->count; i++) {
        int place = copy->places[i];
        uint32_t length = htobe32((uint32_t)params->lengths[place]);
        buf_bytes(out, &length, sizeof length);
        buf_bytes(out, params->values[place], (size_t)params->lengths[place]);
    }
}
