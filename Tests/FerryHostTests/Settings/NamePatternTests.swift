import FerryHost
import FerryTestKit
import Testing

@Suite struct NamePatternTests {
    @Test(arguments: [
        ("web*", "WEB01", true), ("web*", "xweb", false), ("*", "", true), ("?eb", "web", true), ("?eb", "eb", false),
        ("w[a-f]b", "web", true), ("w[xyz]b", "web", false), ("w`*b", "w*b", true), ("w`*b", "wxb", false),
        ("*a*b", "xaxxb", true),
        ("*a*b", "xaxxbc", false), ("[web", "[web", true), ("a*b*c*", "aXbYbZcc", true), ("", "", true),
        ("", "a", false),
        ("[]]", "]", false), ("é*", "École", true),
    ])
    func `a pattern matches as in PowerShell`(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test(arguments: [("web01", true), ("w`*", true), ("[web", true), ("web?", false), ("w[ab]", false)])
    func `what has no wildcard is a literal`(pattern: String, isLiteral: Bool) {
        #expect(NamePattern(pattern).isLiteral == isLiteral)
    }

    @Test func `a pattern made to be slow is not`() {
        let pattern = NamePattern(String(repeating: "a*", count: 40) + "b")
        let start = ContinuousClock.now
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
        #expect(.now - start < scaled(.seconds(20)))
    }

    /// The definition, by recursion.
    private func oracle(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        return switch first {
        case "*": oracle(rest, text) || (!text.isEmpty && oracle(pattern, text.dropFirst()))
        case "?": !text.isEmpty && oracle(rest, text.dropFirst())
        default: text.first == first && oracle(rest, text.dropFirst())
        }
    }

    @Test func `any pattern of stars, marks and letters agrees with the definition`() {
        var generator = SeededGenerator(salt: "FerryHost")
        func word(_ letters: [Character], _ most: Int) -> String {
            String(
                (0..<Int.random(in: 0...most, using: &generator)).map { _ in letters.randomElement(using: &generator)! }
            )
        }
        for _ in 0..<5000 {
            let (pattern, text) = (word(["a", "b", "*", "?"], 6), word(["a", "b"], 7))
            #expect(NamePattern(pattern).matches(text) == oracle(pattern[...], text[...]), "\(pattern) on \(text)")
        }
    }
}
