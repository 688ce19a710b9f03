import FerryEngine
import FerryTestKit
import Testing

/// A stack too small for what is released in them, if it were released by calls in each other.
@Suite struct ReleaseQueueTests {
    private static let depth = 1_000_000

    enum Nest: String, CaseIterable, Sendable {
        case tables, orderedTables, arrays, lists, customObjects, addedMembers, entries, exceptions, records

        func around(_ value: Value) -> Value {
            switch self {
            case .tables: return .table(TableObject([("n", value)]))
            case .orderedTables: return .table(TableObject([("a", .null), ("n", value)], kind: .ordered))
            case .arrays: return .array([.int(1), value])
            case .lists: return .list(ListObject([value], kind: .arrayList))
            case .customObjects: return .object(CustomObject([("n", value)]))
            case .addedMembers:
                let number = Value.int(5).extensible
                number.makeKeeper()?.added = PropertyBag([("n", value)])
                return number
            case .entries: return .object(EntryObject(.string("n"), value))
            case .exceptions:
                return .object(ExceptionObject("System.Exception", "", inner: value.asObject as? ExceptionObject))
            case .records:
                return .object(ErrorRecord(ExceptionObject("System.Exception", ""), errorID: "n", target: value))
            }
        }
    }

    @Test(arguments: Nest.allCases)
    func `a million objects in each other ended the shell when they were released`(nest: Nest) async {
        let count = await onThread {
            var value = Value.null
            for _ in 0..<Self.depth { value = nest.around(value) }
            let isThere = !value.isNull
            value = .null
            return isThere ? Self.depth : 0
        }
        #expect(count == Self.depth)
    }

    @Test(arguments: [
        Row(
            "$h = @{}; $x = $h; for ($i = 0; $i -lt 20000; $i++) { $n = @{}; $x.n = $n; $x = $n }; $x.n = 7; $x.n", "7"),
        Row("$x = { 7 }; for ($i = 0; $i -lt 5000; $i++) { $x = { $x }.GetNewClosure() }; $x = $null; 'ok'", "ok"),
        Row(
            "$x = [Exception]::new('a'); for ($i = 0; $i -lt 5000; $i++) { $x = [Exception]::new('b', $x) }; $x.Message",
            "b"),
    ])
    func `scripts nest objects as deep as they like`(row: Row) async { await row.check() }
}
