import FerryEngine

/// Takes paths apart.
struct SplitPath: Cmdlet {
    static let path = Parameter<[String]>("Path", position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let parent = Parameter<Bool>.switch("Parent")
    static let leaf = Parameter<Bool>.switch("Leaf")
    static let leafBase = Parameter<Bool>.switch("LeafBase")
    static let fileExtension = Parameter<Bool>.switch("Extension")
    static let qualifier = Parameter<Bool>.switch("Qualifier")
    static let noQualifier = Parameter<Bool>.switch("NoQualifier")
    static let isAbsolute = Parameter<Bool>.switch("IsAbsolute")
    static let resolve = Parameter<Bool>.switch("Resolve")

    static let signature = Signature(
        "Split-Path", typeName: "Microsoft.PowerShell.Commands.SplitPathCommand", defaultSet: "ParentSet",
        outputs: [.string, .bool], parameters: [resolve, ProviderCredential.credential],
        sets: [
            ParameterSet("ParentSet", [path, parent]), ParameterSet("LeafSet", [path, leaf.mandatory()]),
            ParameterSet("LeafBaseSet", [path, leafBase.mandatory()]),
            ParameterSet("ExtensionSet", [path, fileExtension.mandatory()]),
            ParameterSet("QualifierSet", [path, qualifier.mandatory()]),
            ParameterSet("NoQualifierSet", [path, noQualifier.mandatory()]),
            ParameterSet("IsAbsoluteSet", [path, isAbsolute.mandatory()]),
            ParameterSet("LiteralPathSet", [literalPath]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ProviderCredential.refuse(call, io)
        var paths = call.parameterSet == "LiteralPathSet" ? call[Self.literalPath] : call[Self.path]
        if call[Self.resolve] {
            var found: [String] = []
            for text in paths {
                found += try io.files([text]).map { io.runspace.location.shown($0, typed: text) }
            }
            paths = found
        }
        for path in paths {
            if call.parameterSet == "IsAbsoluteSet" {
                try io.emit(.bool(path.hasPrefix("/") || Self.drive(path) != nil))
                continue
            }
            if let part = try part(of: path, call, io) { try io.emit(.string(part)) }
        }
    }

    private func part(of path: String, _ call: Call, _ io: CommandIO) throws(Stop) -> String? {
        let leaf = Self.leaf(path)
        let dot = leaf.lastIndex(of: ".")
        switch call.parameterSet {
        case "LeafSet": return leaf
        case "LeafBaseSet": return dot.map { String(leaf[..<$0]) } ?? leaf
        case "ExtensionSet": return dot.map { String(leaf[$0...]) } ?? ""
        case "QualifierSet":
            if let drive = Self.drive(path) { return drive }
            try io.report(
                "ParsePathFormatError", .invalidArgument,
                "Cannot parse path because path '\(path)' does not have a qualifier specified.", target: .string(path),
                exception: "System.FormatException")
            return nil
        case "NoQualifierSet": return String(path.dropFirst(Self.drive(path)?.count ?? 0))
        default: return Self.parent(path)
        }
    }

    private static func drive(_ path: String) -> String? {
        guard let colon = path.firstIndex(of: ":"), !path[..<colon].contains("/"), colon != path.startIndex else {
            return nil
        }
        return String(path[...colon])
    }

    private static func trimmed(_ path: String) -> Substring {
        var text = path.replacing("\\", with: "/")[...]
        while text.count > 1, text.last == "/" { text.removeLast() }
        return text
    }

    private static func leaf(_ path: String) -> String {
        let text = trimmed(path)
        guard let slash = text.lastIndex(of: "/") else { return String(text) }
        return text == "/" ? "/" : String(text[text.index(after: slash)...])
    }

    private static func parent(_ path: String) -> String {
        let text = trimmed(path)
        guard text != "/", let slash = text.lastIndex(of: "/") else { return "" }
        if slash == text.startIndex { return "/" }
        let parent = trimmed(String(text[..<slash]))
        // A drive alone is its root.
        return parent.last == ":" ? parent + "/" : String(parent)
    }
}
