import FerryCmdlets
import FerryCore
import FerryEngine
import FerryRemoting
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
        if let folder = arguments.workingDirectory,
            !FileManager.default.changeCurrentDirectoryPath((folder as NSString).expandingTildeInPath)
        {
            TerminalHost.send(
                "ferry: -WorkingDirectory: the folder '\(folder)' cannot be entered.\n", to: STDERR_FILENO)
            return 64
        }
        ModuleFiles.completeSearchPath()
        if let path = arguments.settingsFile {
            do throws(ShellArguments.Misuse) {
                if let folders = try SettingsFile(path: path).modulePath {
                    let known = Environment.value("PSModulePath").map { ":" + $0 } ?? ""
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
        // This thread has nothing else to do meanwhile.
        return Runspace.onOwnThread(meanwhile: TerminalInterrupt.serve) {
            defer { TerminalInterrupt.endService() }
            return session(arguments)
        }
    }

    /// On the runspace's own thread.
    private static func session(_ arguments: ShellArguments) -> Int32 {
        var environment: [String: String] { ProcessInfo.processInfo.environment }
        var editor: LineEditor?
        let isPrompt =
            (arguments.mode == .prompt || arguments.noExit) && !arguments.outputsObjects && isatty(STDIN_FILENO) == 1
        if isPrompt {
            do throws(Failure) { editor = try LineEditor(historyPath: HistoryFile.path(environment)) } catch {
                TerminalHost.send("ferry: \(error.message) \(error.advice)\n", to: STDERR_FILENO)
                return 70
            }
        }
        let input = StandardInput()
        if arguments.outputsObjects { return objectSession(arguments, input) }
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
        func redirected(shows: Bool) -> RedirectedPrompt {
            RedirectedPrompt(runspace, host, input, shows: shows) { runspace.runTyped($0) }
        }
        host.nestedPrompt = { [unowned host] () throws(Stop) in
            guard input.isTerminal else {
                // A script's input is its own.
                guard runspace.isPrompt else { throw .nonInteractive }
                return redirected(shows: arguments.mode != .command("-")).runNested()
            }
            if editor == nil {
                do throws(Failure) { editor = try LineEditor(historyPath: HistoryFile.path(environment)) } catch {
                    throw .error(ErrorRecord(error))
                }
            }
            guard let editor else { return }
            EditorSettings.of(runspace).attach(editor, historyPath: HistoryFile.path(environment))
            Prompt(runspace, host, editor).runNested()
        }
        prepare(runspace)
        if let editor { EditorSettings.of(runspace).attach(editor, historyPath: HistoryFile.path(environment)) }
        let saysHello = arguments.mode == .prompt && !arguments.noLogo
        if saysHello, editor == nil { host.write("Ferry \(version)\n") }
        if !arguments.noProfile { runProfiles(runspace) }
        let given: [Argument]
        do throws(ShellArguments.Misuse) { given = try arguments.given } catch { return refuse(error) }
        var code: Int32
        switch arguments.mode {
        case .command("-"): code = redirected(shows: false).run()
        case .command(let text):
            code = runspace.runCommand(text, arguments: given, source: source(arguments, input))
        case .file(let path, let words):
            code = runspace.runFile(path, arguments: words, source: source(arguments, input))
        case .prompt where editor == nil: code = redirected(shows: true).run()
        case .prompt: code = 0
        case .version, .help, .remotingServer: return 0
        }
        if TerminalInterrupt.wasRequested, !isPrompt { code = 128 + SIGINT }
        if let requested = runspace.requestedExit { code = requested }
        guard runspace.requestedExit == nil, arguments.mode == .prompt || arguments.noExit else { return code }
        guard let editor else {
            return arguments.noExit && arguments.mode != .command("-") && arguments.mode != .prompt
                ? redirected(shows: true).run() : code
        }
        if saysHello { host.write("Ferry \(version)\n") }
        return Prompt(runspace, host, editor).run()
    }

    /// The same with output as objects.
    private static func objectSession(
        _ arguments: ShellArguments, _ input: StandardInput
    ) -> Int32 {
        let errors = ErrorDocument()
        let host = ObjectHost(errors, input)
        let runspace = Runspace(host: host)
        let interrupt = runspace.interrupt
        TerminalInterrupt.setListener { interrupt.raise() }
        let program = ObjectProgram(runspace, errors)
        defer {
            TerminalInterrupt.setListener(nil)
            program.end()
        }
        prepare(runspace)
        if !arguments.noProfile { runProfiles(runspace) }
        let given: [Argument]
        do throws(ShellArguments.Misuse) { given = try arguments.given } catch { return refuse(error) }
        switch arguments.mode {
        case .command("-"), .prompt:
            return RedirectedPrompt(runspace, host, input, shows: false) { program.runLine($0) }.run()
        case .command(let text):
            return program.runCommand(text, arguments: given, source: source(arguments, input))
        case .file(let path, let words):
            return program.runFile(path, arguments: words, source: source(arguments, input))
        case .version, .help, .remotingServer: return 0
        }
    }

    /// Commands, the hosts they reach, and the views of their objects.
    static func prepare(_ runspace: Runspace) {
        runspace.services[ObjectIdentifier(ObjectExchangeKey.self)] = CLIXMLExchange()
        for module in CommandModules.all { runspace.register(module) }
        do throws(Failure) {
            let hosts = ListedHosts(try HostList(variable: Environment.value))
            runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = hosts
            runspace.completionSources += [LiveNames(hosts), CommandNames()]
        } catch {
            runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = UnreadableHosts(failure: error)
        }
        runspace.pendingViewFiles = { ModuleFolders.viewFiles }
    }

    /// Says what is wrong with the command line.
    private static func refuse(_ misuse: ShellArguments.Misuse) -> Int32 {
        TerminalHost.send(
            misuse.text + "\n" + (misuse.showsUsage ? "\n" + Usage.short : ""), to: STDERR_FILENO)
        return 64
    }

    /// Standard input for scripts that ask for it; nil when it would come from a terminal.
    private static func source(_ arguments: ShellArguments, _ input: StandardInput) -> InputSource? {
        if input.isTerminal { return nil }
        guard arguments.takesObjects else { return InputSource(input.answer) }
        let objects = ObjectInput(input)
        return InputSource(objects: objects.next)
    }

    /// The four profiles, those that exist, each in the session's own scope.
    private static func runProfiles(_ runspace: Runspace) {
        for path in ProfilePaths.standard.inOrder where FileManager.default.fileExists(atPath: path) {
            runspace.runLine(". \(path.singleQuoted)")
        }
    }
}
