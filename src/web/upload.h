/* Files between preview and import, in a folder of the installation that only this program can read. A file belongs to
 * the account that sent it, is named by a random word, and goes away when it is taken or after an hour. */
#pragma once
#include "web/visit.h"

STATUS upload_keep(struct web *web, struct arena *arena, account_id account, str bytes, str *ret_name);
/* ERR_DELIVERY_MISSING if it is not there, not well named or another's. The bytes lie in `arena`. */
STATUS upload_read(struct web *web, struct arena *arena, account_id account, str name, str *ret_bytes);
void upload_drop(struct web *web, struct arena *arena, account_id account, str name);
