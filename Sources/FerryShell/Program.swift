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
    /// Exit codes are pwsh's: 0, what `exit` said, 1 after an unhandled error, 64 for a command line that means nothing; 1 as well
    /// for output that was lost.
    package static func run(_ words: [String]) -> Int32 { OutputFailure.exitCode(start(words)) }

    private static func start(_ words: [String]) -> Int32 {
        let arguments: ShellArguments
        do throws(ShellArguments.Misuse) { arguments = try ShellArguments(words) } catch {
            return refuse(error)
        }
        let programName = CommandLine.arguments.first ?? "ferry"
        if LoginShell.isAsked(by: words, programName: programName) { LoginShell.begin(words, programName: programName) }
        switch arguments.mode {
        case .version:
            TerminalHost.send("Ferry \(version)\n", to: STDOUT_FILENO)
            return 0
        case .help:
            TerminalHost.send(Usage.long, to: STDOUT_FILENO)
            return 0
        case .prompt, .command, .file, .remotingServer: break
        }
        if let folder = arguments.workingDirectory, !FileManager.default.changeCurrentDirectoryPath(folder) {
            TerminalHost.send(
                "ferry: -WorkingDirectory: the folder '\(folder)' cannot be entered.\n", to: STDERR_FILENO)
            return 64
        }
        ModuleFiles.completeSearchPath()
        if let path = arguments.settingsFile {
            do throws(ShellArguments.Misuse) {
                if let folders = try SettingsFile(path: path).modulePath {
                    let known = ProcessInfo.processInfo.environment["PSModulePath"].map { ":" + $0 } ?? ""
                    // SAFETY: C strings for the call; no other thread runs yet.
                    _ = unsafe setenv("PSModulePath", folders + known, 1)
                }
            } catch {
                return refuse(error)
            }
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
        let input = StandardInput()
        let host = TerminalHost(nonInteractive: arguments.nonInteractive, editor: editor, input: input)
        let runspace = Runspace(host: host)
        host.style = runspace.style
        let interrupt = runspace.interrupt
        TerminalInterrupt.setListener { interrupt.raise() }
        defer {
            TerminalInterrupt.setListener(nil)
            host.endProgress()
            host.nestedPrompt = nil
        }
        host.nestedPrompt = { [unowned host] () throws(Stop) in
            if editor == nil {
                do throws(Failure) { editor = try LineEditor(historyPath: HistoryFile.path(environment)) } catch {
                    throw .error(ErrorRecord(error))
                }
            }
            if let editor { Prompt(runspace, host, editor).runNested() }
        }
        prepare(runspace, environment)
        if !arguments.noProfile { runProfiles(runspace) }
        var code: Int32
        switch arguments.mode {
        case .command("-"): code = runspace.runCommand(input.rest())
        case .command(let text):
            code = runspace.runCommand(text, arguments: arguments.commandArguments, source: lines(of: input))
        case .file(let path, let words): code = runspace.runFile(path, arguments: words, source: lines(of: input))
        case .prompt where editor == nil: code = runspace.runCommand(input.rest())
        case .prompt: code = 0
        case .version, .help, .remotingServer: return 0
        }
        if TerminalInterrupt.wasRequested, !isPrompt { code = 128 + SIGINT }
        guard isPrompt, let editor else { return code }
        if let code = runspace.requestedExit { return code }
        if arguments.mode == .prompt, !arguments.noLogo { host.write("Ferry \(version)\n") }
        return Prompt(runspace, host, editor).run()
    }

    /// Commands, the hosts they reach, and the views of their objects.
    static func prepare(_ runspace: Runspace, _ environment: [String: String]) {
        for module in CommandModules.all { runspace.register(module) }
        do throws(Failure) {
            let hosts = ListedHosts(try HostList(environment: environment))
            runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = hosts
            runspace.completionSources += [LiveNames(hosts), CommandNames()]
        } catch {
            runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = UnreadableHosts(failure: error)
        }
        runspace.pendingViewFiles = ModuleFolders.viewFiles(environment)
    }

    /// Says what is wrong with the command line.
    private static func refuse(_ misuse: ShellArguments.Misuse) -> Int32 {
        TerminalHost.send(
            misuse.text + "\n" + (misuse.showsUsage ? "\n" + Usage.short : ""), to: STDERR_FILENO)
        return 64
    }

    /// Standard input's lines, for scripts that ask for them; nil when they would come from a terminal.
    private static func lines(of input: StandardInput) -> InputSource? {
        input.isTerminal ? nil : InputSource(input.answer)
    }

    /// The four profiles, those that exist, each in the session's own scope.
    private static func runProfiles(_ runspace: Runspace) {
        for path in ProfilePaths.standard.inOrder where FileManager.default.fileExists(atPath: path) {
            runspace.runLine(". \(path.singleQuoted)")
        }
    }
}
