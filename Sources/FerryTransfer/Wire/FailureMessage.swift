package import FerryCore

/// Something failed at the sender; the code arrives intact. The move ends, on the terms of the records.
package struct FailureMessage: WireMessage {
    static let tag = MessageTag.failure

    package var failure: Failure

    package init(failure: Failure) { self.failure = failure }

    func encode(into writer: inout WireWriter) { writer.put(failure) }

    init(from reader: inout WireReader) throws(Failure) { failure = try reader.takeFailure() }

    package static func == (left: Self, right: Self) -> Bool {
        WireWriter.bytes(of: left.failure) == WireWriter.bytes(of: right.failure)
    }
}

extension WireWriter {
    /// The failure with its causes, cut at the depth and number the protocol allows.
    mutating func put(_ failure: Failure, depth: Int = 0) {
        put(failure.code)
        put(failure.errorID)
        put(failure.category.rawValue)
        put(failure.message)
        put(failure.advice)
        put(failure.target != nil)
        if let target = failure.target { put(target) }
        put(failure.location)
        let causes =
            depth < WireProtocol.failureDepthLimit
            ? failure.causes.prefix(WireProtocol.failureCausesLimit) : []
        put(UInt32(causes.count))
        for cause in causes { put(cause, depth: depth + 1) }
    }

    static func bytes(of failure: Failure?) -> [UInt8]? {
        guard let failure else { return nil }
        var writer = WireWriter()
        writer.put(failure)
        return writer.bytes
    }
}

extension WireReader {
    mutating func takeFailure(depth: Int = 0) throws(Failure) -> Failure {
        let code = try takeText()
        let errorID = try takeText()
        // A newer peer may know a category that this one does not.
        let category = FaultCategory(rawValue: try takeText()) ?? .invalidResult
        let message = try takeText()
        let advice = try takeText()
        let target = try takeFlag() ? try takeText() : nil
        let location = try takeText()
        guard !code.isEmpty, !message.isEmpty else { throw violation("a failure without code or message") }
        // Seven texts, a flag and a count are the least a cause takes.
        let count = try takeCount(limit: WireProtocol.failureCausesLimit, of: 17)
        guard count == 0 || depth < WireProtocol.failureDepthLimit else { throw violation("causes nest too deep") }
        var causes: [Failure] = []
        for _ in 0..<count { causes.append(try takeFailure(depth: depth + 1)) }
        return Failure(
            code: code, errorID: errorID, category: category, message: message, advice: advice, target: target,
            causes: causes, location: location)
    }
}
