import FerryCore
import FerryLinux
import Glibc

/// A connection from a chosen loopback address, as from another computer.
final class BoundConnection: Sendable {
    private let descriptor: Int32

    init(from source: String, to target: String, port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(errno: errno, "make a socket", target: target) }
        for (attempt, address, port) in [("bind", source, 0), ("connect", target, port)] as [(String, String, UInt16)] {
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = port.bigEndian
            // SAFETY: zero-terminated text and a local structure, both of which outlive the calls.
            unsafe inet_pton(AF_INET, address, &place.sin_addr)
            let result = unsafe withUnsafePointer(to: &place) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
                    return unsafe attempt == "bind"
                        ? bind(descriptor, generic, size) : connect(descriptor, generic, size)
                }
            }
            guard result == 0 else { throw Failure(errno: errno, "\(attempt) \(address)", target: address) }
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        // SAFETY: the array outlives the call.
        let count = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard count == bytes.count else { throw Failure(errno: errno, "send", target: "the test") }
    }
}
