package import FerryCore
import FerryLinux
import Synchronization

/// What all data connections of a target share: the sinks, which round is open, and how far each connection got.
package final class Intake: Sendable {
    private struct State: Sendable {
        /// nil between rounds.
        var round: UInt32?
        /// Sequence of the newest item applied, by connection; 0 from its opening on.
        var applied: [UInt32: UInt64] = [:]
        var retired: Set<UInt32> = []
        var isEnded = false
        var hasReleasedDisks = false
    }

    private let monitor = Monitor(State())
    private let sinks: [LaneKind: any LaneSink]
    private let memory = Atomic<UInt64>(0)
    private let disk = Atomic<UInt64>(0)
    private let wire = Atomic<UInt64>(0)

    /// An item may overtake the control channel's word that its round has begun.
    private static let roundWait = Duration.seconds(10)

    package init(sinks: [any LaneSink]) {
        self.sinks = Dictionary(uniqueKeysWithValues: sinks.map { ($0.kind, $0) })
    }

    // MARK: The session's side

    package func begin(round: UInt32) { monitor.update { $0.round = round } }

    /// Whether every connection of `reached` has applied exactly so much; if so the round is over and nothing of it is taken
    /// any more.
    package func seal(round: UInt32, reached: [RoundEndMessage.Reach]) throws(Failure) {
        try monitor.update { (state) throws(Failure) in
            guard state.round == round else {
                throw Self.violation("the end of round \(round), which is not the open one")
            }
            for reach in reached where state.applied[reach.connection] != reach.sequence {
                throw Self.violation(
                    "that connection \(reach.connection) got as far as item \(reach.sequence); applied were "
                        + "\(state.applied[reach.connection].map(String.init) ?? "none")")
            }
            state.round = nil
        }
    }

    /// The disks take nothing more.
    package func releaseDisks() { monitor.update { $0.hasReleasedDisks = true } }

    /// No connection of this number is taken any more. The caller joins the receiving thread before it confirms.
    package func retire(_ connection: UInt32) {
        monitor.update { state in
            state.applied[connection] = nil
            state.retired.insert(connection)
        }
    }

    /// Nothing is applied any more, and waits end.
    package func end() { monitor.update { $0.isEnded = true } }

    /// Bytes applied.
    package var memoryBytes: UInt64 { memory.load(ordering: .relaxed) }
    package var diskBytes: UInt64 { disk.load(ordering: .relaxed) }
    package var wireBytes: UInt64 { wire.load(ordering: .relaxed) }

    // MARK: The receivers' side

    func open(_ connection: UInt32) throws(Failure) {
        try monitor.update { (state) throws(Failure) in
            guard connection > 0, !state.isEnded, state.applied[connection] == nil, !state.retired.contains(connection),
                state.applied.count < WireProtocol.connectionsLimit
            else { throw Self.violation("connection \(connection), which is not one that may be opened") }
            state.applied[connection] = 0
        }
    }

    /// Applies one item: header, table and data, as they came.
    ///
    /// - Returns: its sequence, to be acknowledged.
    func apply(
        _ payload: RawSpan, from connection: UInt32, after sequence: UInt64, scratch runs: inout [ItemRun]
    ) throws(Receiver.Trouble) -> UInt64 {
        do throws(Failure) {
            let (tag, start) = try Message.header(of: payload)
            guard tag == .item else { throw Self.violation("'\(tag)' on a data connection") }
            let body = payload.extracting(start..<payload.byteCount)
            let (head, dataOffset) = try ItemHead.decode(body, runs: &runs)
            guard head.sequence == sequence + 1 else {
                throw Self.violation("item \(head.sequence) of connection \(connection) after \(sequence)")
            }
            guard let sink = sinks[head.lane] else {
                throw Self.violation("an item of \(head.lane), which is not moved")
            }
            try Self.check(runs, fit: sink)
            if try awaitRound(head.round, head.lane, connection) {
                try Self.store(runs, body, dataOffset, in: sink)
                count(runs, of: head.lane, wireBytes: payload.byteCount)
                monitor.update { state in
                    if !state.retired.contains(connection) { state.applied[connection] = head.sequence }
                }
                return head.sequence
            }
        } catch {
            throw .move(error)
        }
        throw .connection(Failure(TransferFault.cancelled, "Connection \(connection) has ended."))
    }

    private func count(_ runs: [ItemRun], of lane: LaneKind, wireBytes: Int) {
        let bytes = runs.reduce(0) { $0 + $1.extent.length }
        switch lane {
        case .memory: memory.add(bytes, ordering: .relaxed)
        case .disk: disk.add(bytes, ordering: .relaxed)
        }
        wire.add(UInt64(wireBytes), ordering: .relaxed)
    }

    private static func store(
        _ runs: [ItemRun], _ body: RawSpan, _ dataOffset: Int, in sink: any LaneSink
    ) throws(Failure) {
        var offset = dataOffset
        for run in runs {
            switch run.kind {
            case .data:
                let length = Int(run.extent.length)
                try sink.store(body.extracting(offset..<offset + length), at: run.extent.offset)
                offset += length
            case .zero: try sink.clear(run.extent, isHole: false)
            case .hole: try sink.clear(run.extent, isHole: true)
            }
        }
    }

    /// Ascending was checked. A sink takes whole units, or the pages that zeroes are looked for in, except at its end.
    private static func check(_ runs: [ItemRun], fit sink: any LaneSink) throws(Failure) {
        let size = sink.size
        let mask = min(sink.unit, UInt64(RunList.zeroUnit)) - 1
        for run in runs {
            let extent = run.extent
            guard extent.end <= size, extent.offset & mask == 0, extent.end & mask == 0 || extent.end == size else {
                throw violation("bytes \(extent.offset) to \(extent.end) of \(sink.kind)")
            }
        }
    }

    /// False when the move, or this connection's part in it, has ended.
    private func awaitRound(_ round: UInt32, _ lane: LaneKind, _ connection: UInt32) throws(Failure) -> Bool {
        let isOpen = try monitor.wait(until: .after(Self.roundWait)) { (state) throws(Failure) -> Bool? in
            if state.isEnded || state.retired.contains(connection) { return false }
            guard let open = state.round, open >= round else { return nil }
            if open > round { throw Self.violation("an item of round \(round) in round \(open)") }
            if lane != .memory, state.hasReleasedDisks {
                throw Self.violation("an item of \(lane) after the disks were released")
            }
            return true
        }
        guard let isOpen else { throw Self.violation("an item of round \(round), which never began") }
        return isOpen
    }

    private static func violation(_ what: String) -> Failure {
        Failure(TransferFault.protocolViolation, "The other host sent \(what).")
    }
}
