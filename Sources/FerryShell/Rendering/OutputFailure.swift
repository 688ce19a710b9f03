import FerryCore
import FerryLinux
import Glibc
import Synchronization

/// Output that is lost because standard output does not take it, a full disk for instance: said once, and an exit code of 1.
enum OutputFailure {
    private static let happened = Atomic<Bool>(false)

    /// - Parameter number: `errno` of the write. A reader that has gone (`EPIPE`) wants no more, which is no failure.
    static func note(_ number: Int32) {
        guard number != EPIPE, !happened.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let failure = Failure(errno: number, "write to standard output")
        TerminalHost.send("ferry: \(failure.explanation)\n", to: STDERR_FILENO)
    }

    /// What the program ends with, given the code its work ended with.
    static func exitCode(_ code: Int32) -> Int32 {
        code == 0 && happened.load(ordering: .acquiring) ? 1 : code
    }
}
