package import FerryCore

/// Takes one message's bytes apart. Whatever a peer sent, the answer is a value or a failure.
package struct WireReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// The message being read, for failures.
    private let subject: String

    package init(_ bytes: ArraySlice<UInt8>, of subject: String) {
        self.bytes = bytes
        position = bytes.startIndex
        self.subject = subject
    }

    package var remaining: Int { bytes.endIndex - position }

    func violation(_ what: String) -> Failure {
        Failure(TransferFault.protocolViolation, "The other host sent a message '\(subject)' that is wrong: \(what).")
    }

    private mutating func advance(_ count: Int) throws(Failure) -> Int {
        guard count <= remaining else { throw violation("it ends \(count - remaining) bytes too early") }
        defer { position += count }
        return position
    }

    package mutating func take<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(Failure) -> Value {
        let size = Value.bitWidth / 8
        let start = try advance(size)
        var value: Value = 0
        for index in (0..<size).reversed() { value = value << 8 | Value(truncatingIfNeeded: bytes[start + index]) }
        return value
    }

    package mutating func takeFlag() throws(Failure) -> Bool {
        let value = try take(UInt8.self)
        guard value <= 1 else { throw violation("\(value) is neither yes nor no") }
        return value == 1
    }

    package mutating func takeMigration() throws(Failure) -> MigrationID {
        let high = try take(UInt64.self)
        return MigrationID(high: high, low: try take())
    }

    /// UTF-8; control characters become spaces, because the text ends on somebody's terminal.
    package mutating func takeText() throws(Failure) -> String {
        let length = Int(try take(UInt16.self))
        guard length <= WireProtocol.textLimit else { throw violation("a text of \(length) bytes is too long") }
        let start = try advance(length)
        guard let text = String(validating: bytes[start..<start + length], as: UTF8.self) else {
            throw violation("a text is not UTF-8")
        }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control && $0 != "\n" ? " " : $0 }))
    }

    package mutating func takeBytes(_ count: Int) throws(Failure) -> [UInt8] {
        let start = try advance(count)
        return Array(bytes[start..<start + count])
    }

    package mutating func takeDuration() throws(Failure) -> Duration {
        .nanoseconds(Int64(clamping: try take(UInt64.self)))
    }

    package mutating func takeLane() throws(Failure) -> LaneKind { LaneKind(wireNumber: try take()) }

    /// A number of things that follow, at most `limit` and at most what the bytes that arrived can hold.
    package mutating func takeCount(limit: Int, of size: Int) throws(Failure) -> Int {
        let count = Int(try take(UInt32.self))
        guard count <= limit else { throw violation("\(count) entries are more than the \(limit) allowed") }
        guard count * size <= remaining else { throw violation("it ends before its \(count) entries do") }
        return count
    }

    package mutating func takeZeroes(_ count: Int) throws(Failure) {
        let start = try advance(count)
        guard bytes[start..<start + count].allSatisfy({ $0 == 0 }) else {
            throw violation("reserved bytes are not zero")
        }
    }

    package func finish() throws(Failure) {
        guard remaining == 0 else { throw violation("\(remaining) bytes follow its end") }
    }
}
