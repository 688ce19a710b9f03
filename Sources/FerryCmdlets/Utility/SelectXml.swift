import FerryEngine

/// Finds nodes of XML documents by an XPath.
struct SelectXml: Cmdlet {
    static let xpath = Parameter<String>("XPath", position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let path = Parameter<[String]>(
        "Path", position: 1, mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty], wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty, validate: [.notNullOrEmpty])
    static let xml = Parameter<[Value]>(
        "Xml", aliases: ["Node"], position: 1, mandatory: true, pipeline: .byValueAndProperty,
        validate: [.notNullOrEmpty], type: .array(of: RuntimeType("System.Xml.XmlNode")))
    static let content = Parameter<[String]>(
        "Content", mandatory: true, pipeline: .byValue, validate: [.notNullOrEmpty])
    static let namespace = Parameter<TableObject?>("Namespace", validate: [.notNullOrEmpty])

    static let signature = Signature(
        "Select-Xml", typeName: "Microsoft.PowerShell.Commands.SelectXmlCommand", defaultSet: "Xml",
        outputs: [FoundNode.type], parameters: [xpath, namespace],
        sets: [
            ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath]), ParameterSet("Xml", [xml]),
            ParameterSet("Content", [content]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "Xml":
            for node in call[Self.xml] { try search(node, path: nil, call, io) }
        case "Content":
            for text in call[Self.content] {
                do throws(Stop) {
                    try search(try Conversion.convert(.string(text), to: .xml, io.runspace), path: nil, call, io)
                } catch {
                    guard let record = error.record, record.errorID == "InvalidCastToXmlDocument" else { throw error }
                    try io.report(record)
                }
            }
        default:
            let isLiteral = call.parameterSet == "LiteralPath"
            for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
                guard let place = try io.checkedPath(text) else { continue }
                guard place.isFile else {
                    try io.report(
                        "ProcessingFile", .invalidOperation,
                        "Cannot open the file because '\(text)' is not a path of the file system.",
                        target: .string(text), exception: "System.InvalidOperationException")
                    continue
                }
                for file in try io.files([text], isLiteral: isLiteral) { try search(file, call, io) }
            }
        }
    }

    private func search(_ file: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let document: Value
        do throws(Stop) {
            let bytes = try io.readBytes(file)
            let head = String(decoding: bytes.prefix(200), as: UTF8.self).folded
            let isLatin = head.hasPrefix("<?xml") && head.prefix { $0 != ">" }.contains("iso-8859-1")
            document = try Conversion.convert(
                .string(TextEncoding.text(of: bytes, isLatin ? .latin1 : nil)), to: .xml, io.runspace)
        } catch {
            guard let record = error.record else { throw error }
            return try io.report(
                "ProcessingFile", .invalidArgument,
                "The file \(file) cannot be read: \(record.exception.inner?.message ?? record.exception.message)",
                target: .string(file), exception: "System.ArgumentException")
        }
        try search(document, path: file, call, io)
    }

    private func search(_ node: Value, path: String?, _ call: Call, _ io: CommandIO) throws(Stop) {
        guard let object = node.asObject as? XMLObject else { return }
        var namespaces: [String: String]?
        if let table = call[Self.namespace] {
            var known: [String: String] = [:]
            for (prefix, uri) in table.pairs {
                guard !uri.isNull else {
                    try io.report(
                        "PrefixError", .invalidOperation,
                        "The namespace is null: give each prefix of -Namespace the name of a namespace.",
                        target: .table(table), exception: "System.InvalidOperationException")
                    continue
                }
                known[prefix.display] = uri.display
            }
            namespaces = known
        }
        for found in try object.selected(call[Self.xpath], namespaces: namespaces, io.runspace) {
            try io.emit(FoundNode(found, path: path ?? "InputStream", pattern: call[Self.xpath]).value)
        }
    }
}

/// `SelectXmlInfo`: a node that an XPath led to.
final class FoundNode: HostedBody {
    static let type = RuntimeType("Microsoft.PowerShell.Commands.SelectXmlInfo")

    private let node: XMLObject
    private let path: String
    private let pattern: String

    init(_ node: XMLObject, path: String, pattern: String) {
        self.node = node
        self.path = path
        self.pattern = pattern
    }

    var typeName: RuntimeType { Self.type }

    /// What is in the node, and the file it is from.
    var text: String {
        let inner = node.content.trimmed
        return path == "InputStream" ? inner : "\(inner):\(path)"
    }

    var propertyNames: [String] { ["Node", "Path", "Pattern"] }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "node": .object(node)
        case "path": .string(path)
        case "pattern": .string(pattern)
        default: nil
        }
    }
}
