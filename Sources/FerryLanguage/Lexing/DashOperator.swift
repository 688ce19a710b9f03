/// An operator spelled with a dash and a word: `-eq`, `-ieq`, `-ceq`, `-not`, `-split`, …
struct DashOperator: Equatable {
    var binary: BinaryOperator?
    var unary: UnaryOperator?
    var isCaseSensitive: Bool

    /// The operator named `word` (without the dash, any case); nil when there is none.
    init?(_ word: String) {
        guard let found = Self.table[word.lowercased()] else { return nil }
        self = found
    }

    private init(binary: BinaryOperator?, unary: UnaryOperator?, isCaseSensitive: Bool) {
        self.binary = binary
        self.unary = unary
        self.isCaseSensitive = isCaseSensitive
    }

    private static let table: [String: DashOperator] = {
        var table: [String: DashOperator] = [:]
        let compared: [BinaryOperator] = [
            .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual, .like, .notLike, .match, .notMatch,
            .contains, .notContains, .in, .notIn, .replace, .split,
        ]
        for one in compared {
            let word = String(one.rawValue.dropFirst())
            let unary: UnaryOperator? = one == .split ? .split : nil
            for (prefix, isCaseSensitive) in [("", false), ("i", false), ("c", true)] {
                table[prefix + word] = DashOperator(binary: one, unary: unary, isCaseSensitive: isCaseSensitive)
            }
        }
        let plain: [BinaryOperator] = [
            .format, .and, .or, .xor, .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight, .join, .is, .isNot, .as,
        ]
        for one in plain {
            let unary: UnaryOperator? = one == .join ? .join : nil
            table[String(one.rawValue.dropFirst())] = DashOperator(binary: one, unary: unary, isCaseSensitive: false)
        }
        table["not"] = DashOperator(binary: nil, unary: .not, isCaseSensitive: false)
        table["bnot"] = DashOperator(binary: nil, unary: .bitNot, isCaseSensitive: false)
        return table
    }()
}

extension BinaryOperator {
    /// How tightly the operator binds; a higher number binds tighter. Operators of one level group from the left.
    var precedence: Int {
        switch self {
        case .and, .or, .xor: 1
        case .bitAnd, .bitOr, .bitXor: 2
        case .coalesce: 4
        case .add, .subtract: 5
        case .multiply, .divide, .remainder: 6
        case .format: 7
        case .range: 8
        case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual, .like, .notLike, .match, .notMatch,
            .contains, .notContains, .in, .notIn, .replace, .split, .join, .is, .isNot, .as, .shiftLeft, .shiftRight:
            3
        }
    }
}
