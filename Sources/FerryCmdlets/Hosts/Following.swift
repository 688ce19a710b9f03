import FerryContract
import FerryCore
import Synchronization

/// Watches a long operation of a host from its start to its end.
enum Following {
    /// Numbers activities: several operations, of several threads, may be shown at once.
    private static let lastActivity = Atomic<Int>(0)

    static func nextActivity() -> Int { lastActivity.wrappingAdd(1, ordering: .relaxed).newValue }

    struct Ending<Result: Sendable>: Sendable {
        var result: Result
        var warnings: [String]
    }

    /// Sends `request`, publishes each newer progress report, and returns the result.
    ///
    /// Cancelling the surrounding task asks the host to cancel; the operation's own ending is waited for all the same, because
    /// only the host knows whether it was too late.
    static func run<Request: LongHostRequest>(
        _ request: Request, on host: any HostConnection, publish: @escaping @Sendable (ProgressReport) -> Void
    ) async throws(Failure) -> Ending<Request.Result> {
        let started = try await host.send(request)
        let watching = Task { () async -> Result<OperationReport, Failure> in
            var report = started
            do throws(Failure) {
                while report.state == .running {
                    publish(report.progress)
                    report = try await host.operation(report.id, after: report.progress.generation)
                }
                return .success(report)
            } catch { return .failure(error) }
        }
        let outcome = await withTaskCancellationHandler {
            await watching.value
        } onCancel: {
            Task {
                // A refusal to cancel shows in the operation's own ending, which is waited for above.
                do throws(Failure) { try await host.cancelOperation(started.id) } catch {}
            }
        }
        let ended = try outcome.get()
        if let failure = ended.failure { throw failure.failure }
        guard let json = ended.result else {
            throw Failure(
                CmdletFault.noResult,
                "The host '\(host.hostName)' ended the operation '\(ended.operation.rawValue)' without a result.",
                target: ended.target)
        }
        let result = try ContractJSON.decode(
            Request.Result.self, from: Array(json.utf8), role: "The answer of '\(host.hostName)'",
            fault: .malformedAnswer)
        return Ending(result: result, warnings: ended.warnings)
    }
}
