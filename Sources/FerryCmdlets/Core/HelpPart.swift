import FerryEngine

/// A part of a help topic that is shown as text and has properties: syntax, an example, a parameter.
final class HelpPart: HostedBody {
    let typeName: RuntimeType
    private let properties: [(String, Value)]
    let text: String

    init(_ part: String, _ properties: [(String, Value)], text: String) {
        typeName = RuntimeType("MamlCommandHelpInfo#" + part)
        self.properties = properties
        self.text = text
    }

    var propertyNames: [String] { properties.map(\.0) }
    func property(_ name: String) throws(Stop) -> Value? {
        properties.first { $0.0.lowercased() == name.lowercased() }?.1
    }
}
