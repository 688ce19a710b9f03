import FerryHost
import Testing

@Suite struct GuestStatusTests {
    private func after(_ start: String, _ events: (String, JSONValue)...) -> GuestStatus {
        var status = GuestStatus(start)
        for (name, data) in events { status.apply(QMPEvent(name: name, data: data, timeMicroseconds: 0)) }
        return status
    }

    @Test func `stop and resume are followed`() {
        #expect(after("prelaunch", ("RESUME", [:])).state == .running)
        #expect(after("running", ("STOP", [:])).state == .paused)
        #expect(after("running", ("STOP", [:]), ("RESUME", [:])).state == .running)
    }

    @Test func `a stop after a disk error is a disk error until the guest resumes`() {
        let error: (String, JSONValue) = ("BLOCK_IO_ERROR", ["action": "stop"])
        #expect(after("running", error, ("STOP", [:])).state == .ioError)
        #expect(after("running", error, ("STOP", [:]), ("RESUME", [:]), ("STOP", [:])).state == .paused)
        #expect(after("running", ("BLOCK_IO_ERROR", ["action": "report"]), ("STOP", [:])).state == .paused)
    }

    @Test func `a shutdown keeps its reason`() {
        let status = after("running", ("SHUTDOWN", ["guest": true, "reason": "guest-shutdown"]), ("STOP", [:]))
        #expect(status.state == .shutdown)
        #expect(status.shutdownReason == "guest-shutdown")
    }

    @Test func `a panic is not taken for a pause`() {
        #expect(after("running", ("GUEST_PANICKED", ["action": "pause"]), ("STOP", [:])).state == .guestPanicked)
    }

    @Test func `a state of a later QEMU is unknown and not guessed`() {
        #expect(GuestStatus("levitating").state == nil)
    }
}
