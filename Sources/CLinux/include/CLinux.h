/* Kernel interfaces that Swift cannot import: variadic calls, GNU extensions, and what Debian 12's headers do not have yet.
 *
 * One rule for every function: the result is ≥ 0 on success and a negated errno on failure, so that no caller reads errno
 * after the fact. No function decides anything; decisions belong to FerryLinux. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- Descriptors and files (file.c) ---- */

int ferry_open(const char *path, int flags, mode_t mode);
int ferry_open_at(int folder, const char *name, int flags, mode_t mode);
int ferry_rename_exclusive(const char *from, const char *to);
int ferry_pipe(int ends[2]);
int ferry_event_descriptor(void);
int ferry_duplicate(int descriptor);
int ferry_replace(int descriptor, int by);
int ferry_set_nonblocking(int descriptor, int enabled);
/* Exclusive open-file-description lock over the whole file; -EAGAIN when another description holds it. */
int ferry_lock_whole_file(int descriptor);
/* 1 when ready (or in error), 0 after `milliseconds` (-1 waits for ever). EINTR is reported, not retried. */
int ferry_poll_one(int descriptor, short events, int milliseconds);
/* As above for two descriptors, both for reading unless `events` says otherwise for the first; bit 0 and bit 1 tell which. */
int ferry_poll_two(int first, short events, int second, int milliseconds);

struct ferry_file_identity { uint64_t device, inode, size, blocks; uint32_t mode, owner, group; };
int ferry_identify(int descriptor, struct ferry_file_identity *identity);
int ferry_identify_path(const char *path, int follow, struct ferry_file_identity *identity);

struct ferry_space { uint64_t capacity, available, kind; };
int ferry_file_system_space(const char *path, struct ferry_space *space);
int ferry_file_system_space_of(int descriptor, struct ferry_space *space);
static const uint64_t FERRY_TMPFS = 0x01021994;

/* ---- Memory (memory.c) ---- */

int64_t ferry_seek_data(int descriptor, int64_t offset);
int64_t ferry_seek_hole(int descriptor, int64_t offset);
int ferry_allocate(int descriptor, int64_t offset, int64_t length);
int ferry_punch(int descriptor, int64_t offset, int64_t length);
int ferry_memory_file(const char *name);
int ferry_map_shared(int descriptor, size_t length, int writable, void **address);
int ferry_unmap(void *address, size_t length);
/* MADV_POPULATE_WRITE or _READ. */
int ferry_populate(void *address, size_t length, int writing);
int ferry_mount_tmpfs(const char *path, const char *options, int remount);
int ferry_unmount(const char *path);

static const uint64_t FERRY_UFFD_WP_ASYNC = 1ULL << 15;
static const uint64_t FERRY_UFFD_WP_UNPOPULATED = 1ULL << 13;
static const uint64_t FERRY_UFFD_WP_HUGETLBFS_SHMEM = 1ULL << 12;
static const uint64_t FERRY_UFFD_MINOR_SHMEM = 1ULL << 10;
static const uint64_t FERRY_UFFD_MISSING_SHMEM = 1ULL << 5;
static const uint64_t FERRY_UFFD_PAGEFAULT_FLAG_WP = 1ULL << 0;
static const uint64_t FERRY_UFFD_MODE_MISSING = 1ULL << 0;
static const uint64_t FERRY_UFFD_MODE_WP = 1ULL << 1;
static const uint64_t FERRY_UFFD_MODE_MINOR = 1ULL << 2;

/* By the system call, else by /dev/userfaultfd. */
int ferry_uffd_open(void);
int ferry_uffd_api(int descriptor, uint64_t features);
int ferry_uffd_register(int descriptor, uint64_t start, uint64_t length, uint64_t mode);
int ferry_uffd_unregister(int descriptor, uint64_t start, uint64_t length);

