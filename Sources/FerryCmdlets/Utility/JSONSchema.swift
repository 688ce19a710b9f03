import FerryEngine

/// A JSON schema and what it refers to. The words of drafts 4 to 2020-12 are known; `format` and the like only describe.
///
/// Source: the public specifications at json-schema.org.
final class JSONSchema {
    /// What is wrong with a value: the keyword's complaint, and where, as a JSON pointer.
    struct Complaint {
        let text: String
        let place: String
    }

    /// Why a schema is none, or what it refers to is not there.
    struct Invalid: Error { let reason: String }

    /// What one schema says about one value: complaints, and which members and elements it has looked at.
    struct Outcome {
        var complaints: [Complaint] = []
        var members: Set<String> = []
        var elements: Set<Int> = []

        var isValid: Bool { complaints.isEmpty }

        /// Takes over what another schema said about the same value.
        mutating func add(_ other: Outcome) {
            complaints += other.complaints
            members.formUnion(other.members)
            elements.formUnion(other.elements)
        }
    }

    let root: JSONText.Node
    /// The folder that relative references start from; nil where the schema is no file.
    private let folder: String?
    private let readFile: (String) throws(Stop) -> String
    private let ownFiles: Files?
    private weak var sharedFiles: Files?
    /// Schemas under the names `$id`, `id`, `$anchor` give them.
    private var named: [String: JSONText.Node] = [:]
    private static let fileLimit = 100

    /// Documents by path: files that refer to each other are read once each. Only the first document owns it, which lives as
    /// long as any of them is asked.
    private final class Files {
        var known: [String: JSONSchema] = [:]
    }

    convenience init(
        _ text: String, folder: String? = nil, readFile: @escaping (String) throws(Stop) -> String
    ) throws(Invalid) {
        try self.init(text, folder, nil, readFile)
    }

    private init(
        _ text: String, _ folder: String?, _ files: Files?, _ readFile: @escaping (String) throws(Stop) -> String
    ) throws(Invalid) {
        do throws(JSONText.Invalid) { root = try JSONText.read(text) } catch { throw Invalid(reason: error.reason) }
        self.folder = folder
        self.readFile = readFile
        if let files {
            sharedFiles = files
            ownFiles = nil
        } else {
            let made = Files()
            sharedFiles = made
            ownFiles = made
        }
        try JSONSchemaWords.check(root)
        collectNames(root)
    }

    private func collectNames(_ node: JSONText.Node) {
        switch node {
        case .object(let members):
            for word in ["$id", "id"] { if let name = node[word]?.string { named[name] = node } }
            for word in ["$anchor", "$dynamicAnchor"] { if let name = node[word]?.string { named["#" + name] = node } }
            for member in members { collectNames(member.value) }
        case .array(let elements): for element in elements { collectNames(element) }
        default: break
        }
    }

    /// The schema that `reference` names, and the document it stands in.
    func resolve(_ reference: String) throws(Stop) -> (schema: JSONText.Node, document: JSONSchema) {
        if let known = named[reference] { return (known, self) }
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (name, fragment) = (parts[0], parts.count > 1 ? parts[1] : "")
        let document = name.isEmpty ? self : try other(name, reference)
        if fragment.isEmpty { return (document.root, document) }
        if let known = document.named["#" + fragment] { return (known, document) }
        guard fragment.hasPrefix("/"), let found = document.find(fragment) else {
            throw Self.unresolved(reference, "nothing is there")
        }
        return (found, document)
    }

    private func other(_ name: String, _ reference: String) throws(Stop) -> JSONSchema {
        if let known = named[name] { return JSONSchema(part: known, of: self) }
        var path = name
        if path.hasPrefix("file://") {
            path = String(path.dropFirst(7))
        } else if name.contains("://") {
            throw Self.unresolved(reference, "schemas are read from files only, not from the network")
        }
        path = Self.decoded(path)
        if !path.hasPrefix("/") {
            guard let folder else { throw Self.unresolved(reference, "a schema given as text lies in no folder") }
            path = folder + "/" + path
        }
        path = Self.standard(path)
        if let known = sharedFiles?.known[path] { return known }
        guard let files = sharedFiles, files.known.count < Self.fileLimit else {
            throw Self.unresolved(reference, "too many files are referred to")
        }
        let text = try readFile(path)
        do throws(Invalid) {
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            let made = try JSONSchema(text, parent, files, readFile)
            files.known[path] = made
            return made
        } catch {
            throw Self.unresolved(reference, error.reason)
        }
    }

    /// A part of the document with a name of its own, as a document.
    private init(part: JSONText.Node, of whole: JSONSchema) {
        root = part
        folder = whole.folder
        readFile = whole.readFile
        ownFiles = whole.ownFiles
        sharedFiles = whole.sharedFiles
        named = whole.named
    }

    /// The same path without `.` and `..`: a file has one name.
    private static func standard(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else if part != ".." { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private func find(_ pointer: String) -> JSONText.Node? {
        var node = root
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let name = Self.decoded(String(part)).replacing("~1", with: "/").replacing("~0", with: "~")
            if let member = node[name] {
                node = member
            } else if let elements = node.array, let index = Int(name), elements.indices.contains(index) {
                node = elements[index]
            } else {
                return nil
            }
        }
        return node
    }

    private static func decoded(_ text: String) -> String {
        guard text.contains("%") else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                rest = rest.dropFirst(2)
                bytes.append(code)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func unresolved(_ reference: String, _ reason: String) -> Stop {
        .runtime(
            "InvalidJsonSchema", .invalidData,
            "Cannot parse the JSON schema. The reference '\(reference)' leads nowhere: \(reason).",
            exception: "System.Exception")
    }
}
