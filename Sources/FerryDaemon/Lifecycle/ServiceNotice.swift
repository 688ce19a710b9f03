import Glibc

/// Tells the service manager how ferryd is doing (sd_notify's protocol): one datagram to the socket in NOTIFY_SOCKET.
enum ServiceNotice: String {
    case ready = "READY=1"
    case stopping = "STOPPING=1"

    /// Does nothing without a service manager. A manager that does not listen is not ferryd's trouble.
    func send() {
        // SAFETY: the environment's text is copied at once.
        guard let pointer = unsafe getenv("NOTIFY_SOCKET") else { return }
        let path = Array(unsafe String(cString: pointer).utf8)
        var address = sockaddr_un()
        guard let first = path.first, path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        // An @ stands for the zero byte of an abstract address, whose length counts.
        let bytes = first == UInt8(ascii: "@") ? [0] + path.dropFirst() : path
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count

        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array(rawValue.utf8)
        // SAFETY: a sockaddr_un is one of the shapes behind sockaddr; `length` covers the family and the path's bytes.
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), generic, socklen_t(length))
            }
        }
    }
}
