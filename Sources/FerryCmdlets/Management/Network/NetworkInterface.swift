import Glibc

/// The interface of this computer that packets to an address leave by.
struct NetworkInterface {
    /// This computer's address there, in digits.
    let source: String
    /// Its name: `eth0`.
    let name: String?

    /// - Returns: nil when there is no way to the address.
    init?(to address: HostAddress) {
        // Connecting a datagram socket sends nothing: the kernel only looks the way up.
        let descriptor = socket(address.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var own = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
        var size = socklen_t(own.count)
        let isKnown = unsafe address.bytes(port: 9).withUnsafeBytes { raw in
            // SAFETY: the bytes are a sockaddr of that length.
            guard let start = raw.baseAddress else { return false }
            return unsafe Glibc.connect(
                descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) == 0
        }
        let isNamed = unsafe own.withUnsafeMutableBytes { raw in
            // SAFETY: at most the buffer's own size is written.
            guard let start = raw.baseAddress else { return false }
            return unsafe getsockname(descriptor, start.assumingMemoryBound(to: sockaddr.self), &size) == 0
        }
        guard isKnown, isNamed, let found = HostAddress(family: address.family, bytes: Array(own[..<Int(size)])) else {
            return nil
        }
        source = found.text
        name = Self.name(of: found)
    }

    private static func name(of address: HostAddress) -> String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        // SAFETY: the list is read while it lives and freed before returning.
        guard unsafe getifaddrs(&list) == 0 else { return nil }
        defer { unsafe freeifaddrs(list) }
        var entry = unsafe list
        while let current = unsafe entry {
            if let place = unsafe current.pointee.ifa_addr, unsafe Int32(place.pointee.sa_family) == address.family {
                let count = address.isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
                let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: place, count: count))
                if HostAddress(family: address.family, bytes: bytes)?.text == address.text {
                    return unsafe String(cString: current.pointee.ifa_name)
                }
            }
            unsafe entry = current.pointee.ifa_next
        }
        return nil
    }
}
