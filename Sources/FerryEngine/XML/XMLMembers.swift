/// `XmlDocument`, `XmlElement` and the other nodes.
enum XMLMembers {
    static let tables: [TypeMembers] = [node, document]

    private static func object(_ value: Value) -> XMLObject? { value.asObject as? XMLObject }
    private static func tree(_ value: Value) -> XMLTree? { object(value)?.node }

    private static func wrapped(_ value: Value, _ node: XMLTree?) -> Value { object(value)?.wrap(node) ?? .null }

    private static func nodes(_ value: Value, _ nodes: [XMLTree]) -> Value {
        .list(ListObject(nodes.map { wrapped(value, $0) }, kind: .collection))
    }

    private static func select(_ call: MethodCall) throws(Stop) -> [XMLTree] {
        guard let node = tree(call.target) else { return [] }
        let path = try call.string(0)
        do throws(XMLPath.Failed) {
            return try XMLPath(path).nodes(from: node)
        } catch {
            throw call.failed("System.Xml.XPath.XPathException", error.reason)
        }
    }

    private static func sibling(_ value: Value, _ step: Int) -> Value {
        guard let node = tree(value), let all = node.parent?.children,
            let index = all.firstIndex(where: { $0 === node }), all.indices.contains(index + step)
        else { return .null }
        return wrapped(value, all[index + step])
    }

    /// Puts a node among the children of another: the new child is the result.
    private static func put(_ call: MethodCall, at position: Int?) throws(Stop) -> Value {
        guard let parent = tree(call.target), let child = tree(call.arguments[0]), parent.insert(child, at: position)
        else {
            throw call.failed(
                "System.InvalidOperationException",
                "The specified node cannot be inserted as the valid child of this node, because the specified node is the "
                    + "wrong type.")
        }
        return wrapped(call.target, child)
    }

    private static func place(_ call: MethodCall) throws(Stop) -> Int? {
        if call.arguments[1].isNull { return nil }
        guard let parent = tree(call.target), let child = tree(call.arguments[1]),
            let index = parent.children.firstIndex(where: { $0 === child })
        else {
            throw call.failed("System.ArgumentException", "The reference node is not a child of this node.")
        }
        return index
    }

    private static let node = TypeMembers("System.Xml.XmlNode") {
        $0.property("Name", .string) { .string(tree($0)?.name ?? "") }
        $0.property("LocalName", .string) { .string(tree($0)?.localName ?? "") }
        $0.property("Prefix", .string) { .string(tree($0)?.prefix ?? "") }
        $0.property("NamespaceURI", .string) { .string(tree($0).map { $0.namespace($0.prefix) } ?? "") }
        $0.property("Value", .string) {
            guard let node = tree($0), node.kind != .element, node.kind != .document else { return .null }
            return .string(node.value)
        }
        $0.property("InnerText", .string) { .string(tree($0)?.innerText ?? "") }
        $0.property("InnerXml", .string) { .string(tree($0)?.children.map { $0.outer() }.joined() ?? "") }
        $0.property("OuterXml", .string) { .string(tree($0)?.outer() ?? "") }
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
        $0.property("ChildNodes", .object) { nodes($0, tree($0)?.children ?? []) }
        $0.property("Attributes", .object) { nodes($0, tree($0)?.attributes ?? []) }
        $0.property("HasChildNodes", .bool) { .bool(tree($0)?.children.isEmpty == false) }
        $0.property("HasAttributes", .bool) { .bool(tree($0)?.attributes.isEmpty == false) }
        $0.property("IsEmpty", .bool) { .bool(tree($0)?.children.isEmpty ?? true) }
        $0.property("FirstChild", .object) { wrapped($0, tree($0)?.children.first) }
        $0.property("LastChild", .object) { wrapped($0, tree($0)?.children.last) }
        $0.property("ParentNode", .object) { wrapped($0, tree($0)?.parent) }
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
            node.setAttribute(try call.string(0), try call.string(1))
            return .nothing
        }
        $0.method("RemoveAttribute", "void RemoveAttribute(string name)", 1...1) { call throws(Stop) in
            tree(call.target)?.removeAttribute(try call.string(0))
            return .nothing
        }
        $0.method("AppendChild", "System.Xml.XmlNode AppendChild(System.Xml.XmlNode newChild)", 1...1) {
            call throws(Stop) in try put(call, at: nil)
        }
        $0.method("PrependChild", "System.Xml.XmlNode PrependChild(System.Xml.XmlNode newChild)", 1...1) {
            call throws(Stop) in try put(call, at: 0)
        }
        $0.method(
            "InsertBefore",
            "System.Xml.XmlNode InsertBefore(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)", 2...2
        ) { call throws(Stop) in try put(call, at: try place(call)) }
        $0.method(
            "InsertAfter", "System.Xml.XmlNode InsertAfter(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)",
            2...2
        ) { call throws(Stop) in try put(call, at: try place(call).map { $0 + 1 } ?? 0) }
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
            let position = try place(call)
            tree(call.arguments[1])?.detach()
            _ = try put(call, at: position)
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
            let node = XMLTree(.element, name: try call.string(0))
            if call.count > 1 { node.setAttribute("xmlns", try call.string(1)) }
            return wrapped(call.target, node)
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
            let encoding = call.arguments[1].isNull ? "" : " encoding=\"\(try call.string(1))\""
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
            try attempt(call) { () throws(Stop) in
                let writer = try TextFileWriter(path, appends: false)
                try writer.write(tree(call.target)?.outer(indent: 0) ?? "")
                try writer.close()
            }
            return .nothing
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
        for child in source.children { _ = target.insert(child) }
        return .nothing
    }
}
