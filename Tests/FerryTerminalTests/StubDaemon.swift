import FerryContract
import FerryCore
import FerryLinux
import FerryTestKit
import Synchronization

/// A ferryd of one machine on a Unix socket, whose move reports whatever percentage it is set to, again and again, until it is
/// told to end.
final class StubDaemon: Sendable {
    private struct State {
        var percent = -1
        var isOver = false
        var generation: UInt64 = 1
        var threads: [WorkerThread] = []
    }

    let path: String
    private let socket: ListeningSocket
    private let stop: StopSignal
    private let state = Mutex(State())

    init(at path: String) throws(Failure) {
        self.path = path
        socket = try ListeningSocket.listen(path: path)
        stop = try StopSignal()
        let listener = try WorkerThread("stub-accept") { [self] in
            // A failure of the socket shows in the test: nobody answers.
            while let connection = try? socket.accept() {
                guard let thread = try? WorkerThread("stub-answer", { self.serve(connection) }) else { return }
                state.withLock { $0.threads.append(thread) }
            }
        }
        state.withLock { $0.threads.append(listener) }
    }

    /// What the next reports say.
    func report(percent: Int) { state.withLock { $0.percent = percent } }

    /// The move ends with the next report.
    func finish() { state.withLock { $0.isOver = true } }

    /// Ends every thread.
    func close() {
        socket.stopAccepting()
        stop.raise()
        for thread in state.withLock(\.threads) { thread.join() }
    }

    // MARK: - HTTP

    private func serve(_ connection: StreamSocket) {
        // The end of the connection, or of the test.
        while let request = try? next(of: connection) {
            guard let body = try? answer(request) else { return }
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.count)\r\n\r\n"
            guard (try? connection.writeFully(Array(head.utf8) + body, until: .scaled(.seconds(20)), stop: stop)) != nil
            else { return }
        }
    }

    /// The request line of the next request; its body is read and left.
    private func next(of connection: StreamSocket) throws(Failure) -> String {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            head += try connection.readFully(1, until: .never, stop: stop)
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        if let length { _ = try connection.readFully(length, until: .scaled(.seconds(20)), stop: stop) }
        return lines.first.map(String.init) ?? ""
    }

    private func answer(_ request: String) throws(Failure) -> [UInt8] {
        if request.contains(OperationID.getMachines.rawValue) {
            return try ContractJSON.encode(GetMachinesResponse(machines: [Self.machine], failures: []))
        }
        return try ContractJSON.encode(try report())
    }

    private func report() throws(Failure) -> OperationReport {
        let (percent, isOver, generation) = state.withLock { state in
            state.generation += 1
            return (state.percent, state.isOver, state.generation)
        }
        var progress = ProgressReport(
            generation: generation, activity: "Moving virtual machine web01", stage: "Copying memory", percent: percent)
        progress.round = 0
        progress.remaining = .seconds(7)
        var report = OperationReport(
            id: "00000000-0000-0000-0000-000000000001", operation: .moveMachine, target: "web01",
            state: isOver ? .completed : .running, progress: progress)
        guard isOver else { return report }
        let migration = MigrationReport(
            id: "00000000-0000-0000-0000-000000000002", machineName: "web01", machineID: Self.machine.id, role: .source,
            sourceHost: "NODE2", targetHost: "NODE1", status: .completed, phase: "Completed", started: 0)
        report.result = String(
            decoding: try ContractJSON.encode(MoveMachineResult(migration: migration, machine: Self.machine)),
            as: UTF8.self)
        return report
    }

    private static let machine = MachineReport(
        name: "web01", id: "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", computerName: "NODE1", state: .running,
        status: "Operating normally", activity: .ok, cpuUsage: 1, memoryAssigned: .mebibytes(512),
        memoryStartup: .mebibytes(512), processorCount: 1, uptimeSeconds: 60, version: "10.0", generation: 1,
        path: "/vms/web01", creationTime: 0, notes: "", disks: [], consolePath: "/vms/web01/console.log")
}
