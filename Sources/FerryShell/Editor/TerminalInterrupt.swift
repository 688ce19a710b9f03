import FerryLinux
import Glibc
import Synchronization

/// Ctrl-C: a flag set by the signal, and someone to tell.
///
/// The handler only stores and writes to two descriptors, which is all a signal handler may do. The program's first thread reads
/// the pipe (`serve`) and tells whoever runs the current pipeline; whoever waits for keys waits for `wakeDescriptor` as well,
/// because the signal may have come to any thread.
package enum TerminalInterrupt {
    private static let requested = Atomic<Bool>(false)
    private static let pipeReader = Atomic<Int32>(-1)
    private static let pipeWriter = Atomic<Int32>(-1)
    private static let wakeReader = Atomic<Int32>(-1)
    private static let wakeWriter = Atomic<Int32>(-1)
    /// How often the signal came, and of how many times the listener has been told.
    private static let raised = Atomic<Int>(0)
    private static let told = Atomic<Int>(0)
    private static let toldReader = Atomic<Int32>(-1)
    private static let toldWriter = Atomic<Int32>(-1)
    private static let listener = Mutex<(@Sendable () -> Void)?>(nil)

    package static var wasRequested: Bool { requested.load(ordering: .acquiring) }

    /// Readable from Ctrl-C until `clear`; −1 before `install`.
    static var wakeDescriptor: Int32 { wakeReader.load(ordering: .acquiring) }

    package static func clear() {
        awaitListener()
        requested.store(false, ordering: .releasing)
        drain()
    }

    /// Until the listener has been told of every Ctrl-C there was: who goes on to clear what it raised would be too early, and the
    /// next command would be stopped for the one before. At most a second.
    private static func awaitListener() {
        let wanted = raised.load(ordering: .acquiring)
        while told.load(ordering: .acquiring) < wanted {
            var wait = pollfd(fd: toldReader.load(ordering: .acquiring), events: Int16(POLLIN), revents: 0)
            // SAFETY: one descriptor.
            guard unsafe poll(&wait, 1, 1000) > 0 else { return }
            empty(wait.fd)
        }
    }

    /// Wakes whoever waits for `wakeDescriptor`. May be called in a signal handler.
    static func wake() {
        var byte: UInt8 = 0
        // SAFETY: one byte. The descriptor does not block.
        _ = unsafe write(wakeWriter.load(ordering: .acquiring), &byte, 1)
    }

    /// Takes back what woke the waiter.
    static func drain() { empty(wakeDescriptor) }

    private static func empty(_ descriptor: Int32) {
        var bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        // SAFETY: into an array of that size. The descriptor does not block.
        while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
    }

    /// Who is told of the next Ctrl-C; nil for nobody.
    package static func setListener(_ action: (@Sendable () -> Void)?) {
        listener.withLock { $0 = action }
    }

    /// Installs the handler, once a process. System calls are not restarted.
    package static func install() {
        guard pipeWriter.load(ordering: .acquiring) < 0 else { return }
        var (ends, wakeEnds, toldEnds): ([Int32], [Int32], [Int32]) = ([-1, -1], [-1, -1], [-1, -1])
        guard SpawnSupport.pipe(&ends) == 0, SpawnSupport.pipe(&wakeEnds) == 0, SpawnSupport.pipe(&toldEnds) == 0 else {
            return
        }
        // Never read while a pipeline runs: they may fill up, and a signal handler must not wait.
        for end in wakeEnds + toldEnds { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        pipeReader.store(ends[0], ordering: .releasing)
        wakeReader.store(wakeEnds[0], ordering: .releasing)
        wakeWriter.store(wakeEnds[1], ordering: .releasing)
        toldReader.store(toldEnds[0], ordering: .releasing)
        toldWriter.store(toldEnds[1], ordering: .releasing)
        pipeWriter.store(ends[1], ordering: .releasing)
        var action = sigaction()
        // SAFETY: the handler touches atomics and write(2) only.
        unsafe action.__sigaction_handler.sa_handler = { _ in
            TerminalInterrupt.requested.store(true, ordering: .releasing)
            TerminalInterrupt.raised.add(1, ordering: .acquiringAndReleasing)
            var byte: UInt8 = 1
            let writer = TerminalInterrupt.pipeWriter.load(ordering: .acquiring)
            _ = unsafe write(writer, &byte, 1)
            _ = unsafe write(TerminalInterrupt.wakeWriter.load(ordering: .acquiring), &byte, 1)
        }
        action.sa_flags = 0
        _ = unsafe sigaction(SIGINT, &action, nil)
    }

    /// Tells of each Ctrl-C until `endService`. For the thread that called `install`.
    package static func serve() {
        let reader = pipeReader.load(ordering: .acquiring)
        var byte: UInt8 = 0
        while true {
            // SAFETY: one byte.
            let count = unsafe read(reader, &byte, 1)
            if count == 1, byte == endMark { return }
            if count == 1 {
                listener.withLock { $0 }?()
                told.add(1, ordering: .acquiringAndReleasing)
                _ = unsafe write(toldWriter.load(ordering: .acquiring), &byte, 1)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    /// The byte that ends `serve`; the handler writes another.
    private static let endMark: UInt8 = 0

    package static func endService() {
        var byte = endMark
        // SAFETY: one byte.
        _ = unsafe write(pipeWriter.load(ordering: .acquiring), &byte, 1)
    }
}
