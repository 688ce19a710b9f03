import FerryCmdlets
import FerryCore
import FerryEngine
import Foundation
import Glibc

/// `ferry` as a value: words in, exit code out.
package enum Program {
    package static let version = "0.1.0"

    /// Runs the shell as the command line asks. Blocks until it ends.
    ///
    /// Exit codes are pwsh's: 0, what `exit` said, 1 after an unhandled error, 64 for a command line that means nothing.
    package static func run(_ words: [String]) -> Int32 {
        let arguments: ShellArguments
        do throws(ShellArguments.Misuse) { arguments = try ShellArguments(words) } catch {
            TerminalHost.send("ferry: \(error.text)\n", to: STDERR_FILENO)
            return 64
        }
        switch arguments.mode {
        case .version:
            TerminalHost.send("Ferry \(version)\n", to: STDOUT_FILENO)
            return 0
        case .help:
            TerminalHost.send(help, to: STDOUT_FILENO)
            return 0
        case .prompt, .command, .file, .remotingServer: break
        }
        if let folder = arguments.workingDirectory, !FileManager.default.changeCurrentDirectoryPath(folder) {
            TerminalHost.send(
                "ferry: -WorkingDirectory: the folder '\(folder)' cannot be entered.\n", to: STDERR_FILENO)
            return 64
        }
        signal(SIGPIPE, SIG_IGN)
        if case .remotingServer = arguments.mode { return RemotingProgram.run() }
        TerminalInterrupt.install()
        return Runspace.onOwnThread { session(arguments) }
    }

    /// On the runspace's own thread.
    private static func session(_ arguments: ShellArguments) -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        var editor: LineEditor?
        let isPrompt = (arguments.mode == .prompt || arguments.noExit) && isatty(STDIN_FILENO) == 1
        if isPrompt {
            do throws(Failure) { editor = try LineEditor(historyPath: HistoryFile.path(environment)) } catch {
                TerminalHost.send("ferry: \(error.message) \(error.advice)\n", to: STDERR_FILENO)
                return 70
            }
        }
        let host = TerminalHost(nonInteractive: arguments.nonInteractive, editor: editor)
        let runspace = Runspace(host: host)
        let interrupt = runspace.interrupt
        TerminalInterrupt.setListener { interrupt.raise() }
        defer {
            TerminalInterrupt.setListener(nil)
            host.clearProgress()
        }
        prepare(runspace, environment)
        if !arguments.noProfile { runProfile(runspace, environment) }
        var code: Int32
        switch arguments.mode {
        case .command(let text): code = runspace.runCommand(text == "-" ? standardInput() : text)
        case .file(let path, let words): code = runspace.runFile(path, arguments: words)
        case .prompt where editor == nil: code = runspace.runCommand(standardInput())
        case .prompt: code = 0
        case .version, .help, .remotingServer: return 0
        }
        if TerminalInterrupt.wasRequested, !isPrompt { code = 128 + SIGINT }
        guard let editor else { return code }
        if arguments.mode == .prompt, !arguments.noLogo { host.write("Ferry \(version)\n") }
        return Prompt(runspace, host, editor).run()
    }

    /// Commands, the hosts they reach, and the views of their objects.
    static func prepare(_ runspace: Runspace, _ environment: [String: String]) {
        for module in CommandModules.all { runspace.register(module) }
        do throws(Failure) {
            let hosts = ListedHosts(try HostList(environment: environment))
            runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = hosts
            runspace.completionSources.append(LiveNames(hosts))
        } catch {
            runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = UnreadableHosts(failure: error)
        }
        for path in ModuleFolders.viewFiles(environment) {
            do throws(Failure) { try runspace.views.load(contentsOf: path) } catch {
                runspace.host.writeWarning("\(error.message) \(error.advice)")
            }
        }
    }

    private static func runProfile(_ runspace: Runspace, _ environment: [String: String]) {
        let path =
            (environment["XDG_CONFIG_HOME"] ?? (environment["HOME"] ?? "/root") + "/.config") + "/ferry/profile.ps1"
        guard FileManager.default.fileExists(atPath: path) else { return }
        runspace.runLine(". '\(path.replacing("'", with: "''"))'")
    }

    private static func standardInput() -> String {
        var text = ""
        while let line = Swift.readLine(strippingNewline: false) { text += line }
        return text
    }

    private static let help = """
        Usage: ferry [flags] [script.ps1 [arguments]]
               ferry [flags] -Command <text>        (short: -c; - reads standard input)

        Without a script or -Command, ferry is a prompt.

          -Command, -c <text>            run the text; takes the rest of the line
          -File, -f <script> [arguments] run a script; a bare argument is one, too
          -NoProfile, -nop               do not run ~/.config/ferry/profile.ps1
          -NoLogo, -nol                  no greeting at the prompt
          -NoExit, -noe                  stay at the prompt afterwards
          -NonInteractive, -noni         never ask; what would ask is an error
          -WorkingDirectory, -wd <path>  start there
          -SSHServerMode, -sshs          serve a remote session on standard input and output; sshd_config:
                                         Subsystem powershell /usr/bin/ferry -sshs -NoLogo
          -Version, -v   -Help, -h, -?

        Hosts are found in the file that FERRY_HOSTS names, in ~/.config/ferry/hosts.json or in /etc/ferry/hosts.json.
        Exit codes: 0, the code of exit, 1 after an unhandled error, 64 for a wrong command line.

        """
}
