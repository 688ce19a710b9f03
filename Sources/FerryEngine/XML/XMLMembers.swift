/// `XmlDocument`, `XmlElement` and the other nodes.
enum XMLMembers {
    static let tables: [TypeMembers] = [
        node, document, list, map, XMLNamespaces.members, XMLNames.members,
    ]

    private static func object(_ value: Value) -> XMLObject? { value.asObject as? XMLObject }
    private static func tree(_ value: Value) -> XMLTree? { object(value)?.node }

    private static func wrapped(_ value: Value, _ node: XMLTree?) -> Value { object(value)?.wrap(node) ?? .null }

    private static func nodes(_ value: Value, _ nodes: [XMLTree]) -> Value {
        object(value).map { .object(XMLNodes(.found(nodes), of: $0)) } ?? .null
    }

    private static func select(_ call: MethodCall) throws(Stop) -> [XMLTree] {
        guard let node = tree(call.target) else { return [] }
        let text = try call.string(0)
        let path: XMLPath
        var namespaces: XMLNamespaces?
        if call.count > 1, !call.arguments[1].isNull {
            guard let manager = call.arguments[1].asObject as? XMLNamespaces else { throw call.noOverload() }
            namespaces = manager
        }
        do throws(XMLPath.Failed) {
            path = try XMLPath(text, namespaces: namespaces?.uris)
        } catch {
            throw call.failed("System.Xml.XPath.XPathException", error.reason)
        }
        return try path.nodes(from: node, call.runspace.interrupt)
    }

    private static func sibling(_ value: Value, _ step: Int) -> Value {
        guard let node = tree(value), let all = node.parent?.children,
            let index = all.firstIndex(where: { $0 === node }), all.indices.contains(index + step)
        else { return .null }
        return wrapped(value, all[index + step])
    }

    /// Puts a node among the children of another: the new child is the result.
    private static func put(_ call: MethodCall, at place: XMLTree.Place, replacing replaced: XMLTree? = nil)
        throws(Stop) -> Value
    {
        guard let parent = object(call.target), let child = object(call.arguments[0]) else { throw call.noOverload() }
        guard parent.document === child.document else {
            throw call.failed(
                "System.ArgumentException", "The node to be inserted is from a different document context.")
        }
        do throws(XMLTree.Refusal) {
            try parent.node.insert(child.node, at: place, replacing: replaced)
        } catch {
            throw call.failed(
                error == .inItself ? "System.ArgumentException" : "System.InvalidOperationException", error.rawValue)
        }
        return call.arguments[0]
    }

    /// The child that the second argument is; `nil` for null.
    private static func reference(_ call: MethodCall) throws(Stop) -> XMLTree? {
        if call.arguments[1].isNull { return nil }
        guard let parent = tree(call.target), let child = tree(call.arguments[1]), child.parent === parent,
            child.kind != .attribute
        else {
            throw call.failed("System.ArgumentException", "The reference node is not a child of this node.")
        }
        return child
    }

    /// A qualified name that an argument gives.
    private static func name(_ call: MethodCall, _ index: Int) throws(Stop) -> String {
        let name = try call.string(index)
        if let fault = XMLName.fault(in: name) {
            throw call.failed(name.isEmpty ? "System.ArgumentException" : "System.Xml.XmlException", fault)
        }
        return name
    }

