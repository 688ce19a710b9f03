import FerryTestKit

extension FerryProgram {
    /// The prompt of a new session without profiles and greeting, ready for the first command.
    func prompt() throws -> Expect {
        let screen = try onTerminal("-NoLogo", "-NoProfile")
        try screen.expect("> ")
        return screen
    }
}
