import FerryEngine
import Foundation

/// Starts a program on its own.
struct StartProcess: Cmdlet {
    static let filePath = Parameter<String>(
        "FilePath", aliases: ["PSPath", "Path"], position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let arguments = Parameter<[String]>("ArgumentList", aliases: ["Args"], position: 1)
    static let workingDirectory = Parameter<String>("WorkingDirectory", validate: [.notNullOrEmpty])
    static let standardInput = Parameter<String>("RedirectStandardInput", aliases: ["RSI"], validate: [.notNullOrEmpty])
    static let standardOutput = Parameter<String>(
        "RedirectStandardOutput", aliases: ["RSO"], validate: [.notNullOrEmpty])
    static let standardError = Parameter<String>("RedirectStandardError", aliases: ["RSE"], validate: [.notNullOrEmpty])
    static let environment = Parameter<TableObject?>("Environment")
    static let newEnvironment = Parameter<Bool>.switch("UseNewEnvironment")
    static let noNewWindow = Parameter<Bool>.switch("NoNewWindow", aliases: ["nnw"])
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let wait = Parameter<Bool>.switch("Wait")
    static let verb = Parameter<String>("Verb")
    static let windowStyle = Parameter<String>("WindowStyle")
    static let credential = Parameter<Value>("Credential", aliases: ["RunAs"], type: .credential)
    static let loadUserProfile = Parameter<Bool>.switch("LoadUserProfile", aliases: ["Lup"])
    static let signature = Signature(
        "Start-Process", typeName: "Microsoft.PowerShell.Commands.StartProcessCommand", shouldProcess: .medium,
        parameters: [
            filePath, arguments, workingDirectory, standardInput, standardOutput, standardError, environment,
            newEnvironment, noNewWindow, passThru, wait, verb, windowStyle, credential, loadUserProfile,
        ])

    init() {}

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        let name = call[Self.filePath]
        for (key, label) in [(Self.verb, "Verb"), (Self.windowStyle, "WindowStyle")] where call.isBound(key) {
            throw io.failing(
                "NotSupportedException", .notImplemented,
                "The parameter '\(label)' is not supported for the cmdlet 'Start-Process' on this edition of PowerShell.",
                exception: "System.NotSupportedException")
        }
        if call.isBound(Self.credential) || call[Self.loadUserProfile] {
            throw io.failing(
                "NotSupportedException", .notImplemented,
                "A process starts under the account of this session on Linux. Use sudo or runuser for another: Start-Process "
                    + "sudo -ArgumentList '-u', 'name', 'program'.", exception: "System.PlatformNotSupportedException")
        }
        try check(call, io)
        guard let entry = io.runspace.external(name), entry.commandType == .application else {
            throw io.failing(
                "InvalidOperationException", .invalidOperation,
                "This command cannot be run due to the error: An error occurred trying to start process '\(name)' with working "
                    + "directory '\(io.runspace.location.path)'. No such file or directory", target: .null,
                exception: "System.InvalidOperationException")
        }
        guard try io.confirms("Start-Process", name) else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: entry.definition)
        process.arguments = call[Self.arguments].flatMap(Self.words)
        let folder = call.isBound(Self.workingDirectory) ? call[Self.workingDirectory] : "."
        process.currentDirectoryURL = URL(fileURLWithPath: io.runspace.location.resolve(folder))
        if call.isBound(Self.environment) || call[Self.newEnvironment] {
            // The computer and its users have no variables of their own on Linux: a new environment begins empty.
            var variables = call[Self.newEnvironment] ? [:] : ProcessInfo.processInfo.environment
            for (key, value) in call[Self.environment]?.pairs ?? [] {
                variables[key.display] = value.isNull ? nil : value.display
            }
            process.environment = variables
        }
        if call.isBound(Self.standardInput) {
            process.standardInput = try file(call[Self.standardInput], isRead: true, io)
        }
        if call.isBound(Self.standardOutput) {
            process.standardOutput = try file(call[Self.standardOutput], isRead: false, io)
        }
        if call.isBound(Self.standardError) {
            process.standardError = try file(call[Self.standardError], isRead: false, io)
        }
        do { try process.run() } catch {
            throw io.failing(
                "InvalidOperationException", .invalidOperation,
                "This command cannot be run due to the error: \(error.localizedDescription)",
                exception: "System.InvalidOperationException")
        }
        let leaf = entry.definition.split(separator: "/").last.map(String.init) ?? name
        let object = ProcessObject(process.processIdentifier, name: leaf, started: process)
        if call[Self.passThru] { try io.emit(object.value) }
        if call[Self.wait] { _ = try object.wait(until: nil, io) }
    }

    /// Folders and files that the process is given.
    private func check(_ call: Call, _ io: CommandIO) throws(Stop) {
        let location = io.runspace.location
        if call.isBound(Self.workingDirectory), !FileItem.isFolder(location.resolve(call[Self.workingDirectory])) {
            throw io.failing(
                "DirectoryNotFoundException", .invalidOperation,
                "This command cannot be run because either the parameter \"WorkingDirectory "
                    + "'\(call[Self.workingDirectory])'\" has a value that is not valid or cannot be used with this command.",
                exception: "System.IO.DirectoryNotFoundException")
        }
        let given = [Self.standardInput, Self.standardOutput, Self.standardError].filter { call.isBound($0) }
        let places = given.map { location.resolve(call[$0]) }
        if Set(places).count < places.count {
            throw io.failing(
                "InvalidOperationException", .invalidOperation,
                "This command cannot be run because two of the files that its streams are redirected to are the same.",
                exception: "System.InvalidOperationException")
        }
    }

    private func file(_ path: String, isRead: Bool, _ io: CommandIO) throws(Stop) -> FileHandle {
        let full = io.runspace.location.resolve(path)
        if !isRead { try io.writeBytes([], to: full, appends: false) }
        guard let handle = isRead ? FileHandle(forReadingAtPath: full) : FileHandle(forWritingAtPath: full) else {
            throw io.failing(
                "FileNotFoundException", .objectNotFound, "Could not find file '\(full)'.", target: .string(path),
                exception: "System.IO.FileNotFoundException")
        }
        return handle
    }

    /// PowerShell joins the arguments with spaces and lets the program's start-up split the line again, minding double quotes.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var hasWord = false
        for character in text {
            switch character {
            case "\"":
                isQuoted.toggle()
                hasWord = true
            case " " where !isQuoted, "\t" where !isQuoted:
                if hasWord { words.append(word) }
                (word, hasWord) = ("", false)
            default:
                word.append(character)
                hasWord = true
            }
        }
        if hasWord { words.append(word) }
        return words
    }
}
