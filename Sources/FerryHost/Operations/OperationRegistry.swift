package import FerryContract
package import FerryCore
package import FerryLinux
import Foundation

/// Every operation of this host: running ones, and the endings of the last thousand.
package final class OperationRegistry: Sendable {
    package static let keptEndings = 1000

    private struct State {
        var operations: [String: Operation] = [:]
        /// Ids of ended ones, oldest first.
        var ended: [String] = []
        var running = 0
        var isClosed = false
    }

    private let state = Monitor(State())

    package init() {}

    /// Starts `work` on a thread of its own and returns at once.
    ///
    /// - Throws: `HostFault.hostStopping` after `close`.
    package func start<Result: Encodable & Sendable>(
        _ id: OperationID, target: String?, activity: String,
        _ work: @escaping @Sendable (Operation) throws(Failure) -> Result
    ) throws(Failure) -> OperationReport {
        let operation = Operation(
            id: UUID().uuidString.lowercased(), operation: id, target: target, activity: activity)
        let isClosed = state.update { state in
            guard !state.isClosed else { return true }
            state.operations[operation.id] = operation
            state.running += 1
            return false
        }
        guard !isClosed else {
            throw Failure(HostFault.hostStopping, "\(activity) was not started: this host is stopping.", target: target)
        }
        do throws(Failure) {
            try BlockingWork.run("operation") { [self] in
                let ending: Swift.Result<[UInt8], Failure>
                do throws(Failure) {
                    ending = .success(try ContractJSON.encode(try work(operation)))
                } catch {
                    ending = .failure(error)
                }
                operation.finish(ending)
                remember(operation)
            }
        } catch {
            operation.finish(.failure(error))
            remember(operation)
        }
        return operation.report
    }

    private func remember(_ operation: Operation) {
        state.update { state in
            state.running -= 1
            state.ended.append(operation.id)
            if state.ended.count > Self.keptEndings {
                state.operations.removeValue(forKey: state.ended.removeFirst())
            }
        }
    }

    package func operation(_ id: String) throws(Failure) -> Operation {
        guard let operation = state.read({ $0.operations[id] }) else {
            throw Failure(HostFault.operationNotFound, "There is no operation with id \(id) on this host.", target: id)
        }
        return operation
    }

    package func cancel(_ id: String) throws(Failure) { try operation(id).cancel() }

    package var runningCount: Int { state.read { $0.running } }

    /// Refuses new operations and asks the running ones to end. They go on until they notice.
    package func close() {
        let operations = state.update { state in
            state.isClosed = true
            return Array(state.operations.values)
        }
        for operation in operations { try? operation.cancel() }
    }

    /// Waits until nothing runs any more. false when `deadline` passed first.
    package func drain(until deadline: Deadline) -> Bool {
        state.wait(until: deadline) { $0.running == 0 ? true : nil } ?? false
    }
}
