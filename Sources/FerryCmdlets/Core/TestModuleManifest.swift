import FerryEngine

/// Says whether a module's manifest is in order, and what module it describes.
struct TestModuleManifest: Cmdlet {
    static let path = Parameter<String>("Path", position: 0, mandatory: true, pipeline: .byValueAndProperty)
    static let signature = Signature(
        "Test-ModuleManifest", typeName: "Microsoft.PowerShell.Commands.TestModuleManifestCommand",
        outputs: [ModuleObject.outputType], parameters: [path])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let given = call[Self.path]
        guard case .file(let path) = io.path(given), FileText.isFile(path) else {
            return try io.report(
                "Modules_ModuleNotFound", .resourceUnavailable,
                "The specified module '\(given)' was not loaded because no valid module file was found in any module "
                    + "directory.", target: .string(given), exception: "System.IO.FileNotFoundException")
        }
        guard path.lowercased().hasSuffix(".psd1") else {
            throw io.failing(
                "Modules_InvalidModuleManifestPath", .invalidArgument,
                "The path '\(path)' is not valid: the name of a module manifest ends with '.psd1'.",
                target: .string(given), exception: "System.InvalidOperationException")
        }
        let checked: (module: ModuleObject, wrong: [ErrorRecord])
        do throws(Stop) {
            checked = try io.checkManifest(path)
        } catch {
            guard let record = error.record else { throw error }
            return try io.report(record)
        }
        for record in checked.wrong { try io.report(record) }
        let folder = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        if let version = VersionNumber(folder), version != checked.module.version {
            throw io.failing(
                "Modules_InvalidModuleManifestVersion", .invalidArgument,
                "The module manifest '\(path)' has the version '\(checked.module.version.text)', but its folder is named "
                    + "'\(folder)'.", target: .string(given), exception: "System.InvalidOperationException")
        }
        if !checked.wrong.contains(where: { $0.errorID.hasPrefix("Modules_InvalidManifest") }) {
            try io.emit(.object(checked.module))
        }
    }
}
