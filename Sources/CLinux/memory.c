#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESULT(call) ({ __typeof__(call) _result = (call); _result < 0 ? -errno : _result; })

#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW _IO(0xAA, 0x00)
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#define FERRY_PAGEMAP_SCAN _IOWR('f', 16, struct ferry_page_scan)

int64_t ferry_seek_data(int descriptor, int64_t offset) { return RESULT(lseek(descriptor, offset, SEEK_DATA)); }

int64_t ferry_seek_hole(int descriptor, int64_t offset) { return RESULT(lseek(descriptor, offset, SEEK_HOLE)); }

int ferry_allocate(int descriptor, int64_t offset, int64_t length) {
    return RESULT(fallocate(descriptor, 0, offset, length));
}

int ferry_punch(int descriptor, int64_t offset, int64_t length) {
    return RESULT(fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length));
}

int ferry_memory_file(const char *name) { return RESULT(memfd_create(name, MFD_CLOEXEC)); }

int ferry_map_shared(int descriptor, size_t length, int writable, void **address) {
    void *result = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0);
    if (result == MAP_FAILED) return -errno;
    /* Guest RAM in our core dumps or in our children would be a leak of its own. */
    madvise(result, length, MADV_DONTDUMP);
    madvise(result, length, MADV_DONTFORK);
    *address = result;
    return 0;
}

int ferry_unmap(void *address, size_t length) { return RESULT(munmap(address, length)); }

int ferry_populate(void *address, size_t length, int writing) {
    return RESULT(madvise(address, length, writing ? MADV_POPULATE_WRITE : MADV_POPULATE_READ));
}

int ferry_mount_tmpfs(const char *path, const char *options, int remount) {
    return RESULT(mount("ferry", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | (remount ? MS_REMOUNT : 0), options));
}

int ferry_unmount(const char *path) { return RESULT(umount2(path, UMOUNT_NOFOLLOW)); }

int ferry_uffd_open(void) {
    int descriptor = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) return descriptor;
    int reason = errno;
    int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
    if (device < 0) return -reason;
    descriptor = ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC | O_NONBLOCK);
    reason = errno;
    close(device);
    return descriptor < 0 ? -reason : descriptor;
}

int ferry_uffd_api(int descriptor, uint64_t features) {
    struct uffdio_api request = {.api = UFFD_API, .features = features};
    return RESULT(ioctl(descriptor, UFFDIO_API, &request));
}

int ferry_uffd_register(int descriptor, uint64_t start, uint64_t length, uint64_t mode) {
    struct uffdio_register request = {.range = {.start = start, .len = length}, .mode = mode};
    return RESULT(ioctl(descriptor, UFFDIO_REGISTER, &request));
}

int ferry_uffd_unregister(int descriptor, uint64_t start, uint64_t length) {
    struct uffdio_range request = {.start = start, .len = length};
    return RESULT(ioctl(descriptor, UFFDIO_UNREGISTER, &request));
}

int ferry_scan_written(
    int pagemap, uint64_t start, uint64_t end, int protecting, struct ferry_page_region *regions, size_t capacity,
    uint64_t *walked) {
    struct ferry_page_scan request = {
        .size = sizeof request,
        .flags = protecting ? FERRY_SCAN_WP_MATCHING | FERRY_SCAN_CHECK_WPASYNC : FERRY_SCAN_CHECK_WPASYNC,
        .start = start,
        .end = end,
        .vec = (uint64_t)(uintptr_t)regions,
        .vec_len = capacity,
        .category_mask = FERRY_PAGE_IS_WRITTEN,
        .return_mask = FERRY_PAGE_IS_WRITTEN,
    };
    int count = ioctl(pagemap, FERRY_PAGEMAP_SCAN, &request);
    if (count < 0) return -errno;
    *walked = request.walk_end;
    return count;
}
