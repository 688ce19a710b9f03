/// A node of an XML document as scripts see it: children and attributes are properties, `.root.item.name`, beside the members of
/// System.Xml's classes.
package final class XMLObject: Object {
    let node: XMLTree
    /// The document the node was made in. Keeps the tree alive: nodes know their parents without owning them.
    let document: XMLTree

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
        if node.kind == .attribute { return ["#text"] }
        var names: [String] = []
        var known: Set<String> = []
        for part in node.attributes + node.children where known.insert(part.name).inserted { names.append(part.name) }
        return names
    }

    private func named(_ name: String) -> [XMLTree] {
        let key = name.folded
        return (node.attributes + node.children).filter { $0.name.folded == key || $0.localName.folded == key }
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let found = named(name).map { $0.kind == .attribute ? .string($0.value) : shown($0) }
        switch found.count {
        case 0: break
        case 1: return found[0]
        default: return .array(found)
        }
        do throws(XMLTree.Unwritable) {
            switch name.folded {
            case "#text" where node.kind == .attribute: return .string(node.value)
            case "outerxml": return .string(try node.outer())
            case "innerxml": return .string(try node.inner())
            default: return nil
            }
        } catch {
            throw .runtime(
                "GetValueInvocationException", .notSpecified, "Exception getting \"\(name)\": \"\(error.reason)\"",
                exception: "System.Management.Automation.GetValueInvocationException",
                inner: ExceptionObject("System.ArgumentException", error.reason))
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
            do throws(XMLReader.Failed) {
                made = try XMLReader.read("<x>\(value.display)</x>", declared: node.prefixes)
            } catch {
                throw .runtime("XmlException", .invalidOperation, error.reason, exception: "System.Xml.XmlException")
            }
            node.setText("")
            do throws(XMLTree.Refusal) {
                for child in made.root?.children ?? [] { try node.insert(child) }
            } catch {
                throw .runtime(
                    "InvalidOperationException", .invalidOperation, error.rawValue,
                    exception: "System.InvalidOperationException")
            }
        default: return false
        }
        return true
    }

    /// The nodes an XPath leads to from here.
    ///
    /// - Parameter namespaces: what prefixes stand for; nil where nobody said.
    package func selected(_ path: String, namespaces: [String: String]?, _ runspace: Runspace) throws(Stop)
        -> [XMLObject]
    {
        let reserved = XMLNamespaces().uris
        let compiled: XMLPath
        do throws(XMLPath.Failed) {
            compiled = try XMLPath(path, namespaces: namespaces.map { $0.merging(reserved) { $1 } })
        } catch {
            throw .runtime(
                "System.Xml.XPath.XPathException", .notSpecified, error.reason,
                exception: "System.Xml.XPath.XPathException")
        }
        return try compiled.nodes(from: node, runspace.interrupt).map { XMLObject($0, in: document) }
    }

    /// The node's value, or the markup in it.
    package var content: String {
        node.kind == .element || node.kind == .document ? (try? node.inner()) ?? "" : node.value
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
