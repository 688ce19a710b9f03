/* Preloaded into QEMU: opens a userfaultfd on QEMU's own memory and leaves it open, for the host runtime to take a copy of. QEMU
 * itself never knows. Without it the machine runs all the same and cannot be moved while running. */
#include "FerryGuestMemory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW _IO(0xAA, 0x00)
#endif

/* The package manager links every library with the Swift runtime. What the runtime's linker wrapper finds in this section goes
 * before it on the linker's command line: a library of C that needs nothing of Swift then does not load it into QEMU. */
__attribute__((used, section(".swift1_autolink_entries"))) static const char linked_as_needed[] = "-Wl,--as-needed";

__attribute__((constructor)) static void ferry_guest_memory_open(void) {
    /* What QEMU starts itself must not open one too. */
    unsetenv("LD_PRELOAD");
    if (syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK) >= 0) return;
    int refusal = errno;
    /* The device is for those who may not make the call: its owner decides. */
    int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
    if (device >= 0) {
        int opened = ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC | O_NONBLOCK);
        if (opened < 0) refusal = errno;
        close(device);
        if (opened >= 0) return;
    }
    fprintf(stderr, "ferry: this machine cannot be moved while it runs: userfaultfd: %s\n", strerror(refusal));
}
