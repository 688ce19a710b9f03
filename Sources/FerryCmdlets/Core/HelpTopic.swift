import FerryEngine

/// What is known about a command: its syntax and what its author wrote. The object of `Get-Help`, with PowerShell's properties.
final class HelpTopic: HostedBody {
    /// How much of it is shown.
    enum Extent { case summary, examples, detailed, full, parameters([String]) }

    let name: String
    let category: String
    let moduleName: String
    let syntax: [String]
    let sections: HelpSections
    let extent: Extent
    private let signature: Signature?

    init(_ entry: CommandEntry, _ sections: HelpSections, _ extent: Extent) {
        name = entry.name
        category = entry.commandType.rawValue
        moduleName = entry.moduleName ?? ""
        let signature = entry.signature
        let lines = signature?.syntaxLines ?? [entry.name]
        let isFile = sections.isFile
        syntax = sections.isEmpty ? lines : lines.map { Self.respelled($0, signature, isFile: isFile) }
        self.signature = signature
        self.sections = sections
        self.extent = extent
    }

    private static let type = RuntimeType("MamlCommandHelpInfo")
    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] {
        [
            "Name", "Category", "Synopsis", "Component", "Role", "Functionality", "ModuleName", "syntax", "description",
            "parameters", "inputTypes", "returnValues", "alertSet", "examples", "relatedLinks",
        ]
    }

    func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name": .string(name)
        case "category": .string(category)
        case "synopsis": .string(synopsis)
        case "component", "role", "functionality": .string(sections.text(wanted.folded))
        case "modulename": .string(moduleName)
        case "syntax": Self.object([("syntaxItem", .array(syntax.map { Self.object([("name", .string($0))]) }))])
        case "description": Self.texts(sections.text("description"))
        case "parameters": Self.object([("parameter", .array(shownParameters.map(parameterValue)))])
        case "inputtypes": Self.object([("inputType", Self.typed(sections.all("inputs")))])
        case "returnvalues": Self.object([("returnValue", Self.typed(sections.all("outputs")))])
        case "alertset": Self.object([("alert", Self.texts(sections.text("notes")))])
        case "examples": Self.object([("example", .array(sections.examples.map(Self.exampleValue)))])
        case "relatedlinks": Self.object([("navigationLink", .array(links.map(Self.linkValue)))])
        default: nil
        }
    }

    // MARK: Parts

    /// PowerShell shows the first line of syntax where nobody wrote a synopsis.
    var synopsis: String {
        let written = sections.text("synopsis")
        return written.isEmpty ? syntax.first ?? name : written
    }

    var shownParameters: [ParameterSpec] {
        (signature?.parameters ?? []).filter { !$0.isCommon && !$0.isHidden }
    }

    var hasCommonParameters: Bool { signature?.hasCommonParameters ?? false }

    /// Those of the names and patterns.
    func parameters(_ patterns: [String]) -> [ParameterSpec] {
        shownParameters.filter { spec in patterns.contains { WildcardPattern($0).matches(spec.name) } }
    }

    /// One a line of the sections.
    var links: [String] {
        sections.all("link").flatMap { $0.split(whereSeparator: \.isNewline).map { $0.trimmingWhitespace } }
            .filter { !$0.isEmpty }
    }

    /// The type as the screen spells it: in full where the help is a file, by its own name where it is a comment.
    func typeName(of spec: ParameterSpec) -> String { Self.typeName(spec.type, isFile: sections.isFile) }

    private static func typeName(_ type: RuntimeType, isFile: Bool) -> String {
        guard !isFile, !type.fullName.contains("<"), !type.fullName.contains("`") else { return type.fullName }
        return type.fullName.split(separator: ".").last.map(String.init) ?? type.fullName
    }

    /// A line of syntax with its types spelled so.
    private static func respelled(_ line: String, _ signature: Signature?, isFile: Bool) -> String {
        var names: [String: String] = [:]
        for spec in signature?.parameters ?? [] where !spec.isSwitch {
            names[spec.type.shortName] = typeName(spec.type, isFile: isFile)
        }
        // `[-Name] <string[]>`: a type is what stands between the angles.
        var result = ""
        var rest = Substring(line)
        while let start = rest.firstIndex(of: "<") {
            result += rest[...start]
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ">") else { break }
            result += names[String(rest[..<end])] ?? String(rest[..<end])
            rest = rest[end...]
        }
        return result + rest
    }

    func words(of spec: ParameterSpec) -> String { sections.parameters[spec.name.folded] ?? "" }

    // MARK: As objects

    private static func object(_ properties: [(String, Value)]) -> Value {
        .object(CustomObject(properties))
    }

    private static func texts(_ text: String) -> Value {
        text.isEmpty ? .null : .array([object([("Text", .string(text))])])
    }

    private static func typed(_ texts: [String]) -> Value {
        .array(texts.map { object([("type", object([("name", .string($0))]))]) })
    }

    private static func exampleValue(_ example: HelpSections.Example) -> Value {
        object([
            ("title", .string(example.title)), ("introduction", texts(example.introduction)),
            ("code", .string(example.code)), ("remarks", texts(example.remarks)),
        ])
    }

    private static func linkValue(_ link: String) -> Value {
        let isAddress = link.hasPrefix("http://") || link.hasPrefix("https://")
        return object([(isAddress ? "uri" : "linkText", .string(link))])
    }

    private func parameterValue(_ spec: ParameterSpec) -> Value {
        let facts = ParameterFacts(spec)
        return Self.object([
            ("name", .string(spec.name)), ("description", Self.texts(words(of: spec))),
            ("type", Self.object([("name", .string(spec.isSwitch ? "SwitchParameter" : typeName(of: spec)))])),
            ("required", .string(facts.required)), ("position", .string(facts.position.map(String.init) ?? "named")),
            ("pipelineInput", .string(facts.pipeline)), ("aliases", .string(facts.aliases)),
            ("globbing", .string(facts.wildcards)),
        ])
    }
}

/// What the signature says of a parameter, in the words of the help screen.
struct ParameterFacts {
    let required: String
    /// From 0; nil where the parameter is named.
    let position: Int?
    let pipeline: String
    let aliases: String
    let wildcards: String

    init(_ spec: ParameterSpec) {
        let roles = spec.roles.values
        required = roles.contains { $0.isMandatory } ? "true" : "false"
        position = roles.compactMap(\.position).min()
        let sources = [
            roles.contains { $0.pipeline.contains(.byValue) } ? "ByValue" : nil,
            roles.contains { $0.pipeline.contains(.byProperty) } ? "ByPropertyName" : nil,
        ].compactMap { $0 }
        pipeline = sources.isEmpty ? "false" : "true (\(sources.joined(separator: ", ")))"
        aliases = spec.aliases.isEmpty ? "none" : spec.aliases.joined(separator: ", ")
        wildcards = spec.supportsWildcards ? "true" : "false"
    }
}
