import FerryEngine
import Glibc

/// What `Set-Content` and `Add-Content` have in common.
struct ContentWriter {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let value = Parameter<[Value]>("Value", position: 1, mandatory: true, pipeline: .byValueAndProperty)
        .allowing([.null, .emptyCollection])
    static let noNewline = Parameter<Bool>.switch("NoNewline")
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let asByteStream = Parameter<Bool>.switch("AsByteStream")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static func signature(_ name: String) -> Signature {
        Signature(
            name, typeName: "Microsoft.PowerShell.Commands.\(name.filter { $0 != "-" })Command", shouldProcess: .medium,
            defaultSet: "Path",
            parameters: [value, noNewline, encoding, asByteStream, force, passThru] + ItemFilter.parameters,
            sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])
    }

    let appends: Bool
    private var values: [Value] = []
    private var paths: [String] = []

    init(appends: Bool) { self.appends = appends }

    mutating func add(_ call: Call) throws(Stop) {
        values += call[Self.value]
        paths = call.parameterSet == "LiteralPath" ? call[Self.literalPath] : call[Self.path]
    }

    func write(_ call: Call, _ io: CommandIO) throws(Stop) {
        let filter = try ItemFilter(call, io)
        let flat = values.flatMap { $0.elements ?? [$0] }
        for text in paths {
            guard let path = try io.checkedPath(text) else { continue }
            guard case .file(let full) = path else {
                if appends {
                    try io.report(
                        "NotSupported", .notImplemented,
                        "Content cannot be added to '\(text)': only Set-Content writes items that are no files.",
                        target: .string(text), exception: "System.Management.Automation.PSNotSupportedException")
                    continue
                }
                guard try io.confirms(appends ? "Add Content" : "Set Content", "Path: \(text)") else { continue }
                try io.setDriveItem(path, flat.count == 1 ? flat[0] : .array(flat), force: call[Self.force])
                continue
            }
            let wanted = io.runspace.location.pattern(text)
            let isPattern = WildcardPattern.isPattern(wanted) && call.parameterSet == "Path"
            let targets = isPattern ? FileGlob.expand(wanted, hidden: call[Self.force]) : [full]
            for target in targets where filter.fits(target) {
                guard try io.confirms(appends ? "Add Content" : "Set Content", "Path: \(target)") else { continue }
                if FileItem.isFolder(target) {
                    try reportFolder(target, io)
                    continue
                }
                let bytes: [UInt8]
                if call[Self.asByteStream] {
                    if call.isBound(Self.encoding) { try io.warn(Self.encodingNotUsed) }
                    bytes = try flat.map { value throws(Stop) in
                        if case .number(.byte(let byte))? = Conversion.attempt(value, to: .byte) { return byte }
                        throw io.failing(
                            "Argument", .invalidArgument,
                            "Cannot proceed with byte encoding. When using byte encoding the content must be of type byte.",
                            target: value, exception: "System.Management.Automation.PSArgumentException")
                    }
                } else {
                    let end = call[Self.noNewline] ? "" : "\n"
                    let text = flat.map { $0.display + end }.joined()
                    let isStart = !appends || (FileItem.status(of: target, followingLinks: true)?.st_size ?? 0) == 0
                    bytes = (call[Self.encoding] ?? .utf8NoBOM).bytes(of: text, isStart: isStart)
                }
                // Set-Content empties the file first.
                let id =
                    !appends && FileItem.exists(target) ? "System.UnauthorizedAccessException" : FileChange.writerID
                do throws(Stop) {
                    try io.writeBytes(bytes, to: target, appends: appends, force: call[Self.force], id: id)
                } catch {
                    guard let record = error.record else { throw error }
                    try io.report(record)
                }
            }
        }
        if call[Self.passThru] { try io.emit(contentsOf: values) }
    }

    static let encodingNotUsed = "Encoding not used when '-AsByteStream' specified."

    private func reportFolder(_ path: String, _ io: CommandIO) throws(Stop) {
        if appends {
            return try io.report(
                "WriteContainerContentException", .invalidOperation,
                "Unable to write content because it is a directory: '\(path)'.", target: .string(path),
                exception: "System.InvalidOperationException")
        }
        try io.report(
            "System.NotSupportedException", .notSpecified,
            "Unable to clear content of '\(path)' because it is a directory. Clear-Content is only supported on files.",
            target: .string(path), exception: "System.NotSupportedException")
    }
}
