import FerryEngine

/// Makes a variable; one of that name must not be there.
struct NewVariable: Cmdlet {
    static let name = Parameter<String>("Name", position: 0, mandatory: true, pipeline: .byProperty)
    static let value = Parameter<Value>("Value", position: 1, pipeline: .byValueAndProperty)
    static let description = Parameter<String>("Description")
    static let option = Parameter<ScopedItemOptions?>("Option")
    static let visibility = Parameter<String>("Visibility", validate: [.set(["Public", "Private"])])
    static let scope = Parameter<String>("Scope")
    static let force = Parameter<Bool>.switch("Force")
    static let passThru = Parameter<Bool>.switch("PassThru")

    static let signature = Signature(
        "New-Variable", typeName: "Microsoft.PowerShell.Commands.NewVariableCommand", shouldProcess: .low,
        parameters: [name, value, description, option, visibility, scope, force, passThru])

    init() {}

    /// PowerShell hides such a variable from what is typed at the prompt, and only from that: what is typed has no rights of its
    /// own here.
    static func refusePrivate(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard call[visibility].folded == "private" else { return }
        throw io.failing(
            "VisibilityNotSupported", .notImplemented,
            "A variable cannot be made with -Visibility Private: commands that are typed see every variable here. -Option "
                + "Private hides it from the scopes below.", target: .string("Visibility"),
            exception: "System.Management.Automation.PSNotSupportedException")
    }

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) { try Self.refusePrivate(call, io) }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let scope = try io.scope(named: call[Self.scope])
        let name = GetVariable.bare(call[Self.name])
        guard try io.confirms("New variable", "Name: \(name) Value: \(call[Self.value].display)") else { return }
        if !call[Self.force], scope.ownVariables.contains(where: { $0.name.folded == name.folded }) {
            return try io.report(
                "VariableAlreadyExists", .resourceExists, "A variable with name '\(name)' already exists.",
                target: .string(name), exception: "System.Management.Automation.SessionStateException")
        }
        do throws(Stop) {
            try io.assign(
                name, call[Self.value], in: scope, options: call[Self.option]?.variableOptions ?? [],
                description: call.isBound(Self.description) ? call[Self.description] : nil, force: call[Self.force])
        } catch {
            guard let record = error.record else { throw error }
            return try io.report(record)
        }
        if call[Self.passThru], let made = scope.ownVariables.first(where: { $0.name.folded == name.folded }) {
            try io.emit(VariableObject(made).value)
        }
    }
}
