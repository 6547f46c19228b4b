#include <sqlite3.h>

/* sqlite3_config(3), which Swift cannot call for its variable arguments. */
static inline int shim_sqlite_stop_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
static inline int shim_sqlite_keep_savepoints_in_memory(int bytes) { return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, bytes); }
