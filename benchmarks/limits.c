// What the machine could do at best, to hold the daemon's figures against.
//
//   limits sync FILE SECONDS                 overwrite 4 KiB of a file that has its size, and fdatasync(2)
//   limits sqlite DATABASE BATCH SECONDS SQL the statements of a step, BATCH steps in a transaction, no socket between
//
// SQL is the folder of our .sql files: the loop performs the very statements that the daemon performs.
// One line comes out: operations a second, p50 and p99 of one sync or one transaction in microseconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double *samples;
static size_t count, room;

static void note(double seconds) {
    if (count == room) samples = realloc(samples, (room = room ? room * 2 : 1 << 16) * sizeof *samples);
    samples[count++] = seconds * 1e6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(double operations, double seconds) {
    qsort(samples, count, sizeof *samples, ascending);
    printf("%.0f %.0f %.0f\n", operations / seconds, samples[count / 2], samples[count * 99 / 100]);
}

static void sync_loop(const char *path, double seconds) {
    enum { pages = 1024, size = 4096 };
    static char page[size];
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) die(path);
    for (int i = 0; i < pages; i++)
        if (pwrite(file, page, size, (off_t)i * size) != size) die("pwrite");
    if (fsync(file) != 0) die("fsync");
    double start = now(), last = start;
    for (int i = 0; last - start < seconds; i++) {
        memset(page, i, size);
        if (pwrite(file, page, size, (off_t)(i % pages) * size) != size || fdatasync(file) != 0) die("fdatasync");
        double t = now();
        note(t - last);
        last = t;
    }
    report(count, last - start);
    unlink(path);
}

// ---- the same statements as the store

static sqlite3 *db;

static void check(int code, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql); }

static char *read_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    char *text = calloc(1, 1 << 20);
    if (fread(text, 1, (1 << 20) - 1, file) == 0) die(path);
    fclose(file);
    return text;
}

// Appends the columns of a table to a text, each as `before` and its name; without the key if it is not wanted.
static void append_columns(char *text, size_t room, const char *table, const char *before, int with_key) {
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s')%s", table, with_key ? "" : " WHERE pk = 0");
    sqlite3_stmt *columns;
    check(sqlite3_prepare_v2(db, sql, -1, &columns, NULL), sql);
    for (int first = 1; sqlite3_step(columns) == SQLITE_ROW; first = 0) {
        size_t used = strlen(text);
        snprintf(text + used, room - used, "%s%s%s", first ? "" : ", ", before, sqlite3_column_text(columns, 0));
    }
    sqlite3_finalize(columns);
}

// What `{step}`, `{step.names}` or `{step.values}` stands for: the daemon has these lists from its records, which have
// the columns of their tables but for a few.
static void append_word(char *text, size_t room, const char *table, const char *word) {
    if (strstr(word, ".names")) append_columns(text, room, table, "", 0);
    else if (strstr(word, ".values")) append_columns(text, room, table, ":", 0);
    else {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "%s.", table);
        append_columns(text, room, table, prefix, 1);
    }
}

// The block `-- name: NAME` of a file, with each `{word}` replaced by the columns of the table.
static sqlite3_stmt *statement(const char *folder, const char *file, const char *table, const char *name) {
    char *text = read_file(folder, file), head[128], sql[16384] = "";
    snprintf(head, sizeof head, "-- name: %s\n", name);
    char *block = strstr(text, head);
    if (!block) die(name);
    block += strlen(head);
    *strchr(block, ';') = 0;
    for (char *rest = block; *rest;) {
        size_t plain = strcspn(rest, "{"), used = strlen(sql);
        snprintf(sql + used, sizeof sql - used, "%.*s", (int)plain, rest);
        rest += plain;
        if (!*rest) break;
        char *end = strchr(rest, '}');
        if (!end) die(name);
        *end = 0;
        append_word(sql, sizeof sql, table, rest + 1);
        rest = end + 1;
    }
    sqlite3_stmt *result;
    check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &result, NULL), name);
    free(text);
    return result;
}

static void finish(sqlite3_stmt *s) {
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {}
    check(code, "step");
    sqlite3_reset(s);
}

static sqlite3_stmt *run_by_key, *step_by_name, *step_insert;

