package import FerryCore
import FerryTransfer

/// What the block source asks of a running hypervisor. Every call blocks, never past its own deadline.
package protocol BlockMonitor: AnyObject, Sendable {
    /// Whether what comes next is answered soon.
    ///
    /// - Throws: `TransferFault.storageWaiting` when the hypervisor hangs: nothing can be removed in it now.
    func requireResponsive() throws(Failure)
    /// Serves NBD on a Unix socket that the hypervisor makes.
    func startBlockServer(socket: String) throws(Failure)
    /// Ends the server and every export of it. A server that does not run is no failure.
    func stopBlockServer() throws(Failure)
    /// A non-persistent bitmap that records every write to `node` from now on.
    func addBitmap(_ name: String, node: String, granularity: UInt32) throws(Failure)
    /// Ends recording; the bitmap stays as it is.
    func disableBitmap(_ name: String, node: String) throws(Failure)
    func removeBitmap(_ name: String, node: String) throws(Failure)
    /// Names of the bitmaps of `node`.
    func bitmaps(of node: String) throws(Failure) -> [String]
    /// A read-only export of `node`, its id being its name, with `bitmap` as metadata context.
    func addExport(_ name: String, node: String, bitmap: String?) throws(Failure)
    /// Cuts the export's clients off. The export is gone some time after the answer.
    func removeExport(_ name: String) throws(Failure)
    func exports() throws(Failure) -> [String]
}

/// What a move makes inside a hypervisor carries this prefix, so that a later life of ferryd finds it without a list.
package let blockNamePrefix = "ferry-"

extension BlockMonitor {
    /// Of a monitor that always answers.
    package func requireResponsive() throws(Failure) {}

    /// Removes every export, bitmap and server that a move made here, finished or not. Idempotent; does as much as it
    /// can and
    /// throws the first failure.
    ///
    /// - Parameter prefix: only what starts with it; the block server is left alone unless it is the common prefix.
    package func removeTracking(nodes: [String], prefix: String = blockNamePrefix) throws(Failure) {
        try requireResponsive()
        var first: Failure?
        func attempt(_ act: () throws(Failure) -> Void) {
            // What comes after a command that hangs would wait behind it.
            guard first?.is(TransferFault.storageWaiting) != true else { return }
            do throws(Failure) { try act() } catch { first = first ?? error }
        }
        attempt { () throws(Failure) in
            for export in try exports() where export.hasPrefix(prefix) {
                attempt { () throws(Failure) in try removeExport(export) }
            }
            if first == nil { try awaitExportsGone(prefix) }
        }
        if prefix == blockNamePrefix { attempt { () throws(Failure) in try stopBlockServer() } }
        for node in nodes {
            attempt { () throws(Failure) in
                for bitmap in try bitmaps(of: node) where bitmap.hasPrefix(prefix) {
                    attempt { () throws(Failure) in try removeBitmap(bitmap, node: node) }
                }
            }
        }
        if let first { throw first }
    }

    /// A bitmap stays busy until its export is really gone, which is some turns of the hypervisor's loop after the
    /// answer.
    private func awaitExportsGone(_ prefix: String) throws(Failure) {
        let start = ContinuousClock.now
        while try exports().contains(where: { $0.hasPrefix(prefix) }) {
            guard ContinuousClock.now - start < .seconds(10) else {
                throw Failure(
                    StorageFault.blockDeadlineExceeded, "Removing the move's block exports took longer than 10 seconds."
                )
            }
            pauseBriefly()
        }
    }
}
