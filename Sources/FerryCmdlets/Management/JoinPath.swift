import FerryEngine

/// Puts the parts of a path together.
struct JoinPath: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", aliases: ["PSPath"], position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let child = Parameter<[String]>("ChildPath", position: 1, mandatory: true, pipeline: .byProperty)
        .allowing([.null, .emptyString, .emptyCollection])
    static let more = Parameter<[String]>("AdditionalChildPath", position: 2, pipeline: .byProperty, remaining: true)
        .allowing([.null, .emptyString, .emptyCollection])
    static let fileExtension = Parameter<String>("Extension", pipeline: .byProperty).allowing([.emptyString])
    static let resolve = Parameter<Bool>.switch("Resolve")

    static let signature = Signature(
        "Join-Path", typeName: "Microsoft.PowerShell.Commands.JoinPathCommand", outputs: [.string],
        parameters: [path, child, more, resolve, fileExtension, ProviderCredential.credential])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ProviderCredential.refuse(call, io)
        let children = (call[Self.child].isEmpty ? [""] : call[Self.child]) + call[Self.more]
        for first in call[Self.path] {
            var joined = children.reduce(first) { Self.join($0, $1) }
            if call.isBound(Self.fileExtension) { joined = Self.change(joined, call[Self.fileExtension]) }
            guard call[Self.resolve] else {
                try io.emit(.string(joined))
                continue
            }
            for found in try io.files([joined]) {
                try io.emit(.string(io.runspace.location.shown(found, typed: joined)))
            }
        }
    }

    static func join(_ left: String, _ right: String) -> String {
        let right = String(right.replacing("\\", with: "/").drop { $0 == "/" })
        let left = left.replacing("\\", with: "/")
        if left.isEmpty { return "/" + right }
        return left.hasSuffix("/") ? left + right : left + "/" + right
    }

    /// The path with another ending, or none where that is empty; the dot in front may be left out.
    private static func change(_ path: String, _ ending: String) -> String {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let stem = path[start...].lastIndex(of: ".").map { path[..<$0] } ?? path[...]
        return ending.isEmpty ? String(stem) : stem + (ending.hasPrefix(".") ? "" : ".") + ending
    }
}
