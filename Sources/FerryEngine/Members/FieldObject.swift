/// `FieldDescription`: what `$Host.UI.Prompt` asks for.
package final class FieldObject: Object {
    let name: String
    var type = RuntimeType.string
    private(set) var help = ""
    private var label = ""
    private var isMandatory = true
    private var standard = Value.null

    init(_ name: String) { self.name = name }

    private static let type = RuntimeType(HostMembers.fieldType)
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        [
            "Name", "ParameterTypeName", "ParameterTypeFullName", "ParameterAssemblyFullName", "Label", "HelpMessage",
            "IsMandatory", "DefaultValue", "Attributes",
        ]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(self.name)
        case "parametertypename": .string(type.name)
        case "parametertypefullname", "parameterassemblyfullname": .string(type.fullName)
        case "label": .string(label)
        case "helpmessage": .string(help)
        case "ismandatory": .bool(isMandatory)
        case "defaultvalue": standard
        case "attributes": .list(ListObject([], kind: .collection))
        default: nil
        }
    }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        switch name.folded {
        case "label": label = value.display
        case "helpmessage": help = value.display
        case "ismandatory": isMandatory = value.isTrue
        case "defaultvalue": standard = value
        default: return false
        }
        return true
    }
}
