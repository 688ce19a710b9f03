import FerryEngine
import Glibc

/// An address of a computer, and what the resolver says of names.
struct HostAddress {
    /// `AF_INET` or `AF_INET6`.
    let family: Int32
    /// The `sockaddr` as the system has it.
    let bytes: [UInt8]
    /// In digits.
    let text: String

    var isV6: Bool { family == AF_INET6 }

    /// What scripts see.
    var value: Value { AddressObject(text).map { .object($0) } ?? .string(text) }

    /// The addresses of a name or of digits, in the resolver's order, and the name's own spelling. The resolver bounds its waiting.
    ///
    /// - Returns: no addresses when it is not known.
    static func look(up name: String) -> (canonical: String, addresses: [HostAddress]) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_CANONNAME
        var list: UnsafeMutablePointer<addrinfo>?
        // SAFETY: the list is read while it lives and freed before returning.
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return (name, []) }
        defer { unsafe freeaddrinfo(list) }
        var canonical = name
        if let first = unsafe list, let text = unsafe first.pointee.ai_canonname {
            canonical = unsafe String(cString: text)
        }
        var found: [HostAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let place = unsafe current.pointee.ai_addr {
                let count = unsafe Int(current.pointee.ai_addrlen)
                let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: place, count: count))
                if let address = unsafe HostAddress(family: current.pointee.ai_family, bytes: bytes) {
                    found.append(address)
                }
            }
            unsafe entry = current.pointee.ai_next
        }
        return (canonical, found)
    }

    /// nil for families other than the Internet's.
    init?(family: Int32, bytes: [UInt8]) {
        guard family == AF_INET || family == AF_INET6, let text = Self.name(bytes, NI_NUMERICHOST) else { return nil }
        self.family = family
        self.bytes = bytes
        self.text = text
    }

    /// The name that belongs to the address, if any does.
    var hostName: String? { Self.name(bytes, NI_NAMEREQD) }

    private static func name(_ bytes: [UInt8], _ flags: Int32) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe bytes.withUnsafeBytes { raw in
            // SAFETY: the bytes are a sockaddr of that length; at most the buffer's own size is written.
            guard let start = raw.baseAddress else { return EAI_NONAME }
            return unsafe getnameinfo(
                start.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count), &text, socklen_t(text.count), nil,
                0,
                flags)
        }
        guard code == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The same address with a port, in the network's order of bytes.
    func bytes(port: UInt16) -> [UInt8] {
        var copy = bytes
        if copy.count > 3 { (copy[2], copy[3]) = (UInt8(port >> 8), UInt8(truncatingIfNeeded: port)) }
        return copy
    }
}
