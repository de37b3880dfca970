/* Files between preview and import, in a folder of the installation that only this program can read. A file belongs to
 * the account that sent it, is named by a random word, and goes away when it is taken or after an hour. */
#pragma once
#include "web/visit.h"

STATUS upload_keep(struct web *web, struct arena *arena, account_id account, str bytes, str *ret_name);
/* Maps the file, to be closed by upload_close(). ERR_DELIVERY_MISSING if it is not there, not well named or another's. */
STATUS upload_open(struct web *web, struct arena *arena, account_id account, str name, str *ret_bytes);
void upload_close(str *bytes); /* for DEFER */
void upload_drop(struct web *web, struct arena *arena, account_id account, str name);
