/* Values of PostgreSQL's binary format, in and out (protocol 3.0, types by their fixed OIDs). */
#pragma once
#include <libpq-fe.h>

#include "store/engine.h"

#define PG_PARAMS_MAX 64

/* The parameters of one call, as libpq wants them. Numbers stand in `room`; texts are the caller's. */
struct pg_params {
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
    Oid types[PG_PARAMS_MAX];
    uint64_t room[PG_PARAMS_MAX];
};

void pg_types(const struct query *q, Oid out[static PG_PARAMS_MAX]);
void pg_encode(const struct query *q, const struct value *values, struct pg_params *out);
enum value_type pg_value_type(Oid type);
int64_t pg_i64(const PGresult *result, int row, int column);
double pg_f64(const PGresult *result, int row, int column);

/* A plain INSERT … VALUES ($1, …) as COPY: the statement, and which parameter each column takes (from 0). */
struct pg_copy {
    char sql[2048];
    int places[PG_PARAMS_MAX];
    int count;
};
bool pg_copy_of(const struct query *q, struct pg_copy *out);
/* Adds one row of binary COPY to `out`. */
void pg_copy_row(const struct pg_copy *copy, const struct pg_params *params, struct buf *out);
