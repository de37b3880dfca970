/* The other nodes of a country: who they are, where they are reached, by which key their messages are known, and for which
 * kinds of organisations they answer. An installation without the file is alone and does everything itself.
 * tested by: src/defs/life_test.c */
#include "defs/life.h"

#include <string.h>

#include "defs/inside.h"

#include "messages/messages.h"

enum { KEY_CHARS = 43, NODE_BYTES_MAX = 40 };

static void holds_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, struct peer *p)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "holds", &list);
    str *holds = ARENA_ARRAY(d->arena, str, count + 1);
    p->holds = holds;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        if (!yaml_str(f, list[i], &holds[p->hold_count]))
            continue;
        for (size_t k = 0; k < d->rule_count && !known; k++)
            known = str_eq(d->rules[k].kind, holds[p->hold_count]);
        if (!known)
            yaml_problem(f, list[i], msg_defs_organisation_kind(holds[p->hold_count]), msg_defs_fix_organisation_rule());
        p->hold_count += known;
    }
}

static void peer_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct peer p = { 0 };
    bool whole = yaml_str(f, yaml_need(f, node, "node"), &p.node) && yaml_str(f, yaml_need(f, node, "url"), &p.url) &&
                 yaml_str(f, yaml_need(f, node, "key"), &p.key);
    holds_read(d, f, node, &p);
    yaml_end(f, node);
    if (!whole)
        return;
    if (!yaml_is_name(p.node, NODE_BYTES_MAX, "") || str_eq(p.node, d->node) || defs_peer(d, p.node))
        yaml_problem(f, node, msg_defs_node_name(p.node), msg_defs_fix_name_dashed());
    if (!str_starts(p.url, STR("https://")) && !str_starts(p.url, STR("http://")))
        yaml_problem(f, node, msg_defs_address(p.url), msg_defs_fix_https());
    if (p.key.len != KEY_CHARS)
        yaml_problem(f, node, msg_defs_node_key(p.node), msg_defs_fix_node_key());
    d->peers[d->peer_count++] = p;
}

void peers_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "peers", &list);
    d->peers = ARENA_ARRAY(d->arena, struct peer, count + 1);
    if (yaml_get(f->root, "self"))
        yaml_str(f, yaml_get(f->root, "self"), &d->node);
    if (count > 0 && !yaml_is_name(d->node, NODE_BYTES_MAX, ""))
        yaml_problem(f, f->root, msg_defs_node_self(), msg_defs_fix_node_self());
    for (size_t i = 0; i < count; i++)
        peer_read(d, f, list[i]);
    yaml_end(f, f->root);
    origins_finish(d, f);
}

str defs_node(const struct defs *d) { return d->node; }
size_t defs_peer_count(const struct defs *d) { return d->peer_count; }
const struct peer *defs_peer_nth(const struct defs *d, size_t index) { return &d->peers[index]; }

const struct peer *defs_peer(const struct defs *d, str node)
{
    for (size_t i = 0; i < d->peer_count; i++)
        if (str_eq(d->peers[i].node, node))
            return &d->peers[i];
    return NULL;
}

const struct peer *defs_peer_holding(const struct defs *d, str kind)
{
    for (size_t i = 0; i < d->peer_count; i++)
        for (size_t k = 0; k < d->peers[i].hold_count; k++)
            if (str_eq(d->peers[i].holds[k], kind))
                return &d->peers[i];
    return NULL;
}
