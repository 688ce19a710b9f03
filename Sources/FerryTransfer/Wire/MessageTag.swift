/// Which message a record carries. 0 is never sent, so that a zeroed record is an error.
package enum MessageTag: UInt16, Sendable, CaseIterable {
    case hello = 1
    case accept = 2
    case lanes = 3
    case bootFile = 4
    case bootFileBytes = 5
    case extentMap = 6
    case prepared = 7
    case roundBegin = 8
    case roundEnd = 9
    case roundSealed = 10
    case connectionLost = 11
    case connectionRetired = 12
    case releaseDisks = 13
    case disksReleased = 14
    case deviceState = 15
    case memoryDigest = 16
    case ready = 17
    case grant = 18
    case running = 19
    case refused = 20
    case gone = 21
    case failure = 22
    case heartbeat = 23
    case cancel = 24
    case opening = 32
    case opened = 33
    case item = 34
    case acknowledgement = 35

    package enum Sender: Sendable { case source, target, either }

    package enum Carrier: Sendable { case control, data }

    /// Who may send it: a message from the wrong side is a violation.
    package var sender: Sender {
        switch self {
        case .hello, .lanes, .bootFile, .bootFileBytes, .extentMap, .roundBegin, .roundEnd, .connectionLost,
            .releaseDisks, .deviceState, .memoryDigest, .grant, .gone, .opening, .item:
            .source
        case .accept, .prepared, .roundSealed, .connectionRetired, .disksReleased, .ready, .running, .refused,
            .opened, .acknowledgement:
            .target
        case .failure, .heartbeat, .cancel:
            .either
        }
    }

    /// The kind of connection it travels on.
    package var carrier: Carrier {
        switch self {
        case .opening, .opened, .item, .acknowledgement: .data
        case .hello, .accept, .lanes, .bootFile, .bootFileBytes, .extentMap, .prepared, .roundBegin, .roundEnd,
            .roundSealed, .connectionLost, .connectionRetired, .releaseDisks, .disksReleased, .deviceState,
            .memoryDigest, .ready, .grant, .running, .refused, .gone, .failure, .heartbeat, .cancel:
            .control
        }
    }
}
