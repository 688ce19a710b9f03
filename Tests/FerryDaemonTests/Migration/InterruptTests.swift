import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

/// Ctrl-C at the prompt of the real `ferry`, while a real ferryd moves a machine for it.
@Suite(.needs(.qemu, .root, .kernelTracker), .serialized) struct InterruptTests {
    @Test func `Ctrl-C cancels the move that the prompt waits for, and the machine runs on`() async throws {
        // Long enough to be interrupted, short enough to be waited for.
        let slow = PhaseFaultPlan([
            PhaseFault(.delay(.seconds(3)), .before, .firstRound, side: .source)
        ])
        let nodes = try MovingNodes(faults: slow)
        try await nodes.one.run {
            try await nodes.two.run {
                try await nodes.makeTrust()
                let machine = try await nodes.startMachine()
                let screen = try prompt(of: nodes.two)
                try screen.expect("> ")
                try screen.sendLine("Move-VM web01 NODE1")
                try await Self.wait { try await nodes.two.local.send(GetMigrationsRequest()).first?.status == .running }
                try screen.send("\u{3}")
                try await Self.wait {
                    try await nodes.two.local.send(GetMigrationsRequest()).first?.status == .cancelled
                }
                // The prompt is back, and both hosts are as before.
                try screen.expect("> ")
                try screen.sendLine("'state: ' + (Get-VM web01).State")
                try screen.expect("state: Running")
                try screen.sendLine("exit")
                #expect(try screen.waitForExit() == .exited(0))
                #expect(try await nodes.one.local.send(GetMachinesRequest(names: ["*"])).machines.isEmpty)
                let audit = try await nodes.two.local.send(GetEventsRequest(ids: [1001])).map(\.message)
                #expect(audit.contains { $0.hasPrefix("cancel moveMachine 'web01' by root (uid 0") })
                #expect(audit.contains { $0.hasPrefix("moveMachine 'web01' by root") && $0.hasSuffix(": cancelled") })
                try await nodes.end(machine, on: nodes.two)
            }
        }
    }

    private func prompt(of node: TestNode) throws -> Expect {
        let hosts = try node.folder.write(
            "hosts.json",
            #"{ "default": "NODE2", "hosts": { "NODE2": { "socket": "\#(node.configuration.socket)" } } }"#)
        var environment = Program.plainEnvironment
        environment["HOME"] = node.folder.path
        environment["FERRY_HOSTS"] = hosts
        environment["TERM"] = "xterm"
        environment["NO_COLOR"] = "1"
        return try Expect(Program(try BuiltProduct.path("ferry"), ["-NoLogo"], environment: environment))
    }

    /// Asks until `condition` holds, for a minute.
    private static func wait(_ condition: () async throws -> Bool) async throws {
        let deadline = Deadline.scaled(.seconds(60))
        while !(try await condition()) {
            try #require(!deadline.hasPassed)
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
