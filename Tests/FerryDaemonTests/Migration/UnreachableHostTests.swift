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

/// Moves to a host that cannot be reached or does not know this one, with both hosts' real control interface between them.
@Suite(.needs(.root, .qemu, .kernelTracker), .serialized) struct UnreachableHostTests {
    private static let refused =
        "No connection could be made because the target machine actively refused it. (0x8007274D)"

    @Test func `a host whose ferryd is down refused the connection, and once it is up the move works`() async throws {
        let nodes = try MovingNodes()
        try await nodes.two.run {
            let machine = try await nodes.one.run {
                try await nodes.makeTrust()
                return try await nodes.startMachine()
            }
            let reason = try await nodes.expectRefusal(of: machine, Self.refused)
            #expect(reason?.is(MigrationFault.hostUnreachable) == true)
            #expect(
                reason?.advice
                    == "Check that ferryd runs on the destination host (systemctl status ferryd) and that its ports are open (controlPort and dataPort in ferryd.json)."
            )
            // Where it was tried is not lost.
            #expect(reason?.causes.first?.target == "\(nodes.one.address):\(nodes.one.port)")
            try await nodes.one.run {
                #expect(try await nodes.move(machine).migration.status == .completed)
                try await nodes.end(machine, on: nodes.one)
            }
        }
    }

    @Test func `a host whose migration port is closed refused the connection, and Enable-VMMigration opens it again`()
        async throws
    {
        let nodes = try MovingNodes()
        try await nodes.two.run {
            try await nodes.one.run {
                try await nodes.makeTrust()
                // Another program has the port when migration is enabled, and listens no more.
                let holder = try HeldPort(nodes.one.address, nodes.one.configuration.host.dataPort)
                let notOpened = await failure { _ = try await nodes.startMachine() }
                #expect(notOpened?.is(MigrationFault.listenerFailed) == true)
                #expect(notOpened?.advice.contains("then run Enable-VMMigration again") == true)
                let machine = try await nodes.startMachine(enabling: false)
                let reason = try await nodes.expectRefusal(of: machine, Self.refused)
                #expect(reason?.is(MigrationFault.hostUnreachable) == true)
                #expect(reason?.advice.contains("'\(nodes.one.address):6600' (dataPort in ferryd.json)") == true)
                holder.close()
                try await nodes.one.enableMigration()
                #expect(try await nodes.move(machine).migration.status == .completed)
                try await nodes.end(machine, on: nodes.one)
            }
        }
    }

    @Test func `a host that has withdrawn its trust is named, and its new token mends it`() async throws {
        let nodes = try MovingNodes()
        try await nodes.two.run {
            try await nodes.one.run {
                try await nodes.makeTrust()
                let machine = try await nodes.startMachine()
                _ = try await nodes.one.local.send(RemoveTrustRequest(name: "NODE2"))
                let reason = try await nodes.expectRefusal(of: machine, "'NODE1' does not trust 'NODE2'.")
                #expect(reason?.is(MigrationFault.hostUntrusted) == true)
                #expect(reason?.category == .authenticationError)
                #expect(
                    reason?.advice
                        == "Run New-VMHostTrustToken on 'NODE1' and Add-VMHostTrust -Token on 'NODE2'.")
                try await nodes.makeTrust()
                #expect(try await nodes.move(machine).migration.status == .completed)
                try await nodes.end(machine, on: nodes.one)
            }
        }
    }

    @Test func `a host that was set up anew with another key is not trusted, and trust is made anew as advised`()
        async throws
    {
        let nodes = try MovingNodes()
        try await nodes.two.run {
            let (machine, key) = try await nodes.one.run {
                try await nodes.makeTrust()
                return (try await nodes.startMachine(), try nodes.one.identity.fingerprint)
            }
            try FileManager.default.removeItem(atPath: nodes.one.folder.file("state/\(HostIdentity.fileName)"))
            try FileManager.default.removeItem(atPath: nodes.one.folder.file("state/trust.json"))
            try await nodes.one.run {
                let fresh = try nodes.one.identity.fingerprint
                let reason = try await nodes.expectRefusal(
                    of: machine,
                    "The host that answers for 'NODE1' at \(nodes.one.address):6601 has another key than the one that is trusted: its fingerprint is \(fresh), not \(key)."
                )
                #expect(reason?.is(MigrationFault.hostUntrusted) == true)
                #expect(
                    reason?.advice
                        == "If the other host was set up anew, use Remove-VMHostTrust, then New-VMHostTrustToken there and Add-VMHostTrust here."
                )
                _ = try await nodes.two.local.send(RemoveTrustRequest(name: "NODE1"))
                try await nodes.makeTrust()
                #expect(try await nodes.move(machine).migration.status == .completed)
                try await nodes.end(machine, on: nodes.one)
            }
        }
    }
}
