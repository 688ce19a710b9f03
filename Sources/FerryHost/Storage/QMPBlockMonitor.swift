package import FerryCore
import FerryTransfer

/// A running QEMU's block layer, asked over QMP.
package final class QMPBlockMonitor: BlockMonitor {
    /// Adding or removing an export drains the guest's I/O on some versions, so it waits for the guest's slowest
    /// request.
    private static let drainDeadline = Duration.seconds(60)

    /// Removing is tried again later where it does not end: nobody waits long for it.
    private static let removalDeadline = Duration.seconds(10)

    private let client: QMPClient
    private let interruption: CancellationToken?

    /// - Parameter interruption: once it is asked for, what is made for a move is no longer waited for; removing it is.
    package init(_ client: QMPClient, interruption: CancellationToken? = nil) {
        self.client = client
        self.interruption = interruption
    }

    package func requireResponsive() throws(Failure) { try client.awaitDebt() }

    package func startBlockServer(socket: String) throws(Failure) {
        try client.execute(
            "nbd-server-start",
            ["addr": ["type": "unix", "data": ["path": .string(socket)]], "max-connections": 0])
    }

    package func stopBlockServer() throws(Failure) {
        do throws(Failure) {
            try client.execute("nbd-server-stop", deadline: Self.drainDeadline)
        } catch  where error.is(HostFault.qemuRefused) && error.message.contains("not running") {
            // It never ran, or an earlier clean-up got this far.
        }
    }

    package func addBitmap(_ name: String, node: String, granularity: UInt32) throws(Failure) {
        try client.execute(
            "block-dirty-bitmap-add",
            [
                "node": .string(node), "name": .string(name), "granularity": .integer(Int64(granularity)),
                "persistent": false,
            ], interruption: interruption)
    }

    package func disableBitmap(_ name: String, node: String) throws(Failure) {
        try client.execute(
            "block-dirty-bitmap-disable", ["node": .string(node), "name": .string(name)],
            interruption: interruption)
    }

    package func removeBitmap(_ name: String, node: String) throws(Failure) {
        try client.execute("block-dirty-bitmap-remove", ["node": .string(node), "name": .string(name)])
    }

    package func bitmaps(of node: String) throws(Failure) -> [String] {
        let nodes = try client.execute("query-named-block-nodes", ["flat": true]).elements ?? []
        let found = nodes.first { $0["node-name"]?.text == node }
        return (found?["dirty-bitmaps"]?.elements ?? []).compactMap { $0["name"]?.text }
    }

    package func addExport(_ name: String, node: String, bitmap: String?) throws(Failure) {
        var arguments: [String: JSONValue] = [
            "type": "nbd", "id": .string(name), "node-name": .string(node), "name": .string(name), "writable": false,
        ]
        if let bitmap { arguments["bitmaps"] = [.string(bitmap)] }
        try client.execute(
            "block-export-add", arguments, deadline: Self.drainDeadline, interruption: interruption)
    }

    package func removeExport(_ name: String) throws(Failure) {
        do throws(Failure) {
            try client.execute(
                "block-export-del", ["id": .string(name), "mode": "hard"], deadline: Self.removalDeadline)
        } catch  where error.is(HostFault.qemuNotResponding) {
            throw Failure(
                TransferFault.storageWaiting,
                "QEMU of virtual machine \(client.owner) is waiting for storage: the block export \(name) did not end within \(Self.removalDeadline).",
                target: client.owner, cause: error)
        }
    }

    package func exports() throws(Failure) -> [String] {
        (try client.execute("query-block-exports").elements ?? [])
            // An export that is being shut down is listed until it is gone.
            .compactMap { $0["id"]?.text }
    }
}
