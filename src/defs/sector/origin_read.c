/* Reads `origin` of a register's file; see origin.h for what is refused.
 * tested by: src/defs/sector/origin_test.c */
#include "defs/inside.h"
#include "defs/sector/origin.h"

#include <string.h>

#include "messages/messages.h"

enum { NAME_BYTES_MAX = 40, TIMEOUT_MAX_S = 30, FRESH_MAX_S = 366 * 86400, BODY_DEPTH_MAX = 6, BODY_BYTES_MAX = 4000, TRIES_DEFAULT = 3 };
#define SECOND_US INT64_C(1000000)

struct reading {
    struct defs *d;
    struct yaml_file *f;
    const struct sector_register *r;
    struct sector_origin *o;
};

/* --- places in an answer --------------------------------------------------------------------------------------------- */

bool origin_place_next(str *rest, str *ret_name, str *ret_member, str *ret_value)
{
    *ret_member = *ret_value = (str){ 0 };
    if (!rest->len)
        return false;
    size_t open = str_find_char(*rest, '['), dot = str_find_char(*rest, '.');
    if (dot < open) {
        *ret_name = str_slice(*rest, 0, dot);
        *rest = str_from(*rest, dot + 1);
        return true;
    }
    *ret_name = str_slice(*rest, 0, open);
    if (open == rest->len) {
        *rest = (str){ 0 };
        return true;
    }
    size_t close = str_find_char(*rest, ']');
    str inside = str_slice(*rest, open + 1, close);
    size_t equal = str_find_char(inside, '=');
    *ret_member = str_slice(inside, 0, equal);
    *ret_value = str_from(inside, equal + 1);
    *rest = str_from(*rest, close + 1);
    if (rest->len && rest->ptr[0] == '.')
        *rest = str_from(*rest, 1);
    return true;
}

bool origin_place_ok(str place)
{
    str rest = place, name, member, value;
    if (!place.len || place.len > ORIGIN_PATH_BYTES_MAX || str_ends(place, STR(".")))
        return false;
    if (str_find_char(place, '[') < place.len && str_find_char(place, ']') == place.len)
        return false;
    while (origin_place_next(&rest, &name, &member, &value))
        if (!name.len || (member.len == 0) != (value.len == 0))
            return false;
    return true;
}

static void place_read(struct reading *g, struct yaml_node *node, str *ret)
{
    if (!yaml_str(g->f, node, ret))
        return;
    if (!origin_place_ok(*ret))
        yaml_problem(g->f, node, msg_defs_answer_place(*ret), msg_defs_fix_answer_place());
}

/* --- where it lives ----------------------------------------------------------------------------------------------------- */

static void file_read(struct reading *g, struct yaml_node *at, const char *key, str *ret)
{
    struct yaml_node *node = yaml_get(at, key);
    if (node && yaml_str(g->f, node, ret) && !yaml_is_name(*ret, NAME_BYTES_MAX, ""))
        yaml_problem(g->f, node, msg_defs_file_name(*ret), msg_defs_fix_secret_file());
}

static void address_read(struct reading *g, struct yaml_node *at)
{
    struct yaml_node *url = yaml_get(at, "url"), *node = yaml_get(at, "node"), *path = yaml_need(g->f, at, "path");
    if ((url != NULL) == (node != NULL))
        yaml_problem(g->f, at, msg_defs_origin_where(), msg_defs_fix_origin_where());
    if (url && yaml_str(g->f, url, &g->o->url)) {
        if (!str_starts(g->o->url, STR("https://")))
            yaml_problem(g->f, url, msg_defs_address_open(g->o->url), msg_defs_fix_tls());
        else if (str_find_char(g->o->url, '@') < g->o->url.len || str_find_char(g->o->url, '?') < g->o->url.len || str_ends(g->o->url, STR("/")))
            yaml_problem(g->f, url, msg_defs_address_more(g->o->url), msg_defs_fix_address_only());
    }
    if (node)
        yaml_str(g->f, node, &g->o->node);
    if (yaml_str(g->f, path, &g->o->path) && g->o->path.ptr[0] != '/')
        yaml_problem(g->f, path, msg_defs_path(g->o->path), msg_defs_fix_path_slash());
    yaml_str(g->f, yaml_need(g->f, at, "agreement"), &g->o->agreement);
    file_read(g, at, "token", &g->o->token);
    file_read(g, at, "trust", &g->o->trust);
}

