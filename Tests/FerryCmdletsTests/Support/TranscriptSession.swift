import FerryCmdlets
import FerryCore
import FerryEngine
import FerryTestKit
import Foundation
import Glibc

/// A session with the real commands, as `ferry` makes one, before hosts that exist only in memory.
///
/// Directives: `width 80` · `answers n a` (typed at prompts, in order; without it nobody can be asked) · `progress` (shows
/// progress records) · `plain-user` (files are those of a user without root's rights, also where the tests run as root).
///
/// Times are those of UTC, wherever the tests run.
final class TranscriptSession {
    private let host: TranscriptHost
    private let runspace: Runspace
    private var isPlainUser = false
    private static let nobody: uid_t = 65534

    /// `setfsuid`: whose rights count when this thread opens files. Swift's Glibc does not declare it.
    private func setFileUser(_ user: uid_t) {
        // SAFETY: the symbol is libc's function of this type.
        guard let symbol = unsafe dlsym(nil, "setfsuid") else { preconditionFailure("libc has no setfsuid") }
        _ = unsafe unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> CInt).self)(user)
    }

    /// Set once, before any session asks for a time.
    private static let zoneIsUTC: Bool = {
        guard unsafe setenv("TZ", "UTC", 1) == 0 else { return false }
        tzset()
        NSTimeZone.resetSystemTimeZone()
        return true
    }()

    struct UnknownDirective: Error, CustomStringConvertible {
        let directive: String
        var description: String { "A transcript says '//\(directive)', which no directive is." }
    }

    init(_ setting: Transcript.Setting) throws {
        precondition(Self.zoneIsUTC)
        var width = 120
        var answers: [String]?
        var showsProgress = false
        for directive in setting.directives {
            let words = directive.split(separator: " ").map(String.init)
            switch words.first {
            case "width" where words.count == 2:
                guard let columns = Int(words[1]) else { throw UnknownDirective(directive: directive) }
                width = columns
            case "answers": answers = Array(words.dropFirst())
            case "plain-user" where words.count == 1: isPlainUser = geteuid() == 0
            case "progress" where words.count == 1: showsProgress = true
            default: throw UnknownDirective(directive: directive)
            }
        }
        host = TranscriptHost(width: width, answers: answers, showsProgress: showsProgress)
        runspace = Runspace(host: host)
        for module in CommandModules.all { runspace.register(module) }
        runspace.register(StubCommands.module)
        let hosts = StubHosts()
        runspace.services[ObjectIdentifier(HostDirectoryKey.self)] = hosts
        runspace.completionSources.append(LiveNames(hosts, limit: .seconds(20)))
        for path in Checkout.moduleFiles(endingWith: ".format.ps1xml") { try runspace.views.load(contentsOf: path) }
        if let folder = setting.folder {
            if isPlainUser, unsafe chown(folder, Self.nobody, Self.nobody) != 0 {
                throw CocoaError(.fileWriteNoPermission)
            }
            _ = runspace.location.move(to: folder)
        }
    }

    func run(_ input: String) -> String {
        host.text = ""
        // Of this thread alone.
        if isPlainUser { setFileUser(Self.nobody) }
        defer { if isPlainUser { setFileUser(0) } }
        _ = runspace.runTyped(input)
        return host.text
    }
}
