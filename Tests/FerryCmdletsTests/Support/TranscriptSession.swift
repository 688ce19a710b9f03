import FerryCmdlets
import FerryCore
import FerryEngine
import FerryTestKit

/// A session with the real commands, as `ferry` makes one, before hosts that exist only in memory.
///
/// Directives: `width 80` · `answers n a` (typed at prompts, in order; without it nobody can be asked) · `progress` (shows
/// progress records).
final class TranscriptSession {
    private let host: TranscriptHost
    private let runspace: Runspace

    struct UnknownDirective: Error, CustomStringConvertible {
        let directive: String
        var description: String { "A transcript says '//\(directive)', which no directive is." }
    }

    init(_ setting: Transcript.Setting) throws {
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
        if let folder = setting.folder { _ = runspace.location.move(to: folder) }
    }

    func run(_ input: String) -> String {
        host.text = ""
        _ = runspace.runTyped(input)
        return host.text
    }
}
