/* The VFS of sqlite_map.c: its name for sqlite3_open_v2(), or NULL for SQLite's own. */
#pragma once
#include <sqlite3.h>

const char *sqlite_map_vfs(void);
