#include <sqlite3.h>

/* sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0), which Swift cannot call for its variable arguments. */
static inline int shim_sqlite_stop_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
