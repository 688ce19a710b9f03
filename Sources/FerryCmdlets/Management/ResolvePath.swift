import FerryEngine

/// The existing paths that patterns name.
struct ResolvePath: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let relative = Parameter<Bool>.switch("Relative")

    static let basePath = Parameter<String>("RelativeBasePath", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Resolve-Path", typeName: "Microsoft.PowerShell.Commands.ResolvePathCommand", defaultSet: "Path",
        parameters: [relative, basePath],
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let here = io.runspace.location
        let base = call.isBound(Self.basePath) ? here.resolve(call[Self.basePath]) : here.path
        guard FileItem.isFolder(base) else {
            return try io.report(
                "DirectoryNotFound", .objectNotFound, "The path '\(base)' is not a folder that exists.",
                target: .string(base), exception: "System.IO.DirectoryNotFoundException")
        }
        // Relative paths begin there as well.
        func based(_ path: String) -> String {
            let isAbsolute = path.hasPrefix("/") || path.hasPrefix("~") || path.contains(":")
            return call.isBound(Self.basePath) && !isAbsolute ? base + "/" + path : path
        }
        let isLiteral = call.parameterSet == "LiteralPath"
        for found in try io.files(
            (isLiteral ? call[Self.literalPath] : call[Self.path]).map(based), isLiteral: isLiteral)
        {
            if call[Self.relative] {
                try io.emit(.string(Self.relative(found, to: base)))
            } else {
                try io.emit(.object(PathObject(found)))
            }
        }
    }

    /// `./x`, `../y`.
    private static func relative(_ path: String, to folder: String) -> String {
        let target = path.split(separator: "/")
        let base = folder.split(separator: "/")
        var common = 0
        while common < min(target.count, base.count), target[common] == base[common] { common += 1 }
        let up = Array(repeating: "..", count: base.count - common)
        let parts = (up.isEmpty ? ["."] : up) + target[common...].map(String.init)
        return parts.joined(separator: "/")
    }
}
