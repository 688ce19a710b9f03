package import FerryCore
import FerryLinux

/// Where the source's QEMU writes its device state: a Unix socket whose one connection is read into memory and held
/// there.
///
/// The stream goes nowhere before the caller says so, because a target that loads device state before its memory is
/// complete
/// ends itself.
package final class DeviceStateRelay: Sendable {
    private struct State: Sendable {
        var result: Result<[UInt8], Failure>?
    }

    package let path: String
    private let listener: ListeningSocket
    private let stop: StopSignal
    private let state = Monitor(State())
    private let thread: WorkerThread

    /// - Parameters:
    ///   - user: who may connect; nil leaves it to ferryd's user.
    ///   - limit: a stream that is longer is a failure: guest memory would be in it.
    package init(path: String, user: QEMUCommandLine.User?, limit: Int) throws(Failure) {
        self.path = path
        let listener = try ListeningSocket.listen(path: path, backlog: 1)
        if let user { try Folder.setOwner(path, user: user.userID, group: user.groupID) }
        let stop = try StopSignal()
        self.listener = listener
        self.stop = stop
        let state = state
        thread = try WorkerThread("device-state") {
            let result: Result<[UInt8], Failure>
            do throws(Failure) {
                result = .success(try Self.receive(listener, stop, limit))
            } catch {
                result = .failure(error)
            }
            state.update { $0.result = result }
        }
    }

    private static func receive(_ listener: ListeningSocket, _ stop: StopSignal, _ limit: Int) throws(Failure)
        -> [UInt8]
    {
        guard let socket = try listener.accept() else {
            throw Failure(
                MigrationFault.hypervisorFailed, "The relay of the device state was closed before QEMU connected.")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 << 20)
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            var span = piece.mutableSpan
            // SAFETY: UInt8 has no padding and every bit pattern is a value.
            var raw = unsafe span.mutableBytes
            let count = try socket.read(into: &raw, until: .never, stop: stop)
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else {
                throw Failure(
                    MigrationFault.hypervisorFailed,
                    "QEMU's device state is larger than \(ByteCount(UInt64(limit))): guest memory seems to be in it.")
            }
            bytes.append(contentsOf: piece[..<count])
        }
    }

    /// The whole stream, once QEMU has closed its end.
    package func stream(within limit: Duration) throws(Failure) -> [UInt8] {
        guard let result = state.wait(until: .after(limit), { $0.result }) else {
            throw Failure(
                MigrationFault.hypervisorFailed, "QEMU has not finished writing its device state within \(limit).")
        }
        return try result.get()
    }

    /// Ends listening and reading. Idempotent.
    package func close() {
        stop.raise()
        listener.stopAccepting()
        thread.join()
        try? DurableFile.remove(path)
    }

    deinit {
        stop.raise()
        listener.stopAccepting()
    }
}
