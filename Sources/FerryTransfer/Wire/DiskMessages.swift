import FerryCore

/// Everything is acknowledged: flush the disks and let go of the images.
package struct ReleaseDisksMessage: WireMessage {
    static let tag = MessageTag.releaseDisks

    package init() {}
    func encode(into writer: inout WireWriter) {}
    init(from reader: inout WireReader) throws(Failure) {}
}

/// The disks are on stable storage and the process that held the images has exited.
package struct DisksReleasedMessage: WireMessage {
    static let tag = MessageTag.disksReleased

    /// The time it took.
    package var duration: Duration

    package init(duration: Duration) { self.duration = duration }

    func encode(into writer: inout WireWriter) { writer.put(duration) }

    init(from reader: inout WireReader) throws(Failure) { duration = try reader.takeDuration() }
}
