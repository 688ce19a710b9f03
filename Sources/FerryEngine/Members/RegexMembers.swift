/// `[regex]` and its matches.
enum RegexMembers {
    static let tables: [TypeMembers] = [regex, match]

    private static func pattern(_ call: MethodCall, _ index: Int, options: Int) throws(Stop) -> RegexPattern {
        var flags: RegexOptions = []
        if options < call.count {
            let symbol = try Conversion.symbol(
                call.arguments[options], RegexOptions.enumType, RuntimeType(enum: RegexOptions.enumType))
            flags = RegexOptions(rawValue: symbol.number)
        }
        let text = try call.string(index)
        do throws(RegexPattern.Invalid) {
            return try RegexPattern.cached(text, options: flags)
        } catch {
            throw call.failed("System.Text.RegularExpressions.RegexParseException", error.message)
        }
    }

    private static func own(_ call: MethodCall) throws(Stop) -> RegexPattern {
        guard let object = call.target.asObject as? RegexObject else { throw call.noOverload() }
        return object.pattern
    }

    private static func replace(
        _ call: MethodCall, _ regex: RegexPattern, _ text: String, _ replacement: Value, limit: Int
    )
        throws(Stop) -> Value
    {
        guard let block = replacement.asScriptBlock else {
            return .string(
                try regex.replace(text, with: replacement.display, limit: limit, call.frame.runspace.interrupt))
        }
        return .string(
            try regex.replace(text, limit: limit, call.frame.runspace.interrupt) { match throws(Stop) in
                let sink = CollectingSink()
                try block.invoke(
                    call.frame, item: .object(MatchObject(match)), arguments: [.object(MatchObject(match))],
                    newScope: true,
                    output: sink)
                return sink.result.display
            })
    }

    private static func all(_ call: MethodCall, _ regex: RegexPattern, from start: Int = 0) throws(Stop) -> Value {
        let found = try regex.matches(in: try call.string(0), from: start, call.frame.runspace.interrupt)
        return .list(ListObject(found.map { .object(MatchObject($0)) }, kind: .collection))
    }

    /// Where a search starts: the argument at `index`, or the text's beginning.
    private static func start(_ call: MethodCall, _ index: Int) throws(Stop) -> Int {
        guard call.count > index else { return 0 }
        let start = try call.int(index)
        guard start >= 0, start <= (try call.string(0)).length else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "Start index cannot be less than 0 or greater than input length. (Parameter 'startat')")
        }
        return start
    }

    /// How many at most: -1 stands for all.
    private static func limit(_ call: MethodCall, _ index: Int) throws(Stop) -> Int {
        guard call.count > index else { return -1 }
        let limit = try call.int(index)
        guard limit >= -1 else {
            throw call.failed(
                "System.ArgumentOutOfRangeException", "Count cannot be less than -1. (Parameter 'count')")
        }
        return limit
    }

    private static let regex = TypeMembers("System.Text.RegularExpressions.Regex") {
        $0.method("IsMatch", "bool IsMatch(string input)", 1...2) { call throws(Stop) in
            let start = try start(call, 1)
            guard start > 0 else {
                return .bool(try own(call).isMatch(try call.string(0), call.frame.runspace.interrupt))
            }
            let found = try own(call).firstMatch(in: try call.string(0), from: start, call.frame.runspace.interrupt)
            return .bool(found != nil)
        }
        $0.method("Match", "System.Text.RegularExpressions.Match Match(string input)", 1...2) { call throws(Stop) in
            let start = try start(call, 1)
            return .object(
                MatchObject(
                    try own(call).firstMatch(in: try call.string(0), from: start, call.frame.runspace.interrupt)))
        }
        $0.method("Matches", "System.Text.RegularExpressions.MatchCollection Matches(string input)", 1...2) {
            call throws(Stop) in
            try all(call, try own(call), from: try start(call, 1))
        }
        $0.method("Replace", "string Replace(string input, string replacement)", 2...3) { call throws(Stop) in
            let limit = try limit(call, 2)
            return try replace(
                call, try own(call), try call.string(0), call.arguments[1], limit: limit < 0 ? .max : limit)
        }
        $0.method("Split", "string[] Split(string input)", 1...2) { call throws(Stop) in
            let limit = max(0, try limit(call, 1))
            let pieces = try own(call).split(try call.string(0), limit: limit, call.frame.runspace.interrupt)
            return .array(ArrayObject(pieces.map { .string($0) }, of: .string))
        }
        $0.method("ToString", "string ToString()", 0...0) { call throws(Stop) in .string(try own(call).pattern) }
        $0.method("GetGroupNames", "string[] GetGroupNames()", 0...0) { call throws(Stop) in
            .array(ArrayObject(try own(call).names.map { .string($0.name) }, of: .string))
        }
        $0.staticMethod("IsMatch", "static bool IsMatch(string input, string pattern)", 2...3) { call throws(Stop) in
            .bool(try pattern(call, 1, options: 2).isMatch(try call.string(0), call.frame.runspace.interrupt))
        }
        $0.staticMethod(
            "Match", "static System.Text.RegularExpressions.Match Match(string input, string pattern)", 2...3
        ) {
            call throws(Stop) in
            let found = try pattern(call, 1, options: 2).firstMatch(
                in: try call.string(0), call.frame.runspace.interrupt)
            return .object(MatchObject(found))
        }
        $0.staticMethod(
            "Matches", "static System.Text.RegularExpressions.MatchCollection Matches(string input, string pattern)",
            2...3
        ) {
            call throws(Stop) in try all(call, try pattern(call, 1, options: 2))
        }
        $0.staticMethod("Replace", "static string Replace(string input, string pattern, string replacement)", 3...4) {
            call throws(Stop) in
            try replace(call, try pattern(call, 1, options: 3), try call.string(0), call.arguments[2], limit: .max)
        }
        $0.staticMethod("Split", "static string[] Split(string input, string pattern)", 2...3) { call throws(Stop) in
            let pieces = try pattern(call, 1, options: 2).split(try call.string(0), call.frame.runspace.interrupt)
            return .array(ArrayObject(pieces.map { .string($0) }, of: .string))
        }
        $0.staticMethod("Escape", "static string Escape(string str)", 1...1) { call throws(Stop) in
            .string(RegexPattern.escape(try call.string(0)))
        }
        $0.staticMethod("Unescape", "static string Unescape(string str)", 1...1) { call throws(Stop) in
            .string(RegexPattern.unescape(try call.string(0)))
        }
        $0.make { call throws(Stop) in .object(RegexObject(try pattern(call, 0, options: 1))) }
    }

    private static let match = TypeMembers("System.Text.RegularExpressions.Capture") {
        $0.method("ToString", "string ToString()", 0...0) { call throws(Stop) in .string(call.text) }
    }
}
