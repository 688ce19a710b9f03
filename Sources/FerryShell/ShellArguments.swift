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
    package var noProfile = false
    package var noLogo = false
    package var noExit = false
    package var nonInteractive = false
    package var workingDirectory: String?

    /// Why a command line was not understood; the program prints it and exits with 64.
    package struct Misuse: Error, Sendable {
        package var text: String
    }

    private static let flags: [(name: String, shortest: Int, aliases: [String])] = [
        ("command", 1, []), ("file", 1, []), ("noprofile", 3, ["nop"]), ("nologo", 3, ["nol"]),
        ("noexit", 3, ["noe"]), ("noninteractive", 4, ["noni"]), ("interactive", 1, []), ("login", 1, []),
        ("executionpolicy", 2, ["ex", "ep"]),
        ("workingdirectory", 2, ["wd"]), ("outputformat", 1, ["of"]), ("inputformat", 3, ["if"]), ("version", 1, []),
        ("help", 1, ["?"]), ("sshservermode", 4, ["sshs"]),
    ]

    private static func flag(_ word: String) -> String? {
        guard word.count > 1, word.hasPrefix("-") else { return nil }
        let name = word.drop { $0 == "-" }.lowercased()
        return flags.first { flag in
            flag.aliases.contains(name) || (name.count >= flag.shortest && flag.name.hasPrefix(name))
        }?.name
    }

    package init(_ words: [String]) throws(Misuse) {
        var rest = words[...]
        func value(of flag: String) throws(Misuse) -> String {
            guard let value = rest.popFirst() else { throw Misuse(text: "The argument of -\(flag) is missing.") }
            return value
        }
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                mode = .file(word, arguments: Array(rest))
                return
            }
            switch Self.flag(word) {
            case "command":
                guard let first = rest.first else { throw Misuse(text: "The argument of -Command is missing.") }
                mode = rest.count == 1 && first == "-" ? .command("-") : .command(rest.joined(separator: " "))
                return
            case "file":
                let path = try value(of: "File")
                mode = .file(path, arguments: Array(rest))
                return
            case "sshservermode": mode = .remotingServer
            case "noprofile": noProfile = true
            case "nologo": noLogo = true
            case "noexit": noExit = true
            case "noninteractive": nonInteractive = true
            case "interactive", "login": break
            case "executionpolicy", "outputformat", "inputformat": _ = try value(of: word)
            case "workingdirectory": workingDirectory = try value(of: "WorkingDirectory")
            case "version":
                mode = .version
                return
            case "help":
                mode = .help
                return
            default:
                throw Misuse(
                    text: "The argument '\(word)' is not a flag of ferry and not a script; ferry -Help lists the flags."
                )
            }
        }
    }
}
