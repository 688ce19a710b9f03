/// `System.Xml.XmlNamespaceManager`: what prefixes stand for in a path.
package final class XMLNamespaces: Object {
    private(set) var uris = [
        "xml": "http://www.w3.org/XML/1998/namespace", "xmlns": "http://www.w3.org/2000/xmlns/",
    ]

    private static let type = RuntimeType("System.Xml.XmlNamespaceManager", bases: ["System.Object"])
    package override var typeName: RuntimeType { Self.type }

    private static func manager(_ value: Value) -> XMLNamespaces? { value.asObject as? XMLNamespaces }

    static let members = TypeMembers("System.Xml.XmlNamespaceManager") {
        // Scripts hand over a document's table of names, which this needs none of.
        $0.make { call throws(Stop) in
            guard call.count == 1, (call.arguments[0].asObject as? XMLNames) != nil else { throw call.noOverload() }
            return .object(XMLNamespaces())
        }
        $0.property("DefaultNamespace", .string) { .string(manager($0)?.uris[""] ?? "") }
        $0.method("AddNamespace", "void AddNamespace(string prefix, string uri)", 2...2) { call throws(Stop) in
            let prefix = try call.string(0)
            guard prefix != "xml", prefix != "xmlns" else {
                throw call.failed(
                    "System.ArgumentException", "Prefix \"\(prefix)\" is reserved for use by XML. (Parameter 'prefix')")
            }
            manager(call.target)?.uris[prefix] = try call.string(1)
            return .nothing
        }
        $0.method("RemoveNamespace", "void RemoveNamespace(string prefix, string uri)", 2...2) { call throws(Stop) in
            let (prefix, uri) = (try call.string(0), try call.string(1))
            if prefix != "xml", prefix != "xmlns", manager(call.target)?.uris[prefix] == uri {
                manager(call.target)?.uris[prefix] = nil
            }
            return .nothing
        }
        $0.method("HasNamespace", "bool HasNamespace(string prefix)", 1...1) { call throws(Stop) in
            let prefix = try call.string(0)
            return .bool(prefix != "xmlns" && manager(call.target)?.uris[prefix] != nil)
        }
        $0.method("LookupNamespace", "string LookupNamespace(string prefix)", 1...1) { call throws(Stop) in
            let prefix = try call.string(0)
            return .optional(manager(call.target)?.uris[prefix] ?? (prefix.isEmpty ? "" : nil))
        }
        $0.method("LookupPrefix", "string LookupPrefix(string uri)", 1...1) { call throws(Stop) in
            let uri = try call.string(0)
            return .optional(manager(call.target)?.uris.filter { $0.value == uri }.keys.min())
        }
    }
}

/// `XmlDocument.NameTable`, which scripts only pass on.
package final class XMLNames: Object {
    private static let type = RuntimeType("System.Xml.NameTable", bases: ["System.Xml.XmlNameTable", "System.Object"])
    package override var typeName: RuntimeType { Self.type }
    static let members = TypeMembers("System.Xml.NameTable") { $0.make { _ throws(Stop) in .object(XMLNames()) } }
}
