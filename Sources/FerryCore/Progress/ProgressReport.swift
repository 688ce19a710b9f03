/// What an operation can say of itself at any moment: a value, published with a strictly increasing generation.
///
/// The running operation writes meters; a sampler turns them into reports; readers ask for "newer than generation N".
package struct ProgressReport: Hashable, Sendable, Codable {
    /// Strictly increasing within one operation; the first published report has 1.
    package var generation: UInt64
    /// "Moving virtual machine web01": the progress record's Activity.
    package var activity: String
    /// "Copying memory", "switching over", "QEMU is waiting for storage": the StatusDescription.
    package var stage: String
    /// 0 is the full pass; absent before and after copying.
    package var round: Int?
    package var memory: LaneProgress?
    package var disk: LaneProgress?
    /// Bytes a second over the last samples; absent before the first.
    package var rateBytesPerSecond: Double?
    /// The blackout if the guest froze now, barrier and device state included.
    package var blackoutForecast: Duration?
    /// Why it has not frozen yet, as words: "186 MB still changing at 240 MB/s".
    package var reasonNotFrozen: String?
    /// The rest of the full pass at the present rate; absent before there is a rate, and in later rounds, whose number is the
    /// guest's to say.
    package var remaining: Duration?
    /// 0–100, never falls; −1 only before the first survey.
    package var percent: Int

    package init(generation: UInt64, activity: String, stage: String, percent: Int) {
        self.generation = generation
        self.activity = activity
        self.stage = stage
        self.percent = percent
    }
}

/// One medium's share of a move. Bytes.
package struct LaneProgress: Hashable, Sendable, Codable {
    /// Acknowledged by the target, over all rounds.
    package var acknowledged: ByteCount
    /// Known to differ and not yet acknowledged.
    package var pending: ByteCount

    package init(acknowledged: ByteCount, pending: ByteCount) {
        self.acknowledged = acknowledged
        self.pending = pending
    }
}
