import FerryEngine

/// Which scripts may run: all of them, on Linux.
struct GetExecutionPolicy: Cmdlet {
    static let scope = Parameter<ExecutionPolicyScope?>("Scope", position: 0, pipeline: .byProperty)
    static let list = Parameter<Bool>.switch("List")
    static let signature = Signature(
        "Get-ExecutionPolicy", typeName: "Microsoft.PowerShell.Commands.GetExecutionPolicyCommand",
        outputs: [ExecutionPolicy.type], parameters: [scope, list])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !call[Self.list] || !call.isBound(Self.scope) else {
            throw io.failing(
                "ListAndScopeSpecified", .invalidOperation,
                "The List and Scope parameters cannot both be specified. Specify one or the other.",
                exception: "System.InvalidOperationException")
        }
        guard call[Self.list] else { return try io.emit(ExecutionPolicy.unrestricted.value) }
        for scope in ExecutionPolicyScope.allCases {
            try io.emit(
                .object(
                    CustomObject([("Scope", scope.value), ("ExecutionPolicy", ExecutionPolicy.unrestricted.value)])))
        }
    }
}

/// `Microsoft.PowerShell.ExecutionPolicy`.
enum ExecutionPolicy: String, ScriptEnum {
    case unrestricted = "Unrestricted"
    case remoteSigned = "RemoteSigned"
    case allSigned = "AllSigned"
    case restricted = "Restricted"
    case bypass = "Bypass"
    case undefined = "Undefined"
    static let enumType = makeEnumType("Microsoft.PowerShell.ExecutionPolicy")
    static let type = RuntimeType(enum: enumType)
}

/// `-Scope`.
enum ExecutionPolicyScope: String, ScriptEnum {
    case machinePolicy = "MachinePolicy"
    case userPolicy = "UserPolicy"
    case process = "Process"
    case currentUser = "CurrentUser"
    case localMachine = "LocalMachine"
    static let enumType = makeEnumType("Microsoft.PowerShell.ExecutionPolicyScope")
}
