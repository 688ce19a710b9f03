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

        init?(_ word: String) {
            guard word.count > 1, word.hasPrefix("-") else { return nil }
            let name = word.drop { $0 == "-" }.lowercased()
            // The table's order decides between flags that begin alike, as pwsh's does.
            let found = Self.allCases.first { flag in
                let (shortest, others) = flag.spelling
                return others.contains(name)
                    || name.count >= shortest && flag.rawValue.lowercased().hasPrefix(name)
            }
            guard let found else { return nil }
            self = found
        }
    }

    package init(_ words: [String]) throws(Misuse) {
        var rest = words[...]
        func value(of flag: String) throws(Misuse) -> String {
            guard let value = rest.popFirst() else {
                throw Misuse(
                    text: "Cannot process the command because of a missing parameter. A value must follow -\(flag).")
            }
            return value
        }
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                mode = .file(word, arguments: Array(rest))
                return
            }
            switch Flag(word) {
            case .command:
                guard let first = rest.first else {
                    throw Misuse(
                        text:
                            "Cannot process the command because of a missing parameter. A command must follow -Command."
                    )
                }
                mode = rest.count == 1 && first == "-" ? .command("-") : .command(rest.joined(separator: " "))
                return
            case .commandWithArgs:
                mode = .command(try value(of: "CommandWithArgs"))
                commandArguments = Array(rest)
                return
            case .encodedCommand:
                mode = .command(try Self.decoded(try value(of: "EncodedCommand"), flag: "EncodedCommand"))
                return
            case .file:
                let path = try value(of: "File")
                // `-File -` is the prompt's input.
                mode = path == "-" ? .command("-") : .file(path, arguments: Array(rest))
                return
            case .sshServerMode: mode = .remotingServer
            case .noProfile: noProfile = true
            case .noLogo: noLogo = true
            case .noExit: noExit = true
            case .nonInteractive: nonInteractive = true
            // `-Login` was heeded before: sh has started this program anew.
            case .login, .interactive, .noProfileLoadTime: break
            case .executionPolicy: _ = try value(of: "ExecutionPolicy")
            case .outputFormat: try Self.acceptText(try value(of: "OutputFormat"), flag: "OutputFormat")
            case .inputFormat: try Self.acceptText(try value(of: "InputFormat"), flag: "InputFormat")
            case .workingDirectory: workingDirectory = try value(of: "WorkingDirectory")
            case .settingsFile: settingsFile = try value(of: "SettingsFile")
            case .configurationName, .configurationFile, .customPipeName, .encodedArguments:
                throw Misuse(
                    text:
                        "ferry has no session configurations, pipes for debuggers and encoded arguments: '\(word)' cannot "
                        + "be honoured. Leave it out.", showsUsage: false)
            case .windowStyle, .sta, .mta:
                throw Misuse(text: "The parameter '\(word)' is not implemented on this platform.", showsUsage: false)
            case .version:
                mode = .version
                return
            case .help:
                mode = .help
                return
            case nil:
                throw Misuse(
                    text:
                        "The argument '\(word)' is not recognized as the name of a script file. Check the spelling of the "
                        + "name, or if a path was included, verify that the path is correct and try again.")
            }
        }
    }

    private static func acceptText(_ format: String, flag: String) throws(Misuse) {
        guard "text".hasPrefix(format.lowercased()), !format.isEmpty else {
            throw Misuse(
                text:
                    "Cannot process the command because the value '\(format)' of -\(flag) is not Text, the only format ferry "
                    + "reads and writes here.", showsUsage: false)
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
