import FerryEngine

/// Says which scripts may run; there is nothing to say on Linux, and PowerShell refuses there as well.
struct SetExecutionPolicy: Cmdlet {
    static let policy = Parameter<ExecutionPolicy?>(
        "ExecutionPolicy", position: 0, mandatory: true, pipeline: .byProperty)
    static let scope = Parameter<ExecutionPolicyScope?>("Scope", position: 1, pipeline: .byProperty)
    static let force = Parameter<Bool>.switch("Force")
    static let signature = Signature(
        "Set-ExecutionPolicy", typeName: "Microsoft.PowerShell.Commands.SetExecutionPolicyCommand",
        shouldProcess: .medium, parameters: [policy, scope, force])

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        throw io.failing(
            "System.PlatformNotSupportedException", .notSpecified, "Operation is not supported on this platform.",
            exception: "System.PlatformNotSupportedException")
    }
}
