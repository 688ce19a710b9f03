import FerryCore
import FerryEngine

/// Reads view files.
struct UpdateFormatData: Cmdlet {
    static let append = Parameter<[String]>(
        "AppendPath", aliases: ["PSPath", "Path"], position: 0, pipeline: .byValueAndProperty, validate: [.notNull])
    static let prepend = Parameter<[String]>("PrependPath", validate: [.notNull])
    static let signature = Signature(
        "Update-FormatData", typeName: "Microsoft.PowerShell.Commands.UpdateFormatDataCommand", shouldProcess: .medium,
        defaultSet: "FileSet", sets: [ParameterSet("FileSet", [append, prepend])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let first = try io.dataFiles(call[Self.prepend], id: "FormatPrependPathException")
        for file in first { try load(file, first: true, io) }
        let last = try io.dataFiles(call[Self.append], id: "FormatAppendPathException")
        for file in last { try load(file, first: false, io) }
        guard first.isEmpty, last.isEmpty, !call.isBound(Self.append), !call.isBound(Self.prepend) else { return }
        // Without a path those already read are read again.
        for file in io.runspace.views.files { try load(file, first: false, io) }
    }

    private func load(_ file: String, first: Bool, _ io: CommandIO) throws(Stop) {
        guard try io.confirms("Update FormatData", "FileName: \(file)") else { return }
        do throws(Failure) {
            try io.runspace.views.load(contentsOf: file, first: first)
        } catch {
            try io.report(
                "FormatXmlUpdateException", .invalidOperation, error.message, target: .string(file),
                exception: "System.Management.Automation.RuntimeException")
        }
    }
}
