import FerryCore

/// READY: every extent is applied, the disks are free, the device state is loaded, the guest is paused; and that is recorded.
package struct ReadyMessage: WireMessage {
    static let tag = MessageTag.ready

    package var epoch: UInt64
    /// The time loading took.
    package var load: Duration

    package init(epoch: UInt64, load: Duration) {
        self.epoch = epoch
        self.load = load
    }

    func encode(into writer: inout WireWriter) {
        writer.put(epoch)
        writer.put(load)
    }

    init(from reader: inout WireReader) throws(Failure) {
        epoch = try reader.take()
        load = try reader.takeDuration()
    }
}