/* --- how it is asked ---------------------------------------------------------------------------------------------------- */

/* A request while it is put together. */
struct packing {
    struct origin_part *parts;
    size_t count;
    struct buf text;
    uint64_t fields; /* put in so far */
    bool number;
};

static void part_end(struct reading *g, struct packing *p, struct yaml_node *at, int slot)
{
    if (p->count == ORIGIN_PARTS_MAX) {
        yaml_problem(g->f, at, msg_defs_request_values(), msg_defs_fix_request_fewer());
        return;
    }
    p->parts[p->count++] = (struct origin_part){ arena_str(g->d->arena, buf_str(&p->text)), slot };
    buf_clear(&p->text);
}

static void scalar_pack(struct reading *g, struct packing *p, struct yaml_node *node)
{
    str name = str_from(node->text, 1);
    int field = sector_field_find(g->r, name);
    bool in_key = false;
    if (!str_starts(node->text, STR("$"))) {
        buf_json(&p->text, node->text);
        return;
    }
    for (size_t i = 0; i < g->r->key_count; i++)
        in_key = in_key || g->r->key[i] == field;
    if (str_eq(name, STR("number")) && g->r->has_subject) {
        p->number = true;
        part_end(g, p, node, ORIGIN_SLOT_NUMBER);
    } else if (field >= 0 && in_key) {
        p->fields |= UINT64_C(1) << field;
        part_end(g, p, node, field);
    } else {
        yaml_problem(g->f, node, msg_defs_request_unknown(node->text), msg_defs_fix_request_number());
    }
}

static void node_pack(struct reading *g, struct packing *p, struct yaml_node *node, int depth)
{
    if (depth > BODY_DEPTH_MAX) {
        yaml_problem(g->f, node, msg_defs_request_deep(), msg_defs_fix_nest_less());
        return;
    }
    if (node->kind == YAML_SCALAR) {
        scalar_pack(g, p, node);
        return;
    }
    buf_char(&p->text, node->kind == YAML_MAP ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0)
            buf_char(&p->text, ',');
        if (node->kind == YAML_MAP) {
            node->pairs[i].read = true;
            buf_json(&p->text, node->pairs[i].key);
            buf_char(&p->text, ':');
        }
        node_pack(g, p, node->kind == YAML_MAP ? node->pairs[i].value : node->items[i], depth + 1);
    }
    buf_char(&p->text, node->kind == YAML_MAP ? '}' : ']');
}

static struct packing body_read(struct reading *g, struct yaml_node *node, struct origin_body *ret)
{
    struct packing p = { .parts = ARENA_ARRAY(g->d->arena, struct origin_part, ORIGIN_PARTS_MAX + 1) };
    buf_init(&p.text, BODY_BYTES_MAX);
    if (node->kind != YAML_MAP)
        yaml_problem(g->f, node, msg_defs_request_map(), msg_defs_fix_request_map());
    node_pack(g, &p, node, 0);
    if (p.text.full)
        yaml_problem(g->f, node, msg_defs_request_long(), msg_defs_fix_shorten());
    part_end(g, &p, node, ORIGIN_SLOT_NONE);
    buf_done(&p.text);
    *ret = (struct origin_body){ p.parts, p.count };
    return p;
}

