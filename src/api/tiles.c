/* Serves checkpoints and tiles of the ledger. Full tiles never change and may be kept by caches for ever; a checkpoint and a
 * partial tile may not be kept at all. Formats: c2sp.org/tlog-tiles.
 * tested by: tests/scenario/run.py */
#include "api/tiles.h"

#include "api/api.h"

enum { TILE_BYTES_MAX = 1 << 20 };

struct tile_call {
    struct exchange *x;
    str path;
    struct buf out;
    struct work work;
};

bool tiles_own(str path) { return str_starts(path, STR("/ledger/")); }

static status tile_run(struct ctx *cx, void *arg)
{
    struct tile_call *c = arg;
    buf_clear(&c->out);
    return ledger_tile_read(cx, 0, c->path, &c->out);
}

static bool never_changes(str path)
{
    return str_starts(path, STR("tile/")) && str_find(path, STR(".p/")) == path.len;
}

static void tile_done(struct work *w)
{
    struct tile_call *c = w->arg;
    struct exchange *x = c->x;
    if (status_ok(w->result)) {
        bool text = str_eq(c->path, STR("checkpoint"));
        x->reply.content_type = text ? STR("text/plain; charset=utf-8") : STR("application/octet-stream");
        x->reply.body = arena_str(x->request.arena, buf_str(&c->out));
        if (never_changes(c->path))
            x->reply.cache = STR("public, max-age=31536000, immutable");
    } else {
        api_problem(x, &w->fault);
    }
    buf_done(&c->out);
    exchange_finish(x);
}

void tiles_handle(struct app *app, struct exchange *x)
{
    struct tile_call *c = ARENA_NEW(x->request.arena, struct tile_call);
    c->x = x;
    c->path = str_from(x->request.path, sizeof "/ledger/" - 1);
    buf_init(&c->out, TILE_BYTES_MAX);
    c->work = (struct work){ .run = tile_run, .done = tile_done, .arg = c };
    c->work.cx = (struct ctx){ .arena = x->request.arena, .app = app, .actor = { .roles = ROLE_PUBLIC }, .request_id = x->request.id };
    if (lanes_gather(app->lanes, &c->work))
        exchange_soon(x);
}
