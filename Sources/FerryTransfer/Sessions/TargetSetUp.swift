import FerryCore

/// What the target has been told before the first round, checked as it comes: lanes, boot files, the map of what is to come.
struct TargetSetUp: ~Copyable {
    var capabilities: Capabilities = []
    var isPrepared = false
    private var hasLanes = false
    private var file: (message: BootFileMessage, received: UInt64)?
    private var digest: Digest?
    private var kinds: Set<BootFileKind> = []
    private var maps: [LaneKind: ExtentSet] = [:]
    private var sizes: [LaneKind: UInt64] = [:]

    init() {}

    private static func violation(_ what: String) -> Failure {
        Failure(TransferFault.protocolViolation, "The other host sent \(what).")
    }

    mutating func take(_ message: LanesMessage, expecting sinks: [any LaneSink]) throws(Failure) {
        guard !hasLanes else { throw Self.violation("its lanes twice") }
        for sink in sinks {
            guard let lane = message.lanes.first(where: { $0.kind == sink.kind }), lane.size == sink.size else {
                let offered = message.lanes.first { $0.kind == sink.kind }
                throw Failure(
                    TransferFault.protocolViolation,
                    "The machine's \(sink.kind) has \(ByteCount(offered?.size ?? 0)) at the source and \(ByteCount(sink.size)) here."
                )
            }
        }
        guard message.lanes.count == sinks.count else { throw Self.violation("\(message.lanes.count) lanes") }
        for lane in message.lanes { sizes[lane.kind] = lane.size }
        hasLanes = true
    }

    mutating func take(_ message: BootFileMessage) throws(Failure) {
        guard hasLanes, !isPrepared, file == nil, kinds.insert(message.kind).inserted else {
            throw Self.violation("a boot file out of turn")
        }
        guard message.size > 0, message.size <= BootFile.sizeLimit else {
            throw Self.violation("a boot file of \(message.size) bytes")
        }
        file = (message, 0)
        digest = try Digest()
    }

    mutating func take(
        _ message: BootFileBytesMessage, _ store: ([UInt8], BootFileKind, UInt64) throws(Failure) -> Void
    ) throws(Failure) {
        guard let (announced, received) = file, message.offset == received,
            UInt64(message.bytes.count) <= announced.size - received
        else { throw Self.violation("bytes of a boot file out of turn") }
        try store(message.bytes, announced.kind, received)
        digest?.update(message.bytes)
        let now = received + UInt64(message.bytes.count)
        file = (announced, now)
        guard now == announced.size else { return }
        file = nil
        let computed = digest.take()?.finish()
        guard computed == announced.digest else {
            throw Failure(
                TransferFault.checksumMismatch, "A file the machine boots from changed while it was sent.",
                advice: "Leave the machine's kernel and initial RAM disk as they are during Move-VM, then repeat it.")
        }
    }

    /// All maps, once the last has come.
    mutating func take(_ message: ExtentMapMessage) throws(Failure) -> [LaneKind: ExtentSet]? {
        guard hasLanes, !isPrepared, file == nil, let size = sizes[message.lane] else {
            throw Self.violation("a map of \(message.lane) out of turn")
        }
        var map = maps.removeValue(forKey: message.lane) ?? ExtentSet()
        for extent in message.extents {
            guard extent.end <= size else { throw Self.violation("a map beyond the end of \(message.lane)") }
            map.insert(extent)
        }
        guard map.extents.count <= 16 << 20 else { throw Self.violation("a map of too many extents") }
        maps[message.lane] = map
        guard message.isLast else { return nil }
        defer { maps = [:] }
        return maps
    }
}
