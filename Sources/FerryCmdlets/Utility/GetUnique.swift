import FerryEngine

/// Passes on the objects of a sorted sequence that differ from the one before.
struct GetUnique: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let asString = Parameter<Bool>.switch("AsString")
    static let onType = Parameter<Bool>.switch("OnType")
    static let caseInsensitive = Parameter<Bool>.switch("CaseInsensitive")

    static let signature = Signature(
        "Get-Unique", typeName: "Microsoft.PowerShell.Commands.GetUniqueCommand", defaultSet: "AsString",
        parameters: [input, caseInsensitive],
        sets: [ParameterSet("AsString", [asString]), ParameterSet("UniqueByType", [onType.mandatory()])])

    private var last: Value?

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        let isCaseSensitive = !call[Self.caseInsensitive]
        let isSame =
            last.map { last in
                if call[Self.onType] { return last.typeNames == item.typeNames }
                if call[Self.asString] {
                    return isCaseSensitive
                        ? last.display == item.display : last.display.equalsIgnoringCase(item.display)
                }
                return Comparison.sortOrder(last, item, caseSensitive: isCaseSensitive) == 0
                    && Comparison.equal(last, item, caseSensitive: isCaseSensitive)
            } ?? false
        last = item
        if !isSame { try io.emit(item) }
    }
}
