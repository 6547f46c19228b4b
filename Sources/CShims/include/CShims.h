#ifndef SIDESTEP_CSHIMS_H
#define SIDESTEP_CSHIMS_H
/* What Glibc's Swift module does not show: Linux calls by name, nothing else. */
#include <stdint.h>

/* The arguments of this program, its name first, NULL at the end. Swift's own list is empty where /proc is not mounted. */
int shim_argument_count(void);
char **shim_arguments(void);

struct shim_peer { int32_t pid; uint32_t uid; uint32_t gid; };

/* Credentials of the process that called connect(2): unix(7), SO_PEERCRED. 0, or -errno. */
int shim_peer_credentials(int fd, struct shim_peer *out);
/* Groups of the process that called connect(2), supplementary ones: SO_PEERGROUPS. How many there are, which may be
   more than fit and then none is written; or -errno. */
int shim_peer_groups(int fd, uint32_t *groups, int capacity);
/* The next connection of a listening socket, or -errno: accept4(2); it blocks nobody and is not inherited. */
int shim_accept(int fd);
/* A connection to a port of 127.0.0.1 that is not inherited: the descriptor, or -errno. In C since the optimizing build
   takes the members of sockaddr_in for NIO's in a module that imports NIO, and refuses them. */
int shim_connect_loopback(uint16_t port);
/* A pidfd of the peer: unix(7), SO_PEERPIDFD (Linux 6.5). The descriptor, or -errno. */
int shim_peer_pidfd(int fd);
/* pidfd_open(2). The descriptor, or -errno. */
int shim_pidfd_open(int32_t pid);
/* pidfd_send_signal(2). 0, or -errno. */
int shim_pidfd_send_signal(int pidfd, int signal);

int shim_epoll_create(void);
/* Watches `fd` once for input under `token`: epoll(7), EPOLLONESHOT. 0, or -errno. */
int shim_epoll_add(int epoll, int fd, uint64_t token);
/* Watches `fd` once more. 0, or -errno. */
int shim_epoll_again(int epoll, int fd, uint64_t token);
int shim_epoll_remove(int epoll, int fd);
/* Waits so long, without limit when it is negative; fills tokens, returns how many, or -errno. */
int shim_epoll_wait(int epoll, uint64_t *tokens, int capacity, int milliseconds);
int shim_eventfd(void);

/* Closes all descriptors from a number on: close_range(2), Linux 5.9, or one by one. */
void shim_close_from(int first);
/* Sends this process a signal when its parent ends: prctl(2), PR_SET_PDEATHSIG. 0, or -errno. */
int shim_end_with_parent(int signal);
/* A pipe whose ends are not inherited, the reading one first: pipe2(2). 0, or -errno. */
int shim_pipe(int *reader, int *writer);
/* What posix_spawn(3) does before the program: a working directory, and no descriptor from `first` on. 0, or an error. */
int shim_spawn_in(void *actions, const char *directory);
int shim_spawn_close_from(void *actions, int first);
/* Whether a path is a directory that can be entered: 0, or -errno. */
int shim_enterable(const char *path);
/* An open file without a name that holds these bytes, to be read from the beginning: memfd_create(2). Or -errno. */
int shim_memory_file(const void *bytes, int64_t count);

/* A file as statx(2) knows it; times in nanoseconds since the epoch, `born` 0 where the file system does not tell. */
struct shim_file {
    uint64_t device, inode;
    uint32_t links;
    int64_t size, changed, born;
};
int shim_file_at(const char *path, struct shim_file *out);
int shim_file_of(int fd, struct shim_file *out);
/* Takes space for a file that need not be written: fallocate(2). 0, or -errno where the file system cannot promise any. */
int shim_allocate(int fd, int64_t bytes);
/* Makes an empty file share what another one holds: ioctl_ficlone(2). 0, or -errno where the file system cannot. */
int shim_clone_file(int to, int from);
/* A new file in an open folder, to be written; one that is there is an error. The descriptor, or -errno. */
int shim_create_at(int folder, const char *name, uint32_t mode);
/* Has all that was written to a file system on disk: syncfs(2). 0, or -errno. */
int shim_sync_file_system(int fd);
/* The magic number of the file system that holds a path: statfs(2), f_type; 0 when it is not known. */
int64_t shim_file_system(const char *path);

/* timerfd_create(2) on CLOCK_BOOTTIME, which counts while the machine sleeps. The descriptor, or -errno. */
int shim_timer_boot(void);
/* A timer on CLOCK_REALTIME that only ever tells that the clock was set: TFD_TIMER_CANCEL_ON_SET. Or -errno. */
int shim_timer_wall(void);
/* Lets a timer expire once after a delay of at least one millisecond. 0, or -errno. */
int shim_timer_set(int fd, int64_t milliseconds);
/* Waits for either: bit 0 when the first expired, bit 1 when the clock was set. */
int shim_timer_wait(int boot, int wall);

/* Overwrites memory with zeros, whatever the optimizer thinks of it: explicit_bzero(3). */
void shim_wipe(void *memory, int64_t count);
/* No core file of this process, and no look into its memory but for root: prctl(2), PR_SET_DUMPABLE. 0, or -errno. */
int shim_forbid_core(void);

/* pthread_setname_np(3): the name that ps -L and debuggers show, at most 15 bytes. */
void shim_thread_name(unsigned long thread, const char *name);

#endif
