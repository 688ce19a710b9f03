import Glibc

/// The addresses of this computer on which a host may listen.
enum HostAddresses {
    /// Whether `text` stands for all addresses.
    static func isWildcard(_ text: String) -> Bool { text == "0.0.0.0" || text == "::" || text.isEmpty }

    /// Addresses of interfaces that are up, in the kernel's order; link-local IPv6 ones never, because they mean
    /// nothing to
    /// another host without their interface.
    static func all() -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        // SAFETY: the list is the call's own and freed at the end; nothing of it is kept.
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: [String] = []
        var entry = unsafe list
        while let current = unsafe entry {
            defer { unsafe entry = current.pointee.ifa_next }
            guard unsafe Int32(bitPattern: current.pointee.ifa_flags) & Int32(IFF_UP) != 0,
                let address = unsafe current.pointee.ifa_addr
            else { continue }
            // SAFETY: the family says which structure the kernel put behind the address, and so how many bytes there
            // are.
            let raw = UnsafeRawPointer(address)
            switch Int32(unsafe address.pointee.sa_family) {
            case AF_INET:
                found.append(Subnet.text(ofAddress: unsafe [UInt8](UnsafeRawBufferPointer(start: raw + 4, count: 4))))
            case AF_INET6:
                let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: raw + 8, count: 16))
                if bytes[0] != 0xFE || bytes[1] & 0xC0 != 0x80 { found.append(Subnet.text(ofAddress: bytes)) }
            default: break
            }
        }
        return found
    }

    /// Where this host accepts migrations, best network first.
    static func accepting(_ settings: HostSettings, listenAddress: String) -> [String] {
        let own = isWildcard(listenAddress) ? all() : [listenAddress]
        guard settings.useAnyNetwork else { return settings.networks.accepted(among: own) }
        // Loopback is no way for another host to come, unless it is all there is.
        let outside = own.filter { !$0.hasPrefix("127.") && $0 != "::1" }
        return outside.isEmpty ? own : outside
    }

    /// Whether this host's own networks let it send to `address`.
    ///
    /// A network of a single address says where this host receives; no other host can be in it, so it forbids no
    /// sending.
    static func maySend(to address: String, _ settings: HostSettings) -> Bool {
        guard !settings.useAnyNetwork else { return true }
        if !settings.networks.accepted(among: [address]).isEmpty { return true }
        return settings.networks.entries.contains { $0.subnet.prefixLength == $0.subnet.address.count * 8 }
    }
}
