/* A digest of the whole content, for tests and for comparing two engines or two copies: SHA-256 over the names of the
 * tables and columns and every row in primary-key order, each value with its type and length before it. Text sorts by
 * bytes on both engines, so the same content gives the same digest on both.
 *
 * Refuses nothing; reads one snapshot. tested by: src/store/test/digest_test.c */
#include <endian.h>
#include <string.h>

#include "store/content_hash.h"
#include "store/engine.h"

#define ARENA_BYTES (4u << 20)
#define TABLES_MAX 256

struct digest {
    struct ctx cx;
    struct db *db;
    struct content_hash hash;
};

static void add(struct digest *g, char tag, str bytes)
{
    uint64_t len = htobe64(bytes.len);

    content_hash_add(&g->hash, &tag, 1);
    content_hash_add(&g->hash, &len, sizeof len);
    content_hash_add(&g->hash, bytes.ptr, bytes.len);
}

static void add_value(struct digest *g, const struct rows *r, int column)
{
    const struct engine *engine = g->db->store->engine;
    uint64_t bits;
    double f;

    switch (engine->type(r, column)) {
    case VALUE_I64:
        bits = htobe64((uint64_t)engine->i64(r, column));
        add(g, 'i', (str){ (const char *)&bits, sizeof bits });
        return;
    case VALUE_F64:
        f = engine->f64(r, column);
        memcpy(&bits, &f, sizeof bits);
        bits = htobe64(bits);
        add(g, 'f', (str){ (const char *)&bits, sizeof bits });
        return;
    case VALUE_TEXT:
        add(g, 's', engine->text(r, column));
        return;
    case VALUE_BYTES:
        add(g, 'b', engine->text(r, column));
        return;
    }
}

static bool is_skipped(str skip, str name)
{
    str piece;

    while (str_cut(&skip, ',', &piece))
        if (str_eq(str_trim(piece), name))
            return true;
    return false;
}

static status table_names(struct digest *g, str *out, size_t *ret_count)
{
    struct rows *rows DEFER(rows_done_at) = NULL;
    bool more;

    *ret_count = 0;
    TRY(g->db->store->engine->ask(g->db, g->db->store->engine->sql_tables, &rows));
    for (;;) {
        TRY(rows_next(rows, &more));
        if (!more)
            return OK;
        MUST(*ret_count < TABLES_MAX);
        out[(*ret_count)++] = arena_str(g->cx.arena, rows_str(rows, 0));
    }
}

/* Makes "SELECT every column FROM table ORDER BY primary key" and adds the names to the digest. */
static status select_of(struct digest *g, str table, struct buf *sql, int *ret_columns)
{
    struct rows *rows DEFER(rows_done_at) = NULL;
    str key[32] = { { 0 } };
    bool more;

    const char *const *around = g->db->store->engine->sql_columns;
    str ask = arena_printf(g->cx.arena, "%s%s%s", around[0], table.ptr, around[1]);

    *ret_columns = 0;
    buf_add(sql, STR("SELECT "));
    TRY(g->db->store->engine->ask(g->db, ask.ptr, &rows));
    for (;;) {
        TRY(rows_next(rows, &more));
        if (!more)
            break;
        str name = arena_str(g->cx.arena, rows_str(rows, 0));
        int64_t place = rows_i64(rows, 1);
        MUST(place < 32);
        key[place] = place > 0 ? name : key[place];
        buf_printf(sql, "%s\"%s\"", (*ret_columns)++ > 0 ? ", " : "", name.ptr);
        add(g, 'C', name);
    }
    buf_printf(sql, " FROM \"%s\"", table.ptr);
    for (int i = 1; i < 32 && key[i].len > 0; i++)
        buf_printf(sql, "%s\"%s\"", i == 1 ? " ORDER BY " : ", ", key[i].ptr);
    buf_char(sql, '\0');
    return buf_check(sql);
}

static status add_rows(struct digest *g, const char *sql, int columns)
{
    struct rows *rows DEFER(rows_done_at) = NULL;
    bool more;

    TRY(g->db->store->engine->ask(g->db, sql, &rows));
    for (;;) {
        TRY(rows_next(rows, &more));
        if (!more)
            return OK;
        add(g, 'R', (str){ 0 });
        for (int i = 0; i < columns; i++)
            add_value(g, rows, i);
    }
}

static status add_table(struct digest *g, str table)
{
    struct buf sql DEFER(buf_done);
    int columns;

    buf_init(&sql, 65536);
    add(g, 'T', table);
    TRY(select_of(g, table, &sql, &columns));
    return add_rows(g, sql.ptr, columns);
}

static status add_tables(struct digest *g, str skip)
{
    str names[TABLES_MAX];
    size_t count;

    TRY(table_names(g, names, &count));
    for (size_t i = 0; i < count; i++)
        if (!is_skipped(skip, names[i]))
            TRY(add_table(g, names[i]));
    return OK;
}

static status digest_in(struct digest *g, str skip)
{
    TRY(tx_begin(g->db, &g->cx.tx));
    status st = add_tables(g, skip);
    tx_rollback(g->cx.tx);
    return st;
}

STATUS store_digest(struct store *s, str skip, char hex_out[static 65])
{
    struct digest g = { 0 };

    TRY(db_open(s, DB_READ, &g.db));
    g.cx.arena = arena_new(ARENA_BYTES);
    content_hash_begin(&g.hash);
    status st = digest_in(&g, skip);
    content_hash_end(&g.hash, hex_out);
    arena_free(g.cx.arena);
    db_close(g.db);
    return st;
}
