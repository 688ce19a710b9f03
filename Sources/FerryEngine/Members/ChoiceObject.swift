/// `ChoiceDescription`.
package final class ChoiceObject: Object {
    private(set) var choice: Choice
    init(_ choice: Choice) { self.choice = choice }
    private static let type = RuntimeType(HostMembers.choiceType)
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Label", "HelpMessage"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "label": .string(choice.label)
        case "helpmessage": .string(choice.help)
        default: nil
        }
    }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard name.folded == "helpmessage" else { return false }
        choice = Choice(choice.label, help: value.display)
        return true
    }
}
