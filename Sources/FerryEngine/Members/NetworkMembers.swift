import Glibc

/// `[Net.Dns]` and `[Net.IPAddress]`.
enum NetworkMembers {
    static let tables: [TypeMembers] = [dns, address]

    /// The addresses of a name, each once, as the system's resolver gives them; the resolver limits its own waiting.
    private static func addresses(_ call: MethodCall, _ name: String) throws(Stop) -> [Value] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // SAFETY: the list is read while it lives and freed before returning.
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else {
            throw call.failed("System.Net.Sockets.SocketException", unsafe String(cString: gai_strerror(code)))
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [String] = []
        var entry = unsafe list
        while let current = unsafe entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let named = unsafe getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            if named == 0 {
                let shown = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if !found.contains(shown) { found.append(shown) }
            }
            unsafe entry = current.pointee.ai_next
        }
        return found.compactMap { AddressObject($0) }.map { .object($0) }
    }

    private static let dns = TypeMembers("System.Net.Dns") {
        $0.staticMethod("GetHostName", "static string GetHostName()", 0...0) { call throws(Stop) in
            .string(Environment.hostName)
        }
        $0.staticMethod(
            "GetHostAddresses", "static ipaddress[] GetHostAddresses(string hostNameOrAddress)", 1...1
        ) { call throws(Stop) in
            .array(ArrayObject(try addresses(call, try call.string(0)), of: .ipAddress))
        }
        $0.staticMethod(
            "GetHostEntry", "static System.Net.IPHostEntry GetHostEntry(string hostNameOrAddress)", 1...1
        ) { call throws(Stop) in
            let name = try call.string(0)
            return .object(
                CustomObject(
                    [
                        ("HostName", .string(name)), ("Aliases", .array(ArrayObject([], of: .string))),
                        ("AddressList", .array(ArrayObject(try addresses(call, name), of: .ipAddress))),
                    ], typeNames: ["System.Net.IPHostEntry"]))
        }
    }

    private static let address = TypeMembers("System.Net.IPAddress") {
        for (name, text) in [
            ("Loopback", "127.0.0.1"), ("Any", "0.0.0.0"), ("Broadcast", "255.255.255.255"), ("IPv6Loopback", "::1"),
            ("IPv6Any", "::"),
        ] {
            $0.constant(name, .ipAddress) { AddressObject(text).map { .object($0) } ?? .null }
        }
        $0.make { call throws(Stop) in
            guard call.count == 1 else { throw call.noOverload() }
            let given = call.arguments[0].plain
            let made: AddressObject? =
                if case .number(let number) = given { number.asInt64.flatMap { AddressObject(number: $0) } } else {
                    AddressObject(bytes: SystemMembers.bytes(try call.convert(0, .array(of: .byte))))
                }
            guard let made else {
                throw call.failed(
                    "System.ArgumentException", "An invalid IP address was specified. (Parameter 'address')")
            }
            return .object(made)
        }
        $0.method("GetAddressBytes", "byte[] GetAddressBytes()", 0...0) { call throws(Stop) in
            guard let address = call.target.asObject as? AddressObject else { throw call.noOverload() }
            return SystemMembers.byteArray(address.bytes)
        }
        $0.staticMethod("IsLoopback", "static bool IsLoopback(ipaddress address)", 1...1) { call throws(Stop) in
            guard let address = try call.convert(0, .ipAddress).asObject as? AddressObject else {
                throw call.noOverload()
            }
            return .bool(
                address.bytes.count == 4
                    ? address.bytes[0] == 127
                    : address.bytes.dropLast().allSatisfy { $0 == 0 } && address.bytes.last == 1)
        }
    }
}
