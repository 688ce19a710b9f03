package import FerryCore

/// Everything the two hosts say to each other while a machine moves.
package enum Message: Sendable, Equatable {
    case hello(HelloMessage)
    case accept(AcceptMessage)
    case lanes(LanesMessage)
    case bootFile(BootFileMessage)
    case bootFileBytes(BootFileBytesMessage)
    case extentMap(ExtentMapMessage)
    case prepared(PreparedMessage)
    case roundBegin(RoundBeginMessage)
    case roundEnd(RoundEndMessage)
    case roundSealed(RoundSealedMessage)
    case connectionLost(ConnectionLostMessage)
    case connectionRetired(ConnectionRetiredMessage)
    case releaseDisks(ReleaseDisksMessage)
    case disksReleased(DisksReleasedMessage)
    case deviceState(DeviceStateMessage)
    case memoryDigest(MemoryDigestMessage)
    case ready(ReadyMessage)
    case grant(GrantMessage)
    case running(RunningMessage)
    case refused(RefusedMessage)
    case gone(GoneMessage)
    case failure(FailureMessage)
    case heartbeat(HeartbeatMessage)
    case cancel(CancelMessage)
    case opening(OpeningMessage)
    case opened(OpenedMessage)
    case item(ItemMessage)
    case acknowledgement(AcknowledgementMessage)

    private var content: any WireMessage {
        switch self {
        case .hello(let message): message
        case .accept(let message): message
        case .lanes(let message): message
        case .bootFile(let message): message
        case .bootFileBytes(let message): message
        case .extentMap(let message): message
        case .prepared(let message): message
        case .roundBegin(let message): message
        case .roundEnd(let message): message
        case .roundSealed(let message): message
        case .connectionLost(let message): message
        case .connectionRetired(let message): message
        case .releaseDisks(let message): message
        case .disksReleased(let message): message
        case .deviceState(let message): message
        case .memoryDigest(let message): message
        case .ready(let message): message
        case .grant(let message): message
        case .running(let message): message
        case .refused(let message): message
        case .gone(let message): message
        case .failure(let message): message
        case .heartbeat(let message): message
        case .cancel(let message): message
        case .opening(let message): message
        case .opened(let message): message
        case .item(let message): message
        case .acknowledgement(let message): message
        }
    }

    package var tag: MessageTag { type(of: content).tag }

    /// Header and body: what one record carries.
    package func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.put(tag.rawValue)
        writer.put(UInt16(0))
        writer.put(UInt32(0))
        content.encode(into: &writer)
        writer.replace(at: 4, with: UInt32(writer.bytes.count - WireProtocol.headerLength))
        return writer.bytes
    }

    /// Reads what one record carried. Anything but exactly one message is a failure.
    package init(decoding bytes: [UInt8]) throws(Failure) {
        // SAFETY: UInt8 has no padding.
        let (tag, body) = try Self.header(of: unsafe bytes.span.bytes)
        var reader = WireReader(bytes[body...], of: "\(tag)")
        self =
            switch tag {
            case .hello: .hello(try HelloMessage(from: &reader))
            case .accept: .accept(try AcceptMessage(from: &reader))
            case .lanes: .lanes(try LanesMessage(from: &reader))
            case .bootFile: .bootFile(try BootFileMessage(from: &reader))
            case .bootFileBytes: .bootFileBytes(try BootFileBytesMessage(from: &reader))
            case .extentMap: .extentMap(try ExtentMapMessage(from: &reader))
            case .prepared: .prepared(try PreparedMessage(from: &reader))
            case .roundBegin: .roundBegin(try RoundBeginMessage(from: &reader))
            case .roundEnd: .roundEnd(try RoundEndMessage(from: &reader))
            case .roundSealed: .roundSealed(try RoundSealedMessage(from: &reader))
            case .connectionLost: .connectionLost(try ConnectionLostMessage(from: &reader))
            case .connectionRetired: .connectionRetired(try ConnectionRetiredMessage(from: &reader))
            case .releaseDisks: .releaseDisks(try ReleaseDisksMessage(from: &reader))
            case .disksReleased: .disksReleased(try DisksReleasedMessage(from: &reader))
            case .deviceState: .deviceState(try DeviceStateMessage(from: &reader))
            case .memoryDigest: .memoryDigest(try MemoryDigestMessage(from: &reader))
            case .ready: .ready(try ReadyMessage(from: &reader))
            case .grant: .grant(try GrantMessage(from: &reader))
            case .running: .running(try RunningMessage(from: &reader))
            case .refused: .refused(try RefusedMessage(from: &reader))
            case .gone: .gone(try GoneMessage(from: &reader))
            case .failure: .failure(try FailureMessage(from: &reader))
            case .heartbeat: .heartbeat(try HeartbeatMessage(from: &reader))
            case .cancel: .cancel(try CancelMessage(from: &reader))
            case .opening: .opening(try OpeningMessage(from: &reader))
            case .opened: .opened(try OpenedMessage(from: &reader))
            case .item: .item(try ItemMessage(from: &reader))
            case .acknowledgement: .acknowledgement(try AcknowledgementMessage(from: &reader))
            }
        try reader.finish()
    }

    /// Tag and start of the body; the body's length is what the header says it is.
    static func header(of bytes: RawSpan) throws(Failure) -> (tag: MessageTag, body: Int) {
        let headerLength = WireProtocol.headerLength
        guard bytes.byteCount >= headerLength, bytes.byteCount <= WireProtocol.messageLimit else {
            throw Failure(
                TransferFault.protocolViolation, "The other host sent a message of \(bytes.byteCount) bytes.")
        }
        let number = bytes.littleEndian16(at: 0)
        guard let tag = MessageTag(rawValue: number), bytes.littleEndian16(at: 2) == 0 else {
            throw Failure(
                TransferFault.protocolViolation, "The other host sent a message with the unknown tag \(number).")
        }
        guard Int(bytes.littleEndian32(at: 4)) == bytes.byteCount - headerLength else {
            throw Failure(
                TransferFault.protocolViolation,
                "The other host sent a message '\(tag)' whose length \(bytes.littleEndian32(at: 4)) is not what came.")
        }
        return (tag, headerLength)
    }
}
