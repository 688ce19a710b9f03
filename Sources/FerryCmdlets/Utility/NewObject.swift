import FerryEngine

/// Makes an object of a type.
struct NewObject: Cmdlet {
    static let typeName = Parameter<String>("TypeName", position: 0, mandatory: true)
    static let arguments = Parameter<[Value]>("ArgumentList", aliases: ["Args"], position: 1)
    static let comObject = Parameter<String>("ComObject", mandatory: true)
    static let property = Parameter<TableObject?>("Property")
    static let strict = Parameter<Bool>.switch("Strict")

    static let signature = Signature(
        "New-Object", typeName: "Microsoft.PowerShell.Commands.NewObjectCommand", defaultSet: "Net",
        parameters: [property],
        sets: [ParameterSet("Net", [typeName, arguments]), ParameterSet("Com", [comObject, strict])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet == "Com" {
            throw io.failing(
                "NoCOMClassIdentified", .resourceUnavailable,
                "Retrieving the COM class factory for component \(call[Self.comObject]) failed: there is no COM on Linux.",
                target: .string(call[Self.comObject]), exception: "System.PlatformNotSupportedException")
        }
        let name = call[Self.typeName]
        guard let type = TypeCatalog.resolve(name) else {
            throw io.failing(
                "TypeNotFound", .invalidType,
                "Cannot find type [\(name)]: verify that the assembly containing this type is loaded.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        let made = try make(type, call[Self.arguments], io)
        for (key, value) in call[Self.property]?.pairs ?? [] {
            if let object = made.asObject as? CustomObject {
                object.added?[key.display] = .note(value)
            } else {
                do throws(Stop) { try io.setProperty(key.display, of: made, to: value) } catch {
                    throw io.failing(
                        "InvalidOperationException", .invalidOperation,
                        "The member \"\(key.display)\" was not found for the specified \(type.fullName) object.",
                        exception: "System.InvalidOperationException")
                }
            }
        }
        try io.emit(made)
    }

    private func make(_ type: RuntimeType, _ arguments: [Value], _ io: CommandIO) throws(Stop) -> Value {
        switch type.kind {
        case .psObject, .customObject: return .object(CustomObject())
        default: break
        }
        let empty = StaticMembers.defaultValue(type)
        if arguments.isEmpty, !empty.isNull { return empty }
        do throws(Stop) { return try io.make(type, arguments) } catch {
            guard let record = error.record else { throw error }
            throw io.failing(
                "ConstructorInvokedThrowException", .invalidOperation,
                record.message, exception: "System.Management.Automation.MethodInvocationException")
        }
    }
}