struct ferry_page_region { uint64_t start, end, categories; };
struct ferry_page_scan {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
static const uint64_t FERRY_PAGE_IS_WRITTEN = 1ULL << 1;
static const uint64_t FERRY_SCAN_WP_MATCHING = 1ULL << 0;
static const uint64_t FERRY_SCAN_CHECK_WPASYNC = 1ULL << 1;
/* Pages of [start, end) that were written, into `regions`. Returns how many regions; *walked is where to go on. */
int ferry_scan_written(
    int pagemap, uint64_t start, uint64_t end, int protecting, struct ferry_page_region *regions, size_t capacity,
    uint64_t *walked);

/* ---- Processes (process.c) ---- */

struct ferry_spawn {
    const char *program;
    char *const *arguments;
    char *const *environment;
    const char *folder;            /* NULL keeps ours */
    int standard_input;            /* -1: /dev/null, here and below */
    int standard_output;
    int standard_error;
    const int *kept;               /* become 3, 4, 5 … in the child; every other descriptor is closed */
    size_t kept_count;
    const char *cgroup_procs;      /* path of a cgroup.procs the child enters; NULL or failing: it stays */
    int new_session;
    int umask;                     /* -1 keeps ours */
};
/* Starts a program with default signal handling. It is not killed when we end. On failure no child is left. */
int ferry_spawn_process(const struct ferry_spawn *request, pid_t *pid, int *pidfd);

int ferry_pidfd_open(pid_t pid);
int ferry_pidfd_take_descriptor(int pidfd, int number);
int ferry_pidfd_signal(int pidfd, int signal);

struct ferry_exit { int was_killed; int code; };
/* 1 and *exit when a child of ours has ended (it is reaped), 0 while it runs, -ECHILD when it is not our child. */
int ferry_pidfd_reap(int pidfd, struct ferry_exit *exit);
int ferry_kill_group(pid_t leader, int signal);
/* Names the calling thread, and makes a write to a closed pipe an error there (EPIPE), not the end of the process. */
int ferry_prepare_this_thread(const char *name);
long ferry_clock_ticks_per_second(void);

/* A pseudo-terminal: the master is returned, *terminal is the slave, opened without becoming our controlling terminal. */
int ferry_open_terminal(int *terminal, unsigned short rows, unsigned short columns);
int ferry_resize_terminal(int master, unsigned short rows, unsigned short columns);
/* As ferry_spawn_process, with `terminal` as controlling terminal and all three standard descriptors. */
int ferry_spawn_on_terminal(const struct ferry_spawn *request, int terminal, pid_t *pid, int *pidfd);

/* ---- Sockets (socket.c) ---- */

struct ferry_address { uint32_t length; uint32_t family; unsigned char bytes[128]; };
/* How many addresses were found; on failure -1 and *resolver_error for gai_strerror. */
int ferry_resolve(
    const char *host, uint16_t port, int for_listening, struct ferry_address *addresses, int capacity, int *resolver_error);
int ferry_unix_address(const char *path, struct ferry_address *address);
int ferry_address_text(const struct ferry_address *address, char *host, size_t capacity, uint16_t *port);
int ferry_address_with_port(struct ferry_address *address, uint16_t port);

int ferry_socket_for(const struct ferry_address *address);
int ferry_socket_pair(int ends[2]);
int ferry_bind(int socket, const struct ferry_address *address);
int ferry_listen(int socket, int backlog);
int ferry_accept(int socket, struct ferry_address *peer);
/* 0 connected, -EINPROGRESS when poll for writing tells. */
int ferry_connect(int socket, const struct ferry_address *address);
int ferry_take_socket_error(int socket);
int ferry_local_address(int socket, struct ferry_address *address);
int ferry_tune_tcp(int socket, unsigned int unacknowledged_milliseconds);
int ferry_reuse_address(int socket);
int ferry_shutdown(int socket);
int ferry_finish_writing(int socket);
ssize_t ferry_receive(int socket, void *bytes, size_t length);
/* Two pieces in one call; never raises SIGPIPE. */
ssize_t ferry_send(int socket, const void *first, size_t first_length, const void *second, size_t second_length);
ssize_t ferry_send_with_descriptor(int socket, const void *bytes, size_t length, int descriptor);

struct ferry_peer { pid_t pid; uid_t user; gid_t group; };
int ferry_peer_of(int socket, struct ferry_peer *peer);

/* ---- Spawning with posix_spawn, and the calling thread's stack (spawn.c) ---- */

/* `actions` is an initialised posix_spawn_file_actions_t. */
int ferry_spawn_in_folder(void *actions, const char *folder);
int ferry_stack_of_this_thread(uintptr_t *lowest, uintptr_t *size);
