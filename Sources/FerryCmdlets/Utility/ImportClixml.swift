import FerryEngine
import FerryRemoting

/// The objects that a CLIXML file holds.
struct ImportClixml: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let includeTotalCount = Parameter<Bool>.switch("IncludeTotalCount")
    static let skip = Parameter<UInt64>("Skip")
    static let first = Parameter<UInt64>("First")
    static let signature = Signature(
        "Import-Clixml", typeName: "Microsoft.PowerShell.Commands.ImportClixmlCommand", defaultSet: "ByPath",
        parameters: [includeTotalCount, skip, first],
        sets: [ParameterSet("ByPath", [path]), ParameterSet("ByLiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "ByLiteralPath"
        let paths = isLiteral ? call[Self.literalPath] : call[Self.path]
        for path in paths {
            guard case .file = io.path(path) else { throw io.noFile(path) }
        }
        for file in try io.files(paths, isLiteral: isLiteral) {
            let text = TextEncoding.text(of: try io.readBytes(file), nil)
            let values = try io.clixml(Array(text.utf8))
            if call[Self.includeTotalCount] { try io.emit(.number(.ulong(UInt64(values.count)))) }
            let skipped = Int(clamping: call.isBound(Self.skip) ? call[Self.skip] : 0)
            let limit = call.isBound(Self.first) ? Int(clamping: call[Self.first]) : Int.max
            for value in values.dropFirst(skipped).prefix(limit) { try io.emit(value) }
        }
    }
}
