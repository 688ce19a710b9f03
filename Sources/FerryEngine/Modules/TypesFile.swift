/// A `*.types.ps1xml` file: members that a module gives to types by name.
///
/// Source of the shape: the public reference about_Types.ps1xml.
package struct TypesFile {
    private let path: String
    private let runspace: Runspace

    /// Adds what the file says to the runspace's types. Nothing is added when the file cannot be read as a whole.
    ///
    /// - Parameter first: before all other files, which have the last word then.
    package static func load(_ path: String, _ runspace: Runspace, first: Bool = false) throws(Stop) {
        let file = TypesFile(path: path, runspace: runspace)
        let root: XMLTree
        do throws(XMLReader.Failed) {
            root = try XMLReader.read(try file.text())
        } catch {
            throw file.failure(error.reason)
        }
        guard let types = root.root, types.name == "Types" else { throw file.failure("The root element is not Types.") }
        var said: [ExtendedTypes.Extension] = []
        for type in types.children where type.name == "Type" {
            guard let name = TypesFile.text("Name", in: type) else { throw file.failure("A Type has no Name.") }
            var extension_ = ExtendedTypes.Extension(name)
            for part in type.children where part.kind == .element {
                switch part.name {
                case "Members":
                    for member in part.children where member.kind == .element {
                        try file.read(member, of: name, into: &extension_)
                    }
                // Converters and adapters are written in a .NET language.
                case "Name", "TypeConverter", "TypeAdapter": break
                default: throw file.failure("A Type has no part named \(part.name).")
                }
            }
            said.append(extension_)
        }
        runspace.types.update(file: path, said, first: first)
    }

    private func text() throws(XMLReader.Failed) -> String {
        do throws(Stop) {
            let (bytes, _) = try FileText.readBytes(path)
            guard bytes.count <= 16 << 20 else {
                throw Stop.runtime("FileTooLarge", .readError, "The file is too large.")
            }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw XMLReader.Failed(reason: error.record?.message ?? "The file could not be read.")
        }
    }

    private func failure(_ reason: String) -> Stop {
        .runtime(
            "FormatXmlUpdateException", .invalidOperation,
            "The types of '\(path)' could not be loaded: \(reason) Correct the file or remove it from TypesToProcess.",
            target: .string(path))
    }

    private static func text(_ name: String, in node: XMLTree) -> String? {
        node.children.first { $0.name == name }?.innerText.trimmed
    }

    private func block(_ name: String, in node: XMLTree) throws(Stop) -> ScriptBlock? {
        guard let text = TypesFile.text(name, in: node) else { return nil }
        return try runspace.makeScriptBlock(text, path: path)
    }

    private func read(_ node: XMLTree, of type: String, into said: inout ExtendedTypes.Extension) throws(Stop) {
        guard let name = TypesFile.text("Name", in: node) else { throw failure("A member of \(type) has no Name.") }
        switch node.name {
        case "NoteProperty": said.members[name] = .note(.string(TypesFile.text("Value", in: node) ?? ""))
        case "AliasProperty":
            guard let other = TypesFile.text("ReferencedMemberName", in: node) else {
                throw failure("The alias property \(name) of \(type) has no ReferencedMemberName.")
            }
            said.members[name] = .alias(other)
        case "ScriptProperty":
            said.members[name] = .script(
                get: try block("GetScriptBlock", in: node), set: try block("SetScriptBlock", in: node))
        case "ScriptMethod":
            guard let script = try block("Script", in: node) else {
                throw failure("The script method \(name) of \(type) has no Script.")
            }
            said.members[name] = .method(script)
        case "MemberSet" where name.folded == "psstandardmembers":
            for member in node.children.first(where: { $0.name == "Members" })?.children ?? [] {
                TypesFile.readStandard(member, into: &said.standard)
            }
        // Sets of names, and members written in a .NET language: nothing a script could call.
        default: return
        }
    }

    private static func readStandard(_ node: XMLTree, into said: inout StandardMembers) {
        guard let name = text("Name", in: node) else { return }
        let names = node.children.first { $0.name == "ReferencedProperties" }?.children
            .filter { $0.name == "Name" }.map { $0.innerText.trimmed }
        let value = text("Value", in: node)
        switch name.folded {
        case "defaultdisplaypropertyset": said.displayProperties = names
        case "defaultkeypropertyset": said.keyProperties = names
        case "propertyserializationset": said.serializationProperties = names
        case "defaultdisplayproperty": said.displayProperty = value
        case "serializationmethod": said.serializationMethod = value
        case "serializationdepth": said.depth = value.flatMap { Int($0) }
        case "inheritpropertyserializationset": said.inheritsSerialization = value.map { $0.folded == "true" }
        case "stringserializationsource": said.stringSource = text("ReferencedMemberName", in: node)
        case "targettypefordeserialization": said.target = value.flatMap { TypeCatalog.resolve($0) }
        default: break
        }
    }
}
