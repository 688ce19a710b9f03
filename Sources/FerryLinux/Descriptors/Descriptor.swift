package import FerryCore
import CLinux
import Glibc

/// One open descriptor with exactly one owner; it is closed when the owner is gone.
@safe
package struct Descriptor: ~Copyable, Sendable {
    private let number: Int32

    /// Takes over a number that nobody else closes.
    package init(adopting number: Int32) {
        precondition(number >= 0, "A negative number is no descriptor.")
        self.number = number
    }

    deinit { _ = close(number) }

    /// Opens `path`; close-on-exec is always set. `flags` are `O_…`.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(Failure) -> Descriptor {
        // SAFETY: the path is a zero-terminated copy that outlives the call.
        let result = unsafe ferry_open(path, flags, mode)
        guard result >= 0 else { throw Failure(errno: result, "open \(path)", target: path) }
        return Descriptor(adopting: result)
    }

    /// Lends the number to `body`. It must not be closed there, nor kept.
    package borrowing func withRaw<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
        try body(number)
    }

    /// A second descriptor of the same open file.
    package borrowing func duplicate() throws(Failure) -> Descriptor {
        let result = ferry_duplicate(number)
        guard result >= 0 else { throw Failure(errno: result, "duplicate a descriptor") }
        return Descriptor(adopting: result)
    }

    /// Gives the number away: the caller closes it from now on.
    package consuming func release() -> Int32 {
        let result = number
        discard self
        return result
    }
}

/// A descriptor that several threads share; closed when the last of them has let go.
package final class SharedDescriptor: Sendable {
    private let descriptor: Descriptor

    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Lends the number to `body`. It must not be closed there, nor kept.
    package func withRaw<Result, E: Error>(_ body: (Int32) throws(E) -> Result) throws(E) -> Result {
        try descriptor.withRaw(body)
    }

    package func duplicate() throws(Failure) -> Descriptor { try descriptor.duplicate() }
}
