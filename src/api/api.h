/* JSON over HTTP: one of the three faces made from the operations. It turns a request into (operation, input), hands it
 * to a lane, and the result into a reply. It holds no rule of the domain.
 *
 * Credentials: "Authorization: Bearer TOKEN". Ground: "Purpose: KIND/REFERENCE". Commands: "Idempotency-Key". */
#pragma once
#include "gate/gate.h"
#include "net/net.h"

struct api;
/* Builds the table of routes of all operations of `app`. */
STATUS api_start(struct app *app, struct api **ret);
void api_stop(struct api *api);
/* Does the path belong to this face? "/api/…", "/post/…" and "/ledger/…" do. */
bool api_owns(str path);
/* Takes the exchange over; finishes it now or from a lane. Never blocks. */
void api_handle(struct api *api, struct exchange *x);
/* How large the body of this request may be. */
struct body_rule api_body_rule(const struct api *api, const struct request *r);
/* Fills the reply with the problem document of a fault. Also for refusals of the server itself. */
void api_problem(struct exchange *x, const struct fault *f);
