import FerryCore

/// RUNNING: the target has recorded OWNER and the guest runs there.
package struct RunningMessage: WireMessage {
    static let tag = MessageTag.running

    package var epoch: UInt64
    /// From GRANT's arrival to OWNER on stable storage.
    package var record: Duration
    /// The time `cont` took.
    package var run: Duration

    package init(epoch: UInt64, record: Duration, run: Duration) {
        self.epoch = epoch
        self.record = record
        self.run = run
    }

    func encode(into writer: inout WireWriter) {
        writer.put(epoch)
        writer.put(record)
        writer.put(run)
    }

    init(from reader: inout WireReader) throws(Failure) {
        epoch = try reader.take()
        record = try reader.takeDuration()
        run = try reader.takeDuration()
    }
}
