import FerryCore
import FerryLinux
import FerryTestKit

/// A library for a ferryd under test that lets one call in its state folder fail with EIO, or that call and all that follow, as a
/// disk does that has a bad block or dies. What would reach the disk counts: write, sync, rename, truncate. Counting begins when the
/// file `armed` appears and ends, failing included, when it goes.
struct FailingWrites {
    /// Which call fails: 1 is the first one after arming.
    var call: Int
    /// All later ones, too.
    var isLasting: Bool

    static let requirements: [Requirement] = [.program("cc", package: "gcc")]

    /// Compiles it into `folder`.
    ///
    /// - Returns: the library's path.
    static func build(in folder: String) throws -> String {
        let source = "\(folder)/failing.c"
        try DurableFile.replace(source, with: Array(text.utf8))
        let library = "\(folder)/failing.so"
        _ = try Command(
            Program.require("cc", package: "gcc"), ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
        ).runSuccessfully()
        return library
    }

    func environment(library: String, under folder: String, armed: String, counts: String) -> [String: String] {
        [
            "LD_PRELOAD": library, "FAILING_UNDER": folder, "FAILING_ARMED": armed, "FAILING_COUNTS": counts,
            "FAILING_CALL": "\(call)", "FAILING_LASTING": isLasting ? "1" : "0",
        ]
    }

    private static let text = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <sys/types.h>
        #include <unistd.h>

        static char under[PATH_MAX], armed[PATH_MAX], counts[PATH_MAX];
        static long call;
        static int lasting;
        static atomic_long seen;

        __attribute__((constructor)) static void begin(void) {
            snprintf(under, sizeof under, "%s/", getenv("FAILING_UNDER") ?: "");
            snprintf(armed, sizeof armed, "%s", getenv("FAILING_ARMED") ?: "");
            snprintf(counts, sizeof counts, "%s", getenv("FAILING_COUNTS") ?: "");
            call = atol(getenv("FAILING_CALL") ?: "0");
            lasting = atoi(getenv("FAILING_LASTING") ?: "0");
            unsetenv("LD_PRELOAD");
        }

        static int fails(const char *path, const char *what) {
            if (strncmp(path, under, strlen(under)) != 0 || access(armed, F_OK) != 0) return 0;
            long number = atomic_fetch_add(&seen, 1) + 1;
            int due = number == call || (lasting && number > call);
            char line[PATH_MAX + 64];
            int length = snprintf(line, sizeof line, "%ld %s %s%s\n", number, what, path + strlen(under), due ? " failed" : "");
            int file = open(counts, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
            if (file >= 0) { syscall(SYS_write, file, line, length); close(file); }
            if (due) errno = EIO;
            return due;
        }

        static int fails_on(int file, const char *what) {
            char link[64], path[PATH_MAX];
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (length < 0) return 0;
            path[length] = 0;
            return fails(path, what);
        }

        #define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
        ssize_t write(int f, const void *b, size_t n) { return fails_on(f, "write") ? -1 : REAL(write)(f, b, n); }
        ssize_t pwrite(int f, const void *b, size_t n, off_t o) { return fails_on(f, "write") ? -1 : REAL(pwrite)(f, b, n, o); }
        ssize_t pwrite64(int f, const void *b, size_t n, off64_t o) { return fails_on(f, "write") ? -1 : REAL(pwrite64)(f, b, n, o); }
        int fsync(int f) { return fails_on(f, "sync") ? -1 : REAL(fsync)(f); }
        int fdatasync(int f) { return fails_on(f, "sync") ? -1 : REAL(fdatasync)(f); }
        int ftruncate(int f, off_t n) { return fails_on(f, "truncate") ? -1 : REAL(ftruncate)(f, n); }
        int ftruncate64(int f, off64_t n) { return fails_on(f, "truncate") ? -1 : REAL(ftruncate64)(f, n); }
        int rename(const char *a, const char *b) { return fails(b, "rename") ? -1 : REAL(rename)(a, b); }
        int renameat(int x, const char *a, int y, const char *b) { return fails(b, "rename") ? -1 : REAL(renameat)(x, a, y, b); }

        """#
}
