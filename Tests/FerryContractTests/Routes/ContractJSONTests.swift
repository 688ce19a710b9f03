import FerryContract
import FerryCore
import Testing

@Suite struct ContractJSONTests {
    @Test func `a report survives, a rate without time and the largest counters included`() throws {
        var progress = ProgressReport(generation: .max, activity: "Moving \"web01\" / größer", stage: "s", percent: -1)
        progress.rateBytesPerSecond = .infinity
        progress.blackoutForecast = .nanoseconds(12_345_678)
        progress.memory = LaneProgress(acknowledged: ByteCount(.max), pending: .zero)
        var report = OperationReport(
            id: "0f8fad5b-d9cb-469f-a165-70867728950e", operation: .moveMachine, target: "web01", state: .failed,
            progress: progress)
        report.failure = FailureDocument(
            Failure(RouteFault.malformedBody, "outer", cause: Failure(RouteFault.unknownPath, "inner")))
        let bytes = try ContractJSON.encode(report)
        #expect(try ContractJSON.decode(OperationReport.self, from: bytes, role: "The report") == report)
    }

    @Test(arguments: [
        ("", "malformed"),
        ("{", "malformed"),
        ("[]", "expected"),
        ("{}", "'subnet' is missing"),
        (#"{"subnet": 3}"#, "at 'subnet'"),
        (#"{"subnet": "10.0.0.0/8", "priority": -1}"#, "malformed"),
    ])
    func `a body that is not the request says what is wrong with it`(text: String, reason: String) {
        let failure = #expect(throws: Failure.self) {
            try ContractJSON.decode(AddMigrationNetworkRequest.self, from: Array(text.utf8), role: "The request")
        }
        #expect(failure?.is(RouteFault.malformedBody) == true)
        #expect(failure?.message.contains(reason) == true, Comment(rawValue: failure?.message ?? ""))
    }

    @Test func `unknown keys are ignored, so that a newer peer is understood`() throws {
        let text = #"{"subnet": "10.0.0.0/8", "invented": [1, 2]}"#
        let request = try ContractJSON.decode(
            AddMigrationNetworkRequest.self, from: Array(text.utf8), role: "The request")
        #expect(request.subnet == "10.0.0.0/8")
        #expect(request.priority == nil)
    }
}
