import FerryCore
import Testing

@Suite("Failure")
struct FailureTests {
    private enum DoorFault: String, FaultCode {
        case locked, jammed
        static let domain = "Door"
        var category: FaultCategory { .permissionDenied }
        var advice: String { "Use Unlock-Door." }
        var errorID: String { self == .locked ? "DoorIsLocked" : code }
    }

    @Test func `a failure is known by its code, also after a trip`() {
        let first = Failure(DoorFault.locked, "The door 'front' is locked.", target: "front")
        let arrived = Failure(
            code: first.code, errorID: first.errorID, category: first.category, message: first.message,
            advice: first.advice, target: first.target, causes: first.causes, location: first.location)
        #expect(arrived.is(DoorFault.locked) && !arrived.is(DoorFault.jammed))
        #expect(arrived.code == "Door.locked" && arrived.domain == "Door" && arrived.errorID == "DoorIsLocked")
        #expect(Failure(DoorFault.jammed, "It is jammed.").errorID == "Door.jammed")
    }

    @Test func `causes are shown indented, and a clean-up's failure never replaces the first`() {
        let cause = Failure(DoorFault.jammed, "Rust.")
        let failure = Failure(DoorFault.locked, "No way in.", cause: cause, advice: "Ring the bell.")
            .adding(cleanUp: Failure(DoorFault.jammed, "The key broke."))
        #expect(failure.is(DoorFault.locked) && failure.advice == "Ring the bell.")
        #expect(failure.description == "No way in.\n  Rust.\n  The key broke.")
    }

    @Test func `the explanation has the reasons under the header, each once`() {
        let rust = Failure(DoorFault.jammed, "Rust.")
        let stuck = Failure(DoorFault.jammed, "The bolt does not move: Rust.", cause: rust)
        let failure = Failure(DoorFault.locked, "No way in.", cause: stuck)
            .adding(cleanUp: Failure(DoorFault.jammed, "The key broke."))
        #expect(failure.explanation == "No way in.\nThe bolt does not move: Rust.")
    }
}
