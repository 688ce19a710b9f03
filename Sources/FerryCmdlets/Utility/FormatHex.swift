import FerryEngine

/// Shows bytes in hexadecimal digits and as characters, sixteen in a row.
struct FormatHex: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, validate: [.notNullOrEmpty], wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty])
    static let input = Parameter<Value>("InputObject", mandatory: true, pipeline: .byValue)
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let count = Parameter<Int64>("Count", validate: [.range(1, 9.2e18)])
    static let offset = Parameter<Int64>("Offset", validate: [.range(0, 9.2e18)])
    static let raw = Parameter<Bool>.switch("Raw")

    static let signature = Signature(
        "Format-Hex", typeName: "Microsoft.PowerShell.Commands.FormatHex", defaultSet: "Path",
        outputs: [ByteRow.type], parameters: [count, offset],
        sets: [
            ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath]),
            ParameterSet("ByInputObject", [input, encoding, raw]),
        ])

    /// Single values of one type, one behind the other, are shown as one.
    private var gathered: (type: RuntimeType, bytes: [UInt8])?

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call.parameterSet == "ByInputObject" else {
            let isLiteral = call.parameterSet == "LiteralPath"
            for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
                try show(text, isLiteral: isLiteral, call, io)
            }
            return
        }
        let value = call[Self.input]
        if let file = value.hosted(FileItem.self) {
            try flush(call, io)
            return try show(file.path, isLiteral: true, call, io)
        }
        guard let bytes = Self.bytes(of: value, call[Self.encoding] ?? .utf8NoBOM) else {
            return try io.report(
                "FormatHexTypeNotSupported", .parserError,
                "Cannot convert input of type '\(value.typeName.fullName)' to hexadecimal. To view the hexadecimal formatting "
                    + "of its text, convert it to a string first.", target: value, exception: "System.ArgumentException"
            )
        }
        let isSingle = if case .string = value { false } else { value.elements == nil }
        if isSingle, let gathered, gathered.type.fullName == value.typeName.fullName {
            self.gathered?.bytes += bytes
            return
        }
        try flush(call, io)
        gathered = (value.typeName, bytes)
        if !isSingle { try flush(call, io) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) { try flush(call, io) }

    private mutating func flush(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let current = gathered else { return }
        gathered = nil
        let number = UInt32(truncatingIfNeeded: GUID().text.hashValue)
        let label = "\(current.type.name) (\(current.type.fullName)) <\(String(number, radix: 16, uppercase: true))>"
        try emit(current.bytes, label: label, path: nil, call, io)
    }

    private func show(_ text: String, isLiteral: Bool, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard let place = try io.checkedPath(text) else { return }
        guard case .file(let path) = place else {
            return try io.report(
                "FormatHexOnlySupportsFileSystemPaths", .invalidArgument,
                "The given path '\(text)' is not supported. This command only supports the FileSystem Provider paths.",
                target: .string(text), exception: "System.ArgumentException")
        }
        let wanted = io.runspace.location.pattern(text)
        let isPattern = !isLiteral && WildcardPattern.isPattern(wanted)
        for file in isPattern ? FileGlob.expand(wanted) : [path] {
            guard let item = FileItem(file), !item.isFolder else {
                if isPattern { continue }
                try io.report(
                    "FileNotFound", .objectNotFound, "Cannot find path '\(file)' because it does not exist.",
                    target: .string(file), exception: "System.IO.FileNotFoundException")
                continue
            }
            do throws(Stop) {
                try emit(try io.readBytes(file, id: "FormatHexIOError"), label: file, path: file, call, io)
            } catch {
                guard let record = error.record, record.errorID == "FormatHexIOError" else { throw error }
                try io.report(record)
            }
        }
    }

    private func emit(_ bytes: [UInt8], label: String, path: String?, _ call: Call, _ io: CommandIO) throws(Stop) {
        let start = Int(clamping: call.isBound(Self.offset) ? call[Self.offset] : 0)
        let wanted = call.isBound(Self.count) ? Int(clamping: call[Self.count]) : Int.max
        guard start < bytes.count else { return }
        let shown = Array(bytes[start...].prefix(wanted))
        for index in stride(from: 0, to: shown.count, by: ByteRow.width) {
            let row = Array(shown[index...].prefix(ByteRow.width))
            try io.emit(ByteRow(row, offset: start + index, label: label, path: path).value)
        }
    }

    /// As .NET keeps them in memory, the lowest first; nil for what is no number and no text.
    private static func bytes(of value: Value, _ encoding: TextEncoding) -> [UInt8]? {
        if let elements = value.elements {
            var all: [UInt8] = []
            for element in elements {
                guard element.elements == nil, let bytes = bytes(of: element, encoding) else { return nil }
                all += bytes
            }
            return all
        }
        switch value {
        case .string(let text): return encoding.bytes(of: text, isStart: false)
        case .bool(let flag): return [flag ? 1 : 0]
        case .char(let unit): return littleEndian(unit)
        case .symbol(let symbol): return littleEndian(Int32(truncatingIfNeeded: symbol.number))
        case .number(let number):
            switch number {
            case .sbyte(let value): return littleEndian(value)
            case .byte(let value): return littleEndian(value)
            case .short(let value): return littleEndian(value)
            case .ushort(let value): return littleEndian(value)
            case .int(let value): return littleEndian(value)
            case .uint(let value): return littleEndian(value)
            case .long(let value): return littleEndian(value)
            case .ulong(let value): return littleEndian(value)
            case .single(let value): return littleEndian(value.bitPattern)
            case .double(let value): return littleEndian(value.bitPattern)
            case .decimal: return nil
            }
        default: return nil
        }
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Number($0 * 8)) }
    }
}

/// `ByteCollection`: a row of at most sixteen bytes.
final class ByteRow: HostedBody {
    static let width = 16
    static let type = RuntimeType("Microsoft.PowerShell.Commands.ByteCollection")

    private let bytes: [UInt8]
    private let offset: Int
    private let label: String
    private let path: String?

    init(_ bytes: [UInt8], offset: Int, label: String, path: String?) {
        self.bytes = bytes
        self.offset = offset
        self.label = label
        self.path = path
    }

    var isImmutable: Bool { true }
    var typeName: RuntimeType { Self.type }

    private var hexOffset: String {
        let digits = String(offset, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    private var hexBytes: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
    }

    /// A blank for nothing, the replacement character for what cannot be shown.
    private var ascii: String {
        String(
            String.UnicodeScalarView(
                bytes.map { byte in
                    switch byte {
                    case 0: " "
                    case 1..<0x20, 0x7F..<0xA0: "\u{FFFD}"
                    default: Unicode.Scalar(byte)
                    }
                }))
    }

    var text: String {
        let room = Self.width - bytes.count
        return hexOffset + "   " + hexBytes + String(repeating: " ", count: room * 3 + 2) + ascii
            + String(repeating: " ", count: room)
    }

    var propertyNames: [String] { ["Offset64", "Bytes", "Path", "HexOffset", "HexBytes", "Ascii", "Label"] }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "offset64": .number(.ulong(UInt64(offset)))
        case "bytes": .array(ArrayObject(bytes.map { .number(.byte($0)) }, of: .byte))
        case "path": .optional(path)
        case "hexoffset": .string(hexOffset)
        case "hexbytes": .string(hexBytes)
        case "ascii": .string(ascii)
        case "label": .string(label)
        default: nil
        }
    }
}
