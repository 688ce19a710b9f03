/// A node of an XML document: what `[xml]` makes of text.
final class XMLTree {
    enum Kind { case document, element, attribute, text, cdata, comment, instruction, declaration }

    /// How deep elements may lie in each other: walks over a tree use the stack.
    static let depthLimit = 1_000

    let kind: Kind
    /// With its prefix; `#text` and its like for nodes without a name of their own.
    let name: String
    /// The text of attributes, texts and comments, and what follows the name of instructions.
    var value: String
    private(set) var attributes: [XMLTree] = []
    private(set) var children: [XMLTree] = []
    private(set) weak var parent: XMLTree?

    init(_ kind: Kind, name: String = "", value: String = "") {
        self.kind = kind
        self.value = value
        self.name =
            switch kind {
            case .document: "#document"
            case .text: "#text"
            case .cdata: "#cdata-section"
            case .comment: "#comment"
            case .declaration: "xml"
            default: name
            }
    }

    var localName: String { name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name }
    var prefix: String { name.firstIndex(of: ":").map { String(name[..<$0]) } ?? "" }
    var root: XMLTree? { children.first { $0.kind == .element } }

    /// All text inside, in order.
    var innerText: String {
        switch kind {
        case .document, .element:
            children.map {
                $0.kind == .comment || $0.kind == .instruction || $0.kind == .declaration ? "" : $0.innerText
            }
            .joined()
        default: value
        }
    }

    func attribute(_ name: String) -> XMLTree? { attributes.first { $0.name == name } }

    func setAttribute(_ name: String, _ value: String) {
        if let known = attribute(name) {
            known.value = value
            return
        }
        let made = XMLTree(.attribute, name: name, value: value)
        made.parent = self
        attributes.append(made)
    }

    func removeAttribute(_ name: String) { attributes.removeAll { $0.name == name } }

    /// The namespace a prefix stands for here.
    func namespace(_ prefix: String) -> String {
        if prefix == "xml" { return "http://www.w3.org/XML/1998/namespace" }
        var node: XMLTree? = self
        while let current = node {
            if let found = current.attribute(prefix.isEmpty ? "xmlns" : "xmlns:" + prefix) { return found.value }
            node = current.parent
        }
        return ""
    }

    // MARK: Changing

    /// Levels from here down.
    private var height: Int {
        var level = [self]
        var count = 0
        while !level.isEmpty {
            count += 1
            level = level.flatMap(\.children)
        }
        return count
    }

    private var depth: Int {
        var count = 0
        var node = parent
        while let current = node {
            count += 1
            node = current.parent
        }
        return count
    }

    /// Puts a node among the children, taken from where it was. `false` where it cannot be: it contains this node, the place
    /// takes no children, or the tree would become too deep.
    func insert(_ child: XMLTree, at position: Int? = nil) -> Bool {
        guard kind == .element || kind == .document, child.kind != .document, child.kind != .attribute else {
            return false
        }
        var node: XMLTree? = self
        while let current = node {
            if current === child { return false }
            node = current.parent
        }
        if kind == .document, child.kind == .element, let root, root !== child { return false }
        guard depth + child.height < Self.depthLimit else { return false }
        child.detach()
        children.insert(child, at: min(position ?? children.count, children.count))
        child.parent = self
        return true
    }

    /// For the parser, which counts levels itself.
    func append(_ child: XMLTree) {
        children.append(child)
        child.parent = self
    }

    func detach() {
        parent?.children.removeAll { $0 === self }
        parent = nil
    }

    func removeAll() {
        for child in children { child.parent = nil }
        children = []
        attributes = []
    }

    /// Makes the text the only content.
    func setText(_ text: String) {
        guard kind == .element else {
            value = text
            return
        }
        for child in children { child.parent = nil }
        children = []
        if !text.isEmpty { append(XMLTree(.text, value: text)) }
    }

    func copy(deep: Bool) -> XMLTree {
        let made = XMLTree(kind, name: name, value: value)
        for attribute in attributes { made.setAttribute(attribute.name, attribute.value) }
        if deep { for child in children { made.append(child.copy(deep: true)) } }
        return made
    }

    // MARK: As text

    private static func escaped(_ text: String, inAttribute: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"" where inAttribute: result += "&quot;"
            case "\n" where inAttribute: result += "&#xA;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `OuterXml`; with `indent`, elements on lines of their own, two blanks a level, as `Save` writes.
    func outer(indent: Int? = nil) -> String {
        switch kind {
        case .document: return children.map { $0.outer(indent: indent) }.joined(separator: indent == nil ? "" : "\n")
        case .declaration: return "<?xml \(value)?>"
        case .instruction: return value.isEmpty ? "<?\(name)?>" : "<?\(name) \(value)?>"
        case .comment: return "<!--\(value)-->"
        case .cdata: return "<![CDATA[\(value)]]>"
        case .text: return Self.escaped(value)
        case .attribute: return "\(name)=\"\(Self.escaped(value, inAttribute: true))\""
        case .element:
            let open = "<" + name + attributes.map { " " + $0.outer() }.joined()
            if children.isEmpty { return open + " />" }
            guard let indent, !children.contains(where: { $0.kind == .text || $0.kind == .cdata }) else {
                return open + ">" + children.map { $0.outer() }.joined() + "</\(name)>"
            }
            let margin = String(repeating: "  ", count: indent)
            let lines = children.map { margin + "  " + $0.outer(indent: indent + 1) }
            return "\(open)>\n\(lines.joined(separator: "\n"))\n\(margin)</\(name)>"
        }
    }
}
