import CLinux
package import FerryCore
import Glibc

/// Both ends of a pipe until they are taken.
package final class Pipe {
    private var reading: Int32
    private var writing: Int32

    package init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the call fills the two elements.
        let result = unsafe ferry_pipe(&ends)
        guard result == 0 else { throw Failure(errno: result, "make a pipe") }
        reading = ends[0]
        writing = ends[1]
    }

    package func takeReading() -> SharedDescriptor { take(&reading) }
    package func takeWriting() -> SharedDescriptor { take(&writing) }

    private func take(_ number: inout Int32) -> SharedDescriptor {
        defer { number = -1 }
        return SharedDescriptor(Descriptor(adopting: number))
    }

    deinit {
        if reading >= 0 { _ = close(reading) }
        if writing >= 0 { _ = close(writing) }
    }
}