    private static let node = TypeMembers("System.Xml.XmlNode") {
        $0.property("Name", .string) { .string(tree($0)?.name ?? "") }
        $0.property("LocalName", .string) { .string(tree($0)?.localName ?? "") }
        $0.property("Prefix", .string) { .string(tree($0)?.prefix ?? "") }
        $0.property("NamespaceURI", .string) { .string(tree($0)?.namespace ?? "") }
        $0.property("Value", .string) {
            guard let node = tree($0), node.kind != .element, node.kind != .document else { return .null }
            return .string(node.value)
        }
        $0.property("InnerText", .string) { .string(tree($0)?.innerText ?? "") }
        $0.property("InnerXml", .string) { .string((try? tree($0)?.inner()) ?? "") }
        $0.property("OuterXml", .string) { .string((try? tree($0)?.outer()) ?? "") }
        $0.property("NodeType", .string) {
            switch tree($0)?.kind {
            case .document: .string("Document")
            case .element: .string("Element")
            case .attribute: .string("Attribute")
            case .text: .string("Text")
            case .cdata: .string("CDATA")
            case .comment: .string("Comment")
            case .instruction: .string("ProcessingInstruction")
            case .declaration: .string("XmlDeclaration")
            case nil: .null
            }
        }
        $0.property("ChildNodes", .object) { value in
            object(value).map { .object(XMLNodes(.children, of: $0)) } ?? .null
        }
        $0.property("Attributes", .object) { value in
            object(value).map { .object(XMLNodes(.attributes, of: $0)) } ?? .null
        }
        $0.property("HasChildNodes", .bool) { .bool(tree($0)?.children.isEmpty == false) }
        $0.property("HasAttributes", .bool) { .bool(tree($0)?.attributes.isEmpty == false) }
        $0.property("IsEmpty", .bool) { .bool(tree($0)?.children.isEmpty ?? true) }
        $0.property("FirstChild", .object) { wrapped($0, tree($0)?.children.first) }
        $0.property("LastChild", .object) { wrapped($0, tree($0)?.children.last) }
        $0.property("ParentNode", .object) { tree($0)?.kind == .attribute ? .null : wrapped($0, tree($0)?.parent) }
        $0.property("OwnerElement", .object) { tree($0)?.kind == .attribute ? wrapped($0, tree($0)?.parent) : .null }
        $0.property("NextSibling", .object) { sibling($0, 1) }
        $0.property("PreviousSibling", .object) { sibling($0, -1) }
        $0.property("OwnerDocument", .object) {
            var top = tree($0)
            while let parent = top?.parent { top = parent }
            return top?.kind == .document ? wrapped($0, top) : .null
        }
        $0.method("SelectNodes", "System.Xml.XmlNodeList SelectNodes(string xpath)", 1...2) { call throws(Stop) in
            nodes(call.target, try select(call))
        }
        $0.method("SelectSingleNode", "System.Xml.XmlNode SelectSingleNode(string xpath)", 1...2) {
            call throws(Stop) in wrapped(call.target, try select(call).first)
        }
        $0.method("GetElementsByTagName", "System.Xml.XmlNodeList GetElementsByTagName(string name)", 1...1) {
            call throws(Stop) in
            let name = try call.string(0)
            var found: [XMLTree] = []
            var stack = Array((tree(call.target)?.children ?? []).reversed())
            while let next = stack.popLast() {
                try call.runspace.interrupt.check()
                if next.kind == .element, name == "*" || next.name == name { found.append(next) }
                stack += next.children.reversed()
            }
            return nodes(call.target, found)
        }
        $0.method("GetAttribute", "string GetAttribute(string name)", 1...1) { call throws(Stop) in
            .string(tree(call.target)?.attribute(try call.string(0))?.value ?? "")
        }
        $0.method("HasAttribute", "bool HasAttribute(string name)", 1...1) { call throws(Stop) in
            .bool(tree(call.target)?.attribute(try call.string(0)) != nil)
        }
        $0.method("SetAttribute", "void SetAttribute(string name, string value)", 2...2) { call throws(Stop) in
            guard let node = tree(call.target), node.kind == .element else { throw call.noOverload() }
            node.setAttribute(try name(call, 0), try call.string(1))
            return .nothing
        }
        $0.method("RemoveAttribute", "void RemoveAttribute(string name)", 1...1) { call throws(Stop) in
            tree(call.target)?.removeAttribute(try call.string(0))
            return .nothing
        }
        $0.method(
            "SetAttributeNode", "System.Xml.XmlAttribute SetAttributeNode(System.Xml.XmlAttribute newAttr)", 1...1
        ) {
            call throws(Stop) in
            guard let owner = object(call.target), let made = object(call.arguments[0]),
                made.node.kind == .attribute, made.document === owner.document
            else { throw call.noOverload() }
            owner.node.setAttribute(made.node)
            return .null
        }
        $0.method("AppendChild", "System.Xml.XmlNode AppendChild(System.Xml.XmlNode newChild)", 1...1) {
            call throws(Stop) in try put(call, at: .last)
        }
        $0.method("PrependChild", "System.Xml.XmlNode PrependChild(System.Xml.XmlNode newChild)", 1...1) {
            call throws(Stop) in try put(call, at: .first)
        }
        $0.method(
            "InsertBefore",
            "System.Xml.XmlNode InsertBefore(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)", 2...2
        ) { call throws(Stop) in try put(call, at: try reference(call).map { .before($0) } ?? .last) }
        $0.method(
            "InsertAfter", "System.Xml.XmlNode InsertAfter(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)",
            2...2
        ) { call throws(Stop) in try put(call, at: try reference(call).map { .after($0) } ?? .first) }
        $0.method("RemoveChild", "System.Xml.XmlNode RemoveChild(System.Xml.XmlNode oldChild)", 1...1) {
            call throws(Stop) in
            guard let child = tree(call.arguments[0]), child.parent === tree(call.target), child.parent != nil else {
                throw call.failed("System.ArgumentException", "The node to be removed is not a child of this node.")
            }
            child.detach()
            return call.arguments[0]
        }
        $0.method(
            "ReplaceChild", "System.Xml.XmlNode ReplaceChild(System.Xml.XmlNode newChild, System.Xml.XmlNode oldChild)",
            2...2
        ) { call throws(Stop) in
            guard let old = try reference(call) else {
                throw call.failed("System.ArgumentException", "The reference node is not a child of this node.")
            }
            _ = try put(call, at: .last, replacing: old)
            return call.arguments[1]
        }
        $0.method("RemoveAll", "void RemoveAll()", 0...0) { call throws(Stop) in
            tree(call.target)?.removeAll()
            return .nothing
        }
        $0.method("CloneNode", "System.Xml.XmlNode CloneNode(bool deep)", 0...1) { call throws(Stop) in
            wrapped(call.target, tree(call.target)?.copy(deep: call.count == 0 || call.arguments[0].isTrue))
        }
    }

