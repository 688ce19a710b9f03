import FerryCore

/// One kind of message: its fields and their bytes.
protocol WireMessage: Sendable, Equatable {
    static var tag: MessageTag { get }
    func encode(into writer: inout WireWriter)
    init(from reader: inout WireReader) throws(Failure)
}
