import FerryEngine

/// How a command compares: with or without regard to case, in the order of a culture's language.
struct TextOrder {
    let isCaseSensitive: Bool
    /// nil: the shell's own order.
    private let culture: CultureObject?

    static let culture = Parameter<String>("Culture")

    init(_ call: Call, caseSensitive: Bool, _ io: CommandIO) throws(Stop) {
        isCaseSensitive = caseSensitive
        guard call.isBound(Self.culture), !call[Self.culture].isEmpty else {
            culture = nil
            return
        }
        let name = call[Self.culture]
        guard let found = CultureObject(name.folded == "invariant" ? "" : name) else {
            throw io.failing(
                "CultureNotFoundException", .invalidArgument,
                "Culture is not supported. (Parameter 'name')\n\(name) is an invalid culture identifier.",
                target: .string(name), exception: "System.Globalization.CultureNotFoundException")
        }
        culture = found.hasCommonOrder ? nil : found
    }

    func order(_ left: Value, _ right: Value) -> Int {
        if let culture, case .string(let first) = left, case .string(let second) = right {
            return culture.order(first, second, caseSensitive: isCaseSensitive)
        }
        return Comparison.sortOrder(left, right, caseSensitive: isCaseSensitive)
    }

    func areEqual(_ left: Value, _ right: Value) -> Bool {
        if let culture, case .string(let first) = left, case .string(let second) = right {
            return culture.order(first, second, caseSensitive: isCaseSensitive) == 0
        }
        return Comparison.equal(left, right, caseSensitive: isCaseSensitive)
    }
}
