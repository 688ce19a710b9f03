import FerryEngine

/// Reads the texts of a script in the language of the user: data files in folders named after cultures.
struct ImportLocalizedData: Cmdlet {
    static let variable = Parameter<String>(
        "BindingVariable", aliases: ["Variable"], position: 0, validate: [.notNullOrEmpty])
    static let culture = Parameter<String>("UICulture", position: 1)
    static let folder = Parameter<String>("BaseDirectory")
    static let fileName = Parameter<String>("FileName")

    static let signature = Signature(
        "Import-LocalizedData", typeName: "Microsoft.PowerShell.Commands.ImportLocalizedData",
        parameters: [variable, culture, folder, fileName])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let path = try file(call, io)
        let value = try DataFile.read(path, io.runspace)
        guard call.isBound(Self.variable) else { return try io.emit(value) }
        try io.setVariable(call[Self.variable], to: value)
    }

    /// The file of the culture, of the language, or of no language: the first that is there.
    private func file(_ call: Call, _ io: CommandIO) throws(Stop) -> String {
        let script = io.variable("PSCommandPath").display
        if script.isEmpty, !call.isBound(Self.fileName) {
            throw io.failing(
                "ImportLocalizedDataWithoutFileName", .invalidOperation,
                "The file name cannot be known outside of a script: give it with -FileName.",
                exception: "System.Management.Automation.PSInvalidOperationException")
        }
        let folder =
            call.isBound(Self.folder)
            ? io.runspace.location.resolve(call[Self.folder])
            : script.isEmpty
                ? io.runspace.location.path : String(script[..<(script.lastIndex(of: "/") ?? script.startIndex)])
        var name =
            call.isBound(Self.fileName) ? call[Self.fileName] : script.split(separator: "/").last.map(String.init) ?? ""
        if name.contains("/") {
            throw io.failing(
                "FileNameParameterCannotHavePath", .invalidArgument,
                "The FileName parameter cannot have a path: give the folder with -BaseDirectory.",
                target: .string(name), exception: "System.Management.Automation.PSInvalidOperationException")
        }
        if let dot = name.lastIndex(of: "."), dot != name.startIndex { name = String(name[..<dot]) }
        var culture = call.isBound(Self.culture) ? call[Self.culture] : io.variable("PSUICulture").display
        var tried: [String] = []
        while true {
            let path = (culture.isEmpty ? folder : folder + "/" + culture) + "/" + name + ".psd1"
            if FileItem.exists(path) { return path }
            tried.append(path)
            guard !culture.isEmpty else { break }
            culture = culture.lastIndex(of: "-").map { String(culture[..<$0]) } ?? ""
        }
        throw io.failing(
            "ImportLocalizedData", .objectNotFound,
            "Cannot find the Windows PowerShell data file '\(name).psd1' in directory '\(folder)', or in any parent culture "
                + "directories.", target: .string(tried[0]),
            exception: "System.Management.Automation.PSInvalidOperationException")
    }
}