static void asks_read(struct reading *g, struct yaml_node *at)
{
    struct yaml_node *number = yaml_get(at, "by_number"), *key = yaml_get(at, "by_key");
    uint64_t all = 0;
    for (size_t i = 0; i < g->r->key_count; i++)
        all |= UINT64_C(1) << g->r->key[i];
    if (!number && !key)
        yaml_problem(g->f, at, msg_defs_request_none(), msg_defs_fix_request_say());
    if (number) {
        struct packing p = body_read(g, number, &g->o->by_number);
        if (!p.number || p.fields)
            yaml_problem(g->f, number, msg_defs_request_number(), msg_defs_fix_request_by_number());
    }
    if (key) {
        struct packing p = body_read(g, key, &g->o->by_key);
        if (p.fields != all || p.number != g->r->key_subject)
            yaml_problem(g->f, key, msg_defs_request_key(), msg_defs_fix_request_by_key());
    }
}

/* --- what comes back ------------------------------------------------------------------------------------------------------ */

static void subject_places(struct reading *g, struct yaml_node *at)
{
    struct yaml_node *node = yaml_get(at, "subject");
    struct {
        const char *key;
        str *place;
    } said[] = { { "number", &g->o->number }, { "name", &g->o->name }, { "birth", &g->o->birth }, { "sex", &g->o->sex } };
    for (size_t i = 0; node && i < sizeof said / sizeof *said; i++)
        if (yaml_get(node, said[i].key))
            place_read(g, yaml_get(node, said[i].key), said[i].place);
    yaml_end(g->f, node);
    if (g->r->has_subject && !g->o->number.len)
        yaml_problem(g->f, node ? node : at, msg_defs_answer_subject(), msg_defs_fix_answer_subject());
}

static void field_place(struct reading *g, struct yaml_pair *pair, str *places)
{
    struct yaml_node at = { .line = pair->line, .column = pair->column };
    int field = sector_field_find(g->r, pair->key);
    pair->read = true;
    if (field < 0) {
        yaml_problem(g->f, &at, msg_defs_register_no_field(pair->key), msg_defs_fix_own_field());
        return;
    }
    if (g->r->fields[field].class == SECTOR_STATE_SECRET)
        yaml_problem(g->f, &at, msg_defs_field_secret(pair->key), msg_defs_fix_secret_fetched());
    place_read(g, pair->value, &places[field]);
}

static void fields_places(struct reading *g, struct yaml_node *at)
{
    struct yaml_node *node = yaml_need(g->f, at, "fields");
    str *places = ARENA_ARRAY(g->d->arena, str, SECTOR_FIELDS_MAX + 1);
    memset(places, 0, (SECTOR_FIELDS_MAX + 1) * sizeof *places);
    g->o->fields = places;
    if (node && node->kind != YAML_MAP)
        yaml_problem(g->f, node, msg_defs_answer_fields(), msg_defs_fix_answer_fields());
    for (size_t i = 0; node && node->kind == YAML_MAP && i < node->count; i++)
        field_place(g, &node->pairs[i], places);
    for (size_t i = 0; node && i < g->r->field_count; i++)
        if (g->r->fields[i].required && !places[i].len)
            yaml_problem(g->f, node, msg_defs_answer_missing(g->r->fields[i].key), msg_defs_fix_answer_where());
}

static void good_read(struct reading *g, struct yaml_node *at)
{
    struct yaml_node *node = yaml_get(at, "good"), **list = NULL;
    if (!node)
        return;
    place_read(g, yaml_need(g->f, node, "at"), &g->o->good_at);
    size_t count = yaml_list(g->f, node, "is", &list);
    if (count == 0 || count > ORIGIN_GOOD_MAX)
        yaml_problem(g->f, node, msg_defs_answer_is(), msg_defs_fix_answer_is());
    for (size_t i = 0; i < count && i < ORIGIN_GOOD_MAX; i++)
        if (yaml_str(g->f, list[i], &g->o->good_is[g->o->good_count]))
            g->o->good_count++;
    yaml_end(g->f, node);
}

