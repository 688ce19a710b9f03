import FerryEngine

/// Objects as an XML document of their properties.
struct ConvertToXml: Cmdlet {
    static let input = Parameter<Value>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
        .allowing(.null)
    static let depth = Parameter<Int>("Depth", validate: [.range(1, 2_147_483_647)])
    static let noTypes = Parameter<Bool>.switch("NoTypeInformation")
    static let form = Parameter<String>("As", validate: [.notNullOrEmpty, .set(["Stream", "String", "Document"])])

    static let signature = Signature(
        "ConvertTo-Xml", typeName: "Microsoft.PowerShell.Commands.ConvertToXmlCommand",
        outputs: [.xml, .string], parameters: [depth, input, noTypes, form])

    private static let declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    private var objects: [XMLElementText] = []

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call[Self.form].folded == "stream" else { return }
        try io.emit(.string(Self.declaration))
        try io.emit(.string("<Objects>"))
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let serializer = XMLObjectText(hasTypes: !call[Self.noTypes], io)
        let depth = call.isBound(Self.depth) ? call[Self.depth] : 1
        let element = try serializer.element("Object", nil, call[Self.input], depth: depth)
        guard call[Self.form].folded == "stream" else { return objects.append(element) }
        try io.emit(.string(element.indented(0)))
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let root = XMLElementText("Objects", children: objects)
        switch call[Self.form].folded {
        case "stream": try io.emit(.string("</Objects>"))
        case "string": try io.emit(.string(Self.declaration + "\n" + root.indented(0)))
        default:
            try io.emit(try Conversion.convert(.string(Self.declaration + root.compact), to: .xml, io.runspace))
        }
    }
}

/// One element on its way to text.
struct XMLElementText {
    let name: String
    let attributes: [(name: String, value: String)]
    let text: String?
    let children: [XMLElementText]

    init(
        _ name: String, _ attributes: [(name: String, value: String)] = [], text: String? = nil,
        children: [XMLElementText] = []
    ) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }

    private var head: String {
        "<" + name + attributes.map { " \($0.name)=\"\(XMLText.escaped($0.value, inAttribute: true))\"" }.joined()
    }

    private var isEmpty: Bool { children.isEmpty && (text ?? "").isEmpty }

    /// An empty text has an end of its own, as XmlWriter gives it.
    private var emptyEnd: String { text == nil ? " />" : "></\(name)>" }

    var compact: String {
        if isEmpty { return head + emptyEnd }
        return head + ">" + XMLText.escaped(text ?? "", keepsReturns: true) + children.map(\.compact).joined()
            + "</\(name)>"
    }

    /// Two blanks a level; an element with text is one line.
    func indented(_ level: Int) -> String {
        let margin = String(repeating: "  ", count: level)
        if isEmpty { return margin + head + emptyEnd }
        if let text { return margin + head + ">" + XMLText.escaped(text, keepsReturns: true) + "</\(name)>" }
        let lines = children.map { $0.indented(level + 1) }.joined(separator: "\n")
        return margin + head + ">\n" + lines + "\n" + margin + "</\(name)>"
    }
}

/// Objects as elements: single values as text, collections element by element, everything else by its properties as deep as asked.
struct XMLObjectText {
    private let hasTypes: Bool
    private let io: CommandIO

    init(hasTypes: Bool, _ io: CommandIO) {
        self.hasTypes = hasTypes
        self.io = io
    }

    private func attributes(_ name: String?, _ type: String?) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        if let name { found.append(("Name", name)) }
        if hasTypes, let type { found.append(("Type", type)) }
        return found
    }

    /// - Parameter depth: levels of properties that are left; collections take none.
    func element(_ tag: String, _ name: String?, _ value: Value, depth: Int) throws(Stop) -> XMLElementText {
        try io.runspace.checkDepth()
        try io.interrupt.check()
        if value.isNull { return XMLElementText(tag, attributes(name, name == nil ? nil : "System.Object")) }
        let own = attributes(name, value.typeName.fullName)
        if case .table(let table) = value {
            var children: [XMLElementText] = []
            for (key, value) in table.pairs {
                children.append(try element("Property", "Key", key, depth: depth))
                children.append(try element("Property", "Value", value, depth: depth))
            }
            return XMLElementText(tag, own, children: children)
        }
        if let elements = value.elements {
            var children: [XMLElementText] = []
            for item in elements { children.append(try element("Property", nil, item, depth: depth)) }
            return XMLElementText(tag, own, children: children)
        }
        guard depth > 0, case .object = value else {
            return XMLElementText(tag, own, text: try io.invokeMember("ToString", of: value).display)
        }
        var children: [XMLElementText] = []
        for property in io.runspace.formatPropertyNames(of: value) {
            var inner = Value.null
            do throws(Stop) { inner = try io.property(property, of: value) ?? .null } catch {
                // A property that cannot be read is written as one without a value.
                guard error.record != nil else { throw error }
            }
            children.append(try element("Property", property, inner, depth: depth - 1))
        }
        return XMLElementText(tag, own, children: children)
    }
}
