package import FerryCore
package import FerryEngine

/// The messages of a channel in the making: the session's own, and those of each pipeline that is open.
package struct Defragmenters {
    private var session = Defragmenter()
    private var pipelines: [GUID: Defragmenter] = [:]

    package init() {}

    /// Pipelines that are open.
    package var count: Int { pipelines.count }

    package func isOpen(_ pipeline: GUID) -> Bool { pipelines[pipeline] != nil }

    /// Data of this pipeline is taken from now on.
    package mutating func open(_ pipeline: GUID) { pipelines[pipeline] = Defragmenter() }

    /// What came of it is forgotten.
    package mutating func close(_ pipeline: GUID) { pipelines[pipeline] = nil }

    package mutating func closeAll() { pipelines = [:] }

    /// In place: a second holder of a message in the making would make every fragment copy all of it.
    ///
    /// - Parameter id: a pipeline's, or zeros for the session.
    /// - Returns: the messages that `bytes` completed, in order; none for a pipeline that is not open, whose data is late and
    ///   not wrong.
    /// - Throws: `malformedMessage`, `tooLarge`; the channel cannot go on then.
    package mutating func add(_ bytes: [UInt8], of id: GUID) throws(Failure) -> [[UInt8]] {
        if id == .empty { return try session.add(bytes) }
        return try pipelines[id]?.add(bytes) ?? []
    }
}
