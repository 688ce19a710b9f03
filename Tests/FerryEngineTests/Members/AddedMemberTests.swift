import FerryEngine
import Testing

/// Plain values and collections with members of their own behave like themselves in all else.
@Suite struct AddedMemberTests {
    private static func extended(_ text: String, _ expression: String, _ expected: String) -> Row {
        Row("$v = \(text); $v.psobject.Properties.Add([psnoteproperty]::new('X', 1)); \(expression)", expected)
    }

    @Test(arguments: [
        extended("@(1, 2, 3)", "$v.X; $v.Count; \"$v\"", "1|3|1 2 3"),
        extended("@{ a = 1 }", "$v.X; $v.Count; $v.a; $v.X = 5; $v.X; $v.Keys", "1|1|1|5|a"),
        extended("[System.Collections.ArrayList]@(1, 2)", "$v.X; $v.Count; $v.X = 'n'; $v.X", "1|2|n"),
    ])
    func `a collection keeps the members added to it`(row: Row) async { await row.check() }

    @Test func `a text with a member is a text for everything else`() async {
        let results = await onThread { () -> [Bool] in
            let text = Value.string("5").extensible
            text.makeKeeper()?.added = PropertyBag([("X", .int(1))])
            let table = TableObject([("5", .int(2))])
            return [
                text.asString == "5", text.isTrue, text.typeName == .string, text.display == "5",
                Comparison.equal(text, .string("5")), Comparison.equal(.int(5), text),
                ValueIdentity(text) == ValueIdentity(.string("5")), table[text] != nil,
                Value.string("").extensible.isTrue == false,
                (try? Arithmetic.apply(.add, .int(1), text).display) == "6",
                (try? Conversion.convert(text, to: .int32).display) == "5",
            ]
        }
        #expect(results.allSatisfy { $0 }, "\(results)")
    }
}
