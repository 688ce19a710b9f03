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
    /// What stands beside the parameters, by folded name.
    private let notes: [String: ParameterNote]

    init(_ entry: CommandEntry, _ sections: HelpSections, _ extent: Extent) {
        name = entry.name
        category = entry.commandType.rawValue
        moduleName = entry.moduleName ?? ""
        let signature = entry.signature
        let lines = signature?.syntaxLines ?? [entry.name]
        let isFile = sections.isFile
        syntax = sections.isEmpty ? lines : lines.map { Self.respelled($0, signature, isFile: isFile) }
        self.signature = signature
        notes = sections.isFile ? [:] : entry.parameterNotes
        self.sections = sections
        self.extent = extent
    }

    private static func type(_ view: String) -> RuntimeType {
        RuntimeType(
            "MamlCommandHelpInfo" + view,
            bases: (view.isEmpty ? [] : ["MamlCommandHelpInfo"]) + ["HelpInfo", "System.Object"])
    }
    private static let summaryType = type("")
    private static let detailedType = type("#DetailedView")
    private static let examplesType = type("#ExamplesView")
    private static let fullType = type("#FullView")

    var typeName: RuntimeType {
        switch extent {
        case .summary, .parameters: Self.summaryType
        case .detailed: Self.detailedType
        case .examples: Self.examplesType
        case .full: Self.fullType
        }
    }
    var propertyNames: [String] {
        [
            "Name", "Category", "Synopsis", "Component", "Role", "Functionality", "ModuleName", "syntax", "description",
            "details", "parameters", "inputTypes", "returnValues", "alertSet", "examples", "relatedLinks",
        ]
    }

    func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name": .string(name)
        case "category": .string(category)
        case "synopsis": .string(synopsis)
        case "component", "role", "functionality": .string(sections.text(wanted.folded))
        case "modulename": .string(moduleName)
        case "syntax":
            HelpPart(
                "syntax", [("syntaxItem", .array(syntaxItems))], text: syntaxText.joined(separator: "\n\n")
            ).value
        case "details": details
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

    func words(of spec: ParameterSpec) -> String {
        let key = spec.name.folded
        return sections.parameters[key] ?? notes[key].map { HelpSections.comment(before: $0.before) } ?? ""
    }

    // MARK: Syntax

    private var details: Value {
        let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
        return Self.object([
            ("name", .string(name)), ("verb", .string(parts.count == 2 ? parts[0] : "")),
            ("noun", .string(parts.count == 2 ? parts[1] : "")), ("description", Self.texts(synopsis)),
        ])
    }

    /// The lines of syntax with an enumeration's names in place of its type.
    private var syntaxText: [String] {
        syntax.map { line in
            var line = line
            for spec in shownParameters {
                guard let type = spec.type.enumType else { continue }
                line = line.replacing(
                    "-\(spec.name)] <\(typeName(of: spec))>", with: "-\(spec.name)] \(Self.group(type))"
                ).replacing("-\(spec.name) <\(typeName(of: spec))>", with: "-\(spec.name) \(Self.group(type))")
            }
            return line
        }
    }

    private static func group(_ type: EnumType) -> String {
        "{" + type.members.map(\.name).joined(separator: " | ") + "}"
    }

    private var syntaxItems: [Value] {
        guard let signature else { return [Self.object([("name", .string(name))])] }
        return signature.sets.map { set in
            let parameters = shownParameters.filter { $0.role(in: set) != nil }
            return Self.object([
                ("name", .string(name)), ("parameter", .array(parameters.map { syntaxParameter($0, in: set) })),
            ])
        }
    }

    private func syntaxParameter(_ spec: ParameterSpec, in set: String) -> Value {
        guard let role = spec.role(in: set) else { return .null }
        var facts: [(String, Value)] = [
            ("name", .string(spec.name)), ("required", .string(role.isMandatory ? "true" : "false")),
            ("globbing", .string(spec.supportsWildcards ? "true" : "false")),
            ("position", .string(role.position.map { String(sections.isFile ? $0 : $0 + 1) } ?? "named")),
        ]
        if let type = spec.type.enumType {
            facts.append(
                (
                    "parameterValueGroup",
                    Self.object([("parameterValue", .array(type.members.map { .string($0.name) }))])
                ))
        } else if !spec.isSwitch {
            facts.append(
                (
                    "parameterValue",
                    HelpPart(
                        "parameterValue", [("required", .string("true"))], text: typeName(of: spec)
                    ).value
                ))
        }
        return Self.object(facts)
    }

    /// `Get-Help -Parameter`: those of the names and patterns, each an object of its own.
    func parameterParts(_ patterns: [String]) -> [Value] {
        parameters(patterns).map { spec in
            HelpPart("parameter", parameterFacts(spec), text: parameterBlock(spec, isFull: true)).value
        }
    }

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
        HelpPart(
            "example",
            [
                ("title", .string(example.title)), ("introduction", texts(example.introduction)),
                ("code", .string(example.code)), ("remarks", texts(example.remarks)),
            ],
            text: example.title + "\n\n"
                + example.introduction.replacing("> ", with: ">")
                .replacing("PS >", with: "PS > ") + example.code + "\n\n" + example.remarks
        ).value
    }

    private static func linkValue(_ link: String) -> Value {
        let isAddress = link.hasPrefix("http://") || link.hasPrefix("https://")
        return object([(isAddress ? "uri" : "linkText", .string(link))])
    }

    private func parameterValue(_ spec: ParameterSpec) -> Value { Self.object(parameterFacts(spec)) }

    private func parameterFacts(_ spec: ParameterSpec) -> [(String, Value)] {
        let facts = ParameterFacts(spec)
        return [
            ("name", .string(spec.name)), ("description", Self.texts(words(of: spec))),
            ("type", Self.object([("name", .string(spec.isSwitch ? "SwitchParameter" : typeName(of: spec)))])),
            ("required", .string(facts.required)), ("position", .string(position(facts))),
            ("defaultValue", .optional(notes[spec.name.folded]?.defaultValue)),
            ("pipelineInput", .string(facts.pipeline)), ("aliases", .string(facts.aliases)),
            ("globbing", .string(facts.wildcards)),
        ]
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
