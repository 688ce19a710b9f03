package import FerryCore

/// The target's answer to hello: the version and the capabilities both use from here on.
package struct AcceptMessage: WireMessage {
    static let tag = MessageTag.accept

    package var version: UInt16
    package var capabilities: Capabilities

    package init(version: UInt16, capabilities: Capabilities) {
        self.version = version
        self.capabilities = capabilities
    }

    func encode(into writer: inout WireWriter) {
        writer.put(version)
        writer.put(capabilities.rawValue)
    }

    init(from reader: inout WireReader) throws(Failure) {
        version = try reader.take()
        capabilities = Capabilities(rawValue: try reader.take())
    }
}

extension AcceptMessage {
    /// The newest version both speak, and what both can do.
    package static func answer(to hello: HelloMessage, offering capabilities: Capabilities) throws(Failure)
        -> AcceptMessage
    {
        let newest = min(hello.newestVersion, WireProtocol.newestVersion)
        guard newest >= max(hello.oldestVersion, WireProtocol.oldestVersion) else {
            throw Failure(
                TransferFault.peerTooOld,
                "The hosts have no version of the migration protocol in common: one speaks \(hello.oldestVersion) to "
                    + "\(hello.newestVersion), the other \(WireProtocol.oldestVersion) to \(WireProtocol.newestVersion)."
            )
        }
        return AcceptMessage(version: newest, capabilities: hello.capabilities.intersection(capabilities))
    }
}
