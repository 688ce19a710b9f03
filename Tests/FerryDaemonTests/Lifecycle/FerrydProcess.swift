import FerryContract
import FerryCore
import FerryDaemon
import FerryHTTP
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// The built `ferryd`, running as a process of its own for a node of a test; it answers once this is made.
final class FerrydProcess: Sendable {
    let process: ProcessHandle
    let manager: NotifySocket

    init(_ node: TestNode) async throws {
        manager = try NotifySocket(node.folder.file("notify"))
        var program = try Program(BuiltProduct.path("ferryd"), ["--config", Self.configurationFile(of: node)])
        program.environment["NOTIFY_SOCKET"] = node.folder.file("notify")
        program.error = .appending(node.folder.file("log"))
        process = try program.start()
        #expect(try await manager.next() == "READY=1")
    }

    /// SIGKILL, if it has not ended.
    func close() {
        _ = try? process.kill()
        manager.close()
    }

    /// The node's options as a file, for a process. The library that tracks memory is beside the program.
    private static func configurationFile(of node: TestNode) throws -> String {
        let host = node.configuration.host
        let list = host.storageRoots.map { "\"\($0)\"" }.joined(separator: ", ")
        let roots = list.isEmpty ? "" : "\"storageRoots\": [\(list)], "
        return try node.folder.write(
            "node.json",
            """
            { "name": "\(host.name)", "stateFolder": "\(host.stateFolder)", "runtimeFolder": "\(host.runtimeFolder)",
              "socket": "\(node.configuration.socket)", "memoryFolder": "\(host.memoryFolder)",
              "memorySize": "\(host.memorySize.mebibytes)MB", "listenAddress": "\(host.listenAddress)", "guestUser": null,
              \(roots)"accelerator": "tcg" }
            """)
    }
}
