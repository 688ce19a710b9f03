package import FerryCore
import FerryLinux
import Glibc

/// The addresses of this computer.
package enum LocalAddresses {
    /// All IPv4 and IPv6 addresses of interfaces that are up, loopback ones last, link-local IPv6 left out: they need a scope
    /// that the other host does not know.
    package static func all() throws(Failure) -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        // SAFETY: the list is walked by its own links and freed once, after the walk.
        guard unsafe getifaddrs(&list) == 0 else { throw Failure(errno: errno, "list the addresses of this computer") }
        defer { unsafe freeifaddrs(list) }
        var ordinary: [String] = []
        var loopback: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ifa_next
            let flags = unsafe entry.pointee.ifa_flags
            guard let address = unsafe entry.pointee.ifa_addr, flags & UInt32(IFF_UP) != 0,
                let bytes = unsafe bytes(of: address)
            else { continue }
            if bytes.count == 16, bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { continue }
            let text = Subnet.text(ofAddress: bytes)
            if flags & UInt32(IFF_LOOPBACK) != 0 { loopback.append(text) } else { ordinary.append(text) }
        }
        return ordinary + loopback
    }

    private static func bytes(of address: UnsafeMutablePointer<sockaddr>) -> [UInt8]? {
        let family = unsafe Int32(address.pointee.sa_family)
        // SAFETY: the family says which structure is behind the pointer; its address field is copied.
        switch family {
        case AF_INET:
            return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                unsafe withUnsafeBytes(of: $0.pointee.sin_addr) { unsafe Array($0) }
            }
        case AF_INET6:
            return unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                unsafe withUnsafeBytes(of: $0.pointee.sin6_addr) { unsafe Array($0) }
            }
        default: return nil
        }
    }
}

extension HostEnvironment {
    /// The addresses on which this host takes part in migrations, best network first; by `useAnyNetwork` all of them.
    ///
    /// A host that listens on one address has only that one: several runtimes may share a computer.
    package func migrationAddresses() throws(Failure) -> [String] {
        let listen = configuration.listenAddress
        let candidates = ["0.0.0.0", "::", "*", ""].contains(listen) ? try LocalAddresses.all() : [listen]
        let settings = settings.current
        guard !settings.useAnyNetwork else { return candidates }
        return settings.networks.accepted(among: candidates)
    }
}
