import FerryCore
import FerryLinux
import FerryTestKit
import Testing

@Suite struct ExpectTests {
    @Test func `a program on a terminal is typed to and read from`() throws {
        let session = try Expect(
            Program("/bin/sh", ["-c", "test -t 0 && stty size; read x; echo \"got <$x>\"; exit 5"]), rows: 30,
            columns: 100)
        try session.expect("30 100")
        try session.sendLine("hello")
        try session.expect("got <hello>")
        #expect(try session.waitForExit() == .exited(5))
    }

    @Test func `Ctrl-C interrupts the foreground program`() throws {
        let session = try Expect(
            Program("/bin/sh", ["-c", "trap 'echo caught; exit 9' INT; echo ready; while :; do :; done"]))
        try session.expect("ready")
        try session.send("\u{3}")
        try session.expect("caught")
        #expect(try session.waitForExit() == .exited(9))
    }

    @Test func `words that never come are a failure that shows what came`() throws {
        let session = try Expect(Program("/bin/echo", ["something else"]))
        let failure = #expect(throws: Failure.self) { try session.expect("the words", within: .seconds(5)) }
        #expect(failure?.message.contains("something else") == true)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\u{1b}[31mred\u{1b}[0mb", "aredb"), ("x\u{1b}]0;title\u{7}y\r\n", "xy\n"),
        ("cut \u{1b}[", "cut "), ("cut \u{1b}", "cut "),
    ])
    func `control sequences are taken out`(raw: String, plain: String) {
        #expect(ControlSequences.stripped(Array(raw.utf8)) == plain)
    }
}
