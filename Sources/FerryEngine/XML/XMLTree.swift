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
    /// Where an attribute is, once there are more than a few.
    private var attributePlaces: [String: Int] = [:]
    private static let fewAttributes = 8
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

    var localName: String { XMLName.parts(name).local }
    var prefix: String { XMLName.parts(name).prefix }
    /// The encoding that a document's declaration names.
    var encoding: String? {
        guard let declaration = children.first, declaration.kind == .declaration,
            let start = declaration.value.firstRange(of: "encoding")?.upperBound
        else { return nil }
        let rest = declaration.value[start...].drop { $0.isWhitespace || $0 == "=" }
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != quote })
    }
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

    func attribute(_ name: String) -> XMLTree? {
        if attributes.count > Self.fewAttributes { return attributePlaces[name].map { attributes[$0] } }
        return attributes.first { $0.name == name }
    }

    func setAttribute(_ name: String, _ value: String) {
        if let known = attribute(name) {
            known.value = value
            return
        }
        addAttribute(XMLTree(.attribute, name: name, value: value))
    }

    /// Takes an attribute in, in place of the one of that name.
    func setAttribute(_ made: XMLTree) {
        guard made.parent !== self else { return }
        made.parent?.removeAttribute(made.name)
        removeAttribute(made.name)
        addAttribute(made)
    }

    private func addAttribute(_ made: XMLTree) {
        let name = made.name
        made.parent = self
        attributes.append(made)
        if attributes.count == Self.fewAttributes + 1 {
            placeAttributes()
        } else if attributes.count > Self.fewAttributes {
            attributePlaces[name] = attributes.count - 1
        }
    }

    func removeAttribute(_ name: String) {
        guard attribute(name) != nil else { return }
        attributes.removeAll { $0.name == name }
        placeAttributes()
    }

    private func placeAttributes() {
        attributePlaces = [:]
        guard attributes.count > Self.fewAttributes else { return }
        for (place, attribute) in attributes.enumerated() { attributePlaces[attribute.name] = place }
    }

    /// The namespace of the node's own name: an attribute without a prefix has none.
    var namespace: String {
        let prefix = prefix
        if kind == .attribute {
            if prefix.isEmpty { return name == "xmlns" ? Self.declarations : "" }
            return parent?.namespace(prefix) ?? ""
        }
        return namespace(prefix)
    }

    /// Every prefix that stands for a namespace here.
    var prefixes: Set<String> {
        var found: Set<String> = []
        var node: XMLTree? = self
        while let current = node {
            for attribute in current.attributes where attribute.prefix == "xmlns" { found.insert(attribute.localName) }
            node = current.parent
        }
        return found
    }

    private static let declarations = "http://www.w3.org/2000/xmlns/"

    /// The namespace a prefix stands for here.
    func namespace(_ prefix: String) -> String {
        if prefix == "xml" { return "http://www.w3.org/XML/1998/namespace" }
        if prefix == "xmlns" { return Self.declarations }
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

    enum Place {
        case first, last
        case before(XMLTree)
        case after(XMLTree)
    }

    /// Why a node cannot be put somewhere, in System.Xml's words.
    enum Refusal: String, Error {
        case wrongType =
            "The specified node cannot be inserted as the valid child of this node, because the specified node is the wrong type."
        case wrongPlace = "Cannot insert the node in the specified location."
        case secondRoot = "This document already has a 'DocumentElement' node."
        case inItself = "Cannot insert a node or any ancestor of that node as a child of itself."
        case tooDeep = "The node cannot be inserted because the document would exceed a limit set by MaxDepth."
    }

    /// Puts a node among the children, taken from where it was. A node beside itself stays where it is.
    ///
    /// - Parameter replaced: a child that the node takes the place of.
    /// - Throws: why it cannot be there; nothing has changed then.
    func insert(_ child: XMLTree, at place: Place = .last, replacing replaced: XMLTree? = nil) throws(Refusal) {
        switch place {
        case .before(let other) where other === child, .after(let other) where other === child: return
        default: break
        }
        try check(child, replaced)
        // Where it goes is counted without the two that leave.
        var rest = children.filter { $0 !== child && $0 !== replaced }
        let position: Int
        if let replaced, let index = children.firstIndex(where: { $0 === replaced }) {
            position = children[..<index].count { $0 !== child }
        } else {
            position =
                switch place {
                case .first: 0
                case .last: rest.count
                case .before(let other): rest.firstIndex { $0 === other } ?? rest.count
                case .after(let other): rest.firstIndex { $0 === other }.map { $0 + 1 } ?? rest.count
                }
        }
        rest.insert(child, at: position)
        if kind == .document, rest.dropFirst().contains(where: { $0.kind == .declaration }) {
            throw .wrongPlace
        }
        if child !== replaced { replaced?.detach() }
        child.detach()
        children = rest
        child.parent = self
    }

    private func check(_ child: XMLTree, _ replaced: XMLTree?) throws(Refusal) {
        switch (kind, child.kind) {
        case (.element, .element), (.element, .text), (.element, .cdata), (.element, .comment),
            (.element, .instruction),
            (.document, .element), (.document, .comment), (.document, .instruction), (.document, .declaration):
            break
        default: throw .wrongType
        }
        var node: XMLTree? = self
        while let current = node {
            if current === child { throw .inItself }
            node = current.parent
        }
        if kind == .document, child.kind == .element, let root, root !== child, root !== replaced { throw .secondRoot }
        guard depth + child.height < Self.depthLimit else { throw .tooDeep }
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
        attributePlaces = [:]
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
}
