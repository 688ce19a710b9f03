package import FerryCore
package import FerryEngine
import Foundation

/// Reads CLIXML. Scalars come back as what they were; collections as arrays, lists and tables; other objects as property bags
/// whose type names begin with `Deserialized.`.
package struct CLIXMLReader {
    /// An object that a Ref may name, and how many objects deep it is.
    private struct Known {
        var value: Value
        var depth: Int
    }

    private var objects: [String: Known] = [:]
    private var types: [String: [String]] = [:]
    /// Of what the object at hand has been seen to contain, the most objects within each other.
    private var depthWithin = 0

    /// Whether secrets are read as PowerShell writes them into files; those of a session are encrypted with its key.
    private let readsSecrets: Bool

    init(readsSecrets: Bool = false) { self.readsSecrets = readsSecrets }

    /// The values of a whole document, as `Export-Clixml` writes it.
    ///
    /// - Throws: `malformedDocument`, `secretUnreadable`.
    package static func document(_ bytes: [UInt8]) throws(Failure) -> [Value] {
        let root = try XMLReader.read(bytes)
        guard root.name == "Objs" else { throw failure("the document is '\(root.name)' and not 'Objs'") }
        var reader = CLIXMLReader(readsSecrets: true)
        var values: [Value] = []
        for child in root.children { values.append(try reader.value(of: child)) }
        return values
    }

    /// Objects that later ones of a stream may name; older ones are forgotten.
    private static let referenceLimit = 100_000

    /// One more value of a document that is read element by element.
    ///
    /// - Throws: `malformedDocument`.
    mutating func next(_ node: XMLNode) throws(Failure) -> Value {
        if objects.count > Self.referenceLimit { objects = [:] }
        depthWithin = 0
        return try value(of: node)
    }

    /// The one value of a message's body.
    ///
    /// - Throws: `malformedDocument`.
    package static func value(_ bytes: [UInt8]) throws(Failure) -> Value {
        var reader = CLIXMLReader()
        return try reader.value(of: try XMLReader.read(bytes))
    }

    private static func failure(_ reason: String) -> Failure {
        Failure(RemotingFault.malformedDocument, "The CLIXML cannot be read: \(reason).")
    }

    private mutating func value(of node: XMLNode) throws(Failure) -> Value {
        if node.name == "Obj" { return try object(node) }
        if node.name == "Ref" {
            guard let reference = node.attribute("RefId"), let known = objects[reference] else {
                throw Self.failure("a Ref names an object that has not been")
            }
            depthWithin = max(depthWithin, known.depth)
            return known.value
        }
        if node.name == "SS", readsSecrets { return SecureText(try Self.secret(node.text)).value }
        return try Self.scalar(node)
    }

    /// Hexadecimal digits of UTF-16, which is what PowerShell writes where the system has no protected storage.
    private static func secret(_ text: String) throws(Failure) -> String {
        let digits = Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
        guard digits.count % 4 == 0 else { throw failure("a secret is not in hexadecimal digits") }
        if text.lowercased().hasPrefix("01000000d08c9ddf") {
            throw Failure(
                RemotingFault.secretUnreadable,
                "The secret in the CLIXML was protected by Windows for one of its users: the operation is not supported on "
                    + "this platform.")
        }
        var units: [UInt16] = []
        for start in stride(from: 0, to: digits.count, by: 4) {
            guard let value = UInt16(String(decoding: digits[start..<start + 4], as: UTF8.self), radix: 16) else {
                throw failure("a secret is not in hexadecimal digits")
            }
            units.append(value.byteSwapped)
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static let scalarTags: Set<String> = [
        "Nil", "B", "S", "C", "DT", "TS", "By", "SB", "U16", "I16", "U32", "I32", "U64", "I64", "Sg", "Db", "D", "BA",
        "G",
        "URI", "Version", "XD", "SBK", "SS", "PR",
    ]

    private static func scalar(_ node: XMLNode) throws(Failure) -> Value {
        let text = node.text
        func number<T: FixedWidthInteger>(_ type: T.Type, _ make: (T) -> Number) throws(Failure) -> Value {
            guard let value = T(text) else { throw failure("'\(text.prefix(40))' is no \(node.name)") }
            return .number(make(value))
        }
        func checked<T>(_ value: T?, _ make: (T) -> Value) throws(Failure) -> Value {
            guard let value else { throw failure("'\(text.prefix(40))' is no \(node.name)") }
            return make(value)
        }
        switch node.name {
        case "Nil": return .null
        case "B":
            let flag: Bool? = text == "true" ? true : text == "false" ? false : nil
            return try checked(flag) { .bool($0) }
        case "S", "SBK", "XD", "SS": return .string(CLIXMLText.decode(text))
        case "URI":
            return .string(CLIXMLText.decode(text))
        case "C": return try checked(UInt16(text)) { .char($0) }
        case "DT": return try checked(CLIXMLText.date(text)) { .date($0) }
        case "TS": return try checked(CLIXMLText.span(text)) { .span($0) }
        case "By": return try number(UInt8.self) { .byte($0) }
        case "SB": return try number(Int8.self) { .sbyte($0) }
        case "U16": return try number(UInt16.self) { .ushort($0) }
        case "I16": return try number(Int16.self) { .short($0) }
        case "U32": return try number(UInt32.self) { .uint($0) }
        case "I32": return try number(Int32.self) { .int($0) }
        case "U64": return try number(UInt64.self) { .ulong($0) }
        case "I64": return try number(Int64.self) { .long($0) }
        case "Sg": return try checked(CLIXMLText.double(text)) { .number(.single(Float($0))) }
        case "Db": return try checked(CLIXMLText.double(text)) { .number(.double($0)) }
        case "D": return try checked(DecimalNumber(text)) { .number(.decimal($0)) }
        case "BA":
            return try checked(Data(base64Encoded: text)) { data in
                .array(ArrayObject(data.map { .number(.byte($0)) }, of: .byte))
            }
        case "G": return try checked(GUID(text)) { .guid($0) }
        case "Version": return try checked(VersionNumber(text)) { .version($0) }
        default: throw failure("the element \(node.name) is unknown")
        }
    }

    // MARK: Objects

    private mutating func object(_ node: XMLNode) throws(Failure) -> Value {
        var names: [String] = []
        if let list = node.child("TN") {
            names = list.children.filter { $0.name == "T" }.map { CLIXMLText.decode($0.text) }
            if let reference = list.attribute("RefId") { types[reference] = names }
        } else if let reference = node.child("TNRef")?.attribute("RefId") {
            guard let known = types[reference] else { throw Self.failure("a TNRef names types that have not been") }
            names = known
        }
        let shown = (node.child("ToString")?.text).map(CLIXMLText.decode)
        let around = depthWithin
        depthWithin = 0
        let made = try body(of: node, names, shown)
        let depth = depthWithin + 1
        // References nest objects that the document's elements do not: whoever copies or lets go of the value goes as deep.
        guard depth <= XMLReader.depthLimit else {
            throw Self.failure("its references nest objects deeper than \(XMLReader.depthLimit)")
        }
        depthWithin = max(around, depth)
        if let reference = node.attribute("RefId") { objects[reference] = Known(value: made, depth: depth) }
        return made
    }

    private mutating func body(of node: XMLNode, _ names: [String], _ shown: String?) throws(Failure) -> Value {
        if let primitive = node.children.first(where: { Self.scalarTags.contains($0.name) }) {
            let value = try Self.scalar(primitive)
            guard names.contains("System.Enum"), let first = names.first, case .number(let number) = value,
                let whole = number.asInt64
            else {
                let extended = try bag(node.child("MS"))
                if extended.isEmpty || value.isNull { return value }
                let made = value.extensible
                made.makeKeeper()?.added = extended
                return made
            }
            return .symbol(EnumType(first, [(shown ?? String(whole), whole)]).value(whole))
        }
        if let dictionary = node.child("DCT") { return try table(dictionary, names) }
        let listed = node.children.first { ["LST", "IE", "QUE", "STK"].contains($0.name) }
        var elements: [Value]?
        if let listed {
            var found: [Value] = []
            for child in listed.children { found.append(try value(of: child)) }
            elements = found
        }
        let properties = try bag(node.child("Props"))
        let extended = try bag(node.child("MS"))
        if let elements, properties.isEmpty, extended.isEmpty { return Self.collection(elements, listed?.name, names) }
        if readsSecrets, names.contains("System.Management.Automation.PSCredential"),
            case .note(let name)? = properties["UserName"], case .note(let password)? = properties["Password"],
            let secret = password.hosted(SecureText.self)
        {
            return CredentialObject(name.display, secret).value
        }
        let deserialized = names.map { $0.hasPrefix("Deserialized.") ? $0 : "Deserialized." + $0 }
        if properties.isEmpty, elements == nil {
            return .object(SnapshotObject(typeNames: deserialized, text: shown ?? "", properties: extended))
        }
        let made = SnapshotObject(
            typeNames: deserialized, text: shown ?? "", properties: properties, elements: elements)
        if !extended.isEmpty { made.added = extended }
        return .object(made)
    }

    private mutating func bag(_ node: XMLNode?) throws(Failure) -> PropertyBag {
        var bag = PropertyBag()
        for child in node?.children ?? [] {
            guard let name = child.attribute("N") else { throw Self.failure("a property has no name") }
            bag[CLIXMLText.decode(name)] = .note(try value(of: child))
        }
        return bag
    }

    private static func collection(_ elements: [Value], _ tag: String?, _ names: [String]) -> Value {
        let first = names.first ?? "System.Object[]"
        if tag == "QUE" { return .list(ListObject(elements, kind: .queue)) }
        if tag == "STK" { return .list(ListObject(elements, kind: .stack)) }
        if first.hasPrefix("System.Collections.ArrayList") { return .list(ListObject(elements, kind: .arrayList)) }
        if first.hasPrefix("System.Collections.Generic.List") || first.hasPrefix("System.Collections.ObjectModel") {
            return .list(ListObject(elements))
        }
        return .array(elements)
    }

    private mutating func table(_ node: XMLNode, _ names: [String]) throws(Failure) -> Value {
        let isOrdered = names.first?.contains("OrderedDictionary") == true
        let table = TableObject(kind: isOrdered ? .ordered : .hashtable)
        for entry in node.children {
            guard entry.name == "En", let key = entry.children.first(where: { $0.attribute("N") == "Key" }),
                let item = entry.children.first(where: { $0.attribute("N") == "Value" })
            else { throw Self.failure("a dictionary's entry is not a key and a value") }
            let (readKey, readItem) = (try value(of: key), try value(of: item))
            table[readKey] = readItem
        }
        return .table(table)
    }
}
