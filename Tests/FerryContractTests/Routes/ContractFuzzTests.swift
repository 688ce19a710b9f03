import FerryContract
import FerryCore
import FerryTestKit
import Testing

/// What comes over the control port before anyone is known: any request line and any body are a value or a failure.
@Suite("Fuzz of the contract's decoders", .seeded, .serialized)
struct ContractFuzzTests {
    @Test func `any request line is a route or a failure, and a route leads back to itself`() {
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
        let routes = OperationID.allCases.map(Route.perform) + [.watch(id: id, after: 12), .cancel(id: id)]
        var source = FrameSource(routes.map { Array("\($0.method) \($0.path)".utf8) }, salt: "fuzz routes")
        var fuzz = DecoderFuzz("Route", share: 30)
        fuzz.run(&source) { frame, _ in
            let parts = String(decoding: frame, as: UTF8.self).split(separator: " ", maxSplits: 1)
            let route = try Route(method: String(parts.first ?? ""), path: String(parts.count > 1 ? parts[1] : ""))
            #expect(try Route(method: route.method, path: route.path) == route)
            return true
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }

    @Test func `any body is a request or a failure`() {
        let calls = HostCallGoldenTests.calls
        var source = FrameSource(calls.map(\.request) + calls.map(\.answer), salt: "fuzz bodies")
        var fuzz = DecoderFuzz("ContractJSON", share: 30)
        fuzz.run(&source) { frame, source in
            let call = calls[source.below(calls.count)]
            _ = source.below(2) == 0 ? try call.requestAgain(frame) : try call.answerAgain(frame)
            return true
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }
}
