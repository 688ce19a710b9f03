/// A node of an XML document as scripts see it: children and attributes are properties, `.root.item.name`, beside the members of
/// System.Xml's classes.
package final class XMLObject: Object {
    let node: XMLTree
    /// Keeps the tree alive: nodes know their parents without owning them.
    private let document: XMLTree

    init(_ node: XMLTree, in document: XMLTree) {
        self.node = node
        self.document = document
    }

    convenience init(document: XMLTree) { self.init(document, in: document) }

    func wrap(_ node: XMLTree?) -> Value { node.map { .object(XMLObject($0, in: document)) } ?? .null }

    private static func type(_ name: String, _ bases: [String]) -> RuntimeType {
        RuntimeType(
            "System.Xml." + name, bases: bases.map { "System.Xml." + $0 } + ["System.Xml.XmlNode", "System.Object"])
    }
    private static let elementType = type("XmlElement", ["XmlLinkedNode"])
    private static let attributeType = type("XmlAttribute", [])
    private static let textType = type("XmlText", ["XmlCharacterData", "XmlLinkedNode"])
    private static let sectionType = type("XmlCDataSection", ["XmlCharacterData", "XmlLinkedNode"])
    private static let commentType = type("XmlComment", ["XmlCharacterData", "XmlLinkedNode"])
    private static let declarationType = type("XmlDeclaration", ["XmlLinkedNode"])
    private static let instructionType = type("XmlProcessingInstruction", ["XmlLinkedNode"])
    private static let documentType = RuntimeType(
        RuntimeType.xml.fullName, kind: .xml, bases: ["System.Xml.XmlNode", "System.Object"])

    package override var typeName: RuntimeType {
        switch node.kind {
        case .document: Self.documentType
        case .element: Self.elementType
        case .attribute: Self.attributeType
        case .text: Self.textType
        case .cdata: Self.sectionType
        case .comment: Self.commentType
        case .declaration: Self.declarationType
        case .instruction: Self.instructionType
        }
    }

    package override var text: String { node.localName }
    package override func isEqual(to other: Object) -> Bool { (other as? XMLObject)?.node === node }

    // MARK: Children as properties

    /// The text of an element that is nothing else, otherwise the element; the text of everything else.
    private func shown(_ child: XMLTree) -> Value {
        guard child.kind == .element else { return .string(child.value) }
        if child.attributes.isEmpty, child.children.allSatisfy({ $0.kind == .text }) { return .string(child.innerText) }
        return wrap(child)
    }

    package override var propertyNames: [String] {
        var names: [String] = []
        for part in node.attributes + node.children where !names.contains(part.name) { names.append(part.name) }
        return names
    }

    private func named(_ name: String) -> [XMLTree] {
        let key = name.folded
        return (node.attributes + node.children).filter { $0.name.folded == key || $0.localName.folded == key }
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let found = named(name).map { $0.kind == .attribute ? .string($0.value) : shown($0) }
        switch found.count {
        case 0: return nil
        case 1: return found[0]
        default: return .array(found)
        }
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        let found = named(name)
        if found.count == 1 {
            found[0].setText(value.display)
            return true
        }
        switch name.folded {
        case "innertext", "#text", "value": node.setText(value.display)
        case "innerxml":
            let made: XMLTree
            do throws(XMLReader.Failed) { made = try XMLReader.read("<x>\(value.display)</x>") } catch {
                throw .runtime("XmlException", .invalidOperation, error.reason, exception: "System.Xml.XmlException")
            }
            node.setText("")
            for child in made.root?.children ?? [] { _ = node.insert(child) }
        default: return false
        }
        return true
    }

    /// The document that a value is as text; an array is its lines.
    static func document(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        if value.asObject is XMLObject { return value }
        let text = value.elements.map { $0.map(\.display).joined(separator: "\n") } ?? value.display
        do throws(XMLReader.Failed) {
            return .object(XMLObject(document: try XMLReader.read(text)))
        } catch {
            throw Conversion.failed(
                .string(text), type, error.reason, id: "InvalidCastToXmlDocument", inner: "System.Xml.XmlException")
        }
    }
}
