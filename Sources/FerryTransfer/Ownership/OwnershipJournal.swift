package import FerryCore

/// A migration's journal as text: one record a line, each with a checksum of itself.
///
///     ferry1 READY target 6f1c… 90ab… 3 1700000000123 5d41402a
///
/// A host's power can fail in the middle of an append. The line without its end, or the last line with a wrong checksum, was
/// never acted on, because acting waits for the sync: it is ignored, and the next append replaces it (`validByteCount`).
/// Damage anywhere else is not a torn write, and the journal is refused.
package struct OwnershipJournal: Sendable, Hashable {
    package private(set) var records: [OwnershipRecord] = []
    /// Where the next record is written; the file is cut there first.
    package private(set) var validByteCount = 0

    private static let format = "ferry1"

    package init() {}

    package init(_ bytes: [UInt8]) throws(Failure) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let record = Self.record(bytes[start..<end]) else {
                let isLast = bytes[(end + 1)...].isEmpty
                guard isLast else {
                    throw Failure(
                        TransferFault.recordDamaged,
                        "The migration journal is damaged at byte \(start), before its last record.")
                }
                return
            }
            if let first = records.first {
                guard record.migration == first.migration, record.machine == first.machine, record.side == first.side,
                    record.epoch == first.epoch
                else {
                    throw Failure(
                        TransferFault.recordDamaged,
                        "The migration journal of \(first.migration) holds a record of \(record.migration).")
                }
            }
            records.append(record)
            start = end + 1
            validByteCount = start
        }
    }

    /// Takes in a record whose `line` is on stable storage at `validByteCount`.
    package mutating func append(synced record: OwnershipRecord) {
        records.append(record)
        validByteCount += Self.line(record).count
    }

    /// The bytes to append for `record`.
    package static func line(_ record: OwnershipRecord) -> [UInt8] {
        let body =
            "\(format) \(record.role.rawValue) \(record.side.rawValue) \(record.machine) \(record.migration) "
            + "\(record.epoch) \(record.time)"
        return RecordLine.seal(body)
    }

    private static func record(_ line: ArraySlice<UInt8>) -> OwnershipRecord? {
        guard let fields = RecordLine.fields(line), fields.count == 7, fields[0] == format,
            let role = OwnershipRole(rawValue: fields[1]), let side = OwnershipSide(rawValue: fields[2]),
            let epoch = UInt64(fields[5]), let time = UInt64(fields[6])
        else { return nil }
        return try? OwnershipRecord(
            role, side: side, machine: fields[3], migration: fields[4], epoch: epoch, time: time)
    }

    /// What this host answers to a question about the migration.
    package func standing(isRunning: Bool) -> OwnershipStanding {
        OwnershipStanding(role: records.last?.role, epoch: records.last?.epoch ?? 0, isRunning: isRunning)
    }
}
