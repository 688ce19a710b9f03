import FerryContract
import FerryCore

struct GetEventsOperation: HostOperation {
    func perform(_ request: GetEventsRequest, _ call: HostCall) async throws(Failure) -> [EventReport] {
        let environment = call.environment
        return try await BlockingWork.value("get-events") { () throws(Failure) in
            try environment.events.events(request).map { $0.report(of: environment.configuration.name) }
        }
    }
}
