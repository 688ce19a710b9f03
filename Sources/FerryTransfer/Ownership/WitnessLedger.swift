package import FerryCore

/// What a witness has decided, as text: one line a decision, one for each host that is done with its move.
///
///     ferry1 WITNESS source <machine> <migration> 3 <source's key> <target's key> 1700000000123 5d41402a
///     ferry1 SETTLED target <machine> <migration> 3 <source's key> <target's key> 1700000000456 0a1b2c3d
///
/// The first claim of a move wins for ever, and names the two hosts that may ask; everybody else is refused. A decision is told only
/// once its line is on stable storage: the end that a power failure tore off was told to nobody (`validByteCount`, as in
/// `OwnershipJournal`). Only when both hosts have said that they are done is a decision forgotten, because then nobody acts by it any
/// more. Room is bounded: a full ledger decides nothing new, and says so.
package struct WitnessLedger: Sendable {
    package struct Move: Sendable, Hashable {
        package let machine: String
        package let migration: String
        package let epoch: UInt64
    }

    package struct Entry: Sendable, Hashable {
        package let source: String
        package let target: String
        package let decision: OwnershipSide
        /// Unix time in milliseconds. For people.
        package let time: UInt64
        package fileprivate(set) var settled: Set<OwnershipSide> = []
    }

    /// What a claim comes to.
    package enum Verdict: Sendable, Hashable {
        /// It has been decided.
        case decided(OwnershipSide)
        /// It is the first: append `line`, and answer once it is synced.
        case first
    }

    package static let entriesLimit = 32_768

    package private(set) var entries: [Move: Entry] = [:]
    /// Where the next line is written; the file is cut there first.
    package private(set) var validByteCount = 0
    /// Of those in the file: what they say may be forgotten.
    package private(set) var lineCount = 0
    private let limit: Int

    private static let format = "ferry1"
    private static let witness = "WITNESS"
    private static let settled = "SETTLED"

    package init(limit: Int = WitnessLedger.entriesLimit) { self.limit = limit }

    /// - Throws: `TransferFault.recordDamaged` for damage that no torn write explains: deciding anew what is unreadable could give a
    ///   machine to both hosts.
    package init(_ bytes: [UInt8], limit: Int = WitnessLedger.entriesLimit) throws(Failure) {
        self.limit = limit
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard take(bytes[start..<end]) else {
                guard bytes[(end + 1)...].isEmpty else {
                    throw Failure(
                        TransferFault.recordDamaged,
                        "The witness's ledger is damaged at byte \(start), before its last line.")
                }
                return
            }
            start = end + 1
            validByteCount = start
            lineCount += 1
        }
    }

    // MARK: - Answers

    /// - Parameter key: of the host that asks; the transport has proved it.
    /// - Throws: `TransferFault.authenticationFailed` for a host that is none of the two, `recordDamaged` for other hosts than the
    ///   first claim named, `witnessSilent` when there is no room.
    package func judge(_ claim: WitnessClaim, by key: String) throws(Failure) -> Verdict {
        try check(claim, by: key)
        if let entry = entries[Move(claim)] { return .decided(entry.decision) }
        guard entries.count < limit else {
            throw Failure(
                TransferFault.witnessSilent,
                "The witness keeps \(limit) decisions already and decides no other move.",
                advice:
                    "Let the hosts of unsettled moves settle them (Get-VMMigration there), or choose another witness.")
        }
        return .first
    }

    /// nil while nothing is decided, which this does not change.
    package func decision(_ claim: WitnessClaim, by key: String) throws(Failure) -> OwnershipSide? {
        try check(claim, by: key)
        return entries[Move(claim)]?.decision
    }

    /// Whether the host's being done is news: then `line(settled:)` is to be appended.
    package func mustSettle(_ claim: WitnessClaim, by key: String) throws(Failure) -> Bool {
        try check(claim, by: key)
        guard key == (claim.side == .source ? claim.source : claim.target) else { throw Self.stranger(claim) }
        return entries[Move(claim)].map { !$0.settled.contains(claim.side) } ?? false
    }

    package var isFull: Bool { entries.count >= limit }

    private func check(_ claim: WitnessClaim, by key: String) throws(Failure) {
        guard key == claim.source || key == claim.target else { throw Self.stranger(claim) }
        guard let entry = entries[Move(claim)] else { return }
        guard entry.source == claim.source, entry.target == claim.target else { throw Self.stranger(claim) }
    }

    private static func stranger(_ claim: WitnessClaim) -> Failure {
        Failure(
            TransferFault.authenticationFailed,
            "The migration \(claim.migration) is decided only for the two hosts of its first claim.",
            target: claim.migration)
    }

    // MARK: - Lines

    package static func line(_ claim: WitnessClaim, time: UInt64) -> [UInt8] { line(witness, claim, time) }
    package static func line(settled claim: WitnessClaim, time: UInt64) -> [UInt8] { line(settled, claim, time) }

    private static func line(_ kind: String, _ claim: WitnessClaim, _ time: UInt64) -> [UInt8] {
        RecordLine.seal(
            "\(format) \(kind) \(claim.side.rawValue) \(claim.machine) \(claim.migration) \(claim.epoch) \(claim.source) "
                + "\(claim.target) \(time)")
    }

    /// Takes in a line that is on stable storage at `validByteCount`.
    package mutating func append(synced line: [UInt8]) {
        guard take(line.dropLast()) else { return }
        validByteCount += line.count
        lineCount += 1
    }

    /// The file without what has been forgotten.
    package var compact: [UInt8] {
        entries.sorted { ($0.value.time, $0.key.migration) < ($1.value.time, $1.key.migration) }
            .flatMap { move, entry -> [UInt8] in
                var lines: [UInt8] = []
                func add(_ kind: String, _ side: OwnershipSide) {
                    let claim = try? WitnessClaim(
                        machine: move.machine, migration: move.migration, epoch: move.epoch, source: entry.source,
                        target: entry.target, side: side)
                    if let claim { lines += Self.line(kind, claim, entry.time) }
                }
                add(Self.witness, entry.decision)
                for side in OwnershipSide.allCases where entry.settled.contains(side) { add(Self.settled, side) }
                return lines
            }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
        guard let fields = RecordLine.fields(line), fields.count == 9, fields[0] == Self.format,
            let side = OwnershipSide(rawValue: fields[2]), let epoch = UInt64(fields[5]), let time = UInt64(fields[8]),
            let claim = try? WitnessClaim(
                machine: fields[3], migration: fields[4], epoch: epoch, source: fields[6], target: fields[7], side: side
            )
        else { return false }
        let move = Move(claim)
        switch fields[1] {
        case Self.witness:
            // A line that was repeated because its writing seemed to fail says nothing new, whatever it says.
            if entries[move] == nil {
                entries[move] = Entry(source: claim.source, target: claim.target, decision: side, time: time)
            }
        case Self.settled:
            entries[move]?.settled.insert(side)
            if entries[move]?.settled.count == OwnershipSide.allCases.count { entries[move] = nil }
        default: return false
        }
        return true
    }
}

extension WitnessLedger.Move {
    package init(_ claim: WitnessClaim) {
        self.init(machine: claim.machine, migration: claim.migration, epoch: claim.epoch)
    }
}
