package import FerryCore

/// The paths of the HTTP API, put together by the client and taken apart by the server in this one place.
///
///     POST   /v1/operations/<OperationID>        body: the request's JSON      → the response's JSON
///     GET    /v1/operations/<uuid>?after=<N>     long poll, at most 20 s       → OperationReport
///     DELETE /v1/operations/<uuid>               cancel                        → Acknowledgement
///
/// Operation names are never UUIDs, so the two kinds of last component cannot be confused.
package enum Route: Hashable, Sendable {
    case perform(OperationID)
    case watch(id: String, after: UInt64)
    case cancel(id: String)

    private static let prefix = "/v1/operations/"

    package var method: String {
        switch self {
        case .perform: "POST"
        case .watch: "GET"
        case .cancel: "DELETE"
        }
    }

    /// Path and query, ready for a request line.
    package var path: String {
        switch self {
        case .perform(let operation): Self.prefix + operation.rawValue
        case .watch(let id, let after): "\(Self.prefix)\(id)?after=\(after)"
        case .cancel(let id): Self.prefix + id
        }
    }

    /// The route of a request line. Nothing in it is believed: a peer wrote it.
    ///
    /// - Throws: `RouteFault` when the path, the operation, the identifier, the query or the method is not one of the API's.
    package init(method: String, path: String) throws(Failure) {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bare = parts.first, bare.hasPrefix(Self.prefix) else {
            throw Failure(RouteFault.unknownPath, "This host has no resource '\(path.shown)'.", target: path.shown)
        }
        let name = String(bare.dropFirst(Self.prefix.count))
        let query = parts.count > 1 ? String(parts[1]) : nil

        switch method {
        case "POST":
            guard let operation = OperationID(rawValue: name) else {
                throw Failure(
                    RouteFault.unknownOperation, "This host does not know the operation '\(name.shown)'.",
                    target: name.shown)
            }
            self = .perform(operation)
        case "GET":
            self = .watch(id: try Self.identifier(name), after: try Self.generation(query))
        case "DELETE":
            self = .cancel(id: try Self.identifier(name))
        default:
            throw Failure(
                RouteFault.methodNotAllowed, "The method '\(method.shown)' is not used on '\(bare.shown)'.",
                target: method.shown)
        }
    }

    /// A lower-case UUID, checked by shape.
    private static func identifier(_ text: String) throws(Failure) -> String {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let isUUID =
            groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            }
        guard isUUID else {
            throw Failure(
                RouteFault.malformedIdentifier, "'\(text.shown)' is not the identifier of an operation.",
                target: text.shown)
        }
        return text
    }

    private static func generation(_ query: String?) throws(Failure) -> UInt64 {
        guard let query else { return 0 }
        guard query.hasPrefix("after="), let generation = UInt64(query.dropFirst("after=".count)) else {
            throw Failure(
                RouteFault.malformedQuery, "The query '\(query.shown)' is not 'after=' and a generation.",
                target: query.shown)
        }
        return generation
    }
}

/// What can be wrong with a request before any operation has seen it.
package enum RouteFault: String, FaultCode {
    case unknownPath, unknownOperation, methodNotAllowed, malformedIdentifier, malformedQuery, malformedBody
    case malformedAnswer

    package static let domain = "Route"

    package var category: FaultCategory {
        switch self {
        case .unknownPath, .unknownOperation: .objectNotFound
        case .methodNotAllowed: .invalidOperation
        case .malformedIdentifier, .malformedQuery: .invalidArgument
        case .malformedBody: .invalidData
        case .malformedAnswer: .protocolError
        }
    }

    package var advice: String {
        switch self {
        case .unknownPath, .unknownOperation, .malformedBody, .malformedAnswer:
            "Use the same release of ferry and ferryd on both sides; Get-VMHost shows a host's."
        case .methodNotAllowed: "Use POST for an operation, GET to watch it and DELETE to cancel it."
        case .malformedIdentifier: "Use the id of the report that the operation's start returned."
        case .malformedQuery: "Ask for '?after=' and the generation of the newest report you have."
        }
    }
}

extension StringProtocol {
    /// At most 128 characters, control characters replaced: fit to be quoted in a message that ends up on a terminal.
    fileprivate var shown: String {
        let clean = String(
            prefix(128).map { $0.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 } ? $0 : "?" })
        return clean.count < count ? clean + "…" : clean
    }
}
