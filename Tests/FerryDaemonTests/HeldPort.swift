import Glibc
import Testing

/// A TCP port that is taken, though nobody listens on it: connecting is refused, and so is listening.
final class HeldPort: Sendable {
    private let descriptor: Int32

    init(_ address: String, _ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        try #require(unsafe inet_pton(AF_INET, address, &place.sin_addr) == 1)
        let descriptor = descriptor
        let result = unsafe withUnsafePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    func close() { Glibc.close(descriptor) }
}
