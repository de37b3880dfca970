/* Pages: the third face made from the operations. It turns a request into operations and their results into HTML; it
 * holds no rule of the domain and reads no table. Complete without scripts, in Vietnamese and English.
 *
 * Refuses: a POST whose form does not carry the token of its session; a session cookie that is not live; addresses and
 * words of an upload that are not UTF-8. Every page goes out with the edge's strict content security policy. */
#pragma once
#include "gate/gate.h"
#include "net/net.h"

struct web;
STATUS web_start(struct app *app, struct web **ret);
void web_stop(struct web *web);
void web_handle(struct web *web, struct exchange *x);
struct body_rule web_body_rule(const struct web *web, const struct request *r);
/* Fills the reply with a page about the fault, in the language of the request. Also for refusals of the server itself. */
void web_problem(struct exchange *x, const struct fault *f);
