import FerryContract
import FerryCore
import Testing

@Suite struct FailureDocumentTests {
    @Test func `a failure keeps its code, texts, target and causes through JSON`() throws {
        let inner = Failure(RouteFault.malformedQuery, "inner", target: "t")
        let failure = Failure(
            PermissionFault.accessDenied, "outer", target: "NODE1", cause: inner, advice: "Do this."
        ).adding(cleanUp: Failure(RouteFault.unknownPath, "clean-up"))
        let bytes = try ContractJSON.encode(FailureDocument(failure))
        let arrived = try ContractJSON.decode(FailureDocument.self, from: bytes, role: "The failure").failure

        #expect(arrived.is(PermissionFault.accessDenied))
        #expect(arrived.errorID == "AccessDenied")
        #expect(arrived.category == .permissionDenied)
        #expect(arrived.advice == "Do this.")
        #expect(arrived.target == "NODE1")
        #expect(arrived.location == failure.location)
        #expect(arrived.causes.map(\.code) == ["Route.malformedQuery", "Route.unknownPath"])
        #expect(arrived.description == failure.description)
    }
}
