import FerryCmdlets
import FerryContract
import FerryCore
import FerryDaemon
import FerryEngine
import FerryHTTP
import FerryHost
import FerryLinux
import FerryRemoting
import FerryShell
import FerryTransfer
import Foundation
import Testing

/// What an error tells an administrator to do can be done: the commands, parameters, keys and options that advice names exist. No
/// target of the product sees both the shell's commands and the daemon's keys; this test does.
@Suite struct AdviceTests {
    private static let catalogues: [any FaultCode.Type] = [
        ChannelFault.self, CmdletFault.self, ConnectionFault.self, DaemonFault.self, FormattingFault.self,
        HTTPFault.self, HostFault.self, LinuxFault.self, MigrationFault.self, PermissionFault.self, RemotingFault.self,
        RouteFault.self, ShellFault.self, StorageFault.self, TransferFault.self, TrustFault.self,
    ]

    private static let commands = Dictionary(
        CommandModules.all.flatMap(\.commands).map { ($0.signature.name, Set($0.signature.parameters.map(\.name))) },
        uniquingKeysWith: { $0.union($1) })
    private static let parameters = commands.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    private static let keys = Set(ConfigurationKey.allCases.map(\.rawValue))
    /// Of programs that are not Ferry's, and ferryd's own that no key has.
    private static let options = Set(ConfigurationKey.allCases.map(\.option)).union(["--config", "--help", "--system"])

    /// Code and advice of each case.
    private static func entries<Fault: FaultCode>(of catalogue: Fault.Type) -> [(code: String, advice: String)] {
        catalogue.allCases.map { ($0.code, $0.advice) }
    }

    @Test func `every catalogue of faults is looked at here`() throws {
        var found: Set<String> = []
        for file in Project.files(under: "Sources", withExtension: "swift")
        where !Project.name(file).hasPrefix("Sources/FerryTestKit/") {
            for line in try Project.lines(of: file) {
                guard let match = line.firstMatch(of: /enum (\w+): String, FaultCode/) else { continue }
                found.insert(String(match.1))
            }
        }
        #expect(found == Set(Self.catalogues.map { "\($0)" }), "add the new catalogue to the list above")
    }

    @Test func `every fault's advice is a sentence that names what exists`() {
        for catalogue in Self.catalogues {
            for (code, advice) in Self.entries(of: catalogue) {
                #expect(advice.first?.isUppercase == true && advice.hasSuffix("."), "\(code): \"\(advice)\"")
                for flaw in Self.flaws(in: advice) { Issue.record("\(code): \(flaw) (\"\(advice)\")") }
            }
        }
    }

    /// Advice that a place of failure gives instead of its fault's.
    @Test func `advice written where an error is thrown names what exists`() throws {
        var seen = 0
        for file in Project.files(under: "Sources", withExtension: "swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /advice:\s*"((?:[^"\\]|\\.)*)"/) {
                seen += 1
                for flaw in Self.flaws(in: String(match.1)) {
                    Issue.record("\(Project.name(file)): \(flaw) (\"\(match.1)\")")
                }
            }
        }
        #expect(seen >= 5, "no advice was found: the way it is written has changed")
    }

    @Test func `a command, parameter, key or option that does not exist is found`() {
        for (text, flaw) in [
            ("Run Get-VMNothing, then Move-VM.", "there is no command Get-VMNothing"),
            ("Use Stop-VM -Gently.", "no command has the parameter -Gently"),
            ("Use Get-VM -DestinationStoragePath /vms.", "Get-VM has no parameter -DestinationStoragePath"),
            ("Raise guestMemory.", "there is no key guestMemory"),
            ("Change colour in ferryd.json.", "there is no key colour"),
            ("Start it with --fast.", "there is no option --fast"),
        ] {
            #expect(Self.flaws(in: text) == [flaw])
        }
        #expect(Self.flaws(in: "Use Stop-VM -TurnOff, raise memorySize in ferryd.json, or give --memory-size.").isEmpty)
    }

    /// What `text` names that does not exist.
    private static func flaws(in text: String) -> [String] {
        let words = text.split { !($0.isLetter || $0.isNumber || "-./_\\".contains($0)) }
            .map { $0.hasSuffix(".") ? $0.dropLast() : $0 }
        var flaws: [String] = []
        for (index, word) in words.enumerated() {
            let before = index > 0 ? String(words[index - 1]) : ""
            let isKeyPlace = words.dropFirst(index + 1).prefix(2).elementsEqual(["in", "ferryd.json"])
            if word.wholeMatch(of: /[A-Z][a-z]+-[A-Z][A-Za-z]+/) != nil {
                if commands[String(word)] == nil { flaws.append("there is no command \(word)") }
            } else if word.hasPrefix("--") {
                if !options.contains(String(word)) { flaws.append("there is no option \(word)") }
            } else if word.wholeMatch(of: /-[A-Z][A-Za-z]+/) != nil {
                let name = String(word.dropFirst())
                if !parameters.contains(name) {
                    flaws.append("no command has the parameter \(word)")
                } else if let own = commands[before], !own.contains(name) {
                    flaws.append("\(before) has no parameter \(word)")
                }
            } else if isKeyPlace || word.wholeMatch(of: /[a-z]+(?:[A-Z][a-z]+)+/) != nil {
                if !keys.contains(String(word)) { flaws.append("there is no key \(word)") }
            }
        }
        return flaws
    }
}
