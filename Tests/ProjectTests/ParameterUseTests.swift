import Foundation
import Testing

/// A parameter that a command takes and never looks at promises what does not happen.
@Suite struct ParameterUseTests {
    struct Key: Sendable {
        /// The type that declares it, and its file.
        let owner: String
        let file: String
        /// The Swift name, and the parameter's.
        let name: String
        let parameter: String
        var label: String { "\(owner).\(parameter)" }
    }

    /// Parameters whose source reads nothing of them, and why that is right. Their help says the same.
    static let unread: [String: String] = [
        // The set that the parameter chooses is all there is to know; or it is read through the set's keys.
        "EnterPSSession.HostName": "RemoteSelection reads it through the set",
        "EnterPSSession.Session": "RemoteSelection reads it through the set",
        "EnterPSSession.Id": "RemoteSelection reads it through the set",
        "EnterPSSession.Name": "RemoteSelection reads it through the set",
        "GetCulture.ListAvailable": "its parameter set",
        "GetTimeZone.ListAvailable": "its parameter set",
        "TestConnection.Ping": "its parameter sets", "TestConnection.Repeat": "its parameter set",
        "TestConnection.MtuSize": "its parameter set", "TestConnection.Traceroute": "its parameter set",
        "TestConnection.TcpPort": "PortTest reads it", "TestConnection.Detailed": "PortTest reads it",
        "GetHelp.Detailed": "its parameter set", "GetHelp.Examples": "its parameter set",
        "NewVM.NoVHD": "its parameter set: no disk is given",
        "RegisterArgumentCompleter.Native": "its parameter set",
        "SetStrictMode.Off": "its parameter set",
        "SplitPath.LeafBase": "its parameter set", "SplitPath.Extension": "its parameter set",
        "SplitPath.Qualifier": "its parameter set", "SplitPath.NoQualifier": "its parameter set",
        "SplitPath.IsAbsolute": "its parameter set",
        "OutNull.InputObject": "it drops its input",
        // What they ask for is so in any case.
        "ImportPowerShellDataFile.SkipLimitCheck": "no file is too long",
        "ConvertFromCsv.UseCulture": "the culture's separator is the comma",
        "CSVWriter.UseCulture": "the culture's separator is the comma",
        "JoinString.UseCulture": "formats are the culture's in any case",
        "SortObject.Stable": "sorting is stable",
        "MoveVM.RemoveSourceUnmanagedVhds": "the source keeps no disk",
        "ImportModule.SkipEditionCheck": "no module is refused for its edition",
        "NewModule.Cmdlet": "a script block has no cmdlets",
        "ImportModule.DisableNameChecking": "nothing is said about verbs",
        "RemoteSelection.SSHTransport": "there is no other transport",
        "SelectString.NoEmphasis": "matches are not coloured",
        "FormatHex.Raw": "bytes are never reinterpreted",
        "GetCulture.NoUserOverrides": "users change no culture",
        // What they ask for does not exist here.
        "GetModule.SkipEditionCheck": "no module is left out for its edition",
        "ExportModuleMember.Cmdlet": "script modules have no cmdlets",
        "ReceiveJob.Force": "jobs are never suspended", "WaitJob.Force": "jobs are never suspended",
        "RestartComputer.Force": "nothing is asked", "StopComputer.Force": "nothing is asked",
        "NewVM.Force": "nothing is asked", "StopProcess.Force": "nothing is asked",
        "ConvertToSecureString.Force": "nothing is asked",
        "NewObject.Strict": "there is no COM", "StartProcess.NoNewWindow": "there are no windows",
        "WriteProgress.SourceId": "records are told apart by -Id",
    ]

    /// Commands that only ever say why they do nothing here, as PowerShell's do: their parameters are there so that scripts parse.
    static let refusing: Set = [
        "NewItemProperty", "RemoveItemProperty", "RenameItemProperty", "CopyItemProperty", "MoveItemProperty",
        "SetExecutionPolicy", "UnblockFile",
    ]

    static let sources: [(file: String, text: String)] = Project.files(
        under: "Sources/FerryCmdlets", withExtension: "swift"
    ).compactMap { file in
        (try? String(contentsOf: file, encoding: .utf8)).map { (Project.name(file), $0) }
    }

    static let keys: [Key] = sources.flatMap { file, text -> [Key] in
        let declaration = /static let `?(\w+)`? = Parameter<.*>(?:\.switch)?\(\s*"(\w+)"/
        let type = /(?:^|\n)(?:package |private |final )*(?:struct|enum|class|extension) (\w+)/
        let types = text.matches(of: type).map { ($0.range.lowerBound, String($0.output.1)) }
        return text.matches(of: declaration).compactMap { match in
            types.last { $0.0 < match.range.lowerBound }.map {
                Key(owner: $0.1, file: file, name: String(match.output.1), parameter: String(match.output.2))
            }
        }
    }

    /// Whether the text asks for the argument: `call[Self.x]`, `call.isBound(Owner.x)`, or hands the key to what asks.
    private static func isRead(_ key: Key) -> Bool {
        let home = sources.first { $0.file == key.file }?.text ?? ""
        func asks(_ text: String, _ spellings: [String]) -> Bool {
            spellings.contains { spelling in
                text.ranges(of: spelling).contains { found in
                    let next = found.upperBound < text.endIndex ? text[found.upperBound] : " "
                    return !(next.isLetter || next.isNumber || next == "_")
                }
            }
        }
        let own = [
            "Self.\(key.name)", "Self.`\(key.name)`", "call[\(key.name)]", "isBound(\(key.name))", "(call, \(key.name)",
        ]
        if asks(home, own + ["\(key.owner).\(key.name)"]) { return true }
        // What is refused wherever it is given is looked up by its name.
        if home.contains("\"\(key.parameter)\": Refusal(") { return true }
        // A command reads its own parameters itself; what several commands share, some of them read.
        if home.contains("struct \(key.owner): Cmdlet") { return false }
        return sources.contains {
            asks($0.text, ["[\(key.owner).\(key.name)]", "isBound(\(key.owner).\(key.name))"])
        }
    }

    @Test func `a parameter that a command declares is read by its source`() {
        #expect(Self.keys.count > 400)
        for key in Self.keys where Self.unread[key.label] == nil && !Self.refusing.contains(key.owner) {
            #expect(
                Self.isRead(key),
                "\(key.file) declares -\(key.parameter) and never reads it: make it do what its help says, or say in the help that there is nothing to do and list it here with the reason"
            )
        }
    }

    @Test func `what is listed as unread is declared and not read`() {
        for (label, _) in Self.unread {
            let key = Self.keys.first { $0.label == label }
            #expect(key != nil, "\(label) is not declared any more")
            if let key { #expect(!Self.isRead(key), "\(label) is read: take it off the list") }
        }
    }
}
