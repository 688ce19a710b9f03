import Testing

/// The arrows of Sources/README.md. The compiler accepts an undeclared import of a sibling that is already built, so only this
/// test holds them.
@Suite struct ImportTests {
    struct Rule: Sendable {
        let target: String
        let allowed: Set<String>
        let reason: String
    }

    /// Ours and system modules of ours; everything else from outside is governed by `owners`.
    static let rules: [Rule] = [
        Rule(target: "FerryCore", allowed: [], reason: "everything recompiles with it"),
        Rule(target: "FerryLinux", allowed: ["FerryCore", "CLinux"], reason: "it answers how, never when"),
        Rule(
            target: "FerryTransfer", allowed: ["FerryCore", "FerryLinux", "CCrypto"],
            reason: "it must run in a simulation"),
        Rule(target: "FerryContract", allowed: ["FerryCore"], reason: "everyone links it: values only"),
        Rule(
            target: "FerryHTTP", allowed: ["FerryCore", "FerryContract"],
            reason: "it moves values it does not understand"),
        Rule(
            target: "FerryHost", allowed: ["FerryCore", "FerryLinux", "FerryTransfer", "FerryContract", "CNBD"],
            reason: "behaviour is not a transport"),
        Rule(
            target: "FerryDaemon", allowed: ["FerryCore", "FerryContract", "FerryHTTP", "FerryHost"],
            reason: "it joins routes to operations and knows no language"),
        Rule(target: "FerryLanguage", allowed: ["FerryCore"], reason: "text to AST, no evaluation"),
        Rule(
            target: "FerryEngine", allowed: ["FerryCore", "FerryLinux", "FerryLanguage"],
            reason: "the language must not know machines"),
        Rule(
            target: "FerryRemoting", allowed: ["FerryCore", "FerryLinux", "FerryEngine"],
            reason: "sessions carry objects, not machines"),
        Rule(
            target: "FerryCmdlets", allowed: ["FerryCore", "FerryEngine", "FerryRemoting", "FerryContract"],
            reason: "commands talk to a HostConnection they are given"),
        Rule(
            target: "FerryShell",
            allowed: [
                "FerryCore", "FerryLinux", "FerryEngine", "FerryRemoting", "FerryCmdlets", "FerryContract", "FerryHTTP",
                "CEditline",
            ],
            reason: "it supplies the connection and owns the terminal"),
        Rule(target: "ferry", allowed: ["FerryShell"], reason: "a main has no behaviour"),
        Rule(target: "ferryd", allowed: ["FerryDaemon"], reason: "a main has no behaviour"),
        Rule(
            target: "FerryTestKit", allowed: ["FerryCore", "FerryLinux"],
            reason: "production never imports it, it imports little"),
    ]

    /// Which target may import a module from outside the package; the table of architecture's dependencies.
    static let owners: [String: Set<String>] = [
        "Hummingbird": ["FerryHTTP"], "HummingbirdCore": ["FerryHTTP"], "HummingbirdTLS": ["FerryHTTP"],
        "AsyncHTTPClient": ["FerryHTTP"], "NIOCore": ["FerryHTTP"], "NIOPosix": ["FerryHTTP"], "NIOSSL": ["FerryHTTP"],
        "NIOHTTP1": ["FerryHTTP"], "NIOHTTPTypes": ["FerryHTTP"], "HTTPTypes": ["FerryHTTP"],
        "NIOConcurrencyHelpers": ["FerryHTTP"],
        "X509": ["FerryHTTP"], "SwiftASN1": ["FerryHTTP"], "Crypto": ["FerryHTTP", "FerryCmdlets"],
        "CryptoExtras": ["FerryCmdlets"],
        "Logging": ["FerryHTTP", "FerryDaemon"], "ServiceLifecycle": ["FerryDaemon", "FerryHTTP"],
        "UnixSignals": ["FerryDaemon"],
        "ArgumentParser": ["ferryd"],
        "Foundation": [
            "FerryCmdlets", "FerryContract", "FerryEngine", "FerryHTTP", "FerryHost", "FerryRemoting", "FerryShell",
            "ferry",
        ],
        "FoundationEssentials": ["FerryDaemon", "FerryHost"], "FoundationXML": ["FerryEngine"],
        "CDispatch": ["FerryEngine"], "Testing": ["FerryTestKit"],
        "CLinux": ["FerryLinux"], "CCrypto": ["FerryTransfer"], "CNBD": ["FerryHost"], "CEditline": ["FerryShell"],
    ]

    /// The C library and the standard library's own.
    static let everyones: Set = ["Glibc", "Synchronization"]

    @Test(arguments: rules)
    func `a target imports only the rows above it`(_ rule: Rule) throws {
        for file in Project.files(under: "Sources/\(rule.target)", withExtension: "swift") {
            let ours = try Project.imports(of: file).filter {
                $0.hasPrefix("Ferry") || $0.hasPrefix("CL") || $0.hasPrefix("CN") || $0.hasPrefix("CC")
                    || $0.hasPrefix("CE")
            }
            let forbidden = ours.subtracting(rule.allowed)
            #expect(
                forbidden.isEmpty,
                "\(Project.name(file)) imports \(forbidden.sorted()): \(rule.target) must not, because \(rule.reason)")
        }
    }

    @Test func `a module from outside is imported by its one owner`() throws {
        for file in Project.files(under: "Sources", withExtension: "swift") {
            let target = Project.name(file).split(separator: "/")[1]
            for module in try Project.imports(of: file) {
                if module.hasPrefix("Ferry") || Self.everyones.contains(module) { continue }
                guard let owner = Self.owners[module] else {
                    Issue.record(
                        "\(Project.name(file)) imports \(module), which has no owner in ImportTests: a dependency nobody chose. Give it one, with its reason in README.md"
                    )
                    continue
                }
                #expect(
                    owner.contains(String(target)),
                    "\(Project.name(file)) imports \(module); only \(owner.sorted()) may, so that a change of library stays in one place"
                )
            }
        }
    }

    @Test func `every library has a rule`() throws {
        let ruled = Set(Self.rules.map(\.target))
        for file in Project.files(under: "Sources", withExtension: "swift") {
            let target = String(Project.name(file).split(separator: "/")[1])
            #expect(ruled.contains(target), "\(target) has no rule in ImportTests: an arrow nobody drew")
        }
    }
}
