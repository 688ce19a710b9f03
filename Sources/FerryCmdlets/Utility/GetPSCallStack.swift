import FerryEngine

/// The calls that are open, innermost first.
struct GetPSCallStack: Cmdlet {
    static let signature = Signature(
        "Get-PSCallStack", typeName: "Microsoft.PowerShell.Commands.GetPSCallStackCommand",
        outputs: [RuntimeType("System.Management.Automation.CallStackFrame")])
    init() {}
    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(contentsOf: io.runspace.callStack(from: io.frame))
    }
}
