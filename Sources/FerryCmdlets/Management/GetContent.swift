import FerryEngine
import Glibc

/// Reads files line by line.
struct GetContent: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let readCount = Parameter<Int64>("ReadCount", pipeline: .byProperty)
    static let totalCount = Parameter<Int64>(
        "TotalCount", aliases: ["First", "Head"], pipeline: .byProperty, validate: [.rangeKind(.nonNegative)])
    static let tail = Parameter<Int>(
        "Tail", aliases: ["Last"], pipeline: .byProperty, validate: [.rangeKind(.nonNegative)])
    static let raw = Parameter<Bool>.switch("Raw")
    static let asByteStream = Parameter<Bool>.switch("AsByteStream")
    static let delimiter = Parameter<String>("Delimiter")
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let force = Parameter<Bool>.switch("Force")
    static let wait = Parameter<Bool>.switch("Wait")
    /// How often a file that is waited for is looked at.
    private static let waitSeconds = 0.25

    static let signature = Signature(
        "Get-Content", typeName: "Microsoft.PowerShell.Commands.GetContentCommand", defaultSet: "Path",
        parameters: [readCount, totalCount, tail, raw, asByteStream, delimiter, encoding, force, wait]
            + ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.tail), call.isBound(Self.totalCount) {
            throw io.failing(
                "TailAndHeadCannotCoexist", .invalidOperation,
                "The parameters TotalCount and Tail cannot be used together. Specify only one of the parameters.",
                exception: "System.InvalidOperationException")
        }
        if call.isBound(Self.tail), call[Self.raw] {
            throw io.failing(
                "InvalidOperation", .invalidOperation,
                "The parameters Tail and Raw cannot be used together. Specify only one of the parameters.",
                exception: "System.InvalidOperationException")
        }
        if call[Self.raw], call[Self.wait] {
            throw io.failing(
                "RawAndWaitCannotCoexist", .invalidOperation,
                "The Raw and Wait parameters cannot be specified in the same command.",
                exception: "System.InvalidOperationException")
        }
        let filter = try ItemFilter(call, io)
        let isLiteral = call.parameterSet == "LiteralPath"
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            guard let path = try io.checkedPath(text) else { continue }
            guard path.isFile else {
                let items = io.driveItems(isLiteral ? path.literal : path)
                if call.isBound(Self.tail) {
                    try io.report(
                        "TailNotSupported", .invalidOperation,
                        "The Tail parameter is supported for files only, not for '\(text)'.", target: .string(text),
                        exception: "System.InvalidOperationException")
                    continue
                }
                if items.isEmpty { try io.reportMissing(text) }
                for item in items {
                    var value = try io.property("Value", of: item)
                    if value == nil { value = try io.property("Definition", of: item) }
                    try io.emit(enumerating: value ?? .null)
                }
                continue
            }
            let files = try io.files([text], isLiteral: isLiteral, hidden: call[Self.force])
                .filter { filter.fits($0) }
            if files.isEmpty, !isLiteral, WildcardPattern.isPattern(text) {
                try io.report(
                    "ItemNotFound", .objectNotFound,
                    "An object at the specified path \(text) does not exist, or has been filtered by the -Include or -Exclude "
                        + "parameter.", target: .string(text),
                    exception: "System.Management.Automation.ItemNotFoundException")
            }
            for found in files {
                do throws(Stop) { try read(found, call, io) } catch {
                    guard let record = error.record else { throw error }
                    try io.report(record)
                }
            }
        }
    }

    private func read(_ path: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        if FileItem.isFolder(path) {
            throw io.failing(
                "GetContainerContentException", .invalidOperation,
                "Unable to get content because it is a directory: '\(path)'. Please use 'Get-ChildItem' instead.",
                target: .string(path), exception: "System.InvalidOperationException")
        }
        if call[Self.asByteStream], call.isBound(Self.delimiter) {
            throw io.failing(
                "GetContentReaderArgumentError", .invalidArgument,
                "A delimiter cannot be specified when reading the stream one byte at a time. (Parameter 'delimiter')",
                target: .string(path), exception: "System.ArgumentException")
        }
        if call[Self.asByteStream], call.isBound(Self.encoding) {
            try io.warn(ContentWriter.encodingNotUsed)
        }
        let origin = ContentOrigin(path, item: FileItem(path)?.value)
        if try ContentStream(path, origin, call).run(io) { return }
        let bytes = try io.readBytes(path)
        var items: [Value]
        if call[Self.asByteStream] {
            items = bytes.map { .number(.byte($0)) }
            if call[Self.raw] { return try io.emit(.array(items)) }
        } else {
            let text = TextEncoding.text(of: bytes, call[Self.encoding])
            if call[Self.raw] {
                if !text.isEmpty { try io.emit(.object(ContentLine(text, origin, readCount: 1))) }
                return
            }
            items = split(text, call).enumerated().map {
                .object(ContentLine($1, origin, readCount: Int64($0 + 1)))
            }
        }
        if call.isBound(Self.totalCount) { items = Array(items.prefix(Int(clamping: max(0, call[Self.totalCount])))) }
        if call.isBound(Self.tail) { items = Array(items.suffix(max(0, call[Self.tail]))) }
        if call.isBound(Self.readCount), call[Self.readCount] != 1 {
            let size = call[Self.readCount] <= 0 ? max(items.count, 1) : Int(clamping: call[Self.readCount])
            for start in stride(from: 0, to: items.count, by: size) {
                let batch = Array(items[start..<min(items.count, start + size)].map(\.plain))
                guard batch.count > 1 || size == 1 else {
                    try io.emit(items[start])
                    continue
                }
                let group = Value.array(batch)
                group.makeKeeper()?.added = origin.notes(readCount: Int64(start + batch.count))
                try io.emit(group)
            }
        } else {
            try io.emit(contentsOf: items)
        }
        if call[Self.wait] { try follow(path, from: bytes.count, call, io) }
    }

    /// `-Wait`: the lines that are appended, until the command is stopped. A file that became shorter is read from its beginning.
    private func follow(_ path: String, from start: Int, _ call: Call, _ io: CommandIO) throws(Stop) {
        var (place, pending) = (start, [UInt8]())
        while true {
            try io.sleep(seconds: Self.waitSeconds)
            guard let status = FileItem.status(of: path, followingLinks: true) else { continue }
            if Int(status.st_size) < place { (place, pending) = (0, []) }
            guard Int(status.st_size) > place else { continue }
            let bytes = try io.readBytes(path, from: place)
            place += bytes.count
            if call[Self.asByteStream] {
                try io.emit(contentsOf: bytes.map { .number(.byte($0)) })
                continue
            }
            pending += bytes
            guard let end = pending.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            let text = TextEncoding.text(of: Array(pending[...end]), call[Self.encoding])
            pending.removeFirst(end + 1)
            try io.emit(contentsOf: split(text, call).map { .string($0) })
        }
    }

    func split(_ text: String, _ call: Call) -> [String] {
        guard call.isBound(Self.delimiter), !call[Self.delimiter].isEmpty else { return CommandIO.lines(text) }
        var parts: [String] = []
        var rest = text[...]
        while let found = rest.firstRange(of: call[Self.delimiter]) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        if !rest.isEmpty { parts.append(String(rest)) }
        return parts
    }
}