    private static func made(_ call: MethodCall, _ kind: XMLTree.Kind) throws(Stop) -> Value {
        wrapped(call.target, XMLTree(kind, value: try call.string(0)))
    }

    private static let document = TypeMembers("System.Xml.XmlDocument") {
        $0.make { call throws(Stop) in .object(XMLObject(document: XMLTree(.document))) }
        $0.property("DocumentElement", .object) { wrapped($0, tree($0)?.root) }
        $0.method("CreateElement", "System.Xml.XmlElement CreateElement(string name)", 1...2) { call throws(Stop) in
            let node = XMLTree(.element, name: try name(call, 0))
            if call.count > 1 { node.setAttribute("xmlns", try call.string(1)) }
            return wrapped(call.target, node)
        }
        $0.method("CreateAttribute", "System.Xml.XmlAttribute CreateAttribute(string name)", 1...1) {
            call throws(Stop) in
            wrapped(call.target, XMLTree(.attribute, name: try name(call, 0)))
        }
        $0.method("CreateTextNode", "System.Xml.XmlText CreateTextNode(string text)", 1...1) { call throws(Stop) in
            try made(call, .text)
        }
        $0.method("CreateComment", "System.Xml.XmlComment CreateComment(string data)", 1...1) { call throws(Stop) in
            try made(call, .comment)
        }
        $0.method("CreateCDataSection", "System.Xml.XmlCDataSection CreateCDataSection(string data)", 1...1) {
            call throws(Stop) in try made(call, .cdata)
        }
        $0.method(
            "CreateXmlDeclaration",
            "System.Xml.XmlDeclaration CreateXmlDeclaration(string version, string encoding, string standalone)", 3...3
        ) { call throws(Stop) in
            let encoding =
                call.arguments[1].isNull || call.arguments[1].display.isEmpty
                ? "" : " encoding=\"\(try call.string(1))\""
            return wrapped(
                call.target, XMLTree(.declaration, value: "version=\"\(try call.string(0))\"\(encoding)"))
        }
        $0.method("ImportNode", "System.Xml.XmlNode ImportNode(System.Xml.XmlNode node, bool deep)", 2...2) {
            call throws(Stop) in
            wrapped(call.target, tree(call.arguments[0])?.copy(deep: call.arguments[1].isTrue))
        }
        $0.method("LoadXml", "void LoadXml(string xml)", 1...1) { call throws(Stop) in
            try fill(call, try call.string(0))
        }
        $0.method("Load", "void Load(string filename)", 1...1) { call throws(Stop) in
            let path = call.runspace.location.resolve(try call.string(0))
            return try fill(call, try attempt(call) { () throws(Stop) in try FileText.read(path).text })
        }
        $0.method("Save", "void Save(string filename)", 1...1) { call throws(Stop) in
            let path = call.runspace.location.resolve(try call.string(0))
            let bytes = try written(call)
            try attempt(call) { () throws(Stop) in
                let writer = try TextFileWriter(path, appends: false)
                try writer.write(bytes: bytes[...])
                try writer.close()
            }
            return .nothing
        }
        $0.property("NameTable", .object) { _ in .object(XMLNames()) }
    }

