import FerryCore
import FerryLinux
import FerryTestKit

/// A process whose memory the tests track: it maps a RAM file and touches pages on command, as a hypervisor would.
///
/// The program is a few lines of C, because it must hold nothing but the mapping and be free of our own tracker.
final class Toucher {
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/stat.h>
        #include <unistd.h>
        int main(int count, char **words) {
            int file = open(words[1], O_RDWR), zero = open("/dev/zero", O_RDONLY);
            struct stat status;
            fstat(file, &status);
            size_t size = status.st_size, half = size / 2;
            char *whole, *other = 0;
            if (count > 2) {
                /* The upper half below the lower one: two mappings that no kernel can join. */
                char *room = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                other = mmap(room + half, half, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
                whole = mmap(room, half, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, half);
            } else {
                whole = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            }
            puts("ready");
            fflush(stdout);
            char kind;
            long page;
            while (scanf(" %c %ld", &kind, &page) == 2) {
                size_t offset = page * 4096;
                volatile char *at = !other ? whole + offset : offset < half ? other + offset : whole + offset - half;
                switch (kind) {
                case 'w': ++*at; break;
                case 'r': (void)*at; break;
                case 'k': if (read(zero, (void *)at, 100) != 100) return 3; break;
                case 'd': madvise((void *)at, 4096, MADV_DONTNEED); break;
                case '.': puts("done"); fflush(stdout); break;
                }
            }
            return 0;
        }
        """

    let process: ProcessHandle
    let file: RAMFile
    private let terminal: StreamSocket
    private let folder: TemporaryDirectory

    static let requirement = Requirement.program("cc", package: "gcc")

    /// - Parameters:
    ///   - preloaded: with the library that opens the userfaultfd.
    ///   - split: the file is mapped in two halves that lie apart.
    init(pages: UInt64, preloaded: Bool = true, split: Bool = false) throws {
        folder = try TemporaryDirectory(inMemory: true)
        let source = try folder.write("toucher.c", Self.source)
        let program = folder.file("toucher")
        _ = try Command(try Program.require("cc", package: "gcc"), ["-O1", "-w", "-o", program, source])
            .runSuccessfully()
        file = try RAMFile.create(folder.file("ram"), size: pages * 4096)
        var start = Program(program, [file.path] + (split ? ["split"] : []))
        if preloaded { start.environment["LD_PRELOAD"] = try BuiltProduct.guestMemoryLibrary() }
        let (mine, theirs) = try StreamSocket.pair()
        terminal = mine
        start.input = .descriptor(theirs.forProgram())
        start.output = .descriptor(theirs.forProgram())
        start.error = .appending(folder.file("log"))
        process = try start.start()
        _ = try terminal.readFully(6, until: .scaled(.seconds(20)))
    }

    deinit { _ = try? process.kill() }

    /// Touches pages in this order and returns when it is done: `w` writes, `r` reads, `k` lets the kernel write, `d` gives up
    /// the page-table entry.
    func touch(_ acts: [(kind: Character, page: Int)]) throws {
        let text = acts.map { "\($0.kind) \($0.page)\n" }.joined() + ". 0\n"
        try terminal.writeFully(Array(text.utf8), until: .scaled(.seconds(20)))
        _ = try terminal.readFully(5, until: .scaled(.seconds(20)))
    }

    func write(_ pages: [Int]) throws { try touch(pages.map { ("w", $0) }) }
}

extension ExtentSet {
    /// The pages of 4096 bytes it covers.
    var pages: Set<Int> {
        Set(extents.flatMap { Int($0.offset / 4096)..<Int($0.end / 4096) })
    }
}
