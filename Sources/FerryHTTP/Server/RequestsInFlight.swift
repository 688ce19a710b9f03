import FerryCore
import Synchronization

/// The calls of the responder that are under way, so that a server that ends need not wait for the long ones.
///
///     open ──finishWaiting──▶ waits are cancelled, old and new ──cancel──▶ every call is cancelled, old and new
final class RequestsInFlight: Sendable {
    enum Kind: Sendable { case call, wait }

    private struct State {
        var cancelsWaits = false
        var cancelsCalls = false
        var newest: UInt64 = 0
        var cancellations: [UInt64: (kind: Kind, cancel: @Sendable () -> Void)] = [:]
    }

    private let state = Mutex(State())

    /// Runs `body` in a task of its own, which is cancelled when the server ends or the calling task is.
    func run<Value: Sendable>(
        _ kind: Kind, _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Task { () -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        let cancel: @Sendable () -> Void = { task.cancel() }
        let ticket = state.withLock { state in
            state.newest += 1
            state.cancellations[state.newest] = (kind, cancel)
            if kind == .wait ? state.cancelsWaits : state.cancelsCalls { task.cancel() }
            return state.newest
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        state.withLock { _ = $0.cancellations.removeValue(forKey: ticket) }
        return try result.get()
    }

    func finishWaiting() { cancel(calls: false) }
    func cancel() { cancel(calls: true) }

    private func cancel(calls: Bool) {
        let cancellations = state.withLock { state in
            state.cancelsWaits = true
            state.cancelsCalls = state.cancelsCalls || calls
            return state.cancellations.values.filter { calls || $0.kind == .wait }.map(\.cancel)
        }
        for cancel in cancellations { cancel() }
    }
}
