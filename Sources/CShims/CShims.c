#define _GNU_SOURCE
#include "CShims.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

int shim_peer_credentials(int fd, struct shim_peer *out) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
        return -errno;
    out->pid = credentials.pid;
    out->uid = credentials.uid;
    out->gid = credentials.gid;
    return 0;
}

int shim_peer_groups(int fd, uint32_t *groups, int capacity) {
    socklen_t length = (socklen_t)capacity * sizeof *groups;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) < 0 && errno != ERANGE)
        return -errno;
    return (int)(length / sizeof *groups);
}

int shim_accept(int fd) {
    int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return accepted < 0 ? -errno : accepted;
}

int shim_connect_loopback(uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

int shim_peer_pidfd(int fd) {
    int pidfd = -1;
    socklen_t length = sizeof pidfd;
    return getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length) < 0 ? -errno : pidfd;
}

static int argument_count;
static char **argument_vector;

/* The C library hands main's arguments to what runs before it, too (ld.so does, sysv ABI and all). */
__attribute__((constructor)) static void keep_arguments(int count, char **vector) {
    argument_count = count;
    argument_vector = vector;
}

int shim_argument_count(void) { return argument_count; }

char **shim_arguments(void) { return argument_vector; }

int shim_pidfd_open(int32_t pid) {
    long fd = syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : (int)fd;
}

int shim_pidfd_send_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int shim_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int shim_epoll_add(int epoll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int shim_epoll_again(int epoll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}

int shim_epoll_remove(int epoll, int fd) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL) < 0 ? -errno : 0;
}

int shim_epoll_wait(int epoll, uint64_t *tokens, int capacity, int milliseconds) {
    struct epoll_event events[64];
    int limit = capacity < 64 ? capacity : 64;
    int count = epoll_wait(epoll, events, limit, milliseconds);
    if (count < 0)
        return -errno;
    for (int i = 0; i < count; i++)
        tokens[i] = events[i].data.u64;
    return count;
}

int shim_eventfd(void) {
    int fd = eventfd(0, EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

void shim_wipe(void *memory, int64_t count) { explicit_bzero(memory, (size_t)count); }

int shim_forbid_core(void) { return prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0; }

void shim_thread_name(unsigned long thread, const char *name) {
    pthread_setname_np(thread, name);
}

#ifndef TFD_TIMER_CANCEL_ON_SET
#define TFD_TIMER_CANCEL_ON_SET (1 << 1)
#endif

int shim_timer_boot(void) {
    int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

/* Far in the future: the timer never expires, its read fails when the clock is set. */
static int watch_clock(int fd) {
    struct itimerspec never = {.it_value = {.tv_sec = (time_t)1 << 40}};
    return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int shim_timer_wall(void) {
    int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd < 0)
        return -errno;
    return watch_clock(fd) < 0 ? -errno : fd;
}

int shim_timer_set(int fd, int64_t milliseconds) {
    struct itimerspec once = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000}};
    return timerfd_settime(fd, 0, &once, NULL) < 0 ? -errno : 0;
}

int shim_timer_wait(int boot, int wall) {
    struct pollfd fds[2] = {{.fd = boot, .events = POLLIN}, {.fd = wall, .events = POLLIN}};
    int ready = 0;
    uint64_t count;
    if (poll(fds, 2, -1) < 0)
        return 0;
    if (read(boot, &count, sizeof count) > 0)
        ready |= 1;
    if (read(wall, &count, sizeof count) < 0 && errno == ECANCELED) {
        ready |= 2;
        watch_clock(wall);
    }
    return ready;
}

int shim_memory_file(const void *bytes, int64_t count) {
    int fd = memfd_create("sidestep-stdin", MFD_CLOEXEC);
    if (fd < 0) return -errno;
    for (int64_t written = 0; written < count;) {
        ssize_t some = pwrite(fd, (const char *)bytes + written, (size_t)(count - written), written);
        if (some < 0 && errno == EINTR) continue;
        if (some <= 0) {
            int error = some < 0 ? errno : ENOSPC;
            close(fd);
            return -error;
        }
        written += some;
    }
    return fd;
}

void shim_close_from(int first) {
    if (syscall(SYS_close_range, first, ~0U, 0) == 0)
        return;
    struct rlimit limit;
    int last = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < 1 << 20 ? (int)limit.rlim_max : 1 << 20;
    for (int fd = first; fd < last; fd++)
        close(fd);
}

int shim_end_with_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal) < 0 ? -errno : 0;
}

static void take_facts(const struct statx *from, struct shim_file *out) {
    out->device = (uint64_t)from->stx_dev_major << 32 | from->stx_dev_minor;
    out->inode = from->stx_ino;
    out->links = from->stx_nlink;
    out->size = (int64_t)from->stx_size;
    out->changed = from->stx_mtime.tv_sec * 1000000000 + from->stx_mtime.tv_nsec;
    out->born = from->stx_mask & STATX_BTIME ? from->stx_btime.tv_sec * 1000000000 + from->stx_btime.tv_nsec : 0;
}

int shim_file_at(const char *path, struct shim_file *out) {
    struct statx facts;
    if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_BTIME, &facts) < 0)
        return -errno;
    take_facts(&facts, out);
    return 0;
}

int shim_file_of(int fd, struct shim_file *out) {
    struct statx facts;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &facts) < 0)
        return -errno;
    take_facts(&facts, out);
    return 0;
}

int shim_clone_file(int to, int from) { return ioctl(to, FICLONE, from) < 0 ? -errno : 0; }

int shim_create_at(int folder, const char *name, uint32_t mode) {
    int fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    return fd < 0 ? -errno : fd;
}

int shim_sync_file_system(int fd) { return syncfs(fd) < 0 ? -errno : 0; }

int64_t shim_file_system(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) < 0 ? 0 : (uint32_t)facts.f_type;
}

int shim_allocate(int fd, int64_t bytes) {
    return fallocate(fd, 0, 0, bytes) < 0 ? -errno : 0;
}

int shim_pipe(int *reader, int *writer) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    *reader = ends[0];
    *writer = ends[1];
    return 0;
}

int shim_spawn_in(void *actions, const char *directory) {
    return posix_spawn_file_actions_addchdir_np(actions, directory);
}

int shim_spawn_close_from(void *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int shim_enterable(const char *path) {
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -errno;
    int result = faccessat(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == 0 ? 0 : -errno;
    close(fd);
    return result;
}
