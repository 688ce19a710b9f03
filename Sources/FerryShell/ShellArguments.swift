import FerryCore
package import FerryEngine
import FerryRemoting
import Foundation

/// The command line of `ferry`: pwsh's flags, in any case and shortened as pwsh accepts them.
///
/// Source: the public reference about_Pwsh and pwsh's behaviour (`-c` takes the rest of the line, a bare argument is a script).
package struct ShellArguments: Sendable, Equatable {
    package enum Mode: Sendable, Equatable {
        case prompt
        /// The text after `-Command`; `-` reads standard input.
        case command(String)
        case file(String, arguments: [String])
        case version
        case help
        /// Serves a session on standard input and output: what sshd's subsystem starts.
        case remotingServer
    }

    package var mode = Mode.prompt
    /// `$args` of the command: what stood behind `-CommandWithArgs text`.
    package var commandArguments: [String] = []
    /// What stood behind `-EncodedArguments`: a document of `$args`.
    private var encodedArguments: String?
    /// `-OutputFormat XML`
    package var outputsObjects = false
    /// `-InputFormat XML`
    package var takesObjects = false
    package var noProfile = false
    package var noLogo = false
    package var noExit = false
    package var nonInteractive = false
    package var workingDirectory: String?
    /// A file of settings: `PSModulePath` in it is honoured.
    package var settingsFile: String?

    /// Why a command line was not understood; the program prints it and exits with 64.
    package struct Misuse: Error, Sendable {
        package var text: String
        /// Whether the usage is worth showing.
        package var showsUsage = true
    }

    private enum Flag: String, CaseIterable {
        case command, commandWithArgs, configurationFile, configurationName, customPipeName, encodedArguments,
            encodedCommand, executionPolicy, file, help, inputFormat, interactive, login, mta, noExit, noLogo,
            nonInteractive, noProfile, noProfileLoadTime, outputFormat, settingsFile, sshServerMode, sta, version,
            windowStyle,
            workingDirectory

        /// The fewest letters that mean it, and other spellings.
        var spelling: (shortest: Int, others: [String]) {
            switch self {
            case .command: (1, [])
            case .commandWithArgs: (15, ["cwa"])
            case .configurationFile: (17, [])
            case .configurationName: (6, [])
            case .customPipeName: (3, [])
            case .encodedArguments: (8, ["ea"])
            case .encodedCommand: (1, ["ec"])
            case .executionPolicy: (2, ["ep"])
            case .file: (1, [])
            case .help: (1, ["?"])
            case .inputFormat: (3, ["if"])
            case .interactive: (1, [])
            case .login: (1, [])
            case .mta: (3, [])
            case .noExit: (3, [])
            case .noLogo: (3, [])
            case .nonInteractive: (4, [])
            case .noProfile: (3, [])
            case .noProfileLoadTime: (17, [])
            case .outputFormat: (1, ["of"])
            case .settingsFile: (8, [])
            case .sshServerMode: (4, [])
            case .sta: (3, [])
            case .version: (1, [])
            case .windowStyle: (1, [])
            case .workingDirectory: (2, ["wd"])
            }
        }

        /// - Parameter word: one or two dashes of any kind, or a slash, and a name.
        init?(_ word: String) {
            guard let first = word.first, ShellArguments.isDash(first) || first == "/" else { return nil }
            var name = word.dropFirst().lowercased()[...]
            if first != "/", let second = name.first, ShellArguments.isDash(second) { name = name.dropFirst() }
            guard !name.isEmpty else { return nil }
            // The table's order decides between flags that begin alike, as pwsh's does.
            let found = Self.allCases.first { flag in
                let (shortest, others) = flag.spelling
                return others.contains(String(name))
                    || name.count >= shortest && flag.rawValue.lowercased().hasPrefix(name)
            }
            guard let found else { return nil }
            self = found
        }
    }

    package init(_ words: [String]) throws(Misuse) {
        var rest = words[...]
        func value(orElse text: String, showsUsage: Bool = false) throws(Misuse) -> String {
            guard let value = rest.popFirst() else { throw Misuse(text: text, showsUsage: showsUsage) }
            return value
        }
        // More words may follow what `-EncodedCommand` gave.
        var hasCommand = false
        func commandText() throws(Misuse) -> String {
            guard !hasCommand else { throw Misuse(text: Self.secondCommand) }
            return try value(orElse: Self.missingCommand, showsUsage: true)
        }
        while let word = rest.popFirst() {
            let flag = Flag(word)
            // A path that could be a flag is one where there is no such file.
            guard word.first.map(Self.isDash) == true || flag != nil && !FileText.exists(word), word != "-" else {
                guard !hasCommand else { throw Misuse(text: Self.secondCommand) }
                // A dash alone is the prompt's input, as of `-File -`.
                mode = word == "-" ? .prompt : .file(word, arguments: Array(rest))
                return
            }
            switch flag {
            case .command:
                let first = try commandText()
                guard first != "-" || rest.isEmpty else {
                    throw Misuse(
                        text:
                            "'-' was specified with the -Command parameter; no other arguments to -Command are permitted."
                    )
                }
                var text = first
                // `joined` would have the start of every shell search for conformances.
                for word in rest { text += " " + word }
                mode = .command(text)
                return
            case .commandWithArgs:
                mode = .command(try commandText())
                commandArguments = Array(rest)
                return
            case .encodedCommand:
                mode = .command(try Self.decoded(try commandText(), flag: "EncodedCommand"))
                hasCommand = true
            case .file:
                guard !hasCommand else { throw Misuse(text: Self.secondCommand) }
                let path = try value(
                    orElse:
                        "The command cannot be run because the File parameter requires a file path. Supply a path for the "
                        + "File parameter and then try the command again.", showsUsage: true)
                // `-File -` is the prompt's input.
                mode = path == "-" ? .prompt : .file(path, arguments: Array(rest))
                return
            case .sshServerMode: mode = .remotingServer
            case .noProfile: noProfile = true
            case .noLogo: noLogo = true
            case .noExit: noExit = true
            case .nonInteractive: nonInteractive = true
            // `-Login` was heeded before: sh has started this program anew.
            case .login, .interactive, .noProfileLoadTime: break
            case .executionPolicy:
                _ = try value(
                    orElse:
                        "Cannot process the execution policy because of a missing policy name. A policy name must follow "
                        + "-ExecutionPolicy.", showsUsage: true)
            case .outputFormat:
                let format = try value(
                    orElse:
                        "The command cannot be run because no argument has been supplied for the OutputFormat parameter.\n"
                        + "Specify one of the following formats for this parameter:\nText\nXML\n", showsUsage: true)
                outputsObjects = try Self.isXML(format, flag: "OutputFormat")
            case .inputFormat:
                let format = try value(
                    orElse:
                        "Cannot process the command because the -InputFormat parameter requires an argument. Specify a "
                        + "valid format argument for this parameter.\nValid formats are:\nText\nXML\n", showsUsage: true
                )
                takesObjects = try Self.isXML(format, flag: "InputFormat")
            case .encodedArguments:
                encodedArguments = try Self.decoded(
                    try value(orElse: Self.badArguments, showsUsage: true), flag: "EncodedArguments")
            case .workingDirectory:
                workingDirectory = try value(
                    orElse:
                        "Cannot process the command because -WorkingDirectory requires an argument that is a directory path."
                )
            case .settingsFile:
                settingsFile = try value(
                    orElse: "Cannot process the command because -SettingsFile requires an argument that is a file path."
                )
            case .configurationName, .configurationFile, .customPipeName:
                throw Misuse(
                    text:
                        "ferry has no session configurations and no pipes for debuggers: '\(word)' cannot "
                        + "be honoured. Leave it out.", showsUsage: false)
            case .windowStyle:
                throw Misuse(text: "Parameter -WindowStyle is not implemented on this platform.", showsUsage: false)
            case .sta: throw Misuse(text: "Parameter -STA is not supported on this platform.", showsUsage: false)
            case .mta: throw Misuse(text: "Parameter -MTA is not supported on this platform.", showsUsage: false)
            case .version:
                mode = .version
                return
            case .help:
                mode = .help
                return
            case nil:
                // A file may be called so.
                if FileText.isFile(word) {
                    mode = .file(word, arguments: Array(rest))
                    return
                }
                let name = word.dropFirst().lowercased()
                let alike = Flag.allCases.map { $0.rawValue.lowercased() }.filter { !name.isEmpty && $0.contains(name) }
                guard alike.isEmpty else {
                    throw Misuse(
                        text: "Invalid argument '\(word)', did you mean:\n\n"
                            + alike.map { "  -" + $0 + "\n" }.joined(), showsUsage: false)
                }
                throw Misuse(text: Self.missingScript(word))
            }
        }
    }

    private static let missingCommand =
        "Cannot process the command because of a missing parameter. A command must follow -Command."
    private static let secondCommand =
        "Cannot process command because a command is already specified with -Command, -CommandWithArgs, or -EncodedCommand."

    private static let badArguments =
        "Cannot process the command because the value specified with -EncodedArguments is not properly encoded. The value must "
        + "be Base64 encoded."

    static func missingScript(_ path: String) -> String {
        "The argument '\(path)' is not recognized as the name of a script file. Check the spelling of the name, or if a path "
            + "was included, verify that the path is correct and try again."
    }

    /// A hyphen, or one of the dashes that text from documents has in its place.
    private static func isDash(_ character: Character) -> Bool {
        ["-", "\u{2013}", "\u{2014}", "\u{2015}"].contains(character)
    }

    private static func isXML(_ format: String, flag: String) throws(Misuse) -> Bool {
        switch format.lowercased() {
        case "xml": return true
        case "text": return false
        default:
            throw Misuse(
                text:
                    "Cannot process the command because the value '\(format)' of -\(flag) is not a format.\nValid formats "
                    + "are:\nText\nXML\n")
        }
    }

    /// `$args` of the command.
    ///
    /// - Throws: what stood behind `-EncodedArguments` is no document.
    package var given: [Argument] {
        get throws(Misuse) {
            guard let encodedArguments else { return Runspace.arguments(commandArguments) }
            do throws(Failure) {
                let found = try CLIXMLReader.document(Array(encodedArguments.utf8))
                let values = found.count == 1 ? found[0].elements ?? found : found
                return values.map { Argument(value: $0) }
            } catch {
                throw Misuse(text: Self.badArguments)
            }
        }
    }

    /// Base64 of UTF-16, little-endian.
    private static func decoded(_ text: String, flag: String) throws(Misuse) -> String {
        guard let data = Data(base64Encoded: text), data.count % 2 == 0 else {
            throw Misuse(
                text:
                    "Cannot process the command because the value specified with -\(flag) is not properly encoded. The "
                    + "value must be Base64 encoded.")
        }
        let bytes = Array(data)
        let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
        return String(decoding: units, as: UTF16.self)
    }
}
