import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryTestKit
import Foundation
import Glibc
import Logging
import Synchronization

/// Runtimes on loopback addresses of their own, as NODE1 and NODE2 of a test.
struct TestNode: Sendable {
    let folder: TemporaryDirectory
    private let memory: MemoryMount
    var configuration: DaemonConfiguration

    private static let addresses = Mutex<UInt8>(0)

    /// The node takes an address that no other node of this process has.
    ///
    /// - Parameters:
    ///   - memory: of all its guests.
    ///   - storageRoot: a folder in the node's own that other hosts may put machines under.
    init(_ name: String, memory: String = "64MB", storageRoot: String? = nil, options: [String] = []) throws {
        let folder = try TemporaryDirectory()
        self.folder = folder
        self.memory = MemoryMount(folder)
        let last = Self.addresses.withLock { last in
            last += 1
            return last
        }
        let third = UInt8(truncatingIfNeeded: ProcessInfo.processInfo.processIdentifier)
        configuration = try DaemonConfiguration.load(
            path: folder.write("ferryd.json", "{}"),
            options: [
                "--name", name, "--state-folder", folder.file("state"), "--runtime-folder", folder.file("run"),
                "--socket",
                folder.file("ferryd.sock"), "--memory-folder", folder.file("memory"), "--memory-size", memory,
                "--listen",
                "127.77.\(third).\(last)", "--guest-user", "none", "--accelerator", "tcg",
            ] + (storageRoot.map { ["--storage-root", folder.file($0)] } ?? []) + options)
    }

    var address: String { configuration.host.listenAddress }
    var port: UInt16 { configuration.host.controlPort }

    /// As an administrator on this computer.
    var local: HTTPHostConnection {
        HTTPHostConnection(hostName: configuration.host.name, address: .socket(path: configuration.socket))
    }

    /// Over HTTPS, with the key in `identity`.
    func remote(fingerprint: String, _ identity: HostIdentity?) -> HTTPHostConnection {
        HTTPHostConnection(
            hostName: configuration.host.name, address: .tls(address: address, port: port, fingerprint: fingerprint),
            identity: identity)
    }

    /// The node's own key, read from its state as another process could not.
    var identity: HostIdentity {
        get throws { try HostIdentity.open(folder: folder.file("state"), hostName: configuration.host.name) }
    }

    /// Runs the daemon while `body` runs; it has ended, orderly, when this returns.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let daemon = Daemon(configuration, logger: quietLogger)
        let (ready, opened) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                defer { opened.finish() }
                try await daemon.run { opened.yield() }
                return nil
            }
            group.addTask {
                var iterator = ready.makeAsyncIterator()
                guard await iterator.next() != nil else { return nil }
                return try await body()
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let value = result { return value }
            }
            throw Failure(ConnectionFault.notRunning, "ferryd ended before the test did.")
        }
    }
}

/// Takes away the tmpfs that a host leaves mounted for its machines, before the folder goes.
private final class MemoryMount: Sendable {
    private let folder: TemporaryDirectory
    init(_ folder: TemporaryDirectory) { self.folder = folder }
    deinit { _ = unsafe umount2(folder.file("memory"), Int32(MNT_DETACH)) }
}

let quietLogger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// The failure of `body`, nil when it succeeded.
func failure(_ body: () async throws -> Void) async -> Failure? {
    do {
        try await body()
        return nil
    } catch { return error as? Failure }
}
