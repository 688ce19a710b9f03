import FerryEngine
import Foundation

/// Runs a program, or opens a file or folder with the program the desktop has for it.
struct InvokeItem: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)

    static let signature = Signature(
        "Invoke-Item", typeName: "Microsoft.PowerShell.Commands.InvokeItemCommand", shouldProcess: .medium,
        defaultSet: "Path", parameters: ItemFilter.parameters,
        sets: [ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath])])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let filter = try ItemFilter(call, io)
        for text in isLiteral ? call[Self.literalPath] : call[Self.path] {
            guard let place = try io.checkedPath(text) else { continue }
            guard place.isFile else {
                throw io.failing(
                    "NotSupported", .notImplemented,
                    "Provider operation stopped because the provider does not support this operation.",
                    exception: "System.Management.Automation.PSNotSupportedException")
            }
            for found in try io.files([text], isLiteral: isLiteral) where filter.fits(found) {
                guard try io.confirms("Invoke Item", "Item: \(found)") else { continue }
                let runs = unsafe !FileItem.isFolder(found) && access(found, X_OK) == 0
                do throws(Stop) {
                    if runs { try run(found, [], io) } else { try run(opener(found, io), [found], io) }
                } catch {
                    guard let record = error.record else { throw error }
                    try io.report(record)
                }
            }
        }
    }

    /// The program that knows what opens a file.
    private func opener(_ path: String, _ io: CommandIO) throws(Stop) -> String {
        if let entry = io.runspace.external("xdg-open"), entry.commandType == .application {
            return entry.definition
        }
        throw failure(
            "Cannot open '\(path)': it is no program, and xdg-open, which knows what opens files, is not installed.",
            path, io)
    }

    private func run(_ program: String, _ arguments: [String], _ io: CommandIO) throws(Stop) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: io.runspace.location.path)
        do { try process.run() } catch {
            throw failure(
                "An error occurred trying to start process '\(program)': \(error.localizedDescription)", program, io)
        }
    }

    private func failure(_ text: String, _ path: String, _ io: CommandIO) -> Stop {
        io.failing(
            "InvokeDefaultActionProviderException", .notSpecified, text, target: .string(path),
            exception: "System.ComponentModel.Win32Exception")
    }
}
