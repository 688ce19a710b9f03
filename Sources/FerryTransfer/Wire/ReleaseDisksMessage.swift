import FerryCore

/// Everything is acknowledged: flush the disks and let go of the images.
package struct ReleaseDisksMessage: WireMessage {
    static let tag = MessageTag.releaseDisks

    package init() {}
    func encode(into writer: inout WireWriter) {}
    init(from reader: inout WireReader) throws(Failure) {}
}
