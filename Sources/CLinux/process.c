#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESULT(call) ({ __typeof__(call) _result = (call); _result < 0 ? -errno : _result; })

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

struct birth {
    const struct ferry_spawn *request;
    int null_input, null_output;
    int terminal;
    int *scratch;                 /* 3 + kept_count numbers */
    int failure;                  /* written by the child, which shares our memory until it execs */
};

/* Runs in the child, in the parent's memory, while the calling thread waits: system calls only, nothing allocated. */
static int enter_program(void *context) {
    struct birth *birth = context;
    const struct ferry_spawn *request = birth->request;
    int lowest = 3 + (int)request->kept_count;

    for (int signal = 1; signal < NSIG; signal++) {
        if (signal == SIGKILL || signal == SIGSTOP) continue;
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(signal, &standard, NULL);
    }
    if (request->new_session && setsid() < 0) goto failed;
    if (birth->terminal >= 0 && ioctl(birth->terminal, TIOCSCTTY, 0) < 0) goto failed;
    if (request->cgroup_procs) {
        int group = open(request->cgroup_procs, O_WRONLY | O_CLOEXEC);
        if (group >= 0) {
            ssize_t ignored = write(group, "0", 1);
            (void)ignored;
            close(group);
        }
    }
    /* First everything away from the low numbers, then each to its place: no order of copies can overwrite a source. */
    for (int index = 0; index < lowest; index++) {
        int source;
        switch (index) {
        case 0: source = request->standard_input >= 0 ? request->standard_input : birth->null_input; break;
        case 1: source = request->standard_output >= 0 ? request->standard_output : birth->null_output; break;
        case 2: source = request->standard_error >= 0 ? request->standard_error : birth->null_output; break;
        default: source = request->kept[index - 3]; break;
        }
        birth->scratch[index] = fcntl(source, F_DUPFD_CLOEXEC, lowest);
        if (birth->scratch[index] < 0) goto failed;
    }
    for (int index = 0; index < lowest; index++)
        if (dup2(birth->scratch[index], index) < 0) goto failed;
    if (syscall(SYS_close_range, lowest, ~0U, CLOSE_RANGE_CLOEXEC) < 0) goto failed;
    if (request->folder && chdir(request->folder) < 0) goto failed;
    if (request->umask >= 0) umask((mode_t)request->umask);

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->program, request->arguments, request->environment);
failed:
    birth->failure = errno;
    _exit(127);
}

static int spawn(const struct ferry_spawn *request, int terminal, pid_t *pid, int *pidfd) {
    enum { stack_size = 256 * 1024 };
    struct birth birth = {.request = request, .null_input = -1, .null_output = -1, .terminal = terminal};
    int result = 0;
    char *stack = MAP_FAILED;

    birth.scratch = calloc(3 + request->kept_count, sizeof(int));
    if (!birth.scratch) return -ENOMEM;
    birth.null_input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    birth.null_output = open("/dev/null", O_WRONLY | O_CLOEXEC);
    stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (birth.null_input < 0 || birth.null_output < 0 || stack == MAP_FAILED) {
        result = -errno;
    } else {
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        int child = clone(
            enter_program, stack + stack_size, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &birth, pidfd);
        int reason = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (child < 0) {
            result = -reason;
        } else if (birth.failure) {
            siginfo_t ignored;
            while (waitid(P_PID, (id_t)child, &ignored, WEXITED) < 0 && errno == EINTR) {}
            close(*pidfd);
            result = -birth.failure;
        } else {
            *pid = child;
        }
    }
    if (stack != MAP_FAILED) munmap(stack, stack_size);
    if (birth.null_input >= 0) close(birth.null_input);
    if (birth.null_output >= 0) close(birth.null_output);
    free(birth.scratch);
    return result;
}

int ferry_spawn_process(const struct ferry_spawn *request, pid_t *pid, int *pidfd) {
    return spawn(request, -1, pid, pidfd);
}

int ferry_spawn_on_terminal(const struct ferry_spawn *request, int terminal, pid_t *pid, int *pidfd) {
    struct ferry_spawn changed = *request;
    changed.standard_input = changed.standard_output = changed.standard_error = terminal;
    changed.new_session = 1;
    return spawn(&changed, terminal, pid, pidfd);
}

int ferry_pidfd_open(pid_t pid) { return (int)RESULT(syscall(SYS_pidfd_open, pid, 0)); }

int ferry_pidfd_take_descriptor(int pidfd, int number) { return (int)RESULT(syscall(SYS_pidfd_getfd, pidfd, number, 0)); }

int ferry_pidfd_signal(int pidfd, int signal) { return (int)RESULT(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)); }

int ferry_pidfd_reap(int pidfd, struct ferry_exit *exit) {
    siginfo_t report;
    memset(&report, 0, sizeof report);
    if (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &report, WEXITED | WNOHANG) < 0) return -errno;
    if (report.si_pid == 0) return 0;
    exit->was_killed = report.si_code != CLD_EXITED;
    exit->code = report.si_status;
    return 1;
}

int ferry_kill_group(pid_t leader, int signal) { return RESULT(kill(-leader, signal)); }

int ferry_prepare_this_thread(const char *name) {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    return -pthread_setname_np(pthread_self(), name);
}

long ferry_clock_ticks_per_second(void) { return sysconf(_SC_CLK_TCK); }

int ferry_resize_terminal(int master, unsigned short rows, unsigned short columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return RESULT(ioctl(master, TIOCSWINSZ, &size));
}

int ferry_open_terminal(int *terminal, unsigned short rows, unsigned short columns) {
    char name[128];
    int result;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -errno;
    if (grantpt(master) < 0 || unlockpt(master) < 0) {
        result = -errno;
    } else if ((result = -ptsname_r(master, name, sizeof name)) == 0) {
        ferry_resize_terminal(master, rows, columns);
        *terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (*terminal >= 0) return master;
        result = -errno;
    }
    close(master);
    return result;
}
