import Glibc
import Synchronization

/// Ctrl-C: a flag set by the signal, and someone to tell.
///
/// The handler only stores and writes one byte to a pipe, which is all a signal handler may do. A thread of its own reads the
/// pipe and tells whoever runs the current pipeline.
package enum TerminalInterrupt {
    private static let requested = Atomic<Bool>(false)
    private static let pipeWriter = Atomic<Int32>(-1)
    private static let listener = Mutex<(@Sendable () -> Void)?>(nil)

    package static var wasRequested: Bool { requested.load(ordering: .acquiring) }

    package static func clear() { requested.store(false, ordering: .releasing) }

    /// Who is told of the next Ctrl-C; nil for nobody.
    package static func setListener(_ action: (@Sendable () -> Void)?) {
        listener.withLock { $0 = action }
    }

    /// Installs the handler, once a process. System calls are not restarted, so that a blocked read at the prompt returns.
    package static func install() {
        guard pipeWriter.load(ordering: .acquiring) < 0 else { return }
        var ends: [Int32] = [-1, -1]
        // SAFETY: pipe fills the two elements of the array it is given.
        guard unsafe pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reader = ends[0]
        pipeWriter.store(ends[1], ordering: .releasing)
        var action = sigaction()
        // SAFETY: the handler touches atomics and write(2) only.
        unsafe action.__sigaction_handler.sa_handler = { _ in
            TerminalInterrupt.requested.store(true, ordering: .releasing)
            var byte: UInt8 = 1
            let writer = TerminalInterrupt.pipeWriter.load(ordering: .acquiring)
            _ = unsafe write(writer, &byte, 1)
        }
        action.sa_flags = 0
        _ = unsafe sigaction(SIGINT, &action, nil)
        var thread = pthread_t()
        let argument = unsafe UnsafeMutableRawPointer(bitPattern: Int(reader))
        // SAFETY: the argument is the descriptor's number, not a pointer that is followed.
        _ = unsafe pthread_create(
            &thread, nil,
            { argument in
                let reader = Int32(Int(bitPattern: argument))
                var byte: UInt8 = 0
                while true {
                    let count = unsafe read(reader, &byte, 1)
                    if count == 1 {
                        TerminalInterrupt.listener.withLock { $0 }?()
                    } else if count == 0 || errno != EINTR {
                        return nil
                    }
                }
            }, argument)
        _ = pthread_detach(thread)
    }
}
