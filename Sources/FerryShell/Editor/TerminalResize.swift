import Glibc
import Synchronization

/// A terminal that changed its size: a flag set by the signal, seen by whoever waits for keys.
enum TerminalResize {
    private static let happened = Atomic<Bool>(false)

    /// Whether the size changed since the last time this was asked.
    static func take() -> Bool { happened.exchange(false, ordering: .acquiringAndReleasing) }

    static var isPending: Bool { happened.load(ordering: .acquiring) }

    /// Installs the handler. System calls are not restarted, so that a wait for keys ends.
    static func install() {
        var action = sigaction()
        // SAFETY: the handler touches an atomic and write(2) only.
        unsafe action.__sigaction_handler.sa_handler = { _ in
            TerminalResize.happened.store(true, ordering: .releasing)
            TerminalInterrupt.wake()
        }
        action.sa_flags = 0
        _ = unsafe sigaction(SIGWINCH, &action, nil)
    }
}
