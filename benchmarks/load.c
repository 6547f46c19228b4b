// A load generator that costs next to nothing itself.
//
//   load steps SOCKET CLIENTS SECONDS   closed loop: each connection has a run of its own and sends, in one write, the
//                                       notification step.begin and the request step.complete with 1 KiB of output;
//                                       prints steps a second, p50 and p99 in microseconds, and the number of steps
//   load records SOCKET CLIENTS SECONDS the same without step.begin, as clients tell a short step that has ended
//   load own SOCKET RUN                 becomes the owner of a run, prints "owner" and waits to be killed
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { line_room = 1 << 16, output_bytes = 1024 };

struct client {
    int socket, number;
    long step;
    double sent;
    size_t filled;
    char line[line_room];
};

static int sends_begins;
static double *samples;
static size_t count, room;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) != 0) die(path);
    return s;
}

static void send_all(int s, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = write(s, bytes, size);
        if (n < 0) die("write");
        bytes += n;
        size -= n;
    }
}

// Reads until a line is complete and checks that it is a result; false when more bytes are needed.
static int take_reply(struct client *c) {
    ssize_t n = read(c->socket, c->line + c->filled, line_room - c->filled - 1);
    if (n <= 0) die("the daemon closed the connection");
    c->filled += n;
    c->line[c->filled] = 0;
    char *end = strchr(c->line, '\n');
    if (!end) return 0;
    if (!strstr(c->line, "\"result\"")) fprintf(stderr, "%s", c->line), exit(1);
    c->filled = 0;
    return 1;
}

static void resume(struct client *c, const char *run) {
    char text[512];
    int n = snprintf(text, sizeof text,
                     "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"resume\",\"params\":{\"run\":\"%s\",\"workflow\":\"bench\"}}\n", run);
    send_all(c->socket, text, n);
    while (!take_reply(c)) {}
}

static void send_step(struct client *c) {
    static char output[output_bytes + 1];
    char text[2048];
    if (!output[0]) memset(output, 'x', output_bytes);
    c->step++;
    int n = 0;
    if (sends_begins)
        n = snprintf(text, sizeof text,
                     "{\"jsonrpc\":\"2.0\",\"method\":\"step.begin\",\"params\":{\"step\":\"step-%ld\"}}\n", c->step);
    n += snprintf(text + n, sizeof text - n,
                  "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"step.complete\",\"params\":{\"step\":\"step-%ld\",\"output\":\"%s\"",
                  c->step, c->step, output);
    n += sends_begins ? snprintf(text + n, sizeof text - n, "}}\n")
                      : snprintf(text + n, sizeof text - n, ",\"started_at\":%ld}}\n", (long)time(NULL) * 1000);
    c->sent = now();
    send_all(c->socket, text, n);
}

static void settle(struct client *c) {
    if (count == room) samples = realloc(samples, (room = room ? room * 2 : 1 << 16) * sizeof *samples);
    samples[count++] = (now() - c->sent) * 1e6;
}

static void steps(const char *path, int clients, double seconds) {
    int queue = epoll_create1(EPOLL_CLOEXEC);
    struct client *all = calloc(clients, sizeof *all);
    for (int i = 0; i < clients; i++) {
        char run[64];
        snprintf(run, sizeof run, "bench-%d-%d", getpid(), i);
        all[i].socket = connect_to(path);
        resume(&all[i], run);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        if (epoll_ctl(queue, EPOLL_CTL_ADD, all[i].socket, &event) != 0) die("epoll_ctl");
    }
    double start = now(), end = start + seconds;
    for (int i = 0; i < clients; i++) send_step(&all[i]);
    int open = clients;
    while (open > 0) {
        struct epoll_event events[256];
        int n = epoll_wait(queue, events, 256, -1);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            if (!take_reply(c)) continue;
            settle(c);
            if (now() < end) send_step(c);
            else open--;
        }
    }
    double took = now() - start;
    qsort(samples, count, sizeof *samples, ascending);
    printf("%.0f %.0f %.0f %zu\n", count / took, samples[count / 2], samples[count * 99 / 100], count);
}

static void own(const char *path, const char *run) {
    static struct client c;
    c.socket = connect_to(path);
    resume(&c, run);
    puts("owner");
    fflush(stdout);
    for (;;) pause();
}

int main(int argc, char **argv) {
    sends_begins = argc > 1 && strcmp(argv[1], "steps") == 0;
    if (argc == 5 && (sends_begins || strcmp(argv[1], "records") == 0)) steps(argv[2], atoi(argv[3]), atof(argv[4]));
    else if (argc == 4 && strcmp(argv[1], "own") == 0) own(argv[2], argv[3]);
    else return fprintf(stderr, "load steps|records SOCKET CLIENTS SECONDS | load own SOCKET RUN\n"), 64;
    return 0;
}
