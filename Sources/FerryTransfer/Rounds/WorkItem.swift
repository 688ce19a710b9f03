package import FerryCore

/// One portion of a round, handed to one connection: sent, applied and acknowledged as a whole.
package struct WorkItem: Sendable, Hashable {
    /// Counts the items of one connection from 1, without gaps: an acknowledgement names the last one applied.
    package let sequence: UInt64
    package let lane: LaneKind
    /// The round it was surveyed in; an item that came back from a lost connection keeps its number.
    package let round: Int
    /// Ascending and disjoint; none crosses a multiple of the lane's item length. At most `itemExtents` of them.
    package let extents: ArraySlice<Extent>
    package let byteCount: UInt64
}

/// Numbers one connection for the life of a migration. A replaced connection gets a new number, never the old one's.
package struct ConnectionID: Hashable, Sendable, Comparable {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