    /// The document in the encoding it declares: UTF-8 if it declares none. Encodings that begin like ASCII are written as ASCII,
    /// with references for what is beyond it, which every reader of them understands.
    private static func written(_ call: MethodCall) throws(Stop) -> [UInt8] {
        guard let document = tree(call.target) else { return [] }
        let encoding = document.encoding?.folded ?? "utf-8"
        let isASCII = encoding == "us-ascii" || encoding.hasPrefix("iso-8859-") || encoding.hasPrefix("windows-125")
        let isWide = encoding == "utf-16" || encoding == "utf-16le"
        guard isASCII || isWide || encoding == "utf-8" else {
            throw call.failed(
                "System.ArgumentException",
                "'\(encoding)' is not a supported encoding name. Declare utf-8, utf-16 or us-ascii. (Parameter 'name')")
        }
        let text: String
        do throws(XMLTree.Unwritable) {
            text = try document.outer(XMLTree.Style(isIndented: true, isASCII: isASCII))
        } catch {
            throw call.failed("System.ArgumentException", error.reason)
        }
        guard isWide else { return Array(text.utf8) }
        return ([0xFEFF] + Array(text.utf16)).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }

    private static let list = TypeMembers("System.Xml.XmlNodeList") {
        $0.property("Count", .int32) { .count($0.elements?.count ?? 0) }
        $0.method("Item", "System.Xml.XmlNode Item(int index)", 1...1) { call throws(Stop) in try item(call) }
    }

    private static func item(_ call: MethodCall) throws(Stop) -> Value {
        let position = try call.int(0)
        // .NET counts from the beginning only, and answers null beyond either end.
        guard position >= 0, let nodes = call.target.asObject as? XMLNodes else { return .null }
        return try nodes.item(.count(position))
    }

    private static let map = TypeMembers("System.Xml.XmlNamedNodeMap") {
        for name in ["Append", "SetNamedItem"] {
            $0.method(name, "System.Xml.XmlAttribute \(name)(System.Xml.XmlAttribute node)", 1...1) {
                call throws(Stop) in
                guard let nodes = call.target.asObject as? XMLNodes, let made = object(call.arguments[0]),
                    made.node.kind == .attribute
                else { throw call.noOverload() }
                guard made.document === nodes.owner.document else {
                    throw call.failed(
                        "System.ArgumentException", "The named node is from a different document context.")
                }
                nodes.owner.node.setAttribute(made.node)
                return call.arguments[0]
            }
        }
        $0.property("Count", .int32) { .count($0.elements?.count ?? 0) }
        $0.method("Item", "System.Xml.XmlNode Item(int index)", 1...1) { call throws(Stop) in try item(call) }
        $0.method("ItemOf", "System.Xml.XmlAttribute ItemOf(int i)", 1...1) { call throws(Stop) in
            guard let nodes = call.target.asObject as? XMLNodes else { return .null }
            return try nodes.item(call.arguments[0])
        }
        $0.method("GetNamedItem", "System.Xml.XmlNode GetNamedItem(string name)", 1...1) { call throws(Stop) in
            guard let nodes = call.target.asObject as? XMLNodes else { return .null }
            return try nodes.item(.string(try call.string(0)))
        }
        $0.method("RemoveNamedItem", "System.Xml.XmlNode RemoveNamedItem(string name)", 1...1) { call throws(Stop) in
            guard let nodes = call.target.asObject as? XMLNodes else { return .null }
            let name = try call.string(0)
            let removed = nodes.owner.node.attribute(name)
            nodes.owner.node.removeAttribute(name)
            return nodes.owner.wrap(removed)
        }
    }

    /// .NET's errors in a call that reads or writes a file.
    private static func attempt<Result>(_ call: MethodCall, _ body: () throws(Stop) -> Result) throws(Stop) -> Result {
        do throws(Stop) {
            return try body()
        } catch {
            guard let exception = error.record?.exception else { throw error }
            throw call.failed(exception.exceptionType.fullName, exception.message)
        }
    }

    /// Gives a document that scripts already hold other content.
    private static func fill(_ call: MethodCall, _ text: String) throws(Stop) -> Value {
        guard let target = tree(call.target) else { return .nothing }
        let source: XMLTree
        do throws(XMLReader.Failed) { source = try XMLReader.read(text) } catch {
            throw call.failed("System.Xml.XmlException", error.reason)
        }
        target.removeAll()
        do throws(XMLTree.Refusal) {
            for child in source.children { try target.insert(child) }
        } catch {
            throw call.failed("System.Xml.XmlException", error.rawValue)
        }
        return .nothing
    }
}
