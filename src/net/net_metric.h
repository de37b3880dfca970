/* What the edge counts. */
#pragma once
#include "net/edge.h"

void net_metric_reply(const struct flight *f);
void net_metric_refusal(enum error_code error);
void net_metric_cut(enum link_state state); /* a connection that was too slow */
void net_metric_links(struct loop *l);      /* how many this loop has now */
