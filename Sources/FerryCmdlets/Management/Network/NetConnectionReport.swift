import FerryEngine

/// What Test-NetConnection puts out: `TestNetConnectionResult`.
struct NetConnectionReport {
    static let type = RuntimeType("TestNetConnectionResult")

    let value: Value

    /// - Parameters:
    ///   - address: nil where the name is not known.
    ///   - isOpen: of the port, where one was asked for.
    ///   - reply: of the echo request, where one was sent and answered or not.
    init(_ name: String, address: HostAddress?, port: Int?, isOpen: Bool?, reply: PingReply?) {
        let interface = address.flatMap { NetworkInterface(to: $0) }
        let answered = reply?.status == .success
        let object = CustomObject(
            [
                ("ComputerName", .string(name)), ("RemoteAddress", address?.value ?? .null),
                ("RemotePort", .count(port ?? 0)), ("InterfaceAlias", .optional(interface?.name)),
                ("SourceAddress", .optional(interface?.source)), ("PingSucceeded", .bool(answered)),
                ("PingReplyDetails", reply?.value ?? .null), ("TcpTestSucceeded", .bool(isOpen == true)),
                ("NameResolutionSucceeded", .bool(address != nil)),
            ], type: Self.type)
        let shown: String? =
            if address == nil { "#Name" } else if isOpen == nil { "#Ping" } else if isOpen == true { "#Port" } else {
                nil
            }
        if let shown { object.insertedTypeNames = [Self.type.fullName + shown] }
        value = .object(object)
    }
}
