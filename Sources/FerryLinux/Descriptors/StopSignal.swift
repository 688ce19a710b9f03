package import FerryCore
import CLinux
import Glibc

/// A flag that wakes threads which wait in poll(2). Once raised it stays raised.
package final class StopSignal: Sendable {
    private let descriptor: SharedDescriptor

    package init() throws(Failure) {
        let result = ferry_event_descriptor()
        guard result >= 0 else { throw Failure(errno: result, "make an event descriptor") }
        descriptor = SharedDescriptor(Descriptor(adopting: result))
    }

    package func raise() {
        descriptor.withRaw { number in
            var one: UInt64 = 1
            // SAFETY: eight bytes of a local. A full counter answers EAGAIN, and the flag is up then anyway.
            _ = unsafe write(number, &one, 8)
        }
    }

    package var isRaised: Bool { descriptor.withRaw { ferry_poll_one($0, Int16(POLLIN), 0) } > 0 }

    /// false when `deadline` passed first.
    package func wait(until deadline: Deadline) -> Bool {
        while true {
            if descriptor.withRaw({ ferry_poll_one($0, Int16(POLLIN), deadline.pollMilliseconds) }) > 0 { return true }
            if deadline.hasPassed { return false }
        }
    }

    func withRaw<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
        try descriptor.withRaw(body)
    }
}
