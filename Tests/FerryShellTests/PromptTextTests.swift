import FerryShell
import Testing

@Suite struct PromptTextTests {
    @Test(arguments: [
        ("PS /root> ", "", "PS /root> "),
        // A sequence belongs to the visible character after it; several become one.
        ("\u{1B}[32mPS\u{1B}[0m> ", "", "\u{1}\u{1B}[32m\u{1}PS\u{1}\u{1B}[0m\u{1}> "),
        ("\u{1B}[1m\u{1B}[32mx> ", "", "\u{1}\u{1B}[1m\u{1B}[32m\u{1}x> "),
        // At the end it goes before the space, or gets one.
        ("\u{1B}[32mx> \u{1B}[0m", "", "\u{1}\u{1B}[32m\u{1}x>\u{1}\u{1B}[0m\u{1} "),
        ("\u{1B}[32mx>\u{1B}[0m", "", "\u{1}\u{1B}[32m\u{1}x>\u{1}\u{1B}[0m\u{1} "),
        // Links and titles, ended by BEL or ST.
        ("\u{1B}]0;title\u{7}x> ", "", "\u{1}\u{1B}]0;title\u{7}\u{1}x> "),
        ("\u{1B}]8;;u\u{1B}\\x> ", "", "\u{1}\u{1B}]8;;u\u{1B}\\\u{1}x> "),
        // Only the last line is edited behind; other control characters go.
        ("one\ntwo\n> ", "one\ntwo\n", "> "), ("a\tb\u{1}> ", "", "ab> "), ("", "", ""),
    ])
    func `escape sequences are marked as taking no columns`(_ text: String, _ head: String, _ line: String) {
        let prompt = PromptText(text)
        #expect(prompt.head == head)
        #expect(prompt.line == line)
    }
}
