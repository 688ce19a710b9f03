import Foundation

/// The file of `-SettingsFile`, in the shape of pwsh's powershell.config.json. Of its settings, `PSModulePath` means something here.
struct SettingsFile: Decodable {
    var modulePath: String?

    private enum CodingKeys: String, CodingKey { case modulePath = "PSModulePath" }

    /// - Throws: what is wrong with the file, as a sentence.
    init(path: String) throws(ShellArguments.Misuse) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ShellArguments.Misuse(
                text:
                    "The argument '\(path)' passed to the -SettingsFile does not exist. Provide the path to an existing json "
                    + "file as an argument to the -SettingsFile parameter.", showsUsage: false)
        }
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
            throw ShellArguments.Misuse(
                text: "Processing -SettingsFile '\(path)' failed because the file is no JSON object of settings.",
                showsUsage: false)
        }
    }
}
