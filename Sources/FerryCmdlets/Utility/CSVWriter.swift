import FerryEngine

/// What `ConvertTo-Csv` and `Export-Csv` have in common: objects to lines, the first object's properties being the columns.
struct CSVWriter {
    static let input = Parameter<Value>("InputObject", mandatory: true, pipeline: .byValueAndProperty)
    static let noTypeInformation = Parameter<Bool>.switch("NoTypeInformation", aliases: ["NTI"])
    static let includeTypeInformation = Parameter<Bool>.switch("IncludeTypeInformation", aliases: ["ITI"])
    static let useCulture = Parameter<Bool>.switch("UseCulture")
    static let quoteFields = Parameter<[String]>("QuoteFields", aliases: ["QF"])
    static let useQuotes = Parameter<QuoteKind?>("UseQuotes", aliases: ["UQ"])
    static let noHeader = Parameter<Bool>.switch("NoHeader")
    static let keys: [any ParameterKey] = [
        input, noTypeInformation, includeTypeInformation, quoteFields, useQuotes, noHeader,
    ]
    static let sets = [
        ParameterSet("Delimiter", [CSVText.delimiter]), ParameterSet("UseCulture", [useCulture]),
    ]

    private(set) var names: [String]?

    /// Columns that a file to append to has already.
    mutating func adopt(_ names: [String]) { self.names = names }

    /// Refuses switches that say opposite things.
    static func check(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(quoteFields), call.isBound(useQuotes) {
            throw io.failing(
                "CannotSpecifyQuoteFieldsAndUseQuotes", .invalidData,
                "You must specify either the -UseQuotes or -QuoteFields parameters, but not both.",
                exception: "System.InvalidOperationException")
        }
        if call.isBound(includeTypeInformation), call.isBound(noTypeInformation) {
            throw io.failing(
                "CannotSpecifyIncludeTypeInformationAndNoTypeInformation", .invalidData,
                "You must specify either the -IncludeTypeInformation or -NoTypeInformation parameters, but not both.",
                exception: "System.InvalidOperationException")
        }
    }

    /// The lines for one object: before the first, the header.
    mutating func lines(for item: Value, _ call: Call, _ io: CommandIO) throws(Stop) -> [String] {
        let csv = CSVText(call)
        let quotes = call[Self.useQuotes] ?? .always
        let fields = call[Self.quoteFields].isEmpty ? nil : Set(call[Self.quoteFields].map(\.folded))
        var lines: [String] = []
        let columns: [String]
        if let names {
            columns = names
        } else {
            if case .table(let table) = item {
                columns = table.keys.map(\.display)
            } else {
                columns = Members.propertyNames(of: item, io.runspace)
            }
            names = columns
            if call[Self.includeTypeInformation] { lines.append("#TYPE " + (item.typeNames.first ?? "System.Object")) }
            if !call[Self.noHeader] {
                lines.append(csv.line(columns, quotes: quotes, fields: fields, names: columns))
            }
        }
        var cells: [String?] = []
        for name in columns {
            let value = try io.property(name, of: item) ?? .null
            cells.append(value.isNull ? nil : value.scalarText)
        }
        lines.append(csv.line(cells, quotes: quotes, fields: fields, names: columns))
        return lines
    }
}
