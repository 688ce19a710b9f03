import FerryShell
import Testing

@Suite struct PastedTextTests {
    /// What is kept of `text`, and what was behind the end mark.
    private func taken(_ text: String) -> (text: PastedText, rest: String)? {
        var pasted = PastedText()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if pasted.take(scalar) { return (pasted, String(rest)) }
        }
        return nil
    }

    @Test(arguments: [
        ("one\r\ttwo\r\r", "one\n    two"), ("", ""), ("\r", ""), ("a\u{1}b\u{7F}c\u{1B}[31md", "abc[31md"),
        ("grüße 日本", "grüße 日本"),
        // The beginning of an end mark is text.
        ("x\u{1B}[201\u{1B}[20", "x[201[20"), ("\u{1B}\u{1B}", ""),
    ])
    func `pasted text is what stands before the end mark, without control characters`(_ text: String, _ kept: String)
        throws
    {
        let (pasted, rest) = try #require(taken(text + "\u{1B}[201~behind"))
        #expect(pasted.clean == kept)
        #expect(rest == "behind")
        #expect(!pasted.isCut)
    }

    @Test func `what is beyond the limit is read to the end mark and dropped`() throws {
        let whole = String(repeating: "x", count: PastedText.limit)
        let (pasted, rest) = try #require(taken(whole + "\u{1B}[201~behind"))
        #expect(pasted.clean == whole && !pasted.isCut && rest == "behind")
        let (cut, after) = try #require(taken(whole + "y\rRemove-Item\r\u{1B}[20\u{1B}[201~behind"))
        #expect(cut.clean == whole && cut.isCut && after == "behind")
    }
}
