import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import Foundation
import Glibc
import Testing

/// The built `ferryd` itself.
@Suite struct ProgramTests {
    private func run(_ arguments: [String]) throws -> CommandResult {
        try Command(BuiltProduct.path("ferryd"), arguments).run()
    }

    @Test func `help lists every option, version is the host's`() throws {
        let help = try run(["--help"])
        #expect(help.status == .exited(0))
        for key in ConfigurationKey.allCases { #expect(help.outputText.contains(key.option)) }
        #expect(help.outputText.contains("--config"))
        let version = try run(["--version"])
        #expect(version.outputText == "\(Daemon.version)\n")
    }

    @Test func `the exit code and stderr say what is wrong`() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("ferryd.json", #"{ "controlPort": 0 }"#)
        let configuration = try run(["--config", path])
        #expect(configuration.status == .exited(78))
        #expect(configuration.errorText.contains("controlPort: 0 is not a port"))
        #expect(configuration.errorText.contains(path))
        let option = try run(["--config", folder.write("good.json", "{}"), "--fly"])
        #expect(option.status == .exited(64))
        #expect(option.errorText.contains("--fly: unknown option"))
        let missing = try run(["--config", folder.file("none.json")])
        #expect(missing.status == .exited(78))
    }

    @Test func `a fault plan is refused outside of tests, and a bad one in them`() throws {
        let folder = try TemporaryDirectory()
        let configuration = try folder.write("ferryd.json", "{}")
        let plan = try folder.write(
            "plan.json", #"[{"side":"source","phase":"fly","moment":"before","action":"kill"}]"#)
        func run(_ plan: String, testing: String?) throws -> CommandResult {
            var command = try Command(
                BuiltProduct.path("ferryd"), ["--config", configuration, "--fault-plan", plan])
            command.program.environment["FERRY_TESTING"] = testing
            return try command.run()
        }
        for testing in [nil, "", "0", "yes"] {
            let refused = try run(plan, testing: testing)
            #expect(refused.status == .exited(64))
            #expect(
                refused.errorText.contains(
                    "--fault-plan: faults are injected in tests only, and FERRY_TESTING=1 is not in the environment."))
        }
        let bad = try run(plan, testing: "1")
        #expect(bad.status == .exited(78))
        #expect(bad.errorText.contains(#"[0].phase: "fly" is not one of connect, signIn"#))
        #expect(bad.errorText.contains(plan))
        #expect(try run(folder.file("none.json"), testing: "1").status == .exited(78))
        #expect(try run(folder.write("no.json", "[{"), testing: "1").errorText.contains("is not JSON"))
    }

    @Test(.needs(.root), arguments: [SIGTERM, SIGINT])
    func `a signal ends it in order, and the service manager hears of it`(signal: Int32) async throws {
        let node = try TestNode("NODE1")
        let ferryd = try await FerrydProcess(node)
        defer { ferryd.close() }
        #expect(try await node.local.send(GetHostRequest()).name == "NODE1")
        try ferryd.process.send(signal)
        #expect(try await ferryd.manager.next() == "STOPPING=1")
        let status = try ferryd.process.waitForExit(until: .scaled(.seconds(60)))
        let log = try String(contentsOfFile: node.folder.file("log"), encoding: .utf8)
        #expect(status == .exited(0), Comment(rawValue: log))
        #expect(log.contains(" INFO ready "))
        #expect(log.contains("fingerprint=\(try node.identity.fingerprint)"))
        #expect(log.contains("stopped"))
    }

    @Test(.needs(.root)) func `after SIGKILL the next start finds its socket stale and its state whole`() async throws {
        let node = try TestNode("NODE1")
        var fingerprints: Set<String> = []
        for _ in 1...2 {
            let ferryd = try await FerrydProcess(node)
            fingerprints.insert(try node.identity.fingerprint)
            ferryd.close()
        }
        #expect(fingerprints.count == 1)
        #expect(try await node.run { try await node.local.send(GetHostRequest()) }.name == "NODE1")
    }
}