// The number of step_insert's parameter that is called as a column is. Looked up once: names are literals, so the
// address of one is enough to know it again.
static int parameter(const char *name) {
    static struct { const char *name; int number; } known[32];
    static int count;
    for (int i = 0; i < count; i++)
        if (known[i].name == name) return known[i].number;
    char text[64];
    snprintf(text, sizeof text, ":%s", name);
    int number = sqlite3_bind_parameter_index(step_insert, text);
    if (number == 0 || count == 32) die(name);
    known[count].name = name;
    return known[count++].number = number;
}

static void set(const char *name, int64_t value) { sqlite3_bind_int64(step_insert, parameter(name), value); }

static void bind_step(const char *status, const char *output, int size, int64_t time) {
    sqlite3_clear_bindings(step_insert);
    sqlite3_bind_text(step_insert, parameter("status"), status, -1, SQLITE_STATIC);
    set("attempt", 1);
    set("failures", 0);
    set("at_most_once", 0);
    set("interrupted", 0);
    set("holds", 0);
    set("compensation", 0);
    set("holder_pid", 4711);
    set("holder_start", 99);
    set("first_begun_at", time);
    set("begun_at", time);
    set("finished_at", time);
    sqlite3_bind_text(step_insert, parameter("output"), output, size, SQLITE_STATIC);
}

// What a step does to the database when its beginning and its outcome come together: two look-ups, one row.
static void perform_step(int64_t run, const char *name, const char *output, int size, int64_t time) {
    static int64_t sequence;
    sqlite3_bind_int64(run_by_key, 1, run);
    finish(run_by_key);
    sqlite3_bind_int64(step_by_name, 1, run);
    sqlite3_bind_text(step_by_name, 2, name, -1, SQLITE_STATIC);
    finish(step_by_name);
    bind_step("completed", output, size, time);
    set("run", run);
    set("expected", 1);
    sqlite3_bind_text(step_insert, parameter("name"), name, -1, SQLITE_STATIC);
    set("sequence", ++sequence);
    finish(step_insert);
}

static int is_migration(const struct dirent *entry) { return entry->d_name[0] == 'm' && entry->d_name[1] == '0'; }

/// The schema as the daemon has it: every migration, in the order of the names.
static void migrate(const char *folder) {
    struct dirent **files;
    int count = scandir(folder, &files, is_migration, alphasort);
    for (int i = 0; i < count; i++) run(read_file(folder, files[i]->d_name));
}

static void open_database(const char *path, const char *folder) {
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL), path);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000");
    migrate(folder);
    // The log grows once and is overwritten from then on.
    run("PRAGMA cache_spill = 1; PRAGMA cache_size = 8; BEGIN; CREATE TABLE growth (bytes BLOB);"
        "INSERT INTO growth VALUES (zeroblob(4194304)); ROLLBACK; PRAGMA cache_size = -16000");
    run_by_key = statement(folder, "run.sql", "run", "run_by_key");
    step_by_name = statement(folder, "step.sql", "step", "step_by_name");
    step_insert = statement(folder, "step.sql", "step", "step_insert");
}

static void sqlite_loop(const char *path, int batch, double seconds, const char *folder) {
    char output[1026], name[32];
    memset(output, 'x', sizeof output);
    output[0] = output[1025] = '"';
    open_database(path, folder);
    for (int i = 0; i < batch; i++)
        run("INSERT INTO run (id, user_id, generation, uid, workflow, status, attempt, interruptions, max_interruptions,"
            "epoch, refuses_mismatch, created_at, updated_at, owner_kind)"
            "SELECT 'bench-' || count(*), 1000, 1, 'uid', 'bench', 'running', 1, 0, 10, 1, 1, 0, 0, 'connection' FROM run");
    double start = now(), last = start;
    for (int64_t step = 0; last - start < seconds; step++) {
        run("BEGIN IMMEDIATE");
        snprintf(name, sizeof name, "step-%lld", (long long)step);
        for (int i = 1; i <= batch; i++) perform_step(i, name, output, sizeof output, 1767225600000 + step);
        run("COMMIT");
        double t = now();
        note(t - last);
        last = t;
    }
    report((double)count * batch, last - start);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "sync") == 0) sync_loop(argv[2], atof(argv[3]));
    else if (argc == 6 && strcmp(argv[1], "sqlite") == 0) sqlite_loop(argv[2], atoi(argv[3]), atof(argv[4]), argv[5]);
    else return fprintf(stderr, "limits sync FILE SECONDS | limits sqlite DATABASE BATCH SECONDS SQL\n"), 64;
    return 0;
}
