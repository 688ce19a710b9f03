import FerryCore
import FerryHost
import FerryTestKit
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", .null), (" true\n", true), ("[1, -2,3.5]", [1, -2, .number(3.5)]),
            (#"{"a":{"b":[]},"c":"\u00e4\n\ud83d\ude00\/"}"#, ["a": ["b": []], "c": "ä\n😀/"]),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("1e3", .number(1000)),
        ] as [(String, JSONValue)])
    func `a text becomes its value`(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test func `a value survives being written and read`() throws {
        var generator = SeededGenerator(salt: "FerryHost")
        for _ in 0..<500 {
            let value = Self.random(&generator, depth: 4)
            #expect(try parse(value.serialized) == value)
        }
    }

    @Test(arguments: [
        ("{", 1), ("{\n\n\"a\" 1}", 3), ("[1,]", 1), ("\"\\ud800\"", 1), ("\"a\nb\"", 1), ("01x", 1), ("{}\n{}", 2),
        ("", 1),
        ("nul", 1), ("\"\\u12\"", 1),
    ])
    func `a damaged text is refused with its line`(text: String, line: Int) {
        let failure = #expect(throws: Failure.self) { try parse(text) }
        #expect(failure?.is(HostFault.malformedDocument) == true)
        #expect(failure?.message.hasPrefix("Line \(line) ") == true, "\(failure?.message ?? "")")
    }

    @Test func `every truncation of a document is refused`() throws {
        let text = #"{"a":[1,{"b":"xy\u0041"},null,true],"c":-1.5e2}"#
        for length in 0..<text.utf8.count {
            #expect(throws: Failure.self) { try JSONParser.parse(Array(text.utf8.prefix(length))) }
        }
    }

    @Test func `nesting is bounded`() {
        #expect(throws: Failure.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    private static func random(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .number(Double.random(in: 0.01..<0.99, using: &generator))
        case 4:
            let scalars = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &generator))!
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5: return .array((0..<3).map { _ in random(&generator, depth: depth - 1) })
        default:
            return .object(["a": random(&generator, depth: depth - 1), "\"b\\": random(&generator, depth: depth - 1)])
        }
    }
}
