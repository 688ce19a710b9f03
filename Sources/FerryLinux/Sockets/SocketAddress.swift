import CLinux
package import FerryCore
import Glibc

/// Where a stream socket listens or connects: an IP address with port, or a path.
package struct SocketAddress: Sendable, CustomStringConvertible {
    /// Address as text, or the path.
    package let host: String
    /// 0 for a path.
    package let port: UInt16
    package let isPath: Bool
    let raw: ferry_address

    private init(raw: ferry_address, host: String, port: UInt16, isPath: Bool) {
        self.raw = raw
        self.host = host
        self.port = port
        self.isPath = isPath
    }

    init(raw: ferry_address) {
        var address = raw
        var text = [CChar](repeating: 0, count: 128)
        var port: UInt16 = 0
        // SAFETY: the call reads the local copy and writes at most `count` bytes, zero-terminated.
        let result = unsafe ferry_address_text(&address, &text, text.count, &port)
        let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.init(raw: raw, host: result == 0 ? host : "?", port: port, isPath: false)
    }

    package static func path(_ path: String) throws(Failure) -> SocketAddress {
        var address = ferry_address()
        // SAFETY: a zero-terminated copy of the path and a local structure of the type the call fills.
        let result = unsafe ferry_unix_address(path, &address)
        guard result == 0 else {
            throw Failure(
                LinuxFault.invalidPath, "The path of a socket may have 107 bytes; \(path) has \(path.utf8.count).",
                target: path)
        }
        return SocketAddress(raw: address, host: path, port: 0, isPath: true)
    }

    /// All addresses of `host` (a name or an address) in the resolver's order. May wait for name servers.
    package static func resolve(_ host: String, port: UInt16, forListening: Bool = false) throws(Failure)
        -> [SocketAddress]
    {
        var found = [ferry_address](repeating: ferry_address(), count: 16)
        var code: Int32 = 0
        // SAFETY: the call fills at most `count` elements.
        let count = unsafe ferry_resolve(host, port, forListening ? 1 : 0, &found, Int32(found.count), &code)
        guard count > 0 else { throw Failure(resolver: code, host: host) }
        return found[..<Int(count)].map(SocketAddress.init(raw:))
    }

    package var isIPv6: Bool { !isPath && host.contains(":") }

    /// `10.0.0.1:6600`, `[fd00::1]:6600`, or the path.
    package var description: String {
        if isPath { return host }
        return isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
