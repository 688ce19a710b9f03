import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer
import Foundation
import Testing

/// What becomes of a move when the remote session it was started in is gone: real ssh, real `ferry`, two real `ferryd`.
@Suite(
    .tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements),
    .needs(.program("/usr/sbin/sshd", package: "openssh-server")))
struct DroppedSessionTests {
    @Test func `a move started in a session that drops goes on and is found again`() async throws {
        let pair = try await FaultPair()
        defer { pair.close() }
        // Long enough to look at it from another session; the move waits where it can still be cancelled.
        let pause = PhaseFault(.delay(.seconds(8)), .before, .freeze, side: .source)
        try pair.left.stop()
        try await pair.left.start(PhaseFaultPlan([pause]))
        let ferry = try FerryProgram()
        _ = try ferry.home.write(
            "hosts.json",
            #"{ "default": "NODE1", "hosts": { "NODE1": { "socket": "\#(pair.left.socket)" }, "NODE2": { "socket": "\#(pair.right.socket)" } } }"#
        )
        let server = try SecureShellServer(ferry)
        let (left, folder) = (pair.left, pair.right.disks)
        async let first = onThread {
            try Self.run("Move-VM counter NODE2 -IncludeStorage -DestinationStoragePath '\(folder)'", ferry, server)
        }
        let isMoving = eventually(within: .seconds(60)) { left.words.contains("fault plan: \(pause)") }
        #expect(isMoving && server.sessionCount == 1)
        try server.dropConnections()
        let dropped = try await first
        #expect(dropped.status == .exited(1))
        #expect(dropped.errorText.contains("[localhost]") && dropped.outputText.isEmpty, "\(dropped)")
        #expect(eventually { server.sessionCount == 0 })
        let seen = try await onThread { try Self.run(Self.looking, ferry, server).outputText }
        #expect(["counter Running NODE2\n", "counter Completed NODE2\n"].contains(seen), "\(seen)")
        let isOver = try await settles(within: .seconds(90)) {
            let isThere = try await pair.owner() === pair.right
            guard isThere else { return false }
            return try await pair.left.openMigrations().isEmpty
        }
        try #require(isOver, "the move does not end: \(left.words.suffix(2000))")
        #expect(try pair.contentFaults(on: pair.right) == [])
        let third = try await onThread { try Self.run(Self.looking, ferry, server).outputText }
        #expect(third == "counter Completed NODE2\n")
    }

    private static let looking =
        "Get-VMMigration | ForEach-Object { \"$($_.VMName) $($_.Status) $($_.TargetHost)\" }"

    /// In a session on `server`, from a `ferry` of its own.
    private static func run(_ script: String, _ ferry: FerryProgram, _ server: SecureShellServer) throws(Failure)
        -> CommandResult
    {
        var command = Command(
            ferry.path, ["-NoProfile", "-c", "Invoke-Command -HostName localhost \(server.parameters) { \(script) }"])
        command.program.environment = ferry.environment
        command.timeout = scaled(.seconds(120))
        return try command.run()
    }

    /// Blocking work, on a thread of its own.
    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
