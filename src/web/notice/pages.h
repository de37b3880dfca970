/* The pages of notices. */
#pragma once
#include "web/visit.h"

PAGE(notices);
PAGE(contacts);
PAGE(deliveries);
status notices_read_run(struct ctx *cx, struct visit *v);
status contacts_change_run(struct ctx *cx, struct visit *v);
status deliveries_retry_run(struct ctx *cx, struct visit *v);
