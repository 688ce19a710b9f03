import FerryEngine

/// Puts the parts of a path together.
struct JoinPath: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", aliases: ["PSPath"], position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let child = Parameter<String>("ChildPath", position: 1, mandatory: true, pipeline: .byProperty)
    static let more = Parameter<[String]>("AdditionalChildPath", position: 2, pipeline: .byProperty, remaining: true)
    static let resolve = Parameter<Bool>.switch("Resolve")

    static let signature = Signature(
        "Join-Path", typeName: "Microsoft.PowerShell.Commands.JoinPathCommand", outputs: [.string],
        parameters: [path, child, more, resolve])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for first in call[Self.path] {
            let joined = ([call[Self.child]] + call[Self.more]).reduce(first) { Self.join($0, $1) }
            guard call[Self.resolve] else {
                try io.emit(.string(joined))
                continue
            }
            for found in try io.files([joined]) { try io.emit(.string(found)) }
        }
    }

    static func join(_ left: String, _ right: String) -> String {
        let right = String(right.replacing("\\", with: "/").drop { $0 == "/" })
        let left = left.replacing("\\", with: "/")
        if left.isEmpty { return "/" + right }
        return left.hasSuffix("/") ? left + right : left + "/" + right
    }
}
