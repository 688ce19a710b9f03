/// A host's events, newest first. Empty and absent filters match everything.
package struct GetEventsRequest: HostRequest {
    package static let operation = OperationID.getEvents
    package typealias Response = [EventReport]

    /// One answer holds at most so many; ask again with `before`.
    package static let pageLimit = 5000

    package var ids: [Int]
    package var levels: [EventLevel]
    /// Unix times, both included.
    package var since: Double?
    package var until: Double?
    /// Only records with a smaller number.
    package var before: UInt64?
    package var limit: Int

    package init(
        ids: [Int] = [], levels: [EventLevel] = [], since: Double? = nil, until: Double? = nil, before: UInt64? = nil,
        limit: Int = pageLimit
    ) {
        self.ids = ids
        self.levels = levels
        self.since = since
        self.until = until
        self.before = before
        self.limit = limit
    }
}
