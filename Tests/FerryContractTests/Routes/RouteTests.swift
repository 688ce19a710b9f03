import FerryContract
import FerryCore
import Testing

@Suite struct RouteTests {
    @Test(arguments: OperationID.allCases)
    func `every operation has one path, and the path leads back to it`(operation: OperationID) throws {
        let route = Route.perform(operation)
        #expect(route.path == "/v1/operations/\(operation.rawValue)")
        #expect(try Route(method: route.method, path: route.path) == route)
    }

    @Test func `watching and cancelling survive the trip through a request line`() throws {
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
        for route in [Route.watch(id: id, after: 0), .watch(id: id, after: .max), .cancel(id: id)] {
            #expect(try Route(method: route.method, path: route.path) == route)
        }
        #expect(try Route(method: "GET", path: "/v1/operations/\(id)") == .watch(id: id, after: 0))
    }

    @Test(arguments: [
        ("GET", "/", RouteFault.unknownPath),
        ("GET", "", .unknownPath),
        ("POST", "/v2/operations/getHost", .unknownPath),
        ("POST", "/v1/operations/", .unknownOperation),
        ("POST", "/v1/operations/formatAllDisks", .unknownOperation),
        ("POST", "/v1/operations/getHost/..", .unknownOperation),
        ("PUT", "/v1/operations/getHost", .methodNotAllowed),
        ("GET", "/v1/operations/getHost", .malformedIdentifier),
        ("GET", "/v1/operations/0F8FAD5B-D9CB-469F-A165-70867728950E", .malformedIdentifier),
        ("DELETE", "/v1/operations/0f8fad5b-d9cb-469f-a165-7086772895", .malformedIdentifier),
        ("GET", "/v1/operations/0f8fad5b-d9cb-469f-a165-70867728950e?after=-1", .malformedQuery),
        ("GET", "/v1/operations/0f8fad5b-d9cb-469f-a165-70867728950e?since=1", .malformedQuery),
    ])
    func `a request line that is not the API's is refused with its own fault`(
        method: String, path: String, fault: RouteFault
    ) {
        let failure = #expect(throws: Failure.self) { try Route(method: method, path: path) }
        #expect(failure?.code == fault.code)
    }

    @Test func `what a peer wrote is shortened and cleaned before it is quoted`() {
        let hostile = "/\u{1B}[31m" + String(repeating: "x", count: 10_000)
        let failure = #expect(throws: Failure.self) { try Route(method: "GET", path: hostile) }
        #expect(failure.map { $0.message.count < 300 } == true)
        #expect(failure?.message.unicodeScalars.contains("\u{1B}") == false)
    }

    @Test(arguments: RouteFault.allCases)
    func `every fault has advice`(fault: RouteFault) {
        #expect(!fault.advice.isEmpty)
        #expect(fault.code.hasPrefix("Route."))
    }
}
