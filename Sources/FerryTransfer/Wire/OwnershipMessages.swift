package import FerryCore

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

/// GRANT: the source has recorded RELEASED; the machine is the target's.
package struct GrantMessage: WireMessage {
    static let tag = MessageTag.grant

    package var epoch: UInt64

    package init(epoch: UInt64) { self.epoch = epoch }

    func encode(into writer: inout WireWriter) { writer.put(epoch) }

    init(from reader: inout WireReader) throws(Failure) { epoch = try reader.take() }
}

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

/// REFUSED: recorded; that hypervisor is dead and nothing of the machine runs at the target by this move.
package struct RefusedMessage: WireMessage {
    static let tag = MessageTag.refused

    package var epoch: UInt64
    /// Why, as far as the target knows.
    package var failure: Failure?

    package init(epoch: UInt64, failure: Failure?) {
        self.epoch = epoch
        self.failure = failure
    }

    func encode(into writer: inout WireWriter) {
        writer.put(epoch)
        writer.put(failure != nil)
        if let failure { writer.put(failure) }
    }

    init(from reader: inout WireReader) throws(Failure) {
        epoch = try reader.take()
        failure = try reader.takeFlag() ? try reader.takeFailure() : nil
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.epoch == right.epoch && WireWriter.bytes(of: left.failure) == WireWriter.bytes(of: right.failure)
    }
}

/// GONE: the source knows that the target runs the machine and has recorded it. Nothing follows.
package struct GoneMessage: WireMessage {
    static let tag = MessageTag.gone

    package var epoch: UInt64

    package init(epoch: UInt64) { self.epoch = epoch }

    func encode(into writer: inout WireWriter) { writer.put(epoch) }

    init(from reader: inout WireReader) throws(Failure) { epoch = try reader.take() }
}