/* --- time ------------------------------------------------------------------------------------------------------------------ */

static bool span_read(struct reading *g, struct yaml_node *node, int64_t most_s, int64_t *ret_s)
{
    static const struct { char unit; int64_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    str text = { 0 };
    int64_t n = 0;
    if (!yaml_str(g->f, node, &text))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text.ptr[text.len - 1] == units[i].unit && text.len <= 8 && str_i64(str_slice(text, 0, text.len - 1), &n) && n > 0 && n * units[i].seconds <= most_s) {
            *ret_s = n * units[i].seconds;
            return true;
        }
    yaml_problem(g->f, node, msg_defs_span(text, most_s), msg_defs_fix_span());
    return false;
}

static void times_read(struct reading *g, struct yaml_node *at)
{
    static const char *const words[] = { "stale", "refuse", NULL };
    int64_t seconds = 0, tries = TRIES_DEFAULT;
    if (span_read(g, yaml_need(g->f, at, "fresh"), FRESH_MAX_S, &seconds))
        g->o->fresh_us = seconds * SECOND_US;
    if (span_read(g, yaml_need(g->f, at, "timeout"), TIMEOUT_MAX_S, &seconds))
        g->o->timeout_ms = (int)(seconds * 1000);
    if (yaml_get(at, "tries"))
        yaml_i64(g->f, yaml_get(at, "tries"), 1, ORIGIN_TRIES_MAX, &tries);
    g->o->tries = (int)tries;
    g->o->silent = yaml_word(g->f, yaml_need(g->f, at, "silent"), words) == 1 ? ORIGIN_REFUSE : ORIGIN_STALE;
}

const struct sector_origin *origin_read(struct defs *d, struct yaml_file *f, const struct sector_register *r)
{
    struct yaml_node *at = yaml_get(f->root, "origin");
    struct sector_origin *o = ARENA_NEW(d->arena, struct sector_origin);
    struct reading g = { .d = d, .f = f, .r = r, .o = o };
    *o = (struct sector_origin){ 0 };
    if (!at)
        return NULL;
    if (at->kind != YAML_MAP || r->people || r->class == SECTOR_STATE_SECRET) {
        bool map = at->kind == YAML_MAP;
        yaml_problem(f, at, !map ? msg_defs_origin_map() : r->people ? msg_defs_origin_people() : msg_defs_origin_secret(),
                     map ? msg_defs_fix_origin_none() : msg_defs_fix_origin_map());
        return NULL;
    }
    address_read(&g, at);
    asks_read(&g, at);
    good_read(&g, at);
    place_read(&g, yaml_need(f, at, "rows"), &o->rows);
    subject_places(&g, at);
    fields_places(&g, at);
    times_read(&g, at);
    yaml_end(f, at);
    return o;
}

/* Once peers.yaml is read: a register that is fetched from this very node would wait for itself for ever. */
void origins_finish(struct defs *d, struct yaml_file *f)
{
    for (size_t i = 0; i < d->sector_count; i++) {
        const struct sector_origin *o = d->sectors[i].origin;
        if (!o || !o->node.len)
            continue;
        struct yaml_file at = *f;
        struct yaml_node line = { .line = d->sectors[i].origin_line, .column = 1 };
        const struct peer *p = defs_peer(d, o->node);
        at.name = d->sectors[i].file;
        if (str_eq(o->node, d->node))
            yaml_problem(&at, &line, msg_defs_origin_self(d->sectors[i].code, o->node), msg_defs_fix_origin_other());
        else if (!p)
            yaml_problem(&at, &line, msg_defs_node_unknown(o->node), msg_defs_fix_node_listed());
        else if (!str_starts(p->url, STR("https://")))
            yaml_problem(&at, &line, msg_defs_address_open(p->url), msg_defs_fix_node_tls());
    }
}
