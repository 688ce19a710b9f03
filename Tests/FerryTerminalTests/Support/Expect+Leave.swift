import FerryLinux
import FerryTestKit
import Testing

extension Expect {
    /// Leaves the prompt with `exit`, which must end the session well.
    func leave(_ location: SourceLocation = #_sourceLocation) throws {
        try sendLine("exit")
        #expect(try waitForExit() == .exited(0), sourceLocation: location)
    }
}
