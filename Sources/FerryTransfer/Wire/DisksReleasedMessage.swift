import FerryCore

/// The disks are on stable storage and the process that held the images has exited.
package struct DisksReleasedMessage: WireMessage {
    static let tag = MessageTag.disksReleased

    /// The time it took.
    package var duration: Duration

    package init(duration: Duration) { self.duration = duration }

    func encode(into writer: inout WireWriter) { writer.put(duration) }

    init(from reader: inout WireReader) throws(Failure) { duration = try reader.takeDuration() }
}
