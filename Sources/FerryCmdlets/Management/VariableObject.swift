import FerryEngine

/// `PSVariable`: what `Get-Variable` and the `variable:` drive show.
final class VariableObject: HostedBody {
    let variable: Variable

    init(_ variable: Variable) { self.variable = variable }

    private static let type = RuntimeType("System.Management.Automation.PSVariable")
    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] {
        ["Name", "Description", "Value", "Visibility", "Module", "ModuleName", "Options", "Attributes"]
    }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(variable.name)
        case "description": .string(variable.description)
        case "value": variable.value
        case "visibility": .string("Public")
        case "module": .null
        case "modulename": .string("")
        case "options": .string(variable.options.text)
        case "attributes": .array([])
        default: nil
        }
    }
}
