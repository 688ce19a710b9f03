/// A `*.types.ps1xml` file: members that a module gives to types by name.
///
/// Source of the shape: the public reference about_Types.ps1xml.
struct TypesFile {
    private let path: String
    private let runspace: Runspace

    /// Adds what the file says to the runspace's types. Nothing is added when the file cannot be read as a whole.
    static func load(_ path: String, _ runspace: Runspace) throws(Stop) {
        let file = TypesFile(path: path, runspace: runspace)
        let root: XMLTree
        do throws(XMLReader.Failed) {
            root = try XMLReader.read(try file.text())
        } catch {
            throw file.failure(error.reason)
        }
        guard let types = root.root, types.name == "Types" else { throw file.failure("The root element is not Types.") }
        var additions: [() -> Void] = []
        for type in types.children where type.name == "Type" {
            guard let name = TypesFile.text("Name", in: type) else { throw file.failure("A Type has no Name.") }
            for members in type.children where members.name == "Members" {
                for member in members.children where member.kind == .element {
                    try file.read(member, of: name, &additions)
                }
            }
        }
        for add in additions { add() }
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

    private func read(_ node: XMLTree, of type: String, _ additions: inout [() -> Void]) throws(Stop) {
        let types = runspace.types
        guard let name = TypesFile.text("Name", in: node) else { throw failure("A member of \(type) has no Name.") }
        let member: PropertyBag.Member
        switch node.name {
        case "NoteProperty": member = .note(.string(TypesFile.text("Value", in: node) ?? ""))
        case "AliasProperty":
            guard let other = TypesFile.text("ReferencedMemberName", in: node) else {
                throw failure("The alias property \(name) of \(type) has no ReferencedMemberName.")
            }
            member = .alias(other)
        case "ScriptProperty":
            member = .script(
                get: try block("GetScriptBlock", in: node), set: try block("SetScriptBlock", in: node))
        case "ScriptMethod":
            guard let script = try block("Script", in: node) else {
                throw failure("The script method \(name) of \(type) has no Script.")
            }
            member = .method(script)
        case "MemberSet":
            let sets = node.children.first { $0.name == "Members" }?.children ?? []
            guard let shown = sets.first(where: { TypesFile.text("Name", in: $0) == "DefaultDisplayPropertySet" }),
                let names = shown.children.first(where: { $0.name == "ReferencedProperties" })?.children
            else { return }
            let properties = names.filter { $0.name == "Name" }.map { $0.innerText.trimmed }
            additions.append { types.setDisplayProperties(properties, of: type) }
            return
        // Sets of names, and members written in a .NET language: nothing a script could call.
        default: return
        }
        additions.append { types.add(name, member, to: type) }
    }
}
