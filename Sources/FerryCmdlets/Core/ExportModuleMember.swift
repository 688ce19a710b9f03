import FerryEngine

/// Names what the module whose code is running gives away.
struct ExportModuleMember: Cmdlet {
    static let function = Parameter<[String]>("Function", position: 0, pipeline: .byValueAndProperty, wildcards: true)
    static let cmdlet = Parameter<[String]>("Cmdlet", pipeline: .byProperty, wildcards: true)
    static let variable = Parameter<[String]>("Variable", pipeline: .byProperty, wildcards: true)
    static let alias = Parameter<[String]>("Alias", pipeline: .byProperty, wildcards: true)
    static let signature = Signature(
        "Export-ModuleMember", typeName: "Microsoft.PowerShell.Commands.ExportModuleMemberCommand",
        parameters: [function, cmdlet, variable, alias])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard
            io.exportMembers(
                functions: call[Self.function], aliases: call[Self.alias], variables: call[Self.variable])
        else {
            throw io.failing(
                "Modules_CanOnlyExecuteExportModuleMemberInsideAModule", .invalidOperation,
                "The Export-ModuleMember cmdlet can only be called from inside a module.",
                exception: "System.InvalidOperationException")
        }
    }
}
