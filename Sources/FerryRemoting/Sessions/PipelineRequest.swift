import FerryCore
import FerryEngine
import Foundation

/// A pipeline as the client asks for it.
struct PipelineRequest: Sendable {
    struct Part: Sendable {
        /// A command's name, or script.
        var text: String
        var isScript: Bool
        /// Positional ones have no name.
        var arguments: [(name: String?, value: Parcel)]
    }

    /// Commands of one pipeline.
    private static let partLimit = 256

    var id: GUID
    var parts: [Part]
    /// `$using:` values by folded name.
    var using: [String: Parcel] = [:]
    var input: [Parcel] = []
    /// Of the bodies of its input.
    var inputBytes = 0
    var expectsInput: Bool

    /// The name of the parameter that carries `$using:` values.
    static let usingParameter = "--%"

    /// - Throws: `malformedMessage`.
    init(_ id: GUID, body: [UInt8]) throws(Failure) {
        let message = try CLIXMLReader.value(body)
        guard let shell = MessageBody.property("PowerShell", of: message),
            let commands = MessageBody.property("Cmds", of: shell)?.elements, !commands.isEmpty,
            commands.count <= Self.partLimit
        else { throw Failure(RemotingFault.malformedMessage, "The pipeline has no commands, or too many.") }
        self.id = id
        expectsInput = MessageBody.property("NoInput", of: message)?.isTrue != true
        parts = []
        for command in commands {
            guard case .string(let text)? = MessageBody.property("Cmd", of: command) else {
                throw Failure(RemotingFault.malformedMessage, "A command of the pipeline has no text.")
            }
            var part = Part(
                text: text, isScript: MessageBody.property("IsScript", of: command)?.isTrue == true, arguments: [])
            for argument in MessageBody.property("Args", of: command)?.elements ?? [] {
                let name = MessageBody.property("N", of: argument)?.display
                let value = MessageBody.property("V", of: argument) ?? .null
                if name == Self.usingParameter {
                    using = Self.using(value)
                } else {
                    part.arguments.append((name, Parcel(value)))
                }
            }
            parts.append(part)
        }
    }

    /// Keys are the expressions' text, `$using:name`, as base64 of UTF-16.
    private static func using(_ value: Value) -> [String: Parcel] {
        var pairs: [(String, Value)] = []
        if case .table(let table) = value { pairs = table.pairs.map { ($0.key.display, $0.value) } }
        var found: [String: Parcel] = [:]
        for (key, value) in pairs {
            guard let data = Data(base64Encoded: key), data.count.isMultiple(of: 2) else { continue }
            let bytes = Array(data)
            let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
            let text = String(units: units).folded.filter { $0 != "{" && $0 != "}" }
            if text.hasPrefix("$using:") { found[String(text.dropFirst(7))] = Parcel(value) }
        }
        return found
    }

    static func key(using name: String) -> String {
        Data("$using:\(name.folded)".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).base64EncodedString()
    }

    /// What a client sends for one script.
    static func body(script: String, arguments: [Value], using: [String: Parcel], expectsInput: Bool) -> String {
        func object(_ pairs: [(String, Value)]) -> Value { .object(CustomObject(pairs)) }
        let merge = MessageBody.symbol("Runspaces.PipelineResultTypes", "None", 0)
        var args = arguments.map { object([("N", .null), ("V", $0)]) }
        if !using.isEmpty {
            let table = TableObject()
            for (name, value) in using { table[key(using: name)] = value.open() }
            args.append(object([("N", .string(usingParameter)), ("V", .table(table))]))
        }
        let merges = [
            "MergeMyResult", "MergeToResult", "MergePreviousResults", "MergeError", "MergeWarning", "MergeVerbose",
            "MergeDebug", "MergeInformation",
        ]
        var properties: [(String, Value)] = [
            ("Cmd", .string(script)), ("IsScript", .bool(true)), ("UseLocalScope", .null),
        ]
        for name in merges { properties.append((name, merge)) }
        properties.append(("Args", .list(ListObject(args))))
        let command = object(properties)
        let shell = object([
            ("Cmds", .list(ListObject([command]))), ("IsNested", .bool(false)), ("History", .null),
            ("RedirectShellErrorOutputPipe", .bool(true)),
        ])
        return CLIXMLWriter.message([
            ("NoInput", .bool(!expectsInput)),
            (
                "ApartmentState",
                .symbol(EnumType("System.Management.Automation.Runspaces.ApartmentState", [("UNKNOWN", 2)]).value(2))
            ),
            ("RemoteStreamOptions", MessageBody.symbol("RemoteStreamOptions", "AddInvocationInfo", 15)),
            ("AddToHistory", .bool(true)), ("HostInfo", hostInfo(hasHost: true)), ("PowerShell", shell),
            ("IsNested", .bool(false)),
        ])
    }

    static func hostInfo(hasHost: Bool) -> Value {
        .object(
            CustomObject([
                ("_isHostNull", .bool(!hasHost)), ("_isHostUINull", .bool(!hasHost)),
                ("_isHostRawUINull", .bool(true)), ("_useRunspaceHost", .bool(false)),
            ]))
    }
}
