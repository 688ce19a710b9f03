#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define RESULT(call) ({ __typeof__(call) _result = (call); _result < 0 ? -errno : _result; })

int ferry_open(const char *path, int flags, mode_t mode) { return RESULT(open(path, flags | O_CLOEXEC, mode)); }

int ferry_open_at(int folder, const char *name, int flags, mode_t mode) {
    return RESULT(openat(folder, name, flags | O_CLOEXEC, mode));
}

int ferry_rename_exclusive(const char *from, const char *to) {
    return RESULT(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE));
}

int ferry_pipe(int ends[2]) { return RESULT(pipe2(ends, O_CLOEXEC)); }

int ferry_event_descriptor(void) { return RESULT(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

/* The number goes on naming a descriptor, from now on of the other open file. */
int ferry_replace(int descriptor, int by) { return RESULT(dup3(by, descriptor, O_CLOEXEC)); }
int ferry_duplicate(int descriptor) { return RESULT(fcntl(descriptor, F_DUPFD_CLOEXEC, 3)); }

int ferry_set_nonblocking(int descriptor, int enabled) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    return RESULT(fcntl(descriptor, F_SETFL, enabled ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

int ferry_lock_whole_file(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return RESULT(fcntl(descriptor, F_OFD_SETLK, &lock));
}

int ferry_poll_one(int descriptor, short events, int milliseconds) {
    struct pollfd entry = {.fd = descriptor, .events = events};
    return RESULT(poll(&entry, 1, milliseconds));
}

int ferry_poll_two(int first, short events, int second, int milliseconds) {
    struct pollfd entries[2] = {{.fd = first, .events = events}, {.fd = second, .events = POLLIN}};
    int count = poll(entries, 2, milliseconds);
    if (count < 0) return -errno;
    return (entries[0].revents ? 1 : 0) | (entries[1].revents ? 2 : 0);
}

static void fill(struct ferry_file_identity *identity, const struct stat *status) {
    identity->device = status->st_dev;
    identity->inode = status->st_ino;
    identity->size = (uint64_t)status->st_size;
    identity->blocks = (uint64_t)status->st_blocks;
    identity->mode = status->st_mode;
    identity->owner = status->st_uid;
    identity->group = status->st_gid;
}

int ferry_identify(int descriptor, struct ferry_file_identity *identity) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) return -errno;
    fill(identity, &status);
    return 0;
}

int ferry_identify_path(const char *path, int follow, struct ferry_file_identity *identity) {
    struct stat status;
    if ((follow ? stat(path, &status) : lstat(path, &status)) < 0) return -errno;
    fill(identity, &status);
    return 0;
}

static void measure(struct ferry_space *space, const struct statfs *status) {
    space->capacity = (uint64_t)status->f_blocks * (uint64_t)status->f_bsize;
    space->available = (uint64_t)status->f_bavail * (uint64_t)status->f_bsize;
    space->kind = (uint64_t)(uint32_t)status->f_type;
}

int ferry_file_system_space(const char *path, struct ferry_space *space) {
    struct statfs status;
    if (statfs(path, &status) < 0) return -errno;
    measure(space, &status);
    return 0;
}

int ferry_file_system_space_of(int descriptor, struct ferry_space *space) {
    struct statfs status;
    if (fstatfs(descriptor, &status) < 0) return -errno;
    measure(space, &status);
    return 0;
}
